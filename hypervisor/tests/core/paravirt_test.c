// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What a guest on a shared CPU says and is told by its communication region. */

#include <core/control.h>
#include <core/paravirt.h>
#include <lib/errno.h>

#include "share_helpers.h"

#define START	(5 * PERIOD)

static void ask(void *arg)
{
	u64 *result = arg;

	result[0] = paravirt_begin(&result[1]);
}

static struct vcpu *begin_alone(void)
{
	struct vcpu *guest;

	boot_at(START);
	guest = begin(1);
	CHECK(cpus[0]->running == guest);
	return guest;
}

/* The guest, and its part of the region. */
static struct cellblock_pv_cpu *begin_asking(struct vcpu **guest)
{
	u64 result[2];

	*guest = begin_alone();
	fake_on_cpu(0, ask, result);
	CHECK_EQ(result[0], CELLBLOCK_PV_HAS_SCHED);
	CHECK_EQ(result[1], CELLBLOCK_PV_OFFSET);
	return (void *)((char *)cell_by_id(1)->comm + result[1]);
}

TEST(a_cpu_of_its_own_has_nothing)
{
	u64 result[2] = { 1, 1 };

	create_and_start();
	fake_on_cpu(2, ask, result);
	CHECK_EQ(result[0], 0);
	CHECK_EQ(result[1], 0);
}

TEST(who_does_not_ask_is_not_told)
{
	struct vcpu *guest = begin_alone();
	const char *part = (char *)cell_by_id(1)->comm + CELLBLOCK_PV_OFFSET;
	struct cellblock_pv_cpu nothing = { 0 };

	guest->arch.alarm = START + 10;
	fake_on_cpu(0, sleep, NULL);
	at(START + 10);
	CHECK(cpus[0]->running == guest);
	CHECK(!memcmp(&nothing, part, sizeof(nothing)));
}

TEST(what_it_is_told)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	CHECK_EQ(pv->policy, CELLBLOCK_PV_BY_PRIORITY);
	CHECK_EQ(pv->share_period, PERIOD);
	CHECK_EQ(pv->share_budget, BUDGET);
	guest->arch.alarm = START + 400;
	fake_time += 100;
	fake_on_cpu(0, sleep, NULL);
	CHECK(cpus[0]->running == roots());
	at(START + 400);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(pv->used, 100);
	CHECK_EQ(pv->switches, 2);
	/* it has slept: nobody has taken the CPU away */
	CHECK_EQ(pv->overruns, 0);
	at(START + 400 + BUDGET - 100);
	CHECK(cpus[0]->running == roots());
	/* whatever stands there */
	pv->overruns = 77;
	at(START + PERIOD);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(pv->overruns, 1);
	CHECK_EQ(pv->used, BUDGET);
}

/* What wakes it, of its timer and what it says, from now on; 0: it does not say. */
struct wake {
	u64 timer, until, deadline, at;
};

static void check_wake(struct vcpu *guest, struct cellblock_pv_cpu *pv, struct wake wake)
{
	u64 now = fake_time;

	guest->arch.alarm = now + wake.timer;
	pv->until = wake.until ? now + wake.until : 0;
	pv->deadline = wake.deadline ? now + wake.deadline : 0;
	fake_on_cpu(0, sleep, NULL);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, now + wake.at);
	at(now + wake.at - 1);
	CHECK(cpus[0]->running == roots());
	at(now + wake.at);
	CHECK(cpus[0]->running == guest);
}

TEST(it_sleeps_until_a_time)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	check_wake(guest, pv, (struct wake) { .timer = 700, .until = 300, .at = 300 });
	check_wake(guest, pv, (struct wake) { .timer = 300, .until = 700, .at = 300 });
}

TEST(its_timers_wait_for_its_deadline)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	check_wake(guest, pv, (struct wake) { .timer = 100, .deadline = 600, .at = 600 });
	/* a tick that was due already */
	check_wake(guest, pv, (struct wake) { .timer = 0, .deadline = 600, .at = 600 });
	check_wake(guest, pv, (struct wake) { .timer = 700, .deadline = 600, .at = 700 });
	check_wake(guest, pv,
		   (struct wake) { .timer = 100, .until = 400, .deadline = 600, .at = 400 });
}

/* A deadline is no alarm by itself. */
TEST(without_a_timer_nothing_wakes_it)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	pv->deadline = START + 100;
	guest->arch.alarm = ~0ULL;
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(fake_cpus[0].alarm, ~0ULL);
	at(START + 200);
	CHECK(cpus[0]->running == roots());
}

