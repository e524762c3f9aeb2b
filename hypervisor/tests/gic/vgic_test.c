// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Trapped accesses to GICD and GICR against a model that goes by INTIDs, for
 * every offset and size, over registers that are plain memory: what a cell
 * reads, and what is written, byte by byte.
 */

#include <string.h>

#include <core/console.h>
#include <gic/gicv3.h>
#include <gic/irq.h>
#include <lib/errno.h>

#include "cell_helpers.h"
#include "fake/gic.h"
#include "fake/wrap.h"
#include "tap.h"


static struct cell *cell;	/* CPUs 2 and 3 */
static struct fake_gic old;	/* registers before the access */

/* Root runs on CPU 0, the others are off. */
static void prepare(void)
{
	fake_image_init();
	fake_gic_init();
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
}

static void setup(void)
{
	struct sample_cell config = make_first();

	prepare();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	cell = cell_by_id(1);
}

/* A test whose body runs on a CPU of the cell: denied accesses count there. */
#define CELL_TEST(name)							\
	static void name ## _on_cpu(void *unused);			\
	static void name(void)						\
	{								\
		setup();						\
		fake_on_cpu(2, name ## _on_cpu, NULL);			\
		fake_check();						\
	}								\
	static void name ## _on_cpu(void *unused __attribute__((unused)))

static enum mmio_result gicd(struct mmio_access *access)
{
	struct mmio_access there = *access;
	enum mmio_result result;

	there.address += SAMPLE_GICD;
	result = irq_mmio(cell, &there);
	access->value = there.value;
	return result;
}

static u64 denied(void)
{
	return cpus[2]->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED];
}

static void fill_random(void)
{
	u64 *words = (u64 *)&fake_gic;

	for (size_t n = 0; n < sizeof(fake_gic) / sizeof(*words); n++)
		words[n] = tap_random();
	/* no wait for register writes */
	fake_gic_write(fake_gic.gicd, GICD_CTLR, (u32)tap_random() >> 1);
	old = fake_gic;
}

static void own_random(void)
{
	for (u32 word = 1; word < FAKE_LINES / 32; word++)
		cell->arch.gic.irqs[word] = (u32)(tap_random() & tap_random());
}

static bool owns(u32 intid)
{
	return intid >= 32 && intid < FAKE_LINES &&
	       (cell->arch.gic.irqs[intid / 32] >> intid % 32 & 1);
}

/* The model's view of one GICD access: what it reads, what is there then */
struct expected {
	enum mmio_result result;
	u64 value;
	u8 gicd[8];	/* of the registers at the aligned address */
};

static u32 old32(u32 reg)
{
	return fake_gic_read(old.gicd, reg);
}

static void expect_bits(struct expected *e, const struct mmio_access *a)
{
	u32 reg = (u32)a->address, bank = reg & ~0x7fU;
	u32 first = (reg & 0x7c) * 8, mine = 0, value;

	if (a->size != 4 || reg % 4) {
		e->result = MMIO_ERROR;
		return;
	}
	if (first < 32)
		return;
	for (u32 n = 0; n < 32; n++)
		mine |= owns(first + n) ? 1U << n : 0;
	if (!a->is_write) {
		e->value = old32(reg) & mine;
	} else if (bank != GICD_IGROUPR && (a->value & mine)) {
		value = (u32)a->value & mine;
		memcpy(e->gicd + reg % 8, &value, 4);
	}
}

static void expect_priority(struct expected *e, const struct mmio_access *a)
{
	u32 reg = (u32)a->address;

	if ((a->size != 1 && a->size != 4) || reg % a->size) {
		e->result = MMIO_ERROR;
		return;
	}
	for (u32 n = 0; n < a->size; n++) {
		u8 value = (u8)(a->value >> 8 * n);

		if (!owns(reg + n - GICD_IPRIORITYR))
			continue;
		/* 0 is the wake-up's */
		if (a->is_write)
			e->gicd[(reg + n) % 8] = value < 8 ? value | 8 : value;
		else
			e->value |= (u64)old.gicd[reg + n] << 8 * n;
	}
}

static void expect_config(struct expected *e, const struct mmio_access *a)
{
	u32 reg = (u32)a->address, first = (reg - GICD_ICFGR) * 4, mask = 0;
	u32 value;

	if (a->size != 4 || reg % 4) {
		e->result = MMIO_ERROR;
		return;
	}
	for (u32 n = 0; n < 16; n++)
		mask |= owns(first + n) ? 3U << 2 * n : 0;
	value = (old32(reg) & ~mask) | ((u32)a->value & mask);
	if (a->is_write)
		memcpy(e->gicd + reg % 8, &value, 4);
	else
		e->value = old32(reg) & mask;
}

static void expect_router(struct expected *e, const struct mmio_access *a)
{
	u32 reg = (u32)a->address, intid = (reg - GICD_IROUTER) / 8;
	u64 route;

	if ((a->size != 4 && a->size != 8) || reg % a->size) {
		e->result = MMIO_ERROR;
		return;
	}
	if (!owns(intid))
		return;
	memcpy(&route, old.gicd + (reg & ~7U), 8);
	if (!a->is_write) {
		memcpy(&e->value, old.gicd + reg, a->size);
		return;
	}
	memcpy((u8 *)&route + reg % 8, &a->value, a->size);
	if (route & 1ULL << 31)
		route = 0x102;	/* "any": the first */
	if (route == 0x102 || route == 0x103)
		memcpy(e->gicd, &route, 8);
}

static struct expected expect_gicd(const struct mmio_access *a)
{
	u32 reg = (u32)a->address;
	struct expected e = { .result = MMIO_HANDLED };

	memcpy(e.gicd, old.gicd + (reg & ~7U), 8);
	if (reg >= 0x80 && reg < 0x400)
		expect_bits(&e, a);
	else if (reg >= 0x400 && reg < 0x800)
		expect_priority(&e, a);
	else if (reg >= 0xc00 && reg < 0xd00)
		expect_config(&e, a);
	else if (reg >= 0x6000 && reg < 0x8000)
		expect_router(&e, a);
	else if (!a->is_write && a->size == 4 && reg < 4)
		e.value = old32(0) & ~1U;	/* group 0 is not theirs */
	else if (!a->is_write && a->size == 4 && reg >= 4 && reg < 8)
		/* MBIS; no ESPI, nor how many of them */
		e.value = (old32(4) & ~0xf8000100U) | 1U << 16;
	else if (!a->is_write && a->size == 4 &&
		 (reg < 0x10 || reg >= 0xffd0))
		e.value = old32(reg & ~3U);
	return e;
}

static void check_gicd(const struct mmio_access *access)
{
	u32 at = (u32)access->address & ~7U;
	struct expected e = expect_gicd(access);
	struct mmio_access made = *access;
	enum mmio_result result = gicd(&made);

	if (result != e.result ||
	    (!access->is_write && result == MMIO_HANDLED &&
	     made.value != e.value) ||
	    memcmp(fake_gic.gicd + at, e.gicd, 8)) {
		u64 found, expected;

		memcpy(&found, fake_gic.gicd + at, 8);
		memcpy(&expected, e.gicd, 8);
		tap_fail(__FILE__, __LINE__,
			 "GICD+0x%llx, %s of %u bytes (0x%llx): result %d (%d), value 0x%llx (0x%llx), there is 0x%llx (0x%llx)",
			 access->address, access->is_write ? "write" : "read",
			 access->size, access->value, result, e.result,
			 made.value, e.value, found, expected);
	}
	/* all the rest is as it was */
	memcpy(old.gicd + at, fake_gic.gicd + at, 8);
}

/* Where the model has something to say, and a few places between. */
static bool interesting(u32 reg)
{
	return reg < 0xe00 || (reg >= 0x6000 && reg < 0x6000 + 8 * 260) ||
	       reg % 0x1000 < 16 || reg >= 0xffc0;
}

CELL_TEST(distributor)
{
	own_random();
	fill_random();
	for (u32 reg = 0; reg < 0x10000; reg++) {
		if (!interesting(reg))
			continue;
		for (u8 size = 1; size <= 8; size *= 2) {
			struct mmio_access access = {
				.address = reg, .size = size,
			};

			if (reg + size > 0x10000 || reg % 8 + size > 8)
				continue;
			check_gicd(&access);
			access.is_write = true;
			access.value = tap_random() >> (64 - 8 * size);
			check_gicd(&access);
		}
	}
	CHECK(!memcmp(&old, &fake_gic, sizeof(old)));
}

/* Routes: the halves of one, to CPUs of the cell, others, and to any. */
CELL_TEST(routes)
{
	static const u64 values[] = {
		0x102, 0x103, 0x100, 0x101, 0x1ff, 1ULL << 31, 0x80000103,
		0x100000102, 0x102ULL | 1ULL << 40,
	};

	fill_random();
	for (u32 intid = 39; intid < 42; intid++)
		for (size_t n = 0; n < ARRAY_SIZE(values); n++) {
			struct mmio_access access = {
				.address = GICD_IROUTER + 8 * intid, .size = 8,
				.is_write = true, .value = values[n],
			};

			check_gicd(&access);
			access.size = 4;
			access.value = (u32)values[n];
			check_gicd(&access);
			access.address += 4;
			access.value = values[n] >> 32;
			check_gicd(&access);
			access.is_write = false;
			check_gicd(&access);
		}
}

static u64 *route(u32 intid)
{
	return (u64 *)(fake_gic.gicd + GICD_IROUTER + 8 * intid);
}

/* Root's SPIs do not follow a CPU into a cell. */
TEST(routes_of_a_cpu_that_is_given_away)
{
	struct sample_cell config = make_first();

	prepare();
	*route(41) = 0x102;
	*route(42) = 0x103;
	*route(43) = 1ULL << 31;
	*route(44) = 0x101;
	/* the cell's own */
	*route(40) = 0x100;
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(*route(41), 0x100);
	CHECK_EQ(*route(42), 0x100);
	CHECK_EQ(*route(43), 0x100);
	CHECK_EQ(*route(44), 0x101);
	CHECK_EQ(*route(40), 0x102);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(*route(40), 0x100);
}

/* Whatever they were: the definition looks at all of them. */
TEST(no_route_leads_to_another_cell)
{
	prepare();
	for (u32 intid = 32; intid < FAKE_LINES; intid++)
		*route(intid) = intid % 5 ? 0x100 + intid % FAKE_CPUS : GICD_IROUTER_IRM;
	come_and_go();
}

CELL_TEST(denied_accesses_are_counted)
{
	struct mmio_access access = {
		.address = GICD_ISENABLER + 4, .size = 4, .is_write = true,
		.value = 1 << (40 - 32),
	};

	CHECK_EQ(gicd(&access), MMIO_HANDLED);
	CHECK_EQ(denied(), 0);
	access.value = 3 << (40 - 32);
	CHECK_EQ(gicd(&access), MMIO_HANDLED);
	CHECK_EQ(denied(), 1);
	/* to disable all interrupts at start-up is nobody's fault */
	access.address = GICD_ICENABLER + 4;
	access.value = ~0U;
	CHECK_EQ(gicd(&access), MMIO_HANDLED);
	CHECK_EQ(denied(), 1);
	access = (struct mmio_access) {
		.address = GICD_IROUTER + 8 * 40, .size = 8, .is_write = true,
		.value = 0x100,
	};
	CHECK_EQ(gicd(&access), MMIO_HANDLED);
	CHECK_EQ(denied(), 2);
}

/* A halfword is written, whatever else is in the guest's register. */
CELL_TEST(messages)
{
	struct mmio_access access = {
		.address = 0x40, .size = 2, .is_write = true,
		.value = 0xdeadbeef00050000 | 40,
	};

	fake_gic_write(fake_gic.gicd, GICD_ISPENDR + 4, 0);
	CHECK_EQ(gicd(&access), MMIO_HANDLED);
	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ISPENDR + 4), 1 << (40 - 32));
	CHECK_EQ(denied(), 0);
	/* root's */
	access.value = 41;
	CHECK_EQ(gicd(&access), MMIO_HANDLED);
	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ISPENDR + 4), 1 << (40 - 32));
	CHECK_EQ(denied(), 1);
}

/* Redistributors */

static enum mmio_result gicr(struct cell *who, unsigned int frame, u32 reg,
			     u8 size, bool is_write, u64 *value)
{
	struct mmio_access access = {
		.address = SAMPLE_GICR + frame * (u64)FAKE_GICR_FRAME + reg,
		.size = size, .is_write = is_write, .value = *value,
	};
	enum mmio_result result = irq_mmio(who, &access);

	*value = access.value;
	return result;
}

static bool is_identification(u32 reg)
{
	return (reg >= 4 && reg < 0x10) || (reg >= 0xffd0 && reg < 0x10000);
}

CELL_TEST(foreign_redistributors_show_what_they_are)
{
	fill_random();
	for (u32 reg = 0; reg < FAKE_GICR_FRAME; reg += 4) {
		u64 value = ~0ULL;

		if (reg > 0x200 && reg < 0xffc0)
			continue;
		CHECK_EQ(gicr(cell, 0, reg, 4, false, &value), MMIO_HANDLED);
		if (!is_identification(reg))
			CHECK_EQ(value, 0);
		else if (reg == GICR_TYPER)	/* without LPIs and more PPIs */
			CHECK_EQ(value, fake_gic_read(old.gicr[0], reg) &
					~0xf8000001U);
		else
			CHECK_EQ(value, fake_gic_read(old.gicr[0], reg));
		value = tap_random();
		CHECK_EQ(gicr(cell, 0, reg, 4, true, &value), MMIO_HANDLED);
	}
	CHECK(!memcmp(&old, &fake_gic, sizeof(old)));
}

/* Any access at all: no other frame is touched. */
CELL_TEST(cells_reach_their_own_interrupts_only)
{
	u8 *sgi = fake_gic.gicr[2] + GICR_SGI_FRAME;
	u8 *old_sgi = old.gicr[2] + GICR_SGI_FRAME;
	u32 reg, bank;

	fill_random();
	for (unsigned int n = 0; n < 1000000; n++) {
		u8 size = (u8)(1 << tap_below(4));
		unsigned int frame = (unsigned int)tap_below(FAKE_CPUS);
		u64 value = tap_random();

		reg = (u32)tap_below(tap_below(8) ? 0xe00 : 0x10000);
		reg &= ~(size - 1U);
		if (tap_below(4))
			reg += GICR_SGI_FRAME;
		gicr(cell, frame, reg, size, tap_below(2), &value);
	}
	CHECK(!memcmp(fake_gic.gicd, old.gicd, sizeof(old.gicd)));
	CHECK(!memcmp(fake_gic.gicr[0], old.gicr[0], 2 * FAKE_GICR_FRAME));
	/* its own: the frame of what concerns the CPU as a whole, neither */
	CHECK(!memcmp(fake_gic.gicr[2], old.gicr[2], GICR_SGI_FRAME));
	CHECK(!memcmp(fake_gic.gicr[3], old.gicr[3], GICR_SGI_FRAME));
	/* and the wake-up's priority is not given away */
	for (bank = GICD_ISENABLER; bank <= GICD_ICACTIVER; bank += 0x80)
		CHECK(fake_gic_read(sgi, bank) != fake_gic_read(old_sgi, bank));
	CHECK_EQ(fake_gic_read(sgi, GICD_IGROUPR),
		 fake_gic_read(old_sgi, GICD_IGROUPR));
	for (u32 intid = 0; intid < 32; intid++)
		CHECK(sgi[GICD_IPRIORITYR + intid] >= 8);
}

CELL_TEST(own_redistributor_reads)
{
	u8 *sgi = fake_gic.gicr[3] + GICR_SGI_FRAME;
	u64 value = 0;

	memset(fake_gic.gicr[3] + GICR_SGI_FRAME, 0xff, 0xe00);
	CHECK_EQ(gicr(cell, 3, GICR_SGI_FRAME + GICD_ISENABLER, 4, false,
		      &value), MMIO_HANDLED);
	CHECK_EQ(value, ~0U);
	/* there are 32 of them */
	CHECK_EQ(gicr(cell, 3, GICR_SGI_FRAME + GICD_ISENABLER + 4, 4, false,
		      &value), MMIO_HANDLED);
	CHECK_EQ(value, 0);
	CHECK_EQ(gicr(cell, 3, GICR_SGI_FRAME + GICD_IPRIORITYR + 12, 4, false,
		      &value), MMIO_HANDLED);
	CHECK_EQ(value, 0xffffffff);
	/* what is written comes back */
	value = 0x0a;
	CHECK_EQ(gicr(cell, 3, GICR_SGI_FRAME + GICD_IPRIORITYR + 27, 1, true,
		      &value), MMIO_HANDLED);
	CHECK_EQ(sgi[GICD_IPRIORITYR + 27], 0x0a);
	CHECK_EQ(gicr(cell, 3, GICR_SGI_FRAME + GICD_IPRIORITYR + 27, 1, false,
		      &value), MMIO_HANDLED);
	CHECK_EQ(value, 0x0a);
	/* of the CPU's own, all is visible; LPIs are not there */
	CHECK_EQ(gicr(cell, 3, GICR_TYPER, 8, false, &value), MMIO_HANDLED);
	CHECK_EQ(value, 0x103ULL << 32 | 3 << 8 | GICR_TYPER_LAST);
}

/* A register of 32 bits, or half of one, or one of 64 that a CPU's owner may read. */
static bool is_defined(u32 reg, u8 size, bool own)
{
	u32 first = size == 8 ? reg : reg & ~4U;
	bool wide = first == GICR_TYPER || first == GICR_PROPBASER ||
		    first == GICR_PENDBASER;

	if (!own && !is_identification(reg))
		return false;
	return wide || (size == 4 && (is_identification(reg) ||
				      reg == GICR_CTLR || reg == GICR_STATUSR ||
				      reg == GICR_WAKER || reg == GICR_SYNCR));
}

/* What a guest sets there, the next one on this CPU would have. */
CELL_TEST(timers_of_a_shared_cpu_are_level_sensitive)
{
	const u8 *sgi = fake_gic.gicr[2] + GICR_SGI_FRAME;
	u64 edges = ~0U;

	cpus[2]->shared = true;
	CHECK_EQ(gicr(cell, 2, GICR_SGI_FRAME + GICD_ICFGR + 4, 4, true, &edges), MMIO_HANDLED);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICFGR + 4), ~(3U << 22 | 3U << 28));
	cpus[2]->shared = false;
	CHECK_EQ(gicr(cell, 2, GICR_SGI_FRAME + GICD_ICFGR + 4, 4, true, &edges), MMIO_HANDLED);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICFGR + 4), ~0U);
}

/* What only this GIC has, is not read: who knows what that does. */
CELL_TEST(redistributors_have_what_all_have)
{
	memset(fake_gic.gicr, 0xff, sizeof(fake_gic.gicr));
	for (u32 reg = 0; reg < GICR_SGI_FRAME; reg += 4)
		for (u8 size = 4; size <= 8; size *= 2)
			for (unsigned int frame = 1; frame < 3; frame++) {
				u64 value = 0;

				if (reg % size)
					continue;
				gicr(cell, frame, reg, size, false, &value);
				if (!!value != is_defined(reg, size, frame == 2))
					tap_fail(__FILE__, __LINE__,
						 "frame %u, offset 0x%x, %u bytes: 0x%llx",
						 frame, reg, size, value);
			}
}

/* More PPIs nobody has; LPIs, root. */
CELL_TEST(typers)
{
	u64 value = 0;

	memset(fake_gic.gicr, 0xff, sizeof(fake_gic.gicr));
	gicr(&root_cell, 0, GICR_TYPER, 8, false, &value);
	CHECK_EQ(value, ~0xf8000000ULL);
	gicr(&root_cell, 0, GICR_TYPER, 4, false, &value);
	CHECK_EQ(value, 0x07ffffff);
	gicr(cell, 2, GICR_TYPER, 8, false, &value);
	CHECK_EQ(value, ~0xf8000001ULL);
}

/* LPIs */

#define TABLES	(SAMPLE_RAM + 0x20000)

static void write_frame_0(u32 reg, u8 size, u64 value)
{
	CHECK_EQ(gicr(&root_cell, 0, reg, size, true, &value), MMIO_HANDLED);
}

static u64 *baser(u32 reg)
{
	return (u64 *)(fake_gic.gicr[0] + reg);
}

/* Whose LPI tables are looked at. */
static bool enabling;

/* No other CPU of root's exchanges them between the look and their use. */
bool __wrap_cell_mem_root_owns(u64 address, u64 size)
{
	CHECK(!enabling || (root_cell.mm_lock.held && fake_locks_mine()));
	return __real_cell_mem_root_owns(address, size);
}

/* Does root get LPIs enabled with these tables? If not, that is counted. */
static bool lpis_enabled(u64 propbaser, u64 pendbaser)
{
	u64 before = denied();
	bool done;

	write_frame_0(GICR_CTLR, 4, 0);
	write_frame_0(GICR_PROPBASER, 8, propbaser);
	write_frame_0(GICR_PENDBASER, 8, pendbaser);
	CHECK_EQ(*baser(GICR_PROPBASER), propbaser);
	CHECK_EQ(*baser(GICR_PENDBASER), pendbaser);
	CHECK_EQ(denied(), before);
	enabling = true;
	write_frame_0(GICR_CTLR, 4, 1);
	enabling = false;
	done = fake_gic_read(fake_gic.gicr[0], GICR_CTLR) & 1;
	CHECK_EQ(denied(), before + !done);
	return done;
}

/* Both tables, all of them, at the time when they come into use. */
CELL_TEST(lpi_tables_are_roots_memory)
{
	u64 end = SAMPLE_CELL_RAM;

	CHECK(lpis_enabled(TABLES | 0x78f, TABLES + 0x10000));
	CHECK(!lpis_enabled(SAMPLE_CELL_RAM | 15, TABLES));
	CHECK(!lpis_enabled(SAMPLE_HV_BASE | 15, TABLES));
	CHECK(!lpis_enabled(TABLES | 15, SAMPLE_CELL_RAM));
	/* a byte for each of 2^16 INTIDs; a bit */
	CHECK(lpis_enabled((end - 0x10000) | 15, TABLES));
	CHECK(!lpis_enabled((end - 0xf000) | 15, TABLES));
	CHECK(lpis_enabled(TABLES | 15, end - 0x10000));
	/* INTIDs that come later need a longer table of pending ones */
	CHECK(lpis_enabled(TABLES | 18, end - 0x10000));
	CHECK(!lpis_enabled(TABLES | 19, end - 0x10000));
}

#define BELOW	0x8000

static void pend_below(void *unused __attribute__((unused)))
{
	write_frame_0(GICR_PROPBASER, 8, TABLES | 15);
	write_frame_0(GICR_PENDBASER, 8, SAMPLE_RAM + BELOW);
	write_frame_0(GICR_CTLR, 4, 1);
	CHECK_EQ(fake_gic_read(fake_gic.gicr[0], GICR_CTLR), 0);
}

/* A table of pending ones begins at a multiple of 64 KiB, whatever the bits below. */
TEST(pending_lpis_below_root_s_memory)
{
	fake_image_init();
	fake_gic_init();
	fake_mem(SYS_RAM_LOW)->phys_start += BELOW;
	fake_mem(SYS_RAM_LOW)->virt_start += BELOW;
	fake_mem(SYS_RAM_LOW)->size -= BELOW;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	fake_on_cpu(0, pend_below, NULL);
	fake_check();
}

/* They are not exchanged while they are in use, or as long as that may be. */
CELL_TEST(lpi_tables_in_use_stay)
{
	CHECK(lpis_enabled(TABLES | 15, TABLES + 0x10000));
	write_frame_0(GICR_PROPBASER, 8, SAMPLE_CELL_RAM | 15);
	write_frame_0(GICR_PENDBASER, 8, SAMPLE_CELL_RAM);
	fake_gic_write(fake_gic.gicr[0], GICR_CTLR, GICR_CTLR_RWP);
	write_frame_0(GICR_PENDBASER, 8, SAMPLE_CELL_RAM);
	CHECK_EQ(*baser(GICR_PROPBASER), TABLES | 15);
	CHECK_EQ(*baser(GICR_PENDBASER), TABLES + 0x10000);
	CHECK_EQ(denied(), 3);
}

static void let_go(struct cpu *cpu)
{
	(void)cpu;
	if (!root_cell.mm_lock.held)
		return;
	CHECK_EQ(fake_gic_read(fake_gic.gicr[0], GICR_CTLR), 0);
	root_cell.mm_lock.held = 0;
}

/* Root's translations may be in the middle of an update on another CPU. */
CELL_TEST(lpi_tables_are_looked_up_under_the_lock)
{
	write_frame_0(GICR_PROPBASER, 8, TABLES | 15);
	write_frame_0(GICR_PENDBASER, 8, TABLES + 0x10000);
	root_cell.mm_lock.held = 1;
	fake_guest = let_go;
	write_frame_0(GICR_CTLR, 4, 1);
	CHECK_EQ(fake_gic_read(fake_gic.gicr[0], GICR_CTLR), 1);
	fake_guest = NULL;
}

CELL_TEST(lpis_are_roots)
{
	/* of GICR_CTLR only the enable bit is root's */
	write_frame_0(GICR_PROPBASER, 8, TABLES | 15);
	write_frame_0(GICR_PENDBASER, 8, TABLES);
	fake_gic_write(fake_gic.gicr[0], GICR_CTLR, 0x01000000);
	write_frame_0(GICR_CTLR, 4, 0x06000001);
	CHECK_EQ(fake_gic_read(fake_gic.gicr[0], GICR_CTLR), 0x01000001);
	/* a CPU's power is not root's to switch (GICR_WAKER) */
	write_frame_0(GICR_WAKER, 4, 2);
	CHECK_EQ(fake_gic_read(fake_gic.gicr[0], GICR_WAKER), 0);
}

/* Nor is anything root's of the CPUs it has given away. */
CELL_TEST(lpis_of_a_cell_s_cpu)
{
	u64 value = TABLES;

	gicr(&root_cell, 2, GICR_PROPBASER, 8, true, &value);
	CHECK_EQ(*(u64 *)(fake_gic.gicr[2] + GICR_PROPBASER), 0);
	gicr(cell, 2, GICR_PROPBASER, 8, true, &value);
	CHECK_EQ(*(u64 *)(fake_gic.gicr[2] + GICR_PROPBASER), 0);
	value = 1;
	gicr(cell, 2, GICR_CTLR, 4, true, &value);
	CHECK_EQ(fake_gic_read(fake_gic.gicr[2], GICR_CTLR), 0);
}

/* What waits for a guest that does not have its CPU has to have room. */
TEST(interrupts_of_a_cell_that_shares_cpus)
{
	struct sample_cell config = make_first();

	sample_share(&config);
	prepare();
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CPU_SHARE, 1, 0), 0);
	config.irqchips[0].pin_bitmap[0] = 0x7fffffff;
	CHECK_EQ(create(&config), -E2BIG);
	CHECK_STR(refusal_text(), "cell \"sample\" shares CPUs and has 31 interrupts: at most 30 are possible then");
	config.irqchips[0].pin_bitmap[0] = 0x3fffffff;
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(destroy(1), 0);
}

TAP_MAIN(
	TAP_TEST(interrupts_of_a_cell_that_shares_cpus),
	TAP_TEST(distributor),
	TAP_TEST(routes),
	TAP_TEST(routes_of_a_cpu_that_is_given_away),
	TAP_TEST(no_route_leads_to_another_cell),
	TAP_TEST(denied_accesses_are_counted),
	TAP_TEST(messages),
	TAP_TEST(foreign_redistributors_show_what_they_are),
	TAP_TEST(cells_reach_their_own_interrupts_only),
	TAP_TEST(own_redistributor_reads),
	TAP_TEST(timers_of_a_shared_cpu_are_level_sensitive),
	TAP_TEST(redistributors_have_what_all_have),
	TAP_TEST(typers),
	TAP_TEST(lpi_tables_are_roots_memory),
	TAP_TEST(pending_lpis_below_root_s_memory),
	TAP_TEST(lpi_tables_in_use_stay),
	TAP_TEST(lpi_tables_are_looked_up_under_the_lock),
	TAP_TEST(lpis_are_roots),
	TAP_TEST(lpis_of_a_cell_s_cpu)
)
