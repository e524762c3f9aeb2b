/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_PLAN_H
#define TOOLS_PLAN_H

/*
 * A root configuration for a machine: root has all of it but the hypervisor's
 * memory, the memory that is set aside for cells, and the GIC; and links for cells.
 */

#include <stddef.h>
#include <stdio.h>

#include "hardware/hardware.h"

struct plan_options {
	u64 hypervisor_size;		/* 0: what this machine needs */
	u64 inmates_size;		/* set aside for cells; 0: none */
	const char *console;		/* a UART, "none", or NULL: the machine's */
	bool without_links;		/* with root */
};

struct plan {
	const struct hardware *hardware;
	char name[JAILHOUSE_CELL_NAME_MAXLEN + 1];
	u32 root_flags;
	struct area hypervisor, inmates;
	struct areas ram, devices;	/* root's */
	struct jailhouse_console console;
	char console_why[256];
	/* the virtual PCI host; size 0: there is no place for it */
	struct area pci;
	u16 pci_domain;
	/* links with root; size 0: none */
	struct area links;
	u32 link_irq;			/* INTID of the first of their interrupts */
};

#define PLAN_PLACES	14

/* Addresses where @size bytes may be had of Linux, the best first: their number. */
unsigned int plan_places(const struct hardware *hardware, u64 size, u64 places[PLAN_PLACES]);
/* The sentence if there is none. */
const char *plan_no_place(u64 size);

/* Bytes for the hypervisor, the cells and the links together. */
u64 plan_size(const struct hardware *hardware, const struct plan_options *options);

/*
 * The plan with hypervisor, cells and links at @place. Returns an exit code; *plan is
 * to be freed after 0.
 */
int plan_make(const struct hardware *hardware, const struct plan_options *options, u64 place,
	      struct plan **plan);

/* Of the virtual PCI host: the first that Linux does not use. */
u16 plan_pci_domain(const struct hardware *hardware);

/* INTIDs of the irqchip @n of @PLAN_CHIPS, which together have all SPIs. */
#define PLAN_CHIPS	8
u32 plan_chip_base(unsigned int n);
u32 plan_chip_word(unsigned int n, unsigned int word);

/* The configuration that the plan makes, to be freed; NULL: out of memory, said. */
struct jailhouse_system *plan_binary(const struct plan *plan, size_t *size);

/* The C source of the same. */
void plan_source(FILE *out, const struct plan *plan);

#endif /* TOOLS_PLAN_H */
