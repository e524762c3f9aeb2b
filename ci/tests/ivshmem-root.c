// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * IVSHMEM devices as the root cell's CPUs see them, register by register, without Linux's drivers: through /dev/mem,
 * which lets shared memory through because of mem= and what Linux has claimed because of iomem= (ci/tests/list).
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/ivshmem.h>

#include "kselftest_harness.h"

#include "lib/cellblock.h"
#include "lib/enabled.h"

/* configs/arm64/qemu-virt/links.h */
#define ECAM		0x08e00000ULL
#define ECAM_SIZE	0x100000
#define BARS		0x08f80000ULL	/* where Linux puts none */
#define DEMO_STATES	0x70400000ULL
#define DEMO_RW		0x70410000ULL
#define DEMO_OUTPUT	0x70420000ULL	/* 0x10000 for each of 3 peers */
#define DEMO_SIZE	0x50000
#define BULK_OUTPUT	0x70800000ULL	/* 0x200000 for each of 2 peers */
#define CELLS_STATES	0x70c00000ULL	/* not root's */
#define GICD		0x08000000ULL
#define ISPENDR		0x200
#define ICPENDR		0x280
#define PIDR2		0xffe8
#define INTA		(32 + 192)

#define PAGE		4096
#define ID		0x4106110a
#define COMMAND		0x04
#define MEMORY		0x2
#define BAR		0x10
#define CELL_A		"ivshmem-a"
#define CELL_B		"ivshmem-b"
#define LIMIT		10000

static volatile void *map(uint64_t address, size_t size)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)address);

	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

/* A word of the machine's memory. The signal that the access ends with, or 0. */
static int write_word(uint64_t address, uint32_t value)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		volatile uint8_t *p = map(address & ~(PAGE - 1ULL), PAGE);

		signal(SIGBUS, SIG_DFL);
		if (!p)
			_exit(1);
		*(volatile uint32_t *)(p + address % PAGE) = value;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static uint32_t read_word(uint64_t address)
{
	volatile uint8_t *p = map(address & ~(PAGE - 1ULL), PAGE);
	uint32_t value = p ? *(volatile uint32_t *)(p + address % PAGE) : 0xdeaddead;

	munmap((void *)p, PAGE);
	return value;
}

static uint32_t cfg(unsigned int device, unsigned int reg)
{
	return read_word(ECAM + (device << 15) + reg);
}

static void set_cfg(unsigned int device, unsigned int reg, uint32_t value)
{
	write_word(ECAM + (device << 15) + reg, value);
}

static uint32_t reg(unsigned int reg)
{
	return read_word(BARS + reg);
}

/* Its registers are at BARS. */
static void decode(unsigned int device)
{
	set_cfg(device, COMMAND, 0);
	set_cfg(device, BAR, BARS);
	set_cfg(device, COMMAND, MEMORY);
}

static bool wait_word(uint64_t address, uint32_t value)
{
	uint64_t end = cb_now_ms() + LIMIT;

	while (read_word(address) != value && cb_now_ms() < end)
		cb_sleep_ms(10);
	return read_word(address) == value;
}

static bool pending(void)
{
	return read_word(GICD + ISPENDR + INTA / 32 * 4) >> INTA % 32 & 1;
}

static void clear_pending(void)
{
	write_word(GICD + ICPENDR + INTA / 32 * 4, 1U << INTA % 32);
}

static void boot_holder(struct __test_metadata *_metadata)
{
	ASSERT_DONE(cb_boot(CELL_A, "ivshmem", CB_QUIET "hold"));
	EXPECT_TRUE(wait_word(DEMO_STATES + 4, 7));
}

