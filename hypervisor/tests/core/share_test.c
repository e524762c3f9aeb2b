// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* CPUs that cells share with root: whose turn it is, how long, and what ends it. */

#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>

#include "share_helpers.h"

TEST(root_has_to_share_first)
{
	struct sample_cell config = make_sharing(1);

	boot_for_cells();
	CHECK_EQ(create(&config), -EBUSY);
	CHECK_STR(refusal_text(), "CPU 0 is not shared by root (CPU_SHARE)");
	share_root();
	share_root();
	CHECK(cpus[0]->shared && fake_cpus[0].shares);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 0, 0), -EBUSY);
	CHECK_STR(refusal_text(), "CPU 0: cell \"sample\" shares it");
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 0, 0), 0);
	CHECK(!cpus[0]->shared && !fake_cpus[0].shares && !roots()->arch.shared);
}

TEST(what_the_cpu_refuses)
{
	boot_for_cells();
	fake_share_error = -ENODEV;
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 1, 0), -ENODEV);
	CHECK(!cpus[0]->shared && !roots()->arch.shared);
	fake_share_error = 0;
	share_root();
	fake_share_error = -EAGAIN;
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 0, 0), -EAGAIN);
	CHECK(cpus[0]->shared && roots()->arch.shared);
	fake_share_error = 0;
}

TEST(the_cell_has_a_vcpu_and_root_keeps_its_own)
{
	struct sample_cell config = make_sharing(1);
	u64 roots_cpus;

	boot_at(0);
	roots_cpus = root_cell.cpus;
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(root_cell.cpus, roots_cpus);
	CHECK_EQ(cell_by_id(1)->cpus, 1);
	CHECK_EQ(cell_by_id(1)->shared, 1);
	CHECK(guest_of(1) != roots() && cell_vcpu(&root_cell, cpus[0]) == roots());
	CHECK_EQ(guest_of(1)->state, VCPU_PARKED);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(destroy(1), 0);
	CHECK(!roots()->next);
}

TEST(nothing_is_left_of_a_refusal)
{
	struct sample_cell config = make_sharing(1);
	struct snapshot before;

	boot_at(0);
	before = take_snapshot();
	fake_unit_error = -ENODEV;
	CHECK_EQ(create(&config), -ENODEV);
	fake_unit_error = 0;
	check_snapshot(&before);
	CHECK(!roots()->next);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

static void boot_to_share(void)
{
	boot_at(0);
}

TEST(with_ever_more_pages)
{
	struct sample_cell config = make_sharing(1);

	CHECK(create_with_ever_more_pages(&config, boot_to_share) > 2);
}

/* Priority */

TEST(the_cell_comes_first_until_it_sleeps)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	CHECK(cpus[0]->running == guest && fake_cpus[0].fresh);
	CHECK_EQ(guest->state, VCPU_RUNNING);
	CHECK_EQ(fake_cpus[0].alarm, 5 * PERIOD + BUDGET);
	fake_time += 100;
	guest->arch.alarm = 5 * PERIOD + 400;
	fake_on_cpu(0, sleep, NULL);
	CHECK(cpus[0]->running == roots() && !fake_cpus[0].fresh);
	CHECK_EQ(fake_cpus[0].alarm, 5 * PERIOD + 400);
	at(5 * PERIOD + 399);
	CHECK(cpus[0]->running == roots());
	at(5 * PERIOD + 400);
	CHECK(cpus[0]->running == guest);
	/* what root had does not count */
	CHECK_EQ(fake_cpus[0].alarm, 5 * PERIOD + 400 + BUDGET - 100);
	CHECK_EQ(guest->share.used, 100);
	CHECK_EQ(guest->share.switches, 2);
}

TEST(the_budget_bounds_it)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	at(5 * PERIOD + BUDGET - 1);
	CHECK(cpus[0]->running == guest);
	at(5 * PERIOD + BUDGET);
	CHECK(cpus[0]->running == roots());
	/* it is ready, and has to wait for the next period */
	CHECK_EQ(fake_cpus[0].alarm, 6 * PERIOD);
	at(6 * PERIOD - 1);
	CHECK(cpus[0]->running == roots());
	at(6 * PERIOD + 7);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(fake_cpus[0].alarm, 6 * PERIOD + 7 + BUDGET);
	CHECK_EQ(guest->share.used, BUDGET);
}

