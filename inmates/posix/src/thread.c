// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* How threads begin and end. */

#include "posix.h"

#define ENDED		1U
#define DETACHED	2U

/* Of the API, that have not ended. */
static u32 count;

/* What has come to this; true if it is the second. */
static bool is_last(struct posix_thread *thread, unsigned int end)
{
	return __atomic_fetch_or(&thread->ends, end, __ATOMIC_ACQ_REL);
}

static void thread_free(struct posix_thread *thread)
{
	free_values(thread);
	rtos_free(thread, sizeof(*thread));
}

void pthread_exit(void *result)
{
	struct posix_thread *thread = self();

	if (thread) {
		/* it ends already */
		thread->uncancelable = true;
		run_cleanups(thread);
		run_destructors(thread);
		thread->result = result;
		if (is_last(thread, ENDED)) {
			atomic_set(&rtos_local()->pointer, NULL);
			thread_free(thread);
		}
		/* as exit() */
		if (!atomic_add(&count, -1U))
			inmate_exit();
	}
	osThreadExit();
}

static void thread_main(void *argument)
{
	struct posix_thread *thread = argument;

	/* who made it is not ready with that */
	if (!self()) {
		posix_lock();
		posix_unlock();
	}
	pthread_exit(thread->start(thread->argument));
}

static struct posix_thread *thread_new(const pthread_attr_t *attr,
				       void *(*start)(void *), void *argument)
{
	struct posix_thread *thread = rtos_alloc(sizeof(*thread));
	const struct posix_thread *creator = self();
	bool inherits = attr->inherit == PTHREAD_INHERIT_SCHED && creator;

	if (!thread)
		return NULL;
	*thread = (struct posix_thread){
		.start = start,
		.argument = argument,
		/* until it says otherwise itself */
		.result = PTHREAD_CANCELED,
		.policy = inherits ? creator->policy : attr->policy,
		.priority = inherits ? creator->priority : attr->priority,
		.ends = attr->detached ? DETACHED : 0,
	};
	return thread;
}

/*
 * All that is known of it is there before anybody finds it by its id, and before
 * it runs: it waits for the lock.
 */
static osThreadId_t start_thread(struct posix_thread *thread, const pthread_attr_t *attr)
{
	const osThreadAttr_t kernel_attr = {
		.name = attr->name,
		/* so that the id is good until we are ready */
		.attr_bits = osThreadJoinable,
		.stack_mem = attr->stack,
		.stack_size = (u32)attr->stack_size,
		.priority = (osPriority_t)thread->priority,
	};
	osThreadId_t id;

	posix_lock();
	atomic_add(&count, 1U);
	id = osThreadNew(thread_main, thread, &kernel_attr);
	if (id)
		atomic_set(&rtos_local_of(id)->pointer, thread);
	if (id && attr->detached)
		osThreadDetach(id);
	posix_unlock();
	return id;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*start)(void *), void *argument)
{
	struct posix_thread *created;
	pthread_attr_t usual;
	osThreadId_t id;

	if (!start)
		return EINVAL;
	if (!attr) {
		pthread_attr_init(&usual);
		attr = &usual;
	}
	created = thread_new(attr, start, argument);
	if (!created)
		return EAGAIN;
	id = start_thread(created, attr);
	if (!id) {
		atomic_add(&count, -1U);
		thread_free(created);
		return EAGAIN;
	}
	*thread = id;
	return 0;
}

int pthread_detach(pthread_t id)
{
	struct rtos_local *local = rtos_local_of(id);
	struct posix_thread *thread;
	osStatus_t status;

	if (!local)
		return ESRCH;
	thread = atomic_read(&local->pointer);
	status = osThreadDetach(id);
	if (status == osOK && thread && is_last(thread, DETACHED))
		thread_free(thread);
	return error_of(status, EINVAL);
}

int pthread_join(pthread_t id, void **result)
{
	struct rtos_local *local = rtos_local_of(id);
	struct posix_thread *thread;
	osStatus_t status;

	if (!local)
		return ESRCH;
	if (id == osThreadGetId())
		return EDEADLK;
	thread = atomic_read(&local->pointer);
	status = WAIT_CANCELABLE(NEVER, ((void)ticks, osThreadJoin(id)));
	if (status != osOK)
		return error_of(status, EINVAL);
	if (result)
		*result = thread ? thread->result : NULL;
	if (thread)
		thread_free(thread);
	return 0;
}

pthread_t pthread_self(void)
{
	return osThreadGetId();
}

int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}
