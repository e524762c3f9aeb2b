/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_TEST_EXPECT_H
#define POSIX_TEST_EXPECT_H

/* What the tests share. */

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <inmate/test.h>
#include <rtos.h>

/* A call that says -1 and sets errno. */
#define EXPECT_ERRNO(call, error) do {					\
	errno = 0;							\
	EXPECT_EQ(call, -1);						\
	EXPECT_EQ(errno, error);					\
} while (0)

static inline struct timespec spec(s64 ns)
{
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static inline s64 ns_of(const struct timespec *time)
{
	return time->tv_sec * 1000000000LL + time->tv_nsec;
}

static inline s64 now_ns(clockid_t clock)
{
	struct timespec time;

	EXPECT_EQ(clock_gettime(clock, &time), 0);
	return ns_of(&time);
}

static inline struct timespec in_ms(clockid_t clock, int ms)
{
	return spec(now_ns(clock) + ms * 1000000LL);
}

static inline void sleep_ms(int ms)
{
	struct timespec time = spec(ms * 1000000LL);

	EXPECT_EQ(nanosleep(&time, NULL), 0);
}

static inline pthread_t start(void *(*func)(void *), void *argument)
{
	pthread_t thread = NULL;

	EXPECT_EQ(pthread_create(&thread, NULL, func, argument), 0);
	return thread;
}

static inline pthread_t start_at(int priority, void *(*func)(void *), void *argument)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_attr_t attr;
	pthread_t thread = NULL;

	pthread_attr_init(&attr);
	EXPECT_EQ(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
	EXPECT_EQ(pthread_attr_setschedparam(&attr, &param), 0);
	EXPECT_EQ(pthread_attr_setschedpolicy(&attr, SCHED_FIFO), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, func, argument), 0);
	return thread;
}

static inline void wait_until_blocked(pthread_t thread)
{
	for (int n = 0; n < 30000 && osThreadGetState(thread) != osThreadBlocked; n++)
		sleep_ms(1);
	EXPECT_EQ(osThreadGetState(thread), osThreadBlocked);
}

/* It waits for something. */
static inline pthread_t start_blocked(void *(*func)(void *), void *argument)
{
	pthread_t thread = start(func, argument);

	wait_until_blocked(thread);
	return thread;
}

/* Its result. */
static inline s64 join(pthread_t thread)
{
	void *result = NULL;

	EXPECT_EQ(pthread_join(thread, &result), 0);
	return (s64)result;
}

#endif
