/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_H
#define RTOS_H

/*
 * What the kernel offers beside cmsis_os2.h: memory for static objects,
 * interrupt handlers, its configuration, and hooks. The program starts in
 * main(), on CPU 0 of the cell, like any CMSIS-RTOS2 program:
 *
 *	int main(void)
 *	{
 *		osKernelInitialize();
 *		osThreadNew(app_main, NULL, NULL);
 *		osKernelStart();
 *	}
 *
 * All of <inmate.h> may be used too, but for irq_init(), the virtual timer and
 * exception_set_hook(), which are the kernel's.
 */

#include <stdbool.h>

#include <cmsis_os2.h>

/* ==== Memory for static objects ==== */

/* Sizes of cb_mem, which must be aligned to 16 bytes. */
#define RTOS_THREAD_CB_SIZE		1536
#define RTOS_TIMER_CB_SIZE		128
#define RTOS_EVENT_FLAGS_CB_SIZE	64
#define RTOS_MUTEX_CB_SIZE		96
#define RTOS_SEMAPHORE_CB_SIZE		64
#define RTOS_MEMORY_POOL_CB_SIZE	96
#define RTOS_MESSAGE_QUEUE_CB_SIZE	160

/* static RTOS_CB(THREAD) control; ... .cb_mem = &control, .cb_size = sizeof(control) */
#define RTOS_CB(kind) \
	struct { _Alignas(16) uint8_t bytes[RTOS_##kind##_CB_SIZE]; }

/* Sizes of mp_mem and mq_mem, which must be aligned to 8 bytes. */
#define RTOS_MEMORY_POOL_SIZE(block_count, block_size) \
	((block_count) * (((block_size) + 7U) & ~7U))
#define RTOS_MESSAGE_OVERHEAD		64U
#define RTOS_MESSAGE_QUEUE_SIZE(msg_count, msg_size) \
	((msg_count) * (RTOS_MESSAGE_OVERHEAD + (((msg_size) + 7U) & ~7U)))

/*
 * A thread's stack with its guard page: the lowest page of stack_mem is taken
 * out of the map. Other stack_mem is good too, if it is aligned to 16 bytes and
 * has RTOS_STACK_MIN bytes: its lowest whole page becomes the guard if as much
 * is left above it, and otherwise its lowest bytes are looked at whenever the
 * thread stops running.
 */
#define RTOS_PAGE_SIZE			4096U
#define RTOS_STACK_MIN			2048U
#define RTOS_STACK_SIZE(size) \
	((((size) + RTOS_PAGE_SIZE - 1) & ~(RTOS_PAGE_SIZE - 1)) + RTOS_PAGE_SIZE)
#define RTOS_STACK(size) \
	struct { _Alignas(4096) uint8_t bytes[RTOS_STACK_SIZE(size)]; }

/* ==== Configuration: define rtos_config to replace the default ==== */

enum rtos_fault_policy {
	RTOS_FAULT_TERMINATE,	/* the thread ends, the rest goes on */
	RTOS_FAULT_FAIL,	/* the cell ends as failed */
};

/*
 * What calls software timers back: a thread, so that they may wait, or the timer
 * interrupt, as handlers. Only what rtos_config names is linked.
 */
struct rtos_timers;
extern const struct rtos_timers rtos_timer_thread, rtos_timer_irq;

/*
 * What needs the time that threads use counted, and is linked if rtos_config has
 * .accounting = RTOS_ACCOUNTING(.slice_ticks = 5), or one of the others, or both.
 */
struct rtos_accounting {
	uint32_t slice_ticks;	/* round robin within a priority; 0: none */
	/*
	 * A thread that has run for so many ticks without waiting is given to
	 * rtos_watchdog(); 0: none is.
	 */
	uint32_t watchdog_ticks;
	const struct rtos_accounting_calls *calls;
};
extern const struct rtos_accounting_calls rtos_accounting_calls;
#define RTOS_ACCOUNTING(...)						\
	(&(const struct rtos_accounting){ .calls = &rtos_accounting_calls, __VA_ARGS__ })

struct rtos_config {
	uint32_t tick_hz;	/* osKernelGetTickFreq() */
	uint32_t max_cpus;	/* 0: all CPUs of the cell */
	uint32_t stack_size;	/* where osThreadNew() is given none */
	void *timer_stack;	/* of the thread of all timers; NULL: of the heap */
	uint32_t timer_stack_size;
	osPriority_t timer_priority;
	const struct rtos_timers *timers;	/* NULL: osTimerNew() makes none */
	const struct rtos_accounting *accounting;	/* RTOS_ACCOUNTING(), or NULL */
	enum rtos_fault_policy fault_policy;
	bool measure_irqs_off;	/* see rtos_irqs_off_report() */
	void *heap;		/* of objects without cb_mem ..., 4 KiB aligned, or NULL */
	uint32_t heap_size;
};

/* Tick 1 kHz, slice 5, stacks of 8 KiB, timers at osPriorityHigh, heap 640 KiB. */
extern const struct rtos_config rtos_config;

/* Of a program's own one: tick 1 kHz, an array as heap. */
#define RTOS_CONFIG_LEAST(heap_array)					\
	.tick_hz = 1000,						\
	.heap = heap_array,						\
	.heap_size = sizeof(heap_array)

/* And a thread of 8 KiB for the timers. */
#define RTOS_CONFIG_USUAL(heap_array)					\
	RTOS_CONFIG_LEAST(heap_array),					\
	.timers = &rtos_timer_thread,					\
	.timer_stack_size = 8192

/* ==== Interrupts ==== */

/*
 * A handler runs on the CPU that the interrupt came to, with interrupts of
 * higher priority let through, on a stack of that CPU. It may use floating
 * point and what cmsis_os2.h marks with "ISR".
 */
typedef void (*rtos_irq_handler_t)(unsigned int irq, void *argument);

/*
 * From the most urgent to the least; steps of 16 preempt each other. (A cell's
 * priorities are half of the GIC's, and its last one never comes.)
 */
#define RTOS_IRQ_PRIORITY_HIGHEST	0x80
#define RTOS_IRQ_PRIORITY_DEFAULT	0xa0
#define RTOS_IRQ_PRIORITY_KERNEL	0xd0	/* timer and rescheduling */
#define RTOS_IRQ_PRIORITY_LOWEST	0xe0

/*
 * Attaches a handler and enables the interrupt: an SGI or PPI on the calling
 * CPU only, an SPI is routed to it. SGIs 0 and 1, and PPI 27, are the kernel's.
 * All CPUs share the handler of an SGI or PPI.
 * osErrorParameter, osErrorResource (has a handler), osErrorISR, osError (not
 * started).
 */
osStatus_t rtos_irq_attach(unsigned int irq, uint8_t priority,
			   rtos_irq_handler_t handler, void *argument);
osStatus_t rtos_irq_detach(unsigned int irq);

/* True in an interrupt handler. */
bool rtos_in_isr(void);

/* CPU of the cell that the caller runs on at this moment. */
unsigned int rtos_cpu(void);
unsigned int rtos_num_cpus(void);

/*
 * The console for threads. printk() masks interrupts for as long as the console
 * takes; this one lets everything of higher priority go on. In a handler it is
 * printk().
 */
void __attribute__((format(printf, 1, 2))) rtos_printf(const char *fmt, ...);

/*
 * The virtual counter's value at which a tick begins, within 2^31 ticks of now:
 * how late a thread is that osDelayUntil() woke.
 */
uint64_t rtos_tick_time(uint32_t tick);

/* ==== Measuring ==== */

/* False in librtos-up.a, where the next three find nothing. */
extern const bool rtos_measures;

/*
 * With measure_irqs_off: the longest time that each CPU had its interrupts
 * masked by the kernel, in counts of the system timer, and the place by name.
 */
struct rtos_irqs_off {
	uint64_t ticks;
	const char *place;
};

struct rtos_irqs_off rtos_irqs_off(unsigned int cpu);
void rtos_irqs_off_reset(void);
void rtos_irqs_off_report(void);	/* prints it */

/* ==== Faults and hooks ==== */

enum rtos_fault {
	RTOS_FAULT_STACK,	/* the guard page, or the mark at the stack's end */
	RTOS_FAULT_NULL,	/* access to the first page's unmapped part, or nothing mapped */
	RTOS_FAULT_ACCESS,	/* any other abort */
	RTOS_FAULT_DIVIDE,	/* division by zero, where the compiler traps it */
	RTOS_FAULT_CHECK,	/* another trap of the compiler: BRK */
	RTOS_FAULT_UNDEFINED,	/* instruction */
	RTOS_FAULT_WATCHDOG,	/* ran too long without waiting */
};

/*
 * Weak functions; a program may define its own. They are called with interrupts
 * masked and the kernel's lock held: of its calls, only osThreadGetName() may be
 * used there.
 * rtos_fault_hook: a thread has faulted, and was reported on the console; the
 * answer is what to do. Default: rtos_config.fault_policy.
 * rtos_watchdog: see watchdog_ticks. True: the thread goes on and gets another
 * watchdog_ticks. Default: false, which is RTOS_FAULT_WATCHDOG.
 */
enum rtos_fault_policy rtos_fault_hook(osThreadId_t thread, enum rtos_fault fault);
bool rtos_watchdog(osThreadId_t thread);

/*
 * Weak too, and a handler: root asks the cell to shut down. True: it ends at once.
 * False: the program ends by itself, which is the answer, or denies by
 * comm_poll(false); it is called again, several times a second, until then.
 * Default: true.
 */
bool rtos_shutdown_hook(void);

#endif
