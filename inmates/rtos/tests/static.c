// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Without a heap: the program gives all memory, and nothing is taken beside it. */

#include "lib/harness.h"

static RTOS_STACK(4096) timer_stack;

/*
 * rtos_config, as this program may change it: early() looks what happens while
 * the timers' thread has no stack.
 */
static struct rtos_config changing_config = {
	.tick_hz = 1000,
	.timers = &rtos_timer_thread,
	.timer_stack_size = sizeof(timer_stack),
	.timer_priority = osPriorityRealtime,
	.fault_policy = RTOS_FAULT_FAIL,
};

extern const struct rtos_config rtos_config __attribute__((alias("changing_config")));

static osStatus_t without_a_stack;
static osKernelState_t state_then;

static void early(void)
{
	without_a_stack = osKernelInitialize();
	state_then = osKernelGetState();
	changing_config.timer_stack = &timer_stack;
}

static void initialize_needs_memory(void)
{
	EXPECT_EQ(without_a_stack, osErrorNoMemory);
	EXPECT_EQ(state_then, osKernelInactive);
	EXPECT_EQ(osKernelGetState(), osKernelRunning);
}

static void nothing(void *argument)
{
	(void)argument;
}

static void objects_without_memory_are_not_made(void)
{
	static RTOS_CB(MEMORY_POOL) pool;
	static RTOS_CB(MESSAGE_QUEUE) queue;
	static RTOS_CB(THREAD) thread;

	EXPECT(!osThreadNew(nothing, NULL, NULL));
	EXPECT(!osThreadNew(nothing, NULL, &(osThreadAttr_t){
		.cb_mem = &thread, .cb_size = sizeof(thread) }));
	EXPECT(!osTimerNew(nothing, osTimerOnce, NULL, NULL));
	EXPECT(!osEventFlagsNew(NULL));
	EXPECT(!osMutexNew(NULL));
	EXPECT(!osSemaphoreNew(1, 1, NULL));
	EXPECT(!osMemoryPoolNew(1, 8, NULL));
	EXPECT(!osMemoryPoolNew(1, 8, &(osMemoryPoolAttr_t){
		.cb_mem = &pool, .cb_size = sizeof(pool) }));
	EXPECT(!osMessageQueueNew(1, 8, NULL));
	EXPECT(!osMessageQueueNew(1, 8, &(osMessageQueueAttr_t){
		.cb_mem = &queue, .cb_size = sizeof(queue) }));
}

static void without_timers_none_is_made(void)
{
	static RTOS_CB(TIMER) timer;
	const osTimerAttr_t attr = { .cb_mem = &timer, .cb_size = sizeof(timer) };

	changing_config.timers = NULL;
	EXPECT(!osTimerNew(nothing, osTimerOnce, NULL, &attr));
	changing_config.timers = &rtos_timer_thread;
	EXPECT(osTimerNew(nothing, osTimerOnce, NULL, &attr));
	EXPECT_EQ(osTimerDelete(&timer), osOK);
}

/* A timer's callback wakes a thread, through a queue. */
static osMessageQueueId_t queue;
static u64 got;

static void put(void *argument)
{
	EXPECT_EQ(osMessageQueuePut(queue, &argument, 0, 0), osOK);
}

static void get(void *argument)
{
	(void)argument;
	EXPECT_EQ(osMessageQueueGet(queue, &got, NULL, osWaitForever), osOK);
}

static void objects_with_memory_work(void)
{
	static RTOS_CB(MESSAGE_QUEUE) queue_cb;
	static u64 queue_mem[RTOS_MESSAGE_QUEUE_SIZE(1, sizeof(u64)) / sizeof(u64)];
	static RTOS_CB(TIMER) timer_cb;
	static RTOS_CB(THREAD) thread_cb;
	static RTOS_STACK(4096) stack;
	osThreadId_t thread;
	osTimerId_t timer;

	queue = osMessageQueueNew(1, sizeof(u64), &(osMessageQueueAttr_t){
		.cb_mem = &queue_cb, .cb_size = sizeof(queue_cb),
		.mq_mem = queue_mem, .mq_size = sizeof(queue_mem) });
	timer = osTimerNew(put, osTimerOnce, (void *)42UL, &(osTimerAttr_t){
		.cb_mem = &timer_cb, .cb_size = sizeof(timer_cb) });
	thread = osThreadNew(get, NULL, &(osThreadAttr_t){
		.attr_bits = osThreadJoinable,
		.cb_mem = &thread_cb, .cb_size = sizeof(thread_cb),
		.stack_mem = &stack, .stack_size = sizeof(stack),
		.affinity_mask = helpers_mask() });
	EXPECT(queue && timer && thread);
	EXPECT_EQ(osTimerStart(timer, 1), osOK);
	join(thread);
	EXPECT_EQ(got, 42);
	EXPECT_EQ(osTimerDelete(timer), osOK);
	EXPECT_EQ(osMessageQueueDelete(queue), osOK);
}

static const struct test tests[] = {
	TEST(initialize_needs_memory),
	TEST(objects_without_memory_are_not_made),
	TEST(without_timers_none_is_made),
	TEST(objects_with_memory_work),
};

int main(void)
{
	SUITE_RUN("rtos-static", tests, early, NULL);
}
