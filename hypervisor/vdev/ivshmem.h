/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef VDEV_IVSHMEM_H
#define VDEV_IVSHMEM_H

#include <core/cell.h>
#include <vdev/pci.h>
#include <core/unit.h>
#include <jailhouse/ivshmem.h>

/*
 * A link is what the IVSHMEM devices with the same address in different cells
 * have in common. A peer's side of it holds all that another peer's doorbell
 * needs: a doorbell never looks at another cell's own structures. Links of
 * root's devices live until disable, others as long as a cell of theirs.
 */
struct ivshmem_peer {
	u32 state;		/* as in the state table */
	/* 0: not there, or does not run: has no state and no interrupts */
	u16 vectors;
	bool enabled;		/* interrupt control */
	bool one_shot;
	/* by vector: its interrupt now, 0: none. INTx is vector 0. */
	u16 intid[PCI_MSIX_VECTORS];
	/* those without, a bit for each: masked, not to be had, pending */
	u16 masked, denied, pending;
} __attribute__((aligned(64)));	/* a shift finds it */

struct ivshmem_link {
	/* for all that peers see; held for a bounded time, doorbells take it */
	spinlock_t lock;
	u32 num_peers;
	struct ivshmem_link *next; /* control lock */
	unsigned int users;	/* devices of cells; control lock */
	unsigned int cells;	/* other than root that exist, 1 more if it stays; control lock */
	u64 state_table;	/* physical */
	u16 bdf;
	struct ivshmem_peer peer[];
};

/* Devices and links of cells. */
extern const struct unit ivshmem_unit;

/* cell_mem_clear() for the memory of links that begin with this cell, which is prepared. */
int ivshmem_clear_links(const struct cell *cell);

/* The cell's function at @bdf, if it is to be seen now; or NULL. mm_lock is held. */
struct pci_function *ivshmem_find(struct cell *cell, u64 bdf);
/* What is in configuration space after reset. */
void ivshmem_fill_space(struct pci_function *fn);
/* Configuration space or MSI-X table have changed; mm_lock is held. */
void ivshmem_update(struct pci_function *fn);
/* The BARs. */
enum mmio_result ivshmem_registers(void *fn, struct mmio_access *access);
enum mmio_result ivshmem_msix_table(void *fn, struct mmio_access *access);

/*
 * The interrupt that the caller has to raise at @peer for @vector, 0: none (see
 * ivshmem_write_doorbell() then). The link's lock is held until that is done: a peer
 * that goes away finds no doorbell under way. Inline, for doorbells are what
 * guests do most.
 */
static inline u32 ivshmem_deliver(struct ivshmem_peer *peer, u32 vector)
{
	u32 intid;

	if (!peer->enabled)
		return 0;
	intid = peer->intid[vector];
	if (intid && peer->one_shot)
		peer->enabled = false;
	return intid;
}

/* The same for a value of the doorbell register. */
static inline u32 ivshmem_deliver_doorbell(struct ivshmem_link *link, u32 value)
{
	u32 target = value >> 16, vector = value & 0xffff;

	if (target >= link->num_peers || vector >= PCI_MSIX_VECTORS)
		return 0;
	return ivshmem_deliver(&link->peer[target], vector);
}

/* All of a doorbell, in the rare cases too; takes the lock. */
void ivshmem_write_doorbell(struct ivshmem_link *link, u32 value);

/*
 * Doorbell registers are found by the page of the registers, without a search.
 * A device that finds its slot taken goes without.
 */
void ivshmem_set_doorbell(struct pci_function *fn, u64 page, bool on);

static inline struct cell_doorbell *ivshmem_slot(struct cell *cell, u64 page)
{
	return &cell->doorbell[(page >> PAGE_SHIFT) % CELL_DOORBELLS];
}

/* If it is for @page, its link is in place. */
static inline bool ivshmem_slot_is_for(const struct cell_doorbell *slot,
				       u64 page)
{
	return __atomic_load_n(&slot->key, __ATOMIC_ACQUIRE) == page + 1;
}

/* halt_unlock() for the links that a cell has. */
void ivshmem_halt_unlock(const struct cell *cell);

#endif /* VDEV_IVSHMEM_H */
