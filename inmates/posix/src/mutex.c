// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Mutexes of the kernel. What it does not know is kept beside them, by the owner
 * only: how often it has one, and whether an owner ended with a robust one.
 */

#include "posix.h"

enum {
	STATIC,		/* of PTHREAD_MUTEX_INITIALIZER, not used yet */
	MADE,
	GONE,
};

_Static_assert(sizeof(((pthread_mutex_t *)0)->object) == RTOS_MUTEX_CB_SIZE, "pthread.h");

static int make(pthread_mutex_t *mutex)
{
	const osMutexAttr_t attr = {
		.attr_bits = (mutex->attr.type == PTHREAD_MUTEX_RECURSIVE ?
			      osMutexRecursive : 0) |
			     (mutex->attr.protocol == PTHREAD_PRIO_INHERIT ?
			      osMutexPrioInherit : 0) |
			     (mutex->attr.robust ? osMutexRobust : 0),
		.cb_mem = mutex->object,
		.cb_size = sizeof(mutex->object),
	};

	if (!osMutexNew(&attr))
		return EINVAL;
	atomic_set(&mutex->state, MADE);
	return 0;
}

/* One that the kernel does not know: is it there now? */
static bool make_static(pthread_mutex_t *mutex)
{
	bool made;

	posix_lock();
	if (mutex->state == STATIC)
		make(mutex);
	made = mutex->state == MADE;
	posix_unlock();
	return made;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	*mutex = (pthread_mutex_t){ .state = GONE };
	if (attr)
		mutex->attr = *attr;
	return make(mutex);
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	osStatus_t status;

	if (mutex->state == STATIC) {
		mutex->state = GONE;
		return 0;
	}
	if (osMutexGetOwner(mutex->object))
		return EBUSY;
	status = osMutexDelete(mutex->object);
	if (status == osOK)
		mutex->state = GONE;
	return error_of(status, EBUSY);
}

static bool is_mine(pthread_mutex_t *mutex)
{
	return osThreadGetId() && osMutexGetOwner(mutex->object) == osThreadGetId();
}

/* Whether there is more to do than what the kernel does. */
static bool is_plain(const pthread_mutex_t *mutex)
{
	return mutex->attr.type != PTHREAD_MUTEX_RECURSIVE && !mutex->attr.robust &&
	       mutex->attr.protocol != PTHREAD_PRIO_PROTECT;
}

static bool has_ceiling(const pthread_mutex_t *mutex)
{
	return mutex->attr.protocol == PTHREAD_PRIO_PROTECT;
}

/* The caller has it once more. */
static int taken(pthread_mutex_t *mutex, bool again)
{
	bool owner_ended = mutex->depth && !again;

	if (mutex->lost) {
		osMutexRelease(mutex->object);
		return ENOTRECOVERABLE;
	}
	if (has_ceiling(mutex) && !again)
		ceiling_take(mutex);
	mutex->depth = again ? mutex->depth + 1 : 1;
	if (!owner_ended)
		return 0;
	mutex->inconsistent = true;
	return EOWNERDEAD;
}

/* It was refused to its owner. */
static int refuse_again(const pthread_mutex_t *mutex, u64 deadline)
{
	if (!deadline)
		return EBUSY;
	if (mutex->attr.type == PTHREAD_MUTEX_RECURSIVE)
		return EAGAIN;
	if (mutex->attr.type == PTHREAD_MUTEX_ERRORCHECK)
		return EDEADLK;
	/* it waits for itself */
	return sleep_until(deadline) ?: ETIMEDOUT;
}

static int take(pthread_mutex_t *mutex, u64 deadline)
{
	bool again = is_mine(mutex);
	osStatus_t status = WAIT_UNTIL(deadline, osMutexAcquire(mutex->object, ticks));

	if (status == osErrorParameter && make_static(mutex))
		return take(mutex, deadline);
	if (status == osOK)
		return is_plain(mutex) ? 0 : taken(mutex, again);
	if (again && status == osErrorResource)
		return refuse_again(mutex, deadline);
	return error_of(status, deadline ? ETIMEDOUT : EBUSY);
}

int mutex_take(pthread_mutex_t *mutex, u64 deadline)
{
	bool raised = has_ceiling(mutex) && !is_mine(mutex);
	int error = raised ? ceiling_ask(mutex) : 0;

	if (error)
		return error;
	error = take(mutex, deadline);
	if (raised && error && error != EOWNERDEAD)
		ceiling_forget();
	return error;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (is_plain(mutex) && osMutexAcquire(mutex->object, osWaitForever) == osOK)
		return 0;
	return mutex_take(mutex, NEVER);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	return mutex_take(mutex, 0);
}

int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
			    const struct timespec *until)
{
	u64 deadline;

	if (!deadline_of(clock, until, &deadline))
		return EINVAL;
	/* 0 is for those that do not wait at all */
	return mutex_take(mutex, deadline ? deadline : 1);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until)
{
	return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, until);
}

/* The caller has it once less. */
static void given_back(pthread_mutex_t *mutex)
{
	if (--mutex->depth || !mutex->inconsistent)
		return;
	mutex->inconsistent = false;
	mutex->lost = true;
}

/* One that the kernel does not do alone. */
static int unlock(pthread_mutex_t *mutex)
{
	osStatus_t status;
	bool last;

	if (!is_mine(mutex))
		return EPERM;
	last = mutex->depth == 1;
	given_back(mutex);
	if (last && has_ceiling(mutex))
		ceiling_give_back(mutex);
	status = osMutexRelease(mutex->object);
	if (last && has_ceiling(mutex))
		ceiling_forget();
	return error_of(status, EPERM);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	if (!is_plain(mutex))
		return unlock(mutex);
	return error_of(osMutexRelease(mutex->object), EPERM);
}

int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
	if (!mutex->attr.robust || !mutex->inconsistent || !is_mine(mutex))
		return EINVAL;
	mutex->inconsistent = false;
	return 0;
}

int mutex_before_wait(pthread_mutex_t *mutex)
{
	if (!is_mine(mutex))
		return EPERM;
	if (is_plain(mutex))
		return 0;
	if (mutex->depth > 1)
		return EINVAL;
	given_back(mutex);
	if (has_ceiling(mutex))
		ceiling_give_back(mutex);
	return 0;
}

int pthread_mutex_getprioceiling(const pthread_mutex_t *mutex, int *ceiling)
{
	if (!has_ceiling(mutex))
		return EINVAL;
	*ceiling = mutex->attr.ceiling;
	return 0;
}

int pthread_mutex_setprioceiling(pthread_mutex_t *mutex, int ceiling, int *before)
{
	int error;

	if (!has_ceiling(mutex) || !is_priority(ceiling))
		return EINVAL;
	error = pthread_mutex_lock(mutex);
	if (error)
		return error;
	if (before)
		*before = mutex->attr.ceiling;
	mutex->attr.ceiling = ceiling;
	return pthread_mutex_unlock(mutex);
}
