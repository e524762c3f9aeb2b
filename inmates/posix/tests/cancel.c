// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Cancelling: which calls it ends, what happens then; and what is done once. */

#include <mqueue.h>
#include <fcntl.h>
#include <semaphore.h>

#include "expect.h"

#define CANCELED	((s64)PTHREAD_CANCELED)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static mqd_t queue;
static pthread_t joined;
static int cleanups;

static void *sleeps(void *argument)
{
	struct timespec time = { .tv_sec = 1000000 };

	nanosleep(&time, NULL);
	return argument;
}

static void *sleeps_until(void *argument)
{
	struct timespec until = { .tv_sec = 1000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	return argument;
}

static void *waits_for_a_semaphore(void *argument)
{
	sem_wait(&sem);
	return argument;
}

static void *waits_for_a_while(void *argument)
{
	struct timespec until = in_ms(CLOCK_REALTIME, 1000000);

	sem_timedwait(&sem, &until);
	return argument;
}

static void unlock(void *argument)
{
	cleanups++;
	EXPECT_EQ(pthread_mutex_unlock(argument), 0);
}

static void *waits_for_a_condition(void *argument)
{
	pthread_mutex_lock(&mutex);
	pthread_cleanup_push(unlock, &mutex);
	pthread_cond_wait(&cond, &mutex);
	pthread_cleanup_pop(1);
	return argument;
}

static void *waits_for_a_thread(void *argument)
{
	pthread_join(joined, NULL);
	return argument;
}

static void *receives(void *argument)
{
	char message[64];

	mq_receive(queue, message, sizeof(message), NULL);
	return argument;
}

static void *sends(void *argument)
{
	mq_send(queue, "", 1, 0);
	mq_send(queue, "", 1, 0);
	return argument;
}

static void waits_end(void)
{
	static void *(*const funcs[])(void *) = {
		sleeps, sleeps_until, waits_for_a_semaphore, waits_for_a_while,
		waits_for_a_condition, waits_for_a_thread, receives, sends,
	};
	const struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 64 };

	queue = mq_open("/cancel", O_CREAT | O_RDWR, 0600, &attr);
	EXPECT(queue >= 0);
	sem_init(&sem, 0, 0);
	joined = start_blocked(sleeps, NULL);
	for (unsigned int n = 0; n < ARRAY_SIZE(funcs); n++) {
		pthread_t thread = start_blocked(funcs[n], NULL);

		EXPECT_EQ(pthread_cancel(thread), 0);
		EXPECT_EQ(join(thread), CANCELED);
	}
	/* the condition's mutex was taken again, and given back by the handler */
	EXPECT_EQ(cleanups, 1);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	/* who was joined in vain can be joined */
	EXPECT_EQ(pthread_cancel(joined), 0);
	EXPECT_EQ(join(joined), CANCELED);
	EXPECT_EQ(mq_close(queue), 0);
	EXPECT_EQ(mq_unlink("/cancel"), 0);
}

static void *waits_for_a_mutex(void *argument)
{
	s64 answer = pthread_mutex_lock(&mutex);

	(void)argument;
	if (!answer)
		pthread_mutex_unlock(&mutex);
	return (void *)answer;
}

static void a_mutex_is_waited_for(void)
{
	pthread_t thread;

	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	thread = start_blocked(waits_for_a_mutex, NULL);
	EXPECT_EQ(pthread_cancel(thread), 0);
	sleep_ms(2);
	EXPECT_EQ(osThreadGetState(thread), osThreadBlocked);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(join(thread), 0);
}

static void *disables(void *argument)
{
	int state;

	EXPECT_EQ(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state), 0);
	EXPECT_EQ(state, PTHREAD_CANCEL_ENABLE);
	sem_wait(&sem);
	pthread_testcancel();
	*(bool *)argument = true;
	EXPECT_EQ(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state), 0);
	EXPECT_EQ(state, PTHREAD_CANCEL_DISABLE);
	pthread_testcancel();
	FAIL("not cancelled");
	return NULL;
}

