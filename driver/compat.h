/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef COMPAT_H
#define COMPAT_H

/* What differs between the kernels that the driver is built for. */

#include <linux/eventfd.h>
#include <linux/mm.h>
#include <linux/pagevec.h>
#include <linux/sysfs.h>
#include <linux/version.h>

/*
 * Puts the pages on this CPU's way to the LRU lists there. lru_add_drain() is
 * not exported; releasing a batch of pages, even of none, begins with it.
 */
static inline void compat_lru_add_drain(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	struct folio_batch none;

	folio_batch_init(&none);
	__folio_batch_release(&none);
#else
	struct pagevec none;

	pagevec_init(&none);
	__pagevec_release(&none);
#endif
}

/*
 * How alloc_contig_range() takes memory: like CMA, which does not refuse what
 * only looks as if it could not be moved. What comes back afterwards is CMA's
 * kind of memory, where Linux puts nothing but what can be moved, so that it
 * can be taken again and again.
 */
#if defined(ACR_FLAGS_CMA)
#define COMPAT_CONTIG_KIND	ACR_FLAGS_CMA
#elif defined(CONFIG_CMA)
#define COMPAT_CONTIG_KIND	MIGRATE_CMA
#else
#define COMPAT_CONTIG_KIND	MIGRATE_MOVABLE
#endif

/* CMA's kind of memory? get_pageblock_migratetype() is not exported. */
static inline bool compat_is_cma(unsigned long pfn)
{
#ifdef CONFIG_CMA
	unsigned long *map = section_to_usemap(__pfn_to_section(pfn));
	unsigned long bit = (pfn % PAGES_PER_SECTION >> pageblock_order) *
		NR_PAGEBLOCK_BITS;

	return (map[BIT_WORD(bit)] >> bit % BITS_PER_LONG & MIGRATETYPE_MASK) ==
		MIGRATE_CMA;
#else
	return false;
#endif
}

/* What is told a reader of a binary file in sysfs. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
typedef const struct bin_attribute compat_bin_attribute;
#else
typedef struct bin_attribute compat_bin_attribute;
#endif

/* Adds 1 to it. */
static inline void compat_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

/* Page by page by faults, of no use to anybody but who maps it. */
static inline void compat_set_pfnmap(struct vm_area_struct *vma)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY);
#else
	vma->vm_flags |= VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY;
#endif
}

#endif /* COMPAT_H */
