// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Remote I/O: a program in Linux answers for windows of a cell, in which inmates/tests/remote.c makes accesses. The
 * program of these tests is a child of them, so that it can die, stop and come back.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <qemu-virt/remote.h>
#include <uapi/cellblock-remote.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define CELL		"remote"
#define LIMIT		20000	/* ms, for the cell's lines */
#define ANSWER_MS	300

/* The device */

struct device {
	int fd;
	struct cellblock_remote_info info;
	volatile struct cellblock_remote_page *page;
	const volatile uint32_t *bank;
	uint8_t registers[REMOTE_WINDOW_SIZE];
	uint32_t count, last;
	bool silent;
};

/* Its file descriptor, or -errno with cb_error() set. */
static int open_remote(const char *cell)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	snprintf(id.name, sizeof(id.name), "%s", cell);
	return (int)cb_ioctl(JAILHOUSE_CELL_REMOTE, &id);
}

static int device_open(struct device *dev, unsigned long ms)
{
	const struct cellblock_remote_range range = { .address = REMOTE_WINDOW + REMOTE_NOTIFY, .count = 64 };
	char *page;

	memset(dev, 0, sizeof(*dev));
	dev->fd = open_remote(CELL);
	if (dev->fd < 0)
		return dev->fd;
	if (ioctl(dev->fd, CELLBLOCK_REMOTE_INFO, &dev->info))
		return -errno;
	page = mmap(NULL, (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd, CELLBLOCK_REMOTE_PAGE);
	if (page == MAP_FAILED)
		return -errno;
	dev->page = (void *)(page + dev->info.page_offset);
	dev->bank = mmap(NULL, REMOTE_BANK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd, REMOTE_BANK);
	if (dev->bank == MAP_FAILED)
		return -errno;
	if (ioctl(dev->fd, CELLBLOCK_REMOTE_NOTIFY, &range) || ioctl(dev->fd, CELLBLOCK_REMOTE_ATTACH, ms))
		return -errno;
	return 0;
}

/* The module is in use by the file and each mapping. */
static void device_close(struct device *dev)
{
	munmap((void *)((uintptr_t)dev->page - dev->info.page_offset), (size_t)getpagesize());
	munmap((void *)(uintptr_t)dev->bank, REMOTE_BANK_SIZE);
	close(dev->fd);
}

static int set_level(const struct device *dev, uint32_t intid, uint32_t level)
{
	const struct cellblock_remote_irq irq = { .intid = intid, .level = level };

	return ioctl(dev->fd, CELLBLOCK_REMOTE_IRQ, &irq) ? -errno : 0;
}

static uint32_t bank_sum(const struct device *dev)
{
	uint32_t sum = 0;
	int n;

	for (n = 0; n < 256; n++)
		sum += dev->bank[n];
	return sum;
}

/* Returns the value; sets *answered to false if there is none. */
static uint64_t device_read(struct device *dev, uint64_t address, size_t size, bool *answered)
{
	uint64_t offset = address - REMOTE_WINDOW, value = 0;

	if (address >= REMOTE_WINDOW_RO)
		return address;
	*answered = offset != REMOTE_NOBODY;
	if (offset == REMOTE_COUNT)
		return dev->count;
	if (offset == REMOTE_LAST)
		return dev->last;
	if (offset == REMOTE_BANK_SUM)
		return bank_sum(dev);
	memcpy(&value, dev->registers + offset, size);
	return value;
}

static void device_write(struct device *dev, uint64_t offset, uint64_t value, size_t size)
{
	if (offset == REMOTE_RAISE || offset == REMOTE_PULSE)
		set_level(dev, REMOTE_INTID, 1);
	if (offset == REMOTE_PULSE)
		set_level(dev, REMOTE_INTID, 0);
	if (offset == REMOTE_STAY_SILENT)
		dev->silent = true;
	else if (offset < REMOTE_RAISE || offset >= REMOTE_NOTIFY - 8)
		memcpy(dev->registers + offset, &value, size);
}

static void serve(struct device *dev, volatile struct cellblock_remote_slot *slot)
{
	uint32_t state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
	bool answered = true;

	if (!(state & 1))
		return;
	if (dev->silent) {
		dev->silent = false;
		/* as a program that is busy; it finds out that nobody waits any more */
		while (slot->state == state)
			usleep(1000);
		return;
	}
	if (slot->is_write)
		device_write(dev, slot->address - REMOTE_WINDOW, slot->value, slot->size);
	else
		slot->value = device_read(dev, slot->address, slot->size, &answered);
	if (answered)
		__atomic_store_n(&slot->state, state + 1, __ATOMIC_RELEASE);
}

static void take_notifications(struct device *dev)
{
	int n;

	for (n = 0; n < CELLBLOCK_REMOTE_NOTIFICATIONS; n++) {
		if (!dev->page->notified[n])
			continue;
		__atomic_store_n(&dev->page->notified[n], 0, __ATOMIC_SEQ_CST);
		dev->count++;
		dev->last = (uint32_t)n;
	}
}

/* Notifications come before the access that looks for them. Until the cell is gone. */
static void device_run(struct device *dev, unsigned long ms)
{
	struct pollfd poll_fd = { .fd = dev->fd, .events = POLLIN };
	uint64_t cpus;

	for (;;) {
		poll(&poll_fd, 1, -1);
		if (poll_fd.revents & POLLHUP)
			return;
		if (poll_fd.revents & POLLERR)
			ioctl(dev->fd, CELLBLOCK_REMOTE_ATTACH, ms);
		for (cpus = dev->info.cpus; cpus; cpus &= cpus - 1) {
			take_notifications(dev);
			serve(dev, &dev->page->slot[__builtin_ctzll(cpus)]);
		}
	}
}

/* A program of its own that answers within @ms. Returns when it does, or -1. */
static pid_t device_start(unsigned long ms)
{
	static struct device dev;
	int ready[2], error;
	pid_t pid;

	if (pipe(ready))
		return -1;
	pid = fork();
	if (!pid) {
		error = device_open(&dev, ms);
		if (error)
			fprintf(stderr, "# device: %s %s\n", strerror(-error), cb_error());
		if (!error && write(ready[1], "", 1) == 1)
			device_run(&dev, ms);
		_exit(error ? 1 : 0);
	}
	close(ready[1]);
	if (read(ready[0], &error, 1) != 1)
		pid = -1;
	close(ready[0]);
	return pid;
}

static void device_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Its exit status when the cell is gone; -1: a signal. */
static int device_end(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define SAID(text)	ASSERT_NE(NULL, cb_console_wait(&self->con, text, LIMIT)) \
	TH_LOG("no \"%s\": %s", text, cb_console_all(&self->con))

TEST_F(enabled, accesses_are_answered)
{
	pid_t pid;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	pid = device_start(ANSWER_MS);
	ASSERT_LT(0, pid);
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET));
	SAID("# Totals:");
	EXPECT_NE(NULL, strstr(cb_console_all(&self->con), "fail:0")) TH_LOG("%s", cb_console_all(&self->con));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_EQ(0, device_end(pid));
}

