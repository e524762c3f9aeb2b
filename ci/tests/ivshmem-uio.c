// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * IVSHMEM links in programs: what uio_ivshmem shows of a device, what it refuses, interrupts in both directions, and
 * what is left when the device goes. The other end is inmates/tests/ivshmem-echo.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/ivshmem.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/errors.h"
#include "lib/links.h"
#include "../../inmates/tests/ivshmem-echo.h"

#define LIMIT		10000	/* ms, for what takes far less */
#define NOTHING		300	/* ms in which nothing is to come */
#define PAGE		((size_t)getpagesize())
#define CELL		"ivshmem-a"
#define UIO		"/sys/class/uio/"

static bool echo(struct cb_console *con, int dev, const char *more)
{
	char params[128];

	snprintf(params, sizeof(params), CB_QUIET "dev=%d %s", dev, more);
	return !cb_boot(CELL, "ivshmem-echo", params) && cb_console_wait(con, "ivshmem-echo: device", LIMIT);
}

/* An order for the cell, see link_order() */
static void order(const struct link *link, uint32_t number, uint32_t doorbells, uint32_t vector)
{
	link_order(link, 1, number, doorbells, vector);
}

static bool answered(const struct link *link, uint32_t number)
{
	return link_answered(link, 1, number, LIMIT);
}

static void enable_interrupts(const struct link *link)
{
	link_write(link, IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
}

/* Is the class's modalias in the module? */
static bool module_matches(const char *module, int dev)
{
	const char *modalias = cb_text(LINKS_PCI "%s/modalias", links_device(dev));
	size_t size, at;
	char *data = cb_read_file(module, &size);
	bool found = false;

	for (at = 0; data && at + 6 < size && !found; at++)
		if (!memcmp(data + at, "alias=", 6))
			found = !fnmatch(data + at + 6, modalias, 0);
	free(data);
	return found;
}

/* A cell that has all links that root can have with it */
#define ASSERT_CELL() do {							\
	ASSERT_EQ(0, links_insert_uio());					\
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());		\
} while (0)

TEST_F(enabled, drivers_find_their_devices)
{
	ASSERT_CELL();
	EXPECT_TRUE(module_matches("/lib/modules/uio_ivshmem.ko", LINK_DEMO));
	EXPECT_FALSE(module_matches("/lib/modules/uio_ivshmem.ko", LINK_NET));
	EXPECT_TRUE(module_matches("/lib/modules/uio_ivshmem.ko", LINK_BULK));
	EXPECT_TRUE(module_matches("/lib/modules/uio_ivshmem.ko", LINK_MSIX));
	EXPECT_FALSE(module_matches("/lib/modules/ivshmem_net.ko", LINK_DEMO));
	EXPECT_TRUE(module_matches("/lib/modules/ivshmem_net.ko", LINK_NET));
	EXPECT_FALSE(module_matches("/lib/modules/ivshmem_net.ko", LINK_BULK));

	EXPECT_STRNE("", links_name(LINK_DEMO, "uio"));
	EXPECT_STREQ("", links_name(LINK_NET, "uio"));
	EXPECT_STRNE("", links_name(LINK_BULK, "uio"));
	EXPECT_STRNE("", links_name(LINK_MSIX, "uio"));
}

/* Somebody else than the driver of the virtual PCI host looks for it: Linux aligns its BAR by 4 KiB. */
TEST_F(enabled, registers_beside_those_of_others)
{
	char path[96];

	ASSERT_CELL();
	snprintf(path, sizeof(path), LINKS_PCI "%s/remove", links_device(LINK_BULK));
	ASSERT_EQ(0, cb_write(path, "1"));
	ASSERT_FALSE(links_exists(LINK_BULK));
	ASSERT_EQ(0, cb_write("/sys/bus/pci/rescan", "1"));
	ASSERT_TRUE(links_exists(LINK_BULK));
	EXPECT_EQ(PAGE == 4096, !!*links_name(LINK_BULK, "uio"));
	EXPECT_EQ(PAGE != 4096, cb_kernel_said("the size of Linux's pages, by which programs map them"));
}

