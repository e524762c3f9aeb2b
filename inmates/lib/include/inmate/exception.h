/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_EXCEPTION_H
#define INMATE_EXCEPTION_H

#include <jailhouse/types.h>

#include <inmate/layout.h>

struct exception_frame {
	u64 x[31];
	u64 sp;
	u64 elr;
	u64 spsr;
	u64 esr;
	u64 far;
};

_Static_assert(sizeof(struct exception_frame) == FRAME_SIZE, "frame");
_Static_assert(offsetof(struct exception_frame, sp) == FRAME_SP, "frame");
_Static_assert(offsetof(struct exception_frame, far) == FRAME_FAR, "frame");

#define ESR_EC(esr)		(((esr) >> 26) & 0x3f)
#define ESR_EC_UNKNOWN		0x00
#define ESR_EC_IABT		0x21
#define ESR_EC_DABT		0x25
#define ESR_EC_BRK		0x3c

/*
 * Looks at a synchronous exception or SError first. Returns true if it was
 * expected: execution goes on at frame->elr, which the hook may have changed.
 * Otherwise the exception is reported and the inmate ends.
 */
typedef bool (*exception_hook_t)(struct exception_frame *frame);

/* Sets the hook of all CPUs, NULL: none. */
void exception_set_hook(exception_hook_t hook);

/* Called by the vectors. */
void exception_handle(struct exception_frame *frame, u64 vector);

#endif /* INMATE_EXCEPTION_H */
