/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CELL_LINK_H
#define TOOLS_CELL_LINK_H

#include "config/cell_plan.h"
#include "config/running.h"

/*
 * Give the cell an end of a link: the free one that its peer has left, or the first
 * of a new link if there is no such cell yet. An exit code.
 *
 * The msix_address of a link of two is nobody's: a hash of the peer's name is there, so
 * that no third cell takes its end. 0: any cell may.
 */
int cell_link_add(struct cell_plan *plan, const struct running *running,
		  const struct one_cell_link *link);

/* Interrupts for the links' pins. An exit code. */
int cell_link_finish(struct cell_plan *plan, const struct running *running);

#endif /* TOOLS_CELL_LINK_H */
