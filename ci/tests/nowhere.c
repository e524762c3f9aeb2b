// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The hypervisor is led to addresses where nothing answers, by root or by a configuration. inmates/tests/nowhere.c does
 * so from a cell.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"
#include "lib/errors.h"

/* Root's configuration has the page, and the test's cell a register in it. */
FIXTURE(nowhere) {
	struct err_config system;
};

FIXTURE_SETUP(nowhere)
{
	struct jailhouse_memory *mem;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&self->system, NULL));
	mem = err_add_mem(&self->system);
	mem->phys_start = mem->virt_start = QEMU_NOWHERE;
	mem->size = QEMU_PAGE;
	mem->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO;
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

TEST_HARNESS_MAIN
