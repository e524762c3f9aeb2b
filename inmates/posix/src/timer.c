// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Timers: one of the kernel each, started for one expiry at a time, as POSIX's
 * first one is apart from those that follow. Callbacks are made by the kernel's
 * thread of timers.
 */

#include <signal.h>

#include "posix.h"

#define MOST_OVERRUNS	0x7fffffff

/* The skin's lock is for all of them. */
struct posix_timer {
	struct posix_timer *next;
	osTimerId_t timer;
	clockid_t clock;
	bool absolute;
	struct sigevent event;
	u64 due;		/* 0: disarmed */
	u64 interval;
	int overrun;
};

static struct posix_timer *timers;

/* Its place in the list; that is NULL if there is no such timer. */
static struct posix_timer **find(timer_t timer)
{
	struct posix_timer **at = &timers;

	while (*at && *at != timer)
		at = &(*at)->next;
	return at;
}

static void start(struct posix_timer *timer)
{
	u32 ticks = ticks_left(timer->due);

	osTimerStart(timer->timer, ticks ? ticks : 1);
}

/* Has it expired? It goes on to the next time, past those that were missed. */
static bool expire(struct posix_timer *timer)
{
	u64 missed, now = now_ns();

	if (!timer->due)
		return false;
	if (!is_past(timer->due)) {
		/* further away than the kernel counts, or set anew */
		start(timer);
		return false;
	}
	if (!timer->interval) {
		timer->due = 0;
		return true;
	}
	missed = now > timer->due ? (now - timer->due) / timer->interval : 0;
	timer->overrun = missed < MOST_OVERRUNS ? (int)missed : MOST_OVERRUNS;
	timer->due += (missed + 1) * timer->interval;
	start(timer);
	return true;
}

static void expired(void *argument)
{
	struct posix_timer *timer;
	struct sigevent event = { 0 };

	posix_lock();
	/* it may be deleted by now */
	timer = *find(argument);
	if (timer && expire(timer))
		event = timer->event;
	posix_unlock();
	if (event.sigev_notify == SIGEV_THREAD)
		event.sigev_notify_function(event.sigev_value);
}

/* CLOCK_REALTIME has jumped. */
static void clock_set(s64 ahead)
{
	for (struct posix_timer *timer = timers; timer; timer = timer->next) {
		if (!timer->due || !timer->absolute || timer->clock != CLOCK_REALTIME)
			continue;
		/* 0 would be disarmed */
		timer->due = (s64)timer->due > ahead ? timer->due - (u64)ahead : 1;
		start(timer);
	}
}

static int check_event(const struct sigevent *event)
{
	if (!event || event->sigev_notify == SIGEV_SIGNAL)
		return ENOTSUP;
	if (event->sigev_notify == SIGEV_NONE)
		return 0;
	return event->sigev_notify == SIGEV_THREAD && event->sigev_notify_function ? 0 : EINVAL;
}

static struct posix_timer *timer_new(clockid_t clock, const struct sigevent *event)
{
	struct posix_timer *timer = rtos_alloc(sizeof(*timer));

	if (!timer)
		return NULL;
	*timer = (struct posix_timer){ .clock = clock, .event = *event };
	timer->timer = osTimerNew(expired, osTimerOnce, timer, NULL);
	if (timer->timer)
		return timer;
	rtos_free(timer, sizeof(*timer));
	return NULL;
}

int timer_create(clockid_t clock, struct sigevent *event, timer_t *created)
{
	struct posix_timer *timer;
	int error = check_event(event);

	if (!is_clock(clock))
		error = EINVAL;
	/* handlers cannot take our lock */
	if (!error && rtos_config.timers != &rtos_timer_thread)
		error = ENOTSUP;
	if (error)
		return answer(error);
	timer = timer_new(clock, event);
	if (!timer)
		return answer(EAGAIN);
	posix_lock();
	timer->next = timers;
	timers = timer;
	on_clock_set = clock_set;
	posix_unlock();
	*created = timer;
	return 0;
}

int timer_delete(timer_t timer)
{
	struct posix_timer **at;

	posix_lock();
	at = find(timer);
	if (!*at) {
		posix_unlock();
		return answer(EINVAL);
	}
	*at = timer->next;
	posix_unlock();
	osTimerDelete(timer->timer);
	rtos_free(timer, sizeof(*timer));
	return 0;
}

/* The skin's lock is held. */
static void get(const struct posix_timer *timer, struct itimerspec *left)
{
	u64 now = now_ns(), due = timer->due;

	/* one that is due and has not been called back yet is about to be */
	from_ns(!due ? 0 : due > now ? (s64)(due - now) : 1, &left->it_value);
	from_ns((s64)timer->interval, &left->it_interval);
}

int timer_gettime(timer_t timer, struct itimerspec *left)
{
	bool found;

	posix_lock();
	found = *find(timer);
	if (found)
		get(timer, left);
	posix_unlock();
	return answer(found ? 0 : EINVAL);
}

static bool disarms(const struct itimerspec *to)
{
	return !to->it_value.tv_sec && !to->it_value.tv_nsec;
}

static bool is_good(const struct itimerspec *to)
{
	/* without a first expiry the interval does not matter */
	return disarms(to) || (is_time(&to->it_value) && to->it_value.tv_sec >= 0 &&
			       is_time(&to->it_interval) && to->it_interval.tv_sec >= 0);
}

/* When it is to expire first; 0: never. */
static u64 first_expiry(const struct posix_timer *timer, int flags,
			const struct itimerspec *to)
{
	u64 due;

	if (disarms(to))
		return 0;
	if (flags & TIMER_ABSTIME)
		deadline_of(timer->clock, &to->it_value, &due);
	else
		due = now_ns() + (u64)to_ns(&to->it_value);
	return due ? due : 1;
}

/* The skin's lock is held. */
static void set(struct posix_timer *timer, int flags, const struct itimerspec *to)
{
	timer->overrun = 0;
	timer->absolute = flags & TIMER_ABSTIME;
	timer->due = first_expiry(timer, flags, to);
	timer->interval = timer->due ? (u64)to_ns(&to->it_interval) : 0;
	if (timer->due)
		start(timer);
	else
		osTimerStop(timer->timer);
}

int timer_settime(timer_t timer, int flags, const struct itimerspec *to,
		  struct itimerspec *before)
{
	bool found;

	if (!to || !is_good(to))
		return answer(EINVAL);
	posix_lock();
	found = *find(timer);
	if (found && before)
		get(timer, before);
	if (found)
		set(timer, flags, to);
	posix_unlock();
	return answer(found ? 0 : EINVAL);
}

int timer_getoverrun(timer_t timer)
{
	int overrun = -1;

	posix_lock();
	if (*find(timer))
		overrun = timer->overrun;
	posix_unlock();
	return overrun < 0 ? answer(EINVAL) : overrun;
}
