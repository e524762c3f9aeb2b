/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of NXP's i.MX 8M Mini evaluation kit. Not run by us.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <imx8mm/board.h>

#define MACHINE_REGIONS							\
	RANGE(IMX8MM_RAM_BASE, IMX8MM_HV_BASE, ACCESS_RAM),		\
	RANGE(IMX8MM_HV_END, IMX8MM_RAM_END, ACCESS_RAM),		\
	/* up to the GIC: on-chip RAM, PCIe, AIPS 1 to 4, GPU */	\
	RANGE(0x00000000, 0x38800000, ACCESS_MMIO),			\
	/* above the GIC: DDR controller */				\
	RANGE(0x38940000, 0x40000000, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(IMX8MM_GICD_BASE, 0)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = IMX8MM_HV_BASE,
			.size = IMX8MM_HV_SIZE,
		},
		.debug_console = IMX8MM_CONSOLE,
		.platform_info.arm = {
			.gic_version = 3,
			.gicd_base = IMX8MM_GICD_BASE,
			.gicr_base = IMX8MM_GICR_BASE,
			.maintenance_irq = IMX8MM_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "imx8mm",
		},
	},
	.cpus = { (1 << IMX8MM_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
