/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on NVIDIA's Jetson AGX Orin with 64 GiB:
 * the last CPU, 16 MiB of RAM. Not run by us.
 */

#include <common.h>
#include <orin/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(ORIN_CELL_BASE, ORIN_CELL_SIZE, ORIN_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = ORIN_CONSOLE,
	},
	.cpus = { 1 << (ORIN_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
