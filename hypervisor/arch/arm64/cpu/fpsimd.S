/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Apart from the rest: it needs FP instructions, which C is built without. */

#include <trap/vectors.h>

/* void fpsimd_reset(void) */
	.text
	.globl	fpsimd_reset
fpsimd_reset:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\n\().2d, #0
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	ret

	.macro	fpsimd_all, insn
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	fpsimd_pair \insn, \n, %(\n + 1)
	.endr
	.endm
	.altmacro
	.macro	fpsimd_pair, insn, n, m
	\insn	q\n, q\m, [x0, #16 + \n * 16]	// struct fpsimd_state (context.h)
	.endm

/* All of Z0 to Z31, whose low 128 bits are Q0 to Q31 */
	.arch_extension sve
	.macro	sve_all, insn
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\insn	z\n, [x1, #\n, mul vl]
	.endr
	.endm

/* void fpsimd_save(struct fpsimd_state *, void *sve) */
	in_room_of c
	.globl	fpsimd_save
fpsimd_save:
	cbnz	x1, save_sve
	fpsimd_all stp
save_control:
	mrs	x1, fpcr
	mrs	x2, fpsr
	stp	x1, x2, [x0]
	ret

/* void fpsimd_load(const struct fpsimd_state *, const void *sve) */
	in_room_of d
	.globl	fpsimd_load
fpsimd_load:
	cbnz	x1, load_sve
	fpsimd_all ldp
load_control:
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret

	.text
save_sve:
	sve_all str
	b	save_control

load_sve:
	/* CPTR_EL2.TZ, which may have been written just now, counts for EL2 as well */
	isb
	sve_all ldr
	b	load_control
