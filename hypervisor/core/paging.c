// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <lib/bug.h>
#include <lib/errno.h>
#include <core/paging.h>

/* One call's work: the same at every level of the walk. */
struct walk {
	const struct paging *pg;
	u64 pa_offset;		/* pa - va */
	u64 attrs;
	bool blocks;
	bool free_empty;
};

static u64 level_mask(unsigned int level)
{
	return PTE_LEVEL_SIZE(level) - 1;
}

/* First address after the entry that translates @va, or @end if less. */
static u64 entry_end(u64 va, u64 end, unsigned int level)
{
	u64 next = (va | level_mask(level)) + 1;

	return next < end ? next : end;
}

static pte_t *root_entry(const struct paging *pg, u64 va)
{
	return pg->pgd + (va >> PTE_LEVEL_SHIFT(pg->level));
}

/* The entry for @va in the table that @pte of @level points to. */
static pte_t *next_entry(pte_t pte, unsigned int level, u64 va)
{
	pte_t *table = arch_phys_to_virt(pte_addr(pte));

	return table + (va >> PTE_LEVEL_SHIFT(level + 1)) % PTE_ENTRIES;
}

static void flush(const struct paging *pg, u64 va, u64 size)
{
	arch_pte_sync();
	if (pg->flush)
		pg->flush(pg, va, size);
}

/* @level: of the entries in @table */
static void free_table(pte_t *table, unsigned int level)
{
	unsigned int n;

	if (level < 3)
		for (n = 0; n < PTE_ENTRIES; n++)
			if (pte_is_table(table[n], level))
				free_table(arch_phys_to_virt(pte_addr(table[n])),
					   level + 1);
	page_free(table, 1);
}

/* Puts @new in the place of a valid entry, by break-before-make. */
static void replace(const struct paging *pg, pte_t *entry, unsigned int level,
		    u64 va, pte_t new)
{
	pte_t old = *entry;

	pte_write(entry, 0);
	flush(pg, va & ~level_mask(level), PTE_LEVEL_SIZE(level));
	if (pte_is_table(old, level))
		free_table(arch_phys_to_virt(pte_addr(old)), level + 1);
	pte_write(entry, new);
}

/* What is in the place of an unmapped entry until it is mapped again. */
#define RETAINED	PTE_NO_BLOCK

/*
 * Makes @entry point to a table that translates as @entry did: to nothing, or
 * to the pieces of its block.
 */
static int make_table(const struct paging *pg, pte_t *entry, unsigned int level,
		      u64 va)
{
	pte_t *table = page_alloc(1, 1);
	pte_t old = *entry;
	pte_t new;
	unsigned int n;

	if (!table)
		return -ENOMEM;
	new = pte_make_table(arch_virt_to_phys(table));
	if (!pte_valid(old)) {
		for (n = 0; old && n < PTE_ENTRIES; n++)
			pte_write(table + n, old);
		arch_pte_sync(); /* walkers find the new table empty */
		pte_write(entry, new);
		return 0;
	}
	old = pte_make_leaf(pte_addr(old), pte_attrs(old), level + 1);
	for (n = 0; n < PTE_ENTRIES; n++, old += PTE_LEVEL_SIZE(level + 1))
		pte_write(table + n, old);
	replace(pg, entry, level, va, new);
	return 0;
}

int paging_init(struct paging *pg, unsigned int level, unsigned int pgd_pages)
{
	*pg = (struct paging) {
		.pgd = page_alloc(pgd_pages, pgd_pages),
		.level = level,
		.pgd_pages = pgd_pages,
		.limit = PTE_LEVEL_SIZE(level) * PTE_ENTRIES * pgd_pages,
	};
	return pg->pgd ? 0 : -ENOMEM;
}

/* So that paging_hide() need not look at a table of thousands of entries. */
static void note_use(struct paging *pg, u64 va, u64 end)
{
	unsigned int from = (unsigned int)(va >> PTE_LEVEL_SHIFT(pg->level));
	unsigned int to = (unsigned int)((end - 1) >> PTE_LEVEL_SHIFT(pg->level)) + 1;

	if (!pg->used_to || from < pg->used_from)
		pg->used_from = from;
	if (to > pg->used_to)
		pg->used_to = to;
}

void paging_destroy(struct paging *pg)
{
	unsigned int n;

	for (n = 0; n < pg->pgd_pages * PTE_ENTRIES; n++)
		if (pte_is_table(pg->pgd[n], pg->level))
			free_table(arch_phys_to_virt(pte_addr(pg->pgd[n])),
				   pg->level + 1);
	page_free(pg->pgd, pg->pgd_pages);
	pg->pgd = NULL;
}

static int map_entries(const struct walk *walk, pte_t *entry,
		       unsigned int level, u64 va, u64 end)
{
	bool leaves = level == 3 ||
		      (walk->blocks && level >= PTE_MIN_BLOCK_LEVEL &&
		       !(walk->pa_offset & level_mask(level)));
	u64 next;
	int err;

	for (; va < end; va = next, entry++) {
		next = entry_end(va, end, level);
		if (leaves && !((va | next) & level_mask(level))) {
			pte_t new = pte_make_leaf(va + walk->pa_offset,
						  walk->attrs, level);

			if (!pte_valid(*entry))
				pte_write(entry, new);
			else if (*entry != new)
				replace(walk->pg, entry, level, va, new);
			continue;
		}
		if (!pte_is_table(*entry, level)) {
			err = make_table(walk->pg, entry, level, va);
			if (err)
				return err;
		}
		err = map_entries(walk, next_entry(*entry, level, va),
				  level + 1, va, next);
		if (err)
			return err;
	}
	return 0;
}

