/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of Xilinx' ZCU102 evaluation board. Run in QEMU only.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <zcu102/board.h>

#define MACHINE_REGIONS							\
	RANGE(ZCU102_RAM_BASE, ZCU102_HV_BASE, ACCESS_RAM),		\
	RANGE(ZCU102_HV_END, ZCU102_RAM_END, ACCESS_RAM),		\
	RANGE(ZCU102_HIGH_BASE, ZCU102_HIGH_END, ACCESS_RAM),		\
	/* programmable logic, flash behind QSPI, PCIe, STM */		\
	RANGE(0x0080000000ULL, 0x00f9000000ULL, ACCESS_MMIO),		\
	/* peripherals, on-chip RAM */					\
	RANGE(0x00f9080000ULL, 0x0100000000ULL, ACCESS_MMIO),		\
	/* programmable logic, PCIe */					\
	RANGE(0x0400000000ULL, 0x0800000000ULL, ACCESS_MMIO),		\
	/* PCIe */							\
	RANGE(0x8000000000ULL, 0xc000000000ULL, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(ZCU102_GICD_BASE, 0),					\
	SPIS(ZCU102_GICD_BASE, 1)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = ZCU102_HV_BASE,
			.size = ZCU102_HV_SIZE,
		},
		.debug_console = ZCU102_CONSOLE,
		.platform_info.arm = {
			.gic_version = 2,
			.gicd_base = ZCU102_GICD_BASE,
			.gicc_base = ZCU102_GICC_BASE,
			.gich_base = ZCU102_GICH_BASE,
			.gicv_base = ZCU102_GICV_BASE,
			.maintenance_irq = ZCU102_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "zcu102",
		},
	},
	.cpus = { (1 << ZCU102_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
