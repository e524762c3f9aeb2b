// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "ipa.h"
#include "stage2.h"

/* Attributes of stage 2 leaves, Arm ARM D8.3.2 and D8.5.5. */
#define S2_MEMATTR_NORMAL_WB	(0xfULL << 2)
#define S2_MEMATTR_DEVICE_NGNRE	(0x1ULL << 2)
#define S2_READ			(1ULL << 6)
#define S2_WRITE		(1ULL << 7)
#define S2_SH_INNER		(3ULL << 8)
#define S2_XN			(1ULL << 54)

#define VTTBR_VMID_SHIFT	48
#define MAX_VMID		255

static u64 vmids[(MAX_VMID + 1) / 64];

void stage2_flush_local(void)
{
	/*
	 * The guest that is entered next finds nothing of what this CPU knew of the
	 * VMID or has fetched, and walks tables that are complete.
	 */
	dsb(nshst);
	asm volatile("tlbi vmalls12e1");
	asm volatile("ic iallu");
	dsb(nsh);
	isb();
}

/*
 * For the time of the invalidation the CPU's VTTBR_EL2 is the cell's: TLBI
 * takes the VMID from there. EL2 itself does not use it.
 */
static void flush(const struct paging *pg, u64 va, u64 size)
{
	const struct cell *cell = pg->flush_arg;
	u64 own = read_sysreg(vttbr_el2);

	(void)va;
	(void)size;
	/*
	 * No walker can load the old entries again; the VMID is the cell's when the
	 * invalidation begins, and this CPU's own only when all CPUs are done with
	 * the old translations.
	 */
	dsb(ishst);
	write_sysreg(cell->arch.vttbr, vttbr_el2);
	isb();
	asm volatile(TLBI_IS("vmalls12e1is"));
	dsb(ish);
	write_sysreg(own, vttbr_el2);
	isb();
}

static int vmid_alloc(void)
{
	/* 0 is Linux's before and after us */
	for (unsigned int i = 1; i <= MAX_VMID; i++) {
		if (vmids[i / 64] & (1ULL << (i % 64)))
			continue;
		vmids[i / 64] |= 1ULL << (i % 64);
		return (int)i;
	}
	return -EBUSY;
}

int arch_cell_mem_init(struct cell *cell)
{
	int vmid, err;

	err = paging_init(&cell->mem, ipa_first_level(), ipa_pgd_pages());
	if (err)
		return err;
	vmid = vmid_alloc();
	if (vmid < 0) {
		paging_destroy(&cell->mem);
		return vmid;
	}
	cell->mem.limit = 1ULL << ipa_bits;
	cell->mem.flush_arg = cell;
	cell->arch.vttbr = arch_virt_to_phys(cell->mem.pgd) |
			   ((u64)vmid << VTTBR_VMID_SHIFT);
	cell->mem.flush = flush;
	return 0;
}

void arch_cell_mem_release(struct cell *cell)
{
	u64 vmid = cell->arch.vttbr >> VTTBR_VMID_SHIFT;

	flush(&cell->mem, 0, cell->mem.limit);
	paging_destroy(&cell->mem);
	vmids[vmid / 64] &= ~(1ULL << (vmid % 64));
}

u64 arch_mem_attrs(u64 flags)
{
	u64 attrs = flags & JAILHOUSE_MEM_IO ? S2_MEMATTR_DEVICE_NGNRE :
		    S2_MEMATTR_NORMAL_WB | S2_SH_INNER;

	if (flags & JAILHOUSE_MEM_READ)
		attrs |= S2_READ;
	if (flags & JAILHOUSE_MEM_WRITE)
		attrs |= S2_WRITE;
	if (!(flags & JAILHOUSE_MEM_EXECUTE))
		attrs |= S2_XN;
	return attrs;
}

bool arch_mem_is_ram(pte_t pte)
{
	return pte & S2_SH_INNER;
}

bool arch_mem_allows(pte_t pte, bool is_write, bool is_exec)
{
	return !(is_write && !(pte & S2_WRITE)) &&
	       !(is_exec && (pte & S2_XN)) &&
	       (is_write || (pte & S2_READ));
}
