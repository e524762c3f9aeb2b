// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Priorities: of threads, by ceilings, by inheritance. */

#include <semaphore.h>

#include "expect.h"

static pthread_mutex_t mutex, second;

static int my_priority(void)
{
	return osThreadGetPriority(osThreadGetId());
}

static void make(pthread_mutex_t *made, int protocol, int ceiling)
{
	pthread_mutexattr_t attr;

	EXPECT_EQ(pthread_mutexattr_init(&attr), 0);
	EXPECT_EQ(pthread_mutexattr_setprotocol(&attr, protocol), 0);
	EXPECT_EQ(pthread_mutexattr_setprioceiling(&attr, ceiling), 0);
	EXPECT_EQ(pthread_mutexattr_getprioceiling(&attr, &ceiling), 0);
	EXPECT_EQ(pthread_mutex_init(made, &attr), 0);
}

static void *wait_for_mutex(void *argument)
{
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	return argument;
}

static void owners_inherit(void)
{
	pthread_t thread;

	make(&mutex, PTHREAD_PRIO_INHERIT, 40);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	thread = start_at(33, wait_for_mutex, NULL);
	while (my_priority() != 33)
		sleep_ms(1);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(join(thread), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void *want_both(void *argument)
{
	EXPECT_EQ(pthread_mutex_lock(&second), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&second), 0);
	return argument;
}

static void *want_second(void *argument)
{
	EXPECT_EQ(pthread_mutex_lock(&second), 0);
	EXPECT_EQ(pthread_mutex_unlock(&second), 0);
	return argument;
}

static void they_inherit_along_a_chain(void)
{
	pthread_t middle, high;

	make(&mutex, PTHREAD_PRIO_INHERIT, 40);
	make(&second, PTHREAD_PRIO_INHERIT, 40);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	middle = start_at(26, want_both, NULL);
	wait_until_blocked(middle);
	EXPECT_EQ(my_priority(), 26);
	high = start_at(35, want_second, NULL);
	wait_until_blocked(high);
	EXPECT_EQ(osThreadGetPriority(middle), 35);
	EXPECT_EQ(my_priority(), 35);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(join(middle), 0);
	EXPECT_EQ(join(high), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&second), 0);
}

static void *wait_in_vain(void *argument)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 20);

	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &until), ETIMEDOUT);
	return argument;
}

static void who_gives_up_is_not_inherited_from(void)
{
	pthread_t thread;

	make(&mutex, PTHREAD_PRIO_INHERIT, 40);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	thread = start_at(33, wait_in_vain, NULL);
	EXPECT_EQ(join(thread), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

/* The highest of what each protocol gives; none gives nothing. */
static void protocols_mix(void)
{
	pthread_mutex_t plain;
	pthread_t thread;

	make(&plain, PTHREAD_PRIO_NONE, 40);
	make(&mutex, PTHREAD_PRIO_INHERIT, 40);
	make(&second, PTHREAD_PRIO_PROTECT, 30);
	EXPECT_EQ(pthread_mutex_lock(&plain), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&second), 0);
	EXPECT_EQ(my_priority(), 30);
	thread = start_at(33, wait_for_mutex, NULL);
	wait_until_blocked(thread);
	EXPECT_EQ(my_priority(), 33);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(my_priority(), 30);
	EXPECT_EQ(pthread_mutex_unlock(&second), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(join(thread), 0);
	EXPECT_EQ(pthread_mutex_unlock(&plain), 0);
	EXPECT_EQ(pthread_mutex_destroy(&plain), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&second), 0);
}

static void owners_have_the_ceiling(void)
{
	struct sched_param param;
	int ceiling, policy;

	make(&mutex, PTHREAD_PRIO_PROTECT, 40);
	make(&second, PTHREAD_PRIO_PROTECT, 30);
	EXPECT_EQ(pthread_mutex_lock(&second), 0);
	EXPECT_EQ(my_priority(), 30);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(my_priority(), 40);
	/* what was set is not what a ceiling makes of it */
	EXPECT_EQ(pthread_getschedparam(pthread_self(), &policy, &param), 0);
	EXPECT_EQ(param.sched_priority, 24);
	/* in whatever order */
	EXPECT_EQ(pthread_mutex_unlock(&second), 0);
	EXPECT_EQ(my_priority(), 40);
	EXPECT_EQ(pthread_mutex_trylock(&second), 0);
	EXPECT_EQ(pthread_setschedprio(pthread_self(), 28), 0);
	EXPECT_EQ(my_priority(), 40);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(my_priority(), 30);
	EXPECT_EQ(pthread_mutex_unlock(&second), 0);
	EXPECT_EQ(my_priority(), 28);
	/* not for those above it */
	EXPECT_EQ(pthread_setschedprio(pthread_self(), 31), 0);
	EXPECT_EQ(pthread_mutex_lock(&second), EINVAL);
	EXPECT_EQ(pthread_mutex_trylock(&second), EINVAL);
	EXPECT_EQ(my_priority(), 31);
	EXPECT_EQ(pthread_setschedprio(pthread_self(), 24), 0);
	EXPECT_EQ(pthread_mutex_getprioceiling(&mutex, &ceiling), 0);
	EXPECT_EQ(ceiling, 40);
	EXPECT_EQ(pthread_mutex_setprioceiling(&mutex, 45, &ceiling), 0);
	EXPECT_EQ(ceiling, 40);
	EXPECT_EQ(pthread_mutex_setprioceiling(&mutex, 99, NULL), EINVAL);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(my_priority(), 45);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&second), 0);
}

