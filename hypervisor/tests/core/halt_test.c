// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* A bug of the hypervisor ends a CPU, with locks that it holds: the others go on (core/halt.c). */

#include <core/arch.h>
#include <core/comm.h>
#include <core/console.h>
#include <core/control.h>
#include <core/halt.h>
#include <core/main.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

static struct cell *cell;	/* on CPUs 2 and 3 */

static void setup(void)
{
	cell = create_and_start();
	fake_may_halt = true;
}

/* As el2_fault() does. */
static void end(void)
{
	halt_begin();
	arch_halt();
}

/* @arg: the lock */
static void bug_with_lock(void *arg)
{
	if (arg)
		spin_lock(arg);
	end();
}

static void check_halted(unsigned int cpu)
{
	CHECK(fake_cpus[cpu].halted);
	CHECK(!fake_locks_held());
	CHECK_EQ(cpus[cpu]->vcpu->state, VCPU_HALTED);
}

static void check_cell_ends(void)
{
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK(fake_cpus[3].parked);
	CHECK_EQ(start(1), -EBUSY);
	CHECK_EQ(destroy(1), 0);
	CHECK(root_cell.cpus == 0xf);
}

static int halts_with(long nr)
{
	spinlock_t *locks[] = {
		NULL, &console_lock, &root_cell.mm_lock, NULL, NULL, NULL,
	};

	setup();
	locks[3] = &cell->mm_lock;
	locks[4] = &cell->fault_lock;
	locks[5] = &cpus[3]->lock;
	if ((size_t)nr == ARRAY_SIZE(locks))
		return 1;
	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0, 0), 0);
	fake_run();
	fake_on_cpu(2, bug_with_lock, locks[nr]);
	check_halted(2);
	check_cell_ends();
	return 0;
}

TEST(locks_are_unlocked)
{
	long nr = 0;

	while (!tap_child(halts_with, nr))
		nr++;
	CHECK_EQ(nr, 6);
}

/* As dispatch() has it. */
static void bug_in_hypercall(void *arg)
{
	(void)arg;
	CHECK(spin_trylock(&control_lock));
	control_holder = arch_this_cpu();
	end();
}

TEST(the_control_lock_is_unlocked)
{
	setup();
	fake_on_cpu(0, bug_in_hypercall, NULL);
	check_halted(0);
	/* nobody's cell has failed */
	CHECK_EQ(comm_state(cell), JAILHOUSE_CELL_RUNNING);
	CHECK(spin_trylock(&control_lock));
	spin_unlock(&control_lock);
}

TEST(the_control_lock_of_another_stays)
{
	setup();
	CHECK(spin_trylock(&control_lock));
	control_holder = cpus[0];
	fake_on_cpu(2, bug_with_lock, NULL);
	CHECK(fake_cpus[2].halted);
	CHECK(!spin_trylock(&control_lock));
	spin_unlock(&control_lock);
}

/* Its memory would be Linux's while it is still there. */
TEST(no_disable)
{
	setup();
	fake_on_cpu(2, bug_with_lock, NULL);
	check_cell_ends();
	CHECK_EQ(fake_hypercall(0, JAILHOUSE_HC_DISABLE, 0, 0), -EIO);
	CHECK(strstr(refusal_text(), "CPU 2 has halted in the hypervisor: reset the machine"));
	CHECK_EQ(fake_machine_leaves, 0);
}

TAP_MAIN(
	TAP_TEST(locks_are_unlocked),
	TAP_TEST(the_control_lock_is_unlocked),
	TAP_TEST(the_control_lock_of_another_stays),
	TAP_TEST(no_disable)
)
