// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The kernel's mechanisms, one test for each: a first look when it is changed. */

#include <inmate/test.h>

#include <rtos.h>

static u32 order[16];
static u32 steps;

static void step(u32 what)
{
	order[atomic_add(&steps, 1) - 1] = what;
}

/* On CPU 0 only, where the order of things is known. */
static osThreadId_t start(osThreadFunc_t func, void *argument, osPriority_t priority)
{
	const osThreadAttr_t attr = {
		.name = "child",
		.attr_bits = osThreadJoinable,
		.priority = priority,
		.affinity_mask = 1,
	};

	steps = 0;
	return osThreadNew(func, argument, &attr);
}

static void one_step(void *argument)
{
	step((u32)(uintptr_t)argument);
}

static void higher_priority_runs_at_once(void)
{
	osThreadId_t thread = start(one_step, (void *)1, osPriorityAboveNormal);

	step(2);
	EXPECT_EQ(osThreadJoin(thread), osOK);
	EXPECT_EQ(order[0], 1);
	EXPECT_EQ(order[1], 2);
}

static void lower_priority_waits(void)
{
	osThreadId_t thread = start(one_step, (void *)1, osPriorityLow);

	step(2);
	EXPECT_EQ(osThreadJoin(thread), osOK);
	EXPECT_EQ(order[0], 2);
	EXPECT_EQ(order[1], 1);
}

static void delay_takes_ticks(void)
{
	u32 before = osKernelGetTickCount();

	EXPECT_EQ(osDelay(5), osOK);
	EXPECT(osKernelGetTickCount() - before >= 5);
	before = osKernelGetTickCount();
	EXPECT_EQ(osDelayUntil(before + 10), osOK);
	EXPECT(osKernelGetTickCount() - before >= 10);
}

static volatile u32 spins[2];

static void spin(void *argument)
{
	u32 *count = argument;

	for (;;)
		atomic_add(count, 1);
}

static void equal_priorities_share(void)
{
	osThreadId_t first = start(spin, (void *)&spins[0], osPriorityLow);
	osThreadId_t second = start(spin, (void *)&spins[1], osPriorityLow);

	WAIT_FOR((osDelay(10), spins[0] && spins[1]), 5000);
	EXPECT(spins[0]);
	EXPECT(spins[1]);
	EXPECT_EQ(osThreadTerminate(first), osOK);
	EXPECT_EQ(osThreadTerminate(second), osOK);
	EXPECT_EQ(osThreadGetState(first), osThreadTerminated);
	EXPECT_EQ(osThreadJoin(first), osOK);
	EXPECT_EQ(osThreadJoin(second), osOK);
}

static osMutexId_t mutex;

static void take_mutex(void *argument)
{
	(void)argument;
	EXPECT_EQ(osMutexAcquire(mutex, osWaitForever), osOK);
	step(1);
	osMutexRelease(mutex);
}

static void mutex_inherits(void)
{
	const osMutexAttr_t attr = { .attr_bits = osMutexPrioInherit };
	osThreadId_t thread;

	mutex = osMutexNew(&attr);
	EXPECT_EQ(osMutexAcquire(mutex, 0), osOK);
	thread = start(take_mutex, NULL, osPriorityHigh);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityHigh);
	EXPECT_EQ(osMutexRelease(mutex), osOK);
	EXPECT_EQ(osThreadGetPriority(osThreadGetId()), osPriorityNormal);
	EXPECT_EQ(order[0], 1);
	EXPECT_EQ(osThreadJoin(thread), osOK);
	EXPECT_EQ(osMutexDelete(mutex), osOK);
}

static void queue_orders_by_priority(void)
{
	osMessageQueueId_t queue = osMessageQueueNew(4, sizeof(u32), NULL);
	u32 message;
	u8 priority;

	for (message = 1; message <= 4; message++)
		EXPECT_EQ(osMessageQueuePut(queue, &message, message % 2 ? 1 : 7, 0),
			  osOK);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 0), osErrorResource);
	EXPECT_EQ(osMessageQueuePut(queue, &message, 0, 2), osErrorTimeout);
	for (u32 n = 0; n < 4; n++) {
		static const u32 expected[] = { 2, 4, 1, 3 };

		EXPECT_EQ(osMessageQueueGet(queue, &message, &priority, 0), osOK);
		EXPECT_EQ(message, expected[n]);
		EXPECT_EQ(priority, n < 2 ? 7 : 1);
	}
	EXPECT_EQ(osMessageQueueDelete(queue), osOK);
}

