// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Threads: creation, end, what becomes of results. */

#include <semaphore.h>

#include "expect.h"

static sem_t go;

static void *give_back(void *argument)
{
	return argument;
}

static void *wait_and_give_back(void *argument)
{
	sem_wait(&go);
	return argument;
}

static void *exit_with(void *argument)
{
	pthread_exit(argument);
}

static void *who_am_i(void *argument)
{
	(void)argument;
	return pthread_self();
}

static void results_are_joined(void)
{
	pthread_t thread;
	void *result;

	EXPECT_EQ(pthread_create(&thread, NULL, give_back, (void *)1), 0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ(result, 1);
	EXPECT_EQ(pthread_create(&thread, NULL, exit_with, (void *)2), 0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ(result, 2);
	EXPECT_EQ(pthread_create(&thread, NULL, give_back, NULL), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
}

static void threads_know_themselves(void)
{
	pthread_t thread;
	void *result;

	EXPECT_EQ(pthread_create(&thread, NULL, who_am_i, NULL), 0);
	EXPECT(!pthread_equal(thread, pthread_self()));
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT(pthread_equal(thread, result));
	EXPECT(pthread_equal(pthread_self(), osThreadGetId()));
}

static void join_and_detach_refuse(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	sem_init(&go, 0, 0);
	pthread_attr_init(&attr);
	EXPECT_EQ(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, wait_and_give_back, NULL), 0);
	EXPECT_EQ(pthread_join(thread, NULL), EINVAL);
	EXPECT_EQ(pthread_detach(thread), EINVAL);
	sem_post(&go);
	EXPECT_EQ(pthread_join(NULL, NULL), ESRCH);
	EXPECT_EQ(pthread_detach(NULL), ESRCH);
	EXPECT_EQ(pthread_join(pthread_self(), NULL), EDEADLK);
	EXPECT_EQ(pthread_create(&thread, NULL, NULL, NULL), EINVAL);
	EXPECT_EQ(pthread_create(&thread, NULL, give_back, NULL), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(pthread_join(thread, NULL), ESRCH);
	EXPECT_EQ(pthread_detach(thread), ESRCH);
}

/* Those that nobody joins give back what they took. */
static void nothing_is_lost(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	for (int n = 0; n < 300; n++) {
		struct timespec tick = { .tv_nsec = 1 };

		pthread_attr_setdetachstate(&attr, n % 3 ? PTHREAD_CREATE_JOINABLE :
							   PTHREAD_CREATE_DETACHED);
		if (!EXPECT_EQ(pthread_create(&thread, &attr, give_back, NULL), 0))
			break;
		if (n % 3 == 1)
			EXPECT_EQ(pthread_detach(thread), 0);
		if (n % 3 == 2)
			EXPECT_EQ(pthread_join(thread, NULL), 0);
		nanosleep(&tick, NULL);
	}
}

static void memory_runs_out(void)
{
	static pthread_t threads[128];
	int count = 0, error = 0;

	sem_init(&go, 0, 0);
	while (count < 128 && !error) {
		error = pthread_create(&threads[count], NULL, wait_and_give_back, NULL);
		if (!error)
			count++;
	}
	EXPECT_EQ(error, EAGAIN);
	for (int n = 0; n < count; n++)
		sem_post(&go);
	for (int n = 0; n < count; n++)
		EXPECT_EQ(pthread_join(threads[n], NULL), 0);
}

static void *set_errno(void *argument)
{
	errno = (int)(u64)argument;
	sem_wait(&go);
	return (void *)(u64)(u32)errno;
}

static void errno_is_of_a_thread(void)
{
	pthread_t thread[2];
	void *result;

	sem_init(&go, 0, 0);
	errno = 77;
	EXPECT_EQ(pthread_create(&thread[0], NULL, set_errno, (void *)11), 0);
	EXPECT_EQ(pthread_create(&thread[1], NULL, set_errno, (void *)12), 0);
	sem_post(&go);
	sem_post(&go);
	EXPECT_EQ(pthread_join(thread[0], &result), 0);
	EXPECT_EQ(result, 11);
	EXPECT_EQ(pthread_join(thread[1], &result), 0);
	EXPECT_EQ(result, 12);
	EXPECT_EQ(errno, 77);
}

static void *where_am_i(void *argument)
{
	(void)argument;
	return __builtin_frame_address(0);
}

static void attributes_are_checked(void)
{
	struct sched_param param = { .sched_priority = 30 };
	static RTOS_STACK(4096) memory;
	pthread_attr_t attr;
	pthread_t thread;
	void *stack;
	size_t size;
	int value;

	EXPECT_EQ(pthread_attr_init(&attr), 0);
	EXPECT_EQ(pthread_attr_getdetachstate(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_CREATE_JOINABLE);
	EXPECT_EQ(pthread_attr_setdetachstate(&attr, 2), EINVAL);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN - 1), EINVAL);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, 16384), 0);
	EXPECT_EQ(pthread_attr_getstacksize(&attr, &size), 0);
	EXPECT_EQ(size, 16384);
	EXPECT_EQ(pthread_attr_setschedpolicy(&attr, 3), EINVAL);
	EXPECT_EQ(pthread_attr_setschedpolicy(&attr, SCHED_FIFO), 0);
	EXPECT_EQ(pthread_attr_getschedpolicy(&attr, &value), 0);
	EXPECT_EQ(value, SCHED_FIFO);
	EXPECT_EQ(pthread_attr_setinheritsched(&attr, 2), EINVAL);
	EXPECT_EQ(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
	EXPECT_EQ(pthread_attr_getinheritsched(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_EXPLICIT_SCHED);
	EXPECT_EQ(pthread_attr_setscope(&attr, PTHREAD_SCOPE_PROCESS), ENOTSUP);
	EXPECT_EQ(pthread_attr_setscope(&attr, 2), EINVAL);
	EXPECT_EQ(pthread_attr_setscope(&attr, PTHREAD_SCOPE_SYSTEM), 0);
	EXPECT_EQ(pthread_attr_getscope(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_SCOPE_SYSTEM);
	EXPECT_EQ(pthread_attr_setschedparam(&attr, &param), 0);
	param.sched_priority = 0;
	EXPECT_EQ(pthread_attr_setschedparam(&attr, &param), EINVAL);
	param.sched_priority = 57;
	EXPECT_EQ(pthread_attr_setschedparam(&attr, &param), EINVAL);
	EXPECT_EQ(pthread_attr_getschedparam(&attr, &param), 0);
	EXPECT_EQ(param.sched_priority, 30);
	EXPECT_EQ(pthread_attr_setstack(&attr, NULL, 8192), EINVAL);
	EXPECT_EQ(pthread_attr_setstack(&attr, memory.bytes + 8, 8192), EINVAL);
	EXPECT_EQ(pthread_attr_setstack(&attr, &memory, PTHREAD_STACK_MIN - 1), EINVAL);
	EXPECT_EQ(pthread_attr_setstack(&attr, &memory, sizeof(memory)), 0);
	EXPECT_EQ(pthread_attr_getstack(&attr, &stack, &size), 0);
	EXPECT(stack == &memory && size == sizeof(memory));
	EXPECT_EQ(pthread_create(&thread, &attr, where_am_i, NULL), 0);
	EXPECT_EQ(pthread_join(thread, &stack), 0);
	EXPECT((u8 *)stack > memory.bytes && (u8 *)stack < memory.bytes + sizeof(memory));
	EXPECT_EQ(pthread_attr_destroy(&attr), 0);
	/* and anew */
	EXPECT_EQ(pthread_attr_init(&attr), 0);
	EXPECT_EQ(pthread_attr_getstacksize(&attr, &size), 0);
	EXPECT_EQ(size, rtos_config.stack_size);
	EXPECT_EQ(pthread_attr_destroy(&attr), 0);
}

static void *overflow(void *unused)
{
	void *here = __builtin_frame_address(0);

	(void)unused;
	/* just below the stack that it has */
	*(volatile u8 *)((u64)here - osThreadGetStackSize(pthread_self())) = 1;
	return NULL;
}

/* Whatever was asked for, there is a page; see RTOS_FAULT_STACK for what comes then. */
static void stacks_have_guards(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t size;

	EXPECT_EQ(pthread_attr_init(&attr), 0);
	EXPECT_EQ(pthread_attr_getguardsize(&attr, &size), 0);
	EXPECT_EQ(size, 4096);
	EXPECT_EQ(pthread_attr_setguardsize(&attr, 4097), EINVAL);
	EXPECT_EQ(pthread_attr_setguardsize(&attr, 100), 0);
	EXPECT_EQ(pthread_attr_getguardsize(&attr, &size), 0);
	/* as it was set, not as it is */
	EXPECT_EQ(size, 100);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, 16384), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, overflow, NULL), 0);
	/* it has faulted, which is as being cancelled */
	EXPECT_EQ(join(thread), PTHREAD_CANCELED);
	/* the guard is no part of the stack */
	EXPECT_EQ(pthread_attr_setguardsize(&attr, 0), 0);
	sem_init(&go, 0, 0);
	EXPECT_EQ(pthread_create(&thread, &attr, wait_and_give_back, NULL), 0);
	EXPECT(osThreadGetStackSize(thread) >= 16384);
	sem_post(&go);
	EXPECT_EQ(join(thread), 0);
}

