// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Injected delivery: which cells have it, what becomes of an interrupt, and that
 * none is lost or doubled when there are more of them than list registers. The guest
 * is this test: it acknowledges and ends what is in the list registers.
 */

#include <stdio.h>
#include <string.h>

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/cell.h>
#include <core/console.h>
#include <cpu/context.h>
#include <gic/gicv3.h>
#include <gic/irq.h>
#include <gic/irq_injected.h>
#include <gic/irq_ops.h>
#include <gic/list_registers.h>
#include <lib/errno.h>
#include "cell_helpers.h"
#include "fake/gic.h"
#include "tap.h"

#define LRS		4
#define MAINTENANCE	25
#define SPI		40
#define SGI		5
#define LPI		8200

#define HCR_EN		0x801	/* and TALL0 */
#define HCR_UIE		2
#define HCR_LRENPIE	4

static char lr_name[16][16];

static const char *const registers[] = {
	"icc_ap1r0_el1", "icc_ap1r1_el1", "icc_ap1r2_el1", "icc_ap1r3_el1",
	"icc_bpr1_el1", "icc_eoir1_el1", "icc_dir_el1", "icc_iar1_el1",
	"icc_igrpen1_el1", "icc_rpr_el1", "icc_sgi1r_el1", "icc_sre_el1",
	"icc_sre_el2", "hcr_el2", "ich_elrsr_el2", "ich_hcr_el2", "ich_vmcr_el2",
	"ich_ap0r0_el2", "ich_ap0r1_el2", "ich_ap0r2_el2", "ich_ap0r3_el2",
	"ich_ap1r0_el2", "ich_ap1r1_el2", "ich_ap1r2_el2", "ich_ap1r3_el2",
	"cntv_ctl_el0", "cntp_ctl_el0",
};

static u64 lr(u32 n)
{
	return fake_sysreg(lr_name[n]);
}

/* ELRSR, of the list registers as they are */
static void at_read(const char *name)
{
	u64 empty = 0;

	if (strcmp(name, "ich_elrsr_el2"))
		return;
	for (u32 n = 0; n < LRS; n++)
		if (!(lr(n) & (ICH_LR_PENDING | ICH_LR_ACTIVE)))
			empty |= 1ULL << n;
	fake_sysreg_set("ich_elrsr_el2", empty);
}

static void prepare(void)
{
	fake_image_init();
	fake_gic_init();
	for (size_t n = 0; n < ARRAY_SIZE(registers); n++)
		fake_sysreg_set(registers[n], 0);
	for (u32 n = 0; n < 16; n++) {
		snprintf(lr_name[n], sizeof(lr_name[n]), "ich_lr%u_el2", n);
		fake_sysreg_set(lr_name[n], 0);
	}
	fake_sysreg_set("ich_vtr_el2", 4ULL << 29 | 4ULL << 26 | (LRS - 1));
	fake_at_read = at_read;
}

static struct sample_cell make_injected(void)
{
	struct sample_cell config = make_first();

	config.cell.flags |= JAILHOUSE_CELL_GIC_PMR;
	return config;
}

static struct gic_vcpu *vgic(void)
{
	return &cpus[2]->vcpu->arch.gic;
}

static u32 counted(u32 stat)
{
	return cpus[2]->vcpu->stats[stat];
}

/* The cell's first CPU, as when it starts; then @fn there. */
static void (*test_fn)(void);

static void on_cpu(void *unused __attribute__((unused)))
{
	fake_sysreg_set("icc_rpr_el1", 0xff);
	/* as cpu_enter() has it */
	this_percpu()->gic.lr_all = (1U << LRS) - 1;
	this_percpu()->gic.prebits = 5;
	irq_cpu_reset();
	test_fn();
}

static void in_cell(void (*fn)(void))
{
	struct sample_cell config = make_injected();

	prepare();
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	test_fn = fn;
	fake_on_cpu(2, on_cpu, NULL);
}

/* The GIC signals it, unless PMR holds it back: true if it was taken. */
static bool signal_irq(u32 intid, u32 priority)
{
	if (priority >= fake_sysreg("icc_pmr_el1"))
		return false;
	fake_sysreg_set("icc_iar1_el1", intid);
	fake_sysreg_set("icc_rpr_el1", priority);
	CHECK(!irq_take());
	CHECK_EQ(fake_sysreg("icc_eoir1_el1"), intid);
	fake_sysreg_set("icc_rpr_el1", 0xff);
	return true;
}

