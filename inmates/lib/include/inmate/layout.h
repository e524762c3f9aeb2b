/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_LAYOUT_H
#define INMATE_LAYOUT_H

/* Shared by C, assembly and the linker script. */

/* Where the image is linked to; the bare-metal build changes it. */
#ifndef INMATE_BASE
#define INMATE_BASE		0x0
#endif

#define PAGE_SIZE		0x1000

#define VECTORS_OFFSET		0x800
#define CMDLINE_OFFSET		0x1000
#define CMDLINE_SIZE		0x1000
#define TEXT_OFFSET		(CMDLINE_OFFSET + CMDLINE_SIZE)

#define COMM_REGION_BASE	0x80000000

#define INMATE_MAX_CPUS		16

/*
 * A stack is 16 KiB, aligned to its size. Its lowest page is not mapped: the
 * vectors find an overflow by bits 12 and 13 of the stack pointer.
 */
#define STACK_SHIFT		14
#define STACK_SIZE		(1 << STACK_SHIFT)
#define STACK_GUARD_MASK	(STACK_SIZE - PAGE_SIZE)

/* struct exception_frame */
#define FRAME_SP		(31 * 8)
#define FRAME_ELR		(32 * 8)
#define FRAME_SPSR		(33 * 8)
#define FRAME_ESR		(34 * 8)
#define FRAME_FAR		(35 * 8)
#define FRAME_SIZE		(36 * 8)

#endif /* INMATE_LAYOUT_H */
