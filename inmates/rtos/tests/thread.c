// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Threads: life, states, priorities, round robin, stacks. */

#include "lib/harness.h"

static bool stopped;
static u32 counter;

static void nothing(void *argument)
{
	(void)argument;
}

static void sleep_for_ever(void *argument)
{
	(void)argument;
	for (;;)
		osDelay(osWaitForever);
}

static void spin_until_stop(void *argument)
{
	while (!atomic_read(&stopped))
		atomic_add(argument ? (u32 *)argument : &counter, 1);
}

static void note_it(void *argument)
{
	NOTE(argument);
}

/* ==== Creation ==== */

static void create_checks_its_arguments(void)
{
	static const osPriority_t bad[] = { osPriorityError, 57, 1000 };
	osThreadAttr_t attr = { 0 };

	EXPECT(!osThreadNew(NULL, NULL, NULL));
	for (unsigned int n = 0; n < ARRAY_SIZE(bad); n++) {
		attr.priority = bad[n];
		EXPECT(!osThreadNew(nothing, NULL, &attr));
	}
	attr.priority = osPriorityNormal;
	attr.tz_module = 1;
	EXPECT(!osThreadNew(nothing, NULL, &attr));
	attr.tz_module = 0;
	attr.affinity_mask = 1U << 31;	/* a CPU that is not there */
	EXPECT(!osThreadNew(nothing, NULL, &attr));
	attr.affinity_mask = 0;
	attr.stack_size = 0x7fffffff;
	EXPECT(!osThreadNew(nothing, NULL, &attr));
}

static void *seen_argument;
static osThreadId_t seen_id;
static osPriority_t seen_priority;
static osThreadState_t seen_state;

static void look_around(void *argument)
{
	osThreadId_t self = osThreadGetId();

	seen_argument = argument;
	seen_priority = osThreadGetPriority(self);
	seen_state = osThreadGetState(self);
	/* last: on another CPU somebody waits for it */
	atomic_set(&seen_id, self);
}

/* On another CPU it would be over before it can be looked at. */
static void look_around_later(void *argument)
{
	while (!atomic_read(&stopped))
		osDelay(1);
	look_around(argument);
}

static void defaults(void)
{
	osThreadId_t thread;

	seen_id = NULL;
	atomic_set(&stopped, false);
	thread = osThreadNew(look_around_later, &seen_argument, NULL);
	EXPECT(thread);
	EXPECT(!osThreadGetName(thread));
	EXPECT(osThreadGetStackSize(thread) >= RTOS_STACK_MIN);
	/* detached: not for osThreadJoin() */
	EXPECT_EQ(osThreadJoin(thread), osErrorResource);
	atomic_set(&stopped, true);
	EVENTUALLY(atomic_read(&seen_id));
	EXPECT(seen_id == thread);
	EXPECT(seen_argument == &seen_argument);
	EXPECT_EQ(seen_priority, osPriorityNormal);
	EXPECT_EQ(seen_state, osThreadRunning);
}

static void attributes(void)
{
	osThreadId_t thread = osThreadNew(look_around, NULL, &(osThreadAttr_t){
		.name = "looker",
		.attr_bits = osThreadJoinable,
		.stack_size = 12288,
		.priority = osPriorityLow5,
		.affinity_mask = CPU0,
	});

	EXPECT(thread);
	EXPECT(!strcmp(osThreadGetName(thread), "looker"));
	EXPECT_EQ(osThreadGetStackSize(thread), 12288);
	EXPECT_EQ(osThreadGetPriority(thread), osPriorityLow5);
	EXPECT_EQ(osThreadGetState(thread), osThreadReady);
	join(thread);
	EXPECT_EQ(seen_priority, osPriorityLow5);
}

