/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

/* VMSAv8-64 descriptors, 4 KiB granule (Arm ARM D8.3). */

#include <jailhouse/types.h>

typedef u64 pte_t;

#define PTE_ENTRIES		512
#define PTE_LEVEL_SHIFT(level)	(12 + 9 * (3 - (level)))
#define PTE_LEVEL_SIZE(level)	(1ULL << PTE_LEVEL_SHIFT(level))
/* blocks exist at levels 1 (1 GiB) and 2 (2 MiB) */
#define PTE_MIN_BLOCK_LEVEL	1

#define PTE_VALID		(1ULL << 0)
#define PTE_TABLE_OR_PAGE	(1ULL << 1)
#define PTE_AF			(1ULL << 10)
/* for software: paging_collapse() must not make a block of this page */
#define PTE_NO_BLOCK		(1ULL << 55)
#define PTE_ADDR_MASK		0x0000fffffffff000ULL

static inline bool pte_valid(pte_t pte)
{
	return pte & PTE_VALID;
}

static inline bool pte_is_table(pte_t pte, unsigned int level)
{
	return level < 3 && (pte & (PTE_VALID | PTE_TABLE_OR_PAGE)) ==
			    (PTE_VALID | PTE_TABLE_OR_PAGE);
}

/* Output address of a leaf, or the address of the next table. */
static inline u64 pte_addr(pte_t pte)
{
	return pte & PTE_ADDR_MASK;
}

static inline u64 pte_attrs(pte_t pte)
{
	return pte & ~(PTE_ADDR_MASK | PTE_VALID | PTE_TABLE_OR_PAGE | PTE_AF);
}

static inline pte_t pte_make_leaf(u64 pa, u64 attrs, unsigned int level)
{
	return pa | attrs | PTE_AF | PTE_VALID |
	       (level == 3 ? PTE_TABLE_OR_PAGE : 0);
}

static inline pte_t pte_make_table(u64 pa)
{
	return pa | PTE_VALID | PTE_TABLE_OR_PAGE;
}

/* An entry that is out of use for a while, and back. */
static inline pte_t pte_hide(pte_t pte)
{
	return pte & ~PTE_VALID;
}

static inline pte_t pte_show(pte_t pte)
{
	return pte | PTE_VALID;
}

/* Tables are in hypervisor memory. */
u64 arch_virt_to_phys(const void *virt);
void *arch_phys_to_virt(u64 phys);

/*
 * Stores an entry so that table walkers of all CPUs see whole values; a DSB
 * makes it visible to walkers before the next instruction needs it.
 */
static inline void pte_write(pte_t *p, pte_t value)
{
	*(volatile pte_t *)p = value;
}

/* Orders earlier pte_write()s before what follows, for walkers. */
void arch_pte_sync(void);

#endif /* ARCH_PTE_H */
