// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Cancelling ends a wait and nothing else: a thread says when it waits where that
 * may be, and looks whether it was cancelled before and after.
 */

#include "posix.h"

#define read_ordered(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define set_ordered(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

static bool is_to_end(const struct posix_thread *thread)
{
	return thread && !thread->uncancelable && read_ordered(&thread->cancelled);
}

void cancel_now(void)
{
	pthread_exit(PTHREAD_CANCELED);
}

void pthread_testcancel(void)
{
	if (is_to_end(self()))
		cancel_now();
}

bool cancel_asked(void)
{
	struct posix_thread *thread = self();

	if (!thread || thread->uncancelable || rtos_in_isr())
		return false;
	/* who cancels it from here on sees that, or we see that it has */
	set_ordered(&thread->waits, true);
	if (!is_to_end(thread))
		return false;
	thread->waits = false;
	return true;
}

void cancel_begin(void)
{
	if (cancel_asked())
		cancel_now();
}

bool cancel_end(bool in_vain)
{
	struct posix_thread *thread = self();

	if (!thread || !thread->waits || rtos_in_isr())
		return false;
	atomic_set(&thread->waits, false);
	return in_vain && is_to_end(thread);
}

bool is_cancelled(void)
{
	const struct posix_thread *thread = self();

	return thread && thread->waits && read_ordered(&thread->cancelled);
}

int pthread_cancel(pthread_t id)
{
	struct rtos_local *local = rtos_local_of(id);
	struct posix_thread *thread = local ? atomic_read(&local->pointer) : NULL;

	if (!thread)
		return ESRCH;
	set_ordered(&thread->cancelled, true);
	/* one that is about to wait will do so, or not any more */
	while (id != pthread_self() && read_ordered(&thread->waits) &&
	       rtos_resume_if(id, &thread->waits) == osErrorResource)
		osDelay(1);
	return 0;
}

int pthread_setcancelstate(int state, int *before)
{
	struct posix_thread *thread = self();

	if (!thread || (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE))
		return EINVAL;
	if (before)
		*before = thread->uncancelable;
	thread->uncancelable = state;
	return 0;
}

int pthread_setcanceltype(int type, int *before)
{
	if (type != PTHREAD_CANCEL_DEFERRED)
		return type == PTHREAD_CANCEL_ASYNCHRONOUS ? ENOTSUP : EINVAL;
	if (before)
		*before = PTHREAD_CANCEL_DEFERRED;
	return 0;
}

void posix_cleanup_push(struct posix_cleanup *cleanup)
{
	struct posix_thread *thread = self();

	if (!thread)
		return;
	cleanup->next = thread->cleanups;
	thread->cleanups = cleanup;
}

void posix_cleanup_pop(struct posix_cleanup *cleanup, int execute)
{
	struct posix_thread *thread = self();

	if (thread)
		thread->cleanups = cleanup->next;
	if (execute)
		cleanup->func(cleanup->argument);
}

void run_cleanups(struct posix_thread *thread)
{
	while (thread->cleanups)
		posix_cleanup_pop(thread->cleanups, 1);
}
