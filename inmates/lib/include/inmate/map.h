/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_MAP_H
#define INMATE_MAP_H

/**
 * @file
 * What of the guest-physical memory can be reached, and how.
 */

/** Memory types (Arm ARM, "Memory types and attributes") and permissions. */
enum map_type {
	MAP_UNCACHED,		/**< device nGnRE, read/write */
	MAP_NORMAL_NC,		/**< memory, not cached, read/write */
	MAP_CACHED,		/**< memory, write-back, read/write */
	MAP_CACHED_RO,		/**< memory, write-back, read-only */
	MAP_CODE,		/**< memory, write-back, read and execute */
};

/**
 * Maps guest-physical memory one to one, rounded out to whole pages of 4 KiB.
 *
 * A range that was mapped before gets the new type, and the TLBs of all CPUs
 * forget the old one. Running out of page tables ends the inmate, and so does a
 * change of a part of a block of 2 MiB. From any CPU and context.
 *
 * @param start	address, below 2^48
 * @param size	bytes
 * @param type	of all of it
 */
void map_range(const volatile void *start, unsigned long size,
	       enum map_type type);

/**
 * Takes memory out of the map, rounded out to whole pages of 4 KiB.
 *
 * @param start	address
 * @param size	bytes
 */
void unmap_range(const volatile void *start, unsigned long size);

#endif /* INMATE_MAP_H */
