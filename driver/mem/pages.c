// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>

#include "compat.h"
#include "error.h"
#include "mem/pages.h"
#include "mem/ram.h"

/* Linux is asked for so much at once: progress stays when one piece fails. */
#define CHUNK		(32UL << 20)
#define ATTEMPTS	20
#define RETRY_MS	25

/* So that nobody reads them through Linux's map of all memory. */
static void mark_offline(unsigned long pfn, unsigned long end, bool offline)
{
	long pages = end - pfn;

	adjust_managed_page_count(pfn_to_page(pfn), offline ? -pages : pages);
	page_offline_begin();
	for (; pfn < end; pfn++) {
		if (offline)
			__SetPageOffline(pfn_to_page(pfn));
		else
			__ClearPageOffline(pfn_to_page(pfn));
	}
	page_offline_end();
}

static bool same_zone(unsigned long a, unsigned long b)
{
	struct page *first = pfn_to_page(a), *second = pfn_to_page(b);

	return page_zonenum(first) == page_zonenum(second) &&
		page_to_nid(first) == page_to_nid(second);
}

static unsigned long chunk_end(unsigned long pfn, unsigned long end)
{
	unsigned long to = min(end, ALIGN(pfn + 1, PHYS_PFN(CHUNK)));

	if (!same_zone(pfn, to - 1))
		to = min(end, ALIGN(pfn + 1, MAX_ORDER_NR_PAGES));
	return to;
}

static int drain(void *unused)
{
	compat_lru_add_drain();
	return 0;
}

/* A page on its way to the LRU lists looks like one that cannot be moved. */
static void drain_all(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		smp_call_on_cpu(cpu, drain, NULL, false);
}

static int take_chunk(unsigned long pfn, unsigned long end)
{
	int attempt, ret = -EBUSY;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (signal_pending(current))
			return -EINTR;
		drain_all();
		ret = alloc_contig_range(pfn, end, COMPAT_CONTIG_KIND,
					 GFP_KERNEL);
		if (ret != -EBUSY)
			break;
		/* pages just freed are still on their way to the allocator */
		msleep_interruptible(RETRY_MS);
	}
	if (!ret)
		mark_offline(pfn, end, true);
	return ret;
}

static void return_pages(unsigned long pfn, unsigned long end)
{
	unsigned long to;

	for (; pfn < end; pfn = to) {
		to = chunk_end(pfn, end);
		mark_offline(pfn, to, false);
		free_contig_range(pfn, to - pfn);
		cond_resched();
	}
}

int pages_take(u64 start, u64 end, struct jailhouse_error *err)
{
	unsigned long pfn = PHYS_PFN(start), to;
	char why[160];
	int ret;

	for (; pfn < PHYS_PFN(end); pfn = to) {
		to = chunk_end(pfn, PHYS_PFN(end));
		ret = take_chunk(pfn, to);
		if (!ret)
			continue;
		return_pages(PHYS_PFN(start), pfn);
		if (ret == -EINTR)
			return error_interrupted(err);
		ram_describe(why, sizeof(why), PFN_PHYS(pfn), PFN_PHYS(to));
		return error_set(err, ret, "Linux cannot give up the memory at %#llx-%#llx: %s; try again or choose another address",
				 start, end - 1, why);
	}
	return 0;
}

void pages_return(u64 start, u64 end)
{
	return_pages(PHYS_PFN(start), PHYS_PFN(end));
}
