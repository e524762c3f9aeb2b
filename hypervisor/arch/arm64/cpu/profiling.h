/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_PROFILING_H
#define ARM64_PROFILING_H

#include "el2_state.h"

/* @roots: what Linux had at EL2. Of SPE, TRBE and BRBE, has root any? */
bool profiling_is_there(const struct el2_state *roots);

/*
 * Root gives this CPU away, still with its own translation: what it had running
 * by itself is over.
 */
void profiling_stop(const struct el2_state *roots);

/* Another guest has this CPU for a while: what root has running goes on afterwards. */
struct profiling_state {
	u64 samples, trace, branches;
};
void profiling_pause(const struct el2_state *roots, struct profiling_state *state);
void profiling_resume(const struct el2_state *roots, const struct profiling_state *state);

#endif /* ARM64_PROFILING_H */
