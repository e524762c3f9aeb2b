// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The virtual PCI host in root Linux: it comes and goes with the hypervisor, its devices with the other ends of their
 * links, and where it cannot be had nothing is enabled.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cellblock/config.h>
#include <jailhouse/ivshmem.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/errors.h"
#include "lib/links.h"
#include "../../inmates/tests/ivshmem-echo.h"

#define LIMIT		10000	/* ms, for what takes far less */
#define CELL		"ivshmem-a"
#define HOST		"pci0001:00"	/* below CB_SYSFS */
#define PHYSICAL	LINKS_PCI "0000:00:00.0"
#define BIT(n)		(1U << (n))
/* What root and one of the cells share */
#define LINKS_A		(BIT(LINK_DEMO) | BIT(LINK_NET) | BIT(LINK_BULK) | BIT(LINK_MSIX))
#define LINKS_B		BIT(LINK_DEMO)

static const char *iomem(void)
{
	static char texts[2][16384];
	static int next;
	char *text = texts[next++ % 2];

	memset(text, 0, sizeof(texts[0]));
	cb_run(text, sizeof(texts[0]), "cat /proc/iomem");
	return text;
}

/* The whole configuration space as root's programs see it */
static ssize_t read_config(int dev, void *data, size_t size)
{
	char path[96];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), LINKS_PCI "%s/config", links_device(dev));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = read(fd, data, size);
	close(fd);
	return got;
}

static bool physical_works(void)
{
	uint16_t vendor = 0;
	int fd = open(PHYSICAL "/config", O_RDONLY | O_CLOEXEC);
	bool ok = read(fd, &vendor, sizeof(vendor)) == sizeof(vendor) && vendor == 0x1b36;

	close(fd);
	return ok;
}

static void rescan(void)
{
	cb_write("/sys/bus/pci/rescan", "1");
}

TEST_F(enabled, comes_and_goes)
{
	const char *before;

	EXPECT_TRUE(cb_exists(HOST));
	EXPECT_EQ(0, links_mask());
	EXPECT_TRUE(physical_works());
	EXPECT_NE(NULL, strstr(iomem(), "virtual PCI window"));
	ASSERT_DONE(cb_disable());
	before = iomem();
	EXPECT_NE(NULL, strstr(before, "080a0000-08ffffff : GICR"));
	EXPECT_EQ(NULL, strstr(before, "virtual PCI"));
	EXPECT_FALSE(cb_exists(HOST));
	rescan();
	EXPECT_TRUE(physical_works());
	ASSERT_DONE(cb_enable(NULL));
	EXPECT_TRUE(cb_exists(HOST));
	ASSERT_DONE(cb_disable());
	EXPECT_STREQ(before, iomem());
	ASSERT_DONE(cb_enable(NULL));
}

TEST_F(enabled, devices_follow_the_cells)
{
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
		EXPECT_EQ(LINKS_A, links_mask());
		ASSERT_EQ(2, cb_create("ivshmem-b"));
		EXPECT_EQ(LINKS_A | LINKS_B, links_mask());
		rescan();
		EXPECT_EQ(LINKS_A | LINKS_B, links_mask());
		ASSERT_DONE(cb_destroy(CELL, 0));
		EXPECT_EQ(LINKS_B, links_mask());
		rescan();
		EXPECT_EQ(LINKS_B, links_mask());
		ASSERT_DONE(cb_destroy("ivshmem-b", 0));
		EXPECT_EQ(0, links_mask());
		rescan();
		EXPECT_EQ(0, links_mask());
	}
	/* one that has no links */
	ASSERT_EQ(1, cb_create("timer-demo"));
	EXPECT_EQ(0, links_mask());
	ASSERT_EQ(2, cb_create(CELL));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_EQ(LINKS_A, links_mask());
	ASSERT_DONE(cb_disable());
	EXPECT_EQ(0, links_mask());
	ASSERT_DONE(cb_enable(NULL));
	EXPECT_EQ(0, links_mask());
	EXPECT_TRUE(physical_works());
}

