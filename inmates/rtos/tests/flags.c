// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Thread flags and event flags. */

#include "lib/harness.h"

static osEventFlagsId_t flags;

/* One wait of a helper thread, for event flags or for its own flags. */
struct flag_wait {
	u32 wanted;
	u32 options;
	u32 timeout;
	char letter;
	u32 result;
	u32 left;	/* thread flags after the wait */
	bool done;
};

static void wait_event(void *argument)
{
	struct flag_wait *w = argument;

	w->result = osEventFlagsWait(flags, w->wanted, w->options, w->timeout);
	if (w->letter)
		note(w->letter);
	atomic_set(&w->done, true);
}

static void wait_thread(void *argument)
{
	struct flag_wait *w = argument;

	w->result = osThreadFlagsWait(w->wanted, w->options, w->timeout);
	w->left = osThreadFlagsGet();
	if (w->letter)
		note(w->letter);
	atomic_set(&w->done, true);
}

static void new_flags(void)
{
	flags = osEventFlagsNew(NULL);
	EXPECT(flags);
}

static osThreadId_t wait_for_new_flags(struct flag_wait *w)
{
	new_flags();
	return spawn_blocked(wait_event, w, HELPER_HIGH);
}

static void delete_flags(void)
{
	EXPECT_EQ(osEventFlagsDelete(flags), osOK);
}

/* ==== Thread flags ==== */

static void thread_flags_of_oneself(void)
{
	osThreadId_t self = osThreadGetId();

	EXPECT_EQ(osThreadFlagsGet(), 0);
	EXPECT_EQ(osThreadFlagsSet(self, 0x5), 0x5);
	EXPECT_EQ(osThreadFlagsSet(self, 0x40000002), 0x40000007);
	EXPECT_EQ(osThreadFlagsGet(), 0x40000007);
	EXPECT_EQ(osThreadFlagsClear(0x40000001), 0x40000007);
	EXPECT_EQ(osThreadFlagsGet(), 0x6);
	EXPECT_EQ(osThreadFlagsWait(0x6, osFlagsWaitAll | osFlagsNoClear, 0), 0x6);
	EXPECT_EQ(osThreadFlagsGet(), 0x6);
	EXPECT_EQ(osThreadFlagsWait(0x3, osFlagsWaitAny, 0), 0x6);
	EXPECT_EQ(osThreadFlagsGet(), 0x4);
	EXPECT_EQ(osThreadFlagsWait(0x4, osFlagsWaitAll, osWaitForever), 0x4);
	EXPECT_EQ(osThreadFlagsGet(), 0);
}

static void thread_flags_errors(void)
{
	osThreadId_t self = osThreadGetId();
	osMutexId_t mutex = osMutexNew(NULL);
	u32 began;

	EXPECT_EQ(osThreadFlagsSet(NULL, 1), osFlagsErrorParameter);
	EXPECT_EQ(osThreadFlagsSet(not_an_object, 1), osFlagsErrorParameter);
	EXPECT_EQ(osThreadFlagsSet(mutex, 1), osFlagsErrorParameter);
	EXPECT_EQ(osThreadFlagsSet(self, 0x80000000), osFlagsErrorParameter);
	EXPECT_EQ(osThreadFlagsClear(0x80000001), osFlagsErrorParameter);
	EXPECT_EQ(osThreadFlagsWait(0x80000001, 0, 0), osFlagsErrorParameter);
	EXPECT_EQ(osThreadFlagsGet(), 0);
	EXPECT_EQ(osThreadFlagsWait(1, osFlagsWaitAny, 0), osFlagsErrorResource);
	began = osKernelGetTickCount();
	EXPECT_EQ(osThreadFlagsWait(1, osFlagsWaitAny, 4), osFlagsErrorTimeout);
	EXPECT(osKernelGetTickCount() - began >= 4);
	EXPECT_EQ(osThreadFlagsSet(self, 1), 1);
	EXPECT_EQ(osThreadFlagsWait(3, osFlagsWaitAll, 0), osFlagsErrorResource);
	EXPECT_EQ(osThreadFlagsWait(3, osFlagsWaitAll, 2), osFlagsErrorTimeout);
	/* a wait that fails clears nothing */
	EXPECT_EQ(osThreadFlagsClear(1), 1);
	EXPECT_EQ(osMutexDelete(mutex), osOK);
}

