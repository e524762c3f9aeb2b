// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * More than one CPU, however many: affinity, wake-ups across CPUs, and that the
 * highest threads run everywhere. No time slices: what should be woken by
 * another CPU is not woken by a tick instead.
 */

#include "lib/harness.h"

CONFIG(768 << 10,
       .timer_priority = osPriorityRealtime,
       .fault_policy = RTOS_FAULT_FAIL);

#define MOST_CPUS	INMATE_MAX_CPUS

static bool stopped;

/* Notes where it runs until it is stopped. */
struct spinner {
	u32 runs[MOST_CPUS];	/* on each CPU */
};

static void spin(void *argument)
{
	struct spinner *s = argument;

	while (!atomic_read(&stopped))
		atomic_add(&s->runs[rtos_cpu()], 1);
}

static u32 all_runs(struct spinner *s)
{
	u32 sum = 0;

	for (unsigned int cpu = 0; cpu < MOST_CPUS; cpu++)
		sum += atomic_read(&s->runs[cpu]);
	return sum;
}

static bool runs_on(struct spinner *s, unsigned int cpu)
{
	u32 before = atomic_read(&s->runs[cpu]);

	return EVENTUALLY(atomic_read(&s->runs[cpu]) != before);
}

static void begin(struct spinner *s, unsigned int count)
{
	memset(s, 0, count * sizeof(*s));
	atomic_set(&stopped, false);
}

static void end(osThreadId_t *thread, unsigned int count)
{
	atomic_set(&stopped, true);
	for (unsigned int n = 0; n < count; n++)
		join(thread[n]);
}

static void numbers(void)
{
	EXPECT_EQ(rtos_num_cpus(), smp_num_cpus());
	EXPECT_EQ(rtos_cpu(), 0);
}

static void masks(void)
{
	osThreadId_t self = osThreadGetId(), thread;

	EXPECT_EQ(osThreadGetAffinityMask(self), CPU0);
	EXPECT_EQ(osThreadSetAffinityMask(self, 1U << 31), osErrorParameter);
	EXPECT_EQ(osThreadGetAffinityMask(self), CPU0);
	EXPECT_EQ(osThreadSetAffinityMask(self, CPU0), osOK);
	atomic_set(&stopped, false);
	thread = spawn_on(0, spin, &(struct spinner){ { 0 } }, HELPER_LOW);
	/* no mask is every CPU, however that is written */
	EXPECT(osThreadGetAffinityMask(thread) == 0 ||
	       osThreadGetAffinityMask(thread) == (1U << rtos_num_cpus()) - 1);
	end(&thread, 1);
}

static void threads_stay_where_they_may_be(void)
{
	static struct spinner s[MOST_CPUS];
	osThreadId_t thread[MOST_CPUS];
	unsigned int cpus = rtos_num_cpus();

	begin(s, cpus);
	for (unsigned int n = 0; n < cpus; n++)
		thread[n] = spawn_on(osThreadProcessor(n), spin, &s[n], HELPER_LOW);
	for (unsigned int n = 0; n < cpus; n++)
		runs_on(&s[n], n);
	osDelay(5);
	end(thread, cpus);
	for (unsigned int n = 0; n < cpus; n++)
		EXPECT_EQ(all_runs(&s[n]), s[n].runs[n]);
}

static void running_threads_move(void)
{
	struct spinner s;
	osThreadId_t thread;

	begin(&s, 1);
	thread = spawn_on(CPU1, spin, &s, HELPER_LOW);
	for (unsigned int n = 2; n < 20; n++) {
		unsigned int cpu = n % rtos_num_cpus();
		u32 mask = osThreadProcessor(cpu);

		EXPECT_EQ(osThreadSetAffinityMask(thread, mask), osOK);
		EXPECT_EQ(osThreadGetAffinityMask(thread), mask);
		runs_on(&s, cpu);
	}
	end(&thread, 1);
}

/* Ready, but on a CPU that has something better to do. */
static void ready_threads_move(void)
{
	struct spinner high, low;
	osThreadId_t thread[2];

	begin(&high, 1);
	begin(&low, 1);
	thread[0] = spawn_on(CPU1, spin, &high, HELPER_HIGH);
	runs_on(&high, 1);
	thread[1] = spawn_on(CPU1, spin, &low, HELPER_LOW);
	osDelay(5);
	EXPECT_EQ(atomic_read(&low.runs[1]), 0);
	EXPECT_EQ(osThreadGetState(thread[1]), osThreadReady);
	EXPECT_EQ(osThreadSetAffinityMask(thread[1], CPU0), osOK);
	runs_on(&low, 0);
	EXPECT_EQ(low.runs[1], 0);
	end(thread, 2);
}

