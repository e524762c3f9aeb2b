// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/boot.h>
#include <arch/stage1.h>
#include <core/arch.h>
#include <core/main.h>
#include <core/unit.h>
#include <cpu/cpu.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <mm/stage2.h>
#include <vdev/ivshmem.h>

const struct unit *const unit_table[] = {
	&vgic_unit,
	&ivshmem_unit,
	NULL,
};

int arch_init(void)
{
	return stage1_init();
}

int arch_cpu_init(struct cpu *cpu)
{
	return stage1_cpu_init(cpu);
}

int arch_cpu_check(struct cpu *cpu)
{
	u64 hw_id = read_sysreg(mpidr_el1) & MPIDR_AFF_MASK;

	if (hw_id != cpu->hw_id)
		return refuse(-EINVAL, "CPU %u has MPIDR %#llx, Linux said %#llx",
			      cpu->id, hw_id, cpu->hw_id);
	return 0;
}

static void save_el2(struct el2_state *s)
{
#define SAVE(r)		s->r = read_sysreg(r);
	EL2_STATE(SAVE)
#undef SAVE
}

static void restore_el2(const struct el2_state *s)
{
#define RESTORE(r)	write_sysreg(s->r, r);
	EL2_STATE(RESTORE)
#undef RESTORE
	isb();
}

/* See entry.S. The only accesses that may fail are those to devices. */
s64 report_init_fault(u64 esr, u64 va)
{
	u64 par;

	asm volatile("at s1e2r, %0" : : "r" (va));
	isb();
	par = read_sysreg(par_el1);
	if (ESR_EC(esr) == EC_DABT_SAME && FSC_TYPE(ABT_FSC(esr)) == FSC_SEA &&
	    !(par & PAR_F))
		return refuse(-ENODEV, "no device answers at %#llx: correct the addresses in the system configuration (gicd_base, gicr_base, debug_console)",
			      (par & PAR_PA_MASK) | (va & PAGE_OFFS_MASK));
	return refuse(-EIO, "a bug of the hypervisor: fault at %#llx while it started (ESR %#llx, PC %#llx)",
		      va, esr, read_sysreg(elr_el2));
}

void arch_machine_commit(void)
{
	irq_machine_enter();
}

/* What a guest may do without us, and what not; the same for all cells. */
void cpu_set_traps(void)
{
	struct cpu *cpu = this_percpu()->cpu;
	u32 flags = cpu->cell->config->flags;

	write_sysreg(stage2_vtcr(), vtcr_el2);
	write_sysreg(cpu->cell->arch.vttbr, vttbr_el2);
	/*
	 * DC ISW as DC CISW, SMC, implementation defined registers and ACTLR
	 * trapped, pointer authentication untrapped.
	 */
	write_sysreg(HCR_VM | HCR_SWIO | HCR_TSC | HCR_TIDCP |
		     HCR_TACR | HCR_RW | HCR_APK | HCR_API | irq_hcr_bits() |
		     (flags & JAILHOUSE_CELL_TRAP_WFI ? HCR_TWI : 0), hcr_el2);
	write_sysreg(read_sysreg(midr_el1), vpidr_el2);
	write_sysreg(read_sysreg(mpidr_el1), vmpidr_el2);
	write_sysreg(0, hstr_el2);
	/* EL1 has both timers: EL1PCEN, EL1PCTEN */
	write_sysreg(3, cnthctl_el2);
	write_sysreg(0, cntvoff_el2);
	isb();
}

void arch_cpu_commit(struct cpu *cpu)
{
	this_percpu()->cpu = cpu;
	save_el2(&this_percpu()->saved);
	irq_cpu_enter();
	cpu_set_traps();
	stage2_flush_local();
	this_percpu()->vcpu.x[0] = 0;
}

void arch_cpu_leave(struct cpu *cpu, s64 result, bool entered, bool last)
{
	if (entered) {
		if (last)
			irq_machine_leave();
		irq_cpu_leave();
		stage2_flush_local();
		restore_el2(&this_percpu()->saved);
	}
	(void)cpu;
	this_percpu()->vcpu.x[0] = (u64)result;
	el2_leave(this_percpu()->phys);
}

void arch_copy_from_phys(void *dest, u64 pa, size_t size)
{
	while (size) {
		size_t chunk = PAGE_SIZE - (pa & PAGE_OFFS_MASK);

		if (chunk > size)
			chunk = size;
		memcpy(dest, stage1_window(pa, S1_RO), chunk);
		dest = (u8 *)dest + chunk;
		pa += chunk;
		size -= chunk;
	}
}

void arch_clear_phys(u64 pa, u64 size)
{
	for (u64 end = pa + size; pa < end; pa += PAGE_SIZE) {
		u8 *page = stage1_window(pa, S1_RW);

		memset(page, 0, PAGE_SIZE);
		/* the guest starts with its caches off */
		for (u32 i = 0; i < PAGE_SIZE; i += 16)
			asm volatile("dc civac, %0"
				     : : "r" (page + i) : "memory");
		dsb(sy);
	}
}

void arch_write_phys(u64 pa, u32 value)
{
	volatile u32 *word = stage1_window(pa, S1_RW);

	*word = value;
	/* a guest may read it with its caches off */
	asm volatile("dc cvac, %0" : : "r" (word) : "memory");
	dsb(sy);
}

u64 arch_device_read(u64 pa, unsigned int size)
{
	volatile void *va = stage1_window(pa, S1_DEVICE);

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
	volatile void *va = stage1_window(pa, S1_DEVICE);

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

void arch_sync_code(void)
{
	dsb(ish);
	asm volatile("ic ialluis");
	dsb(ish);
	isb();
}

void arch_halt(void)
{
	for (;;)
		wfi();
}
