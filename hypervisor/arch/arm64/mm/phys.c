// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Accesses to physical addresses, through this CPU's fixmap: the one place where
 * EL2 accesses what a guest or a configuration chose. Nothing may be there: it is
 * the caller who says what follows.
 */

#include <arch/stage1.h>
#include <core/arch.h>
#include <lib/string.h>

#include "access.h"

/* As stage1_fixmap(), for accesses that may fail. */
static void *map(u64 pa, u64 attrs)
{
	access_begin();
	return stage1_fixmap(pa, attrs);
}

bool access_serror(void)
{
	u64 hcr = read_sysreg(hcr_el2);
	bool taken = true;

	write_sysreg(hcr | HCR_AMO, hcr_el2);
	/* what was accessed has been answered; SErrors are EL2's before they are unmasked */
	dsb(sy);
	isb();
	asm goto("msr	daifclr, #4\n"
		 /* ESB: with RAS, that is when it has to be pending */
		 MAY_ABORT("hint	#16") "\n"
		 /* it is taken before the first instruction after this, at the latest */
		 MAY_ABORT("isb") "\n"
		 MAY_ABORT("msr	daifset, #4")
		 : : : ABORT_CLOBBERS : failed);
	taken = false;
failed:
	write_sysreg(hcr, hcr_el2);
	return taken;
}

/* The same, if there is one to be seen. */
static bool abort_is_pending(void)
{
	return access_serror_is_shown() && access_serror();
}

void arch_sync_uncached(const void *start, size_t size)
{
	/* no line is shorter; in memory before the guest is told, or read again after it */
	for (size_t i = 0; i < size; i += 16)
		asm volatile("dc civac, %0"
			     : : "r" ((const u8 *)start + i) : "memory");
	dsb(sy);
}

/* One load; false: it was answered by an abort. One copy: each has its pairs. */
static __attribute__((noinline)) bool load(const volatile void *va, unsigned int size, u64 *value)
{
	u64 v;

#define LOAD(instruction)						\
	asm goto(MAY_ABORT(instruction)					\
		 : "=&r" (v) : "r" (va) : ABORT_CLOBBERS : failed)
	switch (size) {
	case 1:
		LOAD("ldrb %w0, [%1]");
		break;
	case 2:
		LOAD("ldrh %w0, [%1]");
		break;
	case 4:
		LOAD("ldr %w0, [%1]");
		break;
	default:
		LOAD("ldr %0, [%1]");
	}
	*value = v;
	return true;
failed:
	return false;
}

static __attribute__((noinline)) bool store(volatile void *va, unsigned int size, u64 value)
{
#define STORE(instruction)						\
	asm goto(MAY_ABORT(instruction)					\
		 : : "rZ" (value), "r" (va) : ABORT_CLOBBERS : failed)
	switch (size) {
	case 1:
		STORE("strb %w0, [%1]");
		break;
	case 2:
		STORE("strh %w0, [%1]");
		break;
	case 4:
		STORE("str %w0, [%1]");
		break;
	default:
		STORE("str %x0, [%1]");
	}
	return true;
failed:
	return false;
}

bool arch_copy_from_phys(void *dest, u64 pa, size_t size)
{
	u8 *to = dest, *from = NULL;
	unsigned int step;
	u64 value;

	for (; size; pa += step, to += step, from += step, size -= step) {
		if (!from || !(pa & PAGE_OFFS_MASK))
			from = map(pa, S1_RO);
		step = pa % sizeof(value) || size < sizeof(value) ? 1 : sizeof(value);
		if (!load(from, step, &value))
			return false;
		memcpy(to, &value, step);
	}
	return !abort_is_pending();
}

/* Also for a guest that starts with its caches off. */
static bool clear_page(u64 pa)
{
	u64 zva = 4ULL << (read_sysreg(dczid_el0) & 0xf);
	u64 line = 4ULL << (read_sysreg(ctr_el0) >> 16 & 0xf);
	u8 *page = map(pa, S1_RW), *end = page + PAGE_SIZE;

	for (u8 *p = page; p < end; p += zva)
		asm goto(MAY_ABORT("dc zva, %0")
			 : : "r" (p) : ABORT_CLOBBERS : failed);
	for (u8 *p = page; p < end; p += line)
		asm goto(MAY_ABORT("dc civac, %0")
			 : : "r" (p) : ABORT_CLOBBERS : failed);
	return !abort_is_pending();
failed:
	return false;
}

u64 arch_clear_phys(u64 pa, u64 size)
{
	u64 done = 0;

	while (done < size && clear_page(pa + done))
		done += PAGE_SIZE;
	return done;
}

void arch_write_phys(u64 pa, u32 value)
{
	void *word = map(pa, S1_RW);

	/* a guest may read it with its caches off */
	if (store(word, 4, value))
		asm goto(MAY_ABORT("dc cvac, %0")
			 : : "r" (word) : ABORT_CLOBBERS : failed);
failed:
	abort_is_pending();
}

bool arch_device_read(u64 pa, unsigned int size, u64 *value)
{
	return load(map(pa, S1_DEVICE), size, value) && !abort_is_pending();
}

bool arch_device_write(u64 pa, unsigned int size, u64 value)
{
	return store(map(pa, S1_DEVICE), size, value) && !abort_is_pending();
}

bool access_guest_address(u64 va, u64 *address)
{
	u64 guests = read_sysreg(par_el1), par = PAR_F;

	access_begin();
	/* a walk of the guest's tables, wherever these are */
	asm goto(MAY_ABORT("at	s1e1r, %0")
		 : : "r" (va) : ABORT_CLOBBERS : failed);
	/* PAR_EL1 is the translation's result after that only */
	isb();
	par = read_sysreg(par_el1);
	*address = (par & PAR_PA_MASK) | (va & PAGE_OFFS_MASK);
failed:
	write_sysreg(guests, par_el1);
	return !(par & PAR_F);
}

volatile void *arch_map_device(u64 pa, u64 size)
{
	return stage1_map_device(pa, size);
}

size_t arch_device_pages(bool used)
{
	return used ? stage1_device_pages_used() : DEVICE_SIZE >> PAGE_SHIFT;
}
