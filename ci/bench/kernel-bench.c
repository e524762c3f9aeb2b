// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What the real-time kernel costs an application, without a hypervisor, on the
 * CPUs that the machine has. One part after the other, each some 200 times; the
 * counting plugin knows them by these numbers, ci/lib/kernels.py names them.
 */

#include <inmate.h>
#include <rtos.h>

#include "marker.h"

#define ID_HANDLER	0	/* from an interrupt */
#define ID_IRQ_THREAD	1	/* from an interrupt, to the thread it wakes */
#define ID_DELAY	2	/* from a deadline */
#define ID_YIELD	3
#define ID_SEMAPHORE	4	/* give, to the thread that it wakes */
#define ID_MESSAGE	5	/* put, to the thread that it wakes */
#define ID_PUT_GET	6
#define ID_MUTEX	7	/* lock and unlock */
/* The callback may be on another CPU. */
#define ID_CALLBACK	24	/* from a software timer's deadline */
#define ID_TIMER_THREAD	25	/* from a deadline, to the thread the callback wakes */

#define TIMES		200

#define HIGH		osPriorityRealtime
#define MIDDLE		osPriorityNormal
#define LOW		osPriorityLow

static u8 heap[128 << 10] __attribute__((aligned(RTOS_PAGE_SIZE)));

const struct rtos_config rtos_config = {
	RTOS_CONFIG_LEAST(heap),
	.stack_size = 8192,
	.timers = &rtos_timer_irq,
	.fault_policy = RTOS_FAULT_FAIL,
};

static osSemaphoreId_t semaphore, ended;
static osMessageQueueId_t queue;
static osMutexId_t mutex;

/* What the sleeper waits for; its mark is the last before the deadline. */
static volatile u32 sleeps_for;

/* ==== From a deadline on ==== */

#define SLEEP(id) do {							\
	BENCH_BEGIN(id);						\
	asm volatile("wfi");						\
} while (0)

/*
 * In place of the idle thread. Nothing is executed from the mark to the
 * deadline. Masked, it wakes up even if that has passed before it sleeps.
 */
static void sleeper(void *unused)
{
	(void)unused;
	for (;;) {
		disable_irqs();
		dsb();
		switch (sleeps_for) {
		case ID_HANDLER:
			SLEEP(ID_HANDLER);
			break;
		case ID_CALLBACK:
			SLEEP(ID_CALLBACK);
			break;
		case ID_IRQ_THREAD:
			SLEEP(ID_IRQ_THREAD);
			break;
		case ID_TIMER_THREAD:
			SLEEP(ID_TIMER_THREAD);
			break;
		case ID_DELAY:
			SLEEP(ID_DELAY);
			break;
		default:
			wait_for_interrupt();
			break;
		}
		enable_irqs();
	}
}

static void on_device(unsigned int irq, void *argument)
{
	BENCH_END(ID_HANDLER);
	(void)irq;
	(void)argument;
	timer_stop(TIMER_PHYSICAL);
	osSemaphoreRelease(semaphore);
}

/* A device's interrupt, at other moments of a tick each time. */
static void wait_for_device(u64 n)
{
	timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) +
			   timer_ns_to_ticks(100000 + n * 977));
	osSemaphoreAcquire(semaphore, osWaitForever);
}

static void measure_interrupts(void)
{
	if (rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT,
			    on_device, NULL) != osOK)
		panic("no timer");
	sleeps_for = ID_HANDLER;
	for (u64 n = 0; n < TIMES; n++)
		wait_for_device(n);
	sleeps_for = ID_IRQ_THREAD;
	for (u64 n = 0; n < TIMES; n++) {
		wait_for_device(n);
		BENCH_END(ID_IRQ_THREAD);
	}
}

static void on_software_timer(void *argument)
{
	BENCH_END(ID_CALLBACK);
	(void)argument;
	osSemaphoreRelease(semaphore);
}

