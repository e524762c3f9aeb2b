/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>

#include <jailhouse/types.h>

#include "show/paravirt_print.h"
#include "sysfs.h"

#define HEAD	"\n%-14s%-11s%-10s%15s%13s%16s\n"
#define ROW	"CPU%-11u%-11s%-10s%15llu%13u%16u\n"

void paravirt_print(unsigned int cell)
{
	char path[32], line[4096], scheduler[10], mode[10];
	unsigned int cpu, period, execution, rows = 0;
	const char *word = line;
	u64 deadline;
	int length;

	snprintf(path, sizeof(path), "cells/%u/paravirt", cell);
	if (sysfs_read_line(line, sizeof(line), path))
		return;
	while (sscanf(word, " cpu=%u scheduler=%9s mode=%9s deadline_us=%llu period_us=%u execution_us=%u%n",
		      &cpu, scheduler, mode, &deadline, &period, &execution, &length) == 6) {
		word += length;
		if (!rows++)
			printf(HEAD, "ITS GUEST", "SCHEDULER", "MODE", "DEADLINE (us)",
			       "PERIOD (us)", "EXECUTION (us)");
		printf(ROW, cpu, scheduler, mode, deadline, period, execution);
	}
}
