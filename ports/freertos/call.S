/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * void cell_call_saving_fp(void (*handler)(void)): the FP registers are those of the
 * task that was interrupted, and the kernel's port does not save them for handlers.
 */

	.text
	.globl	cell_call_saving_fp
cell_call_saving_fp:
	sub	sp, sp, #544
	stp	x29, x30, [sp]
	mov	x29, sp
	stp	q0, q1, [sp, #32]
	stp	q2, q3, [sp, #64]
	stp	q4, q5, [sp, #96]
	stp	q6, q7, [sp, #128]
	stp	q8, q9, [sp, #160]
	stp	q10, q11, [sp, #192]
	stp	q12, q13, [sp, #224]
	stp	q14, q15, [sp, #256]
	stp	q16, q17, [sp, #288]
	stp	q18, q19, [sp, #320]
	stp	q20, q21, [sp, #352]
	stp	q22, q23, [sp, #384]
	stp	q24, q25, [sp, #416]
	stp	q26, q27, [sp, #448]
	stp	q28, q29, [sp, #480]
	stp	q30, q31, [sp, #512]
	mrs	x9, fpsr
	mrs	x10, fpcr
	stp	x9, x10, [sp, #16]
	blr	x0
	ldp	x9, x10, [sp, #16]
	msr	fpsr, x9
	msr	fpcr, x10
	ldp	q0, q1, [sp, #32]
	ldp	q2, q3, [sp, #64]
	ldp	q4, q5, [sp, #96]
	ldp	q6, q7, [sp, #128]
	ldp	q8, q9, [sp, #160]
	ldp	q10, q11, [sp, #192]
	ldp	q12, q13, [sp, #224]
	ldp	q14, q15, [sp, #256]
	ldp	q16, q17, [sp, #288]
	ldp	q18, q19, [sp, #320]
	ldp	q20, q21, [sp, #352]
	ldp	q22, q23, [sp, #384]
	ldp	q24, q25, [sp, #416]
	ldp	q26, q27, [sp, #448]
	ldp	q28, q29, [sp, #480]
	ldp	q30, q31, [sp, #512]
	ldp	x29, x30, [sp]
	add	sp, sp, #544
	ret
