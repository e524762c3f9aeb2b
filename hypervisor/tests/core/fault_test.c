// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* The record of why a cell has failed (core/fault.c). */

#include <core/arch.h>
#include <core/console.h>
#include <core/control.h>
#include <core/fault.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/cpu.h"
#include "fake/machine.h"
#include "tap.h"

/* the first cell's CPUs are 2 and 3 */
#define PC(cpu)		(0x1000ULL * (cpu))

/* As root sees it. */
static struct cellblock_fault record_of(u64 id)
{
	s64 kind = fake_hypercall(0, CELLBLOCK_HC_CELL_FAULT, id, 0);

	CHECK_EQ(kind, hv_shared.record.fault.kind);
	return hv_shared.record.fault;
}

static void guest_faults(void *arg)
{
	(void)arg;
	fault_record(arch_this_vcpu()->cell, CELLBLOCK_FAULT_EXCEPTION);
	cell_fail();
}

static void fault_on(unsigned int cpu)
{
	fake_on_cpu(cpu, guest_faults, NULL);
	fake_check();
}

static s64 fail_cell(u64 id)
{
	return shutdown_cell(id, CELLBLOCK_SHUTDOWN_FAIL);
}

static void start_second_cpu(void *arg)
{
	CHECK_EQ(control_start_vcpu(arg, cpus[3]->vcpu, 0x2000, 0), 0);
}

/* The first cell, with both of its CPUs in the guest. */
static struct cell *start_both(void)
{
	struct cell *cell = create_and_start();

	fake_on_cpu(2, start_second_cpu, cell);
	fake_run();
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++)
		fake_cpus[cpu].pc = PC(cpu);
	return cell;
}

static void check_empty(u64 id)
{
	static const struct cellblock_fault nothing;
	struct cellblock_fault fault = record_of(id);

	CHECK(!memcmp(&fault, &nothing, sizeof(nothing)));
}

static void check_place(const struct cellblock_fault *fault, unsigned int cpu)
{
	CHECK_EQ(fault->cpu, cpu);
	CHECK_EQ(fault->pc, PC(cpu));
	CHECK_EQ(fault->lr, PC(cpu) + 1);
	CHECK_EQ(fault->sp, PC(cpu) + 2);
	CHECK_EQ(fault->pstate, PC(cpu) + 3);
}

static void check_exception(u64 id, unsigned int cpu)
{
	struct cellblock_fault fault = record_of(id);

	CHECK_EQ(fault.kind, CELLBLOCK_FAULT_EXCEPTION);
	CHECK_EQ(fault.cell, id);
	check_place(&fault, cpu);
	CHECK_EQ(fault.esr, PC(cpu) + 4);
	CHECK_EQ(fault.far, PC(cpu) + 5);
	CHECK_EQ(fault.ipa, PC(cpu) + 6);
}

/* cpu -1: of none */
static void check_watchdog(u64 id, int cpu)
{
	struct cellblock_fault fault = record_of(id);

	CHECK_EQ(fault.kind, CELLBLOCK_FAULT_WATCHDOG);
	CHECK_EQ(fault.cell, id);
	if (cpu < 0)
		CHECK_EQ(fault.cpu, CELLBLOCK_FAULT_NO_CPU);
	else
		check_place(&fault, (unsigned int)cpu);
	CHECK_EQ(fault.esr, 0);
	CHECK_EQ(fault.far, 0);
	CHECK_EQ(fault.ipa, 0);
}

TEST(nothing_has_happened)
{
	start_both();
	check_empty(0);
	check_empty(1);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_FAULT, 2, 0), -ENOENT);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_FAULT, ~0ULL, 0), -ENOENT);
}

TEST(an_exception)
{
	start_both();
	fake_time = 123456;
	fault_on(3);
	check_exception(1, 3);
	CHECK_EQ(hv_shared.record.fault.time, 123456);
	check_empty(0);
}

/* Which is the second may be a consequence of the first. */
TEST(the_first_one_is_kept)
{
	start_both();
	fault_on(3);
	fault_on(2);
	check_exception(1, 3);
	CHECK_EQ(fail_cell(1), 0);
	check_exception(1, 3);
}

