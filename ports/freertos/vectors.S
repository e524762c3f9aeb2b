/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Exception vectors for the kernel's port GCC/ARM_AARCH64_SRE: tasks run on
 * SP_EL0, interrupts on SP_EL1. What is not for FreeRTOS goes to the same slot
 * of the inmate library's vectors, which print it and end the cell as failed.
 */

#define ESR_EC_SHIFT	26
#define ESR_EC_SVC64	0x15

	.macro	to_library offset
	.balign	0x80
	b	vectors + \offset
	.endm

	.macro	irq
	.balign	0x80
	b	FreeRTOS_IRQ_Handler
	.endm

	.text
	.balign	0x800
	.globl	_freertos_vector_table
_freertos_vector_table:
	/* current EL, SP_EL0: SVC yields */
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el1
	lsr	x0, x0, #ESR_EC_SHIFT
	cmp	x0, #ESR_EC_SVC64
	ldp	x0, x1, [sp], #16
	b.eq	FreeRTOS_SWI_Handler
	b	vectors
	irq
	to_library 0x100
	to_library 0x180
	/* current EL, SP_EL1: interrupts that interrupt interrupts */
	to_library 0x200
	irq
	to_library 0x300
	to_library 0x380
	/* lower EL: there is none */
	to_library 0x400
	to_library 0x480
	to_library 0x500
	to_library 0x580
	to_library 0x600
	to_library 0x680
	to_library 0x700
	to_library 0x780
