// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Mutexes and condition variables: what each call answers, who goes on when. */

#include "expect.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int shared, woken;

/* What a helper does with the mutex: calls that answer in the result. */
static void *try_it(void *argument)
{
	(void)argument;
	return (void *)(s64)pthread_mutex_trylock(&mutex);
}

static void *unlock_it(void *argument)
{
	(void)argument;
	return (void *)(s64)pthread_mutex_unlock(&mutex);
}

static void *lock_it(void *argument)
{
	(void)argument;
	return (void *)(s64)pthread_mutex_lock(&mutex);
}

static void *lock_it_for_a_while(void *argument)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 3);

	(void)argument;
	return (void *)(s64)pthread_mutex_timedlock(&mutex, &until);
}

static s64 helper(void *(*func)(void *))
{
	return join(start(func, NULL));
}

static int make(int type, int robust)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	pthread_mutexattr_setrobust(&attr, robust);
	return pthread_mutex_init(&mutex, &attr);
}

static void static_one_needs_no_init(void)
{
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(helper(try_it), EBUSY);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), EINVAL);
}

static void attributes_are_checked(void)
{
	pthread_mutexattr_t attr;
	int value;

	EXPECT_EQ(pthread_mutexattr_init(&attr), 0);
	EXPECT_EQ(pthread_mutexattr_gettype(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_MUTEX_DEFAULT);
	EXPECT_EQ(pthread_mutexattr_settype(&attr, 3), EINVAL);
	EXPECT_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK), 0);
	EXPECT_EQ(pthread_mutexattr_setrobust(&attr, 2), EINVAL);
	EXPECT_EQ(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), 0);
	EXPECT_EQ(pthread_mutexattr_getrobust(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_MUTEX_ROBUST);
	EXPECT_EQ(pthread_mutexattr_setprotocol(&attr, 3), EINVAL);
	EXPECT_EQ(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), 0);
	EXPECT_EQ(pthread_mutexattr_getprotocol(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_PRIO_INHERIT);
	EXPECT_EQ(pthread_mutexattr_destroy(&attr), 0);
}

/* What becomes of the attributes later is nothing to the object. */
static void attributes_are_copied(void)
{
	pthread_mutexattr_t attr;
	pthread_condattr_t cond_attr;
	struct timespec until;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	EXPECT_EQ(pthread_mutex_init(&mutex, &attr), 0);
	EXPECT_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_NORMAL), 0);
	EXPECT_EQ(pthread_mutexattr_destroy(&attr), 0);
	EXPECT_EQ(pthread_mutexattr_init(&attr), 0);
	pthread_condattr_init(&cond_attr);
	pthread_condattr_setclock(&cond_attr, CLOCK_MONOTONIC);
	EXPECT_EQ(pthread_cond_init(&cond, &cond_attr), 0);
	EXPECT_EQ(pthread_condattr_setclock(&cond_attr, CLOCK_REALTIME), 0);
	EXPECT_EQ(pthread_condattr_destroy(&cond_attr), 0);
	EXPECT_EQ(pthread_condattr_init(&cond_attr), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	/* by CLOCK_REALTIME it would be past */
	until = (struct timespec){ .tv_sec = 1000000 };
	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &until), 0);
	until = in_ms(CLOCK_MONOTONIC, 5);
	EXPECT_EQ(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
	EXPECT(now_ns(CLOCK_MONOTONIC) >= ns_of(&until));
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(pthread_cond_destroy(&cond), 0);
}

static void normal(void)
{
	struct timespec until;

	EXPECT_EQ(pthread_mutex_init(&mutex, NULL), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	until = in_ms(CLOCK_REALTIME, 2);
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &until), ETIMEDOUT);
	EXPECT_EQ(helper(unlock_it), EPERM);
	EXPECT_EQ(helper(lock_it_for_a_while), ETIMEDOUT);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), EBUSY);
	EXPECT_EQ(pthread_mutex_consistent(&mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	until.tv_nsec = 1000000000;
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &until), EINVAL);
	EXPECT_EQ(pthread_mutex_clocklock(&mutex, 9, &until), EINVAL);
	until = (struct timespec){ 0 };
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &until), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void errorcheck(void)
{
	EXPECT_EQ(make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), EDEADLK);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	EXPECT_EQ(helper(unlock_it), EPERM);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void recursive(void)
{
	EXPECT_EQ(make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), 0);
	EXPECT_EQ(pthread_cond_wait(&cond, &mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(helper(try_it), EBUSY);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
	EXPECT_EQ(helper(try_it), 0);
	/* its owner has ended, and it is not robust */
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
}

static void robust(void)
{
	EXPECT_EQ(make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST), 0);
	EXPECT_EQ(helper(lock_it), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), EOWNERDEAD);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	EXPECT_EQ(pthread_mutex_consistent(&mutex), 0);
	EXPECT_EQ(pthread_mutex_consistent(&mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	/* and again, not made consistent */
	EXPECT_EQ(helper(lock_it), 0);
	EXPECT_EQ(helper(lock_it), EOWNERDEAD);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EOWNERDEAD);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), ENOTRECOVERABLE);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), ENOTRECOVERABLE);
	EXPECT_EQ(helper(lock_it), ENOTRECOVERABLE);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ROBUST), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

