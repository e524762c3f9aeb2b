/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of Raspberry Pi 4 Model B with 4 GiB. Not run by us.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <rpi4/board.h>

#define MACHINE_REGIONS							\
	RANGE(RPI4_RAM_BASE, RPI4_HV_BASE, ACCESS_RAM),			\
	RANGE(RPI4_HV_END, RPI4_RAM_END, ACCESS_RAM),			\
	/* peripherals up to the GIC */					\
	RANGE(0x00fc000000ULL, 0x00ff840000ULL, ACCESS_MMIO),		\
	/* PCIe */							\
	RANGE(0x0600000000ULL, 0x0640000000ULL, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(RPI4_GICD_BASE, 0),					\
	SPIS(RPI4_GICD_BASE, 1)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = RPI4_HV_BASE,
			.size = RPI4_HV_SIZE,
		},
		.debug_console = RPI4_CONSOLE,
		.platform_info.arm = {
			.gic_version = 2,
			.gicd_base = RPI4_GICD_BASE,
			.gicc_base = RPI4_GICC_BASE,
			.gich_base = RPI4_GICH_BASE,
			.gicv_base = RPI4_GICV_BASE,
			.maintenance_irq = RPI4_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "rpi4",
		},
	},
	.cpus = { (1 << RPI4_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
