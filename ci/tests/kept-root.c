// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * kept-root CPU SEED: random values in all registers that a program of Linux has, again and again until SIGTERM, on a
 * CPU that a cell shares, which does the same (inmates/tests/kept.c). Says how often; fails at the first that changes.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/cellblock.h"
#include "../../inmates/tests/kept.h"

KEPT_FUNCTION(hold, KEPT_WORK);

/* Of the CPU; signals use the stack. */
static struct {
	char stack[65536];
	struct kept kept;
} own __attribute__((aligned(16)));

static volatile sig_atomic_t stop;

static void on_sigterm(int nr)
{
	(void)nr;
	stop = 1;
}

int main(int argc, char **argv)
{
	unsigned long long state, times = 0;
	int changed;

	if (argc != 3 || cb_pin(atoi(argv[1]))) {
		fprintf(stderr, "kept-root CPU SEED\n");
		return 2;
	}
	state = strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15ULL + 1;
	signal(SIGTERM, on_sigterm);
	while (!stop) {
		kept_fill(&own.kept, &state);
		hold(&own.kept);
		changed = kept_changed(&own.kept);
		if (changed >= 0) {
			printf("kept-root: CPU %s: word %d is 0x%llx, was 0x%llx\n", argv[1], changed,
			       ((unsigned long long *)&own.kept.after)[changed],
			       ((unsigned long long *)&own.kept.before)[changed]);
			return 1;
		}
		times++;
	}
	printf("kept-root: CPU %s: %llu times\n", argv[1], times);
	return 0;
}