static void higher_runs_at_once_and_lower_does_not(void)
{
	osThreadId_t low, high;

	order_reset();
	low = spawn_on(CPU0, note_it, LETTER('l'), osPriorityBelowNormal7);
	note('1');
	high = spawn_on(CPU0, note_it, LETTER('h'), osPriorityNormal1);
	note('2');
	join(high);
	join(low);
	EXPECT_ORDER("1h2l");
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(THREAD) cb;
	static RTOS_STACK(8192) stack;
	static u64 small[RTOS_STACK_MIN / sizeof(u64) + 2]
		__attribute__((aligned(16)));
	osThreadAttr_t attr = {
		.name = "static", .attr_bits = osThreadJoinable,
		.cb_mem = &cb, .cb_size = sizeof(cb),
		.stack_mem = &stack, .stack_size = sizeof(stack),
	}, bad;
	osThreadId_t thread = osThreadNew(look_around, NULL, &attr);

	EXPECT(thread == &cb);
	EXPECT_EQ(osThreadGetStackSize(thread), sizeof(stack));
	join(thread);
	EXPECT(seen_id == thread);
	/* all of it can be used once more, also for a stack without a page */
	attr.stack_mem = small;
	attr.stack_size = RTOS_STACK_MIN;
	thread = osThreadNew(look_around, NULL, &attr);
	EXPECT(thread == &cb);
	join(thread);
	attr.stack_mem = &stack;
	attr.stack_size = sizeof(stack);

	bad = attr, bad.cb_size = 8;
	EXPECT(!osThreadNew(nothing, NULL, &bad));
	bad = attr, bad.cb_mem = NULL;
	EXPECT(!osThreadNew(nothing, NULL, &bad));
	bad = attr, bad.cb_mem = (u8 *)&cb + 4;
	EXPECT(!osThreadNew(nothing, NULL, &bad));
	bad = attr, bad.stack_mem = (u8 *)&stack + 4;
	EXPECT(!osThreadNew(nothing, NULL, &bad));
	bad = attr, bad.stack_size = 64;
	EXPECT(!osThreadNew(nothing, NULL, &bad));
	bad = attr, bad.stack_size = 0;
	EXPECT(!osThreadNew(nothing, NULL, &bad));
	/* the page that guarded a stack is memory again */
	memset(&stack, 0, sizeof(stack));
}

/* ==== States ==== */

static void states(void)
{
	osThreadId_t thread;

	EXPECT_EQ(osThreadGetState(osThreadGetId()), osThreadRunning);
	thread = spawn_on(CPU0, nothing, NULL, HELPER_LOW);
	EXPECT_EQ(osThreadGetState(thread), osThreadReady);
	EVENTUALLY(osThreadGetState(thread) == osThreadTerminated);
	join(thread);
	EXPECT(osThreadGetState(thread) == osThreadError ||
	       osThreadGetState(thread) == osThreadInactive);
	thread = spawn_blocked(sleep_for_ever, NULL, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	EXPECT_EQ(osThreadGetState(thread), osThreadTerminated);
	join(thread);
}

static void wrong_threads_are_refused(void)
{
	osMutexId_t mutex = osMutexNew(NULL);
	void *wrong[] = { NULL, not_an_object, mutex };

	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		osThreadId_t id = wrong[n];

		EXPECT(!osThreadGetName(id));
		EXPECT_EQ(osThreadGetState(id), osThreadError);
		EXPECT_EQ(osThreadGetStackSize(id), 0);
		EXPECT_EQ(osThreadGetStackSpace(id), 0);
		EXPECT_EQ(osThreadSetPriority(id, osPriorityLow),
			  osErrorParameter);
		EXPECT_EQ(osThreadGetPriority(id), osPriorityError);
		EXPECT_EQ(osThreadSuspend(id), osErrorParameter);
		EXPECT_EQ(osThreadResume(id), osErrorParameter);
		EXPECT_EQ(osThreadDetach(id), osErrorParameter);
		EXPECT_EQ(osThreadJoin(id), osErrorParameter);
		EXPECT_EQ(osThreadTerminate(id), osErrorParameter);
		EXPECT_EQ(osThreadSetAffinityMask(id, CPU0), osErrorParameter);
		EXPECT_EQ(osThreadGetAffinityMask(id), 0);
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);
}

