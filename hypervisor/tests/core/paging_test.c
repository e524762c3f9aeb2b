// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * core/paging.c against a model: an array of the pieces of the address space
 * between places of interest. Every store to the tables goes through fake/tlb.c.
 */

#include <lib/errno.h>
#include <core/paging.h>

#include "fake/fake.h"
#include "fake/tlb.h"
#include "tap.h"

#define KB		1024ULL
#define MB		(1024 * KB)
#define GB		(1024 * MB)
#define PAGE		PAGE_SIZE

#define ATTR_A		0x11
#define ATTR_B		0x22

static struct paging pg;

/* Borders of the model's pieces, in rising order. */
static const u64 border[] = {
	0, PAGE, 2 * MB - PAGE, 2 * MB, 2 * MB + PAGE, 3 * MB, 4 * MB, 6 * MB,
	6 * MB + 5 * PAGE, 8 * MB, 512 * MB, 1 * GB - 2 * MB, 1 * GB - PAGE,
	1 * GB, 1 * GB + 2 * MB, 1 * GB + 2 * MB + PAGE, 2 * GB - 4 * MB,
	2 * GB, 3 * GB, 3 * GB + 7 * MB, 4 * GB - PAGE, 4 * GB,
};
#define PIECES		(ARRAY_SIZE(border) - 1)

struct piece {
	bool mapped;
	u64 pa_offset;
	u64 attrs;
};

static struct piece model[PIECES];

static void start(unsigned int level, unsigned int pgd_pages)
{
	if (pg.flush)
		fake_tlb_unwatch(&pg);
	fake_pool(3000, 1);
	fake_alloc_limit = -1;
	CHECK_EQ(paging_init(&pg, level, pgd_pages), 0);
	fake_tlb_watch(&pg);
	for (size_t n = 0; n < PIECES; n++)
		model[n] = (struct piece) { 0 };
}

/* Is @va mapped as @piece says, by an entry that fits in with it? */
static void check_at(u64 va, const struct piece *piece)
{
	u64 block;
	pte_t pte = paging_lookup(&pg, va, &block);
	u64 start_va = va & ~(block - 1);

	CHECK_EQ(pte_valid(pte), piece->mapped);
	if (!piece->mapped)
		return;
	CHECK_EQ(pte_addr(pte) + (va - start_va), va + piece->pa_offset);
	CHECK_EQ(pte_attrs(pte) & ~PTE_NO_BLOCK, piece->attrs & ~PTE_NO_BLOCK);
}

static void check_model(void)
{
	fake_tlb_check();
	for (size_t n = 0; n < PIECES; n++) {
		check_at(border[n], &model[n]);
		check_at((border[n] + border[n + 1]) / 2, &model[n]);
		check_at(border[n + 1] - 1, &model[n]);
	}
}

static int map(size_t from, size_t to, u64 pa_offset, u64 attrs,
	       unsigned int flags)
{
	int err = paging_map(&pg, border[from], border[from] + pa_offset,
			     border[to] - border[from], attrs, flags);

	if (!err)
		for (size_t n = from; n < to; n++)
			model[n] = (struct piece) { true, pa_offset, attrs };
	return err;
}

static int split(size_t from, size_t to)
{
	return paging_split(&pg, border[from], border[to] - border[from]);
}

static void unmap(size_t from, size_t to)
{
	paging_unmap(&pg, border[from], border[to] - border[from]);
	for (size_t n = from; n < to; n++)
		model[n].mapped = false;
}

/* The size of the entry at @va. */
static u64 block_at(u64 va)
{
	u64 block;

	paging_lookup(&pg, va, &block);
	return block;
}

TEST(largest_blocks_are_used)
{
	start(1, 1);
	CHECK_EQ(paging_map(&pg, 2 * MB - PAGE, 2 * MB - PAGE, 3 * GB + 2 * MB,
			    ATTR_A, 0), 0);
	CHECK_EQ(block_at(2 * MB - PAGE), PAGE);
	CHECK_EQ(block_at(2 * MB), 2 * MB);
	CHECK_EQ(block_at(1 * GB - 1), 2 * MB);
	CHECK_EQ(block_at(1 * GB), GB);
	CHECK_EQ(block_at(3 * GB), 2 * MB);
	CHECK_EQ(block_at(3 * GB + 4 * MB - PAGE - 1), PAGE);
	fake_tlb_check();
	/* root, two level-2 tables, two level-3 tables, the bitmap */
	CHECK_EQ(page_pool_used(), 6);
}

