/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on TI's AM625 starter kit:
 * the last CPU, 16 MiB of RAM. Not run by us.
 */

#include <common.h>
#include <k3-am625/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(AM625_CELL_BASE, AM625_CELL_SIZE, AM625_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = AM625_CONSOLE,
	},
	.cpus = { 1 << (AM625_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
