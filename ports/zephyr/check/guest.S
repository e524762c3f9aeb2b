/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A program with the shape of Zephyr's: linked to RAM at 0x40000000, with its
 * entry point in the middle. It looks for what the board's device tree says, and
 * switches its cell off; what it does not find, ends the cell as failed.
 */

#define MPIDR			3
#define RAM_LAST		0x40fffff8
#define GICR_BASE		0x080a0000
#define GICR_SIZE		0x20000
#define GICR_TYPER		8
#define GICR_TYPER_LAST		4
#define GICC_IIDR_ADDRESS	0x080100fc
#define UART_BASE		0x09000000
/* device 1 on bus 0 of the virtual PCI host */
#define LINK			0x08e08000
#define LINK_ID			0x4106110a
#define DEBUG_CONSOLE_PUTC	8
#define TIMER_ISTATUS		2
#define NOWHERE			0x70000000

	.text
text:
	.asciz	"zephyr-port: as the board says\n"
	.set	text_size, . - text - 1
	.balign	0x1000
	nop
	.globl	_start
_start:
	mrs	x1, CurrentEL
	cmp	x1, #1 << 2
	b.ne	bad
	mrs	x1, mpidr_el1
	and	x1, x1, #0xffffff
	cmp	x1, #MPIDR
	b.ne	bad
	ldr	x2, =RAM_LAST
	str	x1, [x2]
	ldr	x3, [x2]
	cmp	x1, x3
	b.ne	bad

	/* GICv3, or GICv2: ID_AA64PFR0_EL1.GIC */
	mrs	x3, id_aa64pfr0_el1
	tst	x3, #0xf << 24
	b.ne	gicv3
	ldr	x2, =GICC_IIDR_ADDRESS
	ldr	w3, [x2]
	ubfx	w3, w3, #16, #4
	cmp	w3, #2
	b.ne	bad
	b	2f

gicv3:	ldr	x2, =GICR_BASE
1:	ldr	x3, [x2, #GICR_TYPER]
	lsr	x4, x3, #32
	cmp	x4, #MPIDR
	b.eq	2f
	tbnz	x3, #GICR_TYPER_LAST, bad
	add	x2, x2, #GICR_SIZE
	b	1b

2:	mrs	x3, cntvct_el0
	add	x3, x3, #1000
	msr	cntv_cval_el0, x3
	mov	x3, #1
	msr	cntv_ctl_el0, x3
	isb
3:	yield
	mrs	x3, cntv_ctl_el0
	tbz	x3, #TIMER_ISTATUS, 3b

	ldr	x2, =LINK
	ldr	w3, [x2]
	ldr	w4, =LINK_ID
	cmp	w3, w4
	b.ne	bad

	adr	x3, text
	mov	x4, #text_size
6:	mov	x0, #DEBUG_CONSOLE_PUTC
	ldrb	w1, [x3], #1
	hvc	#0x4a48
	cbnz	x0, bad
	subs	x4, x4, #1
	b.ne	6b

	ldr	x2, =UART_BASE
	adr	x3, text
4:	ldrb	w4, [x3], #1
	cbz	w4, 5f
	str	w4, [x2]
	b	4b

5:	movz	w0, #0x8400, lsl #16		/* PSCI_SYSTEM_OFF */
	movk	w0, #8
	hvc	#0
bad:	ldr	x0, =NOWHERE
	ldr	x0, [x0]
	b	bad
