/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ORIN_BOARD_H
#define ORIN_BOARD_H

/*
 * NVIDIA's Jetson AGX Orin with 64 GiB. Not run by us.
 * From its device tree,
 * Linux' arch/arm64/boot/dts/nvidia/tegra234-p3737-0000+p3701-0005:
 *
 *	0x0000000000	peripherals
 *	0x000f400000	GIC
 *	0x0010000000	SMMU, peripherals
 *	0x0080000000	RAM; what the firmware keeps is not listed in the device tree
 *	0x2000000000	PCIe
 *
 * Within RAM our configurations reserve
 *
 *	0x00b0000000	hypervisor, 4 MiB
 *	0x00b1000000	cells, 16 MiB each
 */

#define ORIN_CPUS		12

#define ORIN_RAM_BASE		0x80000000ULL
#define ORIN_RAM_END		0x1080000000ULL

#define ORIN_HV_BASE		0xb0000000ULL
#define ORIN_HV_SIZE		0x00400000
#define ORIN_HV_END		(ORIN_HV_BASE + ORIN_HV_SIZE)
#define ORIN_CELL_BASE		0xb1000000ULL
#define ORIN_CELL_SIZE		0x01000000

#define ORIN_GICD_BASE		0x0f400000
#define ORIN_GICR_BASE		0x0f440000
#define ORIN_GIC_MAINTENANCE_IRQ	25

/* UARTI, SBSA */
#define ORIN_UART_BASE		0x031d0000

#define ORIN_CONSOLE							\
	{								\
		.address = ORIN_UART_BASE,				\
		.size = 0x1000,						\
		.type = JAILHOUSE_CON_TYPE_PL011,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* ORIN_BOARD_H */
