/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_UNDEFINED_H
#define TESTS_UNDEFINED_H

/* Which statements are undefined instructions, and which work. */

#include <inmate/test.h>

/* exceptions since begin(); each instruction that made one has been skipped */
static unsigned int undefined, others;

static inline bool count_exception(struct exception_frame *frame)
{
	/* EC 0 with IL, and nothing else */
	if (frame->esr == 1U << 25)
		undefined++;
	else
		others++;
	frame->elr += 4;
	return true;
}

static inline void begin(void)
{
	undefined = 0;
	others = 0;
	exception_set_hook(count_exception);
}

static inline void end(void)
{
	isb();
	exception_set_hook(NULL);
}

/* Did the statement run without an exception? */
#define WORKS(statement) \
	({ begin(); statement; end(); !undefined && !others; })
/* Was it an undefined instruction? */
#define IS_UNDEFINED(statement) \
	({ begin(); statement; end(); undefined == 1 && !others; })

#endif /* TESTS_UNDEFINED_H */