static void move_oneself(void *argument)
{
	osThreadId_t self = osThreadGetId();

	(void)argument;
	for (int n = 0; n < 100; n++) {
		u32 cpu = (u32)n % rtos_num_cpus();

		EXPECT_EQ(osThreadSetAffinityMask(self, osThreadProcessor(cpu)),
			  osOK);
		if (!EXPECT_EQ(rtos_cpu(), cpu))
			return;
	}
}

static void threads_move_themselves(void)
{
	join(spawn_on(0, move_oneself, NULL, HELPER_HIGH));
}

/* Blocked: it wakes up where it may be now. */
static osSemaphoreId_t sem;
static u32 woke_on;

static void wait_once(void *argument)
{
	(void)argument;
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osOK);
	atomic_set(&woke_on, rtos_cpu());
}

static void blocked_threads_move(void)
{
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked_on(CPU0, wait_once, NULL, HELPER_HIGH);
	EXPECT_EQ(osThreadSetAffinityMask(thread, CPU1), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	join(thread);
	EXPECT_EQ(woke_on, 1);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* The highest run, one for each CPU; when one goes, the one that is left comes. */
static void the_highest_run(void)
{
	static struct spinner s[MOST_CPUS + 1];
	osThreadId_t thread[MOST_CPUS + 1], self = osThreadGetId();
	unsigned int count = rtos_num_cpus() + 1;
	u32 seen;

	begin(s, count);
	/* above all, but gives way by waiting */
	EXPECT_EQ(osThreadSetPriority(self, osPriorityRealtime7), osOK);
	for (unsigned int n = 0; n < count; n++)
		thread[n] = spawn_on(0, spin, &s[n],
				     osPriorityAboveNormal + (osPriority_t)n);
	/* the first had a CPU until the others came */
	for (unsigned int n = 1; n < count; n++)
		EVENTUALLY(all_runs(&s[n]) > 0);
	seen = all_runs(&s[0]);
	osDelay(10);
	EXPECT_EQ(all_runs(&s[0]), seen);
	EXPECT_EQ(osThreadSuspend(thread[1]), osOK);
	EVENTUALLY(all_runs(&s[0]) != seen);
	EXPECT_EQ(osThreadResume(thread[1]), osOK);
	end(thread, count);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityNormal), osOK);
}

/*
 * A thread that may run on two CPUs is pushed from CPU 1 by one that may run
 * only there: it takes CPU 0 from a lower one.
 */
static void pushed_threads_go_elsewhere(void)
{
	struct spinner low, middle, high;
	osThreadId_t thread[3];

	begin(&low, 1);
	begin(&middle, 1);
	begin(&high, 1);
	thread[0] = spawn_on(CPU0, spin, &low, HELPER_LOW);
	thread[1] = spawn_on(CPU0 | CPU1, spin, &middle, osPriorityBelowNormal);
	runs_on(&low, 0);	/* so the middle one is on CPU 1 */
	runs_on(&middle, 1);
	thread[2] = spawn_on(CPU1, spin, &high, HELPER_HIGH);
	runs_on(&high, 1);
	runs_on(&middle, 0);
	end(thread, 3);
	EXPECT(high.runs[0] == 0);
}

/*
 * Inheritance across CPUs: the owner, on CPU 1, is kept from running there by a
 * middle thread until somebody on CPU 0 wants the mutex.
 */
static osMutexId_t mutex;
static bool holds;

static void hold_for_a_while(void *argument)
{
	(void)argument;
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	atomic_set(&holds, true);
	spin_ticks(5);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
}

static void inheritance_across_cpus(void)
{
	struct spinner middle;
	osThreadId_t thread[2];

	begin(&middle, 1);
	atomic_set(&holds, false);
	mutex = osMutexNew(&(osMutexAttr_t){ .attr_bits = osMutexPrioInherit });
	thread[0] = spawn_on(CPU1, hold_for_a_while, NULL, HELPER_LOW);
	EVENTUALLY(atomic_read(&holds));
	thread[1] = spawn_on(CPU1, spin, &middle, osPriorityBelowNormal);
	runs_on(&middle, 1);
	EXPECT_EQ(osMutexAcquire(mutex, LONG), osOK);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	end(thread, 2);
	EXPECT_EQ(osMutexDelete(mutex), osOK);
}

/* ==== What one CPU does to a thread that runs on the other ==== */

