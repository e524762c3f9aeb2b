/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ZCU102_BOARD_H
#define ZCU102_BOARD_H

/*
 * Xilinx' ZCU102 evaluation board. Run in QEMU only.
 * From its device tree,
 * xilinx/zynqmp-zcu102-rev1.0.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x0000000000	RAM, the first 2 GiB; 0x3ed00000 to 0x3ef40000 for the Cortex-R5
 *	0x0080000000	programmable logic
 *	0x00c0000000	flash behind QSPI
 *	0x00e0000000	PCIe
 *	0x00f9000000	GIC; registers repeat themselves in each 64 KiB
 *	0x00fd000000	peripherals
 *	0x0400000000	programmable logic, PCIe
 *	0x0800000000	RAM, the second 2 GiB
 *	0x8000000000	PCIe
 *
 * Within RAM our configurations reserve
 *
 *	0x0050000000	hypervisor, 4 MiB
 *	0x0051000000	cells, 16 MiB each
 */

#define ZCU102_CPUS		4

#define ZCU102_RAM_BASE		0x00000000
#define ZCU102_RAM_END		0x80000000ULL
#define ZCU102_HIGH_BASE	0x800000000ULL
#define ZCU102_HIGH_END		0x880000000ULL

#define ZCU102_HV_BASE		0x50000000
#define ZCU102_HV_SIZE		0x00400000
#define ZCU102_HV_END		(ZCU102_HV_BASE + ZCU102_HV_SIZE)
#define ZCU102_CELL_BASE	0x51000000
#define ZCU102_CELL_SIZE	0x01000000

#define ZCU102_GICD_BASE	0xf9010000ULL
#define ZCU102_GICC_BASE	0xf9020000ULL
#define ZCU102_GICH_BASE	0xf9040000ULL
#define ZCU102_GICV_BASE	0xf9060000ULL
#define ZCU102_GIC_MAINTENANCE_IRQ	25

/* UART0, Cadence */
#define ZCU102_UART_BASE	0xff000000ULL

#define ZCU102_CONSOLE							\
	{								\
		.address = ZCU102_UART_BASE,				\
		.size = 0x1000,						\
		.type = JAILHOUSE_CON_TYPE_XUARTPS,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* ZCU102_BOARD_H */
