/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef IMX8MM_BOARD_H
#define IMX8MM_BOARD_H

/*
 * NXP's i.MX 8M Mini evaluation kit. Not run by us.
 * From its device tree,
 * freescale/imx8mm-evk.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x00000000	on-chip RAM, FlexSPI and PCIe windows
 *	0x30000000	AIPS 1 to 4: peripherals
 *	0x38800000	GIC
 *	0x3d400000	DDR controller
 *	0x40000000	RAM, 2 GiB
 *
 * Within RAM our configurations reserve
 *
 *	0x70000000	hypervisor, 4 MiB
 *	0x71000000	cells, 16 MiB each
 */

#define IMX8MM_CPUS		4

#define IMX8MM_RAM_BASE		0x40000000
#define IMX8MM_RAM_END		0xc0000000ULL

#define IMX8MM_HV_BASE		0x70000000
#define IMX8MM_HV_SIZE		0x00400000
#define IMX8MM_HV_END		(IMX8MM_HV_BASE + IMX8MM_HV_SIZE)
#define IMX8MM_CELL_BASE	0x71000000
#define IMX8MM_CELL_SIZE	0x01000000

#define IMX8MM_GICD_BASE	0x38800000
#define IMX8MM_GICR_BASE	0x38880000
#define IMX8MM_GIC_MAINTENANCE_IRQ	25

/* UART2, i.MX */
#define IMX8MM_UART_BASE	0x30890000

#define IMX8MM_CONSOLE							\
	{								\
		.address = IMX8MM_UART_BASE,				\
		.size = 0x1000,						\
		.type = JAILHOUSE_CON_TYPE_IMX,				\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* IMX8MM_BOARD_H */
