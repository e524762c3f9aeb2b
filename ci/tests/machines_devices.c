// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Interrupts of root's devices: a random number generator on PCI, whose interrupts are LPIs of the ITS, or SPIs where
 * there is none. Each read waits for one, so that a lost one ends in a time-out.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/ivshmem.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/links.h"
#include "lib/load.h"
#include "../../inmates/tests/ivshmem-echo.h"

#define MODULES	"/lib/modules/base/"
#define DRIVER	"/sys/bus/virtio/drivers/virtio_rng"
#define LIMIT	10000	/* ms */
#define READS	50
#define ROUNDS	4
#define QUIET	100	/* ms, long for a device that needs microseconds */

static int insert_drivers(void)
{
	static const char * const names[] = {
		"virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_rng",
	};
	char path[64];
	int ret = 0;
	size_t i;

	/* a module that is not there is built in, or else there will be no device */
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && (!ret || ret == -ENOENT); i++) {
		snprintf(path, sizeof(path), MODULES "%s.ko", names[i]);
		ret = links_insert(path);
	}
	return ret == -ENOENT ? 0 : ret;
}

/* "virtio3", or "" */
static const char *device_name(void)
{
	static char name[32];
	DIR *dir = opendir(DRIVER);
	struct dirent *entry;

	name[0] = 0;
	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "virtio", 6))
			snprintf(name, sizeof(name), "%.31s", entry->d_name);
	if (dir)
		closedir(dir);
	return name;
}

FIXTURE(device) {
	char name[48];		/* of the interrupt */
	int irq;
	int fd;
};

FIXTURE_SETUP(device)
{
	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, insert_drivers());
	/* with MSI-X it has one for data and one for changes of its configuration */
	snprintf(self->name, sizeof(self->name), "%s-input", device_name());
	for (self->irq = 0; self->irq < 256; self->irq++)
		if (cb_exists("/proc/irq/%d/%s", self->irq, self->name))
			break;
	if (self->irq == 256) {
		snprintf(self->name, sizeof(self->name), "%s", device_name());
		for (self->irq = 0; self->irq < 256; self->irq++)
			if (cb_exists("/proc/irq/%d/%s", self->irq, self->name))
				break;
	}
	ASSERT_GT(256, self->irq);
	self->fd = open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
	EXPECT_EQ(0, cb_rmmod());
}

/*
 * Reads from the device; its interrupt counts. Returns by how much, on one CPU, or on all (-1), which are to stay
 * online. One read may have been served before, another be served by the CPU that was in charge before.
 */
static long read_some(FIXTURE_DATA(device) *self, int cpu)
{
	unsigned long before[CB_MAX_CPUS], after[CB_MAX_CPUS];
	char random[64];
	long sum = 0;
	int i;

	cb_interrupts(self->name, before, CB_MAX_CPUS);
	for (i = 0; i < READS; i++)
		if (read(self->fd, random, sizeof(random)) <= 0)
			return -errno;
	cb_interrupts(self->name, after, CB_MAX_CPUS);
	for (i = 0; i < CB_MAX_CPUS; i++)
		if (cpu < 0 || cpu == i)
			sum += (long)(after[i] - before[i]);
	return sum;
}

/*
 * Waits until the device has no request: its driver asks for more than is read. QEMU before 9.1 loses an SPI of a GICv2
 * that is pending while its target changes (GICD_ITARGETSR), with and without a hypervisor.
 */
static void settle(FIXTURE_DATA(device) *self)
{
	unsigned long before[CB_MAX_CPUS], after[CB_MAX_CPUS];

	do {
		cb_interrupts(self->name, before, CB_MAX_CPUS);
		cb_sleep_ms(QUIET);
		cb_interrupts(self->name, after, CB_MAX_CPUS);
	} while (memcmp(before, after, sizeof(after)));
}

static int send_to(FIXTURE_DATA(device) *self, int cpu)
{
	char path[64], text[16];

	settle(self);
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", self->irq);
	snprintf(text, sizeof(text), "%d", cpu);
	return cb_write(path, text);
}