static void thread_flags_of_the_dead(void)
{
	struct flag_wait w = { .wanted = 1, .timeout = osWaitForever };
	osThreadId_t thread = spawn_blocked(wait_thread, &w, HELPER_HIGH);

	EXPECT_EQ(osThreadTerminate(thread), osOK);
	EXPECT_EQ(osThreadFlagsSet(thread, 1), osFlagsErrorResource);
	join(thread);
	EXPECT(!w.done);
}

static void thread_flags_wake_any(void)
{
	struct flag_wait w = { .wanted = 0x6, .timeout = osWaitForever };
	osThreadId_t thread = spawn_blocked(wait_thread, &w, HELPER_HIGH);

	EXPECT_EQ(osThreadFlagsSet(thread, 0x9), 0x9);
	EXPECT_STILL_BLOCKED(thread);
	osThreadFlagsSet(thread, 0x2);
	join(thread);
	EXPECT_EQ(w.result, 0xb);
	EXPECT_EQ(w.left, 0x9);
}

static void thread_flags_wake_all(void)
{
	struct flag_wait w = { .wanted = 0x6, .options = osFlagsWaitAll,
			       .timeout = LONG };
	osThreadId_t thread = spawn_blocked(wait_thread, &w, HELPER_HIGH);

	osThreadFlagsSet(thread, 0x3);
	EXPECT_STILL_BLOCKED(thread);
	osThreadFlagsSet(thread, 0x4);
	join(thread);
	EXPECT_EQ(w.result, 0x7);
	EXPECT_EQ(w.left, 0x1);
}

static osThreadId_t isr_thread;

static void isr_thread_flags(void)
{
	EXPECT_EQ(osThreadFlagsClear(1), osFlagsErrorISR);
	EXPECT_EQ(osThreadFlagsGet(), 0);
	EXPECT_EQ(osThreadFlagsWait(1, osFlagsWaitAny, 0), osFlagsErrorISR);
	EXPECT_EQ(osThreadFlagsSet(NULL, 1), osFlagsErrorParameter);
	osThreadFlagsSet(isr_thread, 0x10);
	note('i');
}

static void thread_flags_from_an_interrupt(void)
{
	struct flag_wait w = { .wanted = 0x10, .timeout = osWaitForever,
			       .letter = 't' };

	isr_thread = spawn_blocked_on(CPU0, wait_thread, &w, HELPER_HIGH);
	expect_isr_wakes(isr_thread, isr_thread_flags);
	EXPECT_EQ(w.result, 0x10);
}

/* ==== Event flags ==== */

static void create_and_names(void)
{
	new_flags();
	EXPECT(!osEventFlagsGetName(flags));
	EXPECT_EQ(osEventFlagsGet(flags), 0);
	delete_flags();
	flags = osEventFlagsNew(&(osEventFlagsAttr_t){ .name = "f" });
	EXPECT(flags && !strcmp(osEventFlagsGetName(flags), "f"));
	delete_flags();
}

static void set_clear_get_wait(void)
{
	new_flags();
	EXPECT_EQ(osEventFlagsSet(flags, 0x5), 0x5);
	EXPECT_EQ(osEventFlagsSet(flags, 0x40000002), 0x40000007);
	EXPECT_EQ(osEventFlagsGet(flags), 0x40000007);
	EXPECT_EQ(osEventFlagsClear(flags, 0x40000001), 0x40000007);
	EXPECT_EQ(osEventFlagsGet(flags), 0x6);
	EXPECT_EQ(osEventFlagsWait(flags, 0x6, osFlagsWaitAll | osFlagsNoClear, 0),
		  0x6);
	EXPECT_EQ(osEventFlagsGet(flags), 0x6);
	EXPECT_EQ(osEventFlagsWait(flags, 0x3, osFlagsWaitAny, 0), 0x6);
	EXPECT_EQ(osEventFlagsGet(flags), 0x4);
	EXPECT_EQ(osEventFlagsWait(flags, 0x4, osFlagsWaitAll, osWaitForever), 0x4);
	EXPECT_EQ(osEventFlagsGet(flags), 0);
	delete_flags();
}

