/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_LAYOUT_H
#define INMATE_LAYOUT_H

/**
 * @file
 * Addresses and sizes, shared by C, assembly and the linker script.
 */

/** Where the image is linked to; the bare-metal build changes it. */
#ifndef INMATE_BASE
#define INMATE_BASE		0x0
#endif

#define PAGE_SIZE		0x1000	/**< granule of the map */

#define CMDLINE_OFFSET		0x1000	/**< in the image */
#define CMDLINE_SIZE		0x1000	/**< of the command line's room */
#define TEXT_OFFSET		(CMDLINE_OFFSET + CMDLINE_SIZE)	/**< in the image */

#define COMM_REGION_BASE	0x80000000	/**< guest-physical */

#define INMATE_MAX_CPUS		16	/**< of a cell */

#define STACK_SHIFT		14	/**< of STACK_SIZE */
/**
 * A stack is 16 KiB, aligned to its size. Its lowest page is not mapped: the
 * vectors find an overflow by bits 12 and 13 of the stack pointer.
 */
#define STACK_SIZE		(1 << STACK_SHIFT)
#define STACK_GUARD_MASK	(STACK_SIZE - PAGE_SIZE)	/**< these bits */

/** @cond struct exception_frame, for vectors.S */
#define FRAME_SP		(31 * 8)
#define FRAME_ELR		(32 * 8)
#define FRAME_SPSR		(33 * 8)
#define FRAME_ESR		(34 * 8)
#define FRAME_FAR		(35 * 8)
#define FRAME_SIZE		(36 * 8)
/** @endcond */

#endif /* INMATE_LAYOUT_H */
