/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

bool fault_field(const char *fault, const char *name, u64 *value)
{
	const char *found = strstr(fault, name);

	if (found)
		*value = strtoull(found + strlen(name), NULL, 0);
	return found;
}

bool fault_access(const char *fault, struct fault_access *access)
{
	if (sscanf(fault, "kind=%7s", access->kind) != 1)
		return false;
	fault_field(fault, " pc=", &access->pc);
	fault_field(fault, " count=", &access->count);
	fault_field(fault, " made=", &access->made);
	return fault_field(fault, " ipa=", &access->address);
}
