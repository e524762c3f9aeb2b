/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The way of a CPU from Linux's EL2 stub into the hypervisor and back.
 *
 * .text.idmap runs with the MMU off, or on at its physical address; it is in
 * the first page of text, which is mapped at both. Code there uses PC-relative
 * addresses (physical) and literals (virtual).
 */

#include <arch/asm-offsets.h>
#include <arch/layout.h>
#include <cellblock/loader.h>
#include <lib/errno.h>
#include <trap/vectors.h>

	.section .header, "a"
	.globl	hv_header
hv_header:
	.asciz	CELLBLOCK_SIGNATURE
	.long	CELLBLOCK_LOADER_REVISION
	.long	CELLBLOCK_MAX_CPUS
1:	.asciz	CELLBLOCK_VERSION
	.org	1b + 64
	.quad	__image_size
	.quad	__core_size
	.quad	__entry_offset
	.quad	__shared_offset
	.quad	__mpidr_offset
	.skip	HEADER_SIZE - HEADER_PHYS_BASE	/* filled in by the driver */

	.section .text.idmap, "ax"

/*
 * Turns the MMU on. x9: physical address of the first-level table. The
 * vectors are in place before the first instruction under the new map.
 * Clobbers x10, x11.
 */
.macro mmu_on
	ldr	x10, =MAIR_EL2_VALUE
	msr	mair_el2, x10
	ldr	x10, =TCR_EL2_BASE
	mrs	x11, id_aa64mmfr0_el1
	ubfx	x11, x11, #ID_AA64MMFR0_PARANGE, #4
	cmp	x11, #PARANGE_48		// the most without FEAT_LPA
	b.ls	10f
	mov	x11, #PARANGE_48
10:	orr	x10, x10, x11, lsl #TCR_EL2_PS_SHIFT
	msr	tcr_el2, x10
	msr	ttbr0_el2, x9
	ldr	x10, =hv_vectors
	msr	vbar_el2, x10
	isb
	tlbi	alle2				// nothing of Linux's own EL2 use
	ic	iallu
	dsb	nsh
	isb
	ldr	x10, =SCTLR_EL2_ON
	msr	sctlr_el2, x10
	isb
.endm

/* Reads what mmu_on overwrites: into x2..x7, in struct linux_el2's order; no other changes. */
.macro read_linux_el2
	mrs	x2, sctlr_el2
	mrs	x3, ttbr0_el2
	mrs	x4, tcr_el2
	mrs	x5, mair_el2
	mrs	x6, vbar_el2
	mov	x7, sp
.endm

/* Turns the MMU off by putting the same back, from x2..x7. Changes sp only. */
.macro write_linux_el2
	msr	sctlr_el2, x2
	isb
	msr	ttbr0_el2, x3
	msr	tcr_el2, x4
	msr	mair_el2, x5
	msr	vbar_el2, x6
	mov	sp, x7
	tlbi	alle2
	dsb	nsh
	isb
.endm

/*
 * The vectors of OP_INIT, of which one has a meaning: interrupts are masked and there
 * is no guest, so only a synchronous exception of ours can come, at an address where
 * nothing answers. What is before and after that one is no vector.
 */
	.balign	VECTORS_SIZE
	.globl	hv_init_vectors
hv_init_vectors:

/*
 * x0: CELLBLOCK_OP_*, x1: logical CPU. See cellblock/loader.h. Linux expects x18
 * to x30 unchanged when it gets the CPU back, and a result in x0; x0 to x17 are
 * free. The MMU is off, sp is Linux's at EL2.
 */
	.globl	hv_entry
