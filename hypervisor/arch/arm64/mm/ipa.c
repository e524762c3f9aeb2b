// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/main.h>

#include "ipa.h"
#include "stage2.h"

/* VTCR_EL2, Arm ARM D19.2. */
#define VTCR_RES1		(1ULL << 31)
#define VTCR_WB_WA_INNER	((3ULL << 12) | (1ULL << 10) | (1ULL << 8))
#define VTCR_PS_SHIFT		16
#define VTCR_SL0_LEVEL1		(1ULL << 6)
#define VTCR_SL0_LEVEL0		(2ULL << 6)
/* more only where root's memory reaches higher: that takes larger tables */
#define DEFAULT_IPA_BITS	40

unsigned int ipa_bits;
static unsigned int pa_range;		/* ID_AA64MMFR0_EL1.PARange that all CPUs have */

static u64 root_memory_end(void)
{
	const struct jailhouse_cell_desc *root = &system_config->root_cell;
	const struct jailhouse_memory *mem;
	u64 end = 0;

	for_each_mem(mem, root)
		if (mem->virt_start + mem->size > end)
			end = mem->virt_start + mem->size;
	return end;
}

int arch_mem_init(void)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	unsigned int pa_bits;

	pa_range = hv_header.pa_range;
	if (pa_range >= ARRAY_SIZE(bits))
		pa_range = ARRAY_SIZE(bits) - 1;
	pa_bits = bits[pa_range];
	ipa_bits = pa_bits < DEFAULT_IPA_BITS ? pa_bits : DEFAULT_IPA_BITS;
	if (root_memory_end() > 1ULL << ipa_bits)
		ipa_bits = pa_bits;
	return 0;
}

/* Up to 43 bits fit up to 16 concatenated level 1 tables, Arm ARM D8.2.10 */
unsigned int ipa_first_level(void)
{
	return ipa_bits <= 43 ? 1 : 0;
}

unsigned int ipa_pgd_pages(void)
{
	unsigned int level_bits = ipa_first_level() == 1 ? 39 : 48;

	return ipa_bits <= level_bits ? 1 : 1U << (ipa_bits - level_bits);
}

u64 stage2_vtcr(void)
{
	return VTCR_RES1 | VTCR_WB_WA_INNER | (u64)pa_range << VTCR_PS_SHIFT |
	       (ipa_first_level() == 1 ? VTCR_SL0_LEVEL1 : VTCR_SL0_LEVEL0) |
	       (64 - ipa_bits);
}