static void it_can_be_put_off(void)
{
	bool came_by = false;
	pthread_t thread = start_blocked(disables, &came_by);

	EXPECT_EQ(pthread_cancel(thread), 0);
	sleep_ms(2);
	EXPECT_EQ(osThreadGetState(thread), osThreadBlocked);
	sem_post(&sem);
	EXPECT_EQ(join(thread), CANCELED);
	EXPECT(came_by);
}

static void note_letter(void *letter)
{
	static char order[4];
	static int count;

	order[count++ & 3] = (char)(u64)letter;
	if (count == 2)
		EXPECT(order[0] == 'b' && order[1] == 'a');
	cleanups = count;
}

static char steps[8];

static void step(char letter)
{
	steps[strlen(steps)] = letter;
}

static void on_cleanup(void *letter)
{
	step((char)(u64)letter);
}

static void on_destroy(void *letter)
{
	step((char)(u64)letter);
}

static pthread_key_t stepped;

static void *goes_in_steps(void *argument)
{
	EXPECT_EQ(pthread_setspecific(stepped, (void *)'d'), 0);
	pthread_cleanup_push(on_cleanup, (void *)'c');
	pthread_cleanup_push(on_cleanup, (void *)'b');
	pthread_cleanup_push(on_cleanup, (void *)'a');
	/* what is taken off at once runs at once */
	pthread_cleanup_pop(1);
	if (argument)
		pthread_exit(argument);
	pthread_cancel(pthread_self());
	pthread_testcancel();
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return NULL;
}

/* However it ends: first the handlers, last first, then the destructors. */
static void destructors_come_last(void)
{
	EXPECT_EQ(pthread_key_create(&stepped, on_destroy), 0);
	EXPECT_EQ(join(start(goes_in_steps, (void *)3)), 3);
	EXPECT(!strcmp(steps, "abcd"));
	memset(steps, 0, sizeof(steps));
	EXPECT_EQ(join(start(goes_in_steps, NULL)), CANCELED);
	EXPECT(!strcmp(steps, "abcd"));
	EXPECT_EQ(pthread_key_delete(stepped), 0);
}

static void *cancels_itself(void *argument)
{
	pthread_cleanup_push(note_letter, (void *)'a');
	pthread_cleanup_push(note_letter, (void *)'b');
	pthread_cleanup_push(note_letter, (void *)'c');
	pthread_cleanup_pop(0);
	EXPECT_EQ(pthread_cancel(pthread_self()), 0);
	sem_wait(&sem);
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return argument;
}

static void handlers_run_backwards(void)
{
	sem_post(&sem);
	EXPECT_EQ(join(start(cancels_itself, NULL)), CANCELED);
	EXPECT_EQ(cleanups, 2);
	/* it was cancelled before it waited */
	EXPECT_EQ(sem_trywait(&sem), 0);
}

static void wrong_values_are_refused(void)
{
	int before;

	EXPECT_EQ(pthread_cancel(NULL), ESRCH);
	EXPECT_EQ(pthread_setcancelstate(2, NULL), EINVAL);
	EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &before), 0);
	EXPECT_EQ(before, PTHREAD_CANCEL_DEFERRED);
	EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL), ENOTSUP);
	EXPECT_EQ(pthread_setcanceltype(9, NULL), EINVAL);
}

static void *post_or_sleep(void *argument)
{
	for (;;) {
		struct timespec time = { .tv_nsec = 1 };

		sem_trywait(&sem);
		nanosleep(&time, NULL);
	}
	return argument;
}

/* At whatever moment it comes, it is not lost. */
static void none_is_lost(void)
{
	for (int n = 0; n < 50; n++) {
		pthread_t thread = start(post_or_sleep, NULL);

		sleep_ms(n % 3);
		EXPECT_EQ(pthread_cancel(thread), 0);
		EXPECT_EQ(join(thread), CANCELED);
	}
}

/* ==== Data of threads, and what is done once ==== */

static pthread_key_t key;
static int destroyed;

static void destroy(void *value)
{
	/* once more, and then no more */
	if (++destroyed == 1)
		EXPECT_EQ(pthread_setspecific(key, value), 0);
	EXPECT_EQ(value, 5);
}

static void *has_data(void *argument)
{
	EXPECT(!pthread_getspecific(key));
	EXPECT_EQ(pthread_setspecific(key, argument), 0);
	EXPECT(pthread_getspecific(key) == argument);
	return NULL;
}

