/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_PAGE_ALLOC_H
#define LIB_PAGE_ALLOC_H

#include <jailhouse/types.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096ULL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_OFFS_MASK	(PAGE_SIZE - 1)
#define PAGES(size)	(((size) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)

/*
 * Pool of the hypervisor's pages. The allocator's bitmap is at the start
 * of the pool itself. Callers hold the control lock, or run before any guest.
 */

/* Takes @pages pages from @base on (hypervisor-virtual, page-aligned). */
void page_pool_init(void *base, size_t pages);

/*
 * @num zeroed pages, contiguous, the first one aligned to @align_pages
 * (a power of two); NULL if there are none. First fit.
 */
void *page_alloc(size_t num, size_t align_pages);
/* Gives back exactly what page_alloc() gave; freeing free pages is a BUG. */
void page_free(void *page, size_t num);

size_t page_pool_size(void);	/* pages, with the bitmap's own */
size_t page_pool_used(void);

#endif /* LIB_PAGE_ALLOC_H */
