/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_SMC_H
#define FAKE_SMC_H

#include <jailhouse/types.h>

/*
 * The firmware, in the place of trap/smc.c: calls that reached it, what was in
 * x0..x7 of the last one (0 where its caller promises nothing), and what it answers in x0..x3.
 */
extern unsigned int fake_smc_calls;
extern u64 fake_smc_args[8];
extern u64 fake_smc_results[4];

#endif /* FAKE_SMC_H */
