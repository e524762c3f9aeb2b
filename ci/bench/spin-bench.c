// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* A CPU that runs all the time, to be stopped; or one that goes off (flag off). */

#include <inmate.h>

void inmate_main(void)
{
	while (!cmdline_parse_bool("off", false))
		cpu_relax();
}