/* As existing tools expect it: from enabling on. The others come and go. */
TEST_F(enabled, a_device_that_stays)
{
	struct err_config c;
	struct link link;
	unsigned int n;

	ASSERT_EQ(0, links_insert_uio());
	ASSERT_TRUE(err_read_config(&c, NULL));
	for (n = 0; err_pci(&c, n)->bdf != LINK_DEMO << 3; n++)
		;
	err_pci(&c, n)->iommu = CELLBLOCK_LINK_STAYS;
	ASSERT_DONE(cb_disable());
	ASSERT_DONE(cb_enable_raw(c.bytes));
	EXPECT_EQ(BIT(LINK_DEMO), links_mask());
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	link_write(&link, IVSHMEM_REG_STATE, 3);
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	EXPECT_EQ(LINKS_A, links_mask());
	EXPECT_EQ(3, *link_word(&link, LINK_STATES, 0));
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_EQ(BIT(LINK_DEMO), links_mask());
	EXPECT_EQ(3, link_read(&link, IVSHMEM_REG_STATE));
	link_close(&link);
	ASSERT_DONE(cb_disable());
	EXPECT_EQ(0, links_mask());
	ASSERT_DONE(cb_enable(NULL));
}

/* A device that stays is not touched when another cell goes. */
TEST_F(enabled, a_link_of_three)
{
	struct link link;

	ASSERT_EQ(0, links_insert_uio());
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_EQ(2, cb_create("ivshmem-b"));
	ASSERT_EQ(0, link_open(&link, LINK_DEMO));
	link_write(&link, IVSHMEM_REG_STATE, 3);
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_EQ(3, *link_word(&link, LINK_STATES, 0));
	EXPECT_EQ(3, link_read(&link, IVSHMEM_REG_STATE));
	ASSERT_EQ(1, cb_create(CELL));
	EXPECT_EQ(3, link_read(&link, IVSHMEM_REG_STATE));
	ASSERT_DONE(cb_destroy("ivshmem-b", 0));
	EXPECT_EQ(3, link_read(&link, IVSHMEM_REG_STATE));
	link_close(&link);
}

TEST_F(enabled, configuration_space)
{
	union {
		uint8_t bytes[4096];
		uint16_t halves[2048];
		uint32_t words[1024];
	} space;

	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_LE(0x60, read_config(LINK_BULK, &space, sizeof(space)));
	EXPECT_EQ(IVSHMEM_VENDOR_ID, space.halves[0]);
	EXPECT_EQ(IVSHMEM_DEVICE_ID, space.halves[1]);
	EXPECT_EQ(0xff4000, space.words[2] >> 8);
	EXPECT_EQ(0x08f00000 + LINK_BULK * getpagesize(), space.words[4]);
	EXPECT_EQ((LINK_BULK & 3) + 1, space.bytes[0x3d]);
	EXPECT_EQ(IVSHMEM_CAP_OFFSET, space.bytes[0x34]);
	EXPECT_EQ(0x10000, space.words[(IVSHMEM_CAP_OFFSET + IVSHMEM_CAP_STATE_TABLE_SIZE) / 4]);
	EXPECT_EQ(0x1f0000, space.words[(IVSHMEM_CAP_OFFSET + IVSHMEM_CAP_RW_SECTION_SIZE) / 4]);
	EXPECT_EQ(0x200000, space.words[(IVSHMEM_CAP_OFFSET + IVSHMEM_CAP_OUTPUT_SECTION_SIZE) / 4]);
	EXPECT_EQ(0x70600000, space.words[(IVSHMEM_CAP_OFFSET + IVSHMEM_CAP_ADDRESS) / 4]);
	EXPECT_STREQ("0xff4000", cb_text(LINKS_PCI "%s/class", links_device(LINK_BULK)));
}

