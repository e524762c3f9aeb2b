// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a cell before this one has left in memory (ci/tests/nowhere.c).
 *
 * Parameters:
 *	write=1		leaves something there; without it, there must be nothing
 */

#include <inmate.h>

#define WINDOW		0x10000000ULL
#define WINDOW_SIZE	0x400000ULL
#define SECRET		0x5ec7e75ec7e7ULL

void inmate_main(void)
{
	u64 *window = (u64 *)WINDOW, *end = (u64 *)(WINDOW + WINDOW_SIZE);
	bool write = cmdline_parse_int("write", 0);

	map_range(window, WINDOW_SIZE, MAP_CACHED);
	for (u64 *p = window; p < end; p++) {
		if (write)
			*p = SECRET;
		else if (*p)
			panic("leftover: %p has 0x%llx", (void *)p, *p);
	}
	inmate_exit();
}
