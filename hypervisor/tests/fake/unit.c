// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* A unit that checks the order of its calls, on a machine without a GIC. */

#include <vdev/ivshmem.h>
#include <lib/printk.h>
#include <core/unit.h>

#include "../config_samples.h"
#include "../tap.h"
#include "machine.h"

#define FAIL(...)	tap_fail(__FILE__, __LINE__, __VA_ARGS__)

int fake_unit_error;

bool arch_reserved_range(unsigned int index, u64 *start, u64 *size)
{
	if (index > 1)
		return false;
	*start = index ? SAMPLE_GICR : SAMPLE_GICD;
	*size = index ? fake_num_cpus * CONFIG_GICR_SIZE : CONFIG_GIC_FRAME;
	return true;
}

bool arch_banked_range(u64 *start, u64 *size)
{
	(void)start;
	(void)size;
	return false;
}

u64 arch_redistributors(void)
{
	return 5;
}

void arch_halt_unlock(void)
{
}

volatile void *arch_map_device(u64 pa, u64 size)
{
	static u8 registers[PAGE_SIZE];

	if (pa != SAMPLE_UART || size > sizeof(registers))
		FAIL("no device at 0x%llx", pa);
	return registers;
}

static u32 taken_irqs[CONFIG_IRQ_WORDS];	/* by cells other than root */

static int unit_init(void)
{
	return 0;
}

static int unit_prepare(struct cell *cell)
{
	if (cell->arch.unit_prepared)
		FAIL("unit: prepared twice");
	if (fake_unit_error)
		return refuse(fake_unit_error, "the unit is not willing");
	cell->arch.unit_prepared = true;
	fake_units_prepared++;
	return 0;
}

static void unit_release(struct cell *cell)
{
	if (!cell->arch.unit_prepared || cell->arch.unit_taken)
		FAIL("unit: release of what is not prepared, or still taken");
	cell->arch.unit_prepared = false;
	fake_units_prepared--;
}

static void unit_take(struct cell *cell)
{
	if (!cell->arch.unit_prepared || cell->arch.unit_taken)
		FAIL("unit: take of what is not prepared, or taken");
	cell->arch.unit_taken = true;
	for (u32 word = 0; word < ARRAY_SIZE(taken_irqs); word++)
		taken_irqs[word] |= config_irq_word(cell->config, word);
}

static void check_parked(const struct cell *cell)
{
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell)
		if (vcpu->state != VCPU_PARKED && vcpu->state != VCPU_HALTED)
			FAIL("unit: CPU %u is not parked", vcpu->cpu->id);
}

static void unit_return(struct cell *cell)
{
	if (!cell->arch.unit_taken)
		FAIL("unit: return of what is not taken");
	check_parked(cell);
	cell->arch.unit_taken = false;
	for (u32 word = 0; word < ARRAY_SIZE(taken_irqs); word++)
		taken_irqs[word] &= ~config_irq_word(cell->config, word);
}

static void unit_reset(struct cell *cell)
{
	if (!cell->arch.unit_taken)
		FAIL("unit: reset of what is not taken");
	check_parked(cell);
	cell->arch.unit_resets++;
}

static void unit_stop(struct cell *cell)
{
	if (!cell->arch.unit_taken)
		FAIL("unit: stop of what is not taken");
	cell->arch.unit_stops++;
}

/* An interrupt controller that keeps a list. */
u32 fake_irqs[FAKE_MAX_IRQS];
unsigned int fake_num_irqs;

/* Root has what no other cell has taken. */
bool arch_cpu_can_leave(void)
{
	return !fake_cpus[arch_this_cpu()->id].cannot_leave;
}

bool arch_irq_is_spi_of(const struct cell *cell, u32 intid)
{
	return intid < 1020 && config_has_irq(cell->config, intid) &&
	       !(cell == &root_cell && taken_irqs[intid / 32] >> intid % 32 & 1);
}

u32 fake_astray_irq;

cpu_set_t arch_irq_cpus(u32 intid)
{
	return intid == fake_astray_irq ? ~0ULL : 0;
}

void arch_irq_pend(u32 intid)
{
	/* a lock keeps the receiver there, a link's or that of windows; root stays anyway */
	if (!fake_locks_mine() && !arch_irq_is_spi_of(&root_cell, intid))
		FAIL("an interrupt of a cell, and no lock is held");
	if (fake_num_irqs == FAKE_MAX_IRQS)
		FAIL("more than %u interrupts", FAKE_MAX_IRQS);
	fake_irqs[fake_num_irqs++] = intid;
}

/* It was pending once at most. */
void arch_irq_unpend(u32 intid)
{
	if (fake_num_irqs && fake_irqs[fake_num_irqs - 1] == intid)
		fake_num_irqs--;
}

u64 arch_msi_address(void)
{
	return SAMPLE_GICD + 0x40;
}

static const struct unit fake_unit = {
	.init = unit_init,
	.cell_prepare = unit_prepare,
	.cell_release = unit_release,
	.cell_take = unit_take,
	.cell_return = unit_return,
	.cell_reset = unit_reset,
	.cell_stop = unit_stop,
};

const struct unit *const unit_table[] = { &fake_unit, &ivshmem_unit, NULL };
