// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Who has what, said by the configurations of the cells that there are and by nothing
 * else. This is the definition; how it comes about is the business of cell_mem.c,
 * subpage.c, control.c, share.c and the GIC's files, of which nothing is used here.
 *
 *	a page of memory	a cell has what its regions say, at their addresses and
 *				with their rights. Root has what its own say, without
 *				what a cell has for itself; while a cell is loadable,
 *				root has its loadable regions too. Regions that are
 *				served access by access are nobody's page. A link
 *				is regions of its peers, each of which writes its own
 *				section: what a tunnel in it has is no other's to write.
 *	the GIC			nobody has its registers, but those of a GICv2's CPU
 *				interface, of which each CPU has its own
 *	the hypervisor		nobody has its memory: root may read what is meant for
 *				it, and a cell has its communication region; of a cell
 *				with windows, one that is being made too, root has the
 *				page by which they are answered
 *	a CPU			is of the cell that names it, or root's; one that cells
 *				share is root's and theirs
 *	an SPI			is of the cell that names it, or root's if root's
 *				configuration does, and goes to CPUs of that cell only
 *	a page of the pool	is free, or of use to somebody: root alone uses as many
 *				as it did when it was alone before
 */

#ifdef CELLBLOCK_DEBUG

#include <core/arch.h>
#include <core/console.h>
#include <core/main.h>
#include <core/spec.h>
#include <lib/bug.h>
#include <lib/page_alloc.h>
#include <lib/printk.h>

#define SPI_FIRST	32
#define SPI_END		1020

/* What a guest has at an address: nothing, or a place with rights. */
struct place {
	bool there;
	u64 pa;
	u64 flags;	/* JAILHOUSE_MEM_* */
};

/* Is @at in the range? @end is lowered to where that changes. */
static bool within(u64 at, u64 start, u64 size, u64 *end)
{
	if (at - start < size) {
		if (size - (at - start) < *end - at)
			*end = start + size;
		return true;
	}
	if (start > at && start < *end && size)
		*end = start;
	return false;
}

/* The same for an address of the machine, that of @place, which is at @at. */
static bool place_within(const struct place *place, u64 at, u64 start, u64 size, u64 *end)
{
	u64 pa_end = place->pa + (*end - at);
	bool inside = within(place->pa, start, size, &pa_end);

	*end = at + (pa_end - place->pa);
	return inside;
}

static bool is_served(const struct jailhouse_memory *mem)
{
	return JAILHOUSE_MEMORY_IS_SUBPAGE(mem) ||
	       mem->flags & (JAILHOUSE_MEM_LOGGED | JAILHOUSE_MEM_REMOTE);
}

static bool is_exclusive(const struct jailhouse_memory *mem)
{
	return mem->size && !(mem->flags & (CONFIG_MEM_MADE | JAILHOUSE_MEM_ROOTSHARED));
}

/* Root fills it now. */
static bool is_lent(const struct cell *cell, const struct jailhouse_memory *mem)
{
	return cell->loadable && mem->flags & JAILHOUSE_MEM_LOADABLE &&
	       !JAILHOUSE_MEMORY_IS_SUBPAGE(mem);
}

static struct place by_its_regions(const struct cell *cell, u64 at, u64 *end)
{
	const struct jailhouse_memory *mem;
	struct place place = { 0 };

	for_each_mem(mem, cell->config)
		if (!is_served(mem) && within(at, mem->virt_start, mem->size, end))
			place = (struct place){
				true,
				(mem->flags & JAILHOUSE_MEM_COMM_REGION ?
				 arch_virt_to_phys(cell->comm) : mem->phys_start) +
				(at - mem->virt_start),
				mem->flags,
			};
	return place;
}

/* Is something of the region in the page, the cell's alone? */
static bool is_taken(const struct jailhouse_memory *mem, const struct place *place, u64 at,
		     u64 *end)
{
	u64 start = mem->phys_start & PAGE_MASK;

	return place_within(place, at, start, PAGE_ALIGN(mem->phys_start + mem->size) - start,
			    end);
}