/* What the guest would acknowledge next, below @mask; -1: nothing */
static int best(u64 mask, u64 state)
{
	int found = -1;

	for (int n = 0; n < LRS; n++)
		if ((lr((u32)n) & state) && (lr((u32)n) >> 48 & 0xff) < mask &&
		    (found < 0 || (lr((u32)n) >> 48 & 0xff) < (lr((u32)found) >> 48 & 0xff)))
			found = n;
	return found;
}

/* The guest's IAR and EOI. */
static u32 acknowledge(void)
{
	int n = best(256, ICH_LR_PENDING);
	u64 value;

	if (n < 0)
		return 1023;
	value = lr((u32)n);
	fake_sysreg_set(lr_name[n], (value & ~ICH_LR_PENDING) | ICH_LR_ACTIVE);
	return ICH_LR_VINTID(value);
}

static void end(u32 intid)
{
	for (u32 n = 0; n < LRS; n++)
		if (ICH_LR_VINTID(lr(n)) == intid && (lr(n) & ICH_LR_ACTIVE)) {
			fake_sysreg_set(lr_name[n], lr(n) & ~ICH_LR_ACTIVE);
			return;
		}
	/* not there: it is counted */
	fake_sysreg_set("ich_hcr_el2", fake_sysreg("ich_hcr_el2") + (1ULL << 27));
}

static void maintain(void)
{
	CHECK(signal_irq(MAINTENANCE, 0));
	CHECK_EQ(fake_sysreg("icc_dir_el1"), MAINTENANCE);
}

/* Who has it */

TEST(the_flag_chooses)
{
	struct sample_cell config = make_injected(), other = make_first();
	struct cell *cell;

	prepare();
	CHECK_EQ(fake_init(), 0);
	CHECK(root_cell.arch.gic.delivery == &irq_direct);
	enter_for_cells();
	CHECK_EQ(create(&config), 1);
	cell = cell_by_id(1);
	CHECK(cell->arch.gic.delivery == &irq_injected);
	/* the maintenance interrupt is EL2's */
	CHECK_EQ(cell->arch.gic.sgi_ppi, ~(1U << MAINTENANCE));
	CHECK_EQ(root_cell.arch.gic.sgi_ppi, ~0U);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(create(&other), 1);
	CHECK(cell_by_id(1)->arch.gic.delivery == &irq_direct);
}

TEST(without_a_maintenance_interrupt)
{
	struct sample_cell config = make_injected();
	struct sample_system *system;

	prepare();
	system = (void *)fake_image.config;
	system->header.platform_info.arm.maintenance_irq = 0;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	CHECK_EQ(create(&config), -EINVAL);
	CHECK(strstr(refusal_text(), "JAILHOUSE_CELL_GIC_PMR needs maintenance_irq in the system configuration, a PPI (16 to 31; it is 0)"));
}

static void start_state(void)
{
	const u8 *sgi = fake_gic.gicr[2] + GICR_SGI_FRAME;

	CHECK_EQ(irq_hcr_bits(), HCR_IMO | HCR_FMO);
	CHECK_EQ(fake_sysreg("ich_hcr_el2"), HCR_EN);
	CHECK_EQ(fake_sysreg("ich_vmcr_el2"), ICH_VMCR_VENG1);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xff);
	/* an EOI of EL2's does not deactivate */
	CHECK(fake_sysreg("icc_ctlr_el1") & ICC_CTLR_EOIMODE);
	CHECK_EQ(sgi[GICD_IPRIORITYR + MAINTENANCE], 0);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), 1U << MAINTENANCE);
}

TEST(a_cpu_starts)
{
	in_cell(start_state);
}

/* What becomes of one */

static void one_of_each(void)
{
	u64 low = 0xa0ULL << 48 | ICH_LR_GROUP1 | ICH_LR_PENDING;

	CHECK(signal_irq(SPI, 0xa0));
	CHECK_EQ(lr(0), low | ICH_LR_HW | (u64)SPI << 32 | SPI);
	/* left active: the guest deactivates it */
	CHECK_EQ(fake_sysreg("icc_dir_el1"), 0);
	CHECK(signal_irq(SGI, 0xa0));
	CHECK_EQ(lr(1), low | SGI);
	CHECK_EQ(fake_sysreg("icc_dir_el1"), SGI);
	CHECK(signal_irq(LPI, 0x40));
	CHECK_EQ(lr(2), 0x40ULL << 48 | ICH_LR_GROUP1 | ICH_LR_PENDING | LPI);
	CHECK_EQ(fake_sysreg("icc_dir_el1"), SGI);
	CHECK_EQ(counted(JAILHOUSE_CPU_STAT_VMEXITS_VIRQ), 3);
	/* none: a FIQ */
	fake_sysreg_set("icc_iar1_el1", 1023);
	CHECK(!irq_take());
}