static void measure_deadlines(void)
{
	osTimerId_t timer = osTimerNew(on_software_timer, osTimerOnce, NULL, NULL);

	sleeps_for = ID_CALLBACK;
	for (u64 n = 0; n < TIMES; n++) {
		osTimerStart(timer, 1);
		osSemaphoreAcquire(semaphore, osWaitForever);
	}
	sleeps_for = ID_TIMER_THREAD;
	for (u64 n = 0; n < TIMES; n++) {
		osTimerStart(timer, 1);
		osSemaphoreAcquire(semaphore, osWaitForever);
		BENCH_END(ID_TIMER_THREAD);
	}
	sleeps_for = ID_DELAY;
	for (u64 n = 0; n < TIMES; n++) {
		osDelay(1);
		BENCH_END(ID_DELAY);
	}
}

/* ==== From thread to thread ==== */

static osThreadId_t start(osThreadFunc_t func, osPriority_t priority)
{
	osThreadId_t thread = osThreadNew(func, NULL, &(osThreadAttr_t){
		.priority = priority,
		.affinity_mask = osThreadProcessor(0),
	});

	if (!thread)
		panic("no thread");
	return thread;
}

/* The one of two that yields ends what the other has begun. */
static void yields(void *unused)
{
	(void)unused;
	for (u64 n = 0; n < TIMES / 2; n++) {
		BENCH_BEGIN(ID_YIELD);
		osThreadYield();
		BENCH_END(ID_YIELD);
	}
	osSemaphoreRelease(ended);
	osThreadExit();
}

static void takes(void *unused)
{
	(void)unused;
	for (u64 n = 0; n < TIMES; n++) {
		osSemaphoreAcquire(semaphore, osWaitForever);
		BENCH_END(ID_SEMAPHORE);
	}
	osSemaphoreRelease(ended);
	osThreadExit();
}

static void gets(void *unused)
{
	u32 message;

	(void)unused;
	for (u64 n = 0; n < TIMES; n++) {
		osMessageQueueGet(queue, &message, NULL, osWaitForever);
		BENCH_END(ID_MESSAGE);
	}
	osSemaphoreRelease(ended);
	osThreadExit();
}

static void measure_switches(void)
{
	u32 message = 0;

	start(yields, MIDDLE);
	start(yields, MIDDLE);
	osSemaphoreAcquire(ended, osWaitForever);
	osSemaphoreAcquire(ended, osWaitForever);

	osThreadSetPriority(osThreadGetId(), LOW);
	start(takes, HIGH);
	for (u64 n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_SEMAPHORE);
		osSemaphoreRelease(semaphore);
	}
	start(gets, HIGH);
	for (u64 n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_MESSAGE);
		osMessageQueuePut(queue, &message, 0, 0);
	}
}

/* ==== In one thread ==== */

static void measure_calls(void)
{
	u32 message = 0;

	for (u64 n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_PUT_GET);
		osMessageQueuePut(queue, &message, 0, 0);
		osMessageQueueGet(queue, &message, NULL, 0);
		BENCH_END(ID_PUT_GET);
	}
	for (u64 n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_MUTEX);
		osMutexAcquire(mutex, osWaitForever);
		osMutexRelease(mutex);
		BENCH_END(ID_MUTEX);
	}
}

static void measure(void *unused)
{
	(void)unused;
	semaphore = osSemaphoreNew(1, 0, NULL);
	ended = osSemaphoreNew(2, 0, NULL);
	queue = osMessageQueueNew(4, sizeof(u32), NULL);
	mutex = osMutexNew(&(osMutexAttr_t){
		.attr_bits = osMutexPrioInherit | osMutexRobust,
	});
	if (!semaphore || !ended || !queue || !mutex)
		panic("no memory");
	measure_interrupts();
	measure_deadlines();
	measure_switches();
	measure_calls();
	printk("kernel-bench: done\n");
	inmate_exit();
}

int main(void)
{
	osKernelInitialize();
	start(measure, HIGH);
	start(sleeper, osPriorityIdle);
	return osKernelStart();
}