static void running_threads_are_suspended(void)
{
	struct spinner s;
	osThreadId_t thread;
	u32 seen;

	begin(&s, 1);
	thread = spawn_on(CPU1, spin, &s, HELPER_LOW);
	for (int n = 0; n < 20; n++) {
		runs_on(&s, 1);
		EXPECT_EQ(osThreadSuspend(thread), osOK);
		EXPECT(BLOCKED(thread));
		/* it may be a moment until the other CPU has heard */
		osDelay(1);
		seen = atomic_read(&s.runs[1]);
		osDelay(2);
		EXPECT_EQ(atomic_read(&s.runs[1]), seen);
		EXPECT_EQ(osThreadResume(thread), osOK);
	}
	end(&thread, 1);
}

static void running_threads_are_terminated(void)
{
	struct spinner s;
	osThreadId_t thread;

	for (int n = 0; n < 20; n++) {
		begin(&s, 1);
		thread = spawn_on(CPU1, spin, &s, HELPER_LOW);
		runs_on(&s, 1);
		EXPECT_EQ(osThreadTerminate(thread), osOK);
		join(thread);
		/* joined: its stack may be somebody else's now */
		memset(&s, 0xff, sizeof(s));
		osDelay(1);
		EXPECT_EQ(s.runs[1], 0xffffffff);
	}
}

/* At the moment when it begins to wait, or when it has waited enough. */
static void wait_and_wait(void *argument)
{
	u32 state = (u32)(u64)argument;

	for (;;) {
		osSemaphoreAcquire(sem, random_next(&state) % 3);
		for (u32 n = random_next(&state) % 50; n; n--)
			cpu_relax();
	}
}

static void terminated_where_a_wait_begins(void)
{
	u32 state = random_seed();

	sem = osSemaphoreNew(2, 0, NULL);
	for (int n = 0; n < 300; n++) {
		osThreadId_t thread = spawn_on(CPU1, wait_and_wait,
					       (void *)(u64)random_next(&state),
					       HELPER_LOW);

		osDelay(1);
		for (u32 i = random_next(&state) % 500; i; i--)
			cpu_relax();
		EXPECT_EQ(osThreadTerminate(thread), osOK);
		join(thread);
		/* it waits no more, so the token stays */
		EXPECT_EQ(osSemaphoreRelease(sem), osOK);
		if (!EXPECT_EQ(osSemaphoreAcquire(sem, 0), osOK))
			break;
	}
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void lowered_threads_give_way(void)
{
	struct spinner s[2];
	osThreadId_t thread[2];

	begin(s, 2);
	thread[0] = spawn_on(CPU1, spin, &s[0], osPriorityBelowNormal2);
	runs_on(&s[0], 1);
	thread[1] = spawn_on(CPU1, spin, &s[1], osPriorityBelowNormal1);
	osDelay(5);
	EXPECT_EQ(atomic_read(&s[1].runs[1]), 0);
	EXPECT_EQ(osThreadSetPriority(thread[0], osPriorityBelowNormal), osOK);
	runs_on(&s[1], 1);
	EXPECT_EQ(osThreadSetPriority(thread[1], osPriorityLow), osOK);
	runs_on(&s[0], 1);
	end(thread, 2);
}

/* ==== Wake-ups ==== */

#define ROUNDS		2000

static osSemaphoreId_t turns[MOST_CPUS];	/* of each CPU */

static bool take_turn(unsigned int cpu, u32 *state, u32 most)
{
	if (!EXPECT_EQ(osSemaphoreAcquire(turns[cpu], LONG), osOK))
		return false;
	for (u32 i = random_next(state) % most; i; i--)
		cpu_relax();
	return true;
}

static void give_turn_to_next(unsigned int cpu)
{
	EXPECT_EQ(osSemaphoreRelease(turns[(cpu + 1) % rtos_num_cpus()]), osOK);
}

static void take_turns(void *argument)
{
	unsigned int cpu = (unsigned int)(u64)argument;
	u32 state = random_seed() + cpu;

	for (int n = 0; n < ROUNDS && take_turn(cpu, &state, 100); n++)
		give_turn_to_next(cpu);
}

/* Each side begins to wait at about the time when another one wakes it. */
static void no_wake_up_is_lost(void)
{
	unsigned int cpus = rtos_num_cpus();
	osThreadId_t thread[MOST_CPUS];
	u32 state = random_seed();

	for (unsigned int n = 0; n < cpus; n++)
		turns[n] = osSemaphoreNew(1, 0, NULL);
	for (u64 n = 1; n < cpus; n++)
		thread[n] = spawn_on(osThreadProcessor(n), take_turns, (void *)n,
				     HELPER_HIGH);
	for (int n = 0; n < ROUNDS; n++) {
		give_turn_to_next(0);
		if (!take_turn(0, &state, 200))
			break;
	}
	for (unsigned int n = 1; n < cpus; n++)
		join(thread[n]);
	for (unsigned int n = 0; n < cpus; n++)
		EXPECT_EQ(osSemaphoreDelete(turns[n]), osOK);
}

/* The same for timeouts: a wait ends by its time or by a token, never by both. */
static u32 tokens_taken, timeouts;

static void take_in_time(void *argument)
{
	(void)argument;
	while (!atomic_read(&stopped)) {
		osStatus_t status = osSemaphoreAcquire(sem, 1);

		if (status == osOK)
			atomic_add(&tokens_taken, 1);
		else if (EXPECT_EQ(status, osErrorTimeout))
			atomic_add(&timeouts, 1);
	}
}

static void timeouts_race_with_tokens(void)
{
	u32 state = random_seed(), given = 0;
	osThreadId_t thread;

	atomic_set(&stopped, false);
	sem = osSemaphoreNew(1000, 0, NULL);
	thread = spawn_on(CPU1, take_in_time, NULL, HELPER_HIGH);
	for (int n = 0; n < 200; n++) {
		u64 then = timer_get_ticks() +
			   timer_ns_to_ticks(900000 + random_next(&state) % 200000);

		while (timer_get_ticks() < then)
			cpu_relax();
		if (osSemaphoreRelease(sem) == osOK)
			given++;
	}
	atomic_set(&stopped, true);
	join(thread);
	EXPECT_EQ(given, tokens_taken + osSemaphoreGetCount(sem));
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* A handler attached by a thread on CPU 1 runs there, and wakes one on CPU 0. */
static void note_cpu(unsigned int irq, void *argument)
{
	(void)irq;
	timer_stop(TIMER_PHYSICAL);
	*(u32 *)argument = rtos_cpu();
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
}

static void attach_here(void *argument)
{
	EXPECT_EQ(rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT,
				  note_cpu, argument), osOK);
	timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL));
	EXPECT_EQ(osThreadFlagsWait(1, 0, LONG), 1);
	EXPECT_EQ(rtos_irq_detach(TIMER_PHYSICAL_IRQ), osOK);
}

