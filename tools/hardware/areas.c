/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hardware/areas.h"

bool areas_add(struct areas *areas, u64 start, u64 size, const char *what)
{
	struct area *area = &areas->area[areas->count];

	if (!size || start >= AREA_LIMIT || size > AREA_LIMIT - start)
		return false;
	if (areas->count == AREAS_MAX) {
		areas->full = true;
		return false;
	}
	area->start = start;
	area->size = size;
	snprintf(area->what, sizeof(area->what), "%s", what);
	areas->count++;
	return true;
}

void areas_add_all(struct areas *to, const struct areas *from)
{
	const struct area *area;

	for_each_area(area, from)
		areas_add(to, area->start, area->size, area->what);
}

static int by_address(const void *a, const void *b)
{
	const struct area *left = a, *right = b;

	return left->start < right->start ? -1 : left->start > right->start;
}

/* Is @what, which is not empty, one of the names in @names, which are separated by ", "? */
static bool has_name(const char *names, const char *what)
{
	size_t length = strlen(what);
	const char *found = names;

	while ((found = strstr(found, what))) {
		if ((found == names || found[-1] == ' ') &&
		    (!found[length] || found[length] == ','))
			return true;
		found++;
	}
	return false;
}

static void join_names(struct area *area, const char *what)
{
	size_t used = strlen(area->what);

	if (!*what || has_name(area->what, what) || has_name(area->what, "..."))
		return;
	/* room for "..." stays */
	if (used + strlen(what) + sizeof(", , ...") > sizeof(area->what))
		what = "...";
	snprintf(area->what + used, sizeof(area->what) - used, "%s%s", used ? ", " : "", what);
}

void areas_merge(struct areas *areas)
{
	struct area *area, *last = NULL;
	unsigned int count = 0;
	u64 end;

	for_each_area(area, areas) {
		end = (area_end(area) + AREA_PAGE - 1) & ~(AREA_PAGE - 1);
		area->start &= ~(AREA_PAGE - 1);
		area->size = end - area->start;
	}
	qsort(areas->area, areas->count, sizeof(*area), by_address);
	for_each_area(area, areas) {
		end = area_end(area);
		if (last && area->start <= area_end(last)) {
			if (end > area_end(last))
				last->size = end - last->start;
			join_names(last, area->what);
			continue;
		}
		last = &areas->area[count++];
		if (last != area)
			*last = *area;
	}
	areas->count = count;
}

void areas_remove(struct areas *areas, u64 start, u64 size)
{
	unsigned int n, old = areas->count;
	u64 end = start + size;
	struct area *area;
	u64 area_stop;

	for (n = 0; n < old; n++) {
		area = &areas->area[n];
		area_stop = area_end(area);
		if (area->start >= end || area_stop <= start)
			continue;
		if (area_stop > end && area->start < start)
			areas_add(areas, end, area_stop - end, area->what);
		if (area->start < start) {
			area->size = start - area->start;
		} else if (area_stop > end) {
			area->start = end;
			area->size = area_stop - end;
		} else {
			area->size = 0;
		}
	}
	for (old = areas->count, areas->count = n = 0; n < old; n++)
		if (areas->area[n].size)
			areas->area[areas->count++] = areas->area[n];
	qsort(areas->area, areas->count, sizeof(*area), by_address);
}

void areas_remove_all(struct areas *areas, const struct areas *those)
{
	const struct area *area;

	for_each_area(area, those)
		areas_remove(areas, area->start, area->size);
}

u64 areas_size(const struct areas *areas)
{
	const struct area *area;
	u64 size = 0;

	for_each_area(area, areas)
		size += area->size;
	return size;
}

const struct area *areas_find(const struct areas *areas, u64 start, u64 size)
{
	const struct area *area;

	for_each_area(area, areas)
		if (area->start < start + size && area_end(area) > start)
			return area;
	return NULL;
}
