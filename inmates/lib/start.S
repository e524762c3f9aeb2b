/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#include <inmate/layout.h>

/*
 * From the entry point to C: EL1h, MMU and caches off, interrupts masked.
 */

/* RES1 bits, WXN, I, SA0, SA, C, M */
#define SCTLR_INIT	0x30d8181d
#define CPACR_FPEN	(3 << 20)

	.section .boot, "ax"
	.globl	_start
_start:
	/*
	 * Keep what we were given for those who want to look at it. x30
	 * collects the general registers, x29 is free after that.
	 */
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
	orr	x30, x30, x\n
	.endr
	mov	x29, sp

	/*
	 * Whatever a cache holds of our memory must go to memory before we
	 * write it with the cache off, or it would overwrite that later.
	 */
	mov	x28, x30
	bl	clean_image
	bl	save_boot_state

	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
	adrp	x1, bss_end
	add	x1, x1, :lo12:bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b
2:
	mov	x19, #0
	bl	set_stack
	bl	mmu_build
	/* now drop what was read into the caches meanwhile */
	bl	clean_image
	b	enter_primary


/*
 * Writes back and drops the cache lines of the whole image, stacks included.
 * Clobbers x0-x3.
 */
clean_image:
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x2, x3, x2
	adrp	x0, image_start
	adrp	x1, image_end
1:	dc	civac, x0
	add	x0, x0, x2
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret

	.macro	save_value value
	str	\value, [x0], #8
	.endm

	.macro	save_sysreg name
	mrs	x1, \name
	save_value x1
	.endm

/*
 * x28 = general registers, x29 = sp as found; fills in struct boot_state and
 * lets FP be used. Clobbers x0, x1.
 */
save_boot_state:
	adrp	x0, boot_state
	add	x0, x0, :lo12:boot_state
	save_value x28
	save_value x29
	save_sysreg CurrentEL
	save_sysreg daif
	save_sysreg sctlr_el1
	save_sysreg tcr_el1
	save_sysreg ttbr0_el1
	save_sysreg ttbr1_el1
	save_sysreg mair_el1
	save_sysreg vbar_el1
	save_sysreg cpacr_el1
	save_sysreg tpidr_el1
	save_sysreg contextidr_el1
	save_value xzr
	mov	x1, #CPACR_FPEN
	msr	cpacr_el1, x1
	isb
	save_sysreg fpcr
	save_sysreg fpsr
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	str	q\n, [x0], #16
	.endr
	.irp	n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	str	q\n, [x0], #16
	.endr
	ret

/* What follows goes on with the MMU on, where it finds no first page any more. */
	.text
enter_primary:
	bl	mmu_on
	bl	primary_main
	b	halt

	.globl	secondary_start
/* x0 = CPU number, the PSCI context */
secondary_start:
	mov	x19, x0
	bl	set_stack
	bl	mmu_on
	bl	secondary_main
halt:
	wfi
	b	halt

/* x19 = CPU number; sets sp and tpidr_el1. Clobbers x0, x1. */
set_stack:
	msr	spsel, #1
	adrp	x0, stacks
	add	x1, x19, #1
	add	x0, x0, x1, lsl #STACK_SHIFT
	mov	sp, x0
	msr	tpidr_el1, x19
	mov	x29, xzr
	ret

/* Turns on MMU, caches, FP and our vectors. Clobbers x0-x2. */
mmu_on:
	adrp	x0, mmu_registers
	add	x0, x0, :lo12:mmu_registers
	ldp	x1, x2, [x0]
	msr	mair_el1, x1
	msr	tcr_el1, x2
	ldr	x1, [x0, #16]
	msr	ttbr0_el1, x1
	adrp	x0, vectors
	add	x0, x0, :lo12:vectors
	msr	vbar_el1, x0
	mov	x0, #CPACR_FPEN
	msr	cpacr_el1, x0
	msr	contextidr_el1, xzr
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ldr	x0, =SCTLR_INIT
	msr	sctlr_el1, x0
	isb
	ret

	.ltorg
