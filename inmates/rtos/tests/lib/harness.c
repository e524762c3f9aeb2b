// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "harness.h"

#define SGI_TEST	5

static u8 heap[384 << 10] __attribute__((aligned(RTOS_PAGE_SIZE)));

/* A program may have its own. */
const struct rtos_config rtos_config __attribute__((weak)) = {
	RTOS_CONFIG_USUAL(heap),
	.accounting = RTOS_ACCOUNTING(.slice_ticks = 20),
	.stack_size = 8192,
	.timer_priority = osPriorityRealtime,
	.fault_policy = RTOS_FAULT_FAIL,
	.measure_irqs_off = true,
};

u64 not_an_object[128];

static struct {
	const char *name;
	const struct test *tests;
	unsigned int count;
} suite;

static u32 helpers;

static void (*isr_function)(void);
static bool isr_done;

static char order[64];
static unsigned int order_begun, order_len;

u32 helpers_mask(void)
{
	return helpers;
}

bool two_cpus(void)
{
	return rtos_num_cpus() > 1;
}

static void on_sgi(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	isr_function();
	atomic_set(&isr_done, true);
}

void run_in_isr(void (*fn)(void))
{
	isr_function = fn;
	atomic_set(&isr_done, false);
	irq_send_sgi(SGI_TEST, cpu_mpidr());
	while (!atomic_read(&isr_done))
		cpu_relax();
}

osThreadId_t spawn_on(u32 affinity, osThreadFunc_t func, void *argument,
		      osPriority_t priority)
{
	osThreadId_t thread = osThreadNew(func, argument, &(osThreadAttr_t){
		.name = "helper",
		.attr_bits = osThreadJoinable,
		.priority = priority,
		.affinity_mask = affinity,
	});

	EXPECT(thread);
	return thread;
}

osThreadId_t spawn(osThreadFunc_t func, void *argument, osPriority_t priority)
{
	return spawn_on(helpers, func, argument, priority);
}

osThreadId_t spawn_blocked_on(u32 affinity, osThreadFunc_t func, void *argument,
			      osPriority_t priority)
{
	osThreadId_t thread = spawn_on(affinity, func, argument, priority);

	EVENTUALLY(BLOCKED(thread));
	return thread;
}

osThreadId_t spawn_blocked(osThreadFunc_t func, void *argument, osPriority_t priority)
{
	return spawn_blocked_on(helpers, func, argument, priority);
}

void join(osThreadId_t thread)
{
	EXPECT_EQ(osThreadJoin(thread), osOK);
}

void order_reset(void)
{
	memset(order, 0, sizeof(order));
	atomic_set(&order_begun, 0);
	atomic_set(&order_len, 0);
}

void note(char letter)
{
	unsigned int at = atomic_add(&order_begun, 1) - 1;

	if (at < sizeof(order) - 1)
		order[at] = letter;
	/* who sees the number on another CPU sees the letter */
	atomic_add(&order_len, 1);
}

unsigned int noted(void)
{
	return atomic_read(&order_len);
}

void expect_order(const char *want, const char *file, int line)
{
	if (!test_expect(!strcmp(order, want), want, file, line))
		printk("# the order was: %s\n", order);
}

void expect_isr_wakes(osThreadId_t thread, void (*fn)(void))
{
	order_reset();
	run_in_isr(fn);
	note('m');
	join(thread);
	EXPECT_ORDER("itm");
}

u32 random_next(u32 *state)
{
	u32 x = *state * 2654435769U + 1;

	*state = x;
	x ^= x >> 16;
	x *= 0x7feb352dU;
	return x ^ x >> 15;
}

u32 random_seed(void)
{
	u32 seed = (u32)cmdline_parse_int("seed", 1);

	printk("# seed=%u\n", seed);
	return seed;
}

void spin_ticks(u32 ticks)
{
	u32 began = osKernelGetTickCount();

	while (osKernelGetTickCount() - began < ticks)
		cpu_relax();
}

static void tester(void *argument)
{
	(void)argument;
	EXPECT_EQ(rtos_irq_attach(SGI_TEST, RTOS_IRQ_PRIORITY_DEFAULT, on_sgi,
				  NULL), osOK);
	printk("# %u CPUs, helpers on 0x%x\n", rtos_num_cpus(), helpers);
	test_run(suite.name, suite.tests, suite.count);
}

void suite_run(const char *name, const struct test *tests, unsigned int count,
	       void (*early)(void), void (*ready)(void))
{
	static RTOS_CB(THREAD) control;
	static RTOS_STACK(16384) stack;
	static const osThreadAttr_t attr = {
		.name = "tester",
		.cb_mem = &control,
		.cb_size = sizeof(control),
		.stack_mem = &stack,
		.stack_size = sizeof(stack),
		.affinity_mask = CPU0,
	};

	suite.name = name;
	suite.tests = tests;
	suite.count = count;
	helpers = (u32)cmdline_parse_int("helpers", CPU0);

	if (early)
		early();
	if (osKernelInitialize() != osOK)
		panic("osKernelInitialize");
	if (ready)
		ready();
	if (!osThreadNew(tester, NULL, &attr))
		panic("no thread for the tests");
	osKernelStart();
	panic("osKernelStart");
}
