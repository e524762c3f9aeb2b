/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef AM625_BOARD_H
#define AM625_BOARD_H

/*
 * TI's AM625 starter kit. Not run by us.
 * From its device tree,
 * ti/k3-am625-sk.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x0000000000	peripherals
 *	0x0001800000	GIC: distributor, ITS, redistributors
 *	0x0002000000	peripherals
 *	0x0080000000	RAM, 2 GiB; 0x9ca00000 to 0xa0000000 is reserved: TF-A, OP-TEE, R5F
 *	0x0500000000	flash behind OSPI
 *
 * Within RAM our configurations reserve
 *
 *	0x00b0000000	hypervisor, 4 MiB
 *	0x00b1000000	cells, 16 MiB each
 */

#define AM625_CPUS		4

#define AM625_RAM_BASE		0x80000000ULL
#define AM625_RAM_END		0x100000000ULL

#define AM625_HV_BASE		0xb0000000ULL
#define AM625_HV_SIZE		0x00400000
#define AM625_HV_END		(AM625_HV_BASE + AM625_HV_SIZE)
#define AM625_CELL_BASE		0xb1000000ULL
#define AM625_CELL_SIZE		0x01000000

#define AM625_GICD_BASE		0x01800000
#define AM625_GICR_BASE		0x01880000
#define AM625_GIC_MAINTENANCE_IRQ	25

/* main UART0, 8250 */
#define AM625_UART_BASE		0x02800000

#define AM625_CONSOLE							\
	{								\
		.address = AM625_UART_BASE,				\
		.size = 0x1000,						\
		.type = JAILHOUSE_CON_TYPE_8250,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* AM625_BOARD_H */