TEST(each_kind_of_interrupt)
{
	in_cell(one_of_each);
}

/* Only the guest can have an LPI: it is to take it first. */
static void leave_with_lpi(void)
{
	CHECK(signal_irq(SPI, 0xa0));
	CHECK(arch_cpu_can_leave());
	CHECK(signal_irq(LPI, 0x40));
	CHECK(!arch_cpu_can_leave());
	/* in the queue as well */
	for (u32 n = 1; n < LRS; n++)
		CHECK(signal_irq(SPI + n, 0x40 - 8 * n));
	CHECK(vgic()->queued);
	CHECK(!arch_cpu_can_leave());
	vgic()->queued = 0;
	for (u32 n = 0; n < LRS && !arch_cpu_can_leave(); n++)
		acknowledge();
	CHECK(arch_cpu_can_leave());
}

TEST(lpis_are_taken_before_disable)
{
	in_cell(leave_with_lpi);
}

static void again(void)
{
	u8 *gicd = fake_gic.gicd;

	CHECK(signal_irq(SGI, 0xa0));
	CHECK_EQ(acknowledge(), SGI);
	/* it came once more while it is handled: pending and active */
	CHECK(signal_irq(SGI, 0xa0));
	CHECK_EQ(lr(0) >> 62, 3);
	CHECK_EQ(lr(1), 0);
	end(SGI);
	CHECK_EQ(acknowledge(), SGI);
	end(SGI);
	/* an SPI that the guest has deactivated behind our back */
	CHECK(signal_irq(SPI, 0xa0));
	CHECK_EQ(acknowledge(), SPI);
	CHECK(signal_irq(SPI, 0xa0));
	CHECK_EQ(lr(0) >> 62, 2);
	CHECK_EQ(lr(1), 0);
	CHECK_EQ(fake_gic_read(gicd, GICD_ISPENDR + 4), 1U << 8);
}

TEST(an_interrupt_has_one_list_register)
{
	in_cell(again);
}

/* More than there is room for */

static void fill(u32 first, u32 priority)
{
	for (u32 n = 0; n < LRS; n++)
		CHECK(signal_irq(first + n, priority));
}

static void full(void)
{
	fill(SGI, 0xa0);
	CHECK_EQ(fake_sysreg("ich_hcr_el2"), HCR_EN | HCR_UIE | HCR_LRENPIE);
	/* others wait in the GIC */
	CHECK(!signal_irq(SPI, 0xa0));
	/* but for what comes first */
	CHECK(signal_irq(SPI, 0x40));
	CHECK_EQ(vgic()->queued, 1);
	CHECK_EQ(acknowledge(), SPI);
	end(SPI);
	for (u32 n = 0; n < LRS - 1; n++)
		end(acknowledge());
	CHECK_EQ(acknowledge(), 1023);
	maintain();
	CHECK_EQ(counted(JAILHOUSE_CPU_STAT_VMEXITS_MAINTENANCE), 1);
	CHECK_EQ(vgic()->queued, 0);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xff);
	CHECK_EQ(fake_sysreg("ich_hcr_el2"), HCR_EN);
	CHECK(acknowledge() != 1023);
}

TEST(a_higher_priority_finds_room)
{
	in_cell(full);
}

/* Handlers interrupted by handlers, deeper than there are list registers. */
static void nested(void)
{
	for (u32 n = 0; n < LRS + 2; n++) {
		CHECK(signal_irq(SPI + n, 0xf0 - n * 0x10));
		CHECK_EQ(acknowledge(), SPI + n);
	}
	CHECK_EQ(vgic()->queued, 2);
	for (u32 n = LRS + 2; n-- > 2;) {
		end(SPI + n);
		if (n == 3)
			maintain();
	}
	/* the outer ones are back before they end */
	CHECK_EQ(vgic()->queued, 0);
	end(SPI + 1);
	end(SPI);
	CHECK_EQ(fake_sysreg("ich_hcr_el2"), HCR_EN);
}

TEST(handlers_interrupted_by_handlers)
{
	in_cell(nested);
}

