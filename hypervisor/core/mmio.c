// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <lib/bug.h>
#include <lib/errno.h>
#include <core/mmio.h>

static void begin_change(struct mmio_table *table)
{
	__atomic_store_n(&table->sequence, table->sequence + 1,
			 __ATOMIC_RELAXED);
	/* no change is seen before the odd count */
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static void end_change(struct mmio_table *table)
{
	__atomic_store_n(&table->sequence, table->sequence + 1,
			 __ATOMIC_RELEASE);
}

int mmio_register(struct mmio_table *table, u64 start, u64 size,
		  mmio_handler handler, void *arg)
{
	const struct mmio_region *region;

	if (!size || start + size - 1 < start)
		return -EINVAL;
	for (region = table->region; region->size; region++)
		if (start - region->start < region->size ||
		    region->start - start < size)
			return -EBUSY;
	if (table->count == MMIO_MAX_REGIONS)
		return -E2BIG;
	begin_change(table);
	table->region[table->count++] = (struct mmio_region) {
		.start = start, .size = size, .handler = handler, .arg = arg,
	};
	end_change(table);
	return 0;
}

void mmio_unregister(struct mmio_table *table, u64 start)
{
	struct mmio_region *region = table->region;

	while (region->size && region->start != start)
		region++;
	BUG_ON(!region->size);
	begin_change(table);
	for (; region->size; region++)
		region[0] = region[1];
	table->count--;
	end_change(table);
}
