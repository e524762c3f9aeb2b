// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>

#include "turns.h"

static sem_t go[TURNS_MAX];
static sem_t turn_over;
static unsigned int num_threads;
static void (*body)(unsigned int thread);
static int current = -1;

static void *thread_main(void *arg)
{
	unsigned int self = (unsigned int)(uintptr_t)arg;

	sem_wait(&go[self]);
	body(self);
	abort();
}

void turns_start(unsigned int num, void (*fn)(unsigned int thread))
{
	pthread_t thread;

	body = fn;
	sem_init(&turn_over, 0, 0);
	for (num_threads = 0; num_threads < num; num_threads++) {
		sem_init(&go[num_threads], 0, 0);
		if (pthread_create(&thread, NULL, thread_main,
				   (void *)(uintptr_t)num_threads))
			abort();
	}
}

void turns_all(void)
{
	for (unsigned int n = 0; n < num_threads; n++) {
		current = (int)n;
		sem_post(&go[n]);
		sem_wait(&turn_over);
	}
	current = -1;
}

void turns_yield(void)
{
	int self = current;

	sem_post(&turn_over);
	sem_wait(&go[self]);
}

int turns_current(void)
{
	return current;
}