/* The guest ends one that waits in the queue. */
static void ended_in_queue(void)
{
	for (u32 n = 0; n < LRS + 1; n++) {
		CHECK(signal_irq(SPI + n, 0xf0 - n * 0x10));
		CHECK_EQ(acknowledge(), SPI + n);
	}
	end(SPI);
	fake_record_steps();
	maintain();
	CHECK_EQ(vgic()->queued, 0);
	/* this one, and the maintenance interrupt */
	CHECK_EQ(fake_steps_of("icc_dir_el1"), 2);
	for (u32 n = 0; n < LRS; n++)
		CHECK(ICH_LR_VINTID(lr(n)) != SPI);
}

TEST(what_ends_in_the_queue_is_deactivated)
{
	in_cell(ended_in_queue);
}

/* It has come again before. */
static void again_in_queue(void)
{
	CHECK(signal_irq(SGI, 0xf0));
	CHECK_EQ(acknowledge(), SGI);
	CHECK(signal_irq(SGI, 0xf0));
	for (u32 n = 0; n < LRS; n++)
		CHECK(signal_irq(SPI + n, 0x80));
	CHECK_EQ(vgic()->queued, 1);
	end(SGI);
	for (u32 n = 0; n < LRS; n++)
		end(acknowledge());
	maintain();
	CHECK_EQ(vgic()->queued, 0);
	CHECK_EQ(acknowledge(), SGI);
	end(SGI);
	CHECK_EQ(acknowledge(), 1023);
}

TEST(what_ends_in_the_queue_comes_again)
{
	in_cell(again_in_queue);
}

/* Any sequence: each that was taken is acknowledged once, the higher ones first. */
static u32 seed = 1;

static u32 random_below(u32 limit)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % limit;
}

static void storm(void)
{
	static u32 taken[FAKE_LINES], ended[FAKE_LINES];
	static bool active[FAKE_LINES];
	u32 intid, total = 0;

	for (u32 round = 0; round < 100000; round++) {
		intid = 32 + random_below(FAKE_LINES - 32);
		/* the GIC signals what is not active only */
		if (random_below(3) && !active[intid] &&
		    signal_irq(intid, 0x10 + random_below(28) * 8)) {
			active[intid] = true;
			taken[intid]++;
			total++;
		}
		CHECK(vgic()->queued < GIC_QUEUE);
		if (random_below(2))
			continue;
		intid = acknowledge();
		if (intid == 1023) {
			maintain();
			continue;
		}
		CHECK(active[intid]);
		active[intid] = false;
		ended[intid]++;
		end(intid);
	}
	for (u32 n = 0; n < FAKE_LINES; n++) {
		intid = acknowledge();
		if (intid == 1023) {
			maintain();
			continue;
		}
		ended[intid]++;
		end(intid);
	}
	CHECK(total > 10000);
	CHECK(!memcmp(taken, ended, sizeof(taken)));
	CHECK_EQ(vgic()->queued, 0);
}

TEST(none_is_lost_or_doubled)
{
	in_cell(storm);
}

static void next_guest(void)
{
	fake_sysreg_set("ich_hcr_el2", HCR_EN | HCR_UIE | HCR_LRENPIE);
	/* more than it has, as a hostile one does */
	end(SPI);
	end(SPI);
	irq_injected_open(vgic());
	CHECK_EQ(fake_sysreg("ich_hcr_el2"), HCR_EN);
}

/* At a world switch, what the guest before has ended does not end what the next one has. */
TEST(ends_are_the_guests_own)
{
	in_cell(next_guest);
}

static void fill_queue(void)
{
	u32 n;

	for (n = 0; n < 200; n++)
		signal_irq(32 + n % 160, 0xf8 - n);
	CHECK_EQ(vgic()->queued, GIC_QUEUE);
	/* nothing but what wakes the CPU and the maintenance interrupt */
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), gicv3.pmr_wake);
}

TEST(the_queue_is_bounded)
{
	in_cell(fill_queue);
}

/* The GIC's registers */

static void registers_tell(void)
{
	u8 *gicd = fake_gic.gicd, *sgi = fake_gic.gicr[2] + GICR_SGI_FRAME;
	struct mmio_access access = {
		.address = SAMPLE_GICD + GICD_ISPENDR + 4, .size = 4,
	};

	CHECK(signal_irq(SPI, 0xa0));
	CHECK(signal_irq(SGI, 0xa0));
	CHECK_EQ(irq_mmio(cpus[2]->vcpu->cell, &access), MMIO_HANDLED);
	/* pending there, and not active: it will be taken again */
	CHECK_EQ(access.value, 1 << 8);
	CHECK_EQ(fake_gic_read(gicd, GICD_ICACTIVER + 4), 1 << 8);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISPENDR), 1 << SGI);
	CHECK_EQ(acknowledge(), 1023);
	/* what is acknowledged stays */
	CHECK(signal_irq(SPI, 0xa0));
	CHECK_EQ(acknowledge(), SPI);
	CHECK_EQ(irq_mmio(cpus[2]->vcpu->cell, &access), MMIO_HANDLED);
	CHECK_EQ(lr(0) >> 62, 2);
	/* and so do other addresses */
	access.address = SAMPLE_GICD - 4;
	CHECK(signal_irq(SGI, 0xa0));
	CHECK_EQ(irq_mmio(cpus[2]->vcpu->cell, &access), MMIO_UNHANDLED);
	CHECK_EQ(acknowledge(), SGI);
}

