// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The hypervisor is led to addresses where nothing answers, by root or by a configuration. inmates/tests/nowhere.c does
 * so from a cell.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/hypercall.h>
#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"
#include "lib/errors.h"
#include "lib/rogue.h"

#define ACCESS		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE)
/* root's configuration says that there is RAM, and nobody's */
#define ROOTS_RAM	(QEMU_NOWHERE + QEMU_PAGE)
#define NO_RAM		(QEMU_NOWHERE + 2 * QEMU_PAGE)

/* Root's configuration has the page, and the test's cell a register in it. */
FIXTURE(nowhere) {
	struct err_config system;
};

static void add_region(struct err_config *c, uint64_t phys, uint64_t virt, uint64_t size, uint64_t flags)
{
	*err_add_mem(c) = (struct jailhouse_memory) {
		.phys_start = phys, .virt_start = virt, .size = size, .flags = flags,
	};
}

FIXTURE_SETUP(nowhere)
{
	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&self->system, NULL));
	add_region(&self->system, QEMU_NOWHERE, QEMU_NOWHERE, QEMU_PAGE, ACCESS | JAILHOUSE_MEM_IO);
	add_region(&self->system, ROOTS_RAM, ROOTS_RAM, QEMU_PAGE, ACCESS);
	ASSERT_EQ(0, cb_enable_raw(&self->system.sys)) TH_LOG("%s", cb_error());
}

FIXTURE_TEARDOWN(nowhere)
{
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_rmmod());
}

/* The signal by which a process ends that makes an access, 0: none. */
static int dies_of(uint64_t address, bool is_write)
{
	int status, fd = open("/dev/mem", O_RDWR | O_SYNC);
	volatile uint32_t *page;
	pid_t child = fork();

	if (!child) {
		page = mmap(NULL, QEMU_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(address & ~0xfffULL));
		if (is_write)
			page[(address & 0xfff) / 4] = 1;
		else
			(void)page[(address & 0xfff) / 4];
		_exit(0);
	}
	close(fd);
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST_F(nowhere, beside_a_cells_register)
{
	ASSERT_LE(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	EXPECT_EQ(SIGBUS, dies_of(QEMU_NOWHERE + 0x800, false));
	EXPECT_EQ(SIGBUS, dies_of(QEMU_NOWHERE + 0x800, true));
	/* and as before, where Linux makes the access itself */
	EXPECT_EQ(0, cb_destroy("inmate-test", 0)) TH_LOG("%s", cb_error());
	EXPECT_EQ(SIGBUS, dies_of(QEMU_NOWHERE + 0x800, false));
}

/* Registers, as its configuration says, and what it takes for memory. */
TEST_F(nowhere, configuration_of_a_cell)
{
	static const uint64_t places[] = { QEMU_NOWHERE, ROOTS_RAM, ROOTS_RAM + 8, NO_RAM, QEMU_RTC_BASE };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		EXPECT_EQ(-EINVAL, cb_rogue_hypercall(0, JAILHOUSE_HC_CELL_CREATE, places[i], 0))
			TH_LOG("%#lx", places[i]);
	ASSERT_LE(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
}

/* A device, perhaps, whose region lacks JAILHOUSE_MEM_IO. */
TEST_F(nowhere, memory_of_a_cell)
{
	struct err_config cell;
	struct err_state before;

	ASSERT_TRUE(err_read_config(&cell, "inmate-test"));
	add_region(&cell, NO_RAM, 0x10000000, QEMU_PAGE, ACCESS);
	err_note(&before);
	EXPECT_EQ(-EIO, cb_create_raw(&cell.cell, cell.size));
	EXPECT_NE(NULL, strstr(cb_error(), "no memory answers at 0x9102000")) TH_LOG("%s", cb_error());
	ALL_WELL(err_changed(&before));

	/* what is root's is cleared when it gets that back, as far as it goes */
	ASSERT_TRUE(err_read_config(&cell, "inmate-test"));
	add_region(&cell, ROOTS_RAM, 0x10000000, QEMU_PAGE, ACCESS);
	ASSERT_LE(0, cb_create_raw(&cell.cell, cell.size)) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_destroy("inmate-test", 0)) TH_LOG("%s", cb_error());
	ALL_WELL(err_changed(&before));
}

/*
 * Memory of cells, the second half of which root's configuration does not have: one leaves something there, the next
 * one finds nothing.
 */
FIXTURE(leftover) {
	struct err_config cell;
};

#define HALF		0x200000
#define BORDER		QEMU_CELL_BASE(6)
#define HOLE_END	(BORDER + HALF)

FIXTURE_SETUP(leftover)
{
	struct err_config system;
	struct jailhouse_memory *ram;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&system, NULL));
	ram = err_mem(&system, 1);
	ASSERT_EQ(QEMU_CELL_BASE(0), ram->phys_start);
	add_region(&system, HOLE_END, HOLE_END, ram->phys_start + ram->size - HOLE_END, ram->flags);
	ram->size = BORDER - ram->phys_start;
	ASSERT_EQ(0, cb_enable_raw(&system.sys)) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&self->cell, "inmate-test"));
	add_region(&self->cell, BORDER - HALF, 0x10000000, 2 * HALF, ACCESS);
}

FIXTURE_TEARDOWN(leftover)
{
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_rmmod());
}

/* The state in which it ends */
static const char *run(struct err_config *cell, const char *params)
{
	const char *state = "not started";

	if (cb_create_raw(&cell->cell, cell->size) < 0 || cb_boot("inmate-test", "leftover", params))
		return cb_error();
	if (cb_wait_state("inmate-test", "shut down", 20000))
		state = "shut down";
	else
		state = cb_state("inmate-test");
	return cb_destroy("inmate-test", CB_FORCE) ? cb_error() : state;
}

TEST_F(leftover, of_a_cell)
{
	EXPECT_STREQ("shut down", run(&self->cell, CB_QUIET "write=1"));
	EXPECT_STREQ("shut down", run(&self->cell, CB_QUIET));
}

TEST_HARNESS_MAIN
