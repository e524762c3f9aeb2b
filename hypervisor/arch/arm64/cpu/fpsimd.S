/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Apart from the rest: it needs FP instructions, which C is built without. */

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

/* All of Z0 to Z31, whose low 128 bits are Q0 to Q31 */
	.arch_extension sve
	.macro	sve_all, insn, base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\insn	z\n, [\base, #\n, mul vl]
	.endr
	.endm

/* void sve_save(void *): SVE_STATE_SIZE bytes */
	.globl	sve_save
sve_save:
	sve_all str, x0
	ret

/* Part of a switch (vectors.S): x3: from there, x1 is kept */
	.globl	sve_load
sve_load:
	/* CPTR_EL2.TZ, which may have been written just now, counts for EL2 as well */
	isb
	sve_all ldr, x3
	b	switch_enter