static struct place but_for_the_cells(struct place own, u64 at, u64 *end)
{
	const struct jailhouse_memory *mem;
	struct place place = own;
	const struct cell *cell;

	for (cell = root_cell.next; cell; cell = cell->next)
		for_each_mem(mem, cell->config) {
			if (!is_exclusive(mem))
				continue;
			if (own.there && !is_lent(cell, mem) && is_taken(mem, &own, at, end))
				place.there = false;
			/* root's own configuration need not have what it fills */
			if (!own.there && is_lent(cell, mem) &&
			    within(at, mem->phys_start, mem->size, end))
				place = (struct place){ true, at, mem->flags };
		}
	return place;
}

static bool within_page_of(const struct cell *cell, u64 at, u64 *end)
{
	return cell && cell->remote.page &&
	       within(at, arch_virt_to_phys(cell->remote.page), PAGE_SIZE, end);
}

/* By which windows are answered. */
static bool within_a_page(u64 at, u64 *end)
{
	bool inside = within_page_of(cell_unfinished, at, end);
	const struct cell *cell;

	for_each_cell(cell)
		inside |= within_page_of(cell, at, end);
	return inside;
}

static struct place what_is_at(const struct cell *cell, u64 at, u64 *end)
{
	const u64 shared = arch_virt_to_phys(&hv_shared);
	struct place place = by_its_regions(cell, at, end);
	u64 start, size;

	if (cell == &root_cell)
		place = but_for_the_cells(place, at, end);
	for (unsigned int i = 0; arch_reserved_range(i, &start, &size); i++)
		if (place.there && place_within(&place, at, start, size, end))
			place.there = false;
	if (arch_banked_range(&start, &size) && within(at, start, size, end))
		place = (struct place){ true, at, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
						  JAILHOUSE_MEM_IO };
	if (cell == &root_cell && within(at, shared, PAGE_ALIGN(sizeof(hv_shared)), end))
		place = (struct place){ true, at, JAILHOUSE_MEM_READ };
	if (cell == &root_cell && within_a_page(at, end))
		place = (struct place){ true, at, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE };
	if (cell->hidden)
		place.there = false;
	return place;
}

static void differs(const struct cell *cell, const char *what, u64 at, u64 is, u64 should_be)
{
	printk("SPEC: cell \"%s\": %s %#llx is %#llx and should be %#llx\n", cell->config->name,
	       what, at, is, should_be);
	BUG();
}

/* Memory */

static bool is_of_hypervisor(u64 pa)
{
	const struct jailhouse_memory *own = &system_config->hypervisor_memory;

	return pa - own->phys_start < own->size;
}

static void check_entry(const struct cell *cell, u64 at, const struct place *place, pte_t pte,
			u64 pa)
{
	u64 end = ~0ULL;
	bool is_own = pa - arch_virt_to_phys(cell->comm) < PAGE_SIZE ||
		      (cell == &root_cell &&
		       (pa - arch_virt_to_phys(&hv_shared) < PAGE_ALIGN(sizeof(hv_shared)) ||
			within_a_page(pa, &end)));

	if (!!pte != place->there)
		differs(cell, "a page at", at, !!pte, place->there);
	if (!pte)
		return;
	if (pa != place->pa)
		differs(cell, "the place of", at, pa, place->pa);
	if ((pte_attrs(pte) & ~PTE_NO_BLOCK) != arch_mem_attrs(place->flags))
		differs(cell, "rights at", at, pte, arch_mem_attrs(place->flags));
	if (is_of_hypervisor(pa) && !is_own)
		differs(cell, "memory of the hypervisor at", at, pa, 0);
}

static void check_memory(const struct cell *cell)
{
	u64 at, end, block, entry_end;
	struct place place;
	pte_t pte;

	for (at = 0; at < cell->mem.limit; at = end < entry_end ? end : entry_end) {
		end = cell->mem.limit;
		place = what_is_at(cell, at, &end);
		pte = paging_lookup(&cell->mem, at, &block);
		entry_end = (at & ~(block - 1)) + block;
		check_entry(cell, at, &place, pte, pte_addr(pte) + (at & (block - 1)));
	}
}

