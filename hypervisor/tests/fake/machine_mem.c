// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Memory and devices of the fake machine. */

#include <string.h>

#include <lib/errno.h>

#include "../config_samples.h"
#include "../tap.h"
#include "machine.h"
#include "tlb.h"

#define FAIL(...)	tap_fail(__FILE__, __LINE__, __VA_ARGS__)

u64 fake_silent_pa, fake_silent_size;

static bool is_silent(u64 pa, u64 size)
{
	return fake_silent_size && pa < fake_silent_pa + fake_silent_size &&
	       fake_silent_pa < pa + size;
}

u64 fake_device_pa;
u64 fake_device_value;

/* root's memory from FAKE_CONFIG_PA on */
static u8 config_memory[CONFIG_MAX_SIZE + PAGE_SIZE];

int arch_mem_init(void)
{
	return 0;
}

int arch_cell_mem_init(struct cell *cell)
{
	if (cell->arch.mem_ready)
		FAIL("stage 2 is there already");
	/* level 0: the host's pointers are physical addresses here */
	if (paging_init(&cell->mem, 0, 1))
		return -ENOMEM;
	fake_tlb_watch(&cell->mem);
	cell->arch.mem_ready = true;
	return 0;
}

void arch_cell_mem_release(struct cell *cell)
{
	if (!cell->arch.mem_ready)
		FAIL("stage 2 is not there");
	fake_tlb_unwatch(&cell->mem);
	paging_destroy(&cell->mem);
	cell->arch.mem_ready = false;
}

u64 arch_mem_attrs(u64 flags)
{
	return flags & (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
			JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_IO);
}

bool arch_mem_is_ram(pte_t pte)
{
	return !(pte_attrs(pte) & JAILHOUSE_MEM_IO);
}

bool arch_mem_allows(pte_t pte, bool is_write, bool is_exec)
{
	u64 needed = is_exec ? JAILHOUSE_MEM_EXECUTE :
		     is_write ? JAILHOUSE_MEM_WRITE : JAILHOUSE_MEM_READ;

	return pte_attrs(pte) & needed;
}

void fake_put_config(const void *config, size_t size)
{
	memcpy(config_memory, config, size);
}

static const void *next_config;
static size_t next_size;

void fake_change_config(const void *config, size_t size)
{
	next_config = config;
	next_size = size;
}

u64 fake_cleared_pa, fake_cleared_size;

#define MAX_CLEARED	64
static struct {
	u64 pa, size;
} cleared[MAX_CLEARED];
static unsigned int num_cleared;

void fake_forget_cleared(void)
{
	num_cleared = 0;
	fake_cleared_size = 0;
}

bool fake_is_cleared(u64 pa)
{
	for (unsigned int n = 0; n < num_cleared; n++)
		if (pa - cleared[n].pa < cleared[n].size)
			return true;
	return false;
}

u64 arch_clear_phys(u64 pa, u64 size)
{
	if (is_silent(pa, size))
		size = fake_silent_pa > pa ? fake_silent_pa - pa : 0;
	fake_cleared_pa = pa;
	fake_cleared_size += size;
	cleared[num_cleared].pa = pa;
	cleared[num_cleared].size = size;
	num_cleared = (num_cleared + 1) % MAX_CLEARED;
	return size;
}

bool arch_copy_from_phys(void *dest, u64 pa, size_t size)
{
	u64 offset = pa - FAKE_CONFIG_PA;

	if (is_silent(pa, size))
		return false;
	if (offset > sizeof(config_memory) ||
	    size > sizeof(config_memory) - offset)
		FAIL("read of root's memory at 0x%llx", pa);
	memcpy(dest, config_memory + offset, size);
	if (next_config)
		fake_put_config(next_config, next_size);
	next_config = NULL;
	return true;
}

u64 fake_phys_pa;
u32 fake_phys_value;
unsigned int fake_phys_writes;

void arch_write_phys(u64 pa, u32 value)
{
	fake_phys_pa = pa;
	fake_phys_value = value;
	fake_phys_writes++;
}

/* what the hypervisor has in its cache, as of the last exchange, and memory */
static u8 *cached;
static u8 clean[PAGE_SIZE], memory[PAGE_SIZE];

void *fake_uncached(void *page)
{
	cached = page;
	memset(cached, 0x5a, PAGE_SIZE);
	memset(clean, 0x5a, PAGE_SIZE);
	memset(memory, 0x5a, PAGE_SIZE);
	return memory;
}

/* Lines of 64 bytes. One that is dirty is written back as a whole. */
void arch_sync_uncached(const void *start, size_t size)
{
	size_t at = (size_t)((const u8 *)start - cached) & ~63UL;
	size_t end = (size_t)((const u8 *)start - cached) + size;

	if (!cached || end > PAGE_SIZE)
		return;
	for (; at < end; at += 64) {
		if (memcmp(cached + at, clean + at, 64))
			memcpy(memory + at, cached + at, 64);
		memcpy(cached + at, memory + at, 64);
		memcpy(clean + at, memory + at, 64);
	}
}

bool arch_device_read(u64 pa, unsigned int size, u64 *value)
{
	if (is_silent(pa, size))
		return false;
	fake_device_pa = pa;
	*value = fake_device_value;
	return true;
}

bool arch_device_write(u64 pa, unsigned int size, u64 value)
{
	if (is_silent(pa, size))
		return false;
	fake_device_pa = pa;
	fake_device_value = value;
	return true;
}

size_t arch_device_pages(bool used)
{
	return used ? 3 : 1000;
}