/* What becomes of the attributes later is nothing to the thread. */
static void attributes_are_copied(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	sem_init(&go, 0, 0);
	EXPECT_EQ(pthread_attr_init(&attr), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, wait_and_give_back, (void *)9), 0);
	EXPECT_EQ(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
	EXPECT_EQ(pthread_attr_destroy(&attr), 0);
	memset(&attr, 0xff, sizeof(attr));
	sem_post(&go);
	EXPECT_EQ(join(thread), 9);
}

static void threads_have_names(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	sem_init(&go, 0, 0);
	pthread_attr_init(&attr);
	EXPECT_EQ(pthread_attr_setname_np(&attr, "named"), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, wait_and_give_back, NULL), 0);
	EXPECT(!strcmp(osThreadGetName(thread), "named"));
	sem_post(&go);
	EXPECT_EQ(join(thread), 0);
}

static void *my_priority(void *argument)
{
	(void)argument;
	return (void *)(u64)osThreadGetPriority(osThreadGetId());
}

static void priority_is_the_attributes(void)
{
	struct sched_param param = { .sched_priority = 30 };
	pthread_attr_t attr;
	pthread_t thread;
	void *result;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&attr, &param);
	EXPECT_EQ(pthread_create(&thread, &attr, my_priority, NULL), 0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ(result, 30);
	EXPECT_EQ(pthread_create(&thread, NULL, my_priority, NULL), 0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ(result, osThreadGetPriority(osThreadGetId()));
}

static const struct test tests[] = {
	TEST(results_are_joined),
	TEST(threads_know_themselves),
	TEST(join_and_detach_refuse),
	TEST(nothing_is_lost),
	TEST(memory_runs_out),
	TEST(errno_is_of_a_thread),
	TEST(attributes_are_checked),
	TEST(stacks_have_guards),
	TEST(attributes_are_copied),
	TEST(threads_have_names),
	TEST(priority_is_the_attributes),
};

int main(void)
{
	TEST_RUN("posix-thread", tests);
}
