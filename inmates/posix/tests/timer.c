// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Timers. */

#include <semaphore.h>
#include <signal.h>

#include "expect.h"

#define MS	1000000LL

static sem_t ticks;
static s64 first, last;
static timer_t timer;

static void on_timer(union sigval value)
{
	EXPECT_EQ(value.sival_int, 77);
	last = now_ns(CLOCK_MONOTONIC);
	if (!first)
		first = last;
	sem_post(&ticks);
}

static timer_t make(clockid_t clock, int notify)
{
	struct sigevent event = {
		.sigev_notify = notify,
		.sigev_value.sival_int = 77,
		.sigev_notify_function = on_timer,
	};
	timer_t made = NULL;

	EXPECT_EQ(timer_create(clock, &event, &made), 0);
	first = 0;
	sem_init(&ticks, 0, 0);
	return made;
}

static void creation_is_checked(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD };
	struct itimerspec to = { .it_value = spec(MS) };

	EXPECT_ERRNO(timer_create(CLOCK_MONOTONIC, NULL, &timer), ENOTSUP);
	EXPECT_ERRNO(timer_create(CLOCK_MONOTONIC, &event, &timer), EINVAL);
	event.sigev_notify = SIGEV_NONE;
	EXPECT_ERRNO(timer_create(9, &event, &timer), EINVAL);
	event.sigev_notify = SIGEV_SIGNAL;
	EXPECT_ERRNO(timer_create(CLOCK_MONOTONIC, &event, &timer), ENOTSUP);
	timer = make(CLOCK_MONOTONIC, SIGEV_NONE);
	to.it_value.tv_nsec = 1000000000;
	EXPECT_ERRNO(timer_settime(timer, 0, &to, NULL), EINVAL);
	to.it_value = spec(MS);
	to.it_interval.tv_nsec = -1;
	EXPECT_ERRNO(timer_settime(timer, 0, &to, NULL), EINVAL);
	EXPECT_EQ(timer_delete(timer), 0);
	to.it_interval.tv_nsec = 0;
	EXPECT_ERRNO(timer_delete(timer), EINVAL);
	EXPECT_ERRNO(timer_settime(timer, 0, &to, NULL), EINVAL);
	EXPECT_ERRNO(timer_gettime(timer, &to), EINVAL);
	EXPECT_ERRNO(timer_getoverrun(timer), EINVAL);
}

static void once(void)
{
	struct itimerspec to = { .it_value = spec(5 * MS) }, left;
	s64 began = now_ns(CLOCK_MONOTONIC);

	timer = make(CLOCK_MONOTONIC, SIGEV_THREAD);
	EXPECT_EQ(timer_settime(timer, 0, &to, NULL), 0);
	EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT(first >= began + 5 * MS);
	EXPECT_EQ(timer_gettime(timer, &left), 0);
	EXPECT_EQ(ns_of(&left.it_value), 0);
	sleep_ms(8);
	EXPECT_ERRNO(sem_trywait(&ticks), EAGAIN);
	EXPECT_EQ(timer_delete(timer), 0);
}

static void again_and_again(void)
{
	struct itimerspec to = { .it_value = spec(6 * MS), .it_interval = spec(2 * MS) };
	s64 began = now_ns(CLOCK_MONOTONIC);
	struct itimerspec before;

	timer = make(CLOCK_MONOTONIC, SIGEV_THREAD);
	EXPECT_EQ(timer_settime(timer, 0, &to, NULL), 0);
	for (int n = 0; n < 10; n++)
		EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT(first >= began + 6 * MS);
	EXPECT(last >= began + (6 + 9 * 2) * MS);
	to = (struct itimerspec){ 0 };
	EXPECT_EQ(timer_settime(timer, 0, &to, &before), 0);
	EXPECT_EQ(ns_of(&before.it_interval), 2 * MS);
	EXPECT(ns_of(&before.it_value) > 0 && ns_of(&before.it_value) <= 2 * MS);
	while (!sem_trywait(&ticks))
		;
	sleep_ms(6);
	EXPECT_ERRNO(sem_trywait(&ticks), EAGAIN);
	EXPECT_EQ(timer_delete(timer), 0);
}

static void absolute(void)
{
	struct itimerspec to = { .it_value = in_ms(CLOCK_REALTIME, 4) };
	struct timespec now = spec(1000000 * 1000 * MS);

	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &now), 0);
	timer = make(CLOCK_REALTIME, SIGEV_THREAD);
	to.it_value = in_ms(CLOCK_REALTIME, 4);
	EXPECT_EQ(timer_settime(timer, TIMER_ABSTIME, &to, NULL), 0);
	EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT(now_ns(CLOCK_REALTIME) >= ns_of(&to.it_value));
	/* what is past comes at once */
	EXPECT_EQ(timer_settime(timer, TIMER_ABSTIME, &to, NULL), 0);
	EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT_EQ(timer_delete(timer), 0);
}

static void asked_only(void)
{
	struct itimerspec to = { .it_value = spec(100000 * MS) }, left;

	timer = make(CLOCK_MONOTONIC, SIGEV_NONE);
	EXPECT_EQ(timer_gettime(timer, &left), 0);
	EXPECT_EQ(ns_of(&left.it_value), 0);
	EXPECT_EQ(timer_settime(timer, 0, &to, NULL), 0);
	EXPECT_EQ(timer_gettime(timer, &left), 0);
	EXPECT(ns_of(&left.it_value) > 0 && ns_of(&left.it_value) <= 100000 * MS);
	EXPECT_EQ(timer_getoverrun(timer), 0);
	EXPECT_EQ(timer_delete(timer), 0);
}