TEST_F(enabled, maps)
{
	static const struct {
		const char *name;
		unsigned long addr, size;
	} maps[LINK_NUM_MAPS] = {
		{ "registers", 0, 0x1000 },
		{ "state_table", 0x70400000, 0x10000 },
		{ "rw_section", 0x70410000, 0x10000 },
		{ "output_sections", 0x70420000, 0x30000 },
		{ "own_output", 0x70420000, 0x10000 },
	};
	struct link link;
	char name[64];
	int i;

	ASSERT_CELL();
	ASSERT_TRUE(echo(&self->con, LINK_DEMO, ""));
	snprintf(name, sizeof(name), "%s", links_name(LINK_DEMO, "uio"));
	EXPECT_STREQ("uio_ivshmem", cb_text(UIO "%s/name", name));
	for (i = 0; i < LINK_NUM_MAPS; i++) {
		EXPECT_STREQ(maps[i].name, cb_text(UIO "%s/maps/map%d/name", name, i));
		EXPECT_EQ(maps[i].size, strtoul(cb_text(UIO "%s/maps/map%d/size", name, i), NULL, 0));
		if (maps[i].addr)
			EXPECT_EQ(maps[i].addr, strtoul(cb_text(UIO "%s/maps/map%d/addr", name, i), NULL, 0));
	}

	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	EXPECT_EQ(0, link_read(&link, IVSHMEM_REG_ID));
	EXPECT_EQ(3, link_read(&link, IVSHMEM_REG_MAX_PEERS));
	EXPECT_TRUE(link_wait_word(&link, LINK_STATES, 1, ECHO_STATE, LIMIT));
	/* what is written to the own section is in the map of all, and so on */
	*link_word(&link, LINK_OWN, 100) = 0x12345678;
	EXPECT_EQ(0x12345678, *link_word(&link, LINK_OUTPUTS, 100));
	*link_word(&link, LINK_RW, 2000) = 4711;
	EXPECT_EQ(4711, *link_word(&link, LINK_RW, 2000));
	order(&link, 1, 0, 0);
	EXPECT_TRUE(answered(&link, 1));
	EXPECT_EQ(1, *link_word(&link, LINK_RW, 1));
	EXPECT_EQ(4711, *link_word(&link, LINK_RW, 2000));
	link_close(&link);
}

TEST_F(enabled, what_cannot_be_mapped)
{
	const int rw = PROT_READ | PROT_WRITE;
	struct link link;
	void *map;

	ASSERT_CELL();
	ASSERT_EQ(0, link_open(&link, LINK_BULK));
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_STATES, PAGE, rw, MAP_SHARED));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_OUTPUTS, PAGE, rw, MAP_SHARED));
	EXPECT_EQ(EACCES, errno);
	EXPECT_NE(0, mprotect(link.map[LINK_STATES], PAGE, rw));
	EXPECT_EQ(EACCES, errno);
	EXPECT_NE(0, mprotect(link.map[LINK_OUTPUTS], PAGE, rw));
	EXPECT_EQ(EACCES, errno);
	/* a private copy would not be shared */
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_RW, PAGE, rw, MAP_PRIVATE));
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_STATES, PAGE, PROT_READ, MAP_PRIVATE));
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_RW, link.size[LINK_RW] + PAGE, rw, MAP_SHARED));
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_NUM_MAPS, PAGE, PROT_READ, MAP_SHARED));
	EXPECT_EQ(MAP_FAILED, mremap(link.map[LINK_RW], link.size[LINK_RW], link.size[LINK_RW] + PAGE, MREMAP_MAYMOVE));
	/* the middle of one can go, what follows stays what it was */
	*link_word(&link, LINK_RW, 2 * PAGE / sizeof(uint32_t)) = 22;
	map = link_mmap(link.fd, LINK_RW, 3 * PAGE, PROT_READ, MAP_SHARED);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap((char *)map + PAGE, PAGE));
	EXPECT_EQ(22, *(volatile uint32_t *)((char *)map + 2 * PAGE));
	link_close(&link);
}

