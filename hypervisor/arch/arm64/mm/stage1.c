// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/boot.h>
#include <arch/stage1.h>
#include <core/arch.h>
#include <cpu/percpu_private.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>

_Static_assert(sizeof(struct percpu) == FIXMAP_VA - PERCPU_VA, "layout.h");

u64 cpu_boot_ttbr[CELLBLOCK_MAX_CPUS];

/* The tables of boot_map(); each CPU's own share all but the last GiB. */
static struct paging hv_paging;
static u64 device_size;		/* mapped from DEVICE_BASE on */
static u64 phys_offset;		/* of hypervisor memory, from its virtual address */

u64 arch_virt_to_phys(const void *virt)
{
	return (u64)virt + phys_offset;
}

void *arch_phys_to_virt(u64 phys)
{
	return (void *)(phys - phys_offset);
}

void arch_pte_sync(void)
{
	/* entries are visible to the walkers of all CPUs before any access that needs them */
	dsb(ishst);
	isb();
}

static void flush(const struct paging *pg, u64 va, u64 size)
{
	(void)pg;
	/*
	 * No walker can load the old entry again after the invalidation, and when
	 * it is complete on all CPUs, nobody's access uses it any more.
	 */
	dsb(ishst);
	for (u64 a = va; a < va + size; a += PAGE_SIZE)
		asm volatile(TLBI_IS("vae2is, %0") : : "r" (a >> PAGE_SHIFT));
	dsb(ish);
	isb();
}

/* What only this CPU maps: guests make it happen, others must not notice. */
static void flush_local(const struct paging *pg, u64 va, u64 size)
{
	(void)pg;
	(void)size;
	/* as above, for this CPU's walker, TLB and accesses */
	dsb(nshst);
	asm volatile("tlbi vae2, %0" : : "r" (va >> PAGE_SHIFT));
	dsb(nsh);
	isb();
}

/* The one place that maps for EL2: never writable and executable. */
static int map(struct paging *pg, u64 va, u64 pa, u64 size, u64 attrs)
{
	if (!(attrs & (S1_XN | S1_AP_RO)))
		return -EPERM;
	return paging_map(pg, va, pa, size, attrs, PAGING_NO_BLOCKS);
}

int stage1_init(void)
{
	u64 l1 = read_sysreg(ttbr0_el2);
	u64 tables_end = l1 + boot_tables_size(hv_header.memory_size);
	u64 memory_end = hv_header.phys_base + hv_header.memory_size;

	phys_offset = hv_header.phys_base - HV_BASE;
	page_pool_init(arch_phys_to_virt(tables_end),
		       (memory_end - tables_end) >> PAGE_SHIFT);
	hv_paging.pgd = arch_phys_to_virt(l1);
	hv_paging.level = 1;
	hv_paging.pgd_pages = 1;
	hv_paging.limit = 1ULL << HV_VA_BITS;
	hv_paging.flush = flush;
	return 0;
}

static int map_private(struct paging *pg, struct cpu *cpu)
{
	u64 *pages = page_alloc(PRIVATE_PAGES, 1);
	struct percpu *own;
	u64 phys;
	int err;

	if (!pages)
		return -ENOMEM;
	phys = arch_virt_to_phys(pages);
	own = (void *)((u64)pages + STACK_SIZE);
	own->cpu = cpu;
	own->phys = phys + STACK_SIZE;

	err = map(pg, PERCPU_VA - STACK_SIZE, phys, PRIVATE_PAGES * PAGE_SIZE, S1_RW);
	if (err)
		return err;
	/* nobody else has it: not even through the map of all memory */
	paging_unmap(&hv_paging, (u64)pages, PRIVATE_PAGES * PAGE_SIZE);
	return 0;
}

int stage1_cpu_init(struct cpu *cpu)
{
	struct paging pg;
	int err = paging_init(&pg, 1, 1);

	pg.limit = 1ULL << HV_VA_BITS;
	if (!err)
		err = map_private(&pg, cpu);
	if (err)
		return refuse_memory();

	/* all but the last GiB is the same for all */
	memcpy(pg.pgd, hv_paging.pgd, (PTE_ENTRIES - 1) * sizeof(pte_t));

	cpu_boot_ttbr[cpu->id] = arch_virt_to_phys(pg.pgd);
	/* OP_ENTER reads it with the MMU off */
	asm volatile("dc cvac, %0"
		     : : "r" (&cpu_boot_ttbr[cpu->id]) : "memory");
	dsb(sy);
	return 0;
}

volatile void *stage1_map_device(u64 pa, u64 size)
{
	u64 start = pa & PAGE_MASK;
	u64 pages = PAGE_ALIGN(pa + size) - start;
	u64 va = DEVICE_BASE + device_size;

	if (pages > DEVICE_SIZE - device_size ||
	    map(&hv_paging, va, start, pages, S1_DEVICE)) {
		refuse(-ENOMEM, "no room to map the device at %#llx", pa);
		return NULL;
	}
	device_size += pages;
	arch_pte_sync();
	return (volatile void *)(va + (pa - start));
}

size_t stage1_device_pages_used(void)
{
	return device_size >> PAGE_SHIFT;
}

/*
 * The fixmap's entry is found by walking this CPU's own table: its tables are
 * in the shared map, only the private pages are not.
 */
void *stage1_fixmap(u64 pa, u64 attrs)
{
	struct paging pg = {
		.pgd = arch_phys_to_virt(read_sysreg(ttbr0_el2)),
		.level = 1,
		.pgd_pages = 1,
		.limit = 1ULL << HV_VA_BITS,
		.flush = flush_local,
	};
	u64 va = FIXMAP_VA;

	/* the level 3 table exists since map_private(): cannot fail */
	map(&pg, va, pa & PAGE_MASK, PAGE_SIZE, attrs);
	arch_pte_sync();
	return (void *)(va + (pa & PAGE_OFFS_MASK));
}
