/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_POINTS_H
#define TOOLS_POINTS_H

/* What a machine and its Linux have to be like, point by point. */

#include "hardware/hardware.h"

enum verdict {
	POINT_GOOD,
	POINT_NOTE,		/* works, and is worth knowing */
	POINT_UNKNOWN,		/* cannot be seen from here */
	POINT_BAD,		/* enabling would be refused */
};

struct point {
	const char *name;
	enum verdict verdict;
	char text[512];
	const char *cure;	/* or NULL */
};

#define POINTS_MAX	16

/* @hardware: NULL if it could not be read. The number of points. */
unsigned int points_look(struct point points[POINTS_MAX], const struct hardware *hardware);

/* Take each CPU but the first offline and bring it back: one more point. */
void points_try_cpus(struct point *point, const struct hardware *hardware);

#endif /* TOOLS_POINTS_H */
