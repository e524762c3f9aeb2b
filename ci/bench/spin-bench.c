// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* A CPU that runs all the time, to be stopped. */

#include <inmate.h>

void inmate_main(void)
{
	for (;;)
		cpu_relax();
}
