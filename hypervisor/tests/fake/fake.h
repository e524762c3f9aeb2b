/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_FAKE_H
#define FAKE_FAKE_H

/* What every test of core/ needs around it. Misuse ends the test loudly. */

#include <setjmp.h>

#include <jailhouse/types.h>

/* Text of the last refuse(), "" if there was none since fake_forget(). */
extern char fake_refusal[256];
void fake_forget(void);

/* Does the statement end in a BUG? An unexpected BUG fails the test. */
#define FAKE_BUGS(statement)						\
	({								\
		volatile bool bug_ = true;				\
									\
		fake_bug_expected = true;				\
		if (!setjmp(fake_bug_jmp)) {				\
			statement;					\
			bug_ = false;					\
		}							\
		fake_bug_expected = false;				\
		bug_;							\
	})
extern bool fake_bug_expected;
extern jmp_buf fake_bug_jmp;

/*
 * Gives the page allocator a new pool of @pages pages, the first of which is
 * @skew pages from an address aligned to 512 pages. The old one is gone.
 */
void fake_pool(size_t pages, size_t skew);

/* While set, page_alloc() by core/ fails the test: nothing may be allocated. */
extern bool fake_alloc_forbidden;
/* page_alloc() by core/ returns NULL after this many calls; -1: never */
extern long fake_alloc_limit;

#endif /* FAKE_FAKE_H */
