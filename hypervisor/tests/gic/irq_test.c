// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Which way is taken for interrupts, and direct delivery: what it does to the
 * CPU interface, which SGIs it lets through.
 */

#include <string.h>

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/console.h>
#include <gic/gicv3.h>
#include <gic/irq.h>
#include <gic/irq_ops.h>
#include "cell_helpers.h"
#include "fake/gic.h"
#include "tap.h"

/* Registers of the CPU interface, as Linux left them, and while enabled. */
static const struct {
	const char *name;
	u64 linux_value;
	u64 value;
} interface[] = {
	{ "icc_sre_el2", 0x9, 0xf },
	/* five bits of priority; EOImode goes off, CBPR too */
	{ "icc_ctlr_el1", 0x403, 0x400 },
	{ "icc_pmr_el1", 0xf0, 0xff },
	{ "ich_hcr_el2", 1, 0 },
	/* what Linux wrote to PMR and EOImode */
	{ "ich_vmcr_el2", 5, 0xf0000200 },
};

/* The others. */
static const char *const registers[] = {
	"icc_ap1r0_el1", "icc_ap1r1_el1", "icc_ap1r2_el1", "icc_ap1r3_el1",
	"icc_bpr1_el1", "icc_eoir1_el1", "icc_igrpen1_el1", "icc_rpr_el1",
	"icc_sgi1r_el1", "icc_sre_el1", "hcr_el2",
	"ich_ap0r0_el2", "ich_ap0r1_el2", "ich_ap0r2_el2", "ich_ap0r3_el2",
	"ich_ap1r0_el2", "ich_ap1r1_el2", "ich_ap1r2_el2", "ich_ap1r3_el2",
	"ich_vtr_el2",
};

static void prepare(void)
{
	fake_image_init();
	fake_gic_init();
	for (size_t n = 0; n < ARRAY_SIZE(interface); n++)
		fake_sysreg_set(interface[n].name, interface[n].linux_value);
	for (size_t n = 0; n < ARRAY_SIZE(registers); n++)
		fake_sysreg_set(registers[n], 0x5a5a);
}

/* The choice */

static void check_direct(void *unused __attribute__((unused)))
{
	CHECK_EQ(irq_hcr_bits(), HCR_FMO);
}

TEST(gicv3_is_direct)
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	CHECK(gic_ops == &gicv3_ops);
	CHECK(root_cell.arch.gic.delivery == &irq_direct);
	enter_for_cells();
	fake_on_cpu(0, check_direct, NULL);
}

TEST(gicv2_is_refused)
{
	prepare();
	fake_sysreg_set("id_aa64pfr0_el1", 0);
	fake_gic_refused("the system configuration says GICv3, and the CPUs have no GICv3's registers (ID_AA64PFR0_EL1.GIC): correct gic_version; a GICv3 that is used as a GICv2 is not supported");
}

TEST(legacy_mode_is_refused)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_CTLR, GICD_CTLR_DS);
	fake_gic_refused("the GIC runs in legacy mode (GICD_CTLR.ARE = 0): Linux must use it as a GICv3");
}

/* What core/ asks of any GIC */

static void boot(void)
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
}

static struct cell *start_cell(void)
{
	struct sample_cell config = make_first();

	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	return cell_by_id(1);
}

static struct cell *boot_with_cell(void)
{
	boot();
	return start_cell();
}

TEST(reserved_ranges)
{
	u64 start, size;

	boot();
	CHECK(arch_reserved_range(0, &start, &size));
	CHECK_EQ(start, SAMPLE_GICD);
	CHECK_EQ(size, 0x10000);
	CHECK(arch_reserved_range(1, &start, &size));
	CHECK_EQ(start, SAMPLE_GICR);
	CHECK_EQ(size, FAKE_CPUS * 0x20000);
	/* parts of a GICv2 */
	for (unsigned int n = 2; arch_reserved_range(n, &start, &size); n++)
		CHECK_EQ(size, 0);
}