TEST(more_than_the_budget_is_paid_back)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	at(5 * PERIOD + BUDGET + 30);
	CHECK(cpus[0]->running == roots());
	at(6 * PERIOD);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(fake_cpus[0].alarm, 6 * PERIOD + BUDGET - 30);
	/* a period without it at most, however late that is */
	at(9 * PERIOD + 10);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, 10 * PERIOD);
	at(10 * PERIOD);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(fake_cpus[0].alarm, 10 * PERIOD + BUDGET);
}

TEST(a_budget_is_not_saved_up)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(fake_cpus[0].alarm, NEVER);
	interrupt(guest);
	at(9 * PERIOD + 3);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(fake_cpus[0].alarm, 9 * PERIOD + 3 + BUDGET);
}

TEST(a_sleep_with_an_interrupt_is_none)
{
	struct vcpu *guest;
	unsigned int switches;

	boot_at(5 * PERIOD);
	guest = begin(1);
	switches = fake_cpus[0].switches;
	guest->arch.interrupted = true;
	fake_on_cpu(0, sleep, NULL);
	CHECK(cpus[0]->running == guest && !guest->share.rest);
	CHECK_EQ(fake_cpus[0].switches, switches);
}

/* The cell wants to run at a period's begin + 5. */
static struct vcpu *wakes_up(u32 defer)
{
	struct sample_cell config = make_sharing(1);
	struct vcpu *guest;

	config.sharing.defer = defer;
	boot_at(5 * PERIOD);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	at(fake_time);
	guest = guest_of(1);
	guest->arch.alarm = 6 * PERIOD + 5;
	fake_on_cpu(0, sleep, NULL);
	fake_masks_irqs = true;
	at(6 * PERIOD + 7);
	return guest;
}

TEST(root_may_finish_while_it_masks)
{
	struct vcpu *guest = wakes_up(12);

	/* looked at again and again, and not longer than permitted */
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, 6 * PERIOD + 13);
	at(6 * PERIOD + 13);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, 6 * PERIOD + 16);
	at(6 * PERIOD + 16);
	CHECK_EQ(fake_cpus[0].alarm, 6 * PERIOD + 17);
	at(6 * PERIOD + 17);
	CHECK(cpus[0]->running == guest);
	CHECK_EQ(guest->share.away, 12);
	/* it is not held back by its own */
	guest->arch.alarm = 7 * PERIOD;
	fake_on_cpu(0, sleep, NULL);
	fake_masks_irqs = false;
	at(7 * PERIOD + 1);
	CHECK(cpus[0]->running == guest);
}

TEST(root_has_unmasked_before_the_end)
{
	struct vcpu *guest = wakes_up(100);

	CHECK(cpus[0]->running == roots());
	fake_masks_irqs = false;
	at(6 * PERIOD + 12);
	CHECK(cpus[0]->running == guest);
}

TEST(the_cell_comes_first_if_nothing_is_said)
{
	struct vcpu *guest = wakes_up(0);

	CHECK(cpus[0]->running == guest);
	fake_masks_irqs = false;
}

TEST(the_first_created_comes_first)
{
	struct vcpu *first, *second;

	boot_at(5 * PERIOD);
	first = begin(1);
	first->arch.alarm = 5 * PERIOD + 10;
	fake_on_cpu(0, sleep, NULL);
	second = begin(2);
	CHECK(cpus[0]->running == second);
	/* its alarm counts, though another cell runs */
	at(5 * PERIOD + 2);
	CHECK_EQ(fake_cpus[0].alarm, 5 * PERIOD + 10);
	at(5 * PERIOD + 10);
	CHECK(cpus[0]->running == first);
	fake_on_cpu(0, sleep, NULL);
	/* it has rung, and is still set: the cell has not handled it */
	CHECK(cpus[0]->running == first);
	first->arch.alarm = 0;
	fake_on_cpu(0, sleep, NULL);
	CHECK(cpus[0]->running == second);
}

/* Cyclic */

static struct sample_cell make_cyclic(u32 id, u32 start, u32 length)
{
	struct sample_cell config = make_sharing(id);