/* Its line makes it pending, if it has rung still. */
static void timer_given_back(void)
{
	u8 *sgi = fake_gic.gicr[2] + GICR_SGI_FRAME;

	CHECK(signal_irq(GIC_VIRTUAL_TIMER, 0xa0));
	CHECK(signal_irq(GIC_VIRTUAL_TIMER, 0xa0));
	irq_injected_give_back();
	CHECK_EQ(lr(0), 0);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICACTIVER), 1U << GIC_VIRTUAL_TIMER);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISPENDR), 0);
}

TEST(a_timer_is_not_made_pending)
{
	in_cell(timer_given_back);
}

/* Its CPU is told to begin by another one; or the cell is, and the GIC has been reset. */
static void begins_again(void)
{
	u8 *gicd = fake_gic.gicd;

	CHECK(signal_irq(SPI, 0xa0));
	CHECK(signal_irq(SPI + 1, 0xa0));
	fake_gic_write(gicd, GICD_ISACTIVER + 4, 1U << SPI % 32);
	irq_injected_forget(vgic());
	CHECK_EQ(lr(0), 0);
	CHECK_EQ(lr(1), 0);
	/* the last write */
	CHECK_EQ(fake_gic_read(gicd, GICD_ISPENDR + 4), 1U << SPI % 32);
}

TEST(nothing_of_a_cell_that_begins_anew_comes)
{
	in_cell(begins_again);
}

TEST(registers_show_what_is_pending)
{
	in_cell(registers_tell);
}

static void one_state(void)
{
	struct mmio_access access = { .address = SAMPLE_GICD, .size = 4 };

	fake_gic_write(fake_gic.gicd, GICD_CTLR, GICD_CTLR_ARE);
	CHECK_EQ(irq_mmio(cpus[2]->vcpu->cell, &access), MMIO_HANDLED);
	CHECK_EQ(access.value, GICD_CTLR_ARE | GICD_CTLR_DS);
	CHECK_EQ(irq_mmio(&root_cell, &access), MMIO_HANDLED);
	CHECK_EQ(access.value, GICD_CTLR_ARE);
	/* and its interrupts in the group that they are in */
	access.address = SAMPLE_GICD + GICD_IGROUPR + 4;
	fake_gic_write(fake_gic.gicd, GICD_IGROUPR + 4, 0);
	CHECK_EQ(irq_mmio(cpus[2]->vcpu->cell, &access), MMIO_HANDLED);
	CHECK_EQ(access.value, cpus[2]->vcpu->cell->arch.gic.irqs[1]);
}

TEST(a_cell_sees_one_security_state)
{
	in_cell(one_state);
}

/* ICC_RPR_EL1 at EL2 is not shifted as IPRIORITYR is. */
static void whole(void)
{
	gicv3.pmr_whole = true;
	irq_cpu_reset();
	CHECK(signal_irq(SPI, 0xd0));
	CHECK_EQ(lr(0) >> 48 & 0xff, 0xa0);
	for (u32 n = 1; n < LRS; n++)
		CHECK(signal_irq(SPI + n, 0xd0));
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xd0);
}

TEST(priorities_are_as_in_ipriorityr)
{
	in_cell(whole);
}

/* The end of a guest */

static void parked(void)
{
	u8 *gicd = fake_gic.gicd;

	CHECK(signal_irq(SPI, 0xa0));
	CHECK_EQ(acknowledge(), SPI);
	CHECK(signal_irq(SPI + 1, 0x80));
	irq_cpu_park();
	for (u32 n = 0; n < LRS; n++)
		CHECK_EQ(lr(n), 0);
	CHECK_EQ(fake_sysreg("ich_hcr_el2"), 0);
	/* the last write: each of them has been written */
	CHECK_EQ(fake_gic_read(gicd, GICD_ISPENDR + 4), 1 << 9);
	CHECK_EQ(fake_gic_read(gicd, GICD_ICACTIVER + 4), 1 << 9);
}

