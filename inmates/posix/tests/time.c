// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Clocks, sleeping, and semaphores, which wait for a time. */

#include <fcntl.h>
#include <semaphore.h>

#include "expect.h"

static sem_t sem;

static time_t seconds(void)
{
	time_t kept, now = time(&kept);

	EXPECT_EQ(kept, now);
	EXPECT(time(NULL) >= now);
	return now;
}

static void clocks(void)
{
	struct timespec time = { .tv_sec = 1700000000 };
	s64 mono = now_ns(CLOCK_MONOTONIC);

	EXPECT(mono > 0 && now_ns(CLOCK_MONOTONIC) >= mono);
	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &time), 0);
	EXPECT(now_ns(CLOCK_REALTIME) >= 1700000000LL * 1000000000);
	EXPECT(now_ns(CLOCK_MONOTONIC) < 1000000LL * 1000000000);
	EXPECT(seconds() >= 1700000000 && seconds() < 1700001000);
	EXPECT_EQ(clock_getres(CLOCK_MONOTONIC, &time), 0);
	EXPECT_EQ(time.tv_sec, 0);
	EXPECT_EQ(time.tv_nsec, 1000000000 / osKernelGetTickFreq());
	EXPECT_EQ(clock_getres(CLOCK_REALTIME, NULL), 0);
	EXPECT_ERRNO(clock_settime(CLOCK_MONOTONIC, &time), EINVAL);
	EXPECT_ERRNO(clock_gettime(5, &time), EINVAL);
	EXPECT_ERRNO(clock_getres(5, &time), EINVAL);
	time.tv_nsec = 1000000000;
	EXPECT_ERRNO(clock_settime(CLOCK_REALTIME, &time), EINVAL);
}

static void sleeping_is_never_early(void)
{
	for (s64 ns = 1; ns < 8000000; ns = ns * 3 + 1) {
		struct timespec time = spec(ns);
		s64 before = now_ns(CLOCK_MONOTONIC);

		EXPECT_EQ(nanosleep(&time, NULL), 0);
		EXPECT(now_ns(CLOCK_MONOTONIC) >= before + ns);
		time = spec(now_ns(CLOCK_REALTIME) + ns);
		EXPECT_EQ(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL), 0);
		EXPECT(now_ns(CLOCK_REALTIME) >= time.tv_sec * 1000000000LL + time.tv_nsec);
	}
}

/* What a control loop does: each time is a tick's beginning, and it wakes in that tick. */
static void absolute_sleep_has_the_ticks(void)
{
	s64 tick = 1000000000 / osKernelGetTickFreq();
	s64 at = (now_ns(CLOCK_MONOTONIC) / tick + 2) * tick;
	int hits = 0;

	for (int n = 0; n < 50; n++, at += tick) {
		struct timespec time = spec(at);

		EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), 0);
		EXPECT(now_ns(CLOCK_MONOTONIC) >= at);
		hits += now_ns(CLOCK_MONOTONIC) < at + tick;
	}
	EXPECT(hits > 0);
}

#define FAR_MS	100000000

static void *sleep_until_real(void *until)
{
	return (void *)(s64)clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, until, NULL);
}

static void *sleep_real_for(void *time)
{
	clock_nanosleep(CLOCK_REALTIME, 0, time, NULL);
	return NULL;
}

static void set_ahead(int ms)
{
	struct timespec now = in_ms(CLOCK_REALTIME, ms);

	EXPECT_EQ(clock_settime(CLOCK_REALTIME, &now), 0);
}

/* The clock is set back while one sleeps for 100 ms: it sleeps on, if that was in time. */
static bool sleeps_on(void)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 100);
	pthread_t thread = start(sleep_until_real, &until);
	bool asleep;

	sleep_ms(20);
	set_ahead(-FAR_MS);
	sleep_ms(120);
	asleep = osThreadGetState(thread) == osThreadBlocked;
	set_ahead(FAR_MS);
	EXPECT_EQ(join(thread), 0);
	return asleep;
}

/* Who sleeps until a time is awake when the clock has it, however it came there. */
static void a_clock_that_is_set_moves_sleepers(void)
{
	struct timespec far = in_ms(CLOCK_REALTIME, FAR_MS);
	struct timespec time = spec(FAR_MS * 1000000LL);
	pthread_t first, relative;
	int tries = 1;

	while (tries < 5 && !sleeps_on())
		tries++;
	EXPECT(tries < 5);
	first = start_blocked(sleep_until_real, &far);
	relative = start_blocked(sleep_real_for, &time);
	set_ahead(FAR_MS);
	EXPECT_EQ(join(first), 0);
	/* a time to sleep for is the same all along */
	sleep_ms(2);
	EXPECT_EQ(osThreadGetState(relative), osThreadBlocked);
	EXPECT_EQ(pthread_cancel(relative), 0);
	EXPECT_EQ(join(relative), PTHREAD_CANCELED);
	/* and it can be cancelled */
	far = in_ms(CLOCK_REALTIME, FAR_MS);
	first = start_blocked(sleep_until_real, &far);
	EXPECT_EQ(pthread_cancel(first), 0);
	EXPECT_EQ(join(first), PTHREAD_CANCELED);
}

