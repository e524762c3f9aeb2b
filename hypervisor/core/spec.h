/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_SPEC_H
#define CORE_SPEC_H

/*
 * The definition of the system (spec.c), held against what there is. In builds with
 * DEBUG=1 only, which stop at the first difference.
 */

#ifdef CELLBLOCK_DEBUG
/* After each request of root that may have changed something; control lock. */
void spec_check(void);
#else
static inline void spec_check(void)
{
}
#endif

#endif /* CORE_SPEC_H */
