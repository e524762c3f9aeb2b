/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#include <inmate/gic.h>
#include <inmate/layout.h>
#include <inmate/vectors.h>

#include "../kernel/context.h"

/*
 * Threads run at EL1 with SP_EL0, everything else with SP_EL1. While a thread
 * runs, SP_EL1 points to its struct context, so that an exception finds a place
 * for its registers whatever the thread did to its own stack; what is called
 * then has the stack of the CPU (of lib/start.S). tpidrro_el0 holds struct cpu.
 *
 * An interrupt that no other thread comes after saves and loads only what a
 * call may change.
 */

	.altmacro
	.macro	q_pair_ what, n, m, base, offset
	\what	q\n, q\m, [\base, #(\offset + \n * 16)]
	.endm
	.macro	q_pair what, n, base, offset
	q_pair_	\what, \n, %(\n + 1), \base, \offset
	.endm
	.macro	for_q_pairs what, base, offset
	.irp	n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
	q_pair	\what, \n, \base, \offset
	.endr
	.endm
	.macro	x_pair_ what, n, m, base
	\what	x\n, x\m, [\base, #CONTEXT_X(\n)]
	.endm
	.macro	x_pair what, n, base
	x_pair_	\what, \n, %(\n + 1), \base
	.endm
	/* x0 to x19; x18 and x19 come last */
	.macro	for_volatile_pairs what, base
	.irp	n, 0,2,4,6,8,10,12,14,16,18
	x_pair	\what, \n, \base
	.endr
	.endm

	/* Of a thread, into its context. Leaves that in x19, and clobbers x0. */
	.macro	save_volatile
	for_volatile_pairs stp, sp
	mov	x19, sp
	mrs	x0, elr_el1
	stp	x30, x0, [sp, #CONTEXT_X(30)]
	mrs	x0, spsr_el1
	str	x0, [sp, #CONTEXT_PSTATE]
	.endm

	/* The rest of them, but floating point; x19 = context. */
	.macro	save_rest
	stp	x20, x21, [x19, #CONTEXT_X(20)]
	stp	x22, x23, [x19, #CONTEXT_X(22)]
	stp	x24, x25, [x19, #CONTEXT_X(24)]
	stp	x26, x27, [x19, #CONTEXT_X(26)]
	stp	x28, x29, [x19, #CONTEXT_X(28)]
	mrs	x0, sp_el0
	/* not 0: full */
	stp	x0, x19, [x19, #CONTEXT_SP]
	.endm

	/* x2 = struct cpu; clobbers x0 */
	.macro	to_cpu_stack
	mrs	x2, tpidrro_el0
	ldr	x0, [x2, #CPU_STACK]
	mov	sp, x0
	.endm

	/* As "unexpected" of a thread: on the CPU's stack, x0 preserved. */
	.macro	unexpected_of_thread number
	msr	tpidr_el0, x0
	mrs	x0, tpidrro_el0
	ldr	x0, [x0, #CPU_STACK]
	mov	sp, x0
	mrs	x0, tpidr_el0
	msr	tpidrro_el0, x0
	mov	x0, #\number
	b	exception_report
	.endm

	.section .text.rtos_vectors, "ax"
	.balign	0x800
	.globl	rtos_vectors
/*
 * Slots have room left for what belongs to no vector. Those of lower ELs are left
 * out, as nothing is ever entered there.
 */
rtos_vectors:
	/* of threads */
	slot
	save_volatile
	save_rest
	to_cpu_stack
	ldr	x1, [x19, #CONTEXT_FP]
	mov	x0, x19
	cbz	x1, 1f
	bl	save_fp
1:	bl	fault_from_thread
	b	restore
	slot
	save_volatile
	ldr	x1, [sp, #CONTEXT_FP]
	to_cpu_stack
	b	irq

irq_switch:
	save_rest
	bl	sched_switch_after_irq
	b	restore
	slot
	unexpected_of_thread 2

/* Back from context_switch(), interrupts still masked. */
restore_call:
	ldr	x1, [x0, #CONTEXT_FP]
	cbnz	x1, restore_call_fp
	mrs	x1, cpacr_el1
	tbnz	x1, #CPACR_FPEN_BIT, disable_call_fp
1:	ldp	x19, x20, [x0, #CONTEXT_X(19)]
	ldp	x21, x22, [x0, #CONTEXT_X(21)]
	ldp	x23, x24, [x0, #CONTEXT_X(23)]
	ldp	x25, x26, [x0, #CONTEXT_X(25)]
	ldp	x27, x28, [x0, #CONTEXT_X(27)]
	ldp	x29, x30, [x0, #CONTEXT_X(29)]
	msr	spsel, #0
	ret
disable_call_fp:
	msr	cpacr_el1, xzr
	/* no exception return comes before the thread's next instruction */
	isb
	b	1b
restore_call_fp:
	bl	load_fp
	b	1b
	slot
	unexpected_of_thread 3

irq_fp:
	mov	x0, x19
	bl	save_fp
	b	irq_saved

	.globl	context_start
/* void context_start(void): locked, interrupts masked; empties the CPU's stack */
context_start:
	mov	x0, sp
	sub	x0, x0, #1
	orr	x0, x0, #(STACK_SIZE - 1)
	add	x0, x0, #1
	mrs	x2, tpidrro_el0
	str	x0, [x2, #CPU_STACK]
	mov	sp, x0
	mov	x29, xzr
	bl	sched_switch
	b	restore

/* The thread has not used it, but the one before or a handler has. */
disable_fp:
	msr	cpacr_el1, xzr
	b	restore_volatile
restore_fp:
	mov	x0, x19
	bl	load_fp
	b	restore_volatile

	/* of handlers */
	unexpected 4

/* x0 = struct context, kept like x2 and x19; clobbers x1, x3 */
save_fp:
	mrs	x1, fpcr
	mrs	x3, fpsr
	stp	x1, x3, [x0, #CONTEXT_FPCR]
	for_q_pairs stp, x0, CONTEXT_Q(0)
	msr	fpcr, xzr
	ret

save_call_fp:
	bl	save_fp
	b	call_saved
	slot
/*
 * A handler is preempted by another: what a call may change goes on the stack,
 * floating point if the handler has used it.
 */
nested_irq:
	sub	sp, sp, #NESTED_SIZE
	for_volatile_pairs stp, sp
	str	x30, [sp, #160]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #NESTED_ELR]
	mrs	x2, tpidrro_el0
	mrs	x0, cpacr_el1
	ldr	w1, [x2, #CPU_IRQ]
	stp	x0, x1, [sp, #NESTED_CPACR]
	mov	x19, xzr
	tbz	x0, #CPACR_FPEN_BIT, irq_saved
	sub	x0, sp, #NESTED_AS_CONTEXT
	bl	save_fp
	b	irq_saved

irq_unhandled:
	bl	irq_report_unhandled
	b	irq_handled
acknowledge_v2:
	ldr	w0, [x5, #GICC_IAR]
	b	acknowledged
end_v2:
	str	w0, [x5, #GICC_EOIR]
	b	irq_ended
	unexpected 6

/* x0 = struct context, as for save_fp */
load_fp:
	mrs	x1, cpacr_el1
	tbnz	x1, #CPACR_FPEN_BIT, 1f
	mov	x1, #CPACR_FPEN
	msr	cpacr_el1, x1
	/* before the next instruction, which would trap */
	isb
1:	ldp	x1, x3, [x0, #CONTEXT_FPCR]
	msr	fpcr, x1
	msr	fpsr, x3
	for_q_pairs ldp, x0, CONTEXT_Q(0)
	ret
	/* fails if a slot overflows */
	.org	rtos_vectors + 7 * 0x80
	unexpected 7

/* x19 = context, x1 = its use of floating point, x2 = struct cpu */
irq:
	cbnz	x1, irq_fp
/*
 * Acknowledges an interrupt, calls its handler with interrupts open, and ends it.
 * x2 = struct cpu, x19 = context, or 0: nested.
 */
irq_saved:
	adrp	x5, gic_cpu_interface
	ldr	x5, [x5, :lo12:gic_cpu_interface]
	cbnz	x5, acknowledge_v2
	mrs	x0, ICC_IAR1_EL1
acknowledged:
	str	w0, [x2, #CPU_IRQ]
	and	w0, w0, #GIC_INTID_MASK
	cmp	w0, #GIC_INTIDS
	b.hs	irq_ended
	adrp	x3, irq_handlers
	add	x3, x3, :lo12:irq_handlers
	add	x3, x3, x0, lsl #HANDLER_SHIFT
	ldp	x4, x1, [x3]
	cbz	x4, irq_unhandled
	msr	daifclr, #2
	blr	x4
	msr	daifset, #2
irq_handled:
	mrs	x2, tpidrro_el0
	adrp	x5, gic_cpu_interface
	ldr	x5, [x5, :lo12:gic_cpu_interface]
	ldr	w0, [x2, #CPU_IRQ]
	cbnz	x5, end_v2
	msr	ICC_EOIR1_EL1, x0
irq_ended:
	cbz	x19, nested_end
	ldrb	w0, [x2, #CPU_RESCHED]
	cbnz	w0, irq_switch
	mov	sp, x19
	ldr	x1, [sp, #CONTEXT_FP]
	cbnz	x1, restore_fp
	mrs	x0, cpacr_el1
	tbnz	x0, #CPACR_FPEN_BIT, disable_fp
restore_volatile:
	ldr	x1, [x19, #CONTEXT_PSTATE]
	ldp	x30, x0, [x19, #CONTEXT_X(30)]
/* x0, x1 = ELR, SPSR; x19 = where the rest is */
return:
	msr	elr_el1, x0
	msr	spsr_el1, x1
	for_volatile_pairs ldp, x19
	eret

	.globl	context_switch
/* void context_switch(void): by a thread, locked, interrupts masked */
context_switch:
	mrs	x2, tpidrro_el0
	ldr	x0, [x2, #CPU_CONTEXT]
	stp	x19, x20, [x0, #CONTEXT_X(19)]
	stp	x21, x22, [x0, #CONTEXT_X(21)]
	stp	x23, x24, [x0, #CONTEXT_X(23)]
	stp	x25, x26, [x0, #CONTEXT_X(25)]
	stp	x27, x28, [x0, #CONTEXT_X(27)]
	stp	x29, x30, [x0, #CONTEXT_X(29)]
	mov	x1, sp
	stp	x1, xzr, [x0, #CONTEXT_SP]
	ldr	x1, [x0, #CONTEXT_FP]
	cbnz	x1, save_call_fp
call_saved:
	ldr	x1, [x2, #CPU_STACK]
	msr	spsel, #1
	mov	sp, x1
	bl	sched_switch

/* x0 = struct context to go on with */
restore:
	mov	sp, x0
	ldp	x1, x2, [x0, #CONTEXT_SP]
	msr	sp_el0, x1
	cbz	x2, restore_call
	mov	x19, x0
	ldp	x20, x21, [x0, #CONTEXT_X(20)]
	ldp	x22, x23, [x0, #CONTEXT_X(22)]
	ldp	x24, x25, [x0, #CONTEXT_X(24)]
	ldp	x26, x27, [x0, #CONTEXT_X(26)]
	ldp	x28, x29, [x0, #CONTEXT_X(28)]
	ldr	x1, [x0, #CONTEXT_FP]
	cbnz	x1, restore_fp
	mrs	x0, cpacr_el1
	tbz	x0, #CPACR_FPEN_BIT, restore_volatile
	b	disable_fp
nested_end:
	ldp	x0, x1, [sp, #NESTED_CPACR]
	str	w1, [x2, #CPU_IRQ]
	msr	cpacr_el1, x0
	tbz	x0, #CPACR_FPEN_BIT, nested_restored
	sub	x0, sp, #NESTED_AS_CONTEXT
	bl	load_fp
nested_restored:
	ldp	x0, x1, [sp, #NESTED_ELR]
	ldr	x30, [sp, #160]
	mov	x19, sp
	add	sp, sp, #NESTED_SIZE
	b	return