TEST(nothing_is_inherited)
{
	in_cell(parked);
}

static void sleep_with_and_without(void)
{
	fake_record_steps();
	irq_cpu_sleep(false, 0);
	CHECK_EQ(fake_steps_of("wfi"), 1);
	CHECK(signal_irq(SPI, 0xa0));
	fake_record_steps();
	irq_cpu_sleep(false, 0);
	CHECK_EQ(fake_steps_of("wfi"), 0);
	/* in its handler it may */
	CHECK_EQ(acknowledge(), SPI);
	irq_cpu_sleep(false, 0);
	CHECK_EQ(fake_steps_of("wfi"), 1);
}

TEST(what_is_pending_ends_a_sleep)
{
	in_cell(sleep_with_and_without);
}

/* Root */

static void enter_and_leave(void *unused __attribute__((unused)))
{
	u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;

	fake_sysreg_set("icc_rpr_el1", 0xff);
	fake_sysreg_set("icc_igrpen1_el1", 1);
	fake_sysreg_set("icc_ctlr_el1", 0x400 | ICC_CTLR_EOIMODE);
	fake_gic_write(sgi, GICD_ISENABLER, 0);
	sgi[GICD_IPRIORITYR + MAINTENANCE] = 0xa0;
	irq_cpu_enter();
	/* it goes on with its mask and mode */
	CHECK_EQ(fake_sysreg("ich_vmcr_el2"), 0xf0000000 | ICH_VMCR_VEOIM | ICH_VMCR_VENG1);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xff);
	/* and leaves with the mask that it has then */
	fake_sysreg_set("ich_vmcr_el2", 0x60000000);
	CHECK(signal_irq(SPI, 0xa0));
	irq_cpu_leave();
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0x60);
	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ISPENDR + 4), 1 << 8);
	CHECK_EQ(sgi[GICD_IPRIORITYR + MAINTENANCE], 0xa0);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICENABLER), 1U << MAINTENANCE);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), 0);
}

static void boot_injected_root(void)
{
	struct sample_system *config;

	prepare();
	config = (void *)fake_image.config;
	config->header.root_cell.flags |= JAILHOUSE_CELL_GIC_PMR;
	CHECK_EQ(fake_init(), 0);
	CHECK(root_cell.arch.gic.delivery == &irq_injected);
	fake_enter((1ULL << FAKE_CPUS) - 1);
	fake_sysreg_set("icc_rpr_el1", 0xff);
}

TEST(root_enters_and_leaves)
{
	boot_injected_root();
	fake_on_cpu(0, enter_and_leave, NULL);
}

static void go_off(void *unused __attribute__((unused)))
{
	irq_cpu_enter();
	CHECK(signal_irq(LPI, 0x40));
	CHECK(signal_irq(LPI + 1, 0xa0));
	CHECK_EQ(acknowledge(), LPI);
	irq_cpu_park();
	CHECK_EQ(acknowledge(), 1023);
}

static void take_over(void *unused __attribute__((unused)))
{
	u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;

	CHECK_EQ(fake_gic_read(sgi, GICD_ISPENDR), 1U << MAINTENANCE);
	/* it is not lost meanwhile */
	fake_gic_write(sgi, GICD_ISPENDR, 0);
	CHECK(!arch_cpu_can_leave());
	CHECK_EQ(fake_gic_read(sgi, GICD_ISPENDR), 1U << MAINTENANCE);
	irq_cpu_enter();
	maintain();
	CHECK(!arch_cpu_can_leave());
	CHECK_EQ(acknowledge(), LPI + 1);
	CHECK(arch_cpu_can_leave());
	maintain();
	CHECK_EQ(acknowledge(), 1023);
}

/* EL2 cannot make it pending on another CPU. */
TEST(an_lpi_outlives_its_cpu)
{
	boot_injected_root();
	fake_on_cpu(1, go_off, NULL);
	fake_on_cpu(0, take_over, NULL);
}

/* A CPU that is shared, with root on it: its virtual timer is disabled, its physical one is not. */

static struct cpu_context context;

static u64 access_own(u32 reg, u8 size, bool is_write, u64 value)
{
	struct mmio_access access = {
		.address = SAMPLE_GICR + GICR_SGI_FRAME + reg, .size = size,
		.is_write = is_write, .value = value,
	};

	CHECK_EQ(irq_mmio(&root_cell, &access), MMIO_HANDLED);
	return access.value;
}

