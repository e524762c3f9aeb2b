/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_MAIN_H
#define CORE_MAIN_H

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>

/* The system configuration, checked, from hv_init() on. */
extern const struct jailhouse_system *system_config;

/* The list at mpidr_offset, see cellblock/loader.h. */
extern u64 hv_mpidr[CELLBLOCK_MAX_CPUS];

/* OP_INIT, and OP_ENTER (rendezvous.c): cellblock/loader.h. Called by the architecture. */
s64 hv_init(u64 cpu);
void hv_enter(u64 cpu);

/*
 * Hypercall DISABLE (rendezvous.c): returns only when refused, and then on all
 * CPUs that have called it: -EBUSY, -EIO, -ETIMEDOUT.
 */
s64 hv_disable(void);

#endif /* CORE_MAIN_H */
