// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * How long the real-time kernel takes from an interrupt to its handler and to
 * the thread that waits for it, in a cell and without a hypervisor. The counting
 * plugin knows the intervals by these numbers; ci/bench/bench reads its report.
 */

#include <inmate.h>
#include <rtos.h>

#include "marker.h"

#define ID_HANDLER	11
#define ID_THREAD	12

#define TIMES		200

static u8 heap[64 << 10] __attribute__((aligned(RTOS_PAGE_SIZE)));

const struct rtos_config rtos_config = {
	RTOS_CONFIG_USUAL(heap),
	.stack_size = 8192,
	.timer_priority = osPriorityHigh,
	.fault_policy = RTOS_FAULT_FAIL,
};

static osThreadId_t waiter;

static void on_timer(unsigned int irq, void *argument)
{
	BENCH_END(ID_HANDLER);
	(void)irq;
	(void)argument;
	timer_stop(TIMER_PHYSICAL);
	osThreadFlagsSet(waiter, 1);
}

static void wait_for_it(void *unused)
{
	(void)unused;
	if (rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT,
			    on_timer, NULL) != osOK)
		panic("no timer");
	for (u64 n = 0; n < TIMES; n++) {
		/* at other moments of what Linux does, each time */
		timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) +
				   timer_ns_to_ticks(100000 + n * 977));
		osThreadFlagsWait(1, osFlagsWaitAny, osWaitForever);
		BENCH_END(ID_THREAD);
	}
	printk("thread-bench: done\n");
	inmate_exit();
}

/*
 * In place of the idle thread. Nothing is executed from the mark to the
 * deadline, so that the CPU's own instructions from the mark on are the
 * latency. Masked, it wakes up even if the deadline has passed before it sleeps.
 */
static void sleep(void *unused)
{
	(void)unused;
	for (;;) {
		disable_irqs();
		dsb();
		BENCH_BEGIN(ID_HANDLER);
		BENCH_BEGIN(ID_THREAD);
		asm volatile("wfi");
		enable_irqs();
	}
}

static osThreadId_t start(osThreadFunc_t func, osPriority_t priority)
{
	const osThreadAttr_t attr = {
		.priority = priority,
		.affinity_mask = osThreadProcessor(0),
	};

	return osThreadNew(func, NULL, &attr);
}

int main(void)
{
	osKernelInitialize();
	waiter = start(wait_for_it, osPriorityRealtime);
	if (!waiter || !start(sleep, osPriorityLow))
		panic("no threads");
	return osKernelStart();
}
