/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_TIME_H
#define POSIX_TIME_H

/*
 * Clocks and sleeping. What waits for a time waits for the first tick of the
 * kernel at or after it; clock_getres() is a tick.
 */

#include <sys/types.h>

struct sigevent;

#ifdef __cplusplus
extern "C" {
#endif

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

struct itimerspec {
	struct timespec it_interval;
	struct timespec it_value;
};

/* Since 1970, as clock_settime() has set it; it begins at 0. */
#define CLOCK_REALTIME		0
/* Since the start of the program. */
#define CLOCK_MONOTONIC		1

/* Of clock_nanosleep() and timer_settime(). */
#define TIMER_ABSTIME		1

int clock_gettime(clockid_t clock, struct timespec *now);
int clock_getres(clockid_t clock, struct timespec *resolution);
int clock_settime(clockid_t clock, const struct timespec *now);

int nanosleep(const struct timespec *time, struct timespec *left);
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
		    struct timespec *left);

time_t time(time_t *now);

/*
 * SIGEV_THREAD calls the function in the kernel's thread of timers, of priority
 * rtos_config.timer_priority: other timers wait for it. SIGEV_NONE can be asked
 * with timer_gettime().
 */
int timer_create(clockid_t clock, struct sigevent *event, timer_t *timer);
int timer_delete(timer_t timer);
int timer_settime(timer_t timer, int flags, const struct itimerspec *to,
		  struct itimerspec *before);
int timer_gettime(timer_t timer, struct itimerspec *left);
int timer_getoverrun(timer_t timer);

#ifdef __cplusplus
}
#endif

#endif
