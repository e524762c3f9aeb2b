/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on NXP's LS1028A reference design board:
 * the last CPU, 16 MiB of RAM. Not run by us.
 */

#include <common.h>
#include <ls1028a/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(LS1028A_CELL_BASE, LS1028A_CELL_SIZE, LS1028A_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = LS1028A_CONSOLE,
	},
	.cpus = { 1 << (LS1028A_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
