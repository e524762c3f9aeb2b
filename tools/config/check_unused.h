/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CHECK_UNUSED_H
#define TOOLS_CHECK_UNUSED_H

/*
 * Notes of what a revision-14 configuration may have and nothing here reads:
 * what works elsewhere by it does not work here.
 */

#include "config/check.h"

/* Of a system configuration, but for what its root cell has as a cell. */
void check_unused_system(struct findings *findings, const char *file,
			 const struct jailhouse_system *sys);
/* Of a cell, or of root: @desc is that of @sys. */
void check_unused(struct findings *findings, const char *file,
		  const struct jailhouse_system *sys, const struct jailhouse_cell_desc *desc);

#endif /* TOOLS_CHECK_UNUSED_H */
