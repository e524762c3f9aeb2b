// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Software timers. The interrupt moves a timer that is due to a list; a thread
 * calls what is in that list, so callbacks are threads' code: they may wait,
 * but then the other timers wait for them. Or the interrupt calls them itself,
 * and there is no such thread. rtos_config.timers says which, and only that is
 * linked.
 */

#include "kernel.h"

struct timer {
	struct object object;
	struct deadline deadline;
	osTimerFunc_t func;
	void *argument;
	u32 ticks;
	bool periodic;
	u32 due;		/* calls that have not been made yet */
	struct list expired;
};

_Static_assert(sizeof(struct timer) <= RTOS_TIMER_CB_SIZE, "rtos.h");

static struct list expired_timers;
static struct wait_queue timer_thread_wait;

static struct {
	_Alignas(16) u8 bytes[RTOS_THREAD_CB_SIZE];
} timer_thread;

/* The call that is being made. */
static struct {
	const struct timer *timer;	/* NULL: none; it may be deleted by now */
	u32 number;
} call;

static inline void set_again(struct timer *timer)
{
	if (timer->periodic)
		deadline_set(&timer->deadline, timer->deadline.node.key + timer->ticks);
}

/* ==== In the interrupt ==== */

static void expired_in_irq(struct deadline *deadline)
{
	struct timer *timer = container_of(deadline, struct timer, deadline);
	struct cpu *cpu = deadline->cpu;

	cpu->callback.func = timer->func;
	cpu->callback.argument = timer->argument;
	cpu->callback.timer = timer;
	set_again(timer);
}

void timer_call_back(struct cpu *cpu)
{
	cpu->callback.func(cpu->callback.argument);
	/* what it used may go away now, see unlock_after_call() */
	atomic_set(&cpu->callback.timer, NULL);
}

const struct rtos_timers rtos_timer_irq = { .expired = expired_in_irq };

/* ==== By a thread ==== */

static void expired_for_thread(struct deadline *deadline)
{
	struct timer *timer = container_of(deadline, struct timer, deadline);

	set_again(timer);
	if (!timer->due++)
		list_add_tail(&expired_timers, &timer->expired);
	wait_wake_first(&timer_thread_wait, (u32)osOK);
}

/* Locked: the next call that is to be made. The one before it has ended. */
static bool next_call(osTimerFunc_t *func, void **argument)
{
	struct timer *timer;

	call.timer = NULL;
	call.number++;
	if (list_empty(&expired_timers))
		return false;
	timer = container_of(expired_timers.next, struct timer, expired);
	list_remove(&timer->expired);
	if (--timer->due)
		list_add_tail(&expired_timers, &timer->expired);
	call.timer = timer;
	*func = timer->func;
	*argument = timer->argument;
	return true;
}

static void FOR_SIZE timer_main(void *unused)
{
	osTimerFunc_t func;
	void *argument;
	u64 flags;

	(void)unused;
	for (;;) {
		flags = kernel_lock();
		if (next_call(&func, &argument)) {
			kernel_unlock(flags);
			func(argument);
		} else {
			wait_for_and_unlock(&timer_thread_wait, osWaitForever,
					    flags);
		}
	}
}

static bool FOR_SIZE thread_start(void)
{
	const osThreadAttr_t attr = {
		.name = "timers",
		.cb_mem = &timer_thread,
		.cb_size = sizeof(timer_thread),
		.stack_mem = rtos_config.timer_stack,
		.stack_size = rtos_config.timer_stack_size,
		.priority = rtos_config.timer_priority,
	};
	osThreadId_t thread;

	list_init(&expired_timers);
	wait_queue_init(&timer_thread_wait);
	thread = osThreadNew(timer_main, NULL, &attr);
	if (thread)
		thread_hide(thread);
	return thread;
}

const struct rtos_timers rtos_timer_thread = {
	.start = thread_start,
	.expired = expired_for_thread,
};

/* ==== The calls ==== */

osTimerId_t FOR_SIZE osTimerNew(osTimerFunc_t func, osTimerType_t type, void *argument,
				const osTimerAttr_t *attr)
{
	struct timer *timer;

	if (!func || !rtos_config.timers ||
	    (type != osTimerOnce && type != osTimerPeriodic))
		return NULL;
	timer = object_new(attr, RTOS_TIMER_CB_SIZE);
	if (!timer)
		return NULL;
	timer->deadline.expired = rtos_config.timers->expired;
	timer->func = func;
	timer->argument = argument;
	timer->periodic = type == osTimerPeriodic;
	list_init(&timer->expired);
	atomic_set(&timer->object.kind, OBJECT_TIMER);
	return timer;
}

const char *osTimerGetName(osTimerId_t timer_id)
{
	return object_name(timer_id, OBJECT_TIMER);
}

/* Locked. Calls that are due are not made either. */
static void stop_timer(struct timer *timer)
{
	deadline_cancel(&timer->deadline);
	list_remove(&timer->expired);
	timer->due = 0;
}

/* Locked: one CPU alone would go on with it and not with the calling thread. */
static bool is_called(const struct timer *timer)
{
	const struct thread *thread = (const void *)&timer_thread;

	for (unsigned int n = 0; SMP && n < num_cpus(); n++)
		if (kernel.cpus[n].callback.timer == timer)
			return true;
	return call.timer == timer &&
	       thread->state != osThreadBlocked &&
	       thread->priority > this_thread()->priority &&
	       kernel.locker != this_thread();
}

/*
 * Does what kernel_unlock(flags) does. A call that another CPU has begun ends,
 * or waits for something, before this returns: what it uses may go away then,
 * as on one CPU.
 */
static void unlock_after_call(const struct timer *timer, u64 flags)
{
	u32 number = call.number;

	while (call.number == number && is_called(timer)) {
		kernel_unlock(flags);
		cpu_relax();
		flags = kernel_lock();
	}
	kernel_unlock(flags);
}

osStatus_t FOR_SIZE osTimerStart(osTimerId_t timer_id, uint32_t ticks)
{
	osStatus_t status = osErrorParameter;
	u64 flags;
	struct timer *timer = call_begin(timer_id, OBJECT_TIMER, &flags);

	if (!timer)
		return (osStatus_t)flags;
	if (ticks) {
		stop_timer(timer);
		timer->ticks = ticks;
		deadline_set(&timer->deadline, time_now() + ticks);
		status = osOK;
	}
	return call_end(flags, status);
}

osStatus_t osTimerStop(osTimerId_t timer_id)
{
	osStatus_t status = osOK;
	u64 flags;
	struct timer *timer = call_begin(timer_id, OBJECT_TIMER, &flags);

	if (!timer)
		return (osStatus_t)flags;
	if (!heap_has(&timer->deadline.node))
		status = osErrorResource;
	else
		stop_timer(timer);
	unlock_after_call(timer, flags);
	return status;
}

uint32_t osTimerIsRunning(osTimerId_t timer_id)
{
	const struct timer *timer = object_get(timer_id, OBJECT_TIMER);

	return timer && !refused_in_isr() && heap_has(&timer->deadline.node);
}

osStatus_t osTimerDelete(osTimerId_t timer_id)
{
	u64 flags;
	struct timer *timer = call_begin(timer_id, OBJECT_TIMER, &flags);

	if (!timer)
		return (osStatus_t)flags;
	stop_timer(timer);
	object_free(&timer->object);
	unlock_after_call(timer, flags);
	return osOK;
}