	config.sharing.policy = CELLBLOCK_SHARE_CYCLIC;
	config.sharing.budget = 0;
	config.sharing.num_slots = 1;
	config.sharing.slots[0] = (struct cellblock_share_slot) { start, length };
	return config;
}

TEST(slots_of_a_frame)
{
	struct sample_cell one = make_cyclic(1, 1000, 500), two = make_cyclic(2, 3000, 250);
	struct vcpu *first, *second;

	boot_at(7 * PERIOD);
	CHECK_EQ(create(&one), 1);
	CHECK_EQ(create(&two), 2);
	CHECK_EQ(start(1), 0);
	CHECK_EQ(start(2), 0);
	first = guest_of(1);
	second = guest_of(2);
	at(7 * PERIOD);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, 7 * PERIOD + 1000);
	at(7 * PERIOD + 1000);
	CHECK(cpus[0]->running == first);
	CHECK_EQ(fake_cpus[0].alarm, 7 * PERIOD + 1500);
	at(7 * PERIOD + 1500);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, 7 * PERIOD + 3000);
	at(7 * PERIOD + 3100);
	CHECK(cpus[0]->running == second);
	CHECK_EQ(fake_cpus[0].alarm, 7 * PERIOD + 3250);
	at(7 * PERIOD + 3250);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(fake_cpus[0].alarm, 8 * PERIOD + 1000);
	/* root has what a cell leaves of its slot */
	at(8 * PERIOD + 1000);
	fake_on_cpu(0, sleep, NULL);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(first->share.used, 500);
	CHECK_EQ(second->share.used, 150);
}

/* Life */

TEST(a_guest_that_has_to_wait_is_stopped_at_once)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	at(5 * PERIOD + BUDGET);
	CHECK(cpus[0]->running == roots() && guest->state == VCPU_RUNNING);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(guest->state, VCPU_PARKED);
	CHECK(!cell_by_id(1)->hidden);
	at(6 * PERIOD);
	CHECK(cpus[0]->running == roots());
	/* and begins anew, although it slept when it was stopped */
	guest->share.rest = SHARE_SLEEPS;
	guest->share.alarm = NEVER;
	CHECK_EQ(start(1), 0);
	at(7 * PERIOD);
	CHECK(cpus[0]->running == guest && fake_cpus[0].fresh);
}

/* Root has CPU 1 as well, to ask from whoever runs on CPU 0. */
static void boot_with_two(u64 time)
{
	fake_boot();
	fake_time = time;
	share_root();
}

static void (*usual_relax)(void);

static void fall_asleep(void)
{
	CHECK(cell_by_id(1)->stopped && cpus[0]->running == guest_of(1));
	cpus[0]->running = roots();
	fake_cpu_relax = usual_relax;
}

