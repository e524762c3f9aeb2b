/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CPUSET_H
#define TOOLS_CPUSET_H

#include <jailhouse/types.h>

/*
 * Keeps threads off CPUs that a cell shares with Linux, which would wait there for
 * the cell: each is a partition of cgroup v2 by itself, in which only those run that
 * are put there. Says what it has done, or could not do: that is no failure.
 */
void cpuset_take(u64 cpus);

/* CPUs that no cell shares any more are as before; who was put there goes on elsewhere. */
void cpuset_return(void);

#endif /* TOOLS_CPUSET_H */
