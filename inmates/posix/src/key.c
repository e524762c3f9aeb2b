// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Data of threads. A value counts only if it is of the key's use: what was set
 * before a key was deleted is not of the one that comes after it.
 */

#include "posix.h"

struct value {
	const void *value;
	u64 use;
};

#define VALUES_SIZE	(PTHREAD_KEYS_MAX * sizeof(struct value))

static struct {
	u64 use;		/* 0: free */
	void (*destructor)(void *value);
} keys[PTHREAD_KEYS_MAX];
static u64 uses;

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *value))
{
	unsigned int n = 0;

	posix_lock();
	while (n < PTHREAD_KEYS_MAX && keys[n].use)
		n++;
	if (n < PTHREAD_KEYS_MAX) {
		keys[n].destructor = destructor;
		keys[n].use = ++uses;
		*key = n;
	}
	posix_unlock();
	return n < PTHREAD_KEYS_MAX ? 0 : EAGAIN;
}

static bool is_key(pthread_key_t key)
{
	return key < PTHREAD_KEYS_MAX && keys[key].use;
}

int pthread_key_delete(pthread_key_t key)
{
	if (!is_key(key))
		return EINVAL;
	keys[key].use = 0;
	return 0;
}

static struct value *values_of(struct posix_thread *thread)
{
	if (!thread->values) {
		thread->values = rtos_alloc(VALUES_SIZE);
		if (thread->values)
			memset(thread->values, 0, VALUES_SIZE);
	}
	return thread->values;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	struct posix_thread *thread = self();
	struct value *values;

	if (!is_key(key))
		return EINVAL;
	values = thread ? values_of(thread) : NULL;
	if (!values)
		return ENOMEM;
	values[key].value = value;
	values[key].use = keys[key].use;
	return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
	const struct posix_thread *thread = self();
	const struct value *values = thread ? thread->values : NULL;

	if (!values || !is_key(key) || values[key].use != keys[key].use)
		return NULL;
	return (void *)(uintptr_t)values[key].value;
}

/* False: there was nothing to do. */
static bool destroy_values(void)
{
	bool any = false;

	for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
		void *value = pthread_getspecific(key);

		if (!value || !keys[key].destructor)
			continue;
		pthread_setspecific(key, NULL);
		keys[key].destructor(value);
		any = true;
	}
	return any;
}

void run_destructors(struct posix_thread *thread)
{
	for (int n = 0; n < PTHREAD_DESTRUCTOR_ITERATIONS; n++)
		if (!thread->values || !destroy_values())
			break;
}

void free_values(struct posix_thread *thread)
{
	if (thread->values)
		rtos_free(thread->values, VALUES_SIZE);
}
