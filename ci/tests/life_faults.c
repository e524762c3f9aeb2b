// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Accesses to what one does not have, seen from root: a cell fails alone, with a report; a process of root is killed.
 * (All that a cell must not do is in inmate-faults.sh.)
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define CELL		"inmate-test"
#define LIMIT		20000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=100"

#define RTC		0x09010000UL
#define RTC_DRIVER	"/sys/bus/amba/drivers/rtc-pl031/"
#define RTC_NAME	"9010000.pl031"
/* After all devices of the machine, and not in the root cell's configuration */
#define NOBODYS		0x09080000UL
#define TIMER_DEMO_RAM	0x71000000UL
#define PAGE		4096UL

static int boot_border(const char *what)
{
	char params[80];

	snprintf(params, sizeof(params), CB_QUIET "%s", what);
	return cb_boot(CELL, "border", params);
}

/* All that a report has to say; a test looks for the values that it knows. */
static void expect_report(struct __test_metadata *_metadata, struct cb_console *con, const char *cpu,
			  const char *access, const char *region)
{
	const char *line;

	line = cb_console_wait(con, "FATAL: cell \"" CELL "\"", LIMIT);
	ASSERT_NE(NULL, line) TH_LOG("%s", cb_console_all(con));
	EXPECT_NE(NULL, strstr(line, cpu)) TH_LOG("%s", line);
	line = cb_console_wait(con, access, LIMIT);
	EXPECT_NE(NULL, line) TH_LOG("%s: %s", access, cb_console_all(con));
	line = cb_console_wait(con, region, LIMIT);
	EXPECT_NE(NULL, line) TH_LOG("%s: %s", region, cb_console_all(con));
	line = cb_console_wait(con, "PC 0x", LIMIT);
	ASSERT_NE(NULL, line) TH_LOG("%s", cb_console_all(con));
	EXPECT_NE(NULL, strstr(line, "ESR 0x")) TH_LOG("%s", line);
}

/* The cell fails and says why; another cell and Linux do not notice. */
TEST_F(enabled, a_cell_fails_alone)
{
	char out[1024];
	int id;

	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	id = cb_create(CELL);
	ASSERT_EQ(2, id) TH_LOG("%s", cb_error());
	EXPECT_STREQ("", cb_text("cells/%d/cpus_failed_list", id));

	ASSERT_DONE(boot_border("access=ram-above-read"));
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT));
	expect_report(_metadata, &self->con, "CPU 2", "read of 8 bytes at 0x1000000",
		      "region below: 0..0xffffff (physical 0x74000000");
	EXPECT_STREQ("2", cb_text("cells/%d/cpus_failed_list", id));
	EXPECT_STREQ("4", cb_text("cells/%d/cpus_failed", id));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "failed")) TH_LOG("%s", out);

	EXPECT_STREQ("running", cb_state("timer-demo"));
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired 100 times", LIMIT));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "dd if=/dev/zero bs=1M count=32 2>/dev/null | md5sum"));
	EXPECT_NE(NULL, strstr(out, "58f06dd588d8ffb3beb46ada6309436b")) TH_LOG("%s", out);

	/* a failed cell is not asked: it can be started, and destroyed, at once */
	ASSERT_DONE(boot_border(""));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_STREQ("", cb_text("cells/%d/cpus_failed_list", id));
}

TEST_F(enabled, the_second_cpu_fails)
{
	int id = cb_create(CELL);

	ASSERT_EQ(1, id) TH_LOG("%s", cb_error());
	ASSERT_DONE(boot_border("access=hypervisor-write cpu=1"));
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT));
	expect_report(_metadata, &self->con, "CPU 3", "write of 8 bytes at 0x70000000",
		      "region above: 0x75000000..0x7500ffff");
	EXPECT_STREQ("3", cb_text("cells/%d/cpus_failed_list", id));

	ASSERT_DONE(cb_destroy(CELL, 0));
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	EXPECT_STREQ("", cb_text("cells/1/cpus_failed_list"));
	ASSERT_DONE(boot_border(""));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
}

/* A cell that has failed does not keep the hypervisor from being disabled. */
TEST_F(enabled, disabled_with_a_failed_cell)
{
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_DONE(boot_border("access=root-write"));
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT));
	EXPECT_DONE(cb_disable());
	EXPECT_EQ(self->cpus, cb_num_online());
	ASSERT_DONE(cb_enable(NULL));
}

/* Root */

enum access { READ, WRITE };

/*
 * Maps a page of the machine and touches it. Returns the signal that ended this, 0: none, -errno: it cannot be
 * mapped.
 */