/* The configuration of ivshmem-a with root's end of the link that has no read/write section */
static bool use_rtos_link(struct err_config *c)
{
	static const struct { uint64_t start, size, flags; } regions[] = {
		{ 0x70ca0000, 0x10000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED },
		{ 0, 0, 0 },
		{ 0x70cb0000, 0x10000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED },
		{ 0x70cc0000, 0x10000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_ROOTSHARED },
	};
	struct jailhouse_pci_device *dev;
	uint32_t first, i;

	if (!err_read_config(c, "ivshmem-a"))
		return false;
	first = c->cell.num_memory_regions;
	for (i = 0; i < 4; i++) {
		struct jailhouse_memory *mem = err_add_mem(c);

		mem->phys_start = regions[i].start;
		mem->virt_start = regions[i].start;
		mem->size = regions[i].size;
		mem->flags = regions[i].flags;
	}
	dev = err_add_pci(c);
	dev->type = JAILHOUSE_PCI_TYPE_IVSHMEM;
	dev->domain = 1;
	dev->bdf = LINK_RTOS << 3;
	dev->bar_mask[0] = 0xfffff000;
	dev->shmem_regions_start = first;
	dev->shmem_dev_id = 1;
	dev->shmem_peers = 2;
	dev->shmem_protocol = JAILHOUSE_SHMEM_PROTO_CUSTOM;
	return true;
}

TEST_F(enabled, empty_section)
{
	static struct err_config c;
	struct link link;
	const char *name;

	ASSERT_EQ(0, links_insert_uio());
	ASSERT_TRUE(use_rtos_link(&c));
	ASSERT_EQ(1, cb_create_raw(c.bytes, c.size)) TH_LOG("%s", cb_error());
	ASSERT_TRUE(echo(&self->con, LINK_RTOS, ""));
	name = links_name(LINK_RTOS, "uio");
	EXPECT_EQ(0, strtoul(cb_text(UIO "%s/maps/map2/size", name), NULL, 0));
	EXPECT_STREQ("own_output", cb_text(UIO "%s/maps/map4/name", name));
	ASSERT_EQ(0, link_open(&link, LINK_RTOS));
	EXPECT_EQ(0, link.size[LINK_RW]);
	EXPECT_EQ(0x20000, link.size[LINK_OUTPUTS]);
	EXPECT_EQ(0x10000, link.size[LINK_OWN]);
	EXPECT_EQ(MAP_FAILED, link_mmap(link.fd, LINK_RW, PAGE, PROT_READ, MAP_SHARED));
	enable_interrupts(&link);
	order(&link, 1, 1, 0);
	EXPECT_EQ(1, link_wait(&link, LIMIT));
	EXPECT_TRUE(answered(&link, 1));
	link_close(&link);
}

/* The device masks itself with each interrupt, until the program wants another one. */
static void one_shot(struct __test_metadata *_metadata, struct link *link)
{
	EXPECT_EQ(0, link_wait(link, 0));
	order(link, 1, 1, 0);
	EXPECT_TRUE(answered(link, 1));
	EXPECT_EQ(0, link_wait(link, NOTHING));
	enable_interrupts(link);
	order(link, 2, 1, 0);
	EXPECT_EQ(1, link_wait(link, LIMIT));
	EXPECT_EQ(0, link_read(link, IVSHMEM_REG_INT_CONTROL));
	order(link, 3, 5, 0);
	EXPECT_TRUE(answered(link, 3));
	EXPECT_EQ(0, link_wait(link, NOTHING));
}

static void by_write(struct __test_metadata *_metadata, struct link *link)
{
	int32_t on = 1;

	EXPECT_EQ(4, write(link->fd, &on, sizeof(on)));
	EXPECT_EQ(1, link_read(link, IVSHMEM_REG_INT_CONTROL));
	order(link, 4, 1, 0);
	EXPECT_EQ(1, link_wait(link, LIMIT));
	EXPECT_EQ(4, write(link->fd, &on, sizeof(on)));
	on = 0;
	EXPECT_EQ(4, write(link->fd, &on, sizeof(on)));
	EXPECT_EQ(0, link_read(link, IVSHMEM_REG_INT_CONTROL));
	order(link, 5, 1, 0);
	EXPECT_TRUE(answered(link, 5));
	EXPECT_EQ(0, link_wait(link, NOTHING));
}

