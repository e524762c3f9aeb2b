// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Who may call what (core/hypercall.c). */

#include <core/arch.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/machine.h"
#include "tap.h"

/* CPU 2 runs the cell */
#define CELL_CPU	2

static s64 from_root(u64 nr, u64 arg1, u64 arg2)
{
	return fake_hypercall(0, nr, arg1, arg2);
}

static s64 from_cell(u64 nr, u64 arg1, u64 arg2)
{
	return fake_hypercall(CELL_CPU, nr, arg1, arg2);
}

/* All that there are, and how root is answered: arg1 is no cell, no CPU, no memory of root. */
static const struct {
	u64 nr;
	bool for_cells;		/* not -EPERM for a cell */
	bool needs_lock;
	s64 root;		/* an error, or 0 */
} calls[] = {
	{ JAILHOUSE_HC_DISABLE, false, false, -EBUSY },
	{ JAILHOUSE_HC_CELL_CREATE, false, true, -EINVAL },
	{ JAILHOUSE_HC_CELL_START, false, true, -ENOENT },
	{ JAILHOUSE_HC_CELL_SET_LOADABLE, false, true, -ENOENT },
	{ JAILHOUSE_HC_CELL_DESTROY, false, true, -ENOENT },
	{ JAILHOUSE_HC_HYPERVISOR_GET_INFO, true, false, -EINVAL },
	{ JAILHOUSE_HC_CELL_GET_STATE, false, true, -ENOENT },
	{ JAILHOUSE_HC_CPU_GET_INFO, true, false, -EINVAL },
	{ JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, true, false, -EPERM },
	{ CELLBLOCK_HC_CELL_SHUTDOWN, false, true, -ENOENT },
	{ CELLBLOCK_HC_CPU_PARKED, false, false, -EINVAL },
	{ CELLBLOCK_HC_CELL_WATCH, false, true, -ENOENT },
	{ CELLBLOCK_HC_CELL_FAULT, false, true, -ENOENT },
	{ CELLBLOCK_HC_CPU_SHARE, false, true, -EINVAL },
	{ CELLBLOCK_HC_CELL_COMM, false, true, -ENOENT },
	{ CELLBLOCK_HC_ROOT_MEMORY, false, true, 0 },
	{ CELLBLOCK_HC_REMOTE_ATTACH, false, false, -ENOENT },
	{ CELLBLOCK_HC_REMOTE_NOTIFY, false, false, -ENOENT },
	{ CELLBLOCK_HC_REMOTE_IRQ, false, false, -ENOENT },
};

#define NOBODY	99
#define LAST	0x1ff

static bool is_listed(u64 nr)
{
	for (size_t n = 0; n < ARRAY_SIZE(calls); n++)
		if (calls[n].nr == nr)
			return true;
	return false;
}

/* With arguments that would do something if there were such a hypercall. */
static void check_unknown(u64 nr)
{
	for (u64 op = 0; op <= CELLBLOCK_SHUTDOWN_FAIL; op++) {
		CHECK_EQ(from_root(nr, 1, op), -ENOSYS);
		CHECK_EQ(from_cell(nr, 1, op), -ENOSYS);
	}
}

TEST(unlisted_numbers)
{
	struct snapshot before;
	u32 head;

	create_and_start();
	before = take_snapshot();
	head = hv_shared.console_head;
	for (u64 nr = 0; nr <= LAST; nr++)
		if (!is_listed(nr))
			check_unknown(nr);
	/* they are compared as a whole */
	for (size_t n = 0; n < ARRAY_SIZE(calls); n++)
		check_unknown(calls[n].nr | 1ULL << 32);
	check_unknown(~0ULL);
	check_snapshot(&before);
	CHECK_EQ(hv_shared.console_head, head);
	CHECK(fake_cpus[CELL_CPU].in_guest);
}

TEST(who_may_call)
{
	struct snapshot before;
	s64 result;

	create_and_start();
	before = take_snapshot();
	for (size_t n = 0; n < ARRAY_SIZE(calls); n++) {
		result = from_root(calls[n].nr, NOBODY, 0);
		CHECK_EQ(result < 0 ? result : 0, calls[n].root);
		result = from_cell(calls[n].nr, NOBODY, 0);
		CHECK_EQ(result == -EPERM, !calls[n].for_cells);
		if (calls[n].for_cells)
			continue;
		/* not of itself either, and not by force */
		CHECK_EQ(from_cell(calls[n].nr, 1, 0), -EPERM);
		CHECK_EQ(from_cell(calls[n].nr, 1, CELLBLOCK_SHUTDOWN_FORCE),
			 -EPERM);
	}
	check_snapshot(&before);
	CHECK(fake_cpus[CELL_CPU].in_guest);
}

