// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Two applications in one image: a control loop that was written for POSIX sends
 * what it measures by a message queue, and a thread of CMSIS-RTOS2 looks at it.
 * They share the kernel, its priorities and a mutex.
 */

#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <time.h>

#include <cmsis_os2.h>
#include <rtos.h>

#define PERIOD_NS	1000000L
#define CYCLES		1000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long cycles;		/* the mutex */

/* ==== Written for POSIX ==== */

static void next_period(struct timespec *next)
{
	next->tv_nsec += PERIOD_NS;
	if (next->tv_nsec >= 1000000000L) {
		next->tv_nsec -= 1000000000L;
		next->tv_sec++;
	}
}

static long late_ns(const struct timespec *wanted)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - wanted->tv_sec) * 1000000000L + now.tv_nsec - wanted->tv_nsec;
}

static void *control(void *unused)
{
	mqd_t queue = mq_open("/late", O_WRONLY);
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (int n = 0; n < CYCLES; n++) {
		long late;

		next_period(&next);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		late = late_ns(&next);
		mq_send(queue, (const char *)&late, sizeof(late), 0);
		pthread_mutex_lock(&mutex);
		cycles++;
		pthread_mutex_unlock(&mutex);
	}
	mq_close(queue);
	return unused;
}

/* ==== Written for CMSIS-RTOS2 ==== */

static void watch(void *argument)
{
	mqd_t queue = *(mqd_t *)argument;
	long late, most = 0;

	for (int n = 0; n < CYCLES; n++) {
		mq_receive(queue, (char *)&late, sizeof(late), NULL);
		if (late > most)
			most = late;
	}
	pthread_mutex_lock(&mutex);
	rtos_printf("%ld cycles, late by %ld ns at most\n", cycles, most);
	pthread_mutex_unlock(&mutex);
}

int main(void)
{
	const struct mq_attr attr = { .mq_maxmsg = 64, .mq_msgsize = sizeof(long) };
	const osThreadAttr_t watch_attr = {
		.name = "watch",
		.attr_bits = osThreadJoinable,
		.priority = osPriorityAboveNormal,
	};
	const struct sched_param param = { .sched_priority = osPriorityRealtime };
	mqd_t queue = mq_open("/late", O_CREAT | O_RDONLY, 0600, &attr);
	pthread_attr_t control_attr;
	osThreadId_t watcher;
	pthread_t thread;

	pthread_attr_init(&control_attr);
	pthread_attr_setinheritsched(&control_attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&control_attr, &param);
	watcher = osThreadNew(watch, &queue, &watch_attr);
	if (!watcher || pthread_create(&thread, &control_attr, control, NULL))
		return 1;
	pthread_join(thread, NULL);
	return osThreadJoin(watcher) != osOK;
}
