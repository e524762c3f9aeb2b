/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_HISTOGRAM_H
#define LIBCELL_HISTOGRAM_H

/*
 * A histogram of times, to be kept by a cell and shown by another one. Each
 * power of two is divided into 16 bins, so that nanoseconds and milliseconds
 * fit one histogram, each within 1/16 of its value. Adding a sample takes
 * the same few instructions whatever its value.
 *
 * The layout is the same for both sides (little-endian, no padding). One
 * writer; who reads it meanwhile takes a copy and calls histogram_check().
 */

#include <jailhouse/types.h>

#define HISTOGRAM_SUB_BITS	4
#define HISTOGRAM_SUB_BINS	(1U << HISTOGRAM_SUB_BITS)
/* samples from 2^36 ns (a minute) on count in the last bin */
#define HISTOGRAM_BITS		36
#define HISTOGRAM_BINS \
	((HISTOGRAM_BITS - HISTOGRAM_SUB_BITS + 1) * HISTOGRAM_SUB_BINS)

struct histogram {
	u64 count;
	u64 sum;		/* ns */
	u64 min;		/* ns; all ones while count is 0 */
	u64 max;		/* ns */
	u32 bin[HISTOGRAM_BINS];
};

static inline void histogram_reset(struct histogram *h)
{
	*h = (struct histogram) { .min = ~0ULL };
}

/* The bin of @ns: values below 16 have one each. */
static inline unsigned int histogram_bin(u64 ns)
{
	unsigned int shift;

	if (ns < HISTOGRAM_SUB_BINS)
		return (unsigned int)ns;
	if (ns >> HISTOGRAM_BITS)
		return HISTOGRAM_BINS - 1;
	/* the first bit of the value is not part of the bin's number */
	shift = 63U - HISTOGRAM_SUB_BITS - (unsigned int)__builtin_clzll(ns);
	return (shift << HISTOGRAM_SUB_BITS) + (unsigned int)(ns >> shift);
}

/* The smallest value of a bin; of HISTOGRAM_BINS, where the last one ends. */
static inline u64 histogram_start(unsigned int bin)
{
	unsigned int shift;

	if (bin < 2 * HISTOGRAM_SUB_BINS)
		return bin;
	shift = (bin >> HISTOGRAM_SUB_BITS) - 1;
	return (u64)(bin - (shift << HISTOGRAM_SUB_BITS)) << shift;
}

static inline void histogram_add(struct histogram *h, u64 ns)
{
	if (ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	h->sum += ns;
	h->count++;
	h->bin[histogram_bin(ns)]++;
}

/*
 * Is a copy in itself right: do the bins add up to the count, and min and max
 * lie in the outermost bins? False for one that was copied while written, or
 * that somebody else has scribbled on.
 */
static inline bool histogram_check(const struct histogram *h)
{
	unsigned int first = HISTOGRAM_BINS, last = 0;
	u64 sum = 0;

	for (unsigned int bin = 0; bin < HISTOGRAM_BINS; bin++) {
		if (!h->bin[bin])
			continue;
		if (first == HISTOGRAM_BINS)
			first = bin;
		last = bin;
		sum += h->bin[bin];
	}
	if (sum != h->count)
		return false;
	return !sum || (h->min <= h->max && histogram_bin(h->min) == first &&
			histogram_bin(h->max) == last);
}

#endif /* LIBCELL_HISTOGRAM_H */