static void event_flags_errors(void)
{
	osMutexId_t mutex = osMutexNew(NULL);
	void *wrong[] = { NULL, not_an_object, mutex };
	u32 began;

	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		EXPECT_EQ(osEventFlagsSet(wrong[n], 1), osFlagsErrorParameter);
		EXPECT_EQ(osEventFlagsClear(wrong[n], 1), osFlagsErrorParameter);
		EXPECT_EQ(osEventFlagsWait(wrong[n], 1, 0, 0),
			  osFlagsErrorParameter);
		EXPECT_EQ(osEventFlagsGet(wrong[n]), 0);
		EXPECT(!osEventFlagsGetName(wrong[n]));
		EXPECT_EQ(osEventFlagsDelete(wrong[n]), osErrorParameter);
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);

	new_flags();
	EXPECT_EQ(osEventFlagsSet(flags, 0x80000000), osFlagsErrorParameter);
	EXPECT_EQ(osEventFlagsClear(flags, 0x80000000), osFlagsErrorParameter);
	EXPECT_EQ(osEventFlagsWait(flags, 0x80000000, 0, 0),
		  osFlagsErrorParameter);
	EXPECT_EQ(osEventFlagsWait(flags, 1, 0, 0), osFlagsErrorResource);
	began = osKernelGetTickCount();
	EXPECT_EQ(osEventFlagsWait(flags, 1, 0, 4), osFlagsErrorTimeout);
	EXPECT(osKernelGetTickCount() - began >= 4);
	osEventFlagsSet(flags, 1);
	EXPECT_EQ(osEventFlagsWait(flags, 3, osFlagsWaitAll, 0),
		  osFlagsErrorResource);
	EXPECT_EQ(osEventFlagsWait(flags, 3, osFlagsWaitAll, 2),
		  osFlagsErrorTimeout);
	EXPECT_EQ(osEventFlagsGet(flags), 1);
	delete_flags();
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(EVENT_FLAGS) cb;
	osEventFlagsAttr_t attr = { .cb_mem = &cb, .cb_size = sizeof(cb) };

	flags = osEventFlagsNew(&attr);
	EXPECT(flags == &cb);
	EXPECT_EQ(osEventFlagsSet(flags, 1), 1);
	delete_flags();
	EXPECT_EQ(osEventFlagsSet(flags, 1), osFlagsErrorParameter);
	EXPECT_EQ(osEventFlagsGet(flags), 0);
	attr.cb_size = 4;
	EXPECT(!osEventFlagsNew(&attr));
	attr.cb_mem = NULL;
	EXPECT(!osEventFlagsNew(&attr));
}

static void wait_any_and_all(void)
{
	struct flag_wait any = { .wanted = 0x6, .timeout = osWaitForever };
	struct flag_wait all = { .wanted = 0x6, .options = osFlagsWaitAll,
				 .timeout = osWaitForever };
	osThreadId_t thread = wait_for_new_flags(&any);

	EXPECT_EQ(osEventFlagsSet(flags, 0x9), 0x9);
	EXPECT_STILL_BLOCKED(thread);
	osEventFlagsSet(flags, 0x4);
	join(thread);
	EXPECT_EQ(any.result, 0xd);
	EXPECT_EQ(osEventFlagsGet(flags), 0x9);

	thread = spawn_blocked(wait_event, &all, HELPER_HIGH);
	osEventFlagsSet(flags, 0x2);
	EXPECT_STILL_BLOCKED(thread);
	osEventFlagsSet(flags, 0x4);
	join(thread);
	EXPECT_EQ(all.result, 0xf);
	EXPECT_EQ(osEventFlagsGet(flags), 0x9);
	delete_flags();
}

/* Clearing takes flags from the threads after it; NoClear leaves them. */
static void who_is_woken(void)
{
	struct flag_wait w[4] = {
		{ .letter = 'b', .wanted = 1, .options = osFlagsNoClear },
		{ .letter = 'c', .wanted = 1 },
		{ .letter = 'd', .wanted = 1 },
		{ .letter = 'a', .wanted = 1, .options = osFlagsNoClear },
	};
	static const osPriority_t priority[] = {
		osPriorityHigh, osPriorityHigh, osPriorityHigh, osPriorityHigh1,
	};
	osThreadId_t thread[4];

	order_reset();
	new_flags();
	for (int n = 0; n < 4; n++) {
		w[n].timeout = osWaitForever;
		thread[n] = spawn_blocked_on(CPU0, wait_event, &w[n], priority[n]);
	}
	osEventFlagsSet(flags, 1);
	EVENTUALLY(noted() == 3);
	EXPECT(BLOCKED(thread[2]));
	EXPECT_EQ(osEventFlagsGet(flags), 0);
	osEventFlagsSet(flags, 1);
	for (int n = 0; n < 4; n++) {
		join(thread[n]);
		EXPECT_EQ(w[n].result, 1);
	}
	EXPECT_ORDER("abcd");
	delete_flags();
}

