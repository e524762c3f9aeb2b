// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

void watchdog_start(u32 timeout_ms)
{
	watchdog_kick();
	comm_region->watchdog_timeout = timeout_ms;
}

void watchdog_kick(void)
{
	comm_region->watchdog_kicks = comm_region->watchdog_kicks + 1;
}