/* Of another kind, too. */
TEST(the_watchdog_is_late)
{
	struct cell *cell = start_both();

	fault_on(3);
	fault_record(cell, CELLBLOCK_FAULT_WATCHDOG);
	check_exception(1, 3);
}

/* However much is printed meanwhile. */
TEST(it_outlives_the_console)
{
	char text[100];

	start_both();
	fault_on(2);
	memset(text, 'x', sizeof(text));
	for (size_t n = 0; n < CELLBLOCK_CONSOLE_LEN; n += sizeof(text))
		console_write(text, sizeof(text));
	CHECK(!memchr(hv_shared.console, 'S', CELLBLOCK_CONSOLE_LEN));
	check_exception(1, 2);
}

TEST(it_ends_with_the_next_start)
{
	start_both();
	fault_on(2);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	check_exception(1, 2);
	CHECK_EQ(set_loadable(1), 0);
	check_exception(1, 2);
	CHECK_EQ(start(1), 0);
	check_empty(1);
	fake_run();
	fault_on(2);
	check_exception(1, 2);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_FAULT, 1, 0), -ENOENT);
}

/* A new cell with the same page has none of it. */
TEST(it_ends_with_the_cell)
{
	struct sample_cell config = make_first();

	start_both();
	fault_on(2);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(create(&config), 1);
	check_empty(1);
}

TEST(of_each_cell)
{
	struct sample_cell other = make_second();

	start_both();
	CHECK_EQ(create(&other), 2);
	CHECK_EQ(start(2), 0);
	fake_run();
	fault_on(2);
	check_empty(2);
	fault_on(1);
	check_exception(2, 1);
	check_exception(1, 2);
}

/* The lowest of the CPUs that ran, in whatever order they stopped. */
TEST(a_hang)
{
	start_both();
	fake_time = 777;
	CHECK_EQ(fail_cell(1), 0);
	check_watchdog(1, 2);
	CHECK(hv_shared.record.fault.time >= 777 && hv_shared.record.fault.time < 1000);
	/* more of the same is not news */
	CHECK_EQ(fail_cell(1), 0);
	check_watchdog(1, 2);
}

TEST(a_hang_of_the_second_cpu)
{
	start_both();
	fake_cpu_off(2);
	CHECK_EQ(fail_cell(1), 0);
	check_watchdog(1, 3);
}

/* CPU 3 answers first. */
TEST(a_hang_that_sleeps)
{
	start_both();
	fake_cpus[2].waits = true;
	CHECK_EQ(fail_cell(1), 0);
	check_watchdog(1, 2);
}

TEST(a_hang_out_of_reach)
{
	start_both();
	fake_cpu_off(3);
	fake_cpus[2].asleep = true;
	CHECK_EQ(fail_cell(1), -EIO);
	check_watchdog(1, -1);
	/* it wakes up after all */
	fake_cpus[2].asleep = false;
	fake_run();
	check_watchdog(1, 2);
}

/* What is stopped without having failed has no record, nor what has ended by itself. */
TEST(no_hang)
{
	struct cell *cell = start_both();

	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	check_empty(1);
	/* as before a restart */
	CHECK_EQ(fail_cell(1), 0);
	check_empty(1);

	CHECK_EQ(start(1), 0);
	fake_run();
	cell->comm->cell_state = JAILHOUSE_CELL_FAILED;
	CHECK_EQ(fail_cell(1), 0);
	check_empty(1);
}

TAP_MAIN(
	TAP_TEST(nothing_has_happened),
	TAP_TEST(an_exception),
	TAP_TEST(the_first_one_is_kept),
	TAP_TEST(the_watchdog_is_late),
	TAP_TEST(it_outlives_the_console),
	TAP_TEST(it_ends_with_the_next_start),
	TAP_TEST(it_ends_with_the_cell),
	TAP_TEST(of_each_cell),
	TAP_TEST(a_hang),
	TAP_TEST(a_hang_of_the_second_cpu),
	TAP_TEST(a_hang_that_sleeps),
	TAP_TEST(a_hang_out_of_reach),
	TAP_TEST(no_hang)
)
