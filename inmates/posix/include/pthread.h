/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_PTHREAD_H
#define POSIX_PTHREAD_H

#include <sched.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ==== Threads ==== */

#define PTHREAD_STACK_MIN		4096
#define PTHREAD_CREATE_JOINABLE		0
#define PTHREAD_CREATE_DETACHED		1
#define PTHREAD_INHERIT_SCHED		0
#define PTHREAD_EXPLICIT_SCHED		1
#define PTHREAD_SCOPE_SYSTEM		0
#define PTHREAD_SCOPE_PROCESS		1	/* there is no such */

typedef struct {
	void *stack;		/* NULL: of the kernel's heap */
	size_t stack_size;	/* 0: that of rtos_config */
	size_t guard_size;
	const char *name;
	int priority;
	int policy;
	int inherit;
	int detached;
} pthread_attr_t;

int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);
int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size);
int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *size);
/* With its guard page in it, see RTOS_STACK() in rtos.h. */
int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size);
int pthread_attr_getstack(const pthread_attr_t *attr, void **stack, size_t *size);
/*
 * Each stack has a guard of one page, which is what less is rounded up to; more
 * is EINVAL.
 */
int pthread_attr_setguardsize(pthread_attr_t *attr, size_t size);
int pthread_attr_getguardsize(const pthread_attr_t *attr, size_t *size);
int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit);
int pthread_attr_getinheritsched(const pthread_attr_t *attr, int *inherit);
int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy);
int pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy);
int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param);
int pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param);
int pthread_attr_setscope(pthread_attr_t *attr, int scope);
int pthread_attr_getscope(const pthread_attr_t *attr, int *scope);
/* Not copied; what the kernel calls the thread when it faults. */
int pthread_attr_setname_np(pthread_attr_t *attr, const char *name);

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*start)(void *), void *argument);
int pthread_join(pthread_t thread, void **result);
int pthread_detach(pthread_t thread);
void __attribute__((noreturn)) pthread_exit(void *result);
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);

int pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *param);
int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param);
int pthread_setschedprio(pthread_t thread, int priority);

/* ==== Cancelling: of waits, and where pthread_testcancel() is called ==== */

#define PTHREAD_CANCELED		((void *)-1)
#define PTHREAD_CANCEL_ENABLE		0
#define PTHREAD_CANCEL_DISABLE		1
#define PTHREAD_CANCEL_DEFERRED		0
#define PTHREAD_CANCEL_ASYNCHRONOUS	1	/* there is no such */

int pthread_cancel(pthread_t thread);
int pthread_setcancelstate(int state, int *before);
int pthread_setcanceltype(int type, int *before);
void pthread_testcancel(void);

struct posix_cleanup {
	void (*func)(void *argument);
	void *argument;
	struct posix_cleanup *next;
};

void posix_cleanup_push(struct posix_cleanup *cleanup);
void posix_cleanup_pop(struct posix_cleanup *cleanup, int execute);

/* A pair of these is a block of the function that they are in. */
#define pthread_cleanup_push(func_, argument_)				\
	do {								\
		_Pragma("GCC diagnostic push")				\
		/* one pair may be in another */			\
		_Pragma("GCC diagnostic ignored \"-Wshadow\"")		\
		struct posix_cleanup cleanup_ = { func_, argument_, NULL };	\
		_Pragma("GCC diagnostic pop")				\
									\
		posix_cleanup_push(&cleanup_)
#define pthread_cleanup_pop(execute)					\
		posix_cleanup_pop(&cleanup_, execute);			\
	} while (0)

/* ==== Data of a thread, and what is done once ==== */

#define PTHREAD_KEYS_MAX		128
#define PTHREAD_DESTRUCTOR_ITERATIONS	4
#define PTHREAD_ONCE_INIT		0

typedef unsigned int pthread_key_t;
typedef int pthread_once_t;

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *value));
int pthread_key_delete(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
void *pthread_getspecific(pthread_key_t key);
int pthread_once(pthread_once_t *once, void (*init)(void));

/* ==== Mutexes ==== */

#define PTHREAD_MUTEX_NORMAL		0
#define PTHREAD_MUTEX_RECURSIVE		1
#define PTHREAD_MUTEX_ERRORCHECK	2
#define PTHREAD_MUTEX_DEFAULT		PTHREAD_MUTEX_NORMAL
#define PTHREAD_PRIO_NONE		0
#define PTHREAD_PRIO_INHERIT		1
#define PTHREAD_PRIO_PROTECT		2
#define PTHREAD_MUTEX_STALLED		0
#define PTHREAD_MUTEX_ROBUST		1
#define PTHREAD_PROCESS_PRIVATE		0
#define PTHREAD_PROCESS_SHARED		1

typedef struct {
	int type;
	int protocol;
	int robust;
	int ceiling;
} pthread_mutexattr_t;

typedef struct pthread_mutex {
	unsigned char object[96] __attribute__((aligned(16)));
	pthread_mutexattr_t attr;
	unsigned int depth;	/* how often the owner has it, where that matters */
	unsigned char state;
	unsigned char inconsistent;
	unsigned char lost;
	struct pthread_mutex *next;	/* of those with a ceiling that a thread has */
} pthread_mutex_t;

#define PTHREAD_MUTEX_INITIALIZER	{ .attr = { .type = PTHREAD_MUTEX_DEFAULT } }

int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type);
int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type);
int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol);
int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr, int *protocol);
int pthread_mutexattr_setprioceiling(pthread_mutexattr_t *attr, int ceiling);
int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t *attr, int *ceiling);
int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust);
int pthread_mutexattr_getrobust(const pthread_mutexattr_t *attr, int *robust);

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until);
int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
			    const struct timespec *until);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_mutex_getprioceiling(const pthread_mutex_t *mutex, int *ceiling);
int pthread_mutex_setprioceiling(pthread_mutex_t *mutex, int ceiling, int *before);
int pthread_mutex_consistent(pthread_mutex_t *mutex);

/* ==== Condition variables ==== */

typedef struct {
	clockid_t clock;
} pthread_condattr_t;

typedef struct {
	void *queue[4];
	clockid_t clock;
} pthread_cond_t;

#define PTHREAD_COND_INITIALIZER	{ .clock = CLOCK_REALTIME }

int pthread_condattr_init(pthread_condattr_t *attr);
int pthread_condattr_destroy(pthread_condattr_t *attr);
int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock);

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr);
int pthread_cond_destroy(pthread_cond_t *cond);
int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   const struct timespec *until);
int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   clockid_t clock, const struct timespec *until);
int pthread_cond_signal(pthread_cond_t *cond);		/* from interrupt handlers, too */
int pthread_cond_broadcast(pthread_cond_t *cond);	/* the same */

#ifdef __cplusplus
}
#endif

#endif
