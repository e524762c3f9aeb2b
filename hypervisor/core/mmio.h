/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_MMIO_H
#define CORE_MMIO_H

#include <arch/cpu.h>
#include <jailhouse/types.h>

/* One trapped access of a guest to a device register. */
struct mmio_access {
	u64 address;	/* bytes from the start of the region */
	u64 value;	/* written: @size bytes of it; to be read: upper bits zero */
	u8 size;	/* bytes: 1, 2, 4, 8 */
	bool is_write;
};

/* All bits that an access has. */
static inline u64 mmio_ones(const struct mmio_access *access)
{
	return ~0ULL >> (64 - access->size * 8);
}

enum mmio_result {
	MMIO_UNHANDLED,	/* nobody's address */
	MMIO_HANDLED,
	MMIO_ERROR,	/* a forbidden access to a known region */
	MMIO_ABORT,	/* nothing answers there, as the guest would see by itself */
};

typedef enum mmio_result (*mmio_handler)(void *arg, struct mmio_access *access);

#define MMIO_MAX_REGIONS	64

struct mmio_region {
	u64 start;
	u64 size;
	mmio_handler handler;
	void *arg;
};

/*
 * Trapped regions of a cell, not overlapping, looked through in the order of
 * registration: the busiest come first. All zero is an empty table. Readers run
 * without a lock on the cell's CPUs while one writer changes the list: a
 * sequence count tells a reader to look again.
 */
struct mmio_table {
	u32 sequence;	/* odd while being changed */
	u32 count;
	/* a size of 0 ends the list */
	struct mmio_region region[MMIO_MAX_REGIONS + 1];
};

/*
 * 0, -EINVAL (size 0 or wrap-around), -EBUSY (overlap), -E2BIG (table full).
 * Writers of one table are serialised by the caller.
 */
int mmio_register(struct mmio_table *table, u64 start, u64 size,
		  mmio_handler handler, void *arg);
/* Drops the region that starts at @start; unknown is a BUG. */
void mmio_unregister(struct mmio_table *table, u64 start);

/* A copy of the region that @address is in; size 0: there is none. */
static inline struct mmio_region mmio_find(const struct mmio_table *table,
					   u64 address)
{
	const struct mmio_region *region;
	struct mmio_region copy;
	u32 sequence;

	for (;;) {
		sequence = __atomic_load_n(&table->sequence,
					   __ATOMIC_ACQUIRE);
		region = table->region;
		while (address - region->start >= region->size && region->size)
			region++;
		copy = *region;
		/* the copy is complete before the count is read again */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		/* an odd one cannot equal what is read */
		if ((sequence & ~1U) == __atomic_load_n(&table->sequence,
							__ATOMIC_RELAXED))
			return copy;
		cpu_relax();
	}
}

/*
 * Serves @access, whose address is guest-physical on entry and relative to the
 * region for the handler. An access that crosses the end of its region is
 * MMIO_ERROR. Inline: every trapped access comes through here.
 */
static inline enum mmio_result mmio_handle(const struct mmio_table *table,
					   struct mmio_access *access)
{
	struct mmio_region region = mmio_find(table, access->address);
	u64 offset = access->address - region.start;

	if (!region.size)
		return MMIO_UNHANDLED;
	if (access->size > region.size - offset)
		return MMIO_ERROR;
	access->address = offset;
	return region.handler(region.arg, access);
}

#endif /* CORE_MMIO_H */
