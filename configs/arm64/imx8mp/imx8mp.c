/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of NXP's i.MX 8M Plus evaluation kit. Run in QEMU only.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <imx8mp/board.h>

#define MACHINE_REGIONS							\
	RANGE(IMX8MP_RAM_BASE, IMX8MP_HV_BASE, ACCESS_RAM),		\
	RANGE(IMX8MP_HV_END, IMX8MP_RAM_END, ACCESS_RAM),		\
	/* up to the GIC: on-chip RAM, PCIe, AIPS 1 to 5, GPU, NPU */	\
	RANGE(0x00000000, 0x38800000, ACCESS_MMIO),			\
	/* above the GIC: audio DSP, DDR controller */			\
	RANGE(0x38940000, 0x40000000, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(IMX8MP_GICD_BASE, 0),					\
	SPIS(IMX8MP_GICD_BASE, 1)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = IMX8MP_HV_BASE,
			.size = IMX8MP_HV_SIZE,
		},
		.debug_console = IMX8MP_CONSOLE,
		.platform_info.arm = {
			.gic_version = 3,
			.gicd_base = IMX8MP_GICD_BASE,
			.gicr_base = IMX8MP_GICR_BASE,
			.maintenance_irq = IMX8MP_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "imx8mp",
		},
	},
	.cpus = { (1 << IMX8MP_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
