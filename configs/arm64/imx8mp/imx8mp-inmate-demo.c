/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on NXP's i.MX 8M Plus evaluation kit:
 * the last CPU, 16 MiB of RAM. Run in QEMU only.
 */

#include <common.h>
#include <imx8mp/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(IMX8MP_CELL_BASE, IMX8MP_CELL_SIZE, IMX8MP_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = IMX8MP_CONSOLE,
	},
	.cpus = { 1 << (IMX8MP_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