TEST_F(enabled, interrupts)
{
	struct link link;
	uint32_t n;

	ASSERT_CELL();
	ASSERT_TRUE(echo(&self->con, LINK_BULK, ""));
	ASSERT_EQ(0, link_open(&link, LINK_BULK));
	one_shot(_metadata, &link);
	by_write(_metadata, &link);
	for (n = 10; n < 110; n++) {
		enable_interrupts(&link);
		order(&link, n, 1, 0);
		ASSERT_EQ(1, link_wait(&link, LIMIT)) TH_LOG("round %u", n);
		ASSERT_EQ(n, *link_output(&link, 1, ECHO_NUMBER));
	}
	EXPECT_LE(105, *link_output(&link, 1, ECHO_INTERRUPTS));
	/* nobody is peer 2, nothing is vector 1 */
	link_write(&link, IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(2, 0));
	link_write(&link, IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(1, 1));
	link_write(&link, IVSHMEM_REG_DOORBELL, ~0U);
	link_close(&link);
}

TEST_F(enabled, msix)
{
	unsigned long before[64], after[64];
	struct link link;
	uint32_t n;
	int i;

	ASSERT_CELL();
	EXPECT_STRNE("", links_name(LINK_MSIX, "msi_irqs"));
	/* not even an empty folder, by which programs tell MSI-X from INTx */
	EXPECT_TRUE(cb_exists(LINKS_PCI "%s/msi_irqs", links_device(LINK_MSIX)));
	EXPECT_FALSE(cb_exists(LINKS_PCI "%s/msi_irqs", links_device(LINK_BULK)));
	ASSERT_TRUE(echo(&self->con, LINK_MSIX, ""));
	ASSERT_EQ(0, link_open(&link, LINK_MSIX));
	cb_interrupts("0001:00:03.0", before, 64);
	for (n = 1; n <= 40; n++) {
		enable_interrupts(&link);
		order(&link, n, 1, n % 2);
		ASSERT_EQ(1, link_wait(&link, LIMIT)) TH_LOG("vector %u", n % 2);
	}
	/* there is no third one */
	enable_interrupts(&link);
	order(&link, n, 1, 2);
	EXPECT_TRUE(answered(&link, n));
	EXPECT_EQ(0, link_wait(&link, NOTHING));
	/* the first line of that name is vector 0's */
	cb_interrupts("0001:00:03.0", after, 64);
	for (n = 0, i = 0; i < self->cpus; i++)
		n += (uint32_t)(after[i] - before[i]);
	EXPECT_EQ(20, n);
	link_close(&link);
}

TEST_F(enabled, state_and_opens)
{
	struct link link, second;
	pid_t pid;

	ASSERT_CELL();
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	ASSERT_EQ(0, link_open(&second, LINK_DEMO));
	link_write(&link, IVSHMEM_REG_STATE, 42);
	EXPECT_EQ(42, *link_word(&second, LINK_STATES, 0));
	enable_interrupts(&link);
	link_close(&link);
	/* there is still somebody */
	EXPECT_EQ(42, *link_word(&second, LINK_STATES, 0));
	EXPECT_EQ(1, link_read(&second, IVSHMEM_REG_INT_CONTROL));
	link_close(&second);
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	EXPECT_EQ(0, *link_word(&link, LINK_STATES, 0));
	EXPECT_EQ(0, link_read(&link, IVSHMEM_REG_STATE));
	EXPECT_EQ(0, link_read(&link, IVSHMEM_REG_INT_CONTROL));
	link_close(&link);

	pid = fork();
	if (!pid) {
		if (!link_open(&link, LINK_DEMO))
			link_write(&link, IVSHMEM_REG_STATE, 43);
		raise(SIGKILL);
	}
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	EXPECT_EQ(0, *link_word(&link, LINK_STATES, 0));
	link_close(&link);
}

static sigjmp_buf escape;

static void on_sigbus(int nr)
{
	(void)nr;
	siglongjmp(escape, 1);
}

/* Does reading there end in SIGBUS? */
static bool is_gone(volatile void *at)
{
	struct sigaction action = { .sa_handler = on_sigbus }, before;
	bool gone = true;

	sigaction(SIGBUS, &action, &before);
	if (!sigsetjmp(escape, 1)) {
		(void)*(volatile uint32_t *)at;
		gone = false;
	}
	sigaction(SIGBUS, &before, NULL);
	return gone;
}