TEST(interrupts_wait_for_nothing)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	pv->deadline = START + 5000;
	pv->until = START + 5000;
	guest->arch.alarm = START + 100;
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(fake_cpus[0].alarm, START + 5000);
	interrupt(guest);
	at(START + 200);
	CHECK(cpus[0]->running == guest);
}

/* The budget is the configuration's, whatever the guest says. */
TEST(the_budget_ends_it_all_the_same)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	memset(pv, 0xff, sizeof(*pv));
	at(START + BUDGET);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, START + PERIOD);
}

TEST(root_reads_what_it_says)
{
	u64 first = CELLBLOCK_PV_OFFSET / sizeof(u64), last = PAGE_SIZE / sizeof(u64);
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	pv->deadline = 0x1122334455667788;
	pv->mode = CELLBLOCK_PV_MODE_IDLE;
	at(START + BUDGET);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_COMM, 1, first + 1), 0x1122334455667788);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_COMM, 1, first + 3),
		 (u64)CELLBLOCK_PV_BY_PRIORITY << 32 | CELLBLOCK_PV_MODE_IDLE << 16);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_COMM, 1, last - 1), 0);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_COMM, 1, last), -ENOENT);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_COMM, 1, ~0ULL), -ENOENT);
}

TEST(a_start_forgets_it)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);

	pv->deadline = START + 5000;
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(start(1), 0);
	at(START + PERIOD);
	CHECK(cpus[0]->running == guest && fake_cpus[0].fresh);
	CHECK_EQ(pv->policy, 0);
	CHECK_EQ(pv->switches, 0);
	/* written by who has not asked, it is nothing */
	pv->deadline = START + 9 * PERIOD;
	guest->arch.alarm = START + PERIOD + 10;
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(fake_cpus[0].alarm, START + PERIOD + 10);
}

/* Stolen time (Arm DEN0057A) */

#define TICK_NS	(1000000000ULL / FAKE_HZ)
#define COMM	0x80000000ULL	/* of the sample cell */

static void ask_time(void *arg)
{
	*(u64 *)arg = paravirt_has_time(arch_this_vcpu()->cell) ? paravirt_time() : 0;
}

/* It is at this address of the guest's, and here. */
static struct paravirt_time *time_of(unsigned int cpu)
{
	u64 address = 0;

	fake_on_cpu(cpu, ask_time, &address);
	CHECK_EQ(address, COMM + CELLBLOCK_PV_OFFSET + cpu * 64ULL);
	return (void *)((char *)cell_by_id(1)->comm + address - COMM);
}

TEST(what_is_stolen_from_it)
{
	struct vcpu *guest = begin_alone();
	struct paravirt_time *time = time_of(0);

	CHECK_EQ(time->revision, 0);
	CHECK_EQ(time->stolen, 0);
	at(START + BUDGET);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(time->stolen, 0);
	/* whatever stands there */
	time->stolen = 77;
	at(START + PERIOD);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(time->stolen, (PERIOD - BUDGET) * TICK_NS);
	/* a sleep is not, but what its timer is late by */
	guest->arch.alarm = START + PERIOD + 300;
	fake_on_cpu(0, sleep, NULL);
	at(START + PERIOD + 304);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(time->stolen, (PERIOD - BUDGET + 4) * TICK_NS);
	guest->arch.alarm = NEVER;
	fake_on_cpu(0, sleep, NULL);
	interrupt(guest);
	at(START + PERIOD + 900);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(time->stolen, (PERIOD - BUDGET + 4) * TICK_NS);
}

TEST(a_structure_is_64_bytes)
{
	CHECK_EQ(sizeof(struct paravirt_time), 64);
	CHECK_EQ(offsetof(struct paravirt_time, stolen), 8);
	CHECK_EQ(CELLBLOCK_PV_OFFSET % 64, 0);
}

/* In centuries nothing is lost, and a CPU that was off goes on. */
TEST(stolen_time_is_exact)
{
	const u64 years = 500ULL * 365 * 24 * 3600;
	struct vcpu *guest = begin_alone();

	guest->share.stolen = years * FAKE_HZ + 3;
	CHECK_EQ(time_of(0)->stolen, years * 1000000000 + 3 * TICK_NS);
	at(START + BUDGET);
	at(START + PERIOD);
	CHECK_EQ(time_of(0)->stolen, years * 1000000000 + (3 + PERIOD - BUDGET) * TICK_NS);
}