TEST(physical_alignment_counts_too)
{
	start(1, 1);
	CHECK_EQ(paging_map(&pg, 0, 2 * MB, 1 * GB, ATTR_A, 0), 0);
	CHECK_EQ(block_at(0), 2 * MB);
	CHECK_EQ(paging_map(&pg, 1 * GB, PAGE, 4 * MB, ATTR_A, 0), 0);
	CHECK_EQ(block_at(1 * GB), PAGE);
	fake_tlb_check();
}

TEST(no_blocks_on_request)
{
	start(1, 1);
	CHECK_EQ(paging_map(&pg, 0, 0, 4 * MB, ATTR_A, PAGING_NO_BLOCKS), 0);
	CHECK_EQ(block_at(0), PAGE);
	paging_collapse(&pg, 0, 4 * MB, true);
	CHECK_EQ(block_at(0), PAGE);
	CHECK_EQ(block_at(2 * MB), PAGE);
	fake_tlb_check();
}

TEST(level_0_has_no_blocks)
{
	start(0, 1);
	CHECK_EQ(pg.limit, 1ULL << 48);
	CHECK_EQ(paging_map(&pg, 0, 0, 512 * GB, ATTR_A, 0), 0);
	CHECK_EQ(block_at(0), GB);
	paging_collapse(&pg, 0, 512 * GB, true);
	CHECK_EQ(block_at(0), GB);
	fake_tlb_check();
}

TEST(concatenated_root_tables)
{
	/* as for 40-bit addresses: two tables of level 1 */
	start(1, 2);
	CHECK(!((uintptr_t)pg.pgd & (2 * PAGE - 1)));
	CHECK_EQ(pg.limit, 1024 * GB);
	CHECK_EQ(paging_map(&pg, 511 * GB, 511 * GB, 2 * GB, ATTR_A, 0), 0);
	CHECK_EQ(block_at(512 * GB), GB);
	CHECK_EQ(paging_map(&pg, 1024 * GB - PAGE, 0, PAGE, ATTR_B, 0), 0);
	CHECK_EQ(pte_attrs(paging_lookup(&pg, 1024 * GB - 1, NULL)), ATTR_B);
	CHECK_EQ(paging_split(&pg, 1024 * GB - 2 * PAGE, 2 * PAGE), 0);
	paging_unmap(&pg, 511 * GB, 513 * GB);
	fake_tlb_check();
	fake_tlb_unwatch(&pg);
	paging_destroy(&pg);
	CHECK_EQ(page_pool_used(), 1);
}

TEST(root_at_level_2)
{
	start(2, 4);
	CHECK_EQ(pg.limit, 4 * GB);
	CHECK_EQ(map(0, PIECES, 0, ATTR_A, 0), 0);
	CHECK_EQ(block_at(3 * GB), 2 * MB);
	CHECK_EQ(split(1, 2), 0);
	check_model();
}

