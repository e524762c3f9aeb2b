/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_PLAN_LINKS_H
#define TOOLS_PLAN_LINKS_H

/*
 * Links with root in a configuration that is made: each waits for a cell that is
 * created with --shmem root or --net root.
 */

#include "config/plan.h"

/* As links are made that nobody gave a size. Linux gives whole pages, which may have 64 KiB. */
#define LINK_TABLE		0x10000ULL
#define LINK_SHMEM_OUTPUT	0x10000ULL
#define LINK_NET_OUTPUT		0x70000ULL

#define LINK_PINS		4U	/* interrupts of a cell's links together */
#define LINK_SECTION		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED)

/* Bytes of all, a multiple of 2 MiB. */
u64 plan_links_size(void);

/* INTID of the first of their LINK_PINS interrupts; 0: there are none. */
u32 plan_links_irq(const struct hardware *hardware);

/* Without interrupts, or without a PCI host, there are no links. */
void plan_links_place(struct plan *plan, u64 start);

/* Their sections and devices, where the plan has them: how many, and all of them. */
u32 plan_links_regions(const struct plan *plan);
u32 plan_links_devices(const struct plan *plan);
void plan_links_fill_regions(const struct plan *plan, struct jailhouse_memory *mem);
void plan_links_fill_devices(const struct plan *plan, struct jailhouse_pci_device *dev);

/* The same in a C source. */
void plan_links_source(FILE *out, const struct plan *plan);

#endif /* TOOLS_PLAN_LINKS_H */
