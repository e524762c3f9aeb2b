/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_CPU_H
#define FAKE_CPU_H

#include <jailhouse/types.h>

#define FAKE_HZ		1000000

#define FAKE_RELAX_TICKS	100

/* The system counter. Each cpu_relax() adds FAKE_RELAX_TICKS. */
extern u64 fake_time;
/* Who holds a lock: a number from 0 on; NULL: there is one CPU only. */
extern unsigned int (*fake_cpu_number)(void);
/* What other CPUs do while one spins; NULL: nothing. */
extern void (*fake_cpu_relax)(void);
/* What others may see, since a lock has just been let go; NULL: nothing. */
extern void (*fake_unlocked)(void);

#endif /* FAKE_CPU_H */
