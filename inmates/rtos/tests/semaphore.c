// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Semaphores. */

#include "lib/harness.h"

static osSemaphoreId_t sem;

/* What one call of a helper thread gave. */
struct acquisition {
	u32 timeout;
	char letter;
	osStatus_t status;
	u32 began;
	u32 ended;
	bool done;
};

static void acquire(void *argument)
{
	struct acquisition *a = argument;

	a->began = osKernelGetTickCount();
	a->status = osSemaphoreAcquire(sem, a->timeout);
	a->ended = osKernelGetTickCount();
	if (a->letter)
		note(a->letter);
	atomic_set(&a->done, true);
}

static void create_checks_its_arguments(void)
{
	EXPECT(!osSemaphoreNew(0, 0, NULL));
	EXPECT(!osSemaphoreNew(1, 2, NULL));
	sem = osSemaphoreNew(1, 1, NULL);
	EXPECT(sem);
	EXPECT(!osSemaphoreGetName(sem));
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
	sem = osSemaphoreNew(3, 2, &(osSemaphoreAttr_t){ .name = "sem" });
	EXPECT(sem && !strcmp(osSemaphoreGetName(sem), "sem"));
	EXPECT_EQ(osSemaphoreGetCount(sem), 2);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void tokens_are_counted(void)
{
	sem = osSemaphoreNew(2, 2, NULL);
	EXPECT_EQ(osSemaphoreRelease(sem), osErrorResource);
	EXPECT_EQ(osSemaphoreGetCount(sem), 2);
	EXPECT_EQ(osSemaphoreAcquire(sem, 0), osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 0);
	EXPECT_EQ(osSemaphoreAcquire(sem, 0), osErrorResource);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osSemaphoreAcquire(sem, 1), osOK);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void acquire_times_out_and_not_early(void)
{
	sem = osSemaphoreNew(1, 0, NULL);
	for (u32 ticks = 1; ticks < 8; ticks += 3) {
		u32 began = osKernelGetTickCount();

		EXPECT_EQ(osSemaphoreAcquire(sem, ticks), osErrorTimeout);
		EXPECT(osKernelGetTickCount() - began >= ticks);
	}
	/* a wait that timed out takes no token later */
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void wrong_objects_are_refused(void)
{
	osMutexId_t mutex = osMutexNew(NULL);
	void *wrong[] = { NULL, not_an_object, mutex };

	for (unsigned int n = 0; n < ARRAY_SIZE(wrong); n++) {
		EXPECT_EQ(osSemaphoreAcquire(wrong[n], 0), osErrorParameter);
		EXPECT_EQ(osSemaphoreRelease(wrong[n]), osErrorParameter);
		EXPECT_EQ(osSemaphoreDelete(wrong[n]), osErrorParameter);
		EXPECT_EQ(osSemaphoreGetCount(wrong[n]), 0);
		EXPECT(!osSemaphoreGetName(wrong[n]));
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);
}

static void static_memory_is_enough(void)
{
	static RTOS_CB(SEMAPHORE) cb;
	osSemaphoreAttr_t attr = { .name = "static", .cb_mem = &cb,
				   .cb_size = sizeof(cb) };

	sem = osSemaphoreNew(1, 1, &attr);
	EXPECT(sem == &cb);
	EXPECT_EQ(osSemaphoreAcquire(sem, 0), osOK);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osErrorParameter);
	EXPECT_EQ(osSemaphoreGetCount(sem), 0);

	attr.cb_size = 4;
	EXPECT(!osSemaphoreNew(1, 1, &attr));
	attr.cb_mem = NULL;
	EXPECT(!osSemaphoreNew(1, 1, &attr));
	attr.cb_mem = (char *)&cb + 8;
	attr.cb_size = RTOS_SEMAPHORE_CB_SIZE;
	EXPECT(!osSemaphoreNew(1, 1, &attr));
}

static void release_wakes_one(void)
{
	struct acquisition a[2] = { { .timeout = osWaitForever },
				    { .timeout = osWaitForever } };
	osThreadId_t thread[2];

	sem = osSemaphoreNew(2, 0, NULL);
	for (int n = 0; n < 2; n++)
		thread[n] = spawn_blocked(acquire, &a[n], HELPER_HIGH);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EVENTUALLY(atomic_read(&a[0].done));
	EXPECT(BLOCKED(thread[1]));
	EXPECT_EQ(osSemaphoreGetCount(sem), 0);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	for (int n = 0; n < 2; n++) {
		join(thread[n]);
		EXPECT_EQ(a[n].status, osOK);
	}
	EXPECT_EQ(osSemaphoreGetCount(sem), 0);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* a and d, which start last, are above b and c. */
static void waiters_go_by_priority_then_fifo(void)
{
	struct acquisition a[4] = {
		{ .letter = 'b', .timeout = osWaitForever },
		{ .letter = 'c', .timeout = osWaitForever },
		{ .letter = 'a', .timeout = osWaitForever },
		{ .letter = 'd', .timeout = osWaitForever },
	};
	static const osPriority_t priority[4] = {
		osPriorityHigh, osPriorityHigh, osPriorityHigh2, osPriorityHigh1,
	};
	osThreadId_t thread[4];

	order_reset();
	sem = osSemaphoreNew(4, 0, NULL);
	for (int n = 0; n < 4; n++)
		thread[n] = spawn_blocked(acquire, &a[n], priority[n]);
	for (int n = 0; n < 4; n++) {
		EXPECT_EQ(osSemaphoreRelease(sem), osOK);
		EVENTUALLY(noted() == (unsigned int)n + 1);
	}
	for (int n = 0; n < 4; n++)
		join(thread[n]);
	EXPECT_ORDER("adbc");
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* A waiter whose priority changes while it waits takes its new place. */
static void waiter_moves_with_its_priority(void)
{
	struct acquisition a[2] = {
		{ .letter = 'x', .timeout = osWaitForever },
		{ .letter = 'y', .timeout = osWaitForever },
	};
	osThreadId_t thread[2];

	order_reset();
	sem = osSemaphoreNew(2, 0, NULL);
	for (int n = 0; n < 2; n++)
		thread[n] = spawn_blocked(acquire, &a[n], osPriorityHigh);
	EXPECT_EQ(osThreadSetPriority(thread[1], osPriorityHigh3), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EVENTUALLY(atomic_read(&a[1].done));
	EXPECT(!atomic_read(&a[0].done));
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	join(thread[0]);
	join(thread[1]);
	EXPECT_ORDER("yx");
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void timed_wait_gets_a_token_in_time(void)
{
	struct acquisition a = { .timeout = LONG };
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked(acquire, &a, HELPER_HIGH);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	join(thread);
	EXPECT_EQ(a.status, osOK);
	EXPECT(a.ended - a.began < LONG);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

/* Whoever waits for a token that will not come has an error, not a token. */
static void delete_ends_waits(void)
{
	struct acquisition a = { .timeout = osWaitForever };
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked(acquire, &a, HELPER_HIGH);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
	join(thread);
	EXPECT_EQ(a.status, osErrorResource);
}

static void suspended_waiter_takes_no_token(void)
{
	struct acquisition a = { .timeout = osWaitForever };
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked(acquire, &a, HELPER_HIGH);
	EXPECT_EQ(osThreadSuspend(thread), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osThreadResume(thread), osOK);
	join(thread);
	EXPECT(a.status != osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void terminated_waiter_takes_no_token(void)
{
	struct acquisition a = { .timeout = osWaitForever };
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked(acquire, &a, HELPER_HIGH);
	EXPECT_EQ(osThreadTerminate(thread), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	join(thread);
	EXPECT(!a.done);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void isr_calls(void)
{
	EXPECT(!osSemaphoreNew(1, 1, NULL));
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osSemaphoreAcquire(sem, 0), osOK);
	EXPECT_EQ(osSemaphoreAcquire(sem, 0), osErrorResource);
	EXPECT_EQ(osSemaphoreAcquire(sem, 1), osErrorParameter);
	EXPECT_EQ(osSemaphoreAcquire(sem, osWaitForever), osErrorParameter);
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	EXPECT_EQ(osSemaphoreRelease(sem), osErrorResource);
	EXPECT_EQ(osSemaphoreRelease(NULL), osErrorParameter);
	EXPECT_EQ(osSemaphoreDelete(sem), osErrorISR);
	EXPECT(!strcmp(osSemaphoreGetName(sem), "isr"));
}

static void from_an_interrupt(void)
{
	sem = osSemaphoreNew(1, 1, &(osSemaphoreAttr_t){ .name = "isr" });
	run_in_isr(isr_calls);
	EXPECT_EQ(osSemaphoreGetCount(sem), 1);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static void isr_release(void)
{
	EXPECT_EQ(osSemaphoreRelease(sem), osOK);
	note('i');
}

/* The thread runs when the handler has ended, not in the middle of it. */
static void interrupt_wakes_a_thread(void)
{
	struct acquisition a = { .letter = 't', .timeout = osWaitForever };
	osThreadId_t thread;

	sem = osSemaphoreNew(1, 0, NULL);
	thread = spawn_blocked_on(CPU0, acquire, &a, HELPER_HIGH);
	expect_isr_wakes(thread, isr_release);
	EXPECT_EQ(osSemaphoreDelete(sem), osOK);
}

static osSemaphoreId_t made_early;

static void ready(void)
{
	made_early = osSemaphoreNew(1, 1, NULL);
}

static void made_before_the_kernel_started(void)
{
	EXPECT(made_early);
	EXPECT_EQ(osSemaphoreAcquire(made_early, 0), osOK);
	EXPECT_EQ(osSemaphoreDelete(made_early), osOK);
}

/* Objects from the heap go back to it. */
static void nothing_leaks(void)
{
	EXPECT_NO_LEAK(osSemaphoreNew(1, 1, NULL), osSemaphoreDelete);
}

static const struct test tests[] = {
	TEST(made_before_the_kernel_started),
	TEST(create_checks_its_arguments),
	TEST(tokens_are_counted),
	TEST(acquire_times_out_and_not_early),
	TEST(wrong_objects_are_refused),
	TEST(static_memory_is_enough),
	TEST(release_wakes_one),
	TEST(waiters_go_by_priority_then_fifo),
	TEST(waiter_moves_with_its_priority),
	TEST(timed_wait_gets_a_token_in_time),
	TEST(delete_ends_waits),
	TEST(suspended_waiter_takes_no_token),
	TEST(terminated_waiter_takes_no_token),
	TEST(from_an_interrupt),
	TEST(interrupt_wakes_a_thread),
	TEST(nothing_leaks),
};

int main(void)
{
	SUITE_RUN("rtos-semaphore", tests, NULL, ready);
}