TEST(info)
{
	create_and_start();
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
			   JAILHOUSE_INFO_MEM_POOL_SIZE, 0), FAKE_POOL_PAGES);
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
			   JAILHOUSE_INFO_MEM_POOL_USED, 0), page_pool_used());
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
			   JAILHOUSE_INFO_REMAP_POOL_SIZE, 0), 1000);
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
			   JAILHOUSE_INFO_REMAP_POOL_USED, 0), 3);
	CHECK_EQ(from_cell(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
			   JAILHOUSE_INFO_NUM_CELLS, 0), 2);
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
			   CELLBLOCK_INFO_REDISTRIBUTORS, 0), 5);
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO, 5, 0), -EINVAL);
	CHECK_EQ(from_root(JAILHOUSE_HC_HYPERVISOR_GET_INFO, ~0ULL, 0),
		 -EINVAL);
}

TEST(cpu_info)
{
	create_and_start();
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 2, 0),
		 JAILHOUSE_CPU_RUNNING);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 4, 0), -EINVAL);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 64, 0), -EINVAL);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, ~0ULL, 0), -EINVAL);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 2, 1), -EINVAL);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 2, 999), -EINVAL);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 2,
			   JAILHOUSE_CPU_INFO_STAT_BASE + VCPU_NUM_STATS),
		 -EINVAL);
	/* a cell: its own CPUs, running or not */
	CHECK_EQ(from_cell(JAILHOUSE_HC_CPU_GET_INFO, 3, 0),
		 JAILHOUSE_CPU_RUNNING);
	CHECK_EQ(from_cell(JAILHOUSE_HC_CPU_GET_INFO, 0, 0), -EPERM);
	CHECK_EQ(from_cell(JAILHOUSE_HC_CPU_GET_INFO, 1, 1000), -EPERM);
	/* of a cell that root names, which is not for cells to do */
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 3, 1ULL << 32),
		 JAILHOUSE_CPU_RUNNING);
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 0, 1ULL << 32), -EINVAL);
	CHECK_EQ(from_cell(JAILHOUSE_HC_CPU_GET_INFO, 3, 1ULL << 32), -EINVAL);
}

TEST(counters)
{
	create_and_start();
	for (unsigned int n = 1; n < VCPU_NUM_STATS; n++)
		cpus[2]->vcpu->stats[n] = 1U << n;
	for (u64 n = 1; n < VCPU_NUM_STATS; n++)
		CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 2,
				   JAILHOUSE_CPU_INFO_STAT_BASE + n),
			 1U << n);
	/* exits of all kinds; what was denied are accesses */
	CHECK_EQ(from_root(JAILHOUSE_HC_CPU_GET_INFO, 2,
			   JAILHOUSE_CPU_INFO_STAT_BASE),
		 (2U << CELLBLOCK_CPU_STAT_OTHER) - 2);
}

TEST(console_character)
{
	u32 head;

	create_and_start();
	head = hv_shared.console_head;
	CHECK_EQ(from_cell(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, 'x', 0), 0);
	CHECK_EQ(hv_shared.console_head, head + 1);
	CHECK_EQ(hv_shared.console[head % CELLBLOCK_CONSOLE_LEN], 'x');
}

TEST(console_without_permission)
{
	struct sample_cell config = make_first();
	u32 head;

	config.cell.flags = 0;
	boot_for_cells();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	head = hv_shared.console_head;
	CHECK_EQ(from_cell(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, 'x', 0), -EPERM);
	CHECK_EQ(hv_shared.console_head, head);
}

TEST(parked_cpus)
{
	boot_for_cells();
	CHECK_EQ(from_root(CELLBLOCK_HC_CPU_PARKED, 0, 0), 0);
	CHECK_EQ(from_root(CELLBLOCK_HC_CPU_PARKED, 1, 0), 1);
	CHECK_EQ(from_root(CELLBLOCK_HC_CPU_PARKED, 4, 0), -EINVAL);
	CHECK_EQ(from_root(CELLBLOCK_HC_CPU_PARKED, ~0ULL, 0), -EINVAL);
}

TEST(one_manager_at_a_time)
{
	s64 result;

	create_and_start();
	/* from another CPU; the lock is the test's own */
	CHECK(spin_trylock(&control_lock));
	for (size_t n = 0; n < ARRAY_SIZE(calls); n++) {
		/* waits for it */
		if (calls[n].nr == JAILHOUSE_HC_DISABLE)
			continue;
		result = fake_hypercall_unchecked(0, calls[n].nr, NOBODY, 0);
		CHECK_EQ(result == -EBUSY, calls[n].needs_lock);
	}
	spin_unlock(&control_lock);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_RUNNING);
}

TEST(disable_with_cells)
{
	create_and_start();
	CHECK_EQ(from_root(JAILHOUSE_HC_DISABLE, 0, 0), -EBUSY);
	CHECK_STR(refusal_text(), "1 cells exist: destroy them first");
	CHECK(!fake_cpus[0].left);
	CHECK(fake_cpus[CELL_CPU].in_guest);
}

TAP_MAIN(
	TAP_TEST(unlisted_numbers),
	TAP_TEST(who_may_call),
	TAP_TEST(info),
	TAP_TEST(cpu_info),
	TAP_TEST(counters),
	TAP_TEST(console_character),
	TAP_TEST(console_without_permission),
	TAP_TEST(parked_cpus),
	TAP_TEST(one_manager_at_a_time),
	TAP_TEST(disable_with_cells)
)
