/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on Raspberry Pi 4 Model B with 4 GiB:
 * the last CPU, 16 MiB of RAM. Not run by us.
 */

#include <common.h>
#include <rpi4/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(RPI4_CELL_BASE, RPI4_CELL_SIZE, RPI4_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = RPI4_CONSOLE,
	},
	.cpus = { 1 << (RPI4_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
