// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The hypervisor's first translation tables, made with the MMU off: this file
 * runs at the physical address, so it touches nothing but the tables, the header
 * and linker symbols (PC-relative), and calls nothing.
 */

#include <arch/boot.h>
#include <arch/layout.h>
#include <arch/stage1.h>
#include <arch/sysreg.h>

_Static_assert(CELLBLOCK_MEMORY_END == HV_BASE, "cellblock/loader.h");

extern char __text_start[], __text_end[], __core_end[];

/* The tables come after image and configuration, in this order. */
enum { L1, L2, ID_L2, ID_L3, L3_FIRST };

static void clean_inval(u64 start, u64 size)
{
	for (u64 a = start; a < start + size; a += CACHE_LINE_MIN)
		asm volatile("dc civac, %0" : : "r" (a) : "memory");
}

static pte_t *table(u64 base, unsigned int nr)
{
	return (pte_t *)(base + nr * PAGE_SIZE);
}

static void map_image(u64 base, u64 size, u64 tables)
{
	pte_t *l2 = table(tables, L2);
	pte_t *l3 = table(tables, L3_FIRST);
	u64 text_start = (u64)__text_start, text_end = (u64)__text_end;

	for (u64 pa = base; pa < base + size; pa += PAGE_SIZE) {
		u64 attrs = pa < text_start ? S1_RO :
			    pa < text_end ? S1_RX : S1_RW;

		*l3++ = pte_make_leaf(pa, attrs, 3);
	}
	l3 = table(tables, L3_FIRST);
	for (u64 off = 0; off < size; off += PTE_LEVEL_SIZE(2)) {
		*l2++ = pte_make_table((u64)l3);
		l3 += PTE_ENTRIES;
	}
}

u64 boot_tables_size(u64 memory_size)
{
	u64 l3 = (memory_size + PTE_LEVEL_SIZE(2) - 1) >> PTE_LEVEL_SHIFT(2);

	return (L3_FIRST + l3) * PAGE_SIZE;
}

u64 boot_map(void)
{
	const struct cellblock_header *h = &hv_header;
	u64 base = (u64)h;
	u64 tables = PAGE_ALIGN((u64)__core_end + h->config_size);
	u64 tables_size = boot_tables_size(h->memory_size);
	u64 idmap = (u64)__text_start;

	if (h->memory_size > HV_MAX_SIZE ||
	    h->config_size > h->memory_size ||
	    tables + tables_size > base + h->memory_size ||
	    idmap >= CELLBLOCK_MEMORY_END)
		return 0;

	for (u64 *p = (u64 *)tables; (u64)p < tables + tables_size; p++)
		*(volatile u64 *)p = 0;

	map_image(base, h->memory_size, tables);
	table(tables, L1)[(HV_BASE >> PTE_LEVEL_SHIFT(1)) & (PTE_ENTRIES - 1)] =
		pte_make_table((u64)table(tables, L2));
	table(tables, L1)[idmap >> PTE_LEVEL_SHIFT(1)] =
		pte_make_table((u64)table(tables, ID_L2));
	table(tables, ID_L2)[(idmap >> PTE_LEVEL_SHIFT(2)) & (PTE_ENTRIES - 1)] =
		pte_make_table((u64)table(tables, ID_L3));
	table(tables, ID_L3)[(idmap >> PTE_LEVEL_SHIFT(3)) & (PTE_ENTRIES - 1)] =
		pte_make_leaf(idmap, S1_RX, 3);

	/* lines that Linux's cacheable alias may have fetched meanwhile */
	clean_inval(tables, tables_size);
	/* entries and invalidation are in memory before entry.S lets the MMU walk there */
	dsb(sy);
	return tables;
}