static void shared(void *unused __attribute__((unused)))
{
	u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;

	fake_sysreg_set("icc_rpr_el1", 0xff);
	this_percpu()->gic.lr_all = (1U << LRS) - 1;
	sgi[GICD_IPRIORITYR + GIC_VIRTUAL_TIMER] = 0xb0;
	sgi[GICD_IPRIORITYR + GIC_PHYSICAL_TIMER] = 0xc0;
	cpus[0]->vcpu->arch.context = &context;
	CHECK_EQ(irq_cpu_share(true), 0);
	access_own(GICD_ISENABLER, 4, true, 1U << GIC_PHYSICAL_TIMER);
	test_fn();
}

static void on_shared(void (*fn)(void))
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	fake_enter((1ULL << FAKE_CPUS) - 1);
	test_fn = fn;
	fake_on_cpu(0, shared, NULL);
}

/* The list register of a timer. */
static u64 timer(u64 intid, u64 priority)
{
	return ICH_LR_PENDING | ICH_LR_HW | ICH_LR_GROUP1 | priority << ICH_LR_PRIORITY_SHIFT |
	       intid << ICH_LR_PINTID_SHIFT | intid;
}

static void check_timers_alike(void)
{
	const u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;

	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_VIRTUAL_TIMER], gic.prio_min);
	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_PHYSICAL_TIMER], gic.prio_min);
}

static void timers_alike(void)
{
	const u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;
	const struct gic_vcpu *v = &cpus[0]->vcpu->arch.gic;

	check_timers_alike();
	CHECK_EQ(v->timer_lr[0], 0);
	CHECK_EQ(v->timer_lr[1], timer(GIC_PHYSICAL_TIMER, 0xc0));
	/* who looks at his own finds it */
	CHECK_EQ(access_own(GICD_IPRIORITYR + GIC_VIRTUAL_TIMER, 1, false, 0), 0xb0);
	access_own(GICD_IPRIORITYR + GIC_VIRTUAL_TIMER, 1, true, 0xd0);
	access_own(GICD_ISENABLER, 4, true, 1U << GIC_VIRTUAL_TIMER);
	CHECK_EQ(v->timer_lr[0], timer(GIC_VIRTUAL_TIMER, 0xd0));
	CHECK_EQ(v->timer_lr[1], 0);
	check_timers_alike();
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), GIC_TIMERS);
	/* root goes on without us with what it has */
	CHECK_EQ(irq_cpu_share(false), 0);
	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_VIRTUAL_TIMER], 0xd0);
	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_PHYSICAL_TIMER], 0xc0);
}

TEST(timers_of_a_shared_cpu_are_alike_for_the_gic)
{
	on_shared(timers_alike);
}

static void timer_of_root(void)
{
	u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;
	struct vcpu *root = cpus[0]->vcpu;

	/* by what root has written, whatever priority it was taken with */
	CHECK(signal_irq(GIC_PHYSICAL_TIMER, 0x10));
	CHECK_EQ(lr(0), timer(GIC_PHYSICAL_TIMER, 0xc0));
	/* one that root has not enabled is disabled, until another guest has the CPU */
	fake_sysreg_set("icc_dir_el1", 0);
	CHECK(signal_irq(GIC_VIRTUAL_TIMER, 0x10));
	CHECK_EQ(lr(1), 0);
	CHECK_EQ(fake_sysreg("icc_dir_el1"), GIC_VIRTUAL_TIMER);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICENABLER), 1U << GIC_VIRTUAL_TIMER);
	fake_gic_write(sgi, GICD_ISENABLER, 0);
	fake_gic_write(sgi, GICD_ISACTIVER, 1U << GIC_PHYSICAL_TIMER);
	irq_cpu_keep(root, &context, 0);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), GIC_TIMERS);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICPENDR), GIC_TIMERS);
	CHECK_EQ(lr(0), 0);
	/* the active one is root's, and is so again with it */
	CHECK_EQ(fake_gic_read(sgi, GICD_ICACTIVER), GIC_TIMERS);
	CHECK_EQ(context.gic.active, 1U << GIC_PHYSICAL_TIMER);
	fake_gic_write(sgi, GICD_ISACTIVER, 0);
	fake_sysreg_set("cntv_ctl_el0", 0);
	fake_sysreg_set("cntp_ctl_el0", 5);
	irq_cpu_resume(root, &context, 0);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISACTIVER), 1U << GIC_PHYSICAL_TIMER);
	CHECK_EQ(lr(0), timer(GIC_PHYSICAL_TIMER, 0xc0));
}