/* What ended, but was not joined, is a thread in the wrong state. */
static void terminated_threads_are_refused(void)
{
	osThreadId_t thread = spawn(nothing, NULL, HELPER_HIGH);

	EVENTUALLY(osThreadGetState(thread) == osThreadTerminated);
	EXPECT_EQ(osThreadSetPriority(thread, osPriorityLow), osErrorResource);
	EXPECT_EQ(osThreadSuspend(thread), osErrorResource);
	EXPECT_EQ(osThreadResume(thread), osErrorResource);
	EXPECT_EQ(osThreadTerminate(thread), osErrorResource);
	EXPECT_EQ(osThreadSetAffinityMask(thread, CPU0), osErrorResource);
	EXPECT_EQ(osThreadGetPriority(thread), osPriorityError);
	join(thread);
}

/* An id is any value: also one into a page that is not mapped, of a stack's guard. */
static RTOS_STACK(4096) guarded;

static void isr_uses_guard_page(void)
{
	EXPECT_EQ(osSemaphoreRelease(&guarded), osErrorParameter);
}

static void ids_in_guard_pages_are_refused(void)
{
	static RTOS_CB(THREAD) cb;
	osThreadId_t thread = osThreadNew(sleep_for_ever, NULL, &(osThreadAttr_t){
		.attr_bits = osThreadJoinable,
		.cb_mem = &cb, .cb_size = sizeof(cb),
		.stack_mem = &guarded, .stack_size = sizeof(guarded),
	});

	EXPECT(thread);
	EXPECT_EQ(osThreadResume(&guarded), osErrorParameter);
	EXPECT(!osThreadGetName(&guarded));
	run_in_isr(isr_uses_guard_page);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	join(thread);
}

/* ==== Priorities ==== */

static void set_and_get_priority(void)
{
	osThreadId_t self = osThreadGetId();

	EXPECT_EQ(osThreadGetPriority(self), osPriorityNormal);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityHigh3), osOK);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityHigh3);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityNone), osErrorParameter);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityError), osErrorParameter);
	EXPECT_EQ(osThreadSetPriority(self, 57), osErrorParameter);
	EXPECT_EQ(osThreadGetPriority(self), osPriorityHigh3);
	EXPECT_EQ(osThreadSetPriority(self, osPriorityNormal), osOK);
}

static void raising_another_preempts(void)
{
	osThreadId_t thread;

	order_reset();
	thread = spawn_on(CPU0, note_it, LETTER('t'), HELPER_LOW);
	note('1');
	EXPECT_EQ(osThreadSetPriority(thread, HELPER_HIGH), osOK);
	note('2');
	join(thread);
	EXPECT_ORDER("1t2");
}

static void lowering_oneself_gives_way(void)
{
	osThreadId_t thread;

	order_reset();
	thread = spawn_on(CPU0, note_it, LETTER('t'), osPriorityBelowNormal);
	note('1');
	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityLow), osOK);
	note('2');
	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityNormal), osOK);
	join(thread);
	EXPECT_ORDER("1t2");
}

/* All priorities that a program may use, each above the one before. */
static void priorities_are_ordered(void)
{
	enum { SOME = 16 };
	osThreadId_t thread[SOME];
	char want[SOME + 1] = "";

	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityRealtime7), osOK);
	for (int low = osPriorityLow; low <= osPriorityRealtime7; low += SOME) {
		order_reset();
		osKernelLock();
		for (int n = 0; n < SOME; n++) {
			thread[n] = spawn_on(CPU0, note_it, LETTER('a' + n),
					     (osPriority_t)(low + n));
			want[SOME - 1 - n] = (char)('a' + n);
		}
		osKernelUnlock();
		for (int n = 0; n < SOME; n++)
			join(thread[n]);
		EXPECT_ORDER(want);
	}
	EXPECT_EQ(osThreadSetPriority(osThreadGetId(), osPriorityNormal), osOK);
}

