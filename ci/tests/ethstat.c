// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* ethstat INTERFACE NAME: for scripts, a line of ethtool -S */

#include <stdio.h>

#include "lib/links.h"

int main(int argc, char **argv)
{
	long value = argc == 3 ? links_statistic(argv[1], argv[2]) : -1;

	printf("%ld\n", value);
	return value < 0;
}
