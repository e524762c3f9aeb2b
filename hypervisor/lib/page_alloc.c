// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <lib/bug.h>
#include <lib/page_alloc.h>
#include <lib/string.h>

#define BITS		64
#define FULL		(~0ULL)

static struct {
	u64 *bitmap;	/* set: in use; at the start of the pool */
	size_t pages;
	size_t used;
	size_t hint;	/* no free page in the bitmap's words before it */
} pool;

static bool page_used(size_t page)
{
	return pool.bitmap[page / BITS] >> (page % BITS) & 1;
}

static void mark(size_t page, size_t num, bool used)
{
	pool.used += used ? num : 0 - num;
	for (; num; page++, num--) {
		BUG_ON(page_used(page) == used);
		pool.bitmap[page / BITS] ^= 1ULL << (page % BITS);
	}
}

void page_pool_init(void *base, size_t pages)
{
	size_t words = (pages + BITS - 1) / BITS;

	BUG_ON((uintptr_t)base & PAGE_OFFS_MASK);
	pool.bitmap = base;
	pool.pages = pages;
	pool.used = 0;
	pool.hint = 0;
	memset(base, 0, words * sizeof(u64));
	/* bits after the last page are never free */
	if (pages % BITS)
		pool.bitmap[words - 1] = FULL << (pages % BITS);
	mark(0, PAGES(words * sizeof(u64)), true);
}

/* First free page, or pool.pages. */
static size_t find_page(void)
{
	size_t words = (pool.pages + BITS - 1) / BITS;

	for (; pool.hint < words; pool.hint++) {
		u64 word = pool.bitmap[pool.hint];

		if (word != FULL)
			return pool.hint * BITS +
			       (size_t)__builtin_ctzll(~word);
	}
	return pool.pages;
}

/* First of @num free pages at a multiple of @align, or pool.pages. */
static size_t find_pages(size_t num, size_t align)
{
	/* the pool's start need not be aligned: count pages from address 0 */
	size_t base = (uintptr_t)pool.bitmap >> PAGE_SHIFT;
	size_t first = find_page() + base;
	size_t run = 0;

	while (run < num) {
		if (!run)
			first = (first + align - 1) & ~(align - 1);
		if (first - base + num > pool.pages)
			return pool.pages;
		if (page_used(first - base + run)) {
			first += run + 1;
			run = 0;
		} else {
			run++;
		}
	}
	return first - base;
}

void *page_alloc(size_t num, size_t align_pages)
{
	size_t page;
	void *virt;

	BUG_ON(!num || !align_pages || (align_pages & (align_pages - 1)));
	if (num > pool.pages - pool.used)
		return NULL;
	page = num == 1 && align_pages == 1 ? find_page() :
					      find_pages(num, align_pages);
	if (page == pool.pages)
		return NULL;
	mark(page, num, true);
	virt = (u8 *)pool.bitmap + page * PAGE_SIZE;
	memset(virt, 0, num * PAGE_SIZE);
	return virt;
}

void page_free(void *page, size_t num)
{
	size_t offset = (size_t)((u8 *)page - (u8 *)pool.bitmap);
	size_t first = offset / PAGE_SIZE;

	BUG_ON(offset % PAGE_SIZE || !first || first >= pool.pages ||
	       num > pool.pages - first);
	mark(first, num, false);
	if (first / BITS < pool.hint)
		pool.hint = first / BITS;
}

size_t page_pool_size(void)
{
	return pool.pages;
}

size_t page_pool_used(void)
{
	return pool.used;
}