/* As often as it is set, the last time counts. */
static void set_anew(void)
{
	struct itimerspec far = { .it_value = spec(100000 * MS), .it_interval = spec(MS) };
	struct itimerspec none = { .it_interval = spec(MS) }, left;
	struct itimerspec near = { .it_value = spec(4 * MS) };
	timer_t other;

	timer = make(CLOCK_MONOTONIC, SIGEV_THREAD);
	other = make(CLOCK_MONOTONIC, SIGEV_NONE);
	EXPECT(timer != other);
	EXPECT_EQ(timer_settime(timer, 0, &far, NULL), 0);
	EXPECT_EQ(timer_settime(timer, 0, &near, &left), 0);
	EXPECT(ns_of(&left.it_value) > 10000 * MS);
	EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT_EQ(timer_settime(timer, 0, &far, NULL), 0);
	/* without a first expiry there are no others, and the interval does not matter */
	EXPECT_EQ(timer_settime(timer, 0, &none, NULL), 0);
	EXPECT_EQ(timer_gettime(timer, &left), 0);
	EXPECT(!ns_of(&left.it_value) && !ns_of(&left.it_interval));
	none.it_interval.tv_nsec = -1;
	EXPECT_EQ(timer_settime(timer, 0, &none, &left), 0);
	EXPECT(!ns_of(&left.it_value) && !ns_of(&left.it_interval));
	EXPECT_EQ(timer_delete(other), 0);
	EXPECT_EQ(timer_delete(timer), 0);
}

/* It expires when the clock has that time, however it came there; how long it is to take stays. */
static void the_clock_is_set(void)
{
	struct itimerspec to = { .it_value = in_ms(CLOCK_REALTIME, 100000) }, left;
	struct timespec now = in_ms(CLOCK_REALTIME, 100000);
	timer_t relative = make(CLOCK_REALTIME, SIGEV_NONE);

	timer = make(CLOCK_REALTIME, SIGEV_THREAD);
	EXPECT_EQ(timer_settime(timer, TIMER_ABSTIME, &to, NULL), 0);
	/* it tells how long that is from now on */
	EXPECT_EQ(timer_gettime(timer, &left), 0);
	EXPECT(ns_of(&left.it_value) > 0 && ns_of(&left.it_value) <= 100000 * MS);
	to.it_value = spec(90000 * MS);
	EXPECT_EQ(timer_settime(relative, 0, &to, NULL), 0);
	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &now), 0);
	EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT_EQ(timer_gettime(relative, &left), 0);
	EXPECT(ns_of(&left.it_value) > 10000 * MS);
	/* back */
	to.it_value = in_ms(CLOCK_REALTIME, 100000);
	EXPECT_EQ(timer_settime(timer, TIMER_ABSTIME, &to, NULL), 0);
	now = in_ms(CLOCK_REALTIME, -100000);
	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &now), 0);
	EXPECT_EQ(timer_gettime(timer, &left), 0);
	EXPECT(ns_of(&left.it_value) > 150000 * MS);
	EXPECT_EQ(timer_delete(relative), 0);
	EXPECT_EQ(timer_delete(timer), 0);
}

static void memory_runs_out(void)
{
	static timer_t made[8192];
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	u32 count = 0;

	errno = 0;
	while (count < ARRAY_SIZE(made) &&
	       !timer_create(CLOCK_MONOTONIC, &event, &made[count]))
		count++;
	EXPECT_EQ(errno, EAGAIN);
	while (count--)
		EXPECT_EQ(timer_delete(made[count]), 0);
}

static int overrun;

/* The first call takes 11 ms, for which other timers wait, and this one, too. */
static void missed(union sigval value)
{
	(void)value;
	if (!first++) {
		sleep_ms(11);
		return;
	}
	if (first == 2)
		overrun = timer_getoverrun(timer);
	sem_post(&ticks);
}

static void overruns_are_counted(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = missed };
	struct itimerspec to = { .it_value = spec(2 * MS), .it_interval = spec(2 * MS) };

	first = 0;
	sem_init(&ticks, 0, 0);
	EXPECT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	EXPECT_EQ(timer_settime(timer, 0, &to, NULL), 0);
	EXPECT_EQ(sem_wait(&ticks), 0);
	EXPECT(overrun >= 4);
	EXPECT_EQ(timer_delete(timer), 0);
}

static void nothing_is_lost(void)
{
	struct itimerspec to = { .it_value = spec(MS), .it_interval = spec(MS) };

	for (int n = 0; n < 5000; n++) {
		timer = make(CLOCK_MONOTONIC, SIGEV_THREAD);
		if (!EXPECT(timer))
			break;
		if (n % 2)
			EXPECT_EQ(timer_settime(timer, 0, &to, NULL), 0);
		EXPECT_EQ(timer_delete(timer), 0);
	}
}

static const struct test tests[] = {
	TEST(creation_is_checked),
	TEST(once),
	TEST(again_and_again),
	TEST(absolute),
	TEST(asked_only),
	TEST(set_anew),
	TEST(the_clock_is_set),
	TEST(memory_runs_out),
	TEST(overruns_are_counted),
	TEST(nothing_is_lost),
};

int main(void)
{
	TEST_RUN("posix-timer", tests);
}