/* ==== Giving way ==== */

static void note_and_yield(void *argument)
{
	for (int n = 0; n < 3; n++) {
		NOTE(argument);
		EXPECT_EQ(osThreadYield(), osOK);
	}
}

static void yield_goes_round(void)
{
	osThreadId_t thread[3];

	order_reset();
	osKernelLock();
	thread[0] = spawn_on(CPU0, note_and_yield, LETTER('a'), HELPER_HIGH);
	thread[1] = spawn_on(CPU0, note_and_yield, LETTER('b'), HELPER_HIGH);
	thread[2] = spawn_on(CPU0, note_and_yield, LETTER('c'), HELPER_HIGH);
	osKernelUnlock();
	for (int n = 0; n < 3; n++)
		join(thread[n]);
	EXPECT_ORDER("abcabcabc");
}

static void yield_is_not_for_lower_threads(void)
{
	osThreadId_t thread;

	order_reset();
	thread = spawn_on(CPU0, note_it, LETTER('l'), osPriorityBelowNormal);
	EXPECT_EQ(osThreadYield(), osOK);
	note('1');
	join(thread);
	EXPECT_ORDER("1l");
}

/* Threads that never give way share a CPU; a lower one gets nothing. */
#define SHARES		3

static bool shares_are_alike(void)
{
	static u32 share[SHARES];
	u32 lower = 0, least = ~0U, most = 0;
	osThreadId_t thread[SHARES], low;

	memset(share, 0, sizeof(share));
	atomic_set(&stopped, false);
	for (int n = 0; n < SHARES; n++)
		thread[n] = spawn_on(CPU0, spin_until_stop, &share[n],
				     osPriorityBelowNormal);
	low = spawn_on(CPU0, spin_until_stop, &lower, osPriorityLow);
	osDelay(18 * rtos_config.accounting->slice_ticks);
	EXPECT_EQ(lower, 0);
	atomic_set(&stopped, true);
	for (int n = 0; n < SHARES; n++) {
		join(thread[n]);
		least = share[n] < least ? share[n] : least;
		most = share[n] > most ? share[n] : most;
	}
	join(low);
	return least > most / 4;
}

/* A host that stops us in a slice makes that slice shorter, but not always. */
static void round_robin_is_fair(void)
{
	bool fair = false;

	AGAIN_UNTIL(fair)
		fair = shares_are_alike();
	EXPECT(fair);
}

/* ==== Suspend and resume ==== */

static void count_and_delay(void *argument)
{
	(void)argument;
	while (!atomic_read(&stopped)) {
		atomic_add(&counter, 1);
		osDelay(1);
	}
}

static osThreadId_t start_spinning(void)
{
	osThreadId_t thread;

	atomic_set(&stopped, false);
	atomic_set(&counter, 0);
	thread = spawn(spin_until_stop, NULL, HELPER_LOW);
	EVENTUALLY(atomic_read(&counter) > 10);
	return thread;
}

static void suspend_and_resume(void)
{
	osThreadId_t thread;
	u32 seen;

	thread = start_spinning();
	EXPECT_EQ(osThreadResume(thread), osErrorResource);
	EXPECT_EQ(osThreadSuspend(thread), osOK);
	EXPECT_EQ(osThreadGetState(thread), osThreadBlocked);
	seen = atomic_read(&counter);
	osDelay(5);
	EXPECT_EQ(atomic_read(&counter), seen);
	EXPECT_EQ(osThreadResume(thread), osOK);
	EVENTUALLY(atomic_read(&counter) > seen);
	atomic_set(&stopped, true);
	join(thread);
}

static void suspend_itself(void *argument)
{
	(void)argument;
	note('1');
	EXPECT_EQ(osThreadSuspend(osThreadGetId()), osOK);
	note('3');
}