int paging_map(struct paging *pg, u64 va, u64 pa, u64 size, u64 attrs,
	       unsigned int flags)
{
	bool blocks = !(flags & PAGING_NO_BLOCKS);
	struct walk walk = {
		.pg = pg,
		.pa_offset = pa - va,
		.attrs = attrs | (flags ? PTE_NO_BLOCK : 0),
		.blocks = blocks,
	};
	int err;

	if (((va | pa | size) & PAGE_OFFS_MASK) || !size ||
	    size > pg->limit || va > pg->limit - size ||
	    pa > PTE_ADDR_MASK || size - PAGE_SIZE > PTE_ADDR_MASK - pa)
		return -EINVAL;
	note_use(pg, va, va + size);
	err = map_entries(&walk, root_entry(pg, va), pg->level, va, va + size);
	pg->updates++;
	arch_pte_sync();
	return err;
}

/* Makes @va the border of two entries, wherever it is mapped. */
static int split_at(const struct paging *pg, u64 va)
{
	unsigned int level = pg->level;
	pte_t *entry;
	int err;

	if (va >= pg->limit)
		return 0;
	entry = root_entry(pg, va);
	while ((va & level_mask(level)) && pte_valid(*entry)) {
		if (!pte_is_table(*entry, level)) {
			err = make_table(pg, entry, level, va);
			if (err)
				return err;
		}
		entry = next_entry(*entry, level, va);
		level++;
	}
	return 0;
}

int paging_split(struct paging *pg, u64 va, u64 size)
{
	int err = split_at(pg, va);

	if (!err)
		err = split_at(pg, va + size);
	pg->updates++;
	arch_pte_sync();
	return err;
}

/* Returns whether there was anything to unmap. */
static bool unmap_entries(pte_t *entry, unsigned int level, u64 va, u64 end)
{
	bool found = false;
	u64 next;

	for (; va < end; va = next, entry++) {
		next = entry_end(va, end, level);
		if (!pte_valid(*entry))
			continue;
		if (pte_is_table(*entry, level)) {
			found |= unmap_entries(next_entry(*entry, level, va),
					       level + 1, va, next);
			continue;
		}
		BUG_ON((va | next) & level_mask(level));
		pte_write(entry, RETAINED);
		found = true;
	}
	return found;
}

void paging_unmap(struct paging *pg, u64 va, u64 size)
{
	BUG_ON(((va | size) & PAGE_OFFS_MASK) || size > pg->limit ||
	       va > pg->limit - size);
	if (unmap_entries(root_entry(pg, va), pg->level, va, va + size))
		flush(pg, va, size);
}

/*
 * What can be in the place of @entry, which points to a table: a block, 0 if
 * the table is empty and not retained, or nothing better than @entry.
 */
static pte_t joined(pte_t entry, unsigned int level)
{
	const pte_t *table = next_entry(entry, level, 0);
	u64 step = *table ? PTE_LEVEL_SIZE(level + 1) : 0;
	pte_t expected = *table;
	unsigned int n;

	if (step && (!pte_valid(*table) || level < PTE_MIN_BLOCK_LEVEL ||
		     pte_is_table(*table, level + 1) ||
		     (*table & PTE_NO_BLOCK) ||
		     (pte_addr(*table) & level_mask(level))))
		return entry;
	for (n = 0; n < PTE_ENTRIES; n++, expected += step)
		if (table[n] != expected)
			return entry;
	return step ? pte_make_leaf(pte_addr(*table), pte_attrs(*table), level) :
		      0;
}

static void collapse_entries(const struct walk *walk, pte_t *entry,
			     unsigned int level, u64 va, u64 end)
{
	pte_t new;
	u64 next;

	for (; va < end; va = next, entry++) {
		next = entry_end(va, end, level);
		if (!pte_is_table(*entry, level)) {
			if (walk->free_empty && *entry == RETAINED &&
			    !((va | next) & level_mask(level)))
				pte_write(entry, 0);
			continue;
		}
		if (level < 2 || walk->free_empty)
			collapse_entries(walk, next_entry(*entry, level, va),
					 level + 1, va, next);
		new = joined(*entry, level);
		if (new != *entry && (new || walk->free_empty))
			replace(walk->pg, entry, level, va, new);
	}
}

void paging_collapse(struct paging *pg, u64 va, u64 size, bool free_empty)
{
	struct walk walk = { .pg = pg, .free_empty = free_empty };

	collapse_entries(&walk, root_entry(pg, va), pg->level, va, va + size);
	pg->updates++;
	arch_pte_sync();
}

pte_t paging_lookup(const struct paging *pg, u64 va, u64 *block)
{
	unsigned int level = pg->level;
	pte_t pte = 0;

	if (va < pg->limit)
		pte = *root_entry(pg, va);
	while (pte_is_table(pte, level)) {
		pte = *next_entry(pte, level, va);
		level++;
	}
	if (block)
		*block = PTE_LEVEL_SIZE(level);
	return pte_valid(pte) ? pte : 0;
}

void paging_hide(struct paging *pg)
{
	unsigned int n;

	for (n = pg->used_from; n < pg->used_to; n++)
		if (pg->pgd[n])
			pte_write(pg->pgd + n, pte_hide(pg->pgd[n]));
	flush(pg, 0, pg->limit);
}

void paging_show(struct paging *pg)
{
	unsigned int n;

	for (n = pg->used_from; n < pg->used_to; n++)
		if (pg->pgd[n] & ~RETAINED)
			pte_write(pg->pgd + n, pte_show(pg->pgd[n]));
	pg->updates++;
	arch_pte_sync();
}
