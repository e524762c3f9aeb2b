/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_VECTORS_H
#define INMATE_VECTORS_H

/**
 * @file
 * For assembly: what tables of exception vectors are made of.
 */
#ifdef __ASSEMBLY__

	.macro	slot
	.balign	0x80
	.endm

	/* A vector that should never be taken: reported. */
	.macro	unexpected number
	slot
	msr	tpidrro_el0, x0
	mov	x0, #\number
	b	exception_report
	.endm

#endif

#endif /* INMATE_VECTORS_H */
