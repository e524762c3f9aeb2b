/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_H
#define POSIX_H

/*
 * POSIX over the kernel's API: what the files of this folder share. They use
 * what rtos.h and rtos_skin.h export and nothing else of the kernel, so that the
 * same libposix.a goes with librtos.a and librtos-up.a.
 */

#include <inmate.h>

#include <rtos.h>
#include <rtos_skin.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

/* What POSIX keeps of a thread. Those that osThreadNew() made have none. */
struct posix_thread {
	void *(*start)(void *argument);
	void *argument;
	void *result;
	int policy;
	unsigned int ends;	/* ENDED, DETACHED: who comes second frees it */
};

static inline struct posix_thread *self(void)
{
	struct rtos_local *local = rtos_local();

	return local ? atomic_read(&local->pointer) : NULL;
}

/* The skin's own lock: creation of threads, first use of static objects, tables. */
void posix_lock(void);
void posix_unlock(void);

/* ==== Errors ==== */

/* For calls that return -1 and set errno. */
int answer(int error);
/* @refused: what osErrorResource is to be here */
int error_of(osStatus_t status, int refused);

/* ==== Time: nanoseconds of CLOCK_MONOTONIC ==== */

#define NEVER		(~0ULL)

/* False: it is no time, or there is no such clock. */
bool deadline_of(clockid_t clock, const struct timespec *until, u64 *deadline);
bool clock_exists(clockid_t clock);
bool is_past(u64 deadline);
/* A timeout of the kernel that does not end before; 0: it is past. */
u32 ticks_left(u64 deadline);
/* Ends early if the thread is cancelled. EPERM: not here. */
int sleep_until(u64 deadline);

/*
 * Makes a call with a timeout, "ticks", until the deadline, which may be further
 * than the kernel counts; a thread that was resumed goes on waiting.
 */
#define WAIT_UNTIL(deadline, call) ({					\
	osStatus_t status_;						\
									\
	do {								\
		u32 ticks = ticks_left(deadline);			\
									\
		status_ = (call);					\
	} while (status_ == osErrorTimeout && !is_past(deadline) &&	\
		 osKernelGetState() == osKernelRunning);		\
	status_;							\
})

/* ==== Mutexes ==== */

int mutex_take(pthread_mutex_t *mutex, u64 deadline);
/* Around the wait for a condition variable, which gives the mutex back. EPERM, EINVAL. */
int mutex_before_wait(pthread_mutex_t *mutex);

/* Threads of the program's main(). */
void posix_init(void);

#endif