static s64 held_until;

static void hold(unsigned int irq, void *argument)
{
	(void)irq;
	(void)argument;
	timer_stop(TIMER_PHYSICAL);
	while (now_ns(CLOCK_MONOTONIC) < held_until)
		;
}

/* An interrupt while a wait is being set up: its time comes, and more than a tick passes. */
static void times_may_come_meanwhile(void)
{
	s64 tick = 1000000000 / osKernelGetTickFreq();

	EXPECT_EQ(sem_init(&sem, 0, 0), 0);
	EXPECT_EQ(rtos_irq_attach(TIMER_PHYSICAL_IRQ, RTOS_IRQ_PRIORITY_DEFAULT, hold, NULL), osOK);
	for (u32 n = 0; n < 200; n++) {
		struct timespec until;

		held_until = (now_ns(CLOCK_MONOTONIC) / tick + 2) * tick;
		until = spec(held_until - tick - 1000);
		timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) + n / 2);
		if (n % 2)
			EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
		else
			EXPECT_ERRNO(sem_clockwait(&sem, CLOCK_MONOTONIC, &until), ETIMEDOUT);
		/* where time does not pass while all sleep, the longest wait ends at once */
		EXPECT(now_ns(CLOCK_MONOTONIC) < held_until + 3600 * 1000000000LL);
	}
	EXPECT_EQ(rtos_irq_detach(TIMER_PHYSICAL_IRQ), osOK);
	EXPECT_EQ(sem_destroy(&sem), 0);
}

static void wrong_times_are_refused(void)
{
	struct timespec time = { .tv_nsec = 1000000000 };

	EXPECT_ERRNO(nanosleep(&time, NULL), EINVAL);
	EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL), EINVAL);
	time.tv_nsec = -1;
	EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), EINVAL);
	time = (struct timespec){ .tv_sec = -1 };
	EXPECT_ERRNO(nanosleep(&time, NULL), EINVAL);
	EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), 0);
	EXPECT_EQ(clock_nanosleep(4, 0, &time, NULL), EINVAL);
	time = (struct timespec){ 0 };
	EXPECT_EQ(nanosleep(&time, NULL), 0);
}

static void semaphores_count(void)
{
	int value;

	EXPECT_ERRNO(sem_init(&sem, 0, SEM_VALUE_MAX + 1U), EINVAL);
	EXPECT_EQ(sem_init(&sem, 0, 2), 0);
	EXPECT_EQ(sem_wait(&sem), 0);
	EXPECT_EQ(sem_getvalue(&sem, &value), 0);
	EXPECT_EQ(value, 1);
	EXPECT_EQ(sem_trywait(&sem), 0);
	EXPECT_ERRNO(sem_trywait(&sem), EAGAIN);
	EXPECT_EQ(sem_post(&sem), 0);
	EXPECT_EQ(sem_trywait(&sem), 0);
	EXPECT_EQ(sem_destroy(&sem), 0);
	EXPECT_ERRNO(sem_destroy(&sem), EINVAL);
	EXPECT_ERRNO(sem_wait(&sem), EINVAL);
	EXPECT_ERRNO(sem_post(&sem), EINVAL);
	EXPECT_ERRNO(sem_trywait(&sem), EINVAL);
	EXPECT_EQ(sem_init(&sem, 0, SEM_VALUE_MAX), 0);
	EXPECT_ERRNO(sem_post(&sem), EOVERFLOW);
	EXPECT_EQ(sem_destroy(&sem), 0);
}

static void semaphores_time_out(void)
{
	struct timespec until = spec(now_ns(CLOCK_REALTIME) + 4000000);

	EXPECT_EQ(sem_init(&sem, 0, 0), 0);
	EXPECT_ERRNO(sem_timedwait(&sem, &until), ETIMEDOUT);
	EXPECT(now_ns(CLOCK_REALTIME) >= until.tv_sec * 1000000000LL + until.tv_nsec);
	EXPECT_ERRNO(sem_timedwait(&sem, &until), ETIMEDOUT);
	until = spec(now_ns(CLOCK_MONOTONIC) + 4000000);
	EXPECT_ERRNO(sem_clockwait(&sem, CLOCK_MONOTONIC, &until), ETIMEDOUT);
	EXPECT_EQ(sem_post(&sem), 0);
	EXPECT_EQ(sem_clockwait(&sem, CLOCK_MONOTONIC, &until), 0);
	until.tv_nsec = 1000000000;
	EXPECT_ERRNO(sem_timedwait(&sem, &until), EINVAL);
	EXPECT_EQ(sem_destroy(&sem), 0);
}

