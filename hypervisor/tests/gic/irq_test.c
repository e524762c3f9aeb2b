// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Which way is taken for interrupts, and direct delivery: what it does to the
 * CPU interface, which SGIs it lets through, what it shows of PMR.
 */

#include <string.h>

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/console.h>
#include <gic/gicv3.h>
#include <gic/irq.h>
#include <gic/irq_ops.h>
#include <lib/errno.h>
#include "cell_helpers.h"
#include "fake/gic.h"
#include "tap.h"

#define MGMT_SGI	15

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
	{ "icc_bpr0_el1", 3, 0 },
	{ "icc_igrpen0_el1", 0, 1 },
	{ "ich_hcr_el2", 1, 0 },
	/* what Linux wrote to PMR and EOImode */
	{ "ich_vmcr_el2", 5, 0xf0000200 },
};

/* The others. */
static const char *const registers[] = {
	"icc_ap1r0_el1", "icc_ap1r1_el1", "icc_ap1r2_el1", "icc_ap1r3_el1",
	"icc_bpr1_el1", "icc_eoir0_el1", "icc_iar0_el1", "icc_igrpen1_el1",
	"icc_rpr_el1", "icc_sgi0r_el1", "icc_sgi1r_el1", "icc_sre_el1",
	"ich_ap0r0_el2", "ich_ap0r1_el2", "ich_ap0r2_el2", "ich_ap0r3_el2",
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

TEST(gicv3_is_direct)
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	CHECK(irq_ops == &irq_direct_ops);
	CHECK_EQ(irq_hcr_bits(), HCR_FMO);
}

/* @sentence says why; nothing of the GIC has been changed. */
static void check_refused(const char *sentence)
{
	struct fake_gic before = fake_gic;

	CHECK_EQ(fake_init(), -ENODEV);
	CHECK_STR(hv_shared.error, sentence);
	CHECK(!memcmp(&before, &fake_gic, sizeof(before)));
}

TEST(gicv2_is_refused)
{
	prepare();
	fake_sysreg_set("id_aa64pfr0_el1", 0);
	check_refused("the machine has a GICv2 (no GIC registers in ID_AA64PFR0_EL1): only GICv3 is supported");
}

TEST(two_security_states_are_refused)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_CTLR, GICD_CTLR_ARE);
	check_refused("the GIC has two security states (GICD_CTLR.DS = 0): direct interrupt delivery needs a single one");
}

TEST(legacy_mode_is_refused)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_CTLR, GICD_CTLR_DS);
	check_refused("the GIC runs in legacy mode (GICD_CTLR.ARE = 0): Linux must use it as a GICv3");
}

/* What core/ asks of any GIC */

static void boot(void)
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
}

static struct cell *boot_with_cell(void)
{
	struct sample_cell config = make_first();

	boot();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	return cell_by_id(1);
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
	CHECK(!arch_reserved_range(2, &start, &size));
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

TEST(priorities_are_converted_and_back)
{
	u32 ctlr;

	prepare();
	CHECK_EQ(fake_init(), 0);
	ctlr = gicd(GICD_CTLR);
	for (u32 intid = 32; intid < FAKE_LINES; intid++)
		fake_gic.gicd[GICD_IPRIORITYR + intid] = (u8)(intid * 2);
	irq_machine_enter();
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 32], 0x80 | 32);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 150], 0x80 | (150 & 0x7f));
	CHECK_EQ(gicd(GICD_CTLR), ctlr | GICD_CTLR_GRP0);
	irq_machine_leave();
	for (u32 intid = 32; intid < FAKE_LINES; intid++)
		CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + intid], (u8)(intid * 2));
	CHECK_EQ(gicd(GICD_CTLR), ctlr);
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
	memset(sgi + GICD_IPRIORITYR, 0xa0, 32);

	irq_cpu_enter();
	check_interface(true);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICACTIVER), 1 << 27);
	CHECK_EQ(fake_gic_read(sgi, GICD_IGROUPR), ~(1U << MGMT_SGI));
	CHECK_EQ(fake_gic_read(sgi, GICD_ISENABLER), 1U << MGMT_SGI);
	CHECK_EQ(sgi[GICD_IPRIORITYR + MGMT_SGI], 0);
	CHECK_EQ(sgi[GICD_IPRIORITYR + 27], 0xd0);

	irq_cpu_leave();
	check_interface(false);
	CHECK_EQ(fake_gic_read(sgi, GICD_IGROUPR), ~0U);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICENABLER), 1U << MGMT_SGI);
	for (u32 intid = 0; intid < 32; intid++)
		CHECK_EQ(sgi[GICD_IPRIORITYR + intid], 0xa0);
}

TEST(a_cpu_enters_and_leaves)
{
	boot();
	fake_on_cpu(0, enter_and_leave, NULL);
}

/* A CPU of a cell, and back in root */

