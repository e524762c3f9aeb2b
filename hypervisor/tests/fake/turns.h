/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_TURNS_H
#define FAKE_TURNS_H

/*
 * Threads of which one runs at a time, in a fixed order. (Apart from the rest,
 * because <pthread.h> has names of its own that core/ has as well.)
 */

#define TURNS_MAX	12

/* Makes @num threads that run @fn(number) in their turns. */
void turns_start(unsigned int num, void (*fn)(unsigned int thread));
/* Gives each thread a turn, until it yields. Called by the test. */
void turns_all(void);
/* The thread gives its turn away, and gets it back later. */
void turns_yield(void);
/* The thread whose turn it is, -1: the test's */
int turns_current(void);

#endif /* FAKE_TURNS_H */
