// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Of those that wait for the same, who goes on first: by priority, equals as they came. */

#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>

#include "expect.h"

#define WAITERS	4

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static mqd_t queue;
static char order[WAITERS + 1];
static u32 went_on;

static void *note(void *letter)
{
	order[atomic_add(&went_on, 1U) - 1] = (char)(u64)letter;
	return NULL;
}

static void *waits_for_semaphore(void *letter)
{
	EXPECT_EQ(sem_wait(&sem), 0);
	return note(letter);
}

static void post(void)
{
	EXPECT_EQ(sem_post(&sem), 0);
}

static void *waits_for_mutex(void *letter)
{
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	note(letter);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	return NULL;
}

static void *waits_for_condition(void *letter)
{
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_cond_wait(&cond, &mutex), 0);
	note(letter);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	return NULL;
}

static void signal(void)
{
	EXPECT_EQ(pthread_cond_signal(&cond), 0);
}

static void *receives(void *letter)
{
	char message[8];

	EXPECT_EQ(mq_receive(queue, message, sizeof(message), NULL), 1);
	return note(letter);
}

static void send(void)
{
	EXPECT_EQ(mq_send(queue, "", 1, 0), 0);
}

static void *sends(void *letter)
{
	const char message = (char)(u64)letter;

	EXPECT_EQ(mq_send(queue, &message, 1, 0), 0);
	return NULL;
}

static pthread_t waiters[WAITERS];

/* a to d, which are to go on as b, c, d, a */
static void start_waiters(void *(*func)(void *))
{
	static const int priorities[WAITERS] = { 20, 22, 22, 21 };

	went_on = 0;
	memset(order, 0, sizeof(order));
	for (u64 n = 0; n < WAITERS; n++) {
		waiters[n] = start_at(priorities[n], func, (void *)('a' + n));
		wait_until_blocked(waiters[n]);
	}
}

static void join_waiters(void)
{
	for (int n = 0; n < WAITERS; n++)
		EXPECT_EQ(join(waiters[n]), 0);
}

/* One after the other. */
static void let_go_on(void *(*func)(void *), void (*one)(void))
{
	start_waiters(func);
	for (u32 n = 1; n <= WAITERS; n++) {
		one();
		for (int ms = 0; ms < 30000 && atomic_read(&went_on) < n; ms++)
			sleep_ms(1);
		/* and no other */
		EXPECT_EQ(atomic_read(&went_on), n);
	}
	EXPECT(!strcmp(order, "bcda"));
	join_waiters();
}

static void semaphores(void)
{
	EXPECT_EQ(sem_init(&sem, 0, 0), 0);
	let_go_on(waits_for_semaphore, post);
	EXPECT_EQ(sem_destroy(&sem), 0);
}

static void mutexes(void)
{
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	start_waiters(waits_for_mutex);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	join_waiters();
	EXPECT(!strcmp(order, "bcda"));
}

static void conditions(void)
{
	let_go_on(waits_for_condition, signal);
}

static void messages(void)
{
	const struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char message[8], got[WAITERS + 1] = "";

	queue = mq_open("/order", O_CREAT | O_RDWR, 0600, &attr);
	EXPECT(queue >= 0);
	let_go_on(receives, send);
	send();
	start_waiters(sends);
	EXPECT_EQ(mq_receive(queue, message, sizeof(message), NULL), 1);
	for (int n = 0; n < WAITERS; n++) {
		EXPECT_EQ(mq_receive(queue, message, sizeof(message), NULL), 1);
		got[n] = message[0];
	}
	EXPECT(!strcmp(got, "bcda"));
	join_waiters();
	EXPECT_EQ(mq_close(queue), 0);
	EXPECT_EQ(mq_unlink("/order"), 0);
}

static const struct test tests[] = {
	TEST(semaphores),
	TEST(mutexes),
	TEST(conditions),
	TEST(messages),
};

int main(void)
{
	TEST_RUN("posix-order", tests);
}
