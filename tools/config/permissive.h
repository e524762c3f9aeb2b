/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_PERMISSIVE_H
#define TOOLS_PERMISSIVE_H

/*
 * What a permissive cell accesses and does not own: devices that no driver of Linux has
 * are accessed, all others read as zero. Which these are the tool says, as nobody else
 * knows Linux's drivers.
 */

#include <stddef.h>

#include "config/running.h"

/* The hypervisor traps 64 regions of a cell; others are its own. */
#define PERMISSIVE_REGIONS	48

struct permissive {
	unsigned int count;
	struct jailhouse_memory region[PERMISSIVE_REGIONS];
};

/* Of this machine as it is, for the cell @desc. An exit code; says what is accessed. */
int permissive_find(struct permissive *permissive, const struct jailhouse_cell_desc *desc,
		    const struct hardware *hardware, bool allow_dma);

/* *@config, which is the caller's to free, is then another one. An exit code. */
int permissive_add(struct jailhouse_cell_desc **config, size_t *size,
		   const struct permissive *permissive);

/* As if it had not been. */
void permissive_take_out(struct jailhouse_cell_desc *config, size_t *size);

#endif /* TOOLS_PERMISSIVE_H */