/* One is killed, another takes its place: the cell goes on. */
TEST_F(enabled, a_program_dies_and_another_comes)
{
	pid_t pid;
	int round;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=poll"));
	for (round = 0; round < 3; round++) {
		pid = device_start(ANSWER_MS);
		ASSERT_LT(0, pid);
		SAID("# remote: answered");
		EXPECT_REFUSED(EBUSY, "already", open_remote(CELL));
		device_kill(pid);
		SAID("# remote: gone");
	}
	EXPECT_STREQ("running", cb_state(CELL));
}

/* A program that sleeps costs the cell one time-out, and is there again when it goes on. */
TEST_F(enabled, a_program_stops_and_goes_on)
{
	pid_t pid;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	pid = device_start(ANSWER_MS);
	ASSERT_LT(0, pid);
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=poll"));
	SAID("# remote: answered");
	kill(pid, SIGSTOP);
	SAID("# remote: gone");
	kill(pid, SIGCONT);
	SAID("# remote: answered");
	device_kill(pid);
}

/* With 10 s to answer, whoever stops the cell does not wait for them. */
TEST_F(enabled, a_waiting_cpu_is_stopped)
{
	uint64_t begin;
	pid_t pid;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	pid = device_start(CELLBLOCK_REMOTE_MAX_MS);
	ASSERT_LT(0, pid);
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=both"));
	SAID("CPU 1 waits");
	/* the other one is not disturbed */
	SAID("CPU 0 lives: 5");
	begin = cb_now_ms();
	ASSERT_DONE(cb_shutdown(CELL, CB_FORCE));
	EXPECT_GT(2000, cb_now_ms() - begin);

	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=wait"));
	SAID("CPU 0 waits");
	begin = cb_now_ms();
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_GT(2000, cb_now_ms() - begin);
	EXPECT_EQ(0, device_end(pid));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "has read"));
}

