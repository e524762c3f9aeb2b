// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <stdlib.h>

#include <lib/page_alloc.h>

#include "../tap.h"
#include "fake.h"
#include "wrap.h"

bool fake_alloc_forbidden;
long fake_alloc_limit = -1;

void fake_pool(size_t pages, size_t skew)
{
	static void *memory;
	size_t align = 512 * PAGE_SIZE;
	size_t size = (skew + pages) * PAGE_SIZE;

	free(memory);
	memory = aligned_alloc(align, (size + align - 1) & ~(align - 1));
	if (!memory)
		abort();
	page_pool_init((char *)memory + skew * PAGE_SIZE, pages);
}

void *__wrap_page_alloc(size_t num, size_t align_pages)
{
	if (fake_alloc_forbidden)
		tap_fail(__FILE__, __LINE__, "page_alloc() in a commit");
	if (!fake_alloc_limit)
		return NULL;
	if (fake_alloc_limit > 0)
		fake_alloc_limit--;
	return __real_page_alloc(num, align_pages);
}
