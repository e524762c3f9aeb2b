/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The cell of the inmate tests on QEMU's arm64 "virt" machine: CPUs 2 and 3,
 * 16 MiB of RAM, and one of each kind of resource, so that a test can look at
 * its borders.
 */

#include <qemu-virt/inmate-test.h>

CELL_CONFIG(REGION_COUNT(INMATE_TEST_REGIONS), CHIP_COUNT(INMATE_TEST_CHIPS), 0) config = {
	.cell = {
		QEMU_CELL_DESC("inmate-test", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
	},
	.cpus = { 1 << 2 | 1 << 3 },
	.mem_regions = { INMATE_TEST_REGIONS },
	.irqchips = { INMATE_TEST_CHIPS },
};