static void suspend_oneself(void)
{
	osThreadId_t thread;

	order_reset();
	thread = spawn_blocked(suspend_itself, NULL, HELPER_HIGH);
	note('2');
	EXPECT_EQ(osThreadResume(thread), osOK);
	join(thread);
	EXPECT_ORDER("123");
}

/* A thread that was delayed does not wake up by itself any more. */
static void suspended_delay_does_not_end(void)
{
	osThreadId_t thread;
	u32 seen;

	atomic_set(&stopped, false);
	thread = spawn_blocked(count_and_delay, NULL, HELPER_HIGH);
	EXPECT_EQ(osThreadSuspend(thread), osOK);
	seen = atomic_read(&counter);
	osDelay(5);
	EXPECT(atomic_read(&counter) == seen);
	EXPECT_EQ(osThreadResume(thread), osOK);
	EVENTUALLY(atomic_read(&counter) > seen);
	atomic_set(&stopped, true);
	join(thread);
}

static void note_after_long_delay(void *argument)
{
	(void)argument;
	osDelay(1000000);
	note('r');
}

static void resume_ends_a_delay(void)
{
	osThreadId_t thread;

	order_reset();
	thread = spawn_blocked(note_after_long_delay, NULL, HELPER_HIGH);
	EXPECT_EQ(osThreadResume(thread), osOK);
	join(thread);
	EXPECT_ORDER("r");
}

/* ==== Ends ==== */

static void exit_it(void *argument)
{
	(void)argument;
	note('e');
	osThreadExit();
}

static void exit_and_return(void)
{
	osThreadId_t thread;

	order_reset();
	thread = spawn(exit_it, NULL, HELPER_HIGH);
	join(thread);
	join(spawn(note_it, LETTER('r'), HELPER_HIGH));
	EXPECT_ORDER("er");
}

