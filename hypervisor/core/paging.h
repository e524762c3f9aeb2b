/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_PAGING_H
#define CORE_PAGING_H

/*
 * Translation tables of 4 KiB granules, levels 0 to 3, for the hypervisor's
 * own address space (stage 1) and the cells' (stage 2). How an entry looks is
 * the architecture's (<arch/pte.h>); what happens to it is decided here.
 *
 * An update that changes a live entry's output, size or attributes is done by
 * break-before-make: write invalid, flush(), write the new entry. Other CPUs
 * may use the tables meanwhile: they can see a translation fault inside the
 * range, and never the old and new entry at once.
 * Callers serialise updates of one struct paging.
 */

#include <lib/page_alloc.h>
#include <arch/pte.h>

struct paging {
	pte_t *pgd;		/* first-level table */
	unsigned int level;	/* of that table, 0..2 */
	unsigned int pgd_pages; /* concatenated ones, a power of two */
	u64 limit;		/* addresses from here on cannot be mapped */
	u32 updates;		/* that may have made valid entries invalid for a moment */
	/* entries of that table which may not be 0: [used_from, used_to) */
	unsigned int used_from, used_to;
	/*
	 * Drops cached translations of [va, va + size) everywhere, those of
	 * tables included, and waits until accesses that used them are done.
	 * arch_pte_sync() has been called. NULL: tables not live yet.
	 */
	void (*flush)(const struct paging *pg, u64 va, u64 size);
	void *flush_arg;	/* for flush() */
};

/* paging_map: pages, now and for ever */
#define PAGING_NO_BLOCKS	1
/* paging_map: paging_collapse() does not join these entries */
#define PAGING_NO_COLLAPSE		2

/*
 * Sets all fields: flush is NULL, limit what first-level tables can translate.
 * The caller may lower the limit before the first mapping. 0 or -ENOMEM.
 */
int paging_init(struct paging *pg, unsigned int level, unsigned int pgd_pages);
/* Frees all tables. Not for live ones. */
void paging_destroy(struct paging *pg);

/*
 * Maps [va, va + size) to pa with @attrs, with the largest blocks that
 * alignment allows; what was mapped there before is replaced, and tables that
 * a block replaces are freed. All page-aligned, size > 0.
 * 0, -EINVAL (range beyond limit or unaligned), -ENOMEM: some of the range may
 * be mapped. Never allocates where paging_unmap() was before: either entries of
 * the right size are there, or paging_split() has made their tables.
 */
int paging_map(struct paging *pg, u64 va, u64 pa, u64 size, u64 attrs,
	       unsigned int flags);

/*
 * Splits blocks so that both ends of the range are borders of entries. The
 * translation stays as it is. 0 or -ENOMEM (some may be split).
 */
int paging_split(struct paging *pg, u64 va, u64 size);

/*
 * Makes the range invalid, with one flush at the end. Cannot fail: a block that
 * reaches beyond the range must have been split before (BUG otherwise). Retains
 * all tables, until paging_collapse(..., true) of the same range.
 */
void paging_unmap(struct paging *pg, u64 va, u64 size);

/*
 * Undoes splits in the range and at its ends: a table whose entries continue
 * each other with the same attributes becomes a block. With @free_empty, the
 * range's unmapped parts need not be retained: tables in which nothing else is
 * mapped or retained are freed. Never allocates.
 */
void paging_collapse(struct paging *pg, u64 va, u64 size, bool free_empty);

/*
 * Makes all of it invalid for a while, tables and all, and valid again. Nothing
 * else may be done to it in between.
 */
void paging_hide(struct paging *pg);
void paging_show(struct paging *pg);

/*
 * Looks @va up. Returns the leaf entry, or 0 if it is not mapped; @block (may
 * be NULL) gets the bytes that the entry (or hole) covers.
 */
pte_t paging_lookup(const struct paging *pg, u64 va, u64 *block);

#endif /* CORE_PAGING_H */
