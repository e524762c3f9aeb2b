/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell for programs of the inmate library on Rockchip's RK3399, as on a RockPro64 with 4 GiB:
 * the last CPU, 16 MiB of RAM. Not run by us.
 */

#include <common.h>
#include <rk3399/board.h>

#define CELL_REGIONS							\
	INMATE_REGIONS(RK3399_CELL_BASE, RK3399_CELL_SIZE, RK3399_UART_BASE)

CELL_CONFIG(REGION_COUNT(CELL_REGIONS), 0, 0) config = {
	.cell = {
		CELL_FORMAT(config),
		.name = "inmate-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.msg_reply_timeout = REPLY_TIMEOUT,
		.console = RK3399_CONSOLE,
	},
	.cpus = { 1 << (RK3399_CPUS - 1) },
	.mem_regions = { CELL_REGIONS },
};