static int touch(uint64_t address, enum access access)
{
	int fd, status;
	pid_t pid = fork();
	volatile uint32_t *page;

	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		fd = open("/dev/mem", O_RDWR | O_SYNC);
		page = fd < 0 ? MAP_FAILED :
			mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)address);
		if (page == MAP_FAILED)
			_exit(errno);
		if (access == READ)
			(void)page[0];
		else
			page[3] = page[3];
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

/* Linux's driver has to let go of the device, or its page cannot be mapped. */
static int release_rtc(bool release)
{
	return cb_write(release ? RTC_DRIVER "unbind" : RTC_DRIVER "bind", RTC_NAME);
}

/* A device page: root may while it is its own, must not while it is a cell's, may again. */
TEST_F(enabled, root_and_a_page_of_a_cell)
{
	const char *line;

	ASSERT_EQ(0, release_rtc(true));
	EXPECT_EQ(0, touch(RTC, READ));
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	cb_console_skip(&self->con);

	EXPECT_EQ(SIGBUS, touch(RTC, READ));
	line = cb_console_wait(&self->con, "cell \"qemu-arm64\", CPU ", LIMIT);
	EXPECT_NE(NULL, line);
	line = cb_console_wait(&self->con, "read of 4 bytes at 0x9010000", LIMIT);
	EXPECT_NE(NULL, line) TH_LOG("%s", cb_console_all(&self->con));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "PC 0x", LIMIT));
	EXPECT_EQ(SIGBUS, touch(RTC, WRITE));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "at 0x901000c", LIMIT)) TH_LOG("%s", cb_console_all(&self->con));

	/* root is not marked as failed for that */
	EXPECT_STREQ("running", cb_state("qemu-arm64"));
	EXPECT_STREQ("", cb_text("cells/0/cpus_failed_list"));
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_EQ(0, touch(RTC, READ));
	EXPECT_EQ(0, release_rtc(false));
}

/* Every CPU of root survives it, time after time. */
TEST_F(enabled, root_on_every_cpu)
{
	int cpu, i;

	ASSERT_EQ(0, release_rtc(true));
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	for (cpu = 0; cpu < cb_num_cpus(); cpu++) {
		if (!cb_is_online(cpu))
			continue;
		ASSERT_EQ(0, cb_pin(cpu));
		for (i = 0; i < 20; i++)
			EXPECT_EQ(SIGBUS, touch(RTC, i & 1 ? WRITE : READ));
	}
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_EQ(0, touch(RTC, READ));
	EXPECT_EQ(0, release_rtc(false));
}

static sigjmp_buf back;

static void on_sigbus(int signo)
{
	siglongjmp(back, signo);
}

/* The signal is one that a process can handle: it comes at the access, with the registers as they were. */
TEST_F(enabled, root_handles_the_signal)
{
	volatile uint32_t *page;
	volatile unsigned int caught = 0;
	int fd = open("/dev/mem", O_RDWR | O_SYNC);

	ASSERT_LE(0, fd);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, NOBODYS);
	ASSERT_NE(MAP_FAILED, page);
	signal(SIGBUS, on_sigbus);
	while (caught < 10) {
		if (sigsetjmp(back, 1))
			caught++;
		else
			page[caught] = 1;
	}
	EXPECT_EQ(10, caught);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "at 0x9080000", LIMIT)) TH_LOG("%s", cb_console_all(&self->con));
	munmap((void *)page, PAGE);
	close(fd);
}

/* The file offset of a physical address in /proc/kcore, -1 if it has none. */
static off_t kcore_offset(int fd, uint64_t address)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	unsigned int i;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -1;
	for (i = 0; i < header.e_phnum; i++) {
		if (pread(fd, &segment, sizeof(segment), (off_t)(header.e_phoff + i * sizeof(segment))) !=
		    sizeof(segment))
			break;
		if (segment.p_type == PT_LOAD && segment.p_paddr != ~0UL && address >= segment.p_paddr &&
		    address - segment.p_paddr < segment.p_memsz)
			return (off_t)(segment.p_offset + address - segment.p_paddr);
	}
	return -1;
}

/* Reading all of Linux's memory does not touch what a cell has. */
TEST_F(enabled, kcore_leaves_a_cell_alone)
{
	static unsigned char page[PAGE], nothing[PAGE];
	int fd = open("/proc/kcore", O_RDONLY);
	off_t offset;

	ASSERT_LE(0, fd);
	offset = kcore_offset(fd, TIMER_DEMO_RAM);
	ASSERT_NE(-1, offset);
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_EQ(PAGE, pread(fd, page, PAGE, offset));
	EXPECT_EQ(0, memcmp(page, nothing, PAGE));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "Denied"));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	/* nothing of the cell is left in it */
	EXPECT_EQ(PAGE, pread(fd, page, PAGE, offset));
	EXPECT_EQ(0, memcmp(page, nothing, PAGE));
	close(fd);
}

TEST_HARNESS_MAIN
