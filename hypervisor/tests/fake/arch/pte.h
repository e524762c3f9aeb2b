/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

/*
 * Descriptors of no real machine: bits are elsewhere than on arm64, so that
 * core/ cannot rely on any layout. Stores are watched by fake/tlb.c.
 */

#include <jailhouse/types.h>

typedef u64 pte_t;

#define PTE_ENTRIES		512
#define PTE_LEVEL_SHIFT(level)	(12 + 9 * (3 - (level)))
#define PTE_LEVEL_SIZE(level)	(1ULL << PTE_LEVEL_SHIFT(level))
#define PTE_MIN_BLOCK_LEVEL	1

#define PTE_LEAF		(1ULL << 63)
#define PTE_TABLE		(1ULL << 62)
#define PTE_NO_BLOCK		(1ULL << 61)
#define PTE_LEVEL_TAG(level)	((u64)(level) << 8)
#define PTE_LEVEL_TAG_MASK	PTE_LEVEL_TAG(3)
#define PTE_ADDR_MASK		0x0000fffffffff000ULL
/* for tests: any of these bits, and PTE_NO_BLOCK, are attributes */
#define PTE_TEST_ATTRS		0x00000000000000ffULL

static inline bool pte_valid(pte_t pte)
{
	return pte & (PTE_LEAF | PTE_TABLE);
}

static inline bool pte_is_table(pte_t pte, unsigned int level)
{
	(void)level;
	return pte & PTE_TABLE;
}

static inline u64 pte_addr(pte_t pte)
{
	return pte & PTE_ADDR_MASK;
}

static inline u64 pte_attrs(pte_t pte)
{
	return pte & (PTE_TEST_ATTRS | PTE_NO_BLOCK);
}

/* A leaf carries its level: one made for another level is found out. */
static inline pte_t pte_make_leaf(u64 pa, u64 attrs, unsigned int level)
{
	return pa | attrs | PTE_LEAF | PTE_LEVEL_TAG(level);
}

static inline pte_t pte_make_table(u64 pa)
{
	return pa | PTE_TABLE;
}

/* Hidden: the same bits a bit lower, and not valid. */
#define PTE_VALID_BITS		(PTE_LEAF | PTE_TABLE)
#define PTE_HIDDEN_SHIFT	4

static inline pte_t pte_hide(pte_t pte)
{
	return (pte & ~PTE_VALID_BITS) |
	       (pte & PTE_VALID_BITS) >> PTE_HIDDEN_SHIFT;
}

static inline pte_t pte_show(pte_t pte)
{
	pte_t hidden = pte & PTE_VALID_BITS >> PTE_HIDDEN_SHIFT;

	return (pte & ~hidden) | hidden << PTE_HIDDEN_SHIFT;
}

/* Physical addresses differ from the host's pointers: mixed up, they crash. */
u64 arch_virt_to_phys(const void *virt);
void *arch_phys_to_virt(u64 phys);

void pte_write(pte_t *p, pte_t value);
void arch_pte_sync(void);

#endif /* ARCH_PTE_H */