/* Where nothing is to be waited for. */
static void past_times_do_not_matter(void)
{
	struct timespec past = in_ms(CLOCK_REALTIME, 0);

	EXPECT_EQ(sem_init(&sem, 0, 1), 0);
	EXPECT_EQ(sem_timedwait(&sem, &past), 0);
	EXPECT_ERRNO(sem_timedwait(&sem, &past), ETIMEDOUT);
	EXPECT_EQ(sem_destroy(&sem), 0);
	EXPECT_ERRNO(sem_timedwait(&sem, &past), EINVAL);
}

static void *post_it(void *argument)
{
	struct timespec tick = spec(2000000);

	(void)argument;
	nanosleep(&tick, NULL);
	sem_post(&sem);
	return NULL;
}

static void *take_it(void *argument)
{
	EXPECT_EQ(sem_wait(&sem), 0);
	return argument;
}

static void posts_wake(void)
{
	struct timespec until = spec(now_ns(CLOCK_REALTIME) + 30000000000LL);
	pthread_t thread;
	int value;

	EXPECT_EQ(sem_init(&sem, 0, 0), 0);
	EXPECT_EQ(pthread_create(&thread, NULL, post_it, NULL), 0);
	EXPECT_EQ(sem_timedwait(&sem, &until), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(pthread_create(&thread, NULL, post_it, NULL), 0);
	EXPECT_EQ(sem_wait(&sem), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	/* who waits is not counted */
	thread = start_blocked(take_it, NULL);
	EXPECT_EQ(sem_getvalue(&sem, &value), 0);
	EXPECT_EQ(value, 0);
	EXPECT_EQ(sem_post(&sem), 0);
	EXPECT_EQ(join(thread), 0);
	EXPECT_EQ(sem_getvalue(&sem, &value), 0);
	EXPECT_EQ(value, 0);
}

static void semaphores_have_names(void)
{
	sem_t *first, *second, *other;
	int value;

	EXPECT_EQ(sem_open("/one", 0), SEM_FAILED);
	EXPECT_EQ(errno, ENOENT);
	EXPECT_EQ(sem_open("one", O_CREAT, 0600, 1U), SEM_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(sem_open("/a-name-that-is-longer-than-all-of-them", O_CREAT, 0600, 1U),
		  SEM_FAILED);
	EXPECT_EQ(errno, ENAMETOOLONG);
	EXPECT_EQ(sem_open("/one", O_CREAT, 0600, SEM_VALUE_MAX + 1U), SEM_FAILED);
	EXPECT_EQ(errno, EINVAL);
	first = sem_open("/one", O_CREAT, 0600, 3U);
	EXPECT(first != SEM_FAILED);
	EXPECT_EQ(sem_open("/one", O_CREAT | O_EXCL, 0600, 1U), SEM_FAILED);
	EXPECT_EQ(errno, EEXIST);
	second = sem_open("/one", O_CREAT, 0600, 7U);
	EXPECT(second == first);
	EXPECT_EQ(sem_getvalue(second, &value), 0);
	EXPECT_EQ(value, 3);
	EXPECT_EQ(sem_unlink("/one"), 0);
	EXPECT_ERRNO(sem_unlink("/one"), ENOENT);
	EXPECT_ERRNO(sem_unlink("one"), EINVAL);
	EXPECT_ERRNO(sem_unlink("/a-name-that-is-longer-than-all-of-them"), ENAMETOOLONG);
	/* the name is free, those that have it open keep it */
	other = sem_open("/one", O_CREAT | O_EXCL, 0600, 0U);
	EXPECT(other != SEM_FAILED && other != first);
	EXPECT_EQ(sem_wait(first), 0);
	EXPECT_EQ(sem_close(first), 0);
	EXPECT_EQ(sem_post(second), 0);
	EXPECT_EQ(sem_close(second), 0);
	EXPECT_ERRNO(sem_close(second), EINVAL);
	EXPECT_EQ(sem_close(other), 0);
	EXPECT_EQ(sem_unlink("/one"), 0);
	EXPECT_ERRNO(sem_close(&sem), EINVAL);
}

static const struct test tests[] = {
	TEST(clocks),
	TEST(sleeping_is_never_early),
	TEST(absolute_sleep_has_the_ticks),
	TEST(a_clock_that_is_set_moves_sleepers),
	TEST(times_may_come_meanwhile),
	TEST(wrong_times_are_refused),
	TEST(semaphores_count),
	TEST(semaphores_time_out),
	TEST(past_times_do_not_matter),
	TEST(posts_wake),
	TEST(semaphores_have_names),
};

int main(void)
{
	TEST_RUN("posix-time", tests);
}