/* It goes to sleep while another CPU stops its cell, and has seen that it runs. */
TEST(a_guest_does_not_sleep_through_its_stop)
{
	struct vcpu *guest;

	boot_with_two(5 * PERIOD);
	guest = begin(1);
	usual_relax = fake_cpu_relax;
	fake_cpu_relax = fall_asleep;
	CHECK_EQ(fake_hypercall(1, CELLBLOCK_HC_CELL_SHUTDOWN, 1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK(cpus[0]->running == roots());
	CHECK_EQ(guest->state, VCPU_PARKED);
	CHECK_EQ(destroy(1), 0);
}

static void park(void *arg)
{
	(void)arg;
	control_park_self();
}

/* Whoever sees that it is parked may free it: the CPU has let it go by then. */
static void parked_has_gone(void)
{
	CHECK(cpus[0]->running->state == VCPU_RUNNING);
}

TEST(a_guest_that_stops_gives_the_cpu_to_root)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	fake_unlocked = parked_has_gone;
	fake_on_cpu(0, park, NULL);
	fake_unlocked = NULL;
	CHECK_EQ(guest->state, VCPU_PARKED);
	CHECK(cpus[0]->running == roots() && !guest->arch.kept);
	CHECK_EQ(fake_cpus[0].alarm, NEVER);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
}

static void keep_registers(void)
{
	cpus[0]->leaving = NULL;
	fake_cpu_relax = usual_relax;
}

TEST(who_stops_a_guest_waits_until_its_registers_are_kept)
{
	struct vcpu *guest;

	boot_at(5 * PERIOD);
	guest = begin(1);
	fake_on_cpu(0, sleep, NULL);
	CHECK(!cpus[0]->leaving);
	/* a sleep before that, of which the other CPU has not seen the end */
	cpus[0]->leaving = guest;
	usual_relax = fake_cpu_relax;
	fake_cpu_relax = keep_registers;
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK(!cpus[0]->leaving);
	/* so does who starts one anew that has stopped itself */
	cpus[0]->leaving = guest;
	fake_cpu_relax = keep_registers;
	CHECK_EQ(start(1), 0);
	CHECK(!cpus[0]->leaving);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
}

/* A cell goes, whose vcpu is freed, while another one's is looked for. */
static struct vcpu *others;

static void take_out(void)
{
	roots()->next = others;
	cpus[0]->lock.held = 0;
	fake_cpu_relax = usual_relax;
}

TEST(who_shares_is_asked_under_the_lock)
{
	struct vcpu *first, *second;

	boot_at(5 * PERIOD);
	first = begin(1);
	fake_on_cpu(0, sleep, NULL);
	second = begin(2);
	CHECK(roots()->next == first && first->next == second);
	others = second;
	usual_relax = fake_cpu_relax;
	fake_cpu_relax = take_out;
	first->next = NULL;
	cpus[0]->lock.held = 1;
	/* who shares no CPU does not ask */
	CHECK(!cell_vcpu(&(struct cell) { .cpus = 1 }, cpus[0]));
	CHECK(cell_vcpu(&root_cell, cpus[0]) == roots());
	CHECK(cpus[0]->lock.held);
	CHECK(guest_of(2) == second);
	CHECK(!cpus[0]->lock.held);
	/* so that it can be destroyed */
	first->next = second;
	roots()->next = first;
}

/* What is counted */

/* CELLBLOCK_CPU_INFO_* of CPU 0, of a cell */
static s64 info(u64 cell, u64 type)
{
	return fake_hypercall(1, JAILHOUSE_HC_CPU_GET_INFO, 0, cell << 32 | type);
}

TEST(who_had_the_cpu)
{
	boot_with_two(5 * PERIOD);
	begin(1);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_USED), 0);
	fake_time += 300;
	/* it runs now: this counts */
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_USED), 300);
	fake_on_cpu(0, sleep, NULL);
	fake_time += 20;
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_USED), 300);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_USED), 20);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_SWITCHES), 1);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_SWITCHES), 1);
	/* it has slept: nobody has taken it away */
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_OVERRUNS), 0);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_OVERRUNS), 0);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_AWAY), 300);
}

TEST(overruns_and_the_longest_time_away)
{
	struct vcpu *guest;

	boot_with_two(5 * PERIOD);
	guest = begin(1);
	at(5 * PERIOD + BUDGET);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_OVERRUNS), 1);
	at(6 * PERIOD);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_AWAY), PERIOD - BUDGET);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_AWAY), BUDGET);
	/* of a sleep, what comes after the alarm */
	guest->arch.alarm = 9 * PERIOD;
	fake_on_cpu(0, sleep, NULL);
	at(9 * PERIOD + 5);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_AWAY), PERIOD - BUDGET);
	guest->arch.alarm = 12 * PERIOD;
	fake_on_cpu(0, sleep, NULL);
	at(13 * PERIOD + 5);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_AWAY), PERIOD + 5);
	/* an interrupt wakes it now, however long it has slept */
	guest->arch.alarm = NEVER;
	fake_on_cpu(0, sleep, NULL);
	interrupt(guest);
	at(19 * PERIOD);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_AWAY), PERIOD + 5);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_OVERRUNS), 1);
}

TEST(a_start_is_no_time_away)
{
	boot_with_two(5 * PERIOD);
	begin(1);
	at(5 * PERIOD + BUDGET);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(start(1), 0);
	at(99 * PERIOD);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_AWAY), 0);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_SWITCHES), 2);
}

TEST(the_end_of_a_slot_is_counted)
{
	struct sample_cell config = make_cyclic(1, 0, 500);

	boot_with_two(7 * PERIOD);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	at(7 * PERIOD);
	at(7 * PERIOD + 500);
	at(8 * PERIOD);
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_OVERRUNS), 1);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_SWITCHES), 2);
}