/* All maps of the process and of a child, with what was touched before and what was not. */
static void expect_gone(struct __test_metadata *_metadata, struct link *link)
{
	struct pollfd poll_fd = { .fd = link->fd, .events = POLLIN };
	int32_t count;
	int map;

	for (map = 0; map < LINK_NUM_MAPS; map++) {
		EXPECT_TRUE(is_gone(link->map[map])) TH_LOG("map %d", map);
		EXPECT_TRUE(is_gone((char *)link->map[map] + link->size[map] - sizeof(uint32_t))) TH_LOG("map %d", map);
	}
	EXPECT_EQ(1, poll(&poll_fd, 1, 0));
	EXPECT_EQ(-1, read(link->fd, &count, sizeof(count)));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(MAP_FAILED, link_mmap(link->fd, LINK_RW, PAGE, PROT_READ, MAP_SHARED));
}

static void touch(struct link *link)
{
	int map;

	for (map = 0; map < LINK_NUM_MAPS; map++)
		(void)*link_word(link, map, 0);
}

TEST_F(enabled, destroyed_while_mapped)
{
	int32_t count;
	struct link link;
	int status;
	pid_t child, reader;

	ASSERT_CELL();
	ASSERT_EQ(0, link_open(&link, LINK_BULK));
	touch(&link);
	reader = fork();
	if (!reader)
		/* sleeps until the device goes */
		_exit(read(link.fd, &count, sizeof(count)) == -1 && errno == EIO ? 0 : 1);
	child = fork();
	if (!child) {
		touch(&link);
		while (!is_gone(link.map[LINK_RW]))
			cb_sleep_ms(1);
		_exit(is_gone(link.map[LINK_OUTPUTS]) ? 0 : 1);
	}
	cb_sleep_ms(100);
	ASSERT_DONE(cb_destroy(CELL, 0));
	expect_gone(_metadata, &link);
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(reader, waitpid(reader, &status, 0));
	EXPECT_EQ(0, status);

	/* a new link is a new device, what was open stays dead */
	ASSERT_EQ(1, cb_create(CELL));
	EXPECT_TRUE(is_gone(link.map[LINK_RW]));
	link_close(&link);
	ASSERT_EQ(0, link_open(&link, LINK_BULK));
	EXPECT_EQ(0, *link_word(&link, LINK_RW, 0));
	link_close(&link);
}

TEST_F(enabled, disabled_while_mapped)
{
	struct link link;

	ASSERT_CELL();
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	touch(&link);
	ASSERT_DONE(cb_disable());
	expect_gone(_metadata, &link);
	link_close(&link);
	ASSERT_DONE(cb_enable(NULL));
}

/* A device file somewhere else is the same device. */
TEST_F(enabled, another_file)
{
	static const char path[] = "/tmp/another";
	unsigned int major, minor;
	volatile void *map;
	int fd;

	ASSERT_CELL();
	ASSERT_EQ(2, sscanf(cb_text(UIO "%s/dev", links_name(LINK_DEMO, "uio")), "%u:%u", &major, &minor));
	unlink(path);
	ASSERT_EQ(0, mknod(path, S_IFCHR | 0600, makedev(major, minor)));
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	map = link_mmap(fd, LINK_STATES, PAGE, PROT_READ, MAP_SHARED);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_FALSE(is_gone(map));
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_TRUE(is_gone(map));
	close(fd);
	unlink(path);
}

TEST_F(enabled, unbound_and_removed)
{
	const char *driver = "/sys/bus/pci/drivers/uio_ivshmem";
	struct link link;
	char path[96];

	ASSERT_CELL();
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	link_write(&link, IVSHMEM_REG_STATE, 5);
	touch(&link);
	EXPECT_NE(0, links_remove("uio_ivshmem"));
	snprintf(path, sizeof(path), "%s/unbind", driver);
	ASSERT_EQ(0, cb_write(path, "0001:00:00.0"));
	expect_gone(_metadata, &link);
	link_close(&link);
	snprintf(path, sizeof(path), "%s/bind", driver);
	ASSERT_EQ(0, cb_write(path, "0001:00:00.0"));
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	EXPECT_EQ(0, *link_word(&link, LINK_STATES, 0));
	link_close(&link);
	ASSERT_EQ(0, links_remove("uio_ivshmem"));
	EXPECT_STREQ("", links_name(LINK_DEMO, "uio"));
	ASSERT_EQ(0, links_insert_uio());
	EXPECT_STRNE("", links_name(LINK_DEMO, "uio"));
}

TEST_HARNESS_MAIN
