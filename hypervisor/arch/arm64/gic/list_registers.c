// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include "list_registers.h"

u64 lr_read(u32 n)
{
	switch (n) {
#define READ(i)	case i: return read_sysreg(ich_lr##i##_el2);
	LIST_REGISTERS(READ)
	default: return 0;
	}
}

void lr_write(u32 n, u64 value)
{
	switch (n) {
#define WRITE(i) case i: write_sysreg(value, ich_lr##i##_el2); break;
	LIST_REGISTERS(WRITE)
	default: break;
	}
}