hv_entry:
	cbnz	x0, hv_entry_enter

	/* OP_INIT: boot_area and boot_stack are used with the MMU off only */
	read_linux_el2
	adrp	x9, boot_area
	add	x9, x9, :lo12:boot_area
	stp	x2, x3, [x9, #(BOOT_LINUX + LINUX_SCTLR)]
	stp	x4, x5, [x9, #(BOOT_LINUX + LINUX_TCR)]
	stp	x6, x7, [x9, #(BOOT_LINUX + LINUX_VBAR)]
	stp	x19, x20, [x9, #BOOT_X19]
	stp	x21, x22, [x9, #BOOT_X21]
	stp	x23, x24, [x9, #BOOT_X23]
	stp	x25, x26, [x9, #BOOT_X25]
	stp	x27, x28, [x9, #BOOT_X27]
	stp	x29, x30, [x9, #BOOT_X29]
	mrs	x10, elr_el2
	mrs	x11, spsr_el2
	stp	x10, x11, [x9, #BOOT_ELR]
	mov	x20, x1
	add	x10, x9, #BOOT_AREA_SIZE
	mov	sp, x10
	mov	x29, xzr
	bl	boot_map			// C, at the physical address
	cbz	x0, 1f
	mov	x9, x0
	mmu_on
	ldr	x9, =hv_init_vectors
	msr	vbar_el2, x9
	isb
	ldr	x9, =boot_stack_end
	mov	sp, x9
	mov	x0, x20
	ldr	x9, =hv_init
	blr	x9
	b	hv_init_return
1:	mov	x0, #-ENOMEM
	/*
	 * x0: the result; nothing else has a meaning. The MMU is on, or still off;
	 * sp is anything. Also where a fault of OP_INIT ends.
	 */
hv_init_return:
	adrp	x9, boot_area
	add	x9, x9, :lo12:boot_area
	/*
	 * The area was written with the MMU off and not touched since. Load
	 * what the MMU-off code needs only after the MMU is off.
	 */
	mrs	x10, sctlr_el2
	ldr	x11, =(SCTLR_EL2_M | SCTLR_EL2_C | SCTLR_EL2_I)
	bic	x10, x10, x11
	msr	sctlr_el2, x10
	isb
	ldp	x2, x3, [x9, #(BOOT_LINUX + LINUX_SCTLR)]
	ldp	x4, x5, [x9, #(BOOT_LINUX + LINUX_TCR)]
	ldp	x6, x7, [x9, #(BOOT_LINUX + LINUX_VBAR)]
	ldp	x19, x20, [x9, #BOOT_X19]
	ldp	x21, x22, [x9, #BOOT_X21]
	ldp	x23, x24, [x9, #BOOT_X23]
	ldp	x25, x26, [x9, #BOOT_X25]
	ldp	x27, x28, [x9, #BOOT_X27]
	ldp	x29, x30, [x9, #BOOT_X29]
	ldp	x10, x11, [x9, #BOOT_ELR]
	msr	elr_el2, x10
	msr	spsr_el2, x11
	write_linux_el2
	eret

	.org	hv_init_vectors + VECTORS_SPX
	b	hv_init_fault

	/* OP_ENTER: each CPU has its own table and stack. Registers as at hv_entry. */
hv_entry_enter:
	read_linux_el2
	adrp	x9, cpu_boot_ttbr
	add	x9, x9, :lo12:cpu_boot_ttbr
	ldr	x9, [x9, x1, lsl #3]
	cbz	x9, 3f				// not a CPU of the configuration
	mmu_on
	mov	x9, #PERCPU_VA
	mov	sp, x9
	stp	x2, x3, [x9, #(PERCPU_LINUX + LINUX_SCTLR)]
	stp	x4, x5, [x9, #(PERCPU_LINUX + LINUX_TCR)]
	stp	x6, x7, [x9, #(PERCPU_LINUX + LINUX_VBAR)]
	str	x18, [x9, #PERCPU_X18]
	stp	x19, x20, [x9, #PERCPU_X19]
	stp	x21, x22, [x9, #PERCPU_X21]
	stp	x23, x24, [x9, #PERCPU_X23]
	stp	x25, x26, [x9, #PERCPU_X25]
	stp	x27, x28, [x9, #PERCPU_X27]
	stp	x29, x30, [x9, #PERCPU_X29]
	mov	x0, x1
	mov	x29, xzr
	ldr	x9, =hv_enter
	ldr	x30, =vmreturn			// returns there, or not at all
	br	x9
3:	mov	x0, #-EINVAL
	eret

/*
 * x0: physical address of this CPU's struct percpu, x1: virtual address of it.
 * Hands EL2 back to Linux and returns to EL1 with the registers of struct percpu:
 * of all others none has a meaning. The MMU is on; this is the identity map.
 */
	in_room_of e
leave_idmap:
	/* they are read with the MMU off below: get it out of the cache */
	mov	x9, x1
	add	x10, x1, #GUEST_REGS_SIZE
4:	dc	civac, x9
	add	x9, x9, #CACHE_LINE_MIN
	cmp	x9, x10
	b.lo	4b
	dsb	sy
	ldp	x2, x3, [x1, #(PERCPU_LINUX + LINUX_SCTLR)]
	ldp	x4, x5, [x1, #(PERCPU_LINUX + LINUX_TCR)]
	ldp	x6, x7, [x1, #(PERCPU_LINUX + LINUX_VBAR)]
	mov	x30, x0
	write_linux_el2
	b	leave_to_linux

	in_room_of f
leave_to_linux:
	ldp	x0, x1, [x30, #PERCPU_X0]
	ldp	x2, x3, [x30, #PERCPU_X2]
	ldp	x4, x5, [x30, #PERCPU_X4]
	ldp	x6, x7, [x30, #PERCPU_X6]
	ldp	x8, x9, [x30, #PERCPU_X8]
	ldp	x10, x11, [x30, #PERCPU_X10]
	ldp	x12, x13, [x30, #PERCPU_X12]
	ldp	x14, x15, [x30, #PERCPU_X14]
	ldp	x16, x17, [x30, #PERCPU_X16]
	ldp	x18, x19, [x30, #PERCPU_X18]
	ldp	x20, x21, [x30, #PERCPU_X20]
	ldp	x22, x23, [x30, #PERCPU_X22]
	ldp	x24, x25, [x30, #PERCPU_X24]
	ldp	x26, x27, [x30, #PERCPU_X26]
	ldp	x28, x29, [x30, #PERCPU_X28]
	ldr	x30, [x30, #PERCPU_X30]
	eret

/* void el2_leave(u64 percpu_phys): see leave_idmap; does not return. x0 goes through. */
	in_room_of a
	.globl	el2_leave
el2_leave:
	ldr	x2, =hv_header
	ldr	x3, [x2, #HEADER_PHYS_BASE]
	ldr	x4, =leave_idmap
	sub	x4, x4, x2
	add	x4, x4, x3
	mov	x1, #PERCPU_VA
	br	x4

/*
 * A fault within hv_init(), on its stack: the end of it, with an error in x0. No
 * register but sp has a meaning: what Linux had is in boot_area.
 */
	.text
	.globl	hv_init_fault
hv_init_fault:
	mrs	x0, esr_el2
	mrs	x1, far_el2
	bl	report_init_fault
	ldr	x2, =hv_header
	ldr	x3, [x2, #HEADER_PHYS_BASE]
	ldr	x4, =hv_init_return
	sub	x4, x4, x2
	add	x4, x4, x3
	br	x4

	.ltorg

	/* struct boot_area, then the stack of OP_INIT */
	.section .bss.boot, "aw", %nobits
	.balign	4096
boot_area:
	.skip	BOOT_AREA_SIZE
boot_stack_end:
