// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root: SGIs, registers of the victim's CPU, and tables of LPIs that are not root's. */

#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

#include "kselftest_harness.h"
#include "lib/hostile_root.h"

#define GICR(cpu)		(QEMU_GICR_BASE + (cpu) * 0x20000ULL)
#define GICR_CTLR		0x0000
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_SGI_FRAME		0x10000
#define TABLES_CPU		3

/* To the victim's CPU, on a GICv2, and to those that there are not. */
static void any_sgi_of_gicv2(struct cb_attack *a)
{
	uint32_t targets = (uint32_t)(cb_any(a) & 0xf0) | 1U << CB_VICTIM_CPU;

	cb_rogue_write(a->cpu, QEMU_GICD_BASE + 0xf00, 4, targets << 16 | (cb_any(a) & 0x800f));
}

/* What is not each CPU's own of a GICv2's distributor, but for SPIs. */
static void any_register_of_gicv2(struct cb_attack *a)
{
	static const uint32_t words[] = {
		0x0, 0x4, 0x8, 0xc, 0x80, 0x800, 0x81c, 0xd00, 0xe00, 0xf30, 0xfd0, 0xfe8, 0xffc,
	};

	cb_rogue_write(a->cpu, QEMU_GICD_BASE + ANY_OF(a, words), 4, cb_any(a));
}

static long denied(unsigned int cpu)
{
	return cb_rogue_hypercall(cpu, JAILHOUSE_HC_CPU_GET_INFO, cpu,
				  JAILHOUSE_CPU_INFO_STAT_BASE + CELLBLOCK_CPU_STAT_DENIED);
}

/*
 * What is not Group 1's is nobody's. With one security state the GIC itself would drop them, as all SGIs of guests are
 * Group 1's: that EL2 does shows in what it has counted.
 */
static void any_sgi_of_other_groups(struct cb_attack *a)
{
	enum rogue_conduit conduit = cb_below(a, 2) ? ROGUE_SGI0 : ROGUE_ASGI1;
	uint64_t value = cb_any(a);
	long before = denied(a->cpu), after;

	cb_rogue_sgi(a->cpu, conduit, value);
	after = denied(a->cpu);
	cb_tried(a, after == before + 1, "SGI of another group", conduit, value, 0, after - before);
}

/* Aff3, RS, Aff2 and Aff1 are anything, but so that CPUs of root's are not among the targets. */
static void any_sgi(struct cb_attack *a)
{
	uint64_t affinity = cb_any(a) & 0x00fff0ff00ff0000ULL, sgi = (uint64_t)cb_below(a, 16) << 24;

	cb_rogue_sgi(a->cpu, ROGUE_SGI, sgi | (cb_below(a, 2) ? affinity | 0xffff : 1U << CB_VICTIM_CPU));
}

/* The frame of the victim's CPU, and words of GICD that are no SPI's. */
static void any_register(struct cb_attack *a)
{
	static const uint32_t words[] = {
		0x0, 0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x41c, 0x800, 0xc00, 0xd00, 0xf00,
	};
	uint64_t at = GICR(CB_VICTIM_CPU) + cb_below(a, 2) * GICR_SGI_FRAME + (cb_below(a, 0x1000) & ~3U);

	if (!cb_below(a, 4))
		at = QEMU_GICD_BASE + ANY_OF(a, words);
	cb_rogue_write(a->cpu, at, 4, cb_any(a));
}

static void any_interrupt(struct cb_attack *a)
{
	bool v2 = cb_is_gicv2();

	if (!v2 && !cb_below(a, 4)) {
		any_sgi_of_other_groups(a);
		return;
	}
	if (cb_below(a, 2))
		(v2 ? any_sgi_of_gicv2 : any_sgi)(a);
	else
		(v2 ? any_register_of_gicv2 : any_register)(a);
	/* it is the victim that sees what was not refused */
	cb_tried(a, true, "", 0, 0, 0, 0);
}

/* Nothing but the victim says whether it got through: it panics on any interrupt that it does not know. */
TEST_F_TIMEOUT(enabled, interrupts, 200)
{
	begin(_metadata);
	end(_metadata, &self->con, cb_attack(ROOT_CPUS, SHORT, any_interrupt));
}

static uint64_t own_prop, own_pend;

static bool lpis_are_enabled(unsigned int cpu)
{
	return cb_rogue_read(cpu, GICR(TABLES_CPU) + GICR_CTLR, 4) & 1;
}

static const uint64_t tables[] = {
	VICTIM_RAM, VICTIM_RAM + 0x10000, QEMU_HV_BASE, QEMU_HV_BASE + 0x200000, QEMU_GICD_BASE, 1ULL << 47,
};

#define TABLE_FLAGS	0x78f
#define TABLE_ROUNDS	4

static uint64_t some_table(struct cb_attack *a)
{
	return ANY_OF(a, tables) | TABLE_FLAGS;
}

/* Of the numbers, 0 is root's own. */
static void try_tables(struct cb_attack *a, unsigned int nr_prop, unsigned int nr_pend)
{
	uint64_t prop = nr_prop ? tables[nr_prop - 1] | TABLE_FLAGS : own_prop;
	uint64_t pend = nr_pend ? tables[nr_pend - 1] | TABLE_FLAGS : own_pend;
	bool are_own = !nr_prop && !nr_pend;

	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 0);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8, prop);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8, pend);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 1);
	cb_tried(a, lpis_are_enabled(0) == are_own, "LPI tables", prop, pend, are_own, 0);
}

/* Each with each, by one CPU */
static void each_table(struct cb_attack *a)
{
	unsigned int round, prop, pend;

	for (round = 0; round < TABLE_ROUNDS; round++)
		for (prop = 0; prop <= ARRAY(tables); prop++)
			for (pend = 0; pend <= ARRAY(tables); pend++)
				try_tables(a, prop, pend);
}

/* One CPU enables and disables, the others exchange the tables. */
static void any_table(struct cb_attack *a)
{
	uint64_t prop, pend;

	if (a->cpu) {
		cb_rogue_write(a->cpu, GICR(TABLES_CPU) + GICR_PROPBASER, 8, cb_below(a, 2) ? own_prop : some_table(a));
		cb_rogue_write(a->cpu, GICR(TABLES_CPU) + GICR_PENDBASER, 8, cb_below(a, 2) ? own_pend : some_table(a));
		return;
	}
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 0);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 1);
	if (!lpis_are_enabled(0)) {
		cb_tried(a, true, "", 0, 0, 0, 0);
		return;
	}
	/* they do not change from now on */
	prop = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8);
	pend = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8);
	cb_tried(a, prop == own_prop && !((pend ^ own_pend) & 0xfffffffff0000ULL), "LPI tables", prop, pend, 0, 1);
}

/* Without LPIs (no ITS) there is nothing to be tried. */
TEST_F_TIMEOUT(enabled, lpi_tables, 200)
{
	struct cb_attack a = { 0 };

	begin(_metadata);
	if (cb_is_gicv2() || !lpis_are_enabled(0))
		SKIP(return, "Linux uses no LPIs");
	own_prop = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8);
	own_pend = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8);
	each_table(&a);
	add(&a, cb_attack(ROOT_CPUS, SHORT, any_table));
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 0);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8, own_prop);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8, own_pend);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 1);
	EXPECT_TRUE(lpis_are_enabled(0));
	end(_metadata, &self->con, a);
}

TEST_HARNESS_MAIN