/* A cell that does not want to go: its link goes on. */
TEST_F(enabled, denied)
{
	struct link link;

	ASSERT_EQ(0, links_insert_uio());
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_DONE(cb_boot(CELL, "ivshmem-echo", CB_QUIET "dev=2 deny"));
	ASSERT_EQ(0, link_open(&link, LINK_BULK));
	ASSERT_TRUE(link_wait_word(&link, LINK_STATES, 1, ECHO_STATE, LIMIT));
	link_write(&link, IVSHMEM_REG_STATE, 9);
	EXPECT_REFUSED(EPERM, "denied", cb_destroy(CELL, 0));
	EXPECT_REFUSED(EPERM, "denied", cb_disable());
	EXPECT_EQ(LINKS_A, links_mask());
	EXPECT_EQ(9, link_read(&link, IVSHMEM_REG_STATE));
	EXPECT_EQ(ECHO_STATE, *link_word(&link, LINK_STATES, 1));
	link_order(&link, 1, 1, 0, 0);
	EXPECT_TRUE(link_answered(&link, 1, 1, LIMIT));
	link_close(&link);
	EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_EQ(0, links_mask());
}

/* Somebody reads and writes all that there is below sysfs, while devices come and go. */
TEST_F_TIMEOUT(enabled, looked_at_all_the_time, 90)
{
	char out[4096];
	pid_t pid;
	int i;

	ASSERT_EQ(0, links_insert_uio());
	ASSERT_EQ(0, links_insert_net());
	pid = fork();
	if (!pid)
		for (;;)
			cb_run(out, sizeof(out), "cat " LINKS_PCI "0001:*/config >/dev/null; ls /dev/uio*; "
			       "echo 1 >/sys/bus/pci/rescan; for i in /dev/uio*; do dd if=$i bs=4 count=0; done");
	for (i = 0; i < 10; i++) {
		EXPECT_EQ(1, cb_create(CELL));
		EXPECT_EQ(LINKS_A, links_mask());
		if (i % 3 == 2) {
			EXPECT_DONE(cb_disable());
			EXPECT_DONE(cb_enable(NULL));
		} else {
			EXPECT_DONE(cb_destroy(CELL, 0));
		}
		EXPECT_EQ(0, links_mask());
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT_FALSE(cb_kernel_said("WARNING:"));
}

/* Hosts that cannot be had */

SPOILT_FIXTURE(bad)
{
	ALL_WELL(err_begin(false));
	ASSERT_TRUE(err_read_config(&self->c, NULL));
	err_note(&self->before);
}

#define REFUSED(...)	SPOILT(bad, __VA_ARGS__)
#define PLATFORM	c->sys.platform_info

/* That of the physical host */
REFUSED(domain, PLATFORM.pci_domain = 0, EEXIST, "pci_domain");
/* INTB would be the clock's, 34 */
REFUSED(irq, c->sys.root_cell.vpci_irq_base = 1, EBUSY, "vpci_irq_base", "Linux uses");
/* The window is where the UART is. */
REFUSED(place, PLATFORM.pci_mmconfig_base = 0x08f00000, EBUSY, "pci_mmconfig_base");
REFUSED(high, PLATFORM.pci_mmconfig_base = 0x5000000000, EINVAL, "below 4 GiB");

TEST_F(bad, host)
{
	uint32_t i;

	variant->spoil(&self->c);
	/* the devices' domain is the host's */
	for (i = 0; i < self->c.sys.root_cell.num_pci_devices; i++)
		err_pci(&self->c, i)->domain = self->c.sys.platform_info.pci_domain;
	ALL_WELL(err_refused(cb_enable_raw(self->c.bytes), variant->error, variant->words));
	ALL_WELL(err_changed(&self->before));
	ALL_WELL(err_works());
}

/* A system without one */
TEST(no_host)
{
	struct err_config c;

	ALL_WELL(err_begin(false));
	ASSERT_TRUE(err_read_config(&c, NULL));
	c.sys.platform_info.pci_is_virtual = 0;
	c.sys.platform_info.pci_mmconfig_base = 0;
	while (c.sys.root_cell.num_pci_devices)
		err_remove_pci(&c);
	ASSERT_EQ(0, cb_enable_raw(c.bytes)) TH_LOG("%s", cb_error());
	EXPECT_FALSE(cb_exists(HOST));
	EXPECT_EQ(1, cb_create("uart-demo")) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_destroy("uart-demo", 0));
	EXPECT_EQ(0, cb_disable());
}

TEST_HARNESS_MAIN