/* A device is there as long as a cell of its link is. */
TEST_F(enabled, devices_come_and_go)
{
	unsigned int device;

	for (device = 0; device < 32; device++)
		EXPECT_EQ(0xffffffff, cfg(device, 0));
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	for (device = 0; device < 32; device++)
		EXPECT_EQ(device < 4 ? ID : 0xffffffff, cfg(device, 0));
	ASSERT_LT(0, cb_create(CELL_B)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_destroy(CELL_A, 0));
	for (device = 0; device < 32; device++)
		EXPECT_EQ(device < 1 ? ID : 0xffffffff, cfg(device, 0));
	ASSERT_DONE(cb_destroy(CELL_B, 0));
	EXPECT_EQ(0xffffffff, cfg(0, 0));
	set_cfg(0, COMMAND, MEMORY);
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	EXPECT_EQ(ID, cfg(0, 0));
}

TEST_F(enabled, registers)
{
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	decode(0);
	EXPECT_EQ(0, reg(IVSHMEM_REG_ID));
	EXPECT_EQ(3, reg(IVSHMEM_REG_MAX_PEERS));
	write_word(BARS + IVSHMEM_REG_STATE, 0x1234);
	EXPECT_EQ(0x1234, reg(IVSHMEM_REG_STATE));
	EXPECT_EQ(0x1234, read_word(DEMO_STATES));
	EXPECT_EQ(0x70400000, cfg(0, IVSHMEM_CAP_OFFSET + IVSHMEM_CAP_ADDRESS));
	/* the last cell takes the device with it, and its state */
	ASSERT_DONE(cb_destroy(CELL_A, 0));
	EXPECT_EQ(0, read_word(DEMO_STATES));
	EXPECT_EQ(SIGBUS, write_word(BARS + IVSHMEM_REG_STATE, 1));
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	/* reset: Linux may have given it an address by now, another one */
	EXPECT_NE(BARS, cfg(0, BAR));
	decode(0);
	EXPECT_EQ(0, reg(IVSHMEM_REG_STATE));
}

TEST_F(enabled, memory_of_a_new_link_is_clear)
{
	volatile uint32_t *memory;
	size_t n, set = 0;

	EXPECT_EQ(0, write_word(DEMO_RW, 0x1111));
	EXPECT_EQ(0, write_word(DEMO_RW + 0xfffc, 0x1111));
	EXPECT_EQ(0, write_word(DEMO_OUTPUT, 0x1111));
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	memory = map(DEMO_STATES, DEMO_SIZE);
	ASSERT_NE(NULL, memory);
	for (n = 0; n < DEMO_SIZE / 4; n++)
		set += memory[n] != 0;
	EXPECT_EQ(0, set);
	/* not by the second cell of it */
	EXPECT_EQ(0, write_word(DEMO_RW, 0x2222));
	ASSERT_LT(0, cb_create(CELL_B)) TH_LOG("%s", cb_error());
	EXPECT_EQ(0x2222, read_word(DEMO_RW));
	ASSERT_DONE(cb_destroy(CELL_A, 0));
	EXPECT_EQ(0x2222, read_word(DEMO_RW));
	munmap((void *)memory, DEMO_SIZE);
}