TEST(messages_and_pending_spis)
{
	const struct cell *cell = boot_with_cell();

	CHECK_EQ(arch_msi_address(), SAMPLE_GICD + GICD_SETSPI_NSR);
	CHECK(arch_irq_is_spi_of(cell, 40));
	CHECK(!arch_irq_is_spi_of(cell, 41));
	CHECK(!arch_irq_is_spi_of(&root_cell, 40));
	/* SGIs and PPIs are none, nor is what no GIC has */
	CHECK(!arch_irq_is_spi_of(cell, 27));
	CHECK(!arch_irq_is_spi_of(cell, 1024 + 40));
	arch_irq_pend(40);
	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ISPENDR + 4), 1U << 8);
}

TEST(accesses_that_are_not_the_gic_s)
{
	struct cell *cell = boot_with_cell();
	struct mmio_access access = { .size = 4 };

	access.address = SAMPLE_GICD - 4;
	CHECK_EQ(irq_mmio(cell, &access), MMIO_UNHANDLED);
	access.address = SAMPLE_GICD + 0x10000;
	CHECK_EQ(irq_mmio(cell, &access), MMIO_UNHANDLED);
	access.address = SAMPLE_GICR - 4;
	CHECK_EQ(irq_mmio(cell, &access), MMIO_UNHANDLED);
	access.address = SAMPLE_GICR + FAKE_CPUS * 0x20000;
	CHECK_EQ(irq_mmio(cell, &access), MMIO_UNHANDLED);
}

/* Enable and disable */

static u32 gicd(u32 reg)
{
	return fake_gic_read(fake_gic.gicd, reg);
}

TEST(interrupts_of_nobody)
{
	prepare();
	/* INTIDs 33 and 34 are used by Linux, and 34 is not in its irqchips */
	fake_gic_write(fake_gic.gicd, GICD_ISENABLER + 4, 3 << 1);
	fake_irqchip(0)->pin_bitmap[0] = ~(1U << 2);
	CHECK_EQ(fake_init(), 0);
	irq_machine_enter();
	CHECK_EQ(gicd(GICD_ICENABLER + 4), 1 << 2);
	CHECK(strstr(hv_shared.console,
		     "Interrupts 32.. (bits 0x4) are in use but not in the root cell's irqchips: disabled\n"));
	fake_gic_write(fake_gic.gicd, GICD_ISENABLER + 4, 0);
	irq_machine_leave();
	CHECK_EQ(gicd(GICD_ISENABLER + 4), 1 << 2);
	CHECK_EQ(gicd(GICD_ISENABLER + 8), 0);
}

static void check_interface(bool entered)
{
	for (size_t n = 0; n < ARRAY_SIZE(interface); n++)
		if (fake_sysreg(interface[n].name) !=
		    (entered ? interface[n].value : interface[n].linux_value))
			tap_fail(__FILE__, __LINE__, "%s is 0x%llx",
				 interface[n].name,
				 fake_sysreg(interface[n].name));
}

static void enter_and_leave(void *unused __attribute__((unused)))
{
	u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;

	fake_gic_write(sgi, GICD_IGROUPR, ~0U);
	fake_gic_write(sgi, GICD_ISACTIVER, 1 << 27);

	irq_cpu_enter();
	check_interface(true);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICACTIVER), 1 << 27);

	irq_cpu_leave();
	check_interface(false);
}

TEST(a_cpu_enters_and_leaves)
{
	boot();
	fake_on_cpu(0, enter_and_leave, NULL);
}

TEST(enable_changes_no_priority)
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	memset(fake_gic.gicd + GICD_IPRIORITYR, 0xa0, FAKE_LINES);
	memset(fake_gic.gicr[0] + GICR_SGI_FRAME + GICD_IPRIORITYR, 0xa0, 32);
	enter_for_cells();
	for (u32 intid = 0; intid < FAKE_LINES; intid++)
		CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + intid], 0xa0);
	for (u32 intid = 0; intid < 32; intid++)
		CHECK_EQ(fake_gic.gicr[0][GICR_SGI_FRAME + GICD_IPRIORITYR + intid],
			 0xa0);
}

/* With five bits of priority. */
static void check_seen(bool one_state, u32 prio_min, u32 pmr_wake, u32 top)
{
	fake_gic_write(fake_gic.gicd, GICD_CTLR,
		       GICD_CTLR_ARE | (one_state ? GICD_CTLR_DS : 0));
	CHECK_EQ(fake_init(), 0);
	CHECK_EQ(gic.prio_min, prio_min);
	CHECK_EQ(gicv3.pmr_wake, pmr_wake);
	CHECK_EQ(gicv3.top_active, top);
}

TEST(priorities_with_one_security_state)
{
	prepare();
	check_seen(true, 8, 8, 0);
}

TEST(priorities_with_two_security_states)
{
	prepare();
	/* SCR_EL3.FIQ = 0: PMR is whole */
	check_seen(false, 0x10, 0x88, 16);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xf0);
}

TEST(priorities_where_el3_has_group_0)
{
	prepare();
	/* SCR_EL3.FIQ = 1: a secure priority is read as 0 */
	fake_sysreg_fix("icc_pmr_el1", 0);
	check_seen(false, 0x10, 0x10, 16);
}

/* A CPU of a cell, and back in root */

static void reset(void *unused __attribute__((unused)))
{
	u8 *gicr = fake_gic.gicr[2], *sgi = gicr + GICR_SGI_FRAME;

	/* seven bits of priority */
	this_percpu()->gic.prebits = 7;
	irq_cpu_reset();
	CHECK_EQ(fake_sysreg("icc_sre_el1"), 1);
	CHECK_EQ(fake_sysreg("ich_ap0r0_el2"), 0);
	CHECK_EQ(fake_sysreg("ich_ap0r3_el2"), 0);
	/* on, with all interrupts off: what wakes it gets through */
	CHECK_EQ(fake_sysreg("icc_igrpen1_el1"), 1);
	CHECK_EQ(fake_sysreg("ich_vmcr_el2"), 0);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xff);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICENABLER), ~0U);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICPENDR), ~0U);
	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_WAKE_SGI], 8);
	CHECK_EQ(sgi[GICD_IPRIORITYR + 27], 8);
}

TEST(a_cell_s_cpu_has_no_lpis)
{
	u8 *gicr = fake_gic.gicr[2];

	boot_with_cell();
	fake_gic_write(gicr, GICR_CTLR, GICR_CTLR_ENABLE_LPIS);
	fake_on_cpu(2, reset, NULL);
	CHECK_EQ(fake_gic_read(gicr, GICR_CTLR), 0);
	/* again: root's wish is kept */
	fake_on_cpu(2, reset, NULL);
	cpus[2]->vcpu->cell = &root_cell;
	fake_on_cpu(2, reset, NULL);
	CHECK_EQ(fake_gic_read(gicr, GICR_CTLR), GICR_CTLR_ENABLE_LPIS);
	/* once */
	fake_gic_write(gicr, GICR_CTLR, 0);
	fake_on_cpu(2, reset, NULL);
	CHECK_EQ(fake_gic_read(gicr, GICR_CTLR), 0);
}

static void first_reset(void *unused __attribute__((unused)))
{
	irq_cpu_reset();
}

/* On a GIC where they cannot be disabled any more: that is said. */
TEST(lpis_that_stay_enabled)
{
	u8 *gicr = fake_gic.gicr[2];

	boot_with_cell();
	fake_gic_write(gicr, GICR_CTLR, GICR_CTLR_ENABLE_LPIS);
	fake_lpis_stay = true;
	fake_on_cpu(2, first_reset, NULL);
	CHECK(strstr(fake_uart, "CPU 2: the GIC keeps LPIs enabled"));
	fake_lpis_stay = false;
	/* nothing is left to be undone */
	fake_gic_write(gicr, GICR_CTLR, 0);
	cpus[2]->vcpu->cell = &root_cell;
	fake_on_cpu(2, first_reset, NULL);
	CHECK_EQ(fake_gic_read(gicr, GICR_CTLR), 0);
}

static void ack(void *unused __attribute__((unused)))
{
	irq_ack_kick();
}

TEST(a_kick_arms_the_wake_up)
{
	u8 *sgi = fake_gic.gicr[0] + GICR_SGI_FRAME;

	boot();
	sgi[GICD_IPRIORITYR + GIC_WAKE_SGI] = 0xa0;
	fake_record_steps();
	irq_kick(cpus[0]);
	/* the guest's own: its handler is not seen to run, and nothing has precedence */
	CHECK_EQ(fake_gic_read(sgi, GICD_ICACTIVER), GIC_WAKE_BIT);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), GIC_WAKE_BIT);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISPENDR), GIC_WAKE_BIT);
	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_WAKE_SGI], 0);
	/* a CPU in WFE, too */
	CHECK_EQ(fake_steps_of("sev"), 1);
	/* no SGI: whose group may send them is not ours to know */
	CHECK_EQ(fake_num_steps, 1);
	fake_on_cpu(0, ack, NULL);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICPENDR), GIC_WAKE_BIT);
}

