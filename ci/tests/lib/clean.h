/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_CLEAN_H
#define TESTS_CLEAN_H

/*
 * clean.c: whether Linux finds its CPUs as if no guest had had them: instructions of extensions, tags of memory, the
 * counter of cycles, a breakpoint and a watchpoint. What the CPU does not have is left out.
 */

/* What does not work on a CPU, in words, or NULL. Looks at each CPU that is online. */
const char *cb_unclean(void);

#endif /* TESTS_CLEAN_H */