static void reset(void *unused __attribute__((unused)))
{
	u8 *gicr = fake_gic.gicr[2], *sgi = gicr + GICR_SGI_FRAME;

	/* seven bits of priority */
	fake_sysreg_set("ich_vtr_el2", 6ULL << 26);
	irq_cpu_reset();
	CHECK_EQ(fake_sysreg("icc_sre_el1"), 1);
	CHECK_EQ(fake_sysreg("ich_ap0r0_el2"), 0);
	CHECK_EQ(fake_sysreg("ich_ap0r3_el2"), 0);
	CHECK_EQ(fake_sysreg("icc_igrpen1_el1"), 0);
	CHECK_EQ(fake_sysreg("ich_vmcr_el2"), 0);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xff);
	CHECK_EQ(fake_gic_read(sgi, GICD_ICENABLER), ~(1U << MGMT_SGI));
	CHECK_EQ(sgi[GICD_IPRIORITYR + MGMT_SGI], 0);
	CHECK_EQ(sgi[GICD_IPRIORITYR + 27], 0x80);
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

TEST(a_kick_is_the_management_sgi)
{
	boot();
	fake_record_steps();
	irq_kick(cpus[3]);
	CHECK_EQ(fake_sysreg("icc_sgi0r_el1"),
		 MGMT_SGI << 24 | 1 << 16 | 1 << 3);
	CHECK_EQ(fake_steps_of("icc_sgi0r_el1"), 1);
	/* a CPU in WFE, too */
	CHECK_EQ(fake_steps_of("sev"), 1);
	/* none is pending */
	fake_sysreg_set("icc_iar0_el1", 1023);
	irq_ack_kick();
	CHECK_EQ(fake_steps_of("icc_eoir0_el1"), 0);
}

static void park(void *unused __attribute__((unused)))
{
	/* seven bits of priority */
	fake_sysreg_set("icc_ctlr_el1", 6 << 8);
	irq_cpu_park();
	CHECK_EQ(fake_sysreg("icc_igrpen1_el1"), 0);
	CHECK_EQ(fake_sysreg("icc_ap1r0_el1"), 0);
	CHECK_EQ(fake_sysreg("icc_ap1r1_el1"), 0);
	CHECK_EQ(fake_sysreg("icc_ap1r2_el1"), 0);
	CHECK_EQ(fake_sysreg("icc_ap1r3_el1"), 0);

	/* asleep: five bits; priorities above 0x80 are no guest's */
	fake_sysreg_set("icc_ctlr_el1", 4 << 8);
	fake_sysreg_set("icc_ap1r0_el1", 0x10001);
	irq_cpu_sleep();
	CHECK_EQ(fake_sysreg("icc_ap1r0_el1"), 0x10000);
}

TEST(nothing_keeps_a_kick_out)
{
	boot_with_cell();
	fake_on_cpu(2, park, NULL);
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
	/* the hypervisor's */
	check_sgi(MGMT_SGI << 24 | 1ULL << 16 | 1 << 3, 0, 1);
	check_sgi(MGMT_SGI << 24 | SGI_IRM, 0, 1);
}

TEST(sgis_stay_in_the_cell)
{
	boot_with_cell();
	fake_on_cpu(2, send, NULL);
}

/* Registers that trap: ESR_EL2's ISS of them, without Rt and direction */

#define PMR	SYSREG(3, 0, 4, 6, 0)
#define RPR	SYSREG(3, 0, 12, 11, 3)
#define DIR	SYSREG(3, 0, 12, 11, 1)
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
	write_reg(PMR, 0xf0);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0xf8);
	CHECK_EQ(read_reg(PMR), 0xf0);
	/* all is masked, but the management interrupt */
	write_reg(PMR, 0);
	CHECK_EQ(fake_sysreg("icc_pmr_el1"), 0x80);
	CHECK_EQ(read_reg(PMR), 0);
	fake_sysreg_set("icc_rpr_el1", 0xff);
	CHECK_EQ(read_reg(RPR), 0xff);
	fake_sysreg_set("icc_rpr_el1", 0xd0);
	CHECK_EQ(read_reg(RPR), 0xa0);
	write_reg(DIR, 40);
	CHECK_EQ(denied(), 0);
	/* Group 0, and the other security state */
	fake_record_steps();
	write_reg(SGI0R, 1);
	write_reg(ASGI1R, 1);
	CHECK_EQ(denied(), 2);
	CHECK_EQ(fake_num_steps, 0);
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
	TAP_TEST(two_security_states_are_refused),
	TAP_TEST(legacy_mode_is_refused),
	TAP_TEST(reserved_ranges),
	TAP_TEST(messages_and_pending_spis),
	TAP_TEST(accesses_that_are_not_the_gic_s),
	TAP_TEST(interrupts_of_nobody),
	TAP_TEST(priorities_are_converted_and_back),
	TAP_TEST(a_cpu_enters_and_leaves),
	TAP_TEST(a_cell_s_cpu_has_no_lpis),
	TAP_TEST(lpis_that_stay_enabled),
	TAP_TEST(a_kick_is_the_management_sgi),
	TAP_TEST(nothing_keeps_a_kick_out),
	TAP_TEST(sgis_stay_in_the_cell),
	TAP_TEST(trapped_registers)
)
