// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <lib/page_alloc.h>
#include <string.h>

#include "fake/fake.h"
#include "tap.h"

static bool is_zero(const void *page, size_t num)
{
	const u64 *p = page;

	for (size_t n = 0; n < num * PAGE_SIZE / sizeof(*p); n++)
		if (p[n])
			return false;
	return true;
}

static bool is_aligned(const void *page, size_t pages)
{
	return !((uintptr_t)page & (pages * PAGE_SIZE - 1));
}

TEST(bitmap_page_is_counted)
{
	fake_pool(100, 0);
	CHECK_EQ(page_pool_size(), 100);
	CHECK_EQ(page_pool_used(), 1);
}

TEST(pages_are_zero_even_after_use)
{
	void *page;

	fake_pool(10, 0);
	for (int n = 0; n < 3; n++) {
		page = page_alloc(2, 1);
		CHECK(page && is_zero(page, 2));
		memset(page, 0xff, 2 * PAGE_SIZE);
		page_free(page, 2);
	}
}

/* Pool sizes around a word of the bitmap, all pages one by one. */
TEST(exhaustion_and_back)
{
	static const size_t sizes[] = { 2, 63, 64, 65, 127, 128, 129, 1000 };
	static char *pages[1000];

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t size = sizes[s];

		fake_pool(size, 3);
		for (size_t n = 0; n < size - 1; n++) {
			pages[n] = page_alloc(1, 1);
			CHECK(pages[n]);
			/* first fit */
			CHECK(!n || pages[n] == pages[n - 1] + PAGE_SIZE);
		}
		CHECK(!page_alloc(1, 1));
		CHECK_EQ(page_pool_used(), size);
		/* the one page that is free now */
		page_free(pages[size / 2 - 1], 1);
		CHECK(page_alloc(1, 1) == pages[size / 2 - 1]);
		CHECK(!page_alloc(1, 1));
		for (size_t n = 0; n < size - 1; n++)
			page_free(pages[n], 1);
		CHECK_EQ(page_pool_used(), 1);
		CHECK(page_alloc(size - 1, 1));
	}
}

TEST(alignment_is_of_the_address)
{
	/* wherever the pool begins */
	for (size_t skew = 0; skew < 9; skew++)
		for (size_t align = 1; align <= 16; align *= 2) {
			void *page;

			fake_pool(40, skew);
			page = page_alloc(3, align);
			CHECK(page && is_aligned(page, align));
			page = page_alloc(1, align);
			CHECK(page && is_aligned(page, align));
		}
}

TEST(too_much_is_refused)
{
	fake_pool(70, 0);
	CHECK(!page_alloc(70, 1));
	CHECK(!page_alloc(1000000, 1));
	CHECK(!page_alloc((size_t)-1, 1));
	CHECK(!page_alloc(65, 64));
	CHECK_EQ(page_pool_used(), 1);
	CHECK(page_alloc(69, 1));
}

TEST(misuse_is_a_bug)
{
	char *page, *gap;

	fake_pool(10, 0);
	page = page_alloc(3, 1);
	gap = page - PAGE_SIZE;
	CHECK(FAKE_BUGS(page_alloc(0, 1)));
	CHECK(FAKE_BUGS(page_alloc(1, 0)));
	CHECK(FAKE_BUGS(page_alloc(1, 3)));
	CHECK(FAKE_BUGS(page_free(gap, 1)));		/* the bitmap */
	CHECK(FAKE_BUGS(page_free(page + 8, 1)));
	CHECK(FAKE_BUGS(page_free(page + 100 * PAGE_SIZE, 1)));
	CHECK(FAKE_BUGS(page_free(page, 100)));
	page_free(page, 3);
	CHECK(FAKE_BUGS(page_free(page, 1)));
	CHECK(FAKE_BUGS(page_pool_init(page + 1, 5)));
}

TEST(random_use)
{
	enum { SLOTS = 64, POOL = 300 };
	struct { u8 *page; size_t num; u8 mark; } slot[SLOTS] = { 0 };
	size_t used = 1;

	fake_pool(POOL, 5);
	for (int round = 0; round < 20000; round++) {
		size_t s = tap_below(SLOTS);

		if (slot[s].page) {
			/* nobody else wrote to it */
			for (size_t n = 0; n < slot[s].num; n++)
				CHECK_EQ(slot[s].page[n * PAGE_SIZE],
					 slot[s].mark);
			page_free(slot[s].page, slot[s].num);
			used -= slot[s].num;
			slot[s].page = NULL;
		} else {
			size_t num = tap_below(8) ? 1 : 1 + tap_below(16);
			size_t align = 1ULL << tap_below(4);

			slot[s].page = page_alloc(num, align);
			if (!slot[s].page)
				continue;
			CHECK(is_aligned(slot[s].page, align));
			slot[s].num = num;
			slot[s].mark = (u8)tap_random();
			for (size_t n = 0; n < num; n++) {
				CHECK_EQ(slot[s].page[n * PAGE_SIZE], 0);
				slot[s].page[n * PAGE_SIZE] = slot[s].mark;
			}
			used += num;
		}
		CHECK_EQ(page_pool_used(), used);
	}
}

TAP_MAIN(
	TAP_TEST(bitmap_page_is_counted),
	TAP_TEST(pages_are_zero_even_after_use),
	TAP_TEST(exhaustion_and_back),
	TAP_TEST(alignment_is_of_the_address),
	TAP_TEST(too_much_is_refused),
	TAP_TEST(misuse_is_a_bug),
	TAP_TEST(random_use)
)
