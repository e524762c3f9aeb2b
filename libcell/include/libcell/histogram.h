/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_HISTOGRAM_H
#define LIBCELL_HISTOGRAM_H

/**
 * @file
 * A histogram of times, to be kept by a cell and shown by another one.
 *
 * Each power of two is divided into 16 bins, so that nanoseconds and
 * milliseconds are in one histogram, each within 1/16 of its value. Adding a
 * sample takes the same few instructions whatever its value. All times are in
 * nanoseconds.
 *
 * The layout is the same for both sides (little-endian, no padding). One
 * writer; who reads it meanwhile takes a copy and calls histogram_check().
 */

#include <jailhouse/types.h>

#define HISTOGRAM_SUB_BITS	4	/**< of a value, for the bin in its power */
#define HISTOGRAM_SUB_BINS	(1U << HISTOGRAM_SUB_BITS)	/**< of a power */
/** Samples from 2^36 ns (a minute) on count in the last bin. */
#define HISTOGRAM_BITS		36
/** All bins. */
#define HISTOGRAM_BINS \
	((HISTOGRAM_BITS - HISTOGRAM_SUB_BITS + 1) * HISTOGRAM_SUB_BINS)

/** Made by histogram_reset(). */
struct histogram {
	u64 count;		/**< of samples */
	u64 sum;		/**< of all samples */
	u64 min;		/**< all ones while count is 0 */
	u64 max;		/**< 0 while count is 0 */
	u32 bin[HISTOGRAM_BINS];	/**< samples from histogram_start() on */
};

/**
 * Forgets all samples.
 *
 * @param h	any memory
 */
static inline void histogram_reset(struct histogram *h)
{
	*h = (struct histogram) { .min = ~0ULL };
}

/**
 * The bin of a value; values below 16 have one each.
 *
 * @param ns	any value
 * @return below #HISTOGRAM_BINS
 */
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

/**
 * The smallest value of a bin.
 *
 * @param bin	at most #HISTOGRAM_BINS, which has where the last one ends
 * @return nanoseconds
 */
static inline u64 histogram_start(unsigned int bin)
{
	unsigned int shift;

	if (bin < 2 * HISTOGRAM_SUB_BINS)
		return bin;
	shift = (bin >> HISTOGRAM_SUB_BITS) - 1;
	return (u64)(bin - (shift << HISTOGRAM_SUB_BITS)) << shift;
}

/**
 * Adds a sample.
 *
 * @param h	of the only writer, which is in one context at a time
 * @param ns	any value
 */
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

/**
 * Is a copy in itself right: do the bins add up to the count, and min and max
 * lie in the outermost bins?
 *
 * @param h	a copy that nobody else writes
 * @return false: it was copied while written, or somebody else has scribbled on
 *	it
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
