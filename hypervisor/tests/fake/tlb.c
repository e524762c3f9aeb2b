// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include "../tap.h"
#include "fake.h"
#include "tlb.h"
#include "wrap.h"

#define PHYS_BIT	(1ULL << 47)
#define MAX_STALE	8192
#define MAX_WATCHED	16

/* An entry that was valid and is not any more, and may be cached. */
struct stale {
	const struct paging *pg;
	u64 va;
	u64 size;
	pte_t pte;
	unsigned int level;
};

static struct stale stale[MAX_STALE];
static unsigned int num_stale;
static struct paging *watched[MAX_WATCHED];
/* stores that walkers may not see yet: all, and those to tables not linked */
static bool unsynced;
static bool unsynced_new;
static size_t used_at_sync;
static unsigned int flushes;

#define FAIL(...)	tap_fail(__FILE__, __LINE__, __VA_ARGS__)

u64 arch_virt_to_phys(const void *virt)
{
	return (uintptr_t)virt | PHYS_BIT;
}

void *arch_phys_to_virt(u64 phys)
{
	if (!(phys & PHYS_BIT))
		FAIL("0x%llx is not a physical address", phys);
	return (void *)(uintptr_t)(phys & ~PHYS_BIT);
}

static pte_t *table_of(pte_t pte)
{
	return arch_phys_to_virt(pte_addr(pte));
}

/* Address and level that @p translates in these tables, if it does. */
static bool locate_in(const pte_t *table, size_t entries, unsigned int level,
		   u64 va, const pte_t *p, struct stale *found)
{
	u64 size = PTE_LEVEL_SIZE(level);
	size_t n;

	if (p >= table && p < table + entries) {
		found->va = va + (u64)(p - table) * size;
		found->size = size;
		found->level = level;
		return true;
	}
	if (level == 3)
		return false;
	for (n = 0; n < entries; n++)
		if (pte_is_table(table[n], level) &&
		    locate_in(table_of(table[n]), PTE_ENTRIES, level + 1,
			   va + n * size, p, found))
			return true;
	return false;
}

static bool locate(const pte_t *p, struct stale *found)
{
	for (size_t n = 0; n < MAX_WATCHED; n++) {
		const struct paging *pg = watched[n];

		found->pg = pg;
		if (pg && locate_in(pg->pgd,
				    (size_t)pg->pgd_pages * PTE_ENTRIES,
				    pg->level, 0, p, found))
			return true;
	}
	return false;
}

static bool overlaps(const struct stale *old, const struct stale *new)
{
	return old->pg == new->pg && old->va < new->va + new->size &&
	       new->va < old->va + old->size;
}

static void check_make(const struct stale *new, pte_t old)
{
	unsigned int n;

	if (pte_valid(old))
		FAIL("entry for 0x%llx: 0x%llx made of 0x%llx without a break",
		     new->va, new->pte, old);
	for (n = 0; n < num_stale; n++)
		if (overlaps(&stale[n], new))
			FAIL("entry for 0x%llx made before that for 0x%llx was flushed",
			     new->va, stale[n].va);
	if (pte_is_table(new->pte, new->level)) {
		if (unsynced_new || used_at_sync != page_pool_used())
			FAIL("table for 0x%llx is not visible yet", new->va);
	} else if ((new->pte & PTE_LEVEL_TAG_MASK) !=
		   PTE_LEVEL_TAG(new->level)) {
		FAIL("entry for 0x%llx is not one of level %u", new->va,
		     new->level);
	}
}

void pte_write(pte_t *p, pte_t value)
{
	struct stale entry = { .pte = value };

	if (locate(p, &entry)) {
		if (pte_valid(value)) {
			check_make(&entry, *p);
		} else if (pte_valid(*p)) {
			if (num_stale == MAX_STALE)
				FAIL("more than %d entries to flush",
				     MAX_STALE);
			entry.pte = *p;
			stale[num_stale++] = entry;
		}
	} else {
		unsynced_new = true;
	}
	unsynced = true;
	*p = value;
}

void arch_pte_sync(void)
{
	unsynced = false;
	unsynced_new = false;
	used_at_sync = page_pool_used();
}

static void flush(const struct paging *pg, u64 va, u64 size)
{
	struct stale range = { .pg = pg, .va = va, .size = size };
	unsigned int n;

	if (unsynced)
		FAIL("flush before the break is visible");
	flushes++;
	for (n = 0; n < num_stale;) {
		if (!overlaps(&stale[n], &range)) {
			n++;
			continue;
		}
		if (stale[n].va < va || stale[n].va + stale[n].size > va + size)
			FAIL("flush of a part of the entry for 0x%llx",
			     stale[n].va);
		stale[n] = stale[--num_stale];
	}
}

static bool points_to(pte_t pte, unsigned int level, const void *page)
{
	size_t n;

	if (!pte_is_table(pte, level))
		return false;
	if (table_of(pte) == page)
		return true;
	for (n = 0; level < 2 && n < PTE_ENTRIES; n++)
		if (points_to(table_of(pte)[n], level + 1, page))
			return true;
	return false;
}

void __wrap_page_free(void *page, size_t num)
{
	unsigned int n;

	for (n = 0; n < num_stale; n++)
		if (points_to(stale[n].pte, stale[n].level, page))
			FAIL("table freed that a walker may still use, for 0x%llx",
			     stale[n].va);
	__real_page_free(page, num);
}

void fake_tlb_watch(struct paging *pg)
{
	size_t n;

	for (n = 0; watched[n]; n++)
		if (n == MAX_WATCHED - 1)
			FAIL("more than %d tables to watch", MAX_WATCHED);
	watched[n] = pg;
	pg->flush = flush;
}

void fake_tlb_unwatch(struct paging *pg)
{
	size_t n;

	fake_tlb_check();
	for (n = 0; n < MAX_WATCHED; n++)
		if (watched[n] == pg)
			watched[n] = NULL;
	pg->flush = NULL;
}

void fake_tlb_check(void)
{
	if (num_stale)
		FAIL("0x%llx was not flushed", stale[0].va);
	if (unsynced)
		FAIL("the last entries were not made visible");
}

unsigned int fake_tlb_flushes(void)
{
	unsigned int n = flushes;

	flushes = 0;
	return n;
}