static void *try_mutex(void *argument)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 2);

	(void)argument;
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	EXPECT_EQ(my_priority(), 10);
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &until), ETIMEDOUT);
	EXPECT_EQ(my_priority(), 10);
	return NULL;
}

static void refusal_leaves_no_ceiling(void)
{
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	struct timespec until = in_ms(CLOCK_REALTIME, 2);

	make(&mutex, PTHREAD_PRIO_PROTECT, 40);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT);
	EXPECT_EQ(my_priority(), 40);
	EXPECT_EQ(join(start_at(10, try_mutex, NULL)), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(my_priority(), 24);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	make(&mutex, PTHREAD_PRIO_NONE, 40);
	EXPECT_EQ(pthread_mutex_getprioceiling(&mutex, &(int){ 0 }), EINVAL);
	EXPECT_EQ(pthread_mutex_setprioceiling(&mutex, 40, NULL), EINVAL);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

static sem_t go;

static void *hang(void *argument)
{
	sem_wait(&go);
	return argument;
}

static void parameters_of_threads(void)
{
	struct sched_param param = { .sched_priority = 12 };
	pthread_t thread;
	int policy;

	sem_init(&go, 0, 0);
	thread = start_at(11, hang, NULL);
	EXPECT_EQ(pthread_getschedparam(thread, &policy, &param), 0);
	EXPECT_EQ(policy, SCHED_FIFO);
	EXPECT_EQ(param.sched_priority, 11);
	param.sched_priority = 12;
	EXPECT_EQ(pthread_setschedparam(thread, SCHED_RR, &param), 0);
	EXPECT_EQ(osThreadGetPriority(thread), 12);
	EXPECT_EQ(pthread_getschedparam(thread, &policy, &param), 0);
	EXPECT_EQ(policy, SCHED_RR);
	EXPECT_EQ(pthread_setschedparam(thread, 7, &param), EINVAL);
	param.sched_priority = 57;
	EXPECT_EQ(pthread_setschedparam(thread, SCHED_RR, &param), EINVAL);
	EXPECT_EQ(pthread_setschedprio(thread, 0), EINVAL);
	/* what is refused changes nothing */
	EXPECT_EQ(osThreadGetPriority(thread), 12);
	EXPECT_EQ(pthread_getschedparam(thread, &policy, &param), 0);
	EXPECT(policy == SCHED_RR && param.sched_priority == 12);
	EXPECT_EQ(pthread_setschedprio(NULL, 12), ESRCH);
	param.sched_priority = 12;
	EXPECT_EQ(pthread_setschedparam(NULL, SCHED_RR, &param), ESRCH);
	EXPECT_EQ(pthread_getschedparam(NULL, &policy, &param), ESRCH);
	sem_post(&go);
	EXPECT_EQ(join(thread), 0);
}

static void sched_calls(void)
{
	struct sched_param param = { .sched_priority = 26 };
	struct timespec interval;

	EXPECT_EQ(sched_yield(), 0);
	EXPECT(sched_get_priority_max(SCHED_FIFO) - sched_get_priority_min(SCHED_FIFO) >= 31);
	EXPECT_ERRNO(sched_get_priority_min(3), EINVAL);
	EXPECT_ERRNO(sched_get_priority_max(-1), EINVAL);
	EXPECT_EQ(sched_setscheduler(0, SCHED_FIFO, &param), SCHED_OTHER);
	EXPECT_EQ(sched_getscheduler(0), SCHED_FIFO);
	param.sched_priority = 25;
	EXPECT_EQ(sched_setparam(0, &param), 0);
	EXPECT_EQ(my_priority(), 25);
	EXPECT_EQ(sched_getparam(0, &param), 0);
	EXPECT_EQ(param.sched_priority, 25);
	param.sched_priority = 24;
	EXPECT_EQ(sched_setscheduler(0, SCHED_OTHER, &param), SCHED_FIFO);
	EXPECT_ERRNO(sched_setscheduler(0, 5, &param), EINVAL);
	param.sched_priority = 57;
	EXPECT_ERRNO(sched_setscheduler(0, SCHED_RR, &param), EINVAL);
	EXPECT_ERRNO(sched_setparam(0, &param), EINVAL);
	EXPECT(sched_getscheduler(0) == SCHED_OTHER && my_priority() == 24);
	EXPECT_ERRNO(sched_setscheduler(1, SCHED_RR, &param), ESRCH);
	EXPECT_ERRNO(sched_getscheduler(1), ESRCH);
	EXPECT_ERRNO(sched_setparam(1, &param), ESRCH);
	EXPECT_ERRNO(sched_getparam(1, &param), ESRCH);
	EXPECT_EQ(sched_rr_get_interval(0, &interval), 0);
	EXPECT_EQ(ns_of(&interval), 1000000LL * rtos_config.accounting->slice_ticks);
	EXPECT_ERRNO(sched_rr_get_interval(1, &interval), ESRCH);
}

static bool came_by;

static void *come_by(void *argument)
{
	EXPECT_EQ(osThreadSetAffinityMask(pthread_self(), 1), osOK);
	EXPECT_EQ(sem_wait(&go), 0);
	atomic_set(&came_by, true);
	return argument;
}

/* On one CPU, the other goes on at once: not only when the turn is over. */
static void equals_take_turns(void)
{
	u32 anywhere = osThreadGetAffinityMask(pthread_self());

	sem_init(&go, 0, 0);
	EXPECT_EQ(osThreadSetAffinityMask(pthread_self(), 1), osOK);
	for (int n = 0; n < 20; n++) {
		pthread_t thread = start_blocked(come_by, NULL);

		atomic_set(&came_by, false);
		sem_post(&go);
		EXPECT_EQ(sched_yield(), 0);
		EXPECT(atomic_read(&came_by));
		EXPECT_EQ(join(thread), 0);
	}
	EXPECT_EQ(osThreadSetAffinityMask(pthread_self(), anywhere), osOK);
}

/* Of its new equals. In one of several tries, as its turn may end at any moment. */
static void who_is_lowered_stays_ahead(void)
{
	u32 anywhere = osThreadGetAffinityMask(pthread_self());
	int ahead = 0;

	make(&mutex, PTHREAD_PRIO_INHERIT, 40);
	sem_init(&go, 0, 0);
	EXPECT_EQ(osThreadSetAffinityMask(pthread_self(), 1), osOK);
	for (int n = 0; n < 20; n++) {
		pthread_t thread = start_blocked(come_by, NULL);

		atomic_set(&came_by, false);
		EXPECT_EQ(pthread_setschedprio(pthread_self(), 30), 0);
		EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
		sem_post(&go);
		EXPECT_EQ(pthread_setschedprio(pthread_self(), 24), 0);
		EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
		ahead += !atomic_read(&came_by);
		EXPECT_EQ(join(thread), 0);
	}
	EXPECT(ahead > 0);
	EXPECT_EQ(osThreadSetAffinityMask(pthread_self(), anywhere), osOK);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void *inherits(void *argument)
{
	struct sched_param param;
	int policy;

	(void)argument;
	EXPECT_EQ(pthread_getschedparam(pthread_self(), &policy, &param), 0);
	EXPECT_EQ(policy, SCHED_RR);
	return (void *)(s64)param.sched_priority;
}

static void threads_inherit(void)
{
	struct sched_param param = { .sched_priority = 27 };

	EXPECT_EQ(sched_setscheduler(0, SCHED_RR, &param), SCHED_OTHER);
	EXPECT_EQ(join(start(inherits, NULL)), 27);
	param.sched_priority = 24;
	EXPECT_EQ(sched_setscheduler(0, SCHED_OTHER, &param), SCHED_RR);
}

static const struct test tests[] = {
	TEST(owners_inherit),
	TEST(they_inherit_along_a_chain),
	TEST(who_gives_up_is_not_inherited_from),
	TEST(owners_have_the_ceiling),
	TEST(protocols_mix),
	TEST(refusal_leaves_no_ceiling),
	TEST(parameters_of_threads),
	TEST(sched_calls),
	TEST(equals_take_turns),
	TEST(who_is_lowered_stays_ahead),
	TEST(threads_inherit),
};

int main(void)
{
	TEST_RUN("posix-sched", tests);
}
