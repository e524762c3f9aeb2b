/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configuration of NXP's LS1028A reference design board. Not run by us.
 *
 * The root cell owns all but the hypervisor's memory and the GIC. There are no
 * links.
 */

#include <common.h>
#include <ls1028a/board.h>

#define MACHINE_REGIONS							\
	RANGE(LS1028A_RAM_BASE, LS1028A_HV_BASE, ACCESS_RAM),		\
	RANGE(LS1028A_HV_END, LS1028A_RAM_END, ACCESS_RAM),		\
	RANGE(LS1028A_HIGH_BASE, LS1028A_HIGH_END, ACCESS_RAM),		\
	/* peripherals up to the GIC, SMMU */				\
	RANGE(0x0000000000, 0x0006000000, ACCESS_MMIO),			\
	/* ITS */							\
	RANGE(0x0006020000, 0x0006040000, ACCESS_MMIO),			\
	/* peripherals, flash behind FlexSPI */				\
	RANGE(0x0006080000, 0x0080000000ULL, ACCESS_MMIO),		\
	/* Ethernet (ENETC), as PCIe */					\
	RANGE(0x01f0000000ULL, 0x0200000000ULL, ACCESS_MMIO),		\
	/* DCSR */							\
	RANGE(0x0700000000ULL, 0x0740000000ULL, ACCESS_MMIO),		\
	/* PCIe */							\
	RANGE(0x8000000000ULL, 0x9000000000ULL, ACCESS_MMIO)

#define MACHINE_CHIPS							\
	SPIS(LS1028A_GICD_BASE, 0),					\
	SPIS(LS1028A_GICD_BASE, 1)

SYSTEM_CONFIG(REGION_COUNT(MACHINE_REGIONS), CHIP_COUNT(MACHINE_CHIPS), 0) config = {
	.header = {
		SYSTEM_FORMAT,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = LS1028A_HV_BASE,
			.size = LS1028A_HV_SIZE,
		},
		.debug_console = LS1028A_CONSOLE,
		.platform_info.arm = {
			.gic_version = 3,
			.gicd_base = LS1028A_GICD_BASE,
			.gicr_base = LS1028A_GICR_BASE,
			.maintenance_irq = LS1028A_GIC_MAINTENANCE_IRQ,
		},
		.root_cell = {
			CELL_FORMAT(config),
			.name = "ls1028a",
		},
	},
	.cpus = { (1 << LS1028A_CPUS) - 1 },
	.mem_regions = { MACHINE_REGIONS },
	.irqchips = { MACHINE_CHIPS },
};
