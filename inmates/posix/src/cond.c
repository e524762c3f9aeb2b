// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "posix.h"

_Static_assert(sizeof(((pthread_cond_t *)0)->queue) == sizeof(struct rtos_cond), "pthread.h");

static struct rtos_cond *kernel_cond(pthread_cond_t *cond)
{
	return (struct rtos_cond *)(void *)cond->queue;
}

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
	*cond = (pthread_cond_t){ .clock = attr ? attr->clock : CLOCK_REALTIME };
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
	return rtos_cond_in_use(kernel_cond(cond)) ? EBUSY : 0;
}

static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, u64 deadline)
{
	osStatus_t status = osErrorTimeout;
	int error = mutex_before_wait(mutex);
	bool cancel;

	if (error)
		return error;
	/* not earlier: a ceiling takes the skin's lock, and what is cancelled is this wait */
	cancel = cancel_asked();
	if (cancel) {
		osMutexRelease(mutex->object);
	} else {
		status = rtos_cond_wait(kernel_cond(cond), mutex->object, ticks_left(deadline));
		cancel = cancel_end(status != osOK);
	}
	error = mutex_take(mutex, NEVER);
	if (cancel)
		cancel_now();
	if (error)
		return error;
	/* one that was resumed, or waits longer than the kernel counts, looks again */
	return status == osOK || !is_past(deadline) ? 0 : ETIMEDOUT;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return wait_until(cond, mutex, NEVER);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   clockid_t clock, const struct timespec *until)
{
	u64 deadline;

	if (!deadline_of(clock, until, &deadline))
		return EINVAL;
	return wait_until(cond, mutex, deadline);
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   const struct timespec *until)
{
	return pthread_cond_clockwait(cond, mutex, cond->clock, until);
}

int pthread_cond_signal(pthread_cond_t *cond)
{
	rtos_cond_signal(kernel_cond(cond));
	return 0;
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
	rtos_cond_broadcast(kernel_cond(cond));
	return 0;
}