static void check_idle(unsigned int bits, unsigned int registers_used)
{
	static const char *const names[] = {
		"icc_ap1r0_el1", "icc_ap1r1_el1", "icc_ap1r2_el1", "icc_ap1r3_el1",
	};

	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		fake_sysreg_set(names[n], 0x5a5a);
	fake_sysreg_set("icc_ctlr_el1", (bits - 1) << 8);
	irq_cpu_park();
	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		CHECK_EQ(fake_sysreg(names[n]), n < registers_used ? 0 : 0x5a5a);
}

static void park(void *unused __attribute__((unused)))
{
	u8 *sgi = fake_gic.gicr[2] + GICR_SGI_FRAME;

	fake_sysreg_set("icc_rpr_el1", 0xff);
	check_idle(5, 1);
	check_idle(6, 2);
	check_idle(7, 4);
	CHECK_EQ(fake_sysreg("icc_igrpen1_el1"), 1);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 8);
	CHECK_EQ(fake_sysreg("hcr_el2") & HCR_IMO, HCR_IMO);
	CHECK_EQ(sgi[GICD_IPRIORITYR + GIC_WAKE_SGI], 0);
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), GIC_WAKE_BIT);

	/* RPR goes on to say that something is active: bounded */
	fake_sysreg_set("icc_rpr_el1", 0);
	irq_cpu_park();
}

TEST(only_kicks_wake_a_parked_cpu)
{
	boot_with_cell();
	fake_on_cpu(2, park, NULL);
}

static u64 pmr_asleep, bpr_asleep, enabled_asleep, hcr_asleep;

static void note_interface(void)
{
	pmr_asleep = fake_sysreg("icc_pmr_el1");
	bpr_asleep = fake_sysreg("icc_bpr1_el1");
	enabled_asleep = fake_sysreg("icc_igrpen1_el1");
	hcr_asleep = fake_sysreg("hcr_el2");
}

static void sleep_with(u64 enabled, u64 pmr, bool timed)
{
	fake_sysreg_set("icc_rpr_el1", 0xff);
	fake_sysreg_set("icc_igrpen1_el1", enabled);
	fake_sysreg_set("icc_bpr1_el1", 7);
	fake_sysreg_set("icc_pmr_el1", pmr);
	fake_sysreg_set("icc_ap1r0_el1", 0x10001);
	fake_sysreg_set("hcr_el2", HCR_FMO);
	fake_at_instruction = note_interface;
	fake_sysreg_set("wfit", 0);
	fake_record_steps();
	irq_cpu_sleep(timed, 0x1234);
	fake_at_instruction = NULL;
	CHECK_EQ(fake_steps_of("wfi"), !timed);
	CHECK_EQ(fake_sysreg("wfit"), timed ? 0x1234 : 0);
	/* on, and no binary point that makes priorities equal */
	CHECK_EQ(enabled_asleep, 1);
	CHECK_EQ(bpr_asleep, 0);
	CHECK_EQ(hcr_asleep, HCR_FMO | HCR_IMO);
	/* priority 0 is no guest's; 0x80 may be */
	CHECK_EQ(fake_sysreg("icc_ap1r0_el1"), 0x10000);
	/* and as the guest had it */
	CHECK_EQ(fake_sysreg("icc_igrpen1_el1"), enabled);
	CHECK_EQ(fake_sysreg("icc_bpr1_el1"), 7);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), pmr);
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_FMO);
}

static void sleep_both(void *unused __attribute__((unused)))
{
	sleep_with(1, 0xff, false);
	CHECK_EQ(pmr_asleep, 0xff);
	/* its group is off: none of its interrupts wakes it */
	sleep_with(0, 0xff, false);
	CHECK_EQ(pmr_asleep, 8);
	sleep_with(1, 0xff, true);
}

TEST(a_guest_asleep_can_be_woken)
{
	boot_with_cell();
	fake_on_cpu(2, sleep_both, NULL);
}

/* SGIs of the cell with CPUs 2 and 3, affinity 0.0.1.n */

