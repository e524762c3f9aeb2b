// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Identity map: 4 KiB granule, 48 bits, four levels. */

#include <inmate.h>

#define LEVELS			4
#define ENTRIES			512
#define TABLES			24

#define DESC_VALID		(1ULL << 0)
#define DESC_TABLE		(3ULL << 0)
#define DESC_PAGE		(3ULL << 0)
#define DESC_BLOCK		(1ULL << 0)
#define DESC_TYPE		3ULL
#define DESC_ATTR(index)	((u64)(index) << 2)
#define DESC_RO			(1ULL << 7)
#define DESC_SH_INNER		(3ULL << 8)
#define DESC_AF			(1ULL << 10)
#define DESC_XN			(3ULL << 53)
#define DESC_ADDR		0x0000fffffffff000ULL

#define ATTR_DEVICE		0
#define ATTR_NORMAL		1
#define ATTR_NORMAL_NC		2
/* nGnRE, write-back with allocation, non-cacheable */
#define MAIR_VALUE		0x44ff04ULL

#define TCR_T0SZ_48		16ULL
#define TCR_IRGN0_WB		(1ULL << 8)
#define TCR_ORGN0_WB		(1ULL << 10)
#define TCR_SH0_INNER		(3ULL << 12)
#define TCR_EPD1		(1ULL << 23)
#define TCR_IPS_SHIFT		32
#define PARANGE_48		5ULL

/* Of the linker script. */
extern char image_start[], text_end[], rodata_end[], image_end[];
extern char stacks[];

/* Loaded by start.S on every CPU; built before .bss would be of use. */
struct mmu_registers {
	u64 mair;
	u64 tcr;
	u64 ttbr0;
};

struct mmu_registers mmu_registers __attribute__((section(".noinit")));
void mmu_build(void);

static u64 tables[TABLES][ENTRIES]
	__attribute__((section(".page_tables"), aligned(PAGE_SIZE)));
static unsigned int tables_used;
static struct spinlock map_lock;

static const u64 map_attributes[] = {
	[MAP_UNCACHED] = DESC_ATTR(ATTR_DEVICE) | DESC_XN,
	[MAP_NORMAL_NC] = DESC_ATTR(ATTR_NORMAL_NC) | DESC_XN,
	[MAP_CACHED] = DESC_ATTR(ATTR_NORMAL) | DESC_XN,
	[MAP_CACHED_RO] = DESC_ATTR(ATTR_NORMAL) | DESC_RO | DESC_XN,
	[MAP_CODE] = DESC_ATTR(ATTR_NORMAL) | DESC_RO,
};

static u64 *table_alloc(void)
{
	u64 *table;

	if (tables_used == TABLES)
		return NULL;
	table = tables[tables_used++];
	for (unsigned int n = 0; n < ENTRIES; n++)
		table[n] = 0;
	return table;
}

/* Bytes covered by an entry of level 0 to 3. */
static u64 entry_size(unsigned int level)
{
	return 1ULL << (12 + 9 * (LEVELS - 1 - level));
}

static u64 *entry_of(u64 *table, u64 addr, unsigned int level)
{
	return &table[addr / entry_size(level) % ENTRIES];
}

/*
 * A changed entry must go through "invalid" before the new value is there. One
 * that does not change stays: another CPU may be using it.
 */
static void entry_set(u64 *entry, u64 addr, u64 value)
{
	if (*entry == value)
		return;
	if (*entry & DESC_VALID) {
		*(volatile u64 *)entry = 0;
		asm volatile("dsb ishst\n\t"
			     "tlbi vaae1is, %0\n\t"
			     "dsb ish" : : "r" (addr >> 12) : "memory");
	}
	*(volatile u64 *)entry = value;
}

static bool map_page_or_block(u64 addr, u64 end, u64 attributes, u64 *done)
{
	u64 *table = tables[0];
	unsigned int level = 0;
	u64 *entry;

	for (;; level++) {
		entry = entry_of(table, addr, level);
		*done = entry_size(level);
		if (level == LEVELS - 1)
			break;
		/* 2 MiB blocks where they fit and nothing finer exists */
		if (level == LEVELS - 2 && addr % *done == 0 &&
		    end - addr >= *done && (*entry & DESC_TYPE) != DESC_TABLE)
			break;
		if (!(*entry & DESC_VALID)) {
			table = table_alloc();
			if (!table)
				return false;
			dsb();
			*entry = (u64)table | DESC_TABLE;
		} else if ((*entry & DESC_TYPE) != DESC_TABLE) {
			/* a part of a block cannot be changed */
			return false;
		}
		table = (u64 *)(*entry & DESC_ADDR);
	}

	if (attributes)
		attributes |= addr | DESC_AF | DESC_SH_INNER |
			      (level == LEVELS - 1 ? DESC_PAGE : DESC_BLOCK);
	entry_set(entry, addr, attributes);
	return true;
}

static bool map_pages(u64 start, u64 end, u64 attributes)
{
	u64 done;

	for (start &= ~(PAGE_SIZE - 1ULL); start < end; start += done)
		if (!map_page_or_block(start, end, attributes, &done))
			return false;
	return true;
}

static void map_locked(const volatile void *start, unsigned long size,
		       u64 attributes)
{
	u64 flags = irqs_save();
	bool ok;

	spin_lock(&map_lock);
	ok = map_pages((u64)start, (u64)start + size, attributes);
	dsb();
	isb();
	spin_unlock(&map_lock);
	irqs_restore(flags);

	if (!ok)
		panic("cannot map %p, %lu bytes", (const void *)start, size);
}

void map_range(const volatile void *start, unsigned long size,
	       enum map_type type)
{
	map_locked(start, size, map_attributes[type]);
}

void unmap_range(const volatile void *start, unsigned long size)
{
	map_locked(start, size, 0);
}

/* On the first CPU, MMU off. Nothing here can fail: there are tables enough. */
void mmu_build(void)
{
	u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	tables_used = 0;
	table_alloc();
	/* not the start-up code: an access to NULL, or a call of it, is to fault */
	map_pages((u64)image_start + PAGE_SIZE, (u64)text_end, map_attributes[MAP_CODE]);
	map_pages((u64)text_end, (u64)rodata_end, map_attributes[MAP_CACHED_RO]);
	map_pages((u64)rodata_end, (u64)image_end, map_attributes[MAP_CACHED]);
	for (unsigned int cpu = 0; cpu < INMATE_MAX_CPUS; cpu++) {
		u64 guard = (u64)stacks + cpu * STACK_SIZE;

		map_pages(guard, guard + PAGE_SIZE, 0);
	}

	if (parange > PARANGE_48)
		parange = PARANGE_48;
	mmu_registers.mair = MAIR_VALUE;
	mmu_registers.tcr = TCR_T0SZ_48 | TCR_IRGN0_WB | TCR_ORGN0_WB |
			    TCR_SH0_INNER | TCR_EPD1 | parange << TCR_IPS_SHIFT;
	mmu_registers.ttbr0 = (u64)tables[0];
}
