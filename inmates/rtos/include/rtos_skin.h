/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_SKIN_H
#define RTOS_SKIN_H

/*
 * What another API on top of this kernel, such as that of libposix.a, needs
 * beside cmsis_os2.h. Applications do without it.
 */

#include <rtos.h>

/* On the first CPU, in its inmate_main(): calls can come, also before osKernelInitialize(). */
void rtos_begin(void);

/* Of each thread; zeros in a new one. */
struct rtos_local {
	void *pointer;
	int error;
};

/* Of the calling thread, in a handler of the interrupted one; NULL: none runs yet. */
struct rtos_local *rtos_local(void);
/* Of any thread; NULL: there is no such one. */
struct rtos_local *rtos_local_of(osThreadId_t thread);

/* Memory of rtos_config.heap, given back with the size it was taken with. */
void *rtos_alloc(uint32_t size);
void rtos_free(void *memory, uint32_t size);

/*
 * osThreadResume() if the thread has set @waits, which only itself does and takes
 * back: what it waits for in between ends, and nothing else.
 */
osStatus_t rtos_resume_if(osThreadId_t thread, const bool *waits);

/* A condition variable: zeros are one that nobody waits for. */
struct rtos_cond {
	void *queue[4];
};

/*
 * Gives the mutex back and waits, with nothing in between, and does not take the
 * mutex again. osOK: signalled. osErrorTimeout, osErrorISR; osErrorParameter or
 * osErrorResource: it is no mutex, or not the caller's once, and still is.
 */
osStatus_t rtos_cond_wait(struct rtos_cond *cond, osMutexId_t mutex, uint32_t timeout);
/* Wakes the first of those that wait, by priority; or all. */
void rtos_cond_signal(struct rtos_cond *cond);		/* ISR */
void rtos_cond_broadcast(struct rtos_cond *cond);	/* ISR */
/* Whether any thread waits. */
bool rtos_cond_in_use(struct rtos_cond *cond);		/* ISR */

#endif