static void threads_have_data(void)
{
	static pthread_key_t keys[PTHREAD_KEYS_MAX];

	EXPECT_EQ(pthread_key_create(&key, destroy), 0);
	EXPECT_EQ(pthread_setspecific(key, &key), 0);
	EXPECT_EQ(join(start(has_data, (void *)5)), 0);
	EXPECT_EQ(destroyed, 2);
	EXPECT_EQ(join(start(has_data, NULL)), 0);
	EXPECT_EQ(destroyed, 2);
	EXPECT(pthread_getspecific(key) == &key);
	EXPECT_EQ(pthread_key_delete(key), 0);
	EXPECT_EQ(pthread_key_delete(key), EINVAL);
	EXPECT_EQ(pthread_setspecific(key, NULL), EINVAL);
	EXPECT(!pthread_getspecific(key));
	/* as many as there are, and what was set before is not theirs */
	for (unsigned int n = 0; n < PTHREAD_KEYS_MAX; n++) {
		EXPECT_EQ(pthread_key_create(&keys[n], NULL), 0);
		EXPECT(!pthread_getspecific(keys[n]));
	}
	EXPECT_EQ(pthread_key_create(&key, NULL), EAGAIN);
	for (unsigned int n = 0; n < PTHREAD_KEYS_MAX; n++)
		EXPECT_EQ(pthread_key_delete(keys[n]), 0);
}

static pthread_key_t other_key;
static int others_destroyed;

/* Whichever comes first deletes the other's key. */
static void destroy_and_delete(void *value)
{
	others_destroyed++;
	EXPECT_EQ(pthread_key_delete(value == &key ? other_key : key), 0);
}

static void *has_two(void *argument)
{
	EXPECT_EQ(pthread_setspecific(key, &key), 0);
	EXPECT_EQ(pthread_setspecific(other_key, &other_key), 0);
	return argument;
}

static void keys_are_deleted_by_destructors(void)
{
	EXPECT_EQ(pthread_key_create(&key, destroy_and_delete), 0);
	EXPECT_EQ(pthread_key_create(&other_key, destroy_and_delete), 0);
	EXPECT_EQ(join(start(has_two, NULL)), 0);
	/* a key that is gone has no destructor */
	EXPECT_EQ(others_destroyed, 1);
	EXPECT_EQ(pthread_key_delete(key) + pthread_key_delete(other_key), EINVAL);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int done;

static void do_it(void)
{
	sleep_ms(2);
	done++;
}

static void do_in_vain(void)
{
	done += 10;
	pthread_exit(NULL);
}

static void *in_vain(void *argument)
{
	pthread_once(&once, do_in_vain);
	return argument;
}

static void wait_in_vain(void)
{
	sleeps(NULL);
}

static void *is_cancelled_in_it(void *argument)
{
	pthread_once(&once, wait_in_vain);
	return argument;
}

static void *all_do_it(void *argument)
{
	EXPECT_EQ(pthread_once(&once, do_it), 0);
	/* whoever did it, it is done */
	EXPECT_EQ(done, 11);
	return argument;
}

static void once_is_once(void)
{
	pthread_t threads[4];

	EXPECT_EQ(join(start(in_vain, NULL)), 0);
	EXPECT_EQ(done, 10);
	threads[0] = start_blocked(is_cancelled_in_it, NULL);
	EXPECT_EQ(pthread_cancel(threads[0]), 0);
	EXPECT_EQ(join(threads[0]), CANCELED);
	for (int n = 0; n < 4; n++)
		threads[n] = start(all_do_it, NULL);
	for (int n = 0; n < 4; n++)
		EXPECT_EQ(join(threads[n]), 0);
	EXPECT_EQ(done, 11);
}

static const struct test tests[] = {
	TEST(waits_end),
	TEST(a_mutex_is_waited_for),
	TEST(it_can_be_put_off),
	TEST(handlers_run_backwards),
	TEST(destructors_come_last),
	TEST(wrong_values_are_refused),
	TEST(none_is_lost),
	TEST(threads_have_data),
	TEST(keys_are_deleted_by_destructors),
	TEST(once_is_once),
};

int main(void)
{
	TEST_RUN("posix-cancel", tests);
}
