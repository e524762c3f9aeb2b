/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_TIMELINE_H
#define TOOLS_TIMELINE_H

/* Who had a CPU when: a line for each cell, and one for Linux. */

#include <stdio.h>

#include "turns.h"

struct timeline {
	const struct turns *turns;	/* by CPU */
	size_t count;
	u64 length;			/* nanoseconds to be shown, less if there are less */
	u64 before;			/* that end so many before the last that is known */
};

/* Text of up to @width columns. */
void timeline_print(const struct timeline *timeline, unsigned int width);
/* A picture_draw */
void timeline_print_svg(FILE *out, const void *timeline);

#endif /* TOOLS_TIMELINE_H */
