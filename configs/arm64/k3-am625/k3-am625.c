/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of TI's AM625 starter kit. Not run by us.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <k3-am625/board.h>

#define MACHINE_REGIONS							\
	RANGE(AM625_RAM_BASE, AM625_HV_BASE, ACCESS_RAM),		\
	RANGE(AM625_HV_END, AM625_RAM_END, ACCESS_RAM),			\
	/* pads, control registers, GPIO, thermal sensor */		\
	RANGE(0x0000000000, 0x0001800000, ACCESS_MMIO),			\
	/* ITS */							\
	RANGE(0x0001820000, 0x0001830000, ACCESS_MMIO),			\
	/* all other peripherals, on-chip RAM */			\
	RANGE(0x0001940000, 0x0080000000ULL, ACCESS_MMIO),		\
	/* flash behind OSPI */						\
	RANGE(0x0500000000ULL, 0x0600000000ULL, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(AM625_GICD_BASE, 0),					\
	SPIS(AM625_GICD_BASE, 1)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = AM625_HV_BASE,
			.size = AM625_HV_SIZE,
		},
		.debug_console = AM625_CONSOLE,
		.platform_info.arm = {
			.gic_version = 3,
			.gicd_base = AM625_GICD_BASE,
			.gicr_base = AM625_GICR_BASE,
			.maintenance_irq = AM625_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "k3-am625",
		},
	},
	.cpus = { (1 << AM625_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
