/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#include <inmate/layout.h>
#include <inmate/vectors.h>

	/*
	 * A handler is a C function that uses no floating point: only what the
	 * procedure call standard lets it change is saved. ELR and SPSR stay in
	 * their registers, as interrupts do not nest.
	 */
	.macro	irq_entry handler
	slot
	stp	x29, x30, [sp, #-176]!
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	x16, x17, [sp, #144]
	str	x18, [sp, #160]
	bl	\handler
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldp	x8, x9, [sp, #80]
	ldp	x10, x11, [sp, #96]
	ldp	x12, x13, [sp, #112]
	ldp	x14, x15, [sp, #128]
	ldp	x16, x17, [sp, #144]
	ldr	x18, [sp, #160]
	ldp	x29, x30, [sp], #176
	eret
	.endm

	.macro	table name, handler
	.balign	0x800
	.globl	\name
\name:
	/* current EL, SP_EL0: not in use */
	unexpected 0
	unexpected 1
	unexpected 2
	unexpected 3
	/* current EL, SP_EL1 */
	unexpected 4
	irq_entry \handler
	unexpected 6
	unexpected 7
	/* lower EL: there is none */
	unexpected 8
	unexpected 9
	unexpected 10
	unexpected 11
	unexpected 12
	unexpected 13
	unexpected 14
	unexpected 15
	.balign	0x80
	.endm

	.section .vectors, "ax"
	table	vectors, irq_dispatch

	/* of a GICv2, whose CPU interface is memory */
	.section .text.vectors_v2, "ax"
	table	vectors_v2, irq_dispatch_v2

	.text
/*
 * x0 = vector number, the original x0 in tpidrro_el0. Builds a struct
 * exception_frame and calls exception_handle(frame, vector), which returns if
 * execution can go on. A stack without room for the frame is replaced by the
 * emergency stack.
 */
	.globl	exception_report
exception_report:
	msr	tpidr_el0, x1
	sub	x1, sp, #FRAME_SIZE
	tst	x1, #STACK_GUARD_MASK
	mov	x1, sp
	b.ne	1f
	adrp	x0, emergency_stack_end
	ldr	x0, [x0, :lo12:emergency_stack_end]
	mov	sp, x0
	mov	x0, #16			/* "stack overflow" */
1:	sub	sp, sp, #FRAME_SIZE
	str	x1, [sp, #FRAME_SP]
	mrs	x1, tpidr_el0
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x2, tpidrro_el0
	stp	x2, x1, [sp]
	str	x30, [sp, #240]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [sp, #FRAME_ELR]
	mrs	x2, esr_el1
	mrs	x3, far_el1
	stp	x2, x3, [sp, #FRAME_ESR]
	mov	x1, x0
	mov	x0, sp
	bl	exception_handle

	ldp	x2, x3, [sp, #FRAME_ELR]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldr	x30, [sp, #240]
	add	sp, sp, #FRAME_SIZE
	eret
