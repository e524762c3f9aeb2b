/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <time.h>

#include "devices/root_time.h"
#include "io.h"

#define TRIES	5

/* Between two looks at the counter: the nearest ones are those that nothing came between. */
u64 root_time(u64 *counter)
{
	u64 before, took, least = ~0ULL, ns = 0;
	struct timespec now;
	int n;

	for (n = 0; n < TRIES; n++) {
		before = io_count();
		clock_gettime(CLOCK_REALTIME, &now);
		took = io_count() - before;
		if (took >= least)
			continue;
		least = took;
		*counter = before + took / 2;
		ns = (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
	}
	return ns;
}
