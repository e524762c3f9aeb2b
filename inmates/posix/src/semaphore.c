// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <semaphore.h>

#include "posix.h"

_Static_assert(sizeof(sem_t) == RTOS_SEMAPHORE_CB_SIZE, "semaphore.h");

int sem_init(sem_t *sem, int shared, unsigned int value)
{
	const osSemaphoreAttr_t attr = { .cb_mem = sem, .cb_size = sizeof(*sem) };

	/* there is one process */
	(void)shared;
	if (value > SEM_VALUE_MAX || !osSemaphoreNew(SEM_VALUE_MAX, value, &attr))
		return answer(EINVAL);
	return 0;
}

int sem_destroy(sem_t *sem)
{
	return answer(error_of(osSemaphoreDelete(sem), EBUSY));
}

static int wait_until(sem_t *sem, u64 deadline)
{
	osStatus_t status = WAIT_CANCELABLE(deadline, osSemaphoreAcquire(sem, ticks));

	return answer(error_of(status, ETIMEDOUT));
}

int sem_wait(sem_t *sem)
{
	return wait_until(sem, NEVER);
}

int sem_trywait(sem_t *sem)
{
	return answer(error_of(osSemaphoreAcquire(sem, 0), EAGAIN));
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *until)
{
	u64 deadline;

	if (!deadline_of(clock, until, &deadline))
		return answer(EINVAL);
	return wait_until(sem, deadline);
}

int sem_timedwait(sem_t *sem, const struct timespec *until)
{
	return sem_clockwait(sem, CLOCK_REALTIME, until);
}

int sem_post(sem_t *sem)
{
	return answer(error_of(osSemaphoreRelease(sem), EOVERFLOW));
}

int sem_getvalue(sem_t *sem, int *value)
{
	*value = (int)osSemaphoreGetCount(sem);
	return 0;
}
