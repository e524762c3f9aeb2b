/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_MAP_H
#define INMATE_MAP_H

enum map_type {
	MAP_UNCACHED,		/* device nGnRE, read/write */
	MAP_NORMAL_NC,		/* memory, not cached, read/write */
	MAP_CACHED,		/* memory, write-back, read/write */
	MAP_CACHED_RO,		/* memory, write-back, read-only */
	MAP_CODE,		/* memory, write-back, read and execute */
};

/*
 * Maps guest-physical memory one to one, rounded out to whole pages. A range
 * that was mapped before gets the new type, and the TLBs of all CPUs forget the
 * old one. Running out of page tables ends the inmate.
 */
void map_range(const volatile void *start, unsigned long size,
	       enum map_type type);

/* Takes whole pages out of the map. */
void unmap_range(const volatile void *start, unsigned long size);

#endif /* INMATE_MAP_H */
