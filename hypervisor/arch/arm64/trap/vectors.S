/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Exception vectors of EL2. While a guest runs, SP_EL2 points at the struct
 * percpu of the CPU, whose first member is struct guest_regs; the stack grows down from
 * there, so an exit needs no arithmetic on sp. EL2 runs with all interrupts masked.
 *
 * Light exits save x0..x7, x16, x17 and x30 only: C is compiled to keep the
 * rest (see Makefile). The handlers of HVC and SMC get the guest's x0..x3 as
 * arguments and return its x0. Full exits save all, for handlers that need any
 * register.
 */

#include <arch/asm-offsets.h>
#include <arch/layout.h>
#include <jailhouse/hypercall.h>
#include <trap/vectors.h>

/* All registers are the guest's, sp points at struct percpu. Changes none. */
.macro save_light
	stp	x0, x1, [sp, #PERCPU_X0]
	stp	x2, x3, [sp, #PERCPU_X2]
	stp	x4, x5, [sp, #PERCPU_X4]
	stp	x6, x7, [sp, #PERCPU_X6]
	stp	x16, x17, [sp, #PERCPU_X16]
	str	x30, [sp, #PERCPU_X30]
.endm

/* No straight-line speculation goes past the return. */
.macro eret_safe
	eret
	dsb	nsh
	isb
.endm

/*
 * Enters the guest: sp as after save_light, x8..x15 and x18..x29 are the guest's;
 * with result_in_x0 its x0 is in x0. Does not come back.
 */
.macro return_light result_in_x0=0
	ldp	x16, x17, [sp, #PERCPU_X16]
	ldp	x6, x7, [sp, #PERCPU_X6]
	ldp	x4, x5, [sp, #PERCPU_X4]
	ldp	x2, x3, [sp, #PERCPU_X2]
	.if	\result_in_x0
	ldr	x1, [sp, #PERCPU_X1]
	.else
	ldp	x0, x1, [sp, #PERCPU_X0]
	.endif
	ldr	x30, [sp, #PERCPU_X30]
	eret_safe
.endm

/* What save_light leaves: these registers are still the guest's. Changes none. */
.macro save_rest
	stp	x8, x9, [sp, #PERCPU_X8]
	stp	x10, x11, [sp, #PERCPU_X10]
	stp	x12, x13, [sp, #PERCPU_X12]
	stp	x14, x15, [sp, #PERCPU_X14]
	stp	x18, x19, [sp, #PERCPU_X18]
	stp	x20, x21, [sp, #PERCPU_X20]
	stp	x22, x23, [sp, #PERCPU_X22]
	stp	x24, x25, [sp, #PERCPU_X24]
	stp	x26, x27, [sp, #PERCPU_X26]
	stp	x28, x29, [sp, #PERCPU_X28]
.endm

/*
 * What follows is in vector @nr, a hexadecimal digit, and at most VECTOR_SIZE long
 * (hypervisor.lds.S has a look).
 */
.macro vector nr
	.section .text.vector.\nr, "ax"
	.balign	VECTOR_SIZE
.endm

/* All registers but sp are still the guest's at @target. */
.macro lower_other nr, label, target
	vector \nr
\label:
	save_light
	b	\target
.endm

/* Nothing is known of any register, and none is needed any more. */
.macro own_fault nr
	vector \nr
	mov	x0, #0x\nr
	b	own_fault
.endm

/* As own_fault, unless the abort is expected (mm/access.h). */
.macro own_abort nr
	vector \nr
	mov	w6, #0x\nr
	b	own_abort
.endm

	own_fault 0			// current EL, SP_EL0: never used
	own_fault 1
	own_fault 2
	own_fault 3

	own_abort 4			// current EL, SP_EL2: expected, or a bug of ours
	own_fault 5
	own_fault 6
	own_abort 7

	/* x16: ESR_EL2 and x17: its class then; x0..x15, x18..x30 are still the guest's */
	vector 8
vec_sync64:
	save_light
	mrs	x16, esr_el2
	lsr	w17, w16, #ESR_EC_SHIFT
	cmp	w17, #EC_DABT_LOWER
	b.eq	exit_dabt
	cmp	w17, #EC_HVC64
	b.eq	exit_hvc
	cmp	w17, #EC_SMC64
	b.eq	exit_smc
	cmp	w17, #EC_SYS64
	b.eq	exit_sysreg
	b	exit_sync

	vector 9
vec_irq64:
	save_light
exit_irq:
	bl	traps_irq
	cbnz	w0, exit_schedule
exit_light:
	return_light

	in_room_of 9
	/* another guest may have to run */
exit_schedule:
	bl	share_schedule
	/*
	 * x0: where this guest's registers are kept, x1: those of the next
	 * (struct guest_switch); x8..x15, x18..x29 are this one's
	 */
exit_switch:
	cbz	x1, exit_light
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	b	switch_save

	lower_other a, vec_fiq64, exit_irq
	lower_other b, vec_serror64, exit_serror

	lower_other c, vec_sync32, exit_sync32
	lower_other d, vec_irq32, exit_irq
	lower_other e, vec_fiq32, exit_irq
	lower_other f, vec_serror32, exit_serror

/*
 * Light exits. At each label: registers as vec_sync64 leaves them, saved by
 * save_light; C changes no others than those.
 */

	in_room_of 8
exit_hvc:
	cbz	x0, exit_sync		// DISABLE needs all registers
	mov	w17, #JAILHOUSE_HVC_CODE
	cmp	w17, w16, uxth
	b.ne	exit_smccc
	bl	hypercall
	return_light result_in_x0=1

	in_room_of 4
	/* x0..x3 are the call's, its results but x0 go to struct guest_regs */
exit_smccc:
	bl	traps_hvc
	return_light result_in_x0=1

	in_room_of 4
	/* as HVC; a trapped SMC has not been executed: as traps_skip_instruction() */
exit_smc:
	mrs	x4, elr_el2
	mrs	x5, spsr_el2
	add	x4, x4, #4
	and	x5, x5, #~PSR_BTYPE
	and	x5, x5, #~PSR_SS
	msr	elr_el2, x4
	msr	spsr_el2, x5
	bl	smccc_handle
	return_light result_in_x0=1

	in_room_of 5
	/* ICC_SGI1R_EL1, the hot one, if it is written from a register saved */
exit_sysreg:
	and	w0, w16, #~(7 << ESR_SYS64_RT_SHIFT)
	ldr	w1, =ESR_SGI1R_WRITE
	cmp	w0, w1
	b.ne	exit_sync
	ubfx	w0, w16, #ESR_SYS64_RT_SHIFT, #3
	ldr	x0, [sp, x0, lsl #3]
	bl	traps_sgi
	return_light

	in_room_of 7
	/* a light exit if the access may be served, and is of a register saved */
exit_dabt:
	ldr	w0, =DABT_LIGHT_MASK
	ldr	w1, =DABT_LIGHT
	and	w0, w16, w0
	cmp	w0, w1
	b.ne	exit_sync
	mov	x0, sp
	mov	x1, x16
	tbnz	w16, #DABT_WNR_SHIFT, exit_dabt_write
	bl	dabt_mmio
	cbz	w0, exit_fault
	return_light

	in_room_of 6
exit_dabt_write:
	bl	dabt_mmio_write
	cbz	w0, exit_fault
	return_light

	in_room_of 6
	/* after C: x8..x15, x18..x29 are the guest's; x16 and x17 are not any more */
exit_fault:
	mrs	x16, esr_el2
	save_rest
	mov	x0, sp
	mov	x1, x16
	bl	traps_fault
	b	vmreturn_here

	in_room_of c
	/* x16: ESR_EL2, x17: its class; x8..x15, x18..x29 are the guest's, the rest is saved */
exit_sync:
	cmp	w17, #EC_WFX
	b.eq	exit_wfx
exit_full:
	save_rest
	mov	x0, sp
	mov	x1, x16
	bl	traps_sync
	b	vmreturn_here

	in_room_of 5
	/* WFI and WFE; with a time it is in any register */
exit_wfx:
	tbnz	w16, #ESR_WFX_TIMEOUT_SHIFT, exit_full
	mov	x0, x16
	bl	traps_wfx
	b	exit_switch

/* Full exits: x8..x15 and x18..x29 are the guest's at each label, the rest is saved. */

	in_room_of d
exit_sync32:
	save_rest
	mov	x0, sp
	mrs	x1, esr_el2
	bl	traps_sync32
	b	vmreturn_here

	in_room_of b
exit_serror:
	save_rest
	bl	serror_deliver
	b	vmreturn_here

/*
 * An abort of EL2 itself: x6: the vector; x7, x16, x17 and the flags are free if it
 * was expected (mm/access.h), and then goes on there. The rest is still C's.
 * What the exception has overwritten is put back, as access_begin() has it.
 */
	in_room_of 0
own_abort:
	mrs	x7, elr_el2
	adr	x17, __aborts
1:	ldrsw	x16, [x17]
	cbz	x16, 2f
	add	x16, x16, x17
	cmp	x16, x7
	add	x17, x17, #8
	b.ne	1b
	ldrsw	x16, [x17, #-4]!
	add	x17, x16, x17
	mov	x16, #PERCPU_VA
	ldp	x6, x7, [x16, #PERCPU_EXIT_ELR]
	msr	elr_el2, x6
	msr	spsr_el2, x7
	ldp	x6, x7, [x16, #PERCPU_EXIT_ESR]
	msr	esr_el2, x6
	msr	far_el2, x7
	ldr	x6, [x16, #PERCPU_EXIT_HPFAR]
	msr	hpfar_el2, x6
	/* same level, same stack, all masked: as if ERET had been there */
	br	x17
2:	mov	w0, w6			// a bug of ours

	/* x0: the vector */
own_fault:
	/* the fixed address of this CPU's percpu, whatever sp was */
	mov	x1, #(PERCPU_VA + PERCPU_SIZE)
	mov	sp, x1
	b	el2_fault

/*
 * void vmreturn(void): enters the guest with the registers of struct percpu, from
 * any depth of the stack. Does not return. No register has a meaning before, and
 * at vmreturn_here only sp has, which points at struct percpu.
 */
	in_room_of 1
	.globl	vmreturn
vmreturn:
	mov	x0, #PERCPU_VA
	mov	sp, x0
vmreturn_here:
	ldp	x28, x29, [sp, #PERCPU_X28]
	ldp	x26, x27, [sp, #PERCPU_X26]
	ldp	x24, x25, [sp, #PERCPU_X24]
	ldp	x22, x23, [sp, #PERCPU_X22]
	ldp	x20, x21, [sp, #PERCPU_X20]
	ldp	x18, x19, [sp, #PERCPU_X18]
	ldp	x14, x15, [sp, #PERCPU_X14]
	ldp	x12, x13, [sp, #PERCPU_X12]
	ldp	x10, x11, [sp, #PERCPU_X10]
	ldp	x8, x9, [sp, #PERCPU_X8]
	return_light

/*
 * void vmenter(const struct cpu_context *): the vcpu before is done with, and may be gone
 * from then on (NULL at cpu->leaving); enters the guest with these registers, of
 * which C has loaded what is not for general or FP use. From any depth of the stack;
 * does not return.
 */
	in_room_of a
	.globl	vmenter
vmenter:
	mov	x1, x0
	mov	x2, #PERCPU_VA
	mov	sp, x2
	b	switch_load

	.arch_extension fp
	.arch_extension simd
	/* of what is at x2, four registers an instruction */
	.macro	fpsimd_all, insn
	\insn	{v0.2d-v3.2d}, [x2], #64
	\insn	{v4.2d-v7.2d}, [x2], #64
	\insn	{v8.2d-v11.2d}, [x2], #64
	\insn	{v12.2d-v15.2d}, [x2], #64
	\insn	{v16.2d-v19.2d}, [x2], #64
	\insn	{v20.2d-v23.2d}, [x2], #64
	\insn	{v24.2d-v27.2d}, [x2], #64
	\insn	{v28.2d-v31.2d}, [x2], #64
	.endm

	/* x0: where the rest of a guest's registers is kept, x1: those of the next */
	in_room_of 2
switch_save:
	add	x2, x0, #CONTEXT_FPCR
	mrs	x3, fpcr
	mrs	x4, fpsr
	stp	x3, x4, [x2], #16
	fpsimd_all st1
	/* x0..x7, by registers that are free now */
	ld1	{v0.2d-v3.2d}, [sp]
	st1	{v0.2d-v3.2d}, [x0]
	ldp	x2, x3, [sp, #PERCPU_X16]
	ldr	x4, [sp, #PERCPU_X30]
	stp	x2, x3, [x0, #128]
	str	x4, [x0, #240]
	/* x1: the registers, sp: struct percpu */
switch_load:
	ldr	x2, [sp, #PERCPU_LEAVING]
	stlr	xzr, [x2]
	add	x2, x1, #CONTEXT_FPCR
	ldp	x3, x4, [x2], #16
	msr	fpcr, x3
	msr	fpsr, x4
	ldr	x3, [x1, #CONTEXT_SVE]
	cbnz	x3, sve_load
	b	switch_load_v

	in_room_of 3
switch_load_v:
	fpsimd_all ld1
	.globl	switch_enter
switch_enter:
	ldr	x30, [x1, #240]
	ldp	x28, x29, [x1, #224]
	ldp	x26, x27, [x1, #208]
	ldp	x24, x25, [x1, #192]
	ldp	x22, x23, [x1, #176]
	ldp	x20, x21, [x1, #160]
	ldp	x18, x19, [x1, #144]
	ldp	x16, x17, [x1, #128]
	ldp	x14, x15, [x1, #112]
	ldp	x12, x13, [x1, #96]
	ldp	x10, x11, [x1, #80]
	ldp	x8, x9, [x1, #64]
	ldp	x6, x7, [x1, #48]
	ldp	x4, x5, [x1, #32]
	ldp	x2, x3, [x1, #16]
	ldp	x0, x1, [x1]
	eret_safe
