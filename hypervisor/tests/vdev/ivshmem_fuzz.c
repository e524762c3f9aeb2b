// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* libFuzzer target: any bytes as accesses to IVSHMEM devices, see link_cells.h. */

#include <core/cell.h>
#include <string.h>

#include "cell_helpers.h"
#include "link_cells.h"
#include "tap.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct snapshot before;
	struct link_step step;

	if (!before.pool_used) {
		boot();
		before = take_snapshot();
	}
	for (; size >= sizeof(step); data += sizeof(step), size -= sizeof(step)) {
		memcpy(&step, data, sizeof(step));
		link_step(&step);
	}
	link_end();
	/* what root did is to be undone at its function's next appearance */
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, 1);
	return 0;
}
