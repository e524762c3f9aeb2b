// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Software timers whose callbacks the timer interrupt makes: rtos_timer_irq. */

#include "lib/harness.h"

static u8 heap[256 << 10] __attribute__((aligned(RTOS_PAGE_SIZE)));

const struct rtos_config rtos_config = {
	RTOS_CONFIG_LEAST(heap),
	.stack_size = 8192,
	.timers = &rtos_timer_irq,
};

#define CALLS		5

static osSemaphoreId_t semaphore;
static u32 calls, in_isr;
static bool hold, held;
static osStatus_t waited, stopped;

static void count(void *argument)
{
	(void)argument;
	in_isr += rtos_in_isr();
	atomic_add(&calls, 1);
	osSemaphoreRelease(semaphore);
}

static osTimerId_t new_timer(osTimerFunc_t func, osTimerType_t type)
{
	osTimerId_t timer = osTimerNew(func, type, NULL, NULL);

	EXPECT(timer);
	atomic_set(&calls, 0);
	in_isr = 0;
	return timer;
}

static void callbacks_are_handlers(void)
{
	osTimerId_t timer = new_timer(count, osTimerPeriodic);

	semaphore = osSemaphoreNew(100, 0, NULL);
	EXPECT_EQ(osTimerStart(timer, 1), osOK);
	for (u32 n = 0; n < CALLS; n++)
		EXPECT_EQ(osSemaphoreAcquire(semaphore, osWaitForever), osOK);
	EXPECT_EQ(osTimerStop(timer), osOK);
	EXPECT(calls >= CALLS);
	EXPECT_EQ(in_isr, calls);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT_EQ(osSemaphoreDelete(semaphore), osOK);
}

static void stopped_ones_are_not_called(void)
{
	osTimerId_t timer = new_timer(count, osTimerOnce);

	EXPECT_EQ(osTimerStart(timer, LONG), osOK);
	EXPECT_EQ(osTimerIsRunning(timer), 1);
	EXPECT_EQ(osTimerStop(timer), osOK);
	EXPECT_EQ(osTimerIsRunning(timer), 0);
	osDelay(2);
	EXPECT_EQ(calls, 0);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static void tries_to_wait(void *argument)
{
	osTimerId_t timer = *(osTimerId_t *)argument;

	waited = osDelay(1);
	stopped = osTimerStop(timer);
	atomic_add(&calls, 1);
}

static void they_cannot_wait(void)
{
	static osTimerId_t timer;

	timer = osTimerNew(tries_to_wait, osTimerOnce, &timer, NULL);
	atomic_set(&calls, 0);
	EXPECT_EQ(osTimerStart(timer, 1), osOK);
	EVENTUALLY(atomic_read(&calls) == 1);
	EXPECT_EQ(waited, osErrorISR);
	EXPECT_EQ(stopped, osErrorISR);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static void holds(void *argument)
{
	(void)argument;
	atomic_set(&held, true);
	while (atomic_read(&hold))
		cpu_relax();
	spin_ticks(2);
	atomic_add(&calls, 1);
}

static void starts(void *argument)
{
	EXPECT_EQ(osTimerStart(argument, 1), osOK);
}

static void delete_waits_for_the_call(void)
{
	osTimerId_t timer = new_timer(holds, osTimerOnce);
	osThreadId_t thread;

	if (!two_cpus())
		return;
	atomic_set(&held, false);
	atomic_set(&hold, true);
	thread = spawn_on(CPU1, starts, timer, HELPER_HIGH);
	while (!atomic_read(&held))
		cpu_relax();
	atomic_set(&hold, false);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT_EQ(atomic_read(&calls), 1);
	join(thread);
}

static const struct test tests[] = {
	TEST(callbacks_are_handlers),
	TEST(stopped_ones_are_not_called),
	TEST(they_cannot_wait),
	TEST(delete_waits_for_the_call),
};

int main(void)
{
	SUITE_RUN("rtos-timer-irq", tests, NULL, NULL);
}