TEST(whose_share_and_who_may_ask)
{
	struct vcpu *guest;

	boot_with_two(0);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 0, 0), 0);
	fake_time = 5 * PERIOD;
	share_root();
	guest = begin(1);
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_TURNS), -EINVAL);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_USED - 1), -EINVAL);
	CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_TURNS + 2 * CELLBLOCK_SHARE_TURNS), -EINVAL);
	CHECK_EQ(info(2, CELLBLOCK_CPU_INFO_USED), -EINVAL);
	guest->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO] = 77;
	CHECK_EQ(info(1, JAILHOUSE_CPU_INFO_STAT_BASE + JAILHOUSE_CPU_STAT_VMEXITS_MMIO), 77);
	/* root's begins anew with each time of sharing */
	at(5 * PERIOD + BUDGET);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	at(fake_time + 50);
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 0, 0), 0);
	share_root();
	CHECK_EQ(info(0, CELLBLOCK_CPU_INFO_USED), 0);
}

static s64 turn(u64 cell, u32 n, u64 end)
{
	return info(cell, CELLBLOCK_CPU_INFO_TURNS + 2 * (n % CELLBLOCK_SHARE_TURNS) + end);
}

TEST(turns_of_a_cell)
{
	struct vcpu *guest;
	u64 time = 5 * PERIOD;

	boot_with_two(time);
	guest = begin(1);
	/* woken before it was away: still the same turn */
	fake_time += 20;
	guest->arch.alarm = time + 10;
	fake_on_cpu(0, sleep, NULL);
	guest->arch.alarm = 6 * PERIOD;
	fake_time += 30;
	fake_on_cpu(0, sleep, NULL);
	CHECK_EQ(turn(1, 1, 0), time);
	CHECK_EQ(turn(1, 1, 1), time + 50);
	/* not ended, so it is not there yet */
	at(6 * PERIOD);
	CHECK_EQ(turn(1, 2, 0), 0);
	for (u32 n = 2; n < 2 + CELLBLOCK_SHARE_TURNS; n++) {
		time = (n + 4) * PERIOD;
		at(time);
		at(time + BUDGET);
		CHECK_EQ(info(1, CELLBLOCK_CPU_INFO_SWITCHES), n);
		CHECK_EQ(turn(1, n, 0), time);
		CHECK_EQ(turn(1, n, 1), time + BUDGET);
	}
	/* in the place of the first one */
	CHECK_EQ(turn(1, 1, 0), time);
}

TAP_MAIN(
	TAP_TEST(root_has_to_share_first),
	TAP_TEST(what_the_cpu_refuses),
	TAP_TEST(the_cell_has_a_vcpu_and_root_keeps_its_own),
	TAP_TEST(nothing_is_left_of_a_refusal),
	TAP_TEST(with_ever_more_pages),
	TAP_TEST(the_cell_comes_first_until_it_sleeps),
	TAP_TEST(the_budget_bounds_it),
	TAP_TEST(more_than_the_budget_is_paid_back),
	TAP_TEST(a_budget_is_not_saved_up),
	TAP_TEST(a_sleep_with_an_interrupt_is_none),
	TAP_TEST(root_may_finish_while_it_masks),
	TAP_TEST(root_has_unmasked_before_the_end),
	TAP_TEST(the_cell_comes_first_if_nothing_is_said),
	TAP_TEST(the_first_created_comes_first),
	TAP_TEST(slots_of_a_frame),
	TAP_TEST(a_guest_that_has_to_wait_is_stopped_at_once),
	TAP_TEST(a_guest_does_not_sleep_through_its_stop),
	TAP_TEST(a_guest_that_stops_gives_the_cpu_to_root),
	TAP_TEST(who_stops_a_guest_waits_until_its_registers_are_kept),
	TAP_TEST(who_shares_is_asked_under_the_lock),
	TAP_TEST(who_had_the_cpu),
	TAP_TEST(overruns_and_the_longest_time_away),
	TAP_TEST(a_start_is_no_time_away),
	TAP_TEST(the_end_of_a_slot_is_counted),
	TAP_TEST(whose_share_and_who_may_ask),
	TAP_TEST(turns_of_a_cell)
)
