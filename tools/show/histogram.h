/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_HISTOGRAM_H
#define TOOLS_HISTOGRAM_H

/* A histogram of times, shown. Bins without a sample at the ends are left out. */

#include <stdio.h>

#include <libcell/histogram.h>

#define HISTOGRAM_PLOTS	4

/* Bars of text, at most 24 lines of up to @width columns; more in a line each. */
void histogram_print(const struct histogram *h, unsigned int width);
/* An object: count, min_ns, average_ns, max_ns, bins: [[start_ns, count], ...] */
void histogram_print_json(const struct histogram *h);
/* A picture of some of them, one below the other; all axes logarithmic. */
struct histogram_plots {
	unsigned int count;
	struct {
		const struct histogram *h;
		const char *title;
	} plot[HISTOGRAM_PLOTS];
};
/* a picture_draw */
void histogram_print_svg(FILE *out, const void *plots);

/* The value that @percent of the samples do not exceed, as the bin's end. */
u64 histogram_percentile(const struct histogram *h, double percent);

/* Short text with a unit, e.g. "1.25 us", valid until the fourth call from now. */
const char *histogram_time(u64 ns);

#endif /* TOOLS_HISTOGRAM_H */
