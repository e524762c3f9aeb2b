// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Accesses to physical addresses, through this CPU's fixmap. */

#include <arch/stage1.h>
#include <core/arch.h>
#include <lib/string.h>

void arch_copy_from_phys(void *dest, u64 pa, size_t size)
{
	while (size) {
		size_t chunk = PAGE_SIZE - (pa & PAGE_OFFS_MASK);

		if (chunk > size)
			chunk = size;
		memcpy(dest, stage1_fixmap(pa, S1_RO), chunk);
		dest = (u8 *)dest + chunk;
		pa += chunk;
		size -= chunk;
	}
}

void arch_sync_uncached(const void *start, size_t size)
{
	/* no line is shorter; in memory before the guest is told, or read again after it */
	for (size_t i = 0; i < size; i += 16)
		asm volatile("dc civac, %0"
			     : : "r" ((const u8 *)start + i) : "memory");
	dsb(sy);
}

void arch_clear_phys(u64 pa, u64 size)
{
	for (u64 end = pa + size; pa < end; pa += PAGE_SIZE) {
		void *page = stage1_fixmap(pa, S1_RW);

		memset(page, 0, PAGE_SIZE);
		/* the guest starts with its caches off */
		arch_sync_uncached(page, PAGE_SIZE);
	}
}

void arch_write_phys(u64 pa, u32 value)
{
	volatile u32 *word = stage1_fixmap(pa, S1_RW);

	*word = value;
	/* a guest may read it with its caches off */
	asm volatile("dc cvac, %0" : : "r" (word) : "memory");
	dsb(sy);
}

u64 arch_device_read(u64 pa, unsigned int size)
{
	volatile void *va = stage1_fixmap(pa, S1_DEVICE);

	switch (size) {
	case 1:
		return *(volatile u8 *)va;
	case 2:
		return *(volatile u16 *)va;
	case 4:
		return *(volatile u32 *)va;
	default:
		return *(volatile u64 *)va;
	}
}

void arch_device_write(u64 pa, u64 value, unsigned int size)
{
	volatile void *va = stage1_fixmap(pa, S1_DEVICE);

	switch (size) {
	case 1:
		*(volatile u8 *)va = (u8)value;
		break;
	case 2:
		*(volatile u16 *)va = (u16)value;
		break;
	case 4:
		*(volatile u32 *)va = (u32)value;
		break;
	default:
		*(volatile u64 *)va = value;
	}
}

volatile void *arch_map_device(u64 pa, u64 size)
{
	return stage1_map_device(pa, size);
}

size_t arch_device_pages(bool used)
{
	return used ? stage1_device_pages_used() : DEVICE_SIZE >> PAGE_SHIFT;
}