#define SGI_5		(5ULL << 24 | 1ULL << 16)
#define SGI_IRM		(1ULL << 40)

static u32 denied(void)
{
	return cpus[2]->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED];
}

/* @expected: what is sent; 0: nothing */
static void check_sgi(u64 value, u64 expected, unsigned int expect_denied)
{
	u32 before = denied();

	fake_record_steps();
	irq_sgi1r(value);
	CHECK_EQ(fake_steps_of("icc_sgi1r_el1"), !!expected);
	if (expected)
		CHECK_EQ(fake_sysreg("icc_sgi1r_el1"), expected);
	CHECK_EQ(denied() - before, expect_denied);
}

static void send(void *unused __attribute__((unused)))
{
	check_sgi(SGI_5 | 1 << 3, SGI_5 | 1 << 3, 0);
	check_sgi(SGI_5 | 3 << 2, SGI_5 | 3 << 2, 0);
	/* root's CPUs 0 and 1 get nothing */
	check_sgi(SGI_5 | 0xf, SGI_5 | 0xc, 1);
	/* all others of the cell */
	check_sgi(SGI_5 | SGI_IRM, SGI_5 | 1 << 3, 0);
	/* a cluster that there is not */
	check_sgi(5ULL << 24 | 7ULL << 16 | 1, 0, 1);
	/* none is the hypervisor's */
	check_sgi((u64)GIC_WAKE_SGI << 24 | 1ULL << 16 | 1 << 3,
		  (u64)GIC_WAKE_SGI << 24 | 1ULL << 16 | 1 << 3, 0);
}

TEST(sgis_stay_in_the_cell)
{
	boot_with_cell();
	fake_on_cpu(2, send, NULL);
}

/* Registers that trap: ESR_EL2's ISS of them, without Rt and direction */

#define PMR	SYSREG(3, 0, 4, 6, 0)
#define SGI0R	SYSREG(3, 0, 12, 11, 7)
#define ASGI1R	SYSREG(3, 0, 12, 11, 6)
#define ACTLR	SYSREG(3, 0, 1, 0, 1)

static struct guest_regs regs;

static void write_reg(u32 reg, u64 value)
{
	regs.x[3] = value;
	CHECK(irq_sysreg(&regs, reg, 3, false));
}

static u64 read_reg(u32 reg)
{
	regs.x[4] = ~0ULL;
	CHECK(irq_sysreg(&regs, reg, 4, true));
	return regs.x[4];
}

static void trap(void *unused __attribute__((unused)))
{
	/* Group 0, and the other security state */
	fake_record_steps();
	write_reg(SGI0R, 1);
	write_reg(ASGI1R, 1);
	CHECK_EQ(read_reg(SGI0R), 0);
	CHECK_EQ(denied(), 3);
	CHECK_EQ(fake_num_steps, 0);
	/* the guest has those of the virtual interface */
	CHECK(!irq_sysreg(&regs, PMR, 4, true));
	CHECK(!irq_sysreg(&regs, ACTLR, 4, true));
}

TEST(trapped_registers)
{
	boot_with_cell();
	fake_on_cpu(2, trap, NULL);
}

TAP_MAIN(
	TAP_TEST(gicv3_is_direct),
	TAP_TEST(gicv2_is_refused),
	TAP_TEST(legacy_mode_is_refused),
	TAP_TEST(reserved_ranges),
	TAP_TEST(messages_and_pending_spis),
	TAP_TEST(accesses_that_are_not_the_gic_s),
	TAP_TEST(interrupts_of_nobody),
	TAP_TEST(enable_changes_no_priority),
	TAP_TEST(priorities_with_one_security_state),
	TAP_TEST(priorities_with_two_security_states),
	TAP_TEST(priorities_where_el3_has_group_0),
	TAP_TEST(a_cpu_enters_and_leaves),
	TAP_TEST(a_cell_s_cpu_has_no_lpis),
	TAP_TEST(lpis_that_stay_enabled),
	TAP_TEST(a_kick_arms_the_wake_up),
	TAP_TEST(only_kicks_wake_a_parked_cpu),
	TAP_TEST(a_guest_asleep_can_be_woken),
	TAP_TEST(sgis_stay_in_the_cell),
	TAP_TEST(trapped_registers)
)
