/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_LINK_CELLS_H
#define TESTS_LINK_CELLS_H

/*
 * Root and cells with two links on the fake machine: one of twelve peers with
 * INTx, and one of two with MSI-X.
 */

#include <core/cell.h>

#include "config_samples.h"

#define CELL_RAM_AT	0x60000000ULL
#define LINK_AT		0x70400000ULL	/* shared memory */
#define LINK_BYTES	(0x4000ULL + PEERS * 0x2000)
#define MSIX_AT		0x70500000ULL
#define BDF		(1 << 3)	/* INTB */
#define BDF_MSIX	(3 << 3)
#define PEERS		12
#define VECTORS		3
#define BAR_AT		0xa0000000U
#define MSI_ADDRESS	(SAMPLE_GICD + 0x40)

/* A cell with both links, and some RAM; root has the same as arrays of its own. */
struct arrays {
	u64 cpus[1];
	struct jailhouse_memory mem[1 + 2 + PEERS + 4];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pci_device pci[2];
} __packed;

struct link_cell {
	struct jailhouse_cell_desc cell;
	struct arrays arrays;
} __packed;

/* Cells 1 and 2, for tests to change. */
extern struct link_cell config_a, config_b;

void add_section(struct arrays *a, unsigned int n, u64 start, u64 size,
		 bool writable);
/* Cell @id: with CPU @id and SPIs 8 * @id to 8 * @id + 7 (INTIDs 32 more). */
struct link_cell make(u8 id);

/* A machine with root's ends of both links; the first one has this in its field iommu. */
extern u8 root_link_iommu;
void boot(void);
s64 create_link(const struct link_cell *config);
/* Creates and starts it. */
void run(struct cell **cell, const struct link_cell *config);

/* An access by a CPU of the cell. */
struct trapped {
	const struct cell *cell;
	struct mmio_access access;
	enum mmio_result result;
};

struct trapped access_at(const struct cell *cell, u64 address, u8 size,
			 bool is_write, u64 value);

/* Anything at all, by a cell that comes and goes: any bytes make a step. */
struct link_step {
	u8 cell;	/* root, a, b */
	u8 event;	/* 0: the cell's life; sets a device up; an access */
	u8 place;
	u8 size;
	u16 offset;
	u16 choice;	/* of a value that means something */
	u64 value;
};

/*
 * Does the step, and checks what must hold whatever guests do: interrupts are
 * of cells that run, the state table's words are their peers', no BAR is in the
 * way of something else.
 */
void link_step(const struct link_step *step);
/* Ends both cells. */
void link_end(void);

#endif /* TESTS_LINK_CELLS_H */
