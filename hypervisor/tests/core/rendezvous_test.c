// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* OP_ENTER and DISABLE (core/rendezvous.c): all CPUs or none. */

#include <arch/boot.h>
#include <core/console.h>
#include <core/main.h>
#include <lib/errno.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

#define ALL_CPUS	((1ULL << FAKE_CPUS) - 1)

static void disable_all(cpu_set_t set, s64 *results)
{
	struct fake_call calls[FAKE_CPUS] = { 0 };

	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++)
		calls[cpu].nr = JAILHOUSE_HC_DISABLE;
	fake_hypercall_all(set, calls);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++)
		results[cpu] = calls[cpu].result;
}

/* All of @set are back with this result, and nobody has left. */
static void check_refused(cpu_set_t set, const s64 *results, s64 result)
{
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		CHECK(!fake_cpus[cpu].left);
		if (set & 1ULL << cpu)
			CHECK_EQ(results[cpu], result);
	}
	CHECK_EQ(fake_machine_leaves, 0);
}

TEST(enter_and_disable)
{
	s64 results[FAKE_CPUS];

	fake_boot();
	CHECK_EQ(fake_machine_commits, 1);
	CHECK_EQ(cell_count, 1);
	CHECK_EQ(root_cell.cpus, ALL_CPUS);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		CHECK(fake_cpus[cpu].committed);
		CHECK(cpus[cpu]->vcpu->cell == &root_cell);
		CHECK_EQ(cpus[cpu]->hw_id, 0x100 + cpu);
	}
	disable_all(ALL_CPUS, results);
	CHECK_EQ(fake_machine_leaves, 1);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		CHECK_EQ(results[cpu], 0);
		CHECK(fake_cpus[cpu].left && fake_cpus[cpu].left_entered);
	}
}

static void check_all_left(s64 result)
{
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		if (!fake_cpus[cpu].left)
			continue;
		CHECK_EQ(fake_cpus[cpu].left_result, result);
		CHECK(!fake_cpus[cpu].committed);
		CHECK(!fake_cpus[cpu].left_entered);
	}
	CHECK_EQ(fake_machine_commits, 0);
}

TEST(a_cpu_does_not_come)
{
	fake_image_init();
	CHECK_EQ(fake_init(), 0);
	fake_enter(ALL_CPUS & ~4ULL);
	CHECK(fake_cpus[0].left && fake_cpus[1].left && fake_cpus[3].left);
	check_all_left(-ETIMEDOUT);
	CHECK_STR(refusal_text(),
		  "CPU 2 did not enter the hypervisor within 1000 ms: all CPUs went back to Linux");
	/* too late */
	fake_enter(4);
	CHECK(fake_cpus[2].left);
	check_all_left(-ETIMEDOUT);
}

TEST(a_cpu_is_not_fit)
{
	fake_image_init();
	CHECK_EQ(fake_init(), 0);
	fake_cpus[3].check_fails = true;
	fake_enter(ALL_CPUS);
	CHECK(fake_cpus[0].left && fake_cpus[1].left && fake_cpus[2].left &&
	      fake_cpus[3].left);
	check_all_left(-ENODEV);
	CHECK_STR(refusal_text(), "CPU 3 is not fit");
}

TEST(parked_cpus_are_released_at_disable)
{
	s64 results[FAKE_CPUS];

	fake_boot();
	fake_cpu_off(1);
	fake_cpu_off(3);
	disable_all(5, results);
	CHECK(fake_cpus[1].off && fake_cpus[3].off);
	CHECK(fake_cpus[0].left && fake_cpus[2].left);
	CHECK_EQ(fake_machine_leaves, 1);
}

TEST(firmware_that_does_not_switch_off)
{
	s64 results[FAKE_CPUS];

	fake_boot();
	fake_cpu_off(1);
	fake_cpus[1].asleep = true;
	disable_all(ALL_CPUS & ~2ULL, results);
	check_refused(ALL_CPUS & ~2ULL, results, -EIO);
	CHECK_STR(refusal_text(), "the firmware does not switch CPU 1 off");
}

/* Each alone, as a root does it that wants to run on while others have left. */
TEST(one_cpu_cannot_leave_alone)
{
	s64 results[FAKE_CPUS];

	fake_boot();
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		disable_all(1ULL << cpu, results);
		check_refused(1ULL << cpu, results, -ETIMEDOUT);
	}
	CHECK_STR(refusal_text(),
		  "CPU 0 did not leave the hypervisor within 1000 ms: it stays enabled on all CPUs");
	disable_all(ALL_CPUS & ~2ULL, results);
	check_refused(ALL_CPUS & ~2ULL, results, -ETIMEDOUT);
	CHECK_STR(refusal_text(),
		  "CPU 1 did not leave the hypervisor within 1000 ms: it stays enabled on all CPUs");

	/* nothing is left of the attempts */
	disable_all(ALL_CPUS, results);
	CHECK_EQ(fake_machine_leaves, 1);
}

TEST(not_while_cells_exist)
{
	struct sample_cell first = make_first();
	s64 results[FAKE_CPUS];

	boot_for_cells();
	CHECK_EQ(create(&first), 1);
	disable_all(1, results);
	check_refused(1, results, -EBUSY);
	CHECK_STR(refusal_text(), "1 cells exist: destroy them first");
}

/* A cell is created while another CPU waits already: not both succeed. */
TEST(a_cell_comes_meanwhile)
{
	struct sample_cell first = make_first();
	struct fake_call calls[2] = {
		{ JAILHOUSE_HC_CELL_CREATE, FAKE_CONFIG_PA, 0, 0 },
		{ JAILHOUSE_HC_DISABLE, 0, 0, 0 },
	};
	s64 results[FAKE_CPUS];

	fake_boot();
	fake_cpu_off(2);
	fake_cpu_off(3);
	fake_put_config(&first, sizeof(first));
	fake_hypercall_all(3, calls);
	CHECK_EQ(calls[0].result, 1);
	CHECK(calls[1].result < 0);
	CHECK(!fake_cpus[1].left);
	disable_all(3, results);
	check_refused(3, results, -EBUSY);
}

/* One of them has an interrupt: all stay, and may try again at once. */
TEST(an_interrupt_waits_for_its_guest)
{
	s64 results[FAKE_CPUS];

	fake_boot();
	fake_cpus[2].cannot_leave = true;
	disable_all(ALL_CPUS, results);
	check_refused(ALL_CPUS, results, -EAGAIN);
	CHECK_STR(refusal_text(), "CPU 2 has an interrupt that Linux did not take: try again");
	fake_cpus[2].cannot_leave = false;
	disable_all(ALL_CPUS, results);
	CHECK_EQ(fake_machine_leaves, 1);
}

TAP_MAIN(
	TAP_TEST(enter_and_disable),
	TAP_TEST(a_cpu_does_not_come),
	TAP_TEST(a_cpu_is_not_fit),
	TAP_TEST(parked_cpus_are_released_at_disable),
	TAP_TEST(firmware_that_does_not_switch_off),
	TAP_TEST(one_cpu_cannot_leave_alone),
	TAP_TEST(not_while_cells_exist),
	TAP_TEST(a_cell_comes_meanwhile),
	TAP_TEST(an_interrupt_waits_for_its_guest),
)