/* The part of both is in the same place. */
TEST(the_last_that_was_asked_for_is_told)
{
	struct vcpu *guest;
	struct cellblock_pv_cpu *pv = begin_asking(&guest);
	struct paravirt_time *time;
	u64 result[2];

	memset(pv, 0xff, sizeof(*pv));
	time = time_of(0);
	CHECK_EQ(time->revision, 0);
	CHECK_EQ(time->stolen, 0);
	/* neither told nor heard any more */
	pv->deadline = START + 9 * PERIOD;
	guest->arch.alarm = START + 100;
	fake_on_cpu(0, sleep, NULL);
	at(START + 107);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(time->stolen, 7 * TICK_NS);
	CHECK_EQ(pv->used, ~0ULL);
	fake_on_cpu(0, ask, result);
	CHECK_EQ(result[0], CELLBLOCK_PV_HAS_SCHED);
	pv->deadline = 0;
	at(START + 107 + BUDGET);
	at(START + PERIOD);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(pv->deadline, 0);
	CHECK_EQ(pv->used, guest->share.used);
}

TEST(a_start_of_the_cell_has_lost_nothing)
{
	struct vcpu *guest = begin_alone();
	struct paravirt_time *time = time_of(0);

	at(START + BUDGET);
	at(START + PERIOD);
	CHECK(time->stolen);
	at(START + PERIOD + BUDGET);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(start(1), 0);
	at(START + 2 * PERIOD);
	CHECK(cpus[0]->running == guest && fake_cpus[0].fresh);
	at(START + 2 * PERIOD + BUDGET);
	at(START + 3 * PERIOD);
	CHECK(cpus[0]->running == guest);
	/* not before it asks again */
	CHECK_EQ(time->stolen, 0);
	CHECK_EQ(time_of(0)->stolen, 0);
}

TEST(a_cpu_of_its_own_loses_nothing)
{
	struct sample_cell config = make_first();
	struct paravirt_time *time;

	sample_share(&config);
	boot_at(START);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	CHECK_EQ(control_start_vcpu(cell_by_id(1), cpus[2]->vcpu, 0, 0), 0);
	fake_run();
	memset((char *)cell_by_id(1)->comm + CELLBLOCK_PV_OFFSET, 0xff, 1024);
	time = time_of(2);
	CHECK_EQ(time->revision, 0);
	CHECK_EQ(time->stolen, 0);
	/* nothing stays with what will be root's */
	CHECK(!cpus[2]->vcpu->share.time);
}

static bool has_time(void)
{
	return paravirt_has_time(cell_by_id(1));
}

TEST(who_shares_nothing_has_no_stolen_time)
{
	create_and_start();
	CHECK(!has_time());
	CHECK(!paravirt_has_time(&root_cell));
}

TEST(not_all_cpus_have_room)
{
	begin_alone();
	CHECK(has_time());
	cell_by_id(1)->cpus |= 1ULL << 55;
	CHECK(has_time());
	cell_by_id(1)->cpus |= 1ULL << 56;
	CHECK(!has_time());
}

TEST(without_the_region_there_is_no_place)
{
	struct sample_cell config = make_sharing(1);

	config.mem[CELL_COMM] = (struct jailhouse_memory){ 0 };
	boot_at(START);
	CHECK_EQ(create(&config), 1);
	CHECK(!has_time());
}

TAP_MAIN(
	TAP_TEST(a_cpu_of_its_own_has_nothing),
	TAP_TEST(who_does_not_ask_is_not_told),
	TAP_TEST(what_it_is_told),
	TAP_TEST(it_sleeps_until_a_time),
	TAP_TEST(its_timers_wait_for_its_deadline),
	TAP_TEST(without_a_timer_nothing_wakes_it),
	TAP_TEST(interrupts_wait_for_nothing),
	TAP_TEST(the_budget_ends_it_all_the_same),
	TAP_TEST(root_reads_what_it_says),
	TAP_TEST(a_start_forgets_it),
	TAP_TEST(what_is_stolen_from_it),
	TAP_TEST(a_structure_is_64_bytes),
	TAP_TEST(stolen_time_is_exact),
	TAP_TEST(the_last_that_was_asked_for_is_told),
	TAP_TEST(a_start_of_the_cell_has_lost_nothing),
	TAP_TEST(a_cpu_of_its_own_loses_nothing),
	TAP_TEST(who_shares_nothing_has_no_stolen_time),
	TAP_TEST(not_all_cpus_have_room),
	TAP_TEST(without_the_region_there_is_no_place)
)
