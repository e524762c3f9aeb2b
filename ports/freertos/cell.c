// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#include "FreeRTOS.h"
#include "task.h"
#include "cell.h"

#define PRIORITY_SHIFT		4	/* 16 priorities in 8 bits */
#define TICK_PRIORITY		14	/* the port insists on the lowest but one */
#define MAX_SLEEP		100	/* ticks */

static void (*handlers[GIC_INTIDS])(void);
static u64 next_tick;
static struct cellblock_pv_cpu *pv;	/* NULL: the CPU is not shared */
static bool short_idle;			/* too short for cell_sleep() */

static u64 tick_period(void)
{
	return timer_get_frequency() / configTICK_RATE_HZ;
}

/* The vectors of FreeRTOS are in place before an interrupt can come. */
static void not_ours(unsigned int irq)
{
	panic("interrupt %u before the scheduler was started", irq);
}

/* With interrupts masked, when the scheduler starts. */
void cell_setup_tick(void)
{
	cell_irq_install(TIMER_IRQ, TICK_PRIORITY, FreeRTOS_Tick_Handler);
	pv = pv_find();
	next_tick = timer_get_ticks() + tick_period();
	timer_set_deadline(TIMER_VIRTUAL, next_tick);
}

/* From the last deadline on, so that no time gets lost. */
void cell_clear_tick(void)
{
	next_tick += tick_period();
	timer_set_deadline(TIMER_VIRTUAL, next_tick);
}

/* Ticks that are over but for the one whose interrupt waits. */
static TickType_t ticks_slept(TickType_t most)
{
	u64 now = timer_get_ticks();
	TickType_t slept = now > next_tick ? (now - next_tick) / tick_period() : 0;

	return slept < most ? slept : most;
}

static void pass_deadline(u64 deadline, u16 mode)
{
	pv_sched_pass_param(pv, &(struct cellblock_pv_param) {
		.deadline = deadline,
		.scheduler = CELLBLOCK_PV_SCHED_FIXED,
		.mode = mode,
	});
}

/*
 * With the scheduler suspended. On a shared CPU ticks wait for the deadline, elsewhere
 * the first one ends it; the timer stays as it is.
 */
void cell_sleep(TickType_t ticks)
{
	TickType_t most = (ticks < MAX_SLEEP ? ticks : MAX_SLEEP) - 1, slept;

	disable_irqs();
	if (eTaskConfirmSleepModeStatus() != eAbortSleep) {
		short_idle = false;
		pass_deadline(next_tick + most * tick_period(), CELLBLOCK_PV_MODE_IDLE);
		pv_sched_yield(pv, 0);
		pass_deadline(0, CELLBLOCK_PV_MODE_NORMAL);
		slept = ticks_slept(most);
		next_tick += slept * tick_period();
		vTaskStepTick(slept);
	}
	enable_irqs();
}

void cell_irq_install(unsigned int intid, unsigned int priority, void (*handler)(void))
{
	u64 daif = read_sysreg(daif);

	disable_irqs();
	handlers[intid] = handler;
	/* this gives it a priority, too: interrupts are masked until it is right */
	irq_enable(intid);
	irq_set_priority(intid, (u8)(priority << PRIORITY_SHIFT));
	write_sysreg(daif, daif);
}

/* In call.S */
void cell_call_saving_fp(void (*handler)(void));

/* Called by FreeRTOS_IRQ_Handler with what it read from ICC_IAR1_EL1, or GICC_IAR. */
void vApplicationIRQHandler(uint32_t acknowledged);
void vApplicationIRQHandler(uint32_t acknowledged)
{
	unsigned int intid = gic_intid(acknowledged);

	if (intid >= GIC_INTIDS)
		return;
	if (!handlers[intid])
		panic("interrupt %u has no handler", intid);
	if (handlers[intid] == FreeRTOS_Tick_Handler)
		FreeRTOS_Tick_Handler();
	else
		cell_call_saving_fp(handlers[intid]);
}

void cell_assert(const char *file, int line)
{
	panic("assertion failed: %s:%d", file, line);
}

/* Hooks of FreeRTOS */

/* Messages are answered whatever the tasks do, and within MAX_SLEEP ticks if none does. */
void vApplicationTickHook(void)
{
	if (comm_poll(true))
		inmate_exit();
}

/* Functions of timers are the application's, and run in this task. */
void vApplicationDaemonTaskStartupHook(void)
{
	portTASK_USES_FLOATING_POINT();
}

void vApplicationIdleHook(void)
{
	if (short_idle)
		wait_for_interrupt();
	/* until cell_sleep() is called in between */
	short_idle = !short_idle;
}

void vApplicationMallocFailedHook(void)
{
	panic("the heap of FreeRTOS is full: enlarge configTOTAL_HEAP_SIZE");
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
	(void)task;
	panic("stack overflow of task %s", name);
}

void inmate_main(void)
{
	irq_init(not_ours);
	main();
}
