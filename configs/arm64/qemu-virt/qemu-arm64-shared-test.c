/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The cell of the inmate tests on QEMU's arm64 "virt" machine, on CPUs 2 and 3, which
 * root keeps.
 */

#include <qemu-virt/inmate-test.h>

SHARING_CELL_CONFIG(REGION_COUNT(INMATE_TEST_REGIONS), CHIP_COUNT(INMATE_TEST_CHIPS), 0) config = {
	.cell = {
		QEMU_CELL_DESC("shared-test", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED |
			       JAILHOUSE_CELL_SHARES_CPUS),
	},
	.mem_regions = { INMATE_TEST_REGIONS },
	.irqchips = { INMATE_TEST_CHIPS },
	.sharing = SHARE_PRIORITY(1 << 2 | 1 << 3, 80000, 100000),
};
