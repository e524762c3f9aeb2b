// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <string.h>

#include <trap/smccc.h>

#include "smc.h"

unsigned int fake_smc_calls;
u64 fake_smc_args[8];
u64 fake_smc_results[4];

s64 smc_call(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	fake_smc_calls++;
	memset(fake_smc_args, 0, sizeof(fake_smc_args));
	fake_smc_args[0] = fid;
	fake_smc_args[1] = arg1;
	fake_smc_args[2] = arg2;
	fake_smc_args[3] = arg3;
	return (s64)fake_smc_results[0];
}

u64 smc_forward(u64 fid, struct guest_regs *regs)
{
	fake_smc_calls++;
	memcpy(fake_smc_args, regs->x, sizeof(fake_smc_args));
	fake_smc_args[0] = fid;
	memcpy(&regs->x[1], &fake_smc_results[1], 3 * sizeof(u64));
	return fake_smc_results[0];
}