/* Reads while the interrupt goes to each CPU in turn. */
static void read_on_each_cpu(struct __test_metadata *_metadata, FIXTURE_DATA(device) *self)
{
	int cpu;

	for (cpu = 0; cpu < cb_num_cpus(); cpu++) {
		if (!cb_is_online(cpu))
			continue;
		ASSERT_EQ(0, send_to(self, cpu));
		EXPECT_LE(READS - 2, read_some(self, cpu)) TH_LOG("CPU %d", cpu);
	}
}

TEST_F(device, before_and_after)
{
	read_on_each_cpu(_metadata, self);
	ASSERT_DONE(cb_enable(NULL));
	read_on_each_cpu(_metadata, self);
	ASSERT_DONE(cb_disable());
	read_on_each_cpu(_metadata, self);
}

/* Reads for ever, or until it fails. */
static pid_t reader(int fd)
{
	char random[64];
	pid_t pid = fork();

	if (pid)
		return pid;
	while (read(fd, random, sizeof(random)) > 0)
		continue;
	_exit(1);
}

static void stop_reader(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

/* A link of the virtual PCI host, with MSI-X as the device after the physical one */
TEST_F(device, with_a_link)
{
	struct link link;
	char params[64];
	uint32_t n;
	pid_t pid;

	ASSERT_DONE(cb_enable(NULL));
	ASSERT_EQ(0, links_insert_uio());
	ASSERT_EQ(1, cb_create("ivshmem-a")) TH_LOG("%s", cb_error());
	snprintf(params, sizeof(params), CB_QUIET "dev=%d", LINK_MSIX);
	ASSERT_DONE(cb_boot("ivshmem-a", "ivshmem-echo", params));
	ASSERT_EQ(0, link_open(&link, LINK_MSIX));
	ASSERT_TRUE(link_wait_word(&link, LINK_STATES, 1, ECHO_STATE, LIMIT));
	pid = reader(self->fd);
	for (n = 1; n <= READS; n++) {
		link_write(&link, IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
		link_order(&link, 1, n, 1, n % 2);
		ASSERT_EQ(1, link_wait(&link, LIMIT)) TH_LOG("round %u", n);
	}
	stop_reader(_metadata, pid);
	link_close(&link);
	read_on_each_cpu(_metadata, self);
	ASSERT_DONE(cb_destroy("ivshmem-a", 0));
	read_on_each_cpu(_metadata, self);
	ASSERT_DONE(cb_disable());
}

/* The CPU that an interrupt goes to becomes a cell's, or goes off: the interrupt moves. */
TEST_F(device, the_cpu_goes)
{
	ASSERT_DONE(cb_enable(NULL));
	ASSERT_EQ(0, send_to(self, 1));
	EXPECT_LE(READS - 2, read_some(self, 1));
	settle(self);
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	EXPECT_LE(READS - 2, read_some(self, -1));
	EXPECT_EQ(0, read_some(self, 1));
	ASSERT_DONE(cb_destroy("timer-demo", 0));

	ASSERT_EQ(0, send_to(self, 2));
	ASSERT_EQ(0, cb_set_online(2, false));
	EXPECT_LE(READS - 2, read_some(self, -1));
	ASSERT_EQ(0, cb_set_online(2, true));
	read_on_each_cpu(_metadata, self);
	ASSERT_EQ(0, cb_set_online(3, false));
	ASSERT_DONE(cb_disable());
	ASSERT_EQ(0, cb_set_online(3, true));
	read_on_each_cpu(_metadata, self);
}

/*
 * The hypervisor and a cell come and go while somebody reads all the time. The cell's CPUs go from under the interrupt,
 * but on a GICv2 (see settle()).
 */
TEST_F_TIMEOUT(device, under_load, 90)
{
	int round;
	pid_t pid;

	if (cb_is_gicv2())
		ASSERT_EQ(0, send_to(self, 0));
	pid = reader(self->fd);
	ASSERT_LT(0, pid);
	for (round = 0; round < ROUNDS; round++) {
		EXPECT_DONE(cb_enable(NULL));
		EXPECT_EQ(1, cb_create("smp-demo")) TH_LOG("%s", cb_error());
		EXPECT_DONE(cb_boot("smp-demo", "smp-demo", CB_QUIET "period=0"));
		cb_sleep_ms(50);
		EXPECT_DONE(cb_disable());
	}
	stop_reader(_metadata, pid);
	read_on_each_cpu(_metadata, self);
}

TEST_HARNESS_MAIN