/* CPUs */

static const struct cell *owner_of_cpu(const struct cpu *cpu)
{
	const struct cell *cell;

	for (cell = root_cell.next; cell; cell = cell->next)
		if (config_has_cpu(cell->config, cpu->id))
			return cell;
	return &root_cell;
}

static void check_cpu(const struct cpu *cpu)
{
	const struct cell *owner = owner_of_cpu(cpu), *cell;
	const struct vcpu *vcpu = cpu->vcpu;
	u64 bit = cpu_bit(cpu);

	if (vcpu->cell != owner)
		differs(owner, "the owner's id of CPU", cpu->id, vcpu->cell->id, owner->id);
	for_each_cell(cell) {
		bool shares = config_shared_cpus(cell->config) & bit;

		if (!!(cell->cpus & bit) != (cell == owner || shares))
			differs(cell, "having CPU", cpu->id, !!(cell->cpus & bit), shares);
		if (!!(cell->shared & bit) != shares)
			differs(cell, "sharing CPU", cpu->id, !!(cell->shared & bit), shares);
	}
	/* after the owner's, one for each cell that shares it */
	while ((vcpu = vcpu->next))
		if (!(config_shared_cpus(vcpu->cell->config) & bit) || owner != &root_cell)
			differs(vcpu->cell, "a guest on CPU", cpu->id, 1, 0);
}

/* SPIs: the GIC may have fewer than root's configuration names. */

static void check_route(const struct cell *owner, u32 intid)
{
	cpu_set_t set = arch_irq_cpus(intid);

	if (set & ~owner->cpus)
		differs(owner, "the CPUs of interrupt", intid, set, set & owner->cpus);
}

static void check_spi(u32 intid)
{
	const struct cell *owner = &root_cell, *cell;

	for (cell = root_cell.next; cell; cell = cell->next)
		if (config_has_irq(cell->config, intid))
			owner = cell;
	for_each_cell(cell) {
		bool has = arch_irq_is_spi_of(cell, intid);

		if (has && (cell != owner || !config_has_irq(cell->config, intid)))
			differs(cell, "having interrupt", intid, has, false);
		if (!has && cell == owner && cell != &root_cell)
			differs(cell, "having interrupt", intid, has, true);
		/* as CPUs: one that is being made has them, and no interrupts yet */
		if (has && !cell_unfinished)
			check_route(cell, intid);
	}
}

/* Pages of the pool */

static size_t tables_below(const pte_t *table, unsigned int entries, unsigned int level)
{
	size_t tables = 0;

	for (unsigned int n = 0; n < entries; n++)
		if (pte_is_table(table[n], level))
			tables += 1 + tables_below(arch_phys_to_virt(pte_addr(table[n])),
						   PTE_ENTRIES, level + 1);
	return tables;
}

/* No cell, and no CPU with room for the guest of one. */
static bool is_alone(void)
{
	struct cpu *cpu;

	for_each_cpu(cpu, root_cell.cpus)
		if (cpu->shared)
			return false;
	return !root_cell.next && !cell_unfinished;
}

static void check_pool(void)
{
	static size_t alone;
	const struct paging *mem = &root_cell.mem;
	size_t used = page_pool_used() - tables_below(mem->pgd, mem->pgd_pages * PTE_ENTRIES,
						      mem->level);

	if (!is_alone())
		return;
	if (alone && used != alone)
		differs(&root_cell, "alone, pages in use but for tables", 0, used, alone);
	alone = used;
}

void spec_check(void)
{
	struct cell *cell;
	struct cpu *cpu;

	for_each_cell(cell) {
		spin_lock(&cell->mm_lock);
		check_memory(cell);
		spin_unlock(&cell->mm_lock);
	}
	/* a cell that is being made has its CPUs already */
	if (!cell_unfinished)
		for_each_cpu(cpu, ~0ULL)
			if (cpu)
				check_cpu(cpu);
	for (u32 intid = SPI_FIRST; intid < SPI_END; intid++)
		check_spi(intid);
	check_pool();
}

#endif /* CELLBLOCK_DEBUG */