TEST(bad_ranges_are_refused)
{
	size_t used;

	start(1, 1);
	used = page_pool_used();
	CHECK_EQ(paging_map(&pg, 0, 0, 0, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 1, 0, PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 0, 0x800, PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 0, 0, PAGE + 8, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, pg.limit, 0, PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, pg.limit - PAGE, 0, 2 * PAGE, ATTR_A, 0),
		 -EINVAL);
	CHECK_EQ(paging_map(&pg, PAGE, 0, 0 - PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 0 - PAGE, 0, 2 * PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 0, 1ULL << 48, PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 0, (1ULL << 48) - PAGE, 2 * PAGE, ATTR_A, 0),
		 -EINVAL);
	CHECK_EQ(paging_map(&pg, 0, (1ULL << 48) - PAGE, PAGE, ATTR_A, 0), 0);
	pg.limit = GB;
	CHECK_EQ(paging_map(&pg, GB, 0, PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(paging_map(&pg, 0, 0, GB + PAGE, ATTR_A, 0), -EINVAL);
	CHECK_EQ(page_pool_used(), used + 2);
	CHECK(FAKE_BUGS(paging_unmap(&pg, GB, PAGE)));
	CHECK(FAKE_BUGS(paging_unmap(&pg, 0, PAGE - 1)));
}

TEST(lookup_of_holes)
{
	start(1, 1);
	CHECK(!paging_lookup(&pg, 0, NULL));
	CHECK_EQ(block_at(0), GB);
	CHECK(!paging_lookup(&pg, ~0ULL, NULL));
	CHECK(!paging_lookup(&pg, pg.limit, NULL));
	CHECK_EQ(paging_map(&pg, 0, 0, PAGE, ATTR_A, 0), 0);
	CHECK(!paging_lookup(&pg, PAGE, NULL));
	CHECK_EQ(block_at(PAGE), PAGE);
	CHECK_EQ(block_at(2 * MB), 2 * MB);
}

TEST(unmap_of_half_a_block_is_a_bug)
{
	start(1, 1);
	CHECK_EQ(map(0, PIECES, 0, ATTR_A, 0), 0);
	CHECK(FAKE_BUGS(paging_unmap(&pg, PAGE, PAGE)));
	CHECK(FAKE_BUGS(paging_unmap(&pg, 0, 2 * MB)));
}

TEST(unmap_flushes_once)
{
	start(1, 1);
	CHECK_EQ(map(0, 11, 0, ATTR_A, 0), 0);
	CHECK_EQ(split(1, 10), 0);
	fake_tlb_flushes();
	unmap(1, 10);
	CHECK_EQ(fake_tlb_flushes(), 1);
	check_model();
	/* nothing there any more */
	unmap(1, 10);
	CHECK_EQ(fake_tlb_flushes(), 0);
}

TEST(nothing_to_flush_in_empty_tables)
{
	start(1, 1);
	fake_tlb_flushes();
	CHECK_EQ(map(0, PIECES, 0, ATTR_A, 0), 0);
	CHECK_EQ(fake_tlb_flushes(), 0);
	/* the same again changes nothing */
	CHECK_EQ(map(0, PIECES, 0, ATTR_A, 0), 0);
	CHECK_EQ(fake_tlb_flushes(), 0);
	/* other attributes do, entry by entry: four blocks of 1 GiB */
	CHECK_EQ(map(0, PIECES, 0, ATTR_B, 0), 0);
	CHECK_EQ(fake_tlb_flushes(), 4);
	check_model();
}

TEST(block_replaces_its_tables)
{
	size_t used;

	start(1, 1);
	used = page_pool_used();
	CHECK_EQ(map(1, 2, 0, ATTR_A, 0), 0);
	CHECK_EQ(map(7, 8, 0, ATTR_A, 0), 0);
	CHECK_EQ(page_pool_used(), used + 3);
	CHECK_EQ(map(0, 13, 0, ATTR_B, 0), 0);
	CHECK_EQ(block_at(0), GB);
	CHECK_EQ(page_pool_used(), used);
	check_model();
}

TEST(split_keeps_the_translation)
{
	start(1, 1);
	CHECK_EQ(map(0, PIECES, 16 * GB, ATTR_A, 0), 0);
	CHECK_EQ(split(4, 8), 0);
	check_model();
	CHECK_EQ(block_at(0), 2 * MB);
	CHECK_EQ(block_at(2 * MB), PAGE);
	CHECK_EQ(block_at(4 * MB), 2 * MB);
	CHECK_EQ(block_at(6 * MB), PAGE);
	CHECK_EQ(block_at(1 * GB), GB);
}

TEST(split_of_holes_and_borders_needs_no_memory)
{
	start(1, 1);
	CHECK_EQ(map(13, 17, 0, ATTR_A, 0), 0);
	fake_alloc_forbidden = true;
	CHECK_EQ(split(0, 5), 0);
	CHECK_EQ(paging_split(&pg, 1 * GB, 1 * GB), 0);
	CHECK_EQ(paging_split(&pg, 0, pg.limit), 0);
	check_model();
}

TEST(out_of_memory)
{
	/* at each allocation in turn: refused, and the rest as it was */
	for (long limit = 0; limit < 4; limit++) {
		start(1, 1);
		CHECK_EQ(map(0, PIECES, 0, ATTR_A, 0), 0);
		fake_alloc_limit = limit;
		CHECK_EQ(split(4, 15), -ENOMEM);
		check_model();
	}
	fake_alloc_limit = 4;
	CHECK_EQ(split(4, 15), 0);
	for (long limit = 0; limit < 4; limit++) {
		start(1, 1);
		fake_alloc_limit = limit;
		CHECK_EQ(map(4, 15, 0, ATTR_A, 0), -ENOMEM);
		fake_tlb_check();
		fake_alloc_limit = -1;
		CHECK_EQ(map(4, 15, 0, ATTR_A, 0), 0);
		check_model();
	}
	fake_pool(1, 0);
	CHECK_EQ(paging_init(&pg, 1, 1), -ENOMEM);
}

TEST(collapse_undoes_split)
{
	size_t used;

	start(1, 1);
	CHECK_EQ(map(0, PIECES, 0, ATTR_A, 0), 0);
	used = page_pool_used();
	CHECK_EQ(split(4, 15), 0);
	CHECK_EQ(page_pool_used(), used + 4);
	/* from a part of the range, only what that part touches */
	paging_collapse(&pg, 2 * MB, PAGE, false);
	CHECK_EQ(page_pool_used(), used + 2);
	paging_collapse(&pg, border[4], border[15] - border[4], false);
	CHECK_EQ(page_pool_used(), used);
	CHECK_EQ(block_at(0), GB);
	check_model();
}

TEST(collapse_needs_all_of_a_block)
{
	start(1, 1);
	/* one page with other attributes, one elsewhere, one hole */
	CHECK_EQ(map(0, 10, 0, ATTR_A, 0), 0);
	CHECK_EQ(paging_map(&pg, PAGE, PAGE, PAGE, ATTR_B, 0), 0);
	CHECK_EQ(paging_map(&pg, 2 * MB, 0, PAGE, ATTR_A, 0), 0);
	CHECK_EQ(paging_split(&pg, 6 * MB - PAGE, PAGE), 0);
	paging_unmap(&pg, 6 * MB - PAGE, PAGE);
	paging_collapse(&pg, 0, 8 * MB, true);
	CHECK_EQ(block_at(0), PAGE);
	CHECK_EQ(block_at(2 * MB), PAGE);
	CHECK_EQ(block_at(4 * MB), PAGE);
	CHECK_EQ(block_at(6 * MB), 2 * MB);
	fake_tlb_check();
}

TEST(collapse_needs_physical_alignment)
{
	start(1, 1);
	CHECK_EQ(paging_map(&pg, 0, PAGE, 2 * MB, ATTR_A, 0), 0);
	paging_collapse(&pg, 0, 2 * MB, true);
	CHECK_EQ(block_at(0), PAGE);
	fake_tlb_check();
}

TEST(entries_mapped_apart_are_not_joined)
{
	start(1, 1);
	CHECK_EQ(paging_map(&pg, 0, 0, 2 * MB, ATTR_A, 0), 0);
	CHECK_EQ(paging_split(&pg, 0, MB), 0);
	paging_unmap(&pg, 0, MB);
	CHECK_EQ(paging_map(&pg, 0, 0, MB, ATTR_A, PAGING_NO_COLLAPSE), 0);
	paging_collapse(&pg, 0, 2 * MB, true);
	CHECK_EQ(block_at(0), PAGE);
	/* with blocks all the same where they fit */
	CHECK_EQ(paging_map(&pg, 2 * MB, 2 * MB, 2 * MB, ATTR_A, PAGING_NO_COLLAPSE),
		 0);
	CHECK_EQ(block_at(2 * MB), 2 * MB);
	/* as they were, they are joined */
	paging_unmap(&pg, 0, MB);
	CHECK_EQ(paging_map(&pg, 0, 0, MB, ATTR_A, 0), 0);
	paging_collapse(&pg, 0, 2 * MB, true);
	CHECK_EQ(block_at(0), 2 * MB);
	fake_tlb_check();
}

/* An unmapped block is retained in the pieces that are mapped in its place, too. */
TEST(tables_retained_for_a_neighbour_stay)
{
	size_t used;

	start(1, 1);
	CHECK_EQ(paging_map(&pg, 0, 0, 4 * MB, ATTR_A, 0), 0);
	paging_unmap(&pg, 0, 4 * MB);
	used = page_pool_used();
	CHECK_EQ(paging_map(&pg, 0, 0, PAGE, ATTR_A, 0), 0);
	paging_unmap(&pg, 0, PAGE);
	paging_collapse(&pg, 0, PAGE, true);
	CHECK_EQ(page_pool_used(), used + 1);
	fake_alloc_forbidden = true;
	CHECK_EQ(paging_map(&pg, PAGE, PAGE, 4 * MB - PAGE, ATTR_A, 0), 0);
	fake_tlb_check();
}

TEST(empty_tables_go_only_on_request)
{
	size_t used;

	start(1, 1);
	used = page_pool_used();
	CHECK_EQ(map(4, 5, 0, ATTR_A, 0), 0);
	unmap(4, 5);
	CHECK_EQ(page_pool_used(), used + 2);
	paging_collapse(&pg, border[4], PAGE, false);
	CHECK_EQ(page_pool_used(), used + 2);
	/* of a part of what was unmapped: the rest is still retained */
	paging_collapse(&pg, border[4] + PAGE, border[5] - border[4] - PAGE,
			true);
	CHECK_EQ(page_pool_used(), used + 2);
	paging_collapse(&pg, border[4], PAGE, true);
	CHECK_EQ(page_pool_used(), used);
	check_model();
}

TEST(hide_and_show)
{
	start(1, 1);
	CHECK_EQ(map(1, 13, 0, ATTR_A, 0), 0);
	CHECK_EQ(map(17, 20, 0, ATTR_B, 0), 0);
	/* all of an entry of the root table */
	unmap(17, 18);
	fake_tlb_flushes();
	paging_hide(&pg);
	CHECK_EQ(fake_tlb_flushes(), 1);
	fake_tlb_check();
	for (size_t n = 0; n < PIECES; n++)
		CHECK(!paging_lookup(&pg, border[n], NULL));
	paging_show(&pg);
	check_model();
	fake_alloc_forbidden = true;
	CHECK_EQ(map(17, 18, 0, ATTR_B, 0), 0);
	check_model();
}

TEST(destroy_frees_everything)
{
	start(1, 1);
	CHECK_EQ(map(1, 9, 0, ATTR_A, PAGING_NO_BLOCKS), 0);
	CHECK_EQ(map(11, 20, 0, ATTR_B, 0), 0);
	unmap(2, 5);
	fake_tlb_unwatch(&pg);
	paging_destroy(&pg);
	CHECK_EQ(page_pool_used(), 1);
}

static bool continues(const struct piece *a, const struct piece *b)
{
	return b->mapped && a->pa_offset == b->pa_offset &&
	       a->attrs == b->attrs;
}

/* Maps [from, to) as it was before, each mapping at once. */
static void map_back(size_t from, size_t to, const struct piece *before)
{
	size_t n, m;

	for (n = from; n < to; n = m) {
		for (m = n + 1; m < to; m++)
			if (!continues(&before[n], &before[m]))
				break;
		if (before[n].mapped)
			CHECK_EQ(map(n, m, before[n].pa_offset,
				     before[n].attrs, 0), 0);
	}
}

/*
 * What cells live by: after a split (prepare), taking the range away and giving
 * it back (commit) allocates nothing, and a collapse leaves the page pool as it
 * was before.
 */
TEST(prepare_and_commit)
{
	static struct piece before[PIECES];
	static u64 blocks[PIECES];

	for (unsigned int round = 0; round < 300; round++) {
		size_t from = tap_below(PIECES);
		size_t to = from + 1 + tap_below(PIECES - from);
		size_t used, n;

		start(1, 1);
		for (n = 0; n < 4; n++) {
			size_t a = tap_below(PIECES);
			size_t b = a + 1 + tap_below(PIECES - a);

			CHECK_EQ(map(a, b, tap_below(3) * 2 * GB,
				     tap_below(2) ? ATTR_A : ATTR_B, 0), 0);
		}
		paging_collapse(&pg, 0, 4 * GB, true);
		used = page_pool_used();
		for (n = 0; n < PIECES; n++) {
			before[n] = model[n];
			blocks[n] = block_at(border[n]);
		}

		CHECK_EQ(split(from, to), 0);
		check_model();
		fake_alloc_forbidden = true;
		unmap(from, to);
		check_model();
		map_back(from, to, before);
		check_model();
		paging_collapse(&pg, border[from], border[to] - border[from],
				false);
		fake_alloc_forbidden = false;
		check_model();
		CHECK_EQ(page_pool_used(), used);
		for (n = 0; n < PIECES; n++)
			CHECK_EQ(block_at(border[n]), blocks[n]);
	}
}

static void random_step(void)
{
	size_t from = tap_below(PIECES);
	size_t to = from + 1 + tap_below(PIECES - from);
	/* few pages where blocks cannot be used: tables of 4 GiB are slow */
	u64 odd = border[to] - border[from] <= 8 * MB ? PAGE : 2 * MB;
	u64 offset = tap_below(4) ? tap_below(3) * GB : odd;
	unsigned int flags = odd == PAGE && !tap_below(4) ? PAGING_NO_BLOCKS : 0;

	switch (tap_below(4)) {
	case 0:
		CHECK_EQ(map(from, to, offset, tap_below(2) ? ATTR_A : ATTR_B,
			     flags), 0);
		break;
	case 1:
		CHECK_EQ(split(from, to), 0);
		break;
	case 2:
		CHECK_EQ(split(from, to), 0);
		unmap(from, to);
		break;
	default:
		paging_collapse(&pg, border[from], border[to] - border[from],
				tap_below(2));
	}
}

TEST(random_operations)
{
	for (unsigned int seed = 1; seed <= 10; seed++) {
		tap_seed(seed);
		start(seed % 2, 1);
		for (unsigned int n = 0; n < 200; n++) {
			random_step();
			check_model();
		}
		unmap(0, PIECES);
		paging_collapse(&pg, 0, 4 * GB, true);
		check_model();
		/* the bitmap and the root table */
		CHECK_EQ(page_pool_used(), 2);
	}
}

TAP_MAIN(
	TAP_TEST(largest_blocks_are_used),
	TAP_TEST(physical_alignment_counts_too),
	TAP_TEST(no_blocks_on_request),
	TAP_TEST(level_0_has_no_blocks),
	TAP_TEST(concatenated_root_tables),
	TAP_TEST(root_at_level_2),
	TAP_TEST(bad_ranges_are_refused),
	TAP_TEST(lookup_of_holes),
	TAP_TEST(unmap_of_half_a_block_is_a_bug),
	TAP_TEST(unmap_flushes_once),
	TAP_TEST(nothing_to_flush_in_empty_tables),
	TAP_TEST(block_replaces_its_tables),
	TAP_TEST(split_keeps_the_translation),
	TAP_TEST(split_of_holes_and_borders_needs_no_memory),
	TAP_TEST(out_of_memory),
	TAP_TEST(collapse_undoes_split),
	TAP_TEST(collapse_needs_all_of_a_block),
	TAP_TEST(collapse_needs_physical_alignment),
	TAP_TEST(entries_mapped_apart_are_not_joined),
	TAP_TEST(tables_retained_for_a_neighbour_stay),
	TAP_TEST(empty_tables_go_only_on_request),
	TAP_TEST(hide_and_show),
	TAP_TEST(destroy_frees_everything),
	TAP_TEST(prepare_and_commit),
	TAP_TEST(random_operations)
)