/* Who waits while the owner ends is told, too. */
static void robust_wakes_who_waits(void)
{
	pthread_t thread;
	void *result;

	EXPECT_EQ(make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ROBUST), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_create(&thread, NULL, lock_it, NULL), 0);
	while (osThreadGetState(thread) != osThreadBlocked)
		sleep_ms(1);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), EOWNERDEAD);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ(result, 0);
	EXPECT_EQ(pthread_mutex_consistent(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void *count_up(void *argument)
{
	(void)argument;
	for (int n = 0; n < 1000; n++) {
		int before;

		pthread_mutex_lock(&mutex);
		before = *(volatile int *)&shared;
		if (n % 16 == 0)
			sched_yield();
		*(volatile int *)&shared = before + 1;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void only_one_is_inside(void)
{
	pthread_t threads[4];

	shared = 0;
	EXPECT_EQ(pthread_mutex_init(&mutex, NULL), 0);
	for (int n = 0; n < 4; n++)
		EXPECT_EQ(pthread_create(&threads[n], NULL, count_up, NULL), 0);
	for (int n = 0; n < 4; n++)
		EXPECT_EQ(pthread_join(threads[n], NULL), 0);
	EXPECT_EQ(shared, 4000);
}

static void *wait_for_one(void *argument)
{
	(void)argument;
	pthread_mutex_lock(&mutex);
	while (!shared)
		pthread_cond_wait(&cond, &mutex);
	shared--;
	woken++;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static int so_many_are_woken(void)
{
	int count;

	pthread_mutex_lock(&mutex);
	count = woken;
	pthread_mutex_unlock(&mutex);
	return count;
}

static void signals_and_broadcasts(void)
{
	pthread_t threads[3];

	shared = 0;
	woken = 0;
	for (int n = 0; n < 3; n++)
		EXPECT_EQ(pthread_create(&threads[n], NULL, wait_for_one, NULL), 0);
	for (int n = 0; n < 3; n++)
		while (osThreadGetState(threads[n]) != osThreadBlocked)
			sleep_ms(1);
	EXPECT_EQ(so_many_are_woken(), 0);
	EXPECT_EQ(pthread_cond_destroy(&cond), EBUSY);
	pthread_mutex_lock(&mutex);
	shared = 1;
	EXPECT_EQ(pthread_cond_signal(&cond), 0);
	pthread_mutex_unlock(&mutex);
	while (so_many_are_woken() < 1)
		sleep_ms(1);
	pthread_mutex_lock(&mutex);
	shared = 2;
	EXPECT_EQ(pthread_cond_broadcast(&cond), 0);
	pthread_mutex_unlock(&mutex);
	for (int n = 0; n < 3; n++)
		EXPECT_EQ(pthread_join(threads[n], NULL), 0);
	EXPECT_EQ(so_many_are_woken(), 3);
	EXPECT_EQ(pthread_cond_signal(&cond), 0);
	EXPECT_EQ(pthread_cond_destroy(&cond), 0);
}

static void condition_waits_time_out(void)
{
	pthread_condattr_t attr;
	struct timespec until, now;
	clockid_t clock;

	EXPECT_EQ(pthread_condattr_init(&attr), 0);
	EXPECT_EQ(pthread_condattr_getclock(&attr, &clock), 0);
	EXPECT_EQ(clock, CLOCK_REALTIME);
	EXPECT_EQ(pthread_condattr_setclock(&attr, 7), EINVAL);
	EXPECT_EQ(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
	EXPECT_EQ(pthread_cond_init(&cond, &attr), 0);
	EXPECT_EQ(pthread_condattr_destroy(&attr), 0);
	/* CLOCK_REALTIME is far from CLOCK_MONOTONIC */
	now = (struct timespec){ .tv_sec = 1000000 };
	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &now), 0);

	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	until = in_ms(CLOCK_MONOTONIC, 5);
	EXPECT_EQ(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &now);
	EXPECT(now.tv_sec > until.tv_sec ||
	       (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec));
	EXPECT_EQ(helper(try_it), EBUSY);
	EXPECT_EQ(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
	until = in_ms(CLOCK_REALTIME, 5);
	EXPECT_EQ(pthread_cond_clockwait(&cond, &mutex, CLOCK_REALTIME, &until), ETIMEDOUT);
	until.tv_nsec = -1;
	EXPECT_EQ(pthread_cond_timedwait(&cond, &mutex, &until), EINVAL);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_cond_wait(&cond, &mutex), EPERM);
	EXPECT_EQ(pthread_cond_destroy(&cond), 0);
}

static const struct test tests[] = {
	TEST(static_one_needs_no_init),
	TEST(attributes_are_checked),
	TEST(attributes_are_copied),
	TEST(normal),
	TEST(errorcheck),
	TEST(recursive),
	TEST(robust),
	TEST(robust_wakes_who_waits),
	TEST(only_one_is_inside),
	TEST(signals_and_broadcasts),
	TEST(condition_waits_time_out),
};

int main(void)
{
	TEST_RUN("posix-sync", tests);
}
