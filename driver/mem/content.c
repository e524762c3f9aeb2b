// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/io.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <asm/sysreg.h>

#include "mem/content.h"

/* Mapped at once. */
#define CHUNK		(32UL << 20)

void content_flush(const void *from, size_t size)
{
	/* the smallest line of all caches, log2 of words */
	unsigned long line = 4UL << (read_sysreg(ctr_el0) >> 16 & 0xf);
	unsigned long at = (unsigned long)from & ~(line - 1);

	for (; at < (unsigned long)from + size; at += line)
		asm volatile("dc civac, %0" : : "r" (at) : "memory");
	/* completes before whoever reads the memory is told about it */
	asm volatile("dsb sy" : : : "memory");
}

int content_zero(u64 start, u64 end)
{
	int ret = 0;
	u64 at, size;

	for (at = start; at < end; at += size) {
		void *map;

		size = min_t(u64, end - at, CHUNK);
		map = memremap(at, size, MEMREMAP_WB);
		if (!map) {
			pr_err("cannot map %#llx to erase it\n", at);
			ret = -ENOMEM;
			continue;
		}
		memset(map, 0, size);
		content_flush(map, size);
		memunmap(map);
		cond_resched();
	}
	return ret;
}
