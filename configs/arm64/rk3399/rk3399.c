/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of Rockchip's RK3399, as on a RockPro64 with 4 GiB. Not run by us.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <rk3399/board.h>

#define MACHINE_REGIONS							\
	RANGE(RK3399_RAM_BASE, RK3399_HV_BASE, ACCESS_RAM),		\
	RANGE(RK3399_HV_END, RK3399_RAM_END, ACCESS_RAM),		\
	/* PCIe, and peripherals up to the GIC */			\
	RANGE(0xf8000000ULL, 0xfee00000ULL, ACCESS_MMIO),		\
	/* ITS */							\
	RANGE(0xfee20000ULL, 0xfee40000ULL, ACCESS_MMIO),		\
	/* peripherals between the GIC's parts */			\
	RANGE(0xff000000ULL, 0xfff00000ULL, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(RK3399_GICD_BASE, 0),					\
	SPIS(RK3399_GICD_BASE, 1)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = RK3399_HV_BASE,
			.size = RK3399_HV_SIZE,
		},
		.debug_console = RK3399_CONSOLE,
		.platform_info.arm = {
			.gic_version = 3,
			.gicd_base = RK3399_GICD_BASE,
			.gicr_base = RK3399_GICR_BASE,
			.maintenance_irq = RK3399_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "rk3399",
		},
	},
	.cpus = { (1 << RK3399_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
