/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of NVIDIA's Jetson AGX Orin with 64 GiB. Not run by us.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <orin/board.h>

#define MACHINE_REGIONS							\
	RANGE(ORIN_RAM_BASE, ORIN_HV_BASE, ACCESS_RAM),			\
	RANGE(ORIN_HV_END, ORIN_RAM_END, ACCESS_RAM),			\
	/* peripherals up to the GIC, SMMUs */				\
	RANGE(0x0000000000, 0x000f400000, ACCESS_MMIO),			\
	/* peripherals, SYSRAM */					\
	RANGE(0x000f640000, 0x0080000000ULL, ACCESS_MMIO),		\
	/* PCIe */							\
	RANGE(0x2000000000ULL, 0x4000000000ULL, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(ORIN_GICD_BASE, 0),					\
	SPIS(ORIN_GICD_BASE, 1),					\
	SPIS(ORIN_GICD_BASE, 2),					\
	SPIS(ORIN_GICD_BASE, 3),					\
	SPIS(ORIN_GICD_BASE, 4),					\
	SPIS(ORIN_GICD_BASE, 5)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = ORIN_HV_BASE,
			.size = ORIN_HV_SIZE,
		},
		.debug_console = ORIN_CONSOLE,
		.platform_info.arm = {
			.gic_version = 3,
			.gicd_base = ORIN_GICD_BASE,
			.gicr_base = ORIN_GICR_BASE,
			.maintenance_irq = ORIN_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "orin",
		},
	},
	.cpus = { (1 << ORIN_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
