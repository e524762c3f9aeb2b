/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_IVSHMEM_H
#define CORE_IVSHMEM_H

#include <core/cell.h>
#include <core/pci.h>
#include <core/unit.h>
#include <jailhouse/ivshmem.h>

/*
 * A link is what the IVSHMEM devices with the same address in different cells
 * have in common. A peer's side of it holds all that another peer's doorbell
 * needs: a doorbell never looks at another cell's own structures. Links of
 * root's devices live until disable, others as long as a cell of theirs.
 */
struct ivshmem_peer {
	struct cell *cell;	/* NULL: not there */
	u32 state;		/* as in the state table */
	bool alive;		/* started: may have a state and interrupts */
	bool enabled;		/* interrupt control */
	bool one_shot;
	/* by vector: its interrupt now, 0: none. INTx is vector 0. */
	u16 intid[PCI_MSIX_VECTORS];
	/* by vector: a bit if it is masked, so that it becomes pending */
	u16 masked, pending;
};

struct ivshmem_link {
	struct ivshmem_link *next; /* control lock */
	unsigned int users;	/* devices of cells; control lock */
	unsigned int cells;	/* other than root that exist; control lock */
	u64 state_table;	/* physical */
	u16 bdf;
	/* held for a bounded time, by doorbells too; innermost but the console */
	spinlock_t lock;
	u32 num_peers;
	struct ivshmem_peer peer[];
};

/* Devices and links of cells. */
extern const struct unit ivshmem_unit;

/* The cell's function at @bdf, if it is to be seen now; or NULL. */
struct pci_function *ivshmem_find(struct cell *cell, u64 bdf);
/* What stands in configuration space after reset. */
void ivshmem_fill_space(struct pci_function *fn);
/* Configuration space or MSI-X table have changed; mm_lock is held. */
void ivshmem_update(struct pci_function *fn);
/* The BARs. */
enum mmio_result ivshmem_registers(void *fn, struct mmio_access *access);
enum mmio_result ivshmem_msix_table(void *fn, struct mmio_access *access);

/* A doorbell: the register's value, written by any peer (ivshmem_ring.c). */
void ivshmem_ring(struct ivshmem_link *link, u32 value);
/* Raises @vector at @peer, if it wants that; the link's lock is held. */
void ivshmem_raise(struct ivshmem_peer *peer, u32 vector);

/*
 * Doorbell registers are what guests write most: found by the address without
 * a search. A device that finds its slot taken goes without.
 */
void ivshmem_set_doorbell(struct pci_function *fn, u64 registers, bool on);

static inline struct ivshmem_link *ivshmem_doorbell(const struct cell *cell,
						    u64 address)
{
	const struct cell_doorbell *slot =
		&cell->doorbell[(address >> PAGE_SHIFT) % CELL_DOORBELLS];

	/* the link is in place before the key */
	return __atomic_load_n(&slot->key, __ATOMIC_ACQUIRE) == address + 1 ?
	       slot->link : NULL;
}

#endif /* CORE_IVSHMEM_H */
