// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Priorities. A thread that has mutexes with ceilings has the highest of them, if
 * that is more than its own. What the kernel makes it inherit comes on top.
 */

#include "posix.h"

bool is_policy(int policy)
{
	return policy >= SCHED_OTHER && policy <= SCHED_RR;
}

bool is_priority(int priority)
{
	return priority >= osPriorityIdle && priority <= osPriorityISR;
}

/* ==== Ceilings ==== */

/* The skin's lock is held. */
static osStatus_t apply(osThreadId_t id, const struct posix_thread *thread)
{
	int priority = thread->priority;

	for (pthread_mutex_t *mutex = thread->ceilings; mutex; mutex = mutex->next)
		if (mutex->attr.ceiling > priority)
			priority = mutex->attr.ceiling;
	return osThreadSetPriority(id, (osPriority_t)priority);
}

int ceiling_ask(const pthread_mutex_t *mutex)
{
	const struct posix_thread *thread = self();

	if (!thread || thread->priority > mutex->attr.ceiling)
		return EINVAL;
	if (mutex->attr.ceiling > (int)osThreadGetPriority(osThreadGetId()))
		osThreadSetPriority(osThreadGetId(), (osPriority_t)mutex->attr.ceiling);
	return 0;
}

void ceiling_take(pthread_mutex_t *mutex)
{
	posix_lock();
	mutex->next = self()->ceilings;
	self()->ceilings = mutex;
	apply(osThreadGetId(), self());
	posix_unlock();
}

/* The priority stays until ceiling_forget(), when the mutex is free. */
void ceiling_give_back(pthread_mutex_t *mutex)
{
	pthread_mutex_t **at = &self()->ceilings;

	posix_lock();
	while (*at != mutex)
		at = &(*at)->next;
	*at = mutex->next;
	posix_unlock();
}

void ceiling_forget(void)
{
	posix_lock();
	apply(osThreadGetId(), self());
	posix_unlock();
}

/* ==== Of a thread ==== */

static struct posix_thread *thread_of(pthread_t id)
{
	struct rtos_local *local = rtos_local_of(id);

	return local ? atomic_read(&local->pointer) : NULL;
}

int pthread_setschedprio(pthread_t id, int priority)
{
	struct posix_thread *thread = thread_of(id);
	osStatus_t status;

	if (!rtos_local_of(id))
		return ESRCH;
	if (!is_priority(priority))
		return EINVAL;
	if (!thread)
		return error_of(osThreadSetPriority(id, (osPriority_t)priority), ESRCH);
	posix_lock();
	thread->priority = priority;
	status = apply(id, thread);
	posix_unlock();
	return error_of(status, ESRCH);
}

int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *param)
{
	struct posix_thread *thread = thread_of(id);
	int error;

	if (!is_policy(policy))
		return EINVAL;
	error = pthread_setschedprio(id, param->sched_priority);
	if (!error && thread)
		thread->policy = policy;
	return error;
}

int pthread_getschedparam(pthread_t id, int *policy, struct sched_param *param)
{
	const struct posix_thread *thread = thread_of(id);

	if (!rtos_local_of(id))
		return ESRCH;
	*policy = thread ? thread->policy : SCHED_OTHER;
	param->sched_priority = thread ? thread->priority : (int)osThreadGetPriority(id);
	return 0;
}

/* ==== sched.h ==== */

int sched_yield(void)
{
	return answer(error_of(osThreadYield(), EPERM));
}

int sched_get_priority_min(int policy)
{
	return is_policy(policy) ? osPriorityIdle : answer(EINVAL);
}

int sched_get_priority_max(int policy)
{
	return is_policy(policy) ? osPriorityISR : answer(EINVAL);
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
	int policy;

	return answer(pid ? ESRCH : pthread_getschedparam(pthread_self(), &policy, param));
}

int sched_getscheduler(pid_t pid)
{
	struct sched_param param;
	int policy = SCHED_OTHER, error = ESRCH;

	if (!pid)
		error = pthread_getschedparam(pthread_self(), &policy, &param);
	return error ? answer(error) : policy;
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	int before = sched_getscheduler(pid), error;

	if (before < 0)
		return before;
	error = pthread_setschedparam(pthread_self(), policy, param);
	return error ? answer(error) : before;
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
	return answer(pid ? ESRCH : pthread_setschedprio(pthread_self(), param->sched_priority));
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
	const struct rtos_accounting *accounting = rtos_config.accounting;
	u32 ticks = accounting ? accounting->slice_ticks : 0;

	if (pid)
		return answer(ESRCH);
	from_ns(1000000000LL * ticks / osKernelGetTickFreq(), interval);
	return 0;
}