/* Whatever ends a cell ends its state, and root hears of it. */
TEST_F(enabled, states_of_a_cell)
{
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	decode(0);
	write_word(BARS + IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	clear_pending();
	EXPECT_FALSE(pending());
	boot_holder(_metadata);
	EXPECT_TRUE(pending());
	clear_pending();

	ASSERT_DONE(cb_shutdown(CELL_A, CB_FORCE));
	EXPECT_EQ(0, read_word(DEMO_STATES + 4));
	EXPECT_TRUE(pending());

	/* without interrupts: the state only */
	write_word(BARS + IVSHMEM_REG_INT_CONTROL, 0);
	clear_pending();
	boot_holder(_metadata);
	EXPECT_FALSE(pending());
	ASSERT_DONE(cb_destroy(CELL_A, CB_FORCE));
	EXPECT_EQ(0, read_word(DEMO_STATES + 4));
	EXPECT_FALSE(pending());

	/* a cell that fails */
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	decode(0);
	write_word(BARS + IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	ASSERT_DONE(cb_boot(CELL_A, "ivshmem", CB_QUIET "access=state-table"));
	EXPECT_TRUE(cb_wait_state(CELL_A, "failed", LIMIT));
	EXPECT_EQ(0, read_word(DEMO_STATES + 4));
	EXPECT_TRUE(pending());
	clear_pending();
}

TEST_F(enabled, doorbells)
{
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	decode(0);
	clear_pending();
	/* at root itself */
	write_word(BARS + IVSHMEM_REG_DOORBELL, 0);
	EXPECT_FALSE(pending());
	write_word(BARS + IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	/* at cells that do not run or are not there, and an absent vector */
	write_word(BARS + IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(1, 0));
	write_word(BARS + IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(2, 0));
	write_word(BARS + IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(3, 0));
	write_word(BARS + IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(0, 1));
	write_word(BARS + IVSHMEM_REG_DOORBELL, 0xffffffff);
	EXPECT_FALSE(pending());
	write_word(BARS + IVSHMEM_REG_DOORBELL, 0);
	EXPECT_TRUE(pending());
	clear_pending();
	EXPECT_FALSE(pending());
}

/* What another peer or the hypervisor writes, root must not. */
TEST_F(enabled, stage_2_keeps_sections_apart)
{
	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	boot_holder(_metadata);
	EXPECT_EQ(SIGBUS, write_word(DEMO_STATES, 1));
	EXPECT_EQ(SIGBUS, write_word(DEMO_STATES + 4, 1));
	EXPECT_EQ(SIGBUS, write_word(DEMO_OUTPUT + 0x10000, 1));
	EXPECT_EQ(SIGBUS, write_word(DEMO_OUTPUT + 0x2fffc, 1));
	EXPECT_EQ(SIGBUS, write_word(BULK_OUTPUT + 0x200000, 1));
	EXPECT_EQ(SIGBUS, write_word(BULK_OUTPUT + 0x3ffffc, 1));
	/* a link of others: not even to be read */
	EXPECT_EQ(SIGBUS, write_word(CELLS_STATES, 1));
	EXPECT_EQ(7, read_word(DEMO_STATES + 4));
	EXPECT_EQ(0, read_word(DEMO_OUTPUT + 0x10000));
	/* and its own */
	EXPECT_EQ(0, write_word(DEMO_OUTPUT, 0x77));
	EXPECT_EQ(0x77, read_word(DEMO_OUTPUT));
	EXPECT_EQ(0, write_word(BULK_OUTPUT + 0x1ffffc, 0x78));
	EXPECT_EQ(0x78, read_word(BULK_OUTPUT + 0x1ffffc));
	/* the cell has not noticed */
	EXPECT_STREQ("running", cb_state(CELL_A));
}

TEST_F(enabled, bars_over_other_things)
{
	static const uint32_t places[] = { GICD, 0x080a0000, 0x40000000, ECAM, 0x09000000 };
	uint32_t pidr2 = read_word(GICD + PIDR2);
	unsigned int n;

	ASSERT_LT(0, cb_create(CELL_A)) TH_LOG("%s", cb_error());
	decode(0);
	for (n = 0; n < sizeof(places) / sizeof(places[0]); n++) {
		set_cfg(0, BAR, places[n]);
		EXPECT_EQ(places[n], cfg(0, BAR));
		EXPECT_EQ(pidr2, read_word(GICD + PIDR2));
		EXPECT_EQ(ID, cfg(0, 0));
	}
	decode(0);
	EXPECT_EQ(3, reg(IVSHMEM_REG_MAX_PEERS));
	/* two devices at one place: the second has to wait */
	set_cfg(2, BAR, BARS);
	set_cfg(2, COMMAND, MEMORY);
	EXPECT_EQ(3, reg(IVSHMEM_REG_MAX_PEERS));
	set_cfg(0, COMMAND, 0);
	set_cfg(2, COMMAND, MEMORY);
	EXPECT_EQ(2, reg(IVSHMEM_REG_MAX_PEERS));
}

TEST_HARNESS_MAIN
