/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LS1028A_BOARD_H
#define LS1028A_BOARD_H

/*
 * NXP's LS1028A reference design board. Not run by us.
 * From its device tree,
 * freescale/fsl-ls1028a-rdb.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x0000000000	peripherals
 *	0x0005000000	SMMU
 *	0x0006000000	GIC: distributor, ITS, redistributors
 *	0x0008000000	peripherals
 *	0x0020000000	flash behind FlexSPI
 *	0x0080000000	RAM, the first 2 GiB
 *	0x01f0000000	Ethernet (ENETC)
 *	0x2080000000	RAM, the second 2 GiB
 *	0x8000000000	PCIe
 *
 * Within RAM our configurations reserve
 *
 *	0x00b0000000	hypervisor, 4 MiB
 *	0x00b1000000	cells, 16 MiB each
 */

#define LS1028A_CPUS		2

#define LS1028A_RAM_BASE	0x80000000ULL
#define LS1028A_RAM_END		0x100000000ULL
#define LS1028A_HIGH_BASE	0x2080000000ULL
#define LS1028A_HIGH_END	0x2100000000ULL

#define LS1028A_HV_BASE		0xb0000000ULL
#define LS1028A_HV_SIZE		0x00400000
#define LS1028A_HV_END		(LS1028A_HV_BASE + LS1028A_HV_SIZE)
#define LS1028A_CELL_BASE	0xb1000000ULL
#define LS1028A_CELL_SIZE	0x01000000

#define LS1028A_GICD_BASE	0x06000000
#define LS1028A_GICR_BASE	0x06040000
#define LS1028A_GIC_MAINTENANCE_IRQ	25

/* DUART1, 16550 */
#define LS1028A_UART_BASE	0x021c0500

#define LS1028A_CONSOLE							\
	{								\
		.address = LS1028A_UART_BASE,				\
		.size = 0x100,						\
		.type = JAILHOUSE_CON_TYPE_8250,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_1,			\
	}

#endif /* LS1028A_BOARD_H */
