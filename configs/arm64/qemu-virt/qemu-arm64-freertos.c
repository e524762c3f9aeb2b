/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * FreeRTOS on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of RAM. It masks
 * interrupts by priority.
 */

#include <common.h>
#include <qemu-virt/board.h>

CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "freertos",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE | JAILHOUSE_CELL_GIC_PMR,
		.msg_reply_timeout = REPLY_TIMEOUT,
		/* the hypervisor's is on the UART: else all comes twice */
		.console = { .type = JAILHOUSE_CON_TYPE_NONE },
	},
	.cpus = { 1 << 3 },
	.mem_regions = { QEMU_CELL_REGIONS(8) },
};