/* Both CPUs ask at once, and each gets its own answers; another cell notices nothing of it. */
TEST_F(enabled, two_cpus_ask_at_once)
{
	pid_t pid;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_LE(0, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", CB_QUIET "period=1000 report=100"));
	pid = device_start(CELLBLOCK_REMOTE_MAX_MS);
	ASSERT_LT(0, pid);
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=storm"));
	/* lines of two cells may mix: some are whole */
	SAID("two CPUs, 0 wrong");
	SAID("Timer fired 100 times");
	/* and in the middle of it the cell goes */
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_EQ(0, device_end(pid));
	cb_console_skip(&self->con);
	SAID("Timer fired 100 times");
	EXPECT_STREQ("running", cb_state("timer-demo"));
}

/* Whoever follows resets does not reach the memory of the next life before it has done with the former. */
TEST_F(enabled, the_next_life_is_out_of_reach)
{
	struct pollfd poll_fd = { .events = POLLIN };
	static struct device dev;
	volatile uint32_t *bank;
	uint32_t number;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, device_open(&dev, CELLBLOCK_REMOTE_MAX_MS)) TH_LOG("%s", cb_error());
	bank = (volatile uint32_t *)(uintptr_t)dev.bank;
	number = dev.page->reset;
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_RESET, number + 1L));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_RESET, number));
	bank[0] = 1;
	poll_fd.fd = dev.fd;
	EXPECT_EQ(0, poll(&poll_fd, 1, 0));
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=wait"));
	EXPECT_NE(number, dev.page->reset);
	EXPECT_EQ(1, poll(&poll_fd, 1, 0));
	/* of what was under way */
	bank[0] = 0x01d;
	ASSERT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_RESET, (unsigned long)dev.page->reset));
	EXPECT_NE(0x01d, bank[0]);
	bank[0] = 2;
	/* it runs, and goes on with the devices that it has */
	number = dev.page->reset;
	EXPECT_EQ(-EBUSY, cb_start(CELL));
	EXPECT_EQ(number, dev.page->reset);
	EXPECT_EQ(2, bank[0]);
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_RESET, (unsigned long)dev.page->reset));
	EXPECT_EQ(ENODEV, errno);
	device_close(&dev);
}

/* As a watchdog does it that the guest has there. */
TEST_F(enabled, the_program_says_that_the_guest_has_failed)
{
	static struct device dev;
	unsigned long number;
	int id = (int)cb_create(CELL);

	ASSERT_LE(0, id) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, device_open(&dev, CELLBLOCK_REMOTE_MAX_MS)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_FAIL, (unsigned long)dev.page->reset));
	EXPECT_STREQ("shut down", cb_state(CELL));
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=wait"));
	/* one that has not begun has no place */
	SAID("CPU 0 waits");
	number = dev.page->reset;
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_FAIL, number - 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_STREQ("running", cb_state(CELL));
	ASSERT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_FAIL, number));
	EXPECT_STREQ("failed", cb_state(CELL));
	EXPECT_NE(NULL, strstr(cb_text("cells/%d/failure", id), "watchdog: its watchdog device has expired. CPU "))
		TH_LOG("%s", cb_text("cells/%d/failure", id));
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_FAIL, number));
	EXPECT_EQ(ENODEV, errno);
	device_close(&dev);
}

