// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * What the kernel costs: from a timer's deadline to a handler and to a thread,
 * from thread to thread, and the longest time with interrupts masked. Printed,
 * with a bound of the best that only a broken kernel misses; the host makes the
 * worst. Under QEMU's -icount shift=0 a nanosecond is an instruction.
 * Parameter: rounds=NUMBER (default 500).
 */

#include <inmate/test.h>

#include <rtos.h>

#define PERIOD_NS		200000
#define BOUND_MIN_NS		5000000		/* of the best */
#define WAITERS			24

static u8 heap[512 * 1024] __attribute__((aligned(RTOS_PAGE_SIZE)));

const struct rtos_config rtos_config = {
	RTOS_CONFIG_USUAL(heap),
	.accounting = RTOS_ACCOUNTING(.slice_ticks = 5),
	.stack_size = 4096,
	.timer_priority = osPriorityHigh,
	.measure_irqs_off = true,
};

static u64 rounds, deadline;
static struct test_figure to_handler, to_thread, switching;
static osThreadId_t main_thread;

static void print(const char *what, const struct test_figure *figure)
{
	if (!test_figure_print(what, figure))
		return;
	EXPECT(timer_ticks_to_ns(figure->min) < BOUND_MIN_NS);
}

static osThreadId_t spawn(osThreadFunc_t func, void *argument, osPriority_t priority)
{
	return osThreadNew(func, argument, &(osThreadAttr_t){
		.name = "child",
		.attr_bits = osThreadJoinable,
		.priority = priority,
		.affinity_mask = 1,
	});
}

/* ==== The physical timer, as a device of the program ==== */

static void timer_handler(unsigned int irq, void *argument)
{
	u64 now = timer_count(TIMER_PHYSICAL);

	(void)irq;
	(void)argument;
	timer_stop(TIMER_PHYSICAL);
	test_figure_add(&to_handler, now - deadline);
	osThreadFlagsSet(main_thread, 1);
}

static void deadline_to_handler_and_thread(void)
{
	main_thread = osThreadGetId();
	EXPECT_EQ(rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT,
				  timer_handler, NULL), osOK);
	for (u64 n = 0; n < rounds; n++) {
		deadline = timer_count(TIMER_PHYSICAL) +
			   timer_ns_to_ticks(PERIOD_NS);
		timer_set_deadline(TIMER_PHYSICAL, deadline);
		EXPECT_EQ(osThreadFlagsWait(1, osFlagsWaitAny, osWaitForever), 1);
		test_figure_add(&to_thread, timer_count(TIMER_PHYSICAL) - deadline);
	}
	EXPECT_EQ(rtos_irq_detach(TIMER_PHYSICAL_IRQ), osOK);
	print("deadline to handler", &to_handler);
	print("deadline to thread", &to_thread);
}

/* ==== From thread to thread ==== */

static osSemaphoreId_t semaphore;
static u64 released;

static void acquire(void *argument)
{
	(void)argument;
	for (u64 n = 0; n < rounds; n++) {
		EXPECT_EQ(osSemaphoreAcquire(semaphore, osWaitForever), osOK);
		test_figure_add(&switching, timer_get_ticks() - released);
	}
}

static void release_to_acquire(void)
{
	osThreadId_t thread;

	semaphore = osSemaphoreNew(1, 0, NULL);
	thread = spawn(acquire, NULL, osPriorityHigh);
	for (u64 n = 0; n < rounds; n++) {
		released = timer_get_ticks();
		EXPECT_EQ(osSemaphoreRelease(semaphore), osOK);
	}
	EXPECT_EQ(osThreadJoin(thread), osOK);
	EXPECT_EQ(osSemaphoreDelete(semaphore), osOK);
	print("release to acquired, in a thread of higher priority", &switching);
}

/* ==== Interrupts masked ==== */

static osEventFlagsId_t event;
static osMutexId_t mutex;

static void wait_in_all_ways(void *argument)
{
	u32 ticks = 1 + (u32)(uintptr_t)argument % 3;

	for (u32 n = 0; n < 5; n++) {
		osDelay(ticks);
		osEventFlagsWait(event, 1, osFlagsWaitAny | osFlagsNoClear, ticks);
		if (osMutexAcquire(mutex, osWaitForever) == osOK) {
			osThreadYield();
			osMutexRelease(mutex);
		}
	}
}

