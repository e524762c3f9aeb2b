/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#include <inmate/layout.h>
#include <inmate/vectors.h>

#include "../kernel/context.h"

/*
 * Threads run at EL1 with SP_EL0, everything else with SP_EL1, a stack of the
 * CPU (of lib/start.S). So an exception of a thread finds a good stack whatever
 * the thread did to its own, and takes nothing of it. tpidrro_el0 holds struct
 * cpu, whose first member points to the current thread's struct context.
 */

	.section .text.rtos_vectors, "ax"
	.balign	0x800
	.globl	rtos_vectors
rtos_vectors:
	/* of threads */
	slot
	stp	x0, x1, [sp, #-16]!
	adr	x1, fault_from_thread_entry
	b	save_thread
	slot
	stp	x0, x1, [sp, #-16]!
	adr	x1, irq_from_thread_entry
	b	save_thread
	unexpected 6
	unexpected 7
	/* of handlers */
	unexpected 4
	slot
	b	nested_irq
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

	.macro	for_q_pairs what, base, offset
	.irp	n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
	q_pair	\what, \n, \base, \offset
	.endr
	.endm

	.altmacro
	.macro	q_pair what, n, base, offset
	q_pair_	\what, \n, %(\n + 1), \base, \offset
	.endm
	.macro	q_pair_ what, n, m, base, offset
	\what	q\n, q\m, [\base, #(\offset + \n * 16)]
	.endm

/* x0, x1 of the thread on the stack; x1 = where to go on. */
save_thread:
	mrs	x0, tpidrro_el0
	ldr	x0, [x0]
	stp	x2, x3, [x0, #CONTEXT_X(2)]
	stp	x4, x5, [x0, #CONTEXT_X(4)]
	stp	x6, x7, [x0, #CONTEXT_X(6)]
	stp	x8, x9, [x0, #CONTEXT_X(8)]
	stp	x10, x11, [x0, #CONTEXT_X(10)]
	stp	x12, x13, [x0, #CONTEXT_X(12)]
	stp	x14, x15, [x0, #CONTEXT_X(14)]
	stp	x16, x17, [x0, #CONTEXT_X(16)]
	stp	x18, x19, [x0, #CONTEXT_X(18)]
	stp	x20, x21, [x0, #CONTEXT_X(20)]
	stp	x22, x23, [x0, #CONTEXT_X(22)]
	stp	x24, x25, [x0, #CONTEXT_X(24)]
	stp	x26, x27, [x0, #CONTEXT_X(26)]
	stp	x28, x29, [x0, #CONTEXT_X(28)]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	mrs	x4, sp_el0
	stp	x30, x4, [x0, #CONTEXT_X(30)]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [x0, #CONTEXT_PC]
	mov	x2, #1
	mrs	x3, fpcr
	stp	x2, x3, [x0, #CONTEXT_FULL]
	mrs	x2, fpsr
	str	x2, [x0, #CONTEXT_FPSR]
	for_q_pairs stp, x0, CONTEXT_Q(0)
	msr	fpcr, xzr
	mov	x29, xzr
	br	x1

fault_from_thread_entry:
	bl	fault_from_thread
	b	restore
irq_from_thread_entry:
	bl	irq_from_thread

/* x0 = struct context to go on with; sp is the CPU's own stack, empty. */
restore:
	ldp	x1, x2, [x0, #CONTEXT_FULL]
	msr	fpcr, x2
	ldr	x2, [x0, #CONTEXT_FPSR]
	msr	fpsr, x2
	ldp	x30, x2, [x0, #CONTEXT_X(30)]
	msr	sp_el0, x2
	cbz	x1, restore_call

	for_q_pairs ldp, x0, CONTEXT_Q(0)
	ldp	x1, x2, [x0, #CONTEXT_PC]
	msr	elr_el1, x1
	msr	spsr_el1, x2
	ldp	x2, x3, [x0, #CONTEXT_X(2)]
	ldp	x4, x5, [x0, #CONTEXT_X(4)]
	ldp	x6, x7, [x0, #CONTEXT_X(6)]
	ldp	x8, x9, [x0, #CONTEXT_X(8)]
	ldp	x10, x11, [x0, #CONTEXT_X(10)]
	ldp	x12, x13, [x0, #CONTEXT_X(12)]
	ldp	x14, x15, [x0, #CONTEXT_X(14)]
	ldp	x16, x17, [x0, #CONTEXT_X(16)]
	ldp	x18, x19, [x0, #CONTEXT_X(18)]
	ldp	x20, x21, [x0, #CONTEXT_X(20)]
	ldp	x22, x23, [x0, #CONTEXT_X(22)]
	ldp	x24, x25, [x0, #CONTEXT_X(24)]
	ldp	x26, x27, [x0, #CONTEXT_X(26)]
	ldp	x28, x29, [x0, #CONTEXT_X(28)]
	ldp	x0, x1, [x0]
	eret

/* Back from context_switch(), interrupts still masked. */
restore_call:
	ldp	x19, x20, [x0, #CONTEXT_X(19)]
	ldp	x21, x22, [x0, #CONTEXT_X(21)]
	ldp	x23, x24, [x0, #CONTEXT_X(23)]
	ldp	x25, x26, [x0, #CONTEXT_X(25)]
	ldp	x27, x28, [x0, #CONTEXT_X(27)]
	ldr	x29, [x0, #CONTEXT_X(29)]
	add	x0, x0, #CONTEXT_Q(0)
	ldp	d8, d9, [x0]
	ldp	d10, d11, [x0, #16]
	ldp	d12, d13, [x0, #32]
	ldp	d14, d15, [x0, #48]
	msr	spsel, #0
	ret

	.globl	context_switch
/* void context_switch(void): by a thread, locked, interrupts masked */
context_switch:
	mrs	x0, tpidrro_el0
	ldr	x0, [x0]
	stp	x19, x20, [x0, #CONTEXT_X(19)]
	stp	x21, x22, [x0, #CONTEXT_X(21)]
	stp	x23, x24, [x0, #CONTEXT_X(23)]
	stp	x25, x26, [x0, #CONTEXT_X(25)]
	stp	x27, x28, [x0, #CONTEXT_X(27)]
	str	x29, [x0, #CONTEXT_X(29)]
	mov	x1, sp
	stp	x30, x1, [x0, #CONTEXT_X(30)]
	mrs	x1, fpcr
	stp	xzr, x1, [x0, #CONTEXT_FULL]
	mrs	x1, fpsr
	str	x1, [x0, #CONTEXT_FPSR]
	add	x0, x0, #CONTEXT_Q(0)
	stp	d8, d9, [x0]
	stp	d10, d11, [x0, #16]
	stp	d12, d13, [x0, #32]
	stp	d14, d15, [x0, #48]
	msr	spsel, #1
	bl	sched_switch
	b	restore

	.globl	context_start
/* void context_start(void): locked, interrupts masked; empties the CPU's stack */
context_start:
	mov	x0, sp
	sub	x0, x0, #1
	orr	x0, x0, #(STACK_SIZE - 1)
	add	x0, x0, #1
	mov	sp, x0
	mov	x29, xzr
	bl	sched_switch
	b	restore

/* A handler is preempted by another: what a call may change goes on the stack. */
nested_irq:
	sub	sp, sp, #NESTED_SIZE
	stp	x29, x30, [sp]
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	x16, x17, [sp, #144]
	mrs	x0, elr_el1
	stp	x18, x0, [sp, #160]
	mrs	x0, spsr_el1
	mrs	x1, fpcr
	stp	x0, x1, [sp, #176]
	mrs	x0, fpsr
	str	x0, [sp, #192]
	for_q_pairs stp, sp, NESTED_Q(0)
	msr	fpcr, xzr
	mov	x29, sp
	bl	irq_nested
	for_q_pairs ldp, sp, NESTED_Q(0)
	ldr	x0, [sp, #192]
	msr	fpsr, x0
	ldp	x0, x1, [sp, #176]
	msr	spsr_el1, x0
	msr	fpcr, x1
	ldp	x18, x0, [sp, #160]
	msr	elr_el1, x0
	ldp	x16, x17, [sp, #144]
	ldp	x14, x15, [sp, #128]
	ldp	x12, x13, [sp, #112]
	ldp	x10, x11, [sp, #96]
	ldp	x8, x9, [sp, #80]
	ldp	x6, x7, [sp, #64]
	ldp	x4, x5, [sp, #48]
	ldp	x2, x3, [sp, #32]
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp]
	add	sp, sp, #NESTED_SIZE
	eret
