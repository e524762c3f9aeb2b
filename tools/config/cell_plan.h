/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CELL_PLAN_H
#define TOOLS_CELL_PLAN_H

/* A cell's configuration, made from the words of a command line. */

#include <stddef.h>
#include <stdio.h>

#include "config/one_cell.h"
#include "hardware/hardware.h"

#define CELL_PLAN_REGIONS	64
#define CELL_PLAN_REPLY_TIMEOUT	10000000ULL	/* microseconds */
#define CELL_PLAN_IRQ_WORDS	33	/* to the end of the last chip */

struct cell_plan {
	const struct hardware *hardware;
	struct jailhouse_cell_desc desc;	/* but for the counts of what is below */
	u64 cpus;
	struct cellblock_sharing sharing;	/* if the descriptor says so */
	unsigned int num_regions;
	struct jailhouse_memory region[CELL_PLAN_REGIONS];	/* the first is RAM */
	char why[CELL_PLAN_REGIONS][96];
	/* memory from Linux: its distance from the place that is found */
	bool placed[CELL_PLAN_REGIONS];
	u64 offset[CELL_PLAN_REGIONS];
	u64 span;				/* of all of these */
	u32 irqs[CELL_PLAN_IRQ_WORDS];		/* bit n of word w: INTID 32 * w + n */
	u16 pci_domain;
	u64 link_end;				/* where the next link is in the cell */
	unsigned int num_links;
	struct jailhouse_pci_device link[ONE_CELL_LINKS];
};

/*
 * The plan for checked words; where its memory is in the machine is the caller's to say,
 * by cell_plan_place(). Returns an exit code; *plan is to be freed after 0.
 */
int cell_plan_make(const struct one_cell *cell, const struct hardware *hardware,
		   struct cell_plan **plan);

/* Parts of it, while it is made. Exit codes; what another cell has is the driver's to refuse. */
#define CELL_PLAN_DEVICE (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)
int cell_plan_add_region(struct cell_plan *plan, u64 phys, u64 virt, u64 size, u64 flags,
			 const char *why);
int cell_plan_add_irq(struct cell_plan *plan, u32 intid);
/* A region that is not used, which has its place among others. */
int cell_plan_add_empty(struct cell_plan *plan, const char *why);
/* The last region is memory of which the place is to be found. */
void cell_plan_place_last(struct cell_plan *plan);
bool cell_plan_has_irq(const struct cell_plan *plan, u32 intid);

/* Memory from Linux is at @place, ->span bytes. */
void cell_plan_place(struct cell_plan *plan, u64 place);

/* The configuration that the plan makes, to be freed; NULL: out of memory, said. */
struct jailhouse_cell_desc *cell_plan_binary(const struct cell_plan *plan, size_t *size);

/* Words of irqchip @n of PLAN_CHIPS, from plan_chip_base() on; NULL: the cell has none of it. */
const u32 *cell_plan_chip(const struct cell_plan *plan, unsigned int n);
/* How many it has. */
u32 cell_plan_chips(const struct cell_plan *plan);

/* The C source of the same. */
void cell_source(FILE *out, const struct cell_plan *plan);

#endif /* TOOLS_CELL_PLAN_H */
