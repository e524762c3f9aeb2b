/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef IMX8MP_BOARD_H
#define IMX8MP_BOARD_H

/*
 * NXP's i.MX 8M Plus evaluation kit. Run in QEMU only.
 * From its device tree,
 * freescale/imx8mp-evk.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x00000000	on-chip RAM, FlexSPI and PCIe windows
 *	0x30000000	AIPS 1 to 5: peripherals
 *	0x38800000	GIC
 *	0x3d400000	DDR controller
 *	0x40000000	RAM, 6 GiB; 0x942f0000 to 0x94400000 for the Cortex-M7
 *
 * Within RAM our configurations reserve
 *
 *	0x70000000	hypervisor, 4 MiB
 *	0x71000000	cells, 16 MiB each
 */

#define IMX8MP_CPUS		4

#define IMX8MP_RAM_BASE		0x40000000
#define IMX8MP_RAM_END		0x1c0000000ULL

#define IMX8MP_HV_BASE		0x70000000
#define IMX8MP_HV_SIZE		0x00400000
#define IMX8MP_HV_END		(IMX8MP_HV_BASE + IMX8MP_HV_SIZE)
#define IMX8MP_CELL_BASE	0x71000000
#define IMX8MP_CELL_SIZE	0x01000000

#define IMX8MP_GICD_BASE	0x38800000
#define IMX8MP_GICR_BASE	0x38880000
#define IMX8MP_GIC_MAINTENANCE_IRQ	25

/* UART2, i.MX */
#define IMX8MP_UART_BASE	0x30890000

#define IMX8MP_CONSOLE							\
	{								\
		.address = IMX8MP_UART_BASE,				\
		.size = 0x1000,						\
		.type = JAILHOUSE_CON_TYPE_IMX,				\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* IMX8MP_BOARD_H */
