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
	int priority;		/* without those of ceilings; of POSIX calls only */
	pthread_mutex_t *ceilings;	/* that it has; the skin's lock */
	unsigned int ends;	/* ENDED, DETACHED: who comes second frees it */
	struct posix_cleanup *cleanups;
	void *values;		/* of keys, or NULL */
	bool cancelled;		/* by another; it may not have noticed yet */
	bool uncancelable;
	bool waits;		/* where it can be cancelled */
};

static inline struct posix_thread *self(void)
{
	struct rtos_local *local = rtos_local();

	return local ? atomic_read(&local->pointer) : NULL;
}

/* The skin's own lock: creation of threads, first use of static objects, tables. */
void posix_lock(void);
void posix_unlock(void);
/* With nothing in between; the lock is not taken again. As rtos_cond_wait(). */
osStatus_t posix_unlock_and_wait(struct rtos_cond *cond, u32 ticks);

/* ==== Errors ==== */

/* For calls that return -1 and set errno. */
int answer(int error);
/* @refused: what osErrorResource is to be here */
int error_of(osStatus_t status, int refused);

/* ==== Cancelling ==== */

/* Around each wait that can be cancelled; what was asked for before is done at once. */
void cancel_begin(void);
/* The same for who has something to do first. True: no wait, the thread is to end. */
bool cancel_asked(void);
/* True: the wait was in vain, and the thread is to end. */
bool cancel_end(bool in_vain);
/* In such a wait: it has been cancelled. */
bool is_cancelled(void);
void __attribute__((noreturn)) cancel_now(void);

/* A wait that can be cancelled: WAIT_UNTIL(). */
#define WAIT_CANCELABLE(deadline, call) ({				\
	osStatus_t waited_;						\
									\
	cancel_begin();							\
	waited_ = WAIT_UNTIL(deadline, call);				\
	if (cancel_end(waited_ != osOK))				\
		cancel_now();						\
	waited_;							\
})

/* What an ending thread does. */
void run_cleanups(struct posix_thread *thread);
void run_destructors(struct posix_thread *thread);
void free_values(struct posix_thread *thread);

/* ==== Priorities ==== */

bool is_policy(int policy);
bool is_priority(int priority);
/* The calling thread's priority: a ceiling is had, asked for, given back. */
int ceiling_ask(const pthread_mutex_t *mutex);
void ceiling_take(pthread_mutex_t *mutex);
void ceiling_give_back(pthread_mutex_t *mutex);
/* It was asked for in vain. */
void ceiling_forget(void);

/* ==== Time: nanoseconds of CLOCK_MONOTONIC ==== */

#define NEVER		(~0ULL)

u64 now_ns(void);
/* Of timers, if there are any: CLOCK_REALTIME is set, by so much. The lock is held. */
extern void (*on_clock_set)(s64 ahead);
/* False: it is no time, or there is no such clock. */
bool deadline_of(clockid_t clock, const struct timespec *until, u64 *deadline);
bool is_time(const struct timespec *time);
bool is_clock(clockid_t clock);
s64 to_ns(const struct timespec *time);
void from_ns(s64 ns, struct timespec *time);
bool is_past(u64 deadline);
/* A timeout of the kernel that does not end before; 0: it is past. */
u32 ticks_left(u64 deadline);
/* Ends early if the thread is cancelled in a wait. EPERM: not here. */
int sleep_until(u64 deadline);

/*
 * Makes a call with a timeout, "ticks", until the deadline, which may be further
 * than the kernel counts; a thread that was resumed goes on waiting, unless it is
 * cancelled.
 */
#define WAIT_UNTIL(deadline, call) ({					\
	osStatus_t status_;						\
									\
	do {								\
		u32 ticks = ticks_left(deadline);			\
									\
		status_ = (call);					\
	} while (status_ == osErrorTimeout && !is_past(deadline) &&	\
		 !is_cancelled() &&					\
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