static void masked_time_is_measured(void)
{
	const osMutexAttr_t attr = { .attr_bits = osMutexPrioInherit };
	osThreadId_t thread[WAITERS];

	event = osEventFlagsNew(NULL);
	mutex = osMutexNew(&attr);
	rtos_irqs_off_reset();
	for (u64 n = 0; n < WAITERS; n++) {
		thread[n] = spawn(wait_in_all_ways, (void *)n,
				  osPriorityNormal + (osPriority_t)(n % 4));
		EXPECT(thread[n]);
	}
	for (u32 n = 0; n < 10; n++) {
		osDelay(2);
		osEventFlagsSet(event, 1);
		osEventFlagsClear(event, 1);
	}
	for (u32 n = 0; n < WAITERS; n++)
		EXPECT_EQ(osThreadJoin(thread[n]), osOK);
	for (u32 cpu = 0; cpu < rtos_num_cpus(); cpu++) {
		struct rtos_irqs_off longest = rtos_irqs_off(cpu);

		printk("# CPU %u: masked for at most %llu ns, in %s\n", cpu,
		       timer_ticks_to_ns(longest.ticks),
		       longest.place ? longest.place : "nothing");
		EXPECT(cpu || !rtos_measures || (longest.ticks && longest.place));
	}
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	EXPECT_EQ(osEventFlagsDelete(event), osOK);
}

/* The longest section of each call, with nobody waiting. */
#define MASKED_IN(call) do {						\
	rtos_irqs_off_reset();						\
	call;								\
	print_masked(#call);						\
} while (0)

static void print_masked(const char *call)
{
	struct rtos_irqs_off longest = rtos_irqs_off(0);

	printk("# %s: masked for at most %llu ns\n", call, timer_ticks_to_ns(longest.ticks));
}

static void end_at_once(void *unused)
{
	(void)unused;
}

static void masked_time_of_calls(void)
{
	osMessageQueueId_t queue = osMessageQueueNew(4, 16, NULL);
	osMemoryPoolId_t pool = osMemoryPoolNew(4, 16, NULL);
	osTimerId_t timer = osTimerNew(end_at_once, osTimerOnce, NULL, NULL);
	osThreadId_t thread;
	char message[16] = "";
	void *block;

	semaphore = osSemaphoreNew(1, 0, NULL);
	mutex = osMutexNew(NULL);
	MASKED_IN(thread = spawn(end_at_once, NULL, osPriorityLow));
	MASKED_IN(osThreadSetPriority(thread, osPriorityLow1));
	MASKED_IN(osThreadSuspend(thread));
	MASKED_IN(osThreadResume(thread));
	MASKED_IN(osThreadJoin(thread));
	MASKED_IN(osThreadYield());
	MASKED_IN(osDelay(1));
	MASKED_IN(osThreadFlagsSet(main_thread, 1));
	MASKED_IN(osThreadFlagsWait(1, 0, 0));
	MASKED_IN(osMutexAcquire(mutex, 0));
	MASKED_IN(osMutexRelease(mutex));
	MASKED_IN(osSemaphoreRelease(semaphore));
	MASKED_IN(osSemaphoreAcquire(semaphore, 0));
	MASKED_IN(osMessageQueuePut(queue, message, 0, 0));
	MASKED_IN(osMessageQueueGet(queue, message, NULL, 0));
	MASKED_IN(block = osMemoryPoolAlloc(pool, 0));
	MASKED_IN(osMemoryPoolFree(pool, block));
	MASKED_IN(osTimerStart(timer, 1000));
	MASKED_IN(osTimerStop(timer));
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT_EQ(osMemoryPoolDelete(pool), osOK);
	EXPECT_EQ(osMessageQueueDelete(queue), osOK);
	EXPECT_EQ(osMutexDelete(mutex), osOK);
	EXPECT_EQ(osSemaphoreDelete(semaphore), osOK);
}

static const struct test tests[] = {
	TEST(deadline_to_handler_and_thread),
	TEST(release_to_acquire),
	TEST(masked_time_is_measured),
	TEST(masked_time_of_calls),
};

static void app_main(void *argument)
{
	(void)argument;
	rounds = (u64)cmdline_parse_int("rounds", 500);
	TEST_RUN("rtos-latency", tests);
}

int main(void)
{
	const osThreadAttr_t attr = {
		.name = "main",
		.priority = osPriorityAboveNormal,
		.affinity_mask = 1,
	};

	osKernelInitialize();
	osThreadNew(app_main, NULL, &attr);
	return osKernelStart();
}