static void handlers_run_where_they_were_attached(void)
{
	u32 cpu = 99;
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_on(CPU1, attach_here, &cpu, HELPER_HIGH);
	EXPECT_EQ(osSemaphoreAcquire(sem, LONG), osOK);
	EXPECT_EQ(cpu, 1);
	osThreadFlagsSet(thread, 1);
	join(thread);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* ==== Time stands still ==== */

static void delays(void *over)
{
	osDelay(20);
	atomic_set((bool *)over, true);
}

static bool suspend_what_delays_elsewhere(void)
{
	bool over = false, waited;
	osThreadId_t thread = spawn_on(CPU1, delays, &over, HELPER_HIGH);

	EVENTUALLY(BLOCKED(thread) || atomic_read(&over));
	/* one that is due already ends all the same, once its CPU gets to it */
	waited = osKernelSuspend() && BLOCKED(thread);
	/* the timer there comes in vain, and is set to nothing */
	for (u64 end = timer_get_ticks() + timer_ns_to_ticks(40000000);
	     timer_get_ticks() < end;)
		cpu_relax();
	if (waited)
		EXPECT(!atomic_read(&over));
	osKernelResume(40);
	EXPECT(EVENTUALLY(atomic_read(&over)));
	if (atomic_read(&over))
		join(thread);
	return waited;
}

static void delays_elsewhere_end_after_a_suspension(void)
{
	bool waited = false;

	/* a slow host lets the delay end before */
	AGAIN_UNTIL(waited)
		waited = suspend_what_delays_elsewhere();
	EXPECT(waited);
}

static const struct test tests[] = {
	TEST(numbers),
	TEST(masks),
	/* from here on with several CPUs only */
	TEST(threads_stay_where_they_may_be),
	TEST(running_threads_move),
	TEST(ready_threads_move),
	TEST(threads_move_themselves),
	TEST(blocked_threads_move),
	TEST(the_highest_run),
	TEST(pushed_threads_go_elsewhere),
	TEST(inheritance_across_cpus),
	TEST(running_threads_are_suspended),
	TEST(running_threads_are_terminated),
	TEST(terminated_where_a_wait_begins),
	TEST(lowered_threads_give_way),
	TEST(no_wake_up_is_lost),
	TEST(timeouts_race_with_tokens),
	TEST(handlers_run_where_they_were_attached),
	TEST(delays_elsewhere_end_after_a_suspension),
};

int main(void)
{
	suite_run("rtos-smp", tests, smp_num_cpus() > 1 ? ARRAY_SIZE(tests) : 2,
		  NULL, NULL);
}
