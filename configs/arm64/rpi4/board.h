/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RPI4_BOARD_H
#define RPI4_BOARD_H

/*
 * Raspberry Pi 4 Model B with 4 GiB. Not run by us.
 * From its device tree,
 * broadcom/bcm2711-rpi-4-b.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x0000000000	RAM, 4 GiB less the devices; VideoCore's part is below 1 GiB,
 *			CMA below 0x30000000
 *	0x00fd500000	PCIe, Ethernet, peripherals
 *	0x00ff840000	GIC
 *	0x0600000000	PCIe
 *
 * Within RAM our configurations reserve
 *
 *	0x0020000000	hypervisor, 4 MiB
 *	0x0021000000	cells, 16 MiB each
 */

#define RPI4_CPUS		4

#define RPI4_RAM_BASE		0x00000000
#define RPI4_RAM_END		0xfc000000ULL

#define RPI4_HV_BASE		0x20000000
#define RPI4_HV_SIZE		0x00400000
#define RPI4_HV_END		(RPI4_HV_BASE + RPI4_HV_SIZE)
#define RPI4_CELL_BASE		0x21000000
#define RPI4_CELL_SIZE		0x01000000

#define RPI4_GICD_BASE		0xff841000ULL
#define RPI4_GICC_BASE		0xff842000ULL
#define RPI4_GICH_BASE		0xff844000ULL
#define RPI4_GICV_BASE		0xff846000ULL
#define RPI4_GIC_MAINTENANCE_IRQ	25

/* mini UART, like an 8250 */
#define RPI4_UART_BASE		0xfe215040ULL

#define RPI4_CONSOLE							\
	{								\
		.address = RPI4_UART_BASE,				\
		.size = 0x40,						\
		.type = JAILHOUSE_CON_TYPE_8250,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* RPI4_BOARD_H */
