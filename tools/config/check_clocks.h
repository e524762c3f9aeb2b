/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CHECK_CLOCKS_H
#define TOOLS_CHECK_CLOCKS_H

#include "config/check.h"
#include "hardware/hardware.h"

/* Clocks of a cell's own devices that Linux can switch off. */
void check_clocks(struct findings *findings, const char *file,
		  const struct jailhouse_cell_desc *desc, const struct hardware *hardware);

#endif /* TOOLS_CHECK_CLOCKS_H */
