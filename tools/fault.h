/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_FAULT_H
#define TOOLS_FAULT_H

/* What a cell's file "fault" says, or a line of its file "accesses". */

#include <stdbool.h>

#include <jailhouse/types.h>

struct fault_access {
	char kind[8];		/* read, write or fetch */
	u64 address, pc;	/* guest-physical; as the cell's CPU had it */
	u64 count, made;	/* of a permissive cell: how many like it; 0: read as zero */
};

/* A number by its @name, with the blank before it and the = after it; false: it is not there. */
bool fault_field(const char *fault, const char *name, u64 *value);

/* From NAME=VALUE NAME=VALUE...; false: it was no access. */
bool fault_access(const char *fault, struct fault_access *access);

#endif /* TOOLS_FAULT_H */
