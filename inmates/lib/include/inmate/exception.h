/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_EXCEPTION_H
#define INMATE_EXCEPTION_H

#include <jailhouse/types.h>

#include <inmate/layout.h>

/**
 * @file
 * Exceptions that are not interrupts: by default a report and the program's end.
 */

/** The registers when the exception was taken; they are loaded when it is left. */
struct exception_frame {
	u64 x[31];	/**< X0 to X30 */
	u64 sp;		/**< SP before it; not loaded */
	u64 elr;	/**< ELR_EL1: where execution goes on */
	u64 spsr;	/**< SPSR_EL1 */
	u64 esr;	/**< ESR_EL1: what happened (Arm ARM, "ESR_EL1") */
	u64 far;	/**< FAR_EL1: at which address, for aborts */
};

_Static_assert(sizeof(struct exception_frame) == FRAME_SIZE, "frame");
_Static_assert(offsetof(struct exception_frame, sp) == FRAME_SP, "frame");
_Static_assert(offsetof(struct exception_frame, far) == FRAME_FAR, "frame");

/**
 * The exception class.
 *
 * @param esr	exception_frame.esr
 * @return 0 to 0x3f
 */
#define ESR_EC(esr)		(((esr) >> 26) & 0x3f)
#define ESR_EC_UNKNOWN		0x00	/**< undefined instruction */
#define ESR_EC_IABT		0x21	/**< instruction abort at EL1 */
#define ESR_EC_DABT		0x25	/**< data abort at EL1 */
#define ESR_EC_BRK		0x3c	/**< BRK */

/**
 * Looks at a synchronous exception or SError first, with interrupts masked.
 * Returns true if it was expected: execution goes on at frame->elr, which the
 * hook may have changed; not in an interrupt's handler (irq_handler_t), which
 * would not find back. Otherwise the exception is reported and the inmate ends.
 */
typedef bool (*exception_hook_t)(struct exception_frame *frame);

/**
 * Sets the hook of all CPUs.
 *
 * @param hook	NULL: none
 */
void exception_set_hook(exception_hook_t hook);

/**
 * Tells root why and where the program fails; what was told before is lost. To be
 * followed by inmate_end(JAILHOUSE_CELL_FAILED).
 *
 * @param what		in words, of up to 31 characters
 * @param thread	its name, of up to 23 characters, or ""
 * @param pc		where it was
 * @param lr		x30 there
 * @param sp		the stack pointer there
 * @param address	what it accessed; ~0: nothing
 */
void exception_tell(const char *what, const char *thread, u64 pc, u64 lr, u64 sp, u64 address);

/** @private Called by the vectors. */
void exception_handle(struct exception_frame *frame, u64 vector);

#endif /* INMATE_EXCEPTION_H */