static void terminate_running_and_blocked(void)
{
	osThreadId_t thread;
	u32 seen;

	thread = start_spinning();
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	seen = atomic_read(&counter);
	join(thread);
	osDelay(2);
	EXPECT_EQ(atomic_read(&counter), seen);
	thread = spawn_blocked(sleep_for_ever, NULL, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	join(thread);
}

static void terminate_itself(void *argument)
{
	(void)argument;
	note('1');
	osThreadTerminate(osThreadGetId());
	note('2');
}

static void terminate_oneself(void)
{
	order_reset();
	join(spawn(terminate_itself, NULL, HELPER_HIGH));
	EXPECT_ORDER("1");
}

struct joiner {
	osThreadId_t thread;
	osStatus_t status;
	bool done;
};

static void join_it(void *argument)
{
	struct joiner *j = argument;

	j->status = osThreadJoin(j->thread);
	atomic_set(&j->done, true);
}

static void join_waits_for_the_end(void)
{
	struct joiner j = { .status = osError };
	osThreadId_t thread;

	j.thread = spawn(sleep_for_ever, NULL, HELPER_HIGH);
	thread = spawn_blocked(join_it, &j, HELPER_HIGH);
	osDelay(3);
	EXPECT(!atomic_read(&j.done));
	/* it is taken */
	EXPECT_EQ(osThreadJoin(j.thread), osErrorResource);
	EXPECT_EQ(osThreadDetach(j.thread), osErrorResource);
	EXPECT_EQ(osThreadTerminate(j.thread), osOK);
	join(thread);
	EXPECT_EQ(j.status, osOK);
}

static void detach(void)
{
	osThreadId_t thread = spawn(sleep_for_ever, NULL, HELPER_HIGH);
	u32 count = osThreadGetCount();

	EXPECT_EQ(osThreadDetach(thread), osOK);
	EXPECT_EQ(osThreadDetach(thread), osErrorResource);
	EXPECT_EQ(osThreadJoin(thread), osErrorResource);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	EXPECT_EQ(osThreadGetCount(), count - 1);
	EXPECT(osThreadGetState(thread) < osThreadReady);

	/* what has ended already goes at once */
	thread = spawn(nothing, NULL, HELPER_HIGH);
	EVENTUALLY(osThreadGetState(thread) == osThreadTerminated);
	EXPECT_EQ(osThreadDetach(thread), osOK);
	EXPECT(osThreadGetState(thread) < osThreadReady);
}

static void nobody_joins_oneself(void)
{
	EXPECT_EQ(osThreadJoin(osThreadGetId()), osErrorResource);
}

/* ==== Lists and stacks ==== */

static void count_and_enumerate(void)
{
	osThreadId_t all[16], some[2], thread[3];
	u32 before = osThreadGetCount(), count;
	unsigned int found = 0;

	EXPECT(before >= 1);
	for (int n = 0; n < 3; n++)
		thread[n] = spawn_blocked(sleep_for_ever, NULL, HELPER_HIGH);
	EXPECT_EQ(osThreadGetCount(), before + 3);
	count = osThreadEnumerate(all, ARRAY_SIZE(all));
	EXPECT_EQ(count, before + 3);
	for (u32 n = 0; n < count; n++)
		found += all[n] == thread[0] || all[n] == thread[1] ||
			 all[n] == thread[2] || all[n] == osThreadGetId();
	EXPECT_EQ(found, 4);
	EXPECT_EQ(osThreadEnumerate(some, 2), 2);
	EXPECT(some[0] != some[1]);
	EXPECT_EQ(osThreadEnumerate(NULL, 4), 0);
	EXPECT_EQ(osThreadEnumerate(all, 0), 0);
	for (int n = 0; n < 3; n++) {
		EXPECT_EQ(osThreadTerminate(thread[n]), osOK);
		join(thread[n]);
	}
	EXPECT_EQ(osThreadGetCount(), before);
}

static u32 __attribute__((noinline)) go_down(u32 levels)
{
	volatile u8 room[500];

	for (unsigned int n = 0; n < sizeof(room); n++)
		room[n] = (u8)n;
	return levels ? go_down(levels - 1) + room[7] : room[8];
}

static void use_stack(void *argument)
{
	if (argument)
		atomic_set(&counter, go_down(5));
	sleep_for_ever(NULL);
}

static void stack_space_is_watched(void)
{
	osThreadId_t thread[2];
	u32 space[2];

	for (int n = 0; n < 2; n++) {
		thread[n] = spawn_blocked(n ? use_stack : sleep_for_ever,
					  n ? space : NULL, HELPER_HIGH);
		space[n] = osThreadGetStackSpace(thread[n]);
		EXPECT(space[n] > 0);
		EXPECT(space[n] < osThreadGetStackSize(thread[n]));
		EXPECT_EQ(osThreadTerminate(thread[n]), osOK);
		join(thread[n]);
	}
	EXPECT(space[1] + 2800 < space[0]);
}

/* Threads from the heap, with their stacks, go back to it. */
static void nothing_leaks(void)
{
	for (int n = 0; n < 500; n++) {
		osThreadId_t thread = spawn(nothing, NULL, HELPER_HIGH);

		if (!thread)
			return;
		if (n % 2)
			join(thread);
		else
			EXPECT_EQ(osThreadDetach(thread), osOK);
	}
}

static void memory_runs_out_and_comes_back(void)
{
	static osThreadId_t thread[256];
	u32 count = 0;

	while (count < ARRAY_SIZE(thread)) {
		thread[count] = osThreadNew(sleep_for_ever, NULL,
			&(osThreadAttr_t){ .attr_bits = osThreadJoinable });
		if (!thread[count])
			break;
		count++;
	}
	EXPECT(count > 4 && count < ARRAY_SIZE(thread));
	for (u32 n = 0; n < count; n++) {
		EXPECT_EQ(osThreadTerminate(thread[n]), osOK);
		join(thread[n]);
	}
	join(spawn(nothing, NULL, HELPER_HIGH));
}

/* ==== Interrupts ==== */

static osThreadId_t isr_thread;

static void isr_calls(void)
{
	osThreadId_t id;

	EXPECT(!osThreadNew(nothing, NULL, NULL));
	EXPECT(!strcmp(osThreadGetName(isr_thread), "helper"));
	osThreadGetId();
	EXPECT_EQ(osThreadGetState(isr_thread), osThreadError);
	EXPECT_EQ(osThreadGetStackSize(isr_thread), 0);
	EXPECT_EQ(osThreadGetStackSpace(isr_thread), 0);
	EXPECT_EQ(osThreadSetPriority(isr_thread, osPriorityLow), osErrorISR);
	EXPECT_EQ(osThreadGetPriority(isr_thread), osPriorityError);
	EXPECT_EQ(osThreadYield(), osErrorISR);
	EXPECT_EQ(osThreadSuspend(isr_thread), osErrorISR);
	EXPECT_EQ(osThreadResume(isr_thread), osErrorISR);
	EXPECT_EQ(osThreadDetach(isr_thread), osErrorISR);
	EXPECT_EQ(osThreadJoin(isr_thread), osErrorISR);
	EXPECT_EQ(osThreadTerminate(isr_thread), osErrorISR);
	EXPECT_EQ(osThreadGetCount(), 0);
	EXPECT_EQ(osThreadEnumerate(&id, 1), 0);
	EXPECT_EQ(osThreadSetAffinityMask(isr_thread, CPU0), osErrorISR);
	EXPECT_EQ(osThreadGetAffinityMask(isr_thread), 0);
}

static void not_from_an_interrupt(void)
{
	isr_thread = spawn_blocked(sleep_for_ever, NULL, HELPER_HIGH);
	run_in_isr(isr_calls);
	EXPECT(BLOCKED(isr_thread));
	EXPECT_EQ(osThreadGetPriority(isr_thread), HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(isr_thread), osOK);
	join(isr_thread);
}

static osThreadId_t made_early;
static osThreadState_t early_state;
static bool early_ran_early;

static void set_stop(void *argument)
{
	(void)argument;
	atomic_set(&stopped, true);
}

static void ready(void)
{
	made_early = spawn_on(CPU0, set_stop, NULL, osPriorityRealtime);
	early_state = osThreadGetState(made_early);
	early_ran_early = stopped;
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	EXPECT(!early_ran_early);
	EXPECT_EQ(early_state, osThreadReady);
	join(made_early);
	EXPECT(stopped);
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(create_checks_its_arguments),
	TEST(defaults),
	TEST(attributes),
	TEST(higher_runs_at_once_and_lower_does_not),
	TEST(static_memory_is_enough),
	TEST(states),
	TEST(wrong_threads_are_refused),
	TEST(terminated_threads_are_refused),
	TEST(ids_in_guard_pages_are_refused),
	TEST(set_and_get_priority),
	TEST(raising_another_preempts),
	TEST(lowering_oneself_gives_way),
	TEST(priorities_are_ordered),
	TEST(yield_goes_round),
	TEST(yield_is_not_for_lower_threads),
	TEST(round_robin_is_fair),
	TEST(suspend_and_resume),
	TEST(suspend_oneself),
	TEST(suspended_delay_does_not_end),
	TEST(resume_ends_a_delay),
	TEST(exit_and_return),
	TEST(terminate_running_and_blocked),
	TEST(terminate_oneself),
	TEST(join_waits_for_the_end),
	TEST(detach),
	TEST(nobody_joins_oneself),
	TEST(count_and_enumerate),
	TEST(stack_space_is_watched),
	TEST(nothing_leaks),
	TEST(memory_runs_out_and_comes_back),
	TEST(not_from_an_interrupt),
};

int main(void)
{
	SUITE_RUN("rtos-thread", tests, NULL, ready);
}
