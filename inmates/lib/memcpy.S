/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */

	.text
	.globl	memcpy
/*
 * void *memcpy(void *dest, const void *src, size_t n): 64 bytes at a time where
 * both sides can be aligned to 8, else byte by byte, so that no access is
 * unaligned. No FP registers. Keeps x0; clobbers x1-x12.
 */
memcpy:
	mov	x3, x0
	eor	x4, x0, x1
	tst	x4, #7
	b.ne	bytes

	/* up to 7 bytes, until both are aligned */
	neg	x4, x3
	and	x4, x4, #7
	cmp	x4, x2
	csel	x4, x4, x2, lo
	sub	x2, x2, x4
1:	cbz	x4, 2f
	ldrb	w5, [x1], #1
	strb	w5, [x3], #1
	sub	x4, x4, #1
	b	1b
2:
	subs	x2, x2, #64
	b.lo	4f
3:	ldp	x5, x6, [x1]
	ldp	x7, x8, [x1, #16]
	ldp	x9, x10, [x1, #32]
	ldp	x11, x12, [x1, #48]
	add	x1, x1, #64
	stp	x5, x6, [x3]
	stp	x7, x8, [x3, #16]
	stp	x9, x10, [x3, #32]
	stp	x11, x12, [x3, #48]
	add	x3, x3, #64
	subs	x2, x2, #64
	b.hs	3b
4:	add	x2, x2, #64

5:	subs	x2, x2, #8
	b.lo	6f
	ldr	x5, [x1], #8
	str	x5, [x3], #8
	b	5b
6:	add	x2, x2, #8

bytes:
	cbz	x2, 8f
7:	ldrb	w5, [x1], #1
	strb	w5, [x3], #1
	subs	x2, x2, #1
	b.ne	7b
8:	ret
