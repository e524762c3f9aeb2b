/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_AREAS_H
#define TOOLS_AREAS_H

/* Lists of named address ranges. */

#include <stdbool.h>

#include <jailhouse/types.h>

#define AREAS_MAX	2048
#define AREA_PAGE	0x1000ULL
/* What configurations can name ends here. */
#define AREA_LIMIT	(1ULL << 48)

struct area {
	u64 start, size;
	char what[96];
};

struct areas {
	unsigned int count;
	bool full;		/* there were more */
	struct area area[AREAS_MAX];
};

#define for_each_area(a, areas)						\
	for ((a) = (areas)->area; (a) < (areas)->area + (areas)->count; (a)++)

static inline u64 area_end(const struct area *area)
{
	return area->start + area->size;
}

/* What is empty or ends beyond AREA_LIMIT is left out: then false. */
bool areas_add(struct areas *areas, u64 start, u64 size, const char *what);
void areas_add_all(struct areas *to, const struct areas *from);

/* By address, in whole pages, what overlaps or touches made one. */
void areas_merge(struct areas *areas);

/* Take a range out of all, which may split one. */
void areas_remove(struct areas *areas, u64 start, u64 size);
void areas_remove_all(struct areas *areas, const struct areas *those);

/* Bytes of all. */
u64 areas_size(const struct areas *areas);

/* The first that has a byte of it, or NULL. */
const struct area *areas_find(const struct areas *areas, u64 start, u64 size);

#endif /* TOOLS_AREAS_H */