static u32 calls;

static void count_call(void *argument)
{
	(void)argument;
	atomic_add(&calls, 1);
}

static void timer_calls(void)
{
	osTimerId_t timer = osTimerNew(count_call, osTimerPeriodic, NULL, NULL);

	EXPECT_EQ(osTimerStart(timer, 2), osOK);
	osDelay(20);
	EXPECT_EQ(osTimerStop(timer), osOK);
	EXPECT(atomic_read(&calls) >= 9);
	EXPECT_EQ(osTimerDelete(timer), osOK);
}

static volatile u32 depth_limit = ~0U;

static u32 __attribute__((noinline)) nest(u32 depth)
{
	volatile u32 block[64];

	block[0] = depth;
	return depth < depth_limit ? nest(depth + 1) + block[0] : 0;
}

static void overflow_stack(void *argument)
{
	(void)argument;
	nest(0);
}

static void read_null(void *argument)
{
	*(volatile int *)argument = 1;
}

static void divide(void *argument)
{
	volatile u32 result;

	result = 1 / (u32)(uintptr_t)argument;
	(void)result;
}

static void faults_end_the_thread(void)
{
	static const osThreadFunc_t faults[] = { overflow_stack, read_null, divide };

	for (u32 n = 0; n < ARRAY_SIZE(faults); n++) {
		osThreadId_t thread = start(faults[n], NULL, osPriorityAboveNormal);

		EXPECT_EQ(osThreadGetState(thread), osThreadTerminated);
		EXPECT_EQ(osThreadJoin(thread), osOK);
	}
}

static double product;

static void multiply(void *argument)
{
	double factor = 1.0 + (double)(uintptr_t)argument;

	for (u32 n = 0; n < 10; n++) {
		product *= factor;
		osDelay(1);
		factor += 0.0;
	}
}

static void threads_keep_their_fp(void)
{
	osThreadId_t thread = start(spin, (void *)&spins[0], osPriorityBelowNormal);
	volatile double mine = 0.5;
	osThreadId_t other;

	product = 1.0;
	other = start(multiply, (void *)1, osPriorityAboveNormal);
	while (osThreadGetState(other) != osThreadTerminated)
		mine = mine * 2.0 / 2.0;
	EXPECT(mine == 0.5);
	EXPECT(product == 1024.0);
	EXPECT_EQ(osThreadJoin(other), osOK);
	osThreadTerminate(thread);
	EXPECT_EQ(osThreadJoin(thread), osOK);
}

static u32 seen_cpu[INMATE_MAX_CPUS];

static void note_cpu(void *argument)
{
	(void)argument;
	seen_cpu[rtos_cpu()]++;
}

static void affinity_is_kept(void)
{
	for (u32 n = 0; n < rtos_num_cpus(); n++) {
		const osThreadAttr_t attr = {
			.attr_bits = osThreadJoinable,
			.affinity_mask = 1U << n,
		};
		osThreadId_t thread = osThreadNew(note_cpu, NULL, &attr);

		EXPECT_EQ(osThreadJoin(thread), osOK);
		EXPECT_EQ(seen_cpu[n], 1);
	}
}

static const struct test tests[] = {
	TEST(higher_priority_runs_at_once),
	TEST(lower_priority_waits),
	TEST(delay_takes_ticks),
	TEST(equal_priorities_share),
	TEST(mutex_inherits),
	TEST(queue_orders_by_priority),
	TEST(timer_calls),
	TEST(faults_end_the_thread),
	TEST(threads_keep_their_fp),
	TEST(affinity_is_kept),
};

static void app_main(void *argument)
{
	(void)argument;
	TEST_RUN("rtos-smoke", tests);
}

int main(void)
{
	const osThreadAttr_t attr = { .name = "main", .affinity_mask = 1 };

	osKernelInitialize();
	osThreadNew(app_main, NULL, &attr);
	return osKernelStart();
}
