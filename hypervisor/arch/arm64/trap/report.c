// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a guest did wrong, in words and as a record, for whoever has to mend it. */

#include <arch/sysreg.h>
#include <config/config.h>
#include <core/arch.h>
#include <core/cell_mem.h>
#include <cpu/percpu_private.h>
#include <lib/printk.h>

#include "traps.h"

static const char *fault_name(u64 iss)
{
	switch (FSC_TYPE(ABT_FSC(iss))) {
	case FSC_ADDRESS:
		return "address size";
	case FSC_TRANSLATION:
		return "nothing is mapped there";
	case FSC_PERMISSION:
		return "the region does not permit it";
	case FSC_SEA:
		return "external abort";
	default:
		return "other";
	}
}

static void print_region(const struct cell *cell, const char *where,
			 const struct jailhouse_memory *mem)
{
	if (mem)
		printk("  region %s: %#llx..%#llx (physical %#llx, flags %#llx)\n",
		       where, mem->virt_start, mem->virt_start + mem->size - 1,
		       mem->phys_start, mem->flags);
	else
		printk("  region %s: none of cell \"%s\"\n", where,
		       cell->config->name);
}

static void print_owner(u64 pa)
{
	char name[JAILHOUSE_CELL_NAME_MAXLEN + 1];

	if (cell_mem_owner(pa, name))
		printk("  it belongs to cell \"%s\"\n", name);
}

/* The regions at or next below, and next above, a guest-physical address. */
static void print_neighbours(const struct cell *cell, u64 address)
{
	const struct jailhouse_memory *mem, *below = NULL, *above = NULL;

	for_each_mem(mem, cell->config) {
		if (!mem->size)
			continue;
		if (mem->virt_start <= address) {
			if (!below || mem->virt_start > below->virt_start)
				below = mem;
		} else if (!above || mem->virt_start < above->virt_start) {
			above = mem;
		}
	}
	if (below && address - below->virt_start < below->size) {
		print_owner(address - below->virt_start + below->phys_start);
		print_region(cell, "at it", below);
	} else {
		print_region(cell, "below", below);
	}
	print_region(cell, "above", above);
}

static void print_registers(const struct guest_regs *regs)
{
	for (unsigned int i = 0; i < 31; i++)
		printk("  x%-2u %016llx%s", i, regs->x[i],
		       i % 4 == 3 || i == 30 ? "\n" : "");
}

static void print_abort(const struct cell *cell, u64 esr)
{
	u64 address = dabt_address(esr);

	if (ESR_EC(esr) == EC_IABT_LOWER)
		printk("  instruction fetch from %#llx: %s\n", address,
		       fault_name(esr));
	else if (esr & DABT_ISV)
		printk("  %s of %u bytes at %#llx, x%llu: %s\n",
		       esr & DABT_WNR ? "write" : "read",
		       1U << DABT_SAS((u32)esr), address, DABT_SRT(esr),
		       fault_name(esr));
	else
		printk("  %s at %#llx (%s): %s\n",
		       esr & DABT_WNR ? "write" : "read", address,
		       esr & DABT_S1PTW ? "page-table walk" :
		       "a pair, exclusive, atomic, DC ZVA or write-back",
		       fault_name(esr));
	if (address != ~0ULL)
		print_neighbours(cell, address);
	if (cell != &root_cell)
		printk("  jailhouse config suggest: what would allow it\n");
}

/* offsets from VBAR_EL1, Arm ARM D1.3.1: four groups of four vectors */
#define VECTORS_SIZE		0x800
#define VECTOR_GROUP_MASK	0x1ff
#define VECTOR_IRQ		0x080

/*
 * A guest that was woken to be stopped takes the interrupt, and cannot fetch its
 * vector: it was where that would have returned to.
 */
static bool was_woken(u64 pc)
{
	u64 offset = pc - read_sysreg(vbar_el1);

	return offset < VECTORS_SIZE && (offset & VECTOR_GROUP_MASK) == VECTOR_IRQ;
}

void arch_fault_place(struct cellblock_fault *fault)
{
	fault->pc = read_sysreg(elr_el2);
	fault->pstate = read_sysreg(spsr_el2);
	if (fault->kind != CELLBLOCK_FAULT_EXCEPTION && was_woken(fault->pc)) {
		fault->pc = read_sysreg(elr_el1);
		fault->pstate = read_sysreg(spsr_el1);
	}
	fault->lr = this_percpu()->regs.x[30];
	fault->sp = (fault->pstate & PSR_MODE_MASK) == PSR_MODE_EL1h ?
		    read_sysreg(sp_el1) : read_sysreg(sp_el0);
	if (fault->kind != CELLBLOCK_FAULT_EXCEPTION)
		return;
	fault->esr = read_sysreg(esr_el2);
	fault->far = read_sysreg(far_el2);
	fault->ipa = dabt_address(fault->esr);
}

u64 arch_guest_pc(void)
{
	return read_sysreg(elr_el2);
}

/* A device that is emulated might be there. */
static bool is_undescribed(u64 esr)
{
	return ESR_EC(esr) == EC_DABT_LOWER &&
	       (esr & DABT_MMIO_MASK) == FSC_TRANSLATION;
}

void report_fault(const struct guest_regs *regs, u64 esr)
{
	const struct cpu *cpu = this_percpu()->cpu;
	const struct cell *cell = cpu->vcpu->cell;
	u64 ec = ESR_EC(esr);
	bool abort = ec == EC_DABT_LOWER || ec == EC_IABT_LOWER;

	printk("%s: cell \"%s\", CPU %u: %s%s\n",
	       cell == &root_cell ? "Denied" : "FATAL", cell->config->name,
	       cpu->id, abort ? "access to memory that it does not have" :
				"trapped instruction",
	       is_undescribed(esr) ? ", or not by this instruction" : "");
	if (abort)
		print_abort(cell, esr);
	printk("  PC %#llx, PSTATE %#llx, ESR %#llx, FAR %#llx\n",
	       read_sysreg(elr_el2), read_sysreg(spsr_el2), esr,
	       read_sysreg(far_el2));
	if (cell != &root_cell)
		print_registers(regs);
}
