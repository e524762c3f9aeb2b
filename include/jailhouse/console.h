/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef JAILHOUSE_CONSOLE_H
#define JAILHOUSE_CONSOLE_H

#include <jailhouse/types.h>

/* struct jailhouse_console.type */
#define JAILHOUSE_CON_TYPE_NONE		0x0000
#define JAILHOUSE_CON_TYPE_EFIFB	0x0001
#define JAILHOUSE_CON_TYPE_8250		0x0002
#define JAILHOUSE_CON_TYPE_PL011	0x0003
#define JAILHOUSE_CON_TYPE_XUARTPS	0x0004
#define JAILHOUSE_CON_TYPE_MVEBU	0x0005
#define JAILHOUSE_CON_TYPE_HSCIF	0x0006
#define JAILHOUSE_CON_TYPE_SCIFA	0x0007
#define JAILHOUSE_CON_TYPE_IMX		0x0008
#define JAILHOUSE_CON_TYPE_IMX_LPUART	0x0009
#define JAILHOUSE_CON_TYPE_SCIF		0x000a

/* struct jailhouse_console.flags */
#define JAILHOUSE_CON_ACCESS_PIO	0x0000
#define JAILHOUSE_CON_ACCESS_MMIO	0x0001
#define JAILHOUSE_CON_REGDIST_1		0x0000	/* registers 1 byte apart */
#define JAILHOUSE_CON_REGDIST_4		0x0002	/* registers 4 bytes apart */
#define JAILHOUSE_CON_INVERTED_GATE	0x1000
#define JAILHOUSE_CON_MDR_QUIRK		0x2000

#define CON_IS_MMIO(flags)		((flags) & JAILHOUSE_CON_ACCESS_MMIO)
#define CON_USES_REGDIST_1(flags)	(!((flags) & JAILHOUSE_CON_REGDIST_4))
#define CON_HAS_INVERTED_GATE(flags)	((flags) & JAILHOUSE_CON_INVERTED_GATE)
#define CON_HAS_MDR_QUIRK(flags)	((flags) & JAILHOUSE_CON_MDR_QUIRK)

/* A UART, as the hypervisor and the inmates use it (32 bytes). */
struct jailhouse_console {
	__u64 address;		/* physical address of the first register */
	__u32 size;		/* bytes of register space */
	__u16 type;		/* JAILHOUSE_CON_TYPE_* */
	__u16 flags;		/* JAILHOUSE_CON_* */
	__u32 divider;		/* baud rate divider, 0: keep the set-up found */
	__u32 gate_nr;		/* clock gate bit in *clock_reg */
	__u64 clock_reg;	/* physical address of the gate, 0: none */
} __packed;

#endif /* JAILHOUSE_CONSOLE_H */
