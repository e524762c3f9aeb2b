// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * CLOCK_MONOTONIC is the kernel's counter from its tick 0 on, so that whole
 * multiples of a tick are the beginnings of ticks, where threads can be woken.
 */

#include "posix.h"

#define NS_PER_SEC	1000000000LL

static u64 base;		/* the counter at time 0 */
/* The skin's lock is for what is set, and for who waits for that. */
static s64 real_offset;		/* CLOCK_REALTIME is ahead by that */
static struct rtos_cond real_set;
void (*on_clock_set)(s64 ahead);

void posix_init(void)
{
	base = rtos_tick_time(0);
}

bool is_clock(clockid_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

static s64 offset_of(clockid_t clock)
{
	return clock == CLOCK_REALTIME ? atomic_read(&real_offset) : 0;
}

bool is_time(const struct timespec *time)
{
	return time && time->tv_nsec >= 0 && time->tv_nsec < NS_PER_SEC;
}

/* Some centuries at most. */
s64 to_ns(const struct timespec *time)
{
	const time_t most = 0x7fffffffffffffffLL / NS_PER_SEC - 1;
	time_t sec = time->tv_sec;

	if (sec > most)
		sec = most;
	if (sec < -most)
		sec = -most;
	return sec * NS_PER_SEC + time->tv_nsec;
}

void from_ns(s64 ns, struct timespec *time)
{
	time->tv_sec = ns / NS_PER_SEC;
	time->tv_nsec = ns % NS_PER_SEC;
}

static u64 counter_at(u64 ns)
{
	u64 counts = timer_ns_to_ticks(ns);

	if (timer_ticks_to_ns(counts) < ns)
		counts++;
	return base + counts;
}

u64 now_ns(void)
{
	return timer_ticks_to_ns(timer_get_ticks() - base);
}

bool deadline_of(clockid_t clock, const struct timespec *until, u64 *deadline)
{
	s64 ns;

	if (!is_clock(clock) || !is_time(until))
		return false;
	ns = to_ns(until) - offset_of(clock);
	*deadline = ns > 0 ? (u64)ns : 0;
	return true;
}

bool is_past(u64 deadline)
{
	return deadline != NEVER && timer_get_ticks() >= counter_at(deadline);
}

/* From the beginning of a tick on, at most @most; 0: it has come meanwhile. */
static u32 ticks_from(u32 tick, u64 deadline, u32 most)
{
	u64 counts = timer_get_frequency() / osKernelGetTickFreq();
	u64 from = rtos_tick_time(tick), until = counter_at(deadline), left;

	if (until <= from)
		return 0;
	left = (until - from + counts - 1) / counts;
	return left < most ? (u32)left : most;
}

u32 ticks_left(u64 deadline)
{
	if (deadline == NEVER)
		return osWaitForever;
	if (is_past(deadline))
		return 0;
	return ticks_from(osKernelGetTickCount(), deadline, osWaitForever - 1);
}

int sleep_until(u64 deadline)
{
	osStatus_t status = osOK;

	while (!is_past(deadline) && !is_cancelled() &&
	       (status == osOK || status == osErrorParameter)) {
		u32 tick = osKernelGetTickCount();

		/* a parameter error: the tick has come meanwhile */
		status = osDelayUntil(tick + ticks_from(tick, deadline, 0x7fffffff));
	}
	return is_past(deadline) ? 0 : EPERM;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!is_clock(clock))
		return answer(EINVAL);
	from_ns((s64)now_ns() + offset_of(clock), now);
	return 0;
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
	if (!is_clock(clock))
		return answer(EINVAL);
	if (resolution)
		from_ns(NS_PER_SEC / osKernelGetTickFreq(), resolution);
	return 0;
}

int clock_settime(clockid_t clock, const struct timespec *now)
{
	s64 before, offset;

	if (clock != CLOCK_REALTIME || !is_time(now) || now->tv_sec < 0)
		return answer(EINVAL);
	posix_lock();
	before = real_offset;
	offset = to_ns(now) - (s64)now_ns();
	atomic_set(&real_offset, offset);
	if (on_clock_set)
		on_clock_set(offset - before);
	rtos_cond_broadcast(&real_set);
	posix_unlock();
	return 0;
}

time_t time(time_t *now)
{
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	if (now)
		*now = real.tv_sec;
	return real.tv_sec;
}

/* As sleep_until(); the clock may be set meanwhile. */
static int sleep_until_real(const struct timespec *time)
{
	osStatus_t status = osOK;
	u64 deadline;

	do {
		posix_lock();
		deadline_of(CLOCK_REALTIME, time, &deadline);
		if (is_past(deadline) || is_cancelled())
			posix_unlock();
		else
			status = posix_unlock_and_wait(&real_set, ticks_left(deadline));
	} while (!is_past(deadline) && !is_cancelled() &&
		 (status == osOK || status == osErrorTimeout) &&
		 osKernelGetState() == osKernelRunning);
	return is_past(deadline) ? 0 : EPERM;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
		    struct timespec *left)
{
	u64 deadline;
	int error;

	(void)left;
	if (!is_clock(clock) || !is_time(time))
		return EINVAL;
	if (flags & TIMER_ABSTIME) {
		deadline_of(clock, time, &deadline);
	} else {
		if (time->tv_sec < 0)
			return EINVAL;
		deadline = now_ns() + (u64)to_ns(time);
	}
	cancel_begin();
	if (clock == CLOCK_REALTIME && flags & TIMER_ABSTIME)
		error = sleep_until_real(time);
	else
		error = sleep_until(deadline);
	if (cancel_end(error))
		cancel_now();
	return error;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	return answer(clock_nanosleep(CLOCK_MONOTONIC, 0, time, left));
}
