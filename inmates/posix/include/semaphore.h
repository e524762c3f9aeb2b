/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_SEMAPHORE_H
#define POSIX_SEMAPHORE_H

#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEM_VALUE_MAX		0x7fffffff
#define SEM_FAILED		((sem_t *)0)

/* An osSemaphoreId_t, too. */
typedef struct {
	unsigned char object[64] __attribute__((aligned(16)));
} sem_t;

int sem_init(sem_t *sem, int shared, unsigned int value);
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *sem, const struct timespec *until);
int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *until);
int sem_post(sem_t *sem);		/* from interrupt handlers, too */
int sem_getvalue(sem_t *sem, int *value);

/* Named ones. With O_CREAT of fcntl.h: a mode, which means nothing here, and an unsigned value. */
sem_t *sem_open(const char *name, int flags, ...);
int sem_close(sem_t *sem);
int sem_unlink(const char *name);

#ifdef __cplusplus
}
#endif

#endif