/* As vhost does it: the program itself sees neither the notification nor the interrupt. */
TEST_F(enabled, eventfds_stand_for_both)
{
	struct cellblock_remote_eventfd kick = { .number = 63 }, call = { .number = REMOTE_INTID };
	static struct device dev;
	eventfd_t count;
	int n;

	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, device_open(&dev, ANSWER_MS)) TH_LOG("%s", cb_error());
	kick.fd = eventfd(0, EFD_CLOEXEC);
	call.fd = eventfd(0, EFD_CLOEXEC);
	ASSERT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_IOEVENTFD, &kick));
	ASSERT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_IRQFD, &call));
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=kick"));
	for (n = 0; n < 100; n++) {
		ASSERT_EQ(0, eventfd_read(kick.fd, &count));
		EXPECT_EQ(1, count);
		ASSERT_EQ(0, eventfd_write(call.fd, 1));
	}
	SAID("100 kicks, 100 interrupts");
	call.fd = kick.fd = 0;
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_IOEVENTFD, &kick));
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_IRQFD, &call));
	EXPECT_EQ(EINVAL, errno);
	call.fd = -1;
	EXPECT_EQ(0, ioctl(dev.fd, CELLBLOCK_REMOTE_IRQFD, &call));
	/* with the other one in place the cell goes */
	ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	device_close(&dev);
}

/* What the region does not permit fails the cell, as with memory. */
TEST_F(enabled, what_is_read_only_is_not_written)
{
	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot(CELL, "remote", CB_QUIET "do=forbidden"));
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT)) TH_LOG("%s", cb_state(CELL));
}

/* Requests that are refused, and a cell that has no window. */
TEST_F(enabled, bad_requests_are_refused)
{
	struct cellblock_remote_range range = { .address = REMOTE_WINDOW + 2, .count = 1 };
	const uint64_t private_ram = 0, beyond = REMOTE_BANK + REMOTE_BANK_SIZE;
	static struct device dev;

	ASSERT_LE(0, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	EXPECT_REFUSED(ENOENT, "no cell is named", open_remote(CELL));
	EXPECT_REFUSED(ENOENT, "has no window", open_remote("timer-demo"));
	EXPECT_REFUSED(EINVAL, "is the root cell", open_remote("qemu-arm64"));
	ASSERT_LE(0, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, device_open(&dev, ANSWER_MS)) TH_LOG("%s", cb_error());

	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_ATTACH, CELLBLOCK_REMOTE_MAX_MS + 1L));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_NOTIFY, &range));
	EXPECT_EQ(EINVAL, errno);
	range = (struct cellblock_remote_range){ .address = REMOTE_WINDOW, .count = 65 };
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_NOTIFY, &range));
	EXPECT_EQ(EINVAL, errno);
	/* Linux's own, an SGI, none */
	EXPECT_EQ(-EINVAL, set_level(&dev, REMOTE_INTID + 1, 1));
	EXPECT_EQ(-EINVAL, set_level(&dev, 1, 1));
	EXPECT_EQ(-EINVAL, set_level(&dev, ~0U, 1));
	/* RAM that root does not see, what is after the bank, a window, the page privately */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 0x1000, PROT_READ, MAP_SHARED, dev.fd, (off_t)private_ram));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 0x1000, PROT_READ, MAP_SHARED, dev.fd, (off_t)beyond));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, REMOTE_BANK_SIZE + 0x1000, PROT_READ, MAP_SHARED, dev.fd, REMOTE_BANK));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 0x1000, PROT_READ, MAP_SHARED, dev.fd, REMOTE_WINDOW));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 0x1000, PROT_READ, MAP_PRIVATE, dev.fd, CELLBLOCK_REMOTE_PAGE));

	/* the cell goes: nothing answers, and what is mapped is nobody's */
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_EQ(-1, ioctl(dev.fd, CELLBLOCK_REMOTE_ATTACH, ANSWER_MS));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENODEV, set_level(&dev, REMOTE_INTID, 1));
	EXPECT_EQ(0, dev.page->attached);
	EXPECT_EQ(0, dev.bank[0]);
	device_close(&dev);
}

TEST_HARNESS_MAIN
