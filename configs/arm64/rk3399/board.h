/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RK3399_BOARD_H
#define RK3399_BOARD_H

/*
 * Rockchip's RK3399, as on a RockPro64 with 4 GiB. Not run by us.
 * From its device tree,
 * rockchip/rk3399-rockpro64.dtb, as Debian's linux-image-6.12 has it:
 *
 *	0x00200000	RAM, 4 GiB less what is below and above; TF-A is below
 *	0xf8000000	PCIe
 *	0xfe300000	peripherals
 *	0xfee00000	GIC: distributor, ITS, redistributors
 *	0xff100000	peripherals
 *	0xfff00000	GIC's interface in memory, not used
 *
 * Within RAM our configurations reserve
 *
 *	0x60000000	hypervisor, 4 MiB
 *	0x61000000	cells, 16 MiB each
 */

#define RK3399_CPUS		6

#define RK3399_RAM_BASE		0x00200000
#define RK3399_RAM_END		0xf8000000ULL

#define RK3399_HV_BASE		0x60000000
#define RK3399_HV_SIZE		0x00400000
#define RK3399_HV_END		(RK3399_HV_BASE + RK3399_HV_SIZE)
#define RK3399_CELL_BASE	0x61000000
#define RK3399_CELL_SIZE	0x01000000

#define RK3399_GICD_BASE	0xfee00000ULL
#define RK3399_GICR_BASE	0xfef00000ULL
#define RK3399_GIC_MAINTENANCE_IRQ	25

/* UART2, DesignWare 8250 */
#define RK3399_UART_BASE	0xff1a0000ULL

#define RK3399_CONSOLE							\
	{								\
		.address = RK3399_UART_BASE,				\
		.size = 0x1000,						\
		.type = JAILHOUSE_CON_TYPE_8250,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

#endif /* RK3399_BOARD_H */
