/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */

#include <inmate/gic.h>

/* Stands in for the kernel's port: what the vectors branch to. */

	.text
	.globl	FreeRTOS_IRQ_Handler
/* As there: acknowledges, calls the application, ends the interrupt. */
FreeRTOS_IRQ_Handler:
	stp	x29, x30, [sp, #-192]!
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	x16, x17, [sp, #144]
	ldr	x1, =gic_cpu_interface
	ldr	x1, [x1]
	cbz	x1, 1f
	ldr	w0, [x1, #GICC_IAR]
	b	2f
1:	mrs	x0, ICC_IAR1_EL1
2:	stp	x18, x0, [sp, #160]
	bl	vApplicationIRQHandler
	ldp	x18, x0, [sp, #160]
	ldr	x1, =gic_cpu_interface
	ldr	x1, [x1]
	cbz	x1, 1f
	str	w0, [x1, #GICC_EOIR]
	b	2f
1:	msr	ICC_EOIR1_EL1, x0
2:	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldp	x8, x9, [sp, #80]
	ldp	x10, x11, [sp, #96]
	ldp	x12, x13, [sp, #112]
	ldp	x14, x15, [sp, #128]
	ldp	x16, x17, [sp, #144]
	ldp	x29, x30, [sp], #192
	eret

	.globl	FreeRTOS_SWI_Handler
/* Counts in x0, which check.c sets before its SVC. */
FreeRTOS_SWI_Handler:
	add	x0, x0, #1
	eret

	.globl	run_as_task
/* x0 = function, x1 = end of its stack: runs on SP_EL0, as a task does. */
run_as_task:
	stp	x29, x30, [sp, #-16]!
	msr	spsel, #0
	mov	sp, x1
	blr	x0
	msr	spsel, #1
	ldp	x29, x30, [sp], #16
	ret
