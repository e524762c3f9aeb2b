/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_INTERRUPTS_H
#define TOOLS_INTERRUPTS_H

/* Whose the GIC's interrupts are. */

#include "hardware/hardware.h"
#include "hardware/tree.h"

#define FIRST_SPI	32
#define LAST_SPI	1019

/*
 * Interrupt @index of a node; false: there is none. 0 in *intid: it goes to another
 * controller than the GIC. A node without an interrupt-parent has the GIC.
 */
bool interrupts_of(const struct tree_node *node, unsigned int index, u32 *intid);

/*
 * Has Linux requested it, by the text of /proc/interrupts? What for goes to @who. What
 * other controllers pass on to the GIC is not seen.
 */
bool interrupts_used(const char *text, u32 intid, char *who, size_t size);

/* The first device with this interrupt by the tree, in @path; false: there is none. */
bool interrupts_device(const struct hardware *hardware, u32 intid, char *path, size_t size);

/* A set of them: bit n of word w is INTID 32 * w + n. */
#define INTERRUPTS_WORDS	32

/*
 * The first of @count INTIDs, one after the other, that are not in @taken and that
 * neither Linux nor a device of the tree has; 0: there are none. Those of devices that the
 * tree does not tell of are among the lower ones, so they are taken last.
 */
u32 interrupts_find(const struct hardware *hardware, u32 count,
		    const u32 taken[INTERRUPTS_WORDS]);

#endif /* TOOLS_INTERRUPTS_H */
