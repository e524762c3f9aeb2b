/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on NXP's i.MX 8M Mini evaluation kit:
 * the last CPU, 16 MiB of RAM. Not run by us.
 */

#include <common.h>
#include <imx8mm/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(IMX8MM_CELL_BASE, IMX8MM_CELL_SIZE, IMX8MM_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = IMX8MM_CONSOLE,
	},
	.cpus = { 1 << (IMX8MM_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
