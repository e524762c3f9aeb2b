/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on Xilinx' ZCU102 evaluation board:
 * the last CPU, 16 MiB of RAM. Run in QEMU only.
 */

#include <common.h>
#include <zcu102/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(ZCU102_CELL_BASE, ZCU102_CELL_SIZE, ZCU102_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = ZCU102_CONSOLE,
	},
	.cpus = { 1 << (ZCU102_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