TEST(a_timer_is_its_guests)
{
	on_shared(timer_of_root);
}

static void begins_with_nothing(void)
{
	struct vcpu *root = cpus[0]->vcpu;

	/* of its last life, which ended in the handler */
	context.gic.active = 1U << GIC_VIRTUAL_TIMER;
	irq_cpu_reset();
	irq_cpu_keep(root, &context, 0);
	CHECK_EQ(context.gic.active, 0);
}

/* It would be active in the GIC, and whoever comes next has no timer. */
TEST(a_guest_that_begins_has_no_active_timer)
{
	on_shared(begins_with_nothing);
}

/* PMR lets it through: list registers are for what comes first all the same. */
static void timer_with_all_in_use(void)
{
	for (u32 n = 0; n < LRS; n++)
		CHECK(signal_irq(SPI + n, 0xb0));
	CHECK(signal_irq(GIC_PHYSICAL_TIMER, 0x10));
	for (u32 n = 0; n < LRS; n++)
		CHECK(ICH_LR_VINTID(lr(n)) != GIC_PHYSICAL_TIMER);
	CHECK_EQ(cpus[0]->vcpu->arch.gic.queued, 1);
	CHECK_EQ(cpus[0]->vcpu->arch.gic.queue[0], timer(GIC_PHYSICAL_TIMER, 0xc0));
}

TEST(a_timer_takes_no_list_register_of_what_comes_first)
{
	on_shared(timer_with_all_in_use);
}

static u64 group0(u32 crm, u32 op2)
{
	struct guest_regs regs = { .x[3] = ~0ULL };

	CHECK(irq_sysreg(&regs, SYSREG(3, 0, 12, crm, op2), 3, true));
	CHECK(irq_sysreg(&regs, SYSREG(3, 0, 12, crm, op2), 4, false));
	return regs.x[3];
}

/* Trapped where interrupts are injected: there are none, and nothing is kept. */
static void no_group0(void)
{
	for (u32 op2 = 0; op2 < 8; op2++)
		CHECK_EQ(group0(8, op2), op2 == 0 || op2 == 2 ? 1023 : 0);
	CHECK_EQ(group0(12, 6), 0);
	/* as Linux does it when a CPU comes */
	CHECK_EQ(cpus[2]->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED], 0);
	/* Group 1 is the guest's */
	CHECK(!irq_sysreg(&(struct guest_regs) { 0 }, SYSREG(3, 0, 12, 12, 7), 3, true));
	CHECK(!irq_sysreg(&(struct guest_regs) { 0 }, SYSREG(3, 0, 12, 9, 0), 3, true));
}

TEST(a_guest_has_nothing_of_group_0)
{
	in_cell(no_group0);
}

TAP_MAIN(
	TAP_TEST(the_flag_chooses),
	TAP_TEST(without_a_maintenance_interrupt),
	TAP_TEST(a_cpu_starts),
	TAP_TEST(each_kind_of_interrupt),
	TAP_TEST(lpis_are_taken_before_disable),
	TAP_TEST(an_interrupt_has_one_list_register),
	TAP_TEST(a_higher_priority_finds_room),
	TAP_TEST(handlers_interrupted_by_handlers),
	TAP_TEST(what_ends_in_the_queue_is_deactivated),
	TAP_TEST(what_ends_in_the_queue_comes_again),
	TAP_TEST(none_is_lost_or_doubled),
	TAP_TEST(ends_are_the_guests_own),
	TAP_TEST(the_queue_is_bounded),
	TAP_TEST(a_timer_is_not_made_pending),
	TAP_TEST(nothing_of_a_cell_that_begins_anew_comes),
	TAP_TEST(registers_show_what_is_pending),
	TAP_TEST(a_cell_sees_one_security_state),
	TAP_TEST(priorities_are_as_in_ipriorityr),
	TAP_TEST(nothing_is_inherited),
	TAP_TEST(what_is_pending_ends_a_sleep),
	TAP_TEST(root_enters_and_leaves),
	TAP_TEST(an_lpi_outlives_its_cpu),
	TAP_TEST(timers_of_a_shared_cpu_are_alike_for_the_gic),
	TAP_TEST(a_timer_is_its_guests),
	TAP_TEST(a_guest_that_begins_has_no_active_timer),
	TAP_TEST(a_timer_takes_no_list_register_of_what_comes_first),
	TAP_TEST(a_guest_has_nothing_of_group_0)
)
