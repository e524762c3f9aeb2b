/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_ATTACK_H
#define TESTS_ATTACK_H

/*
 * attack.c: CPUs of root do what they must not, all at once, while a victim runs in a cell of its own. Each choice is
 * made by a seed (kernel parameter cellblock.seed=N) and the number of the CPU.
 */

#include <stdbool.h>
#include <stdint.h>

#include "cellblock.h"

/* The cell of the victim, inmates/tests/victim.c, on CPU 1. */
#define CB_VICTIM	"timer-demo"
#define CB_VICTIM_CPU	1

/* A kernel parameter's number; name with its "=". */
unsigned long cb_parameter(const char *name, unsigned long otherwise);

/* Its id, or an error. @params: of the program, "" for none. */
int cb_victim_start(const char *params);
/* It fails by itself if it sees anything; and it goes on to say that it does not, twice within @ms each. */
bool cb_victim_is_well(struct cb_console *con, unsigned int ms);

struct cb_attack {
	unsigned int cpu;
	uint64_t state;
	unsigned long tried, refused, escaped;
};

uint64_t cb_any(struct cb_attack *a);
/* 0 .. limit - 1 */
unsigned int cb_below(struct cb_attack *a, unsigned int limit);
/* One more was tried; if it was not refused, prints what it was, and its result. */
void cb_tried(struct cb_attack *a, bool refused, const char *what, uint64_t x0, uint64_t x1, uint64_t x2, long result);

/* Calls once() again and again for some ms, in a process for each CPU of the set; the counts of all. */
struct cb_attack cb_attack(uint64_t cpus, unsigned int ms, void (*once)(struct cb_attack *a));

#endif /* TESTS_ATTACK_H */
