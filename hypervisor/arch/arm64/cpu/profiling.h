/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_PROFILING_H
#define ARM64_PROFILING_H

#include "el2_state.h"

/*
 * Root gives this CPU away, still with its own translation: what it had running
 * by itself is over.
 *
 * @roots: what Linux had at EL2
 */
void profiling_stop(const struct el2_state *roots);

#endif /* ARM64_PROFILING_H */