static void suspended_and_terminated_waiters_clear_nothing(void)
{
	struct flag_wait w = { .wanted = 1, .timeout = osWaitForever };
	osThreadId_t thread = wait_for_new_flags(&w);

	EXPECT_EQ(osThreadSuspend(thread), osOK);
	EXPECT_EQ(osEventFlagsSet(flags, 1), 1);
	EXPECT_EQ(osEventFlagsGet(flags), 1);
	EXPECT_EQ(osThreadResume(thread), osOK);
	join(thread);
	EXPECT(w.result & osFlagsError);
	EXPECT_EQ(osEventFlagsClear(flags, 1), 1);

	thread = spawn_blocked(wait_event, &w, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	join(thread);
	EXPECT_EQ(osEventFlagsSet(flags, 1), 1);
	EXPECT_EQ(osEventFlagsGet(flags), 1);
	delete_flags();
}

static void delete_ends_waits(void)
{
	struct flag_wait w = { .wanted = 1, .timeout = osWaitForever };
	osThreadId_t thread = wait_for_new_flags(&w);

	delete_flags();
	join(thread);
	EXPECT_EQ(w.result, osFlagsErrorResource);
}

static void isr_event_flags(void)
{
	EXPECT(!osEventFlagsNew(NULL));
	EXPECT_EQ(osEventFlagsSet(flags, 0x6), 0x6);
	EXPECT_EQ(osEventFlagsGet(flags), 0x6);
	EXPECT_EQ(osEventFlagsClear(flags, 0x2), 0x6);
	EXPECT_EQ(osEventFlagsWait(flags, 0x4, osFlagsWaitAny, 0), 0x4);
	EXPECT_EQ(osEventFlagsWait(flags, 0x4, osFlagsWaitAny, 0),
		  osFlagsErrorResource);
	EXPECT_EQ(osEventFlagsWait(flags, 0x4, osFlagsWaitAny, 1),
		  osFlagsErrorParameter);
	EXPECT_EQ(osEventFlagsSet(NULL, 1), osFlagsErrorParameter);
	EXPECT_EQ(osEventFlagsDelete(flags), osErrorISR);
	EXPECT(!osEventFlagsGetName(flags));
}

static void event_flags_from_an_interrupt(void)
{
	new_flags();
	run_in_isr(isr_event_flags);
	EXPECT_EQ(osEventFlagsGet(flags), 0);
	delete_flags();
}

static void isr_set(void)
{
	osEventFlagsSet(flags, 1);
	note('i');
}

static void interrupt_wakes_a_thread(void)
{
	struct flag_wait w = { .wanted = 1, .timeout = osWaitForever,
			       .letter = 't' };
	osThreadId_t thread;

	new_flags();
	thread = spawn_blocked_on(CPU0, wait_event, &w, HELPER_HIGH);
	expect_isr_wakes(thread, isr_set);
	delete_flags();
}

static osEventFlagsId_t made_early;

static void ready(void)
{
	made_early = osEventFlagsNew(NULL);
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	EXPECT_EQ(osEventFlagsSet(made_early, 1), 1);
	EXPECT_EQ(osEventFlagsDelete(made_early), osOK);
}

static void nothing_leaks(void)
{
	EXPECT_NO_LEAK(osEventFlagsNew(NULL), osEventFlagsDelete);
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(thread_flags_of_oneself),
	TEST(thread_flags_errors),
	TEST(thread_flags_of_the_dead),
	TEST(thread_flags_wake_any),
	TEST(thread_flags_wake_all),
	TEST(thread_flags_from_an_interrupt),
	TEST(create_and_names),
	TEST(set_clear_get_wait),
	TEST(event_flags_errors),
	TEST(static_memory_is_enough),
	TEST(wait_any_and_all),
	TEST(who_is_woken),
	TEST(suspended_and_terminated_waiters_clear_nothing),
	TEST(delete_ends_waits),
	TEST(event_flags_from_an_interrupt),
	TEST(interrupt_wakes_a_thread),
	TEST(nothing_leaks),
};

int main(void)
{
	SUITE_RUN("rtos-flags", tests, NULL, ready);
}
