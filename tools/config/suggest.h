/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_SUGGEST_H
#define TOOLS_SUGGEST_H

/* Whose an address is that a cell has not got, and what would give it. */

#include "config/running.h"
#include "fault.h"

struct suggestion {
	const char *owner;	/* itself, cell, hypervisor, ram, device or nobody */
	char text[512];		/* in words, beginning after "ADDRESS is " */
	char path[256], compatible[64], driver[64];	/* of a device, or "" */
	char unbind[512];	/* what takes it from the driver, or "" */
	char option[320];	/* of cell create; "": none does */
	struct jailhouse_memory region;	/* empty: none can allow it */
};

/* @cell: one of @running. */
void suggest(struct suggestion *suggestion, const struct running *running,
	     const struct hardware *hardware, const struct jailhouse_cell_desc *cell,
	     const struct fault_access *access);

#endif /* TOOLS_SUGGEST_H */
