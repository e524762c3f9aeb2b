// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The interrupt controller: a cell can touch what is its own, and only that.
 * The cell owns one SPI, that of the real-time clock.
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

#define OWN_SPI			QEMU_RTC_INTID
#define OWN_REG			(OWN_SPI / 32 * 4)
#define OWN_BIT			(1U << OWN_SPI % 32)
/* the UART's, which stays with the root cell */
#define FOREIGN_SPI		33
#define UNIMPLEMENTED_SPI	1000

/* Affinity of the machine's CPU 0, which is the root cell's. */
#define FOREIGN_MPIDR		0ULL
#define IROUTER_ANY_CPU		(1ULL << 31)


#define GICD_SETSPI_NSR		0x0040
#define GICR_CTLR_ENABLE_LPIS	(1U << 0)
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GIC_PIDR2_ARCH_V3	0x30
#define GIC_PIDR2_ARCH_V2	0x20
#define GICC_IIDR		0x00fc
#define GICC_IIDR_ARCH(iidr)	((iidr) >> 16 & 0xf)
#define SGIR_OTHERS		(1U << 24)

#define ICC_SGI0R_EL1		S3_0_C12_C11_7
#define ICC_ASGI1R_EL1		S3_0_C12_C11_6

#define RTC_DR			0x00
#define RTC_MR			0x04
#define RTC_IMSC		0x10
#define RTC_ICR			0x1c

#define ROUNDS			1000

static unsigned int fired[GIC_INTIDS];
static unsigned int order[4], ordered;
static u32 active_in_handler;

static void count_irq(unsigned int irq)
{
	atomic_add(&fired[irq], 1);
	if (ordered < ARRAY_SIZE(order))
		order[ordered++] = irq;
	if (irq == OWN_SPI) {
		active_in_handler =
			mmio_read32(gic_dist(GICD_ISACTIVER + OWN_REG));
		mmio_write32((void *)(QEMU_RTC_BASE + RTC_ICR), 1);
	}
}

static u32 dist_read(unsigned long offset)
{
	return mmio_read32(gic_dist(offset));
}

static void dist_write(unsigned long offset, u32 value)
{
	mmio_write32(gic_dist(offset), value);
}

static u32 sgi_read(unsigned long offset)
{
	return mmio_read32(gic_private(offset));
}

static void sgi_write(unsigned long offset, u32 value)
{
	mmio_write32(gic_private(offset), value);
}

/* Skips a test that is about the other version. */
static bool needs(unsigned int version)
{
	if (comm_region->gic_version == version)
		return true;
	test_skip("of the other version of the GIC");
	return false;
}

static void reset_spi(void)
{
	irq_disable(OWN_SPI);
	irq_clear_pending(OWN_SPI);
	atomic_set(&fired[OWN_SPI], 0);
}

static void identification_is_that_of_the_version(void)
{
	if (gic_is_v2()) {
		EXPECT_EQ(dist_read(GICD_V2_PIDR2) & 0xf0, GIC_PIDR2_ARCH_V2);
		EXPECT_EQ(GICC_IIDR_ARCH(mmio_read32(gic_cpu_interface + GICC_IIDR)), 2);
	} else {
		EXPECT_EQ(dist_read(GICD_PIDR2) & 0xf0, GIC_PIDR2_ARCH_V3);
		EXPECT_EQ(mmio_read32(gic_redist(GICD_PIDR2)) & 0xf0, GIC_PIDR2_ARCH_V3);
	}
	/* 32 * (N + 1) interrupts: enough for ours */
	EXPECT((dist_read(GICD_TYPER) & 0x1f) >= OWN_SPI / 32);
}

static void control_register_is_fixed(void)
{
	u32 before = dist_read(GICD_CTLR);

	if (gic_is_v2()) {
		EXPECT(before & GICD_CTLR_ENABLE);
	} else {
		EXPECT(before & GICD_CTLR_ARE);
		EXPECT(before & GICD_CTLR_GRP1A);
	}
	dist_write(GICD_CTLR, 0);
	EXPECT_EQ(dist_read(GICD_CTLR), before);
	dist_write(GICD_CTLR, ~0U);
	EXPECT_EQ(dist_read(GICD_CTLR), before);
}

/* A register with one bit to set and one to clear each interrupt. */
static void only_own_bit_sticks(unsigned long set, unsigned long clear)
{
	for (unsigned long reg = 4; reg < 128; reg += 4) {
		u32 own = reg == OWN_REG ? OWN_BIT : 0;

		if (set == GICD_ISACTIVER && own)
			continue;
		dist_write(set + reg, ~0U);
		EXPECT_EQ(dist_read(set + reg), own);
		EXPECT_EQ(dist_read(clear + reg), own);
		dist_write(clear + reg, ~0U);
		EXPECT_EQ(dist_read(set + reg), 0);
	}
}

static void foreign_enable_bits_are_zero(void)
{
	only_own_bit_sticks(GICD_ISENABLER, GICD_ICENABLER);
}

static void foreign_pending_bits_are_zero(void)
{
	reset_spi();
	only_own_bit_sticks(GICD_ISPENDR, GICD_ICPENDR);
}

static void foreign_active_bits_are_zero(void)
{
	only_own_bit_sticks(GICD_ISACTIVER, GICD_ICACTIVER);
}

static void active_bit_can_be_set_and_cleared(void)
{
	dist_write(GICD_ISACTIVER + OWN_REG, OWN_BIT);
	EXPECT_EQ(dist_read(GICD_ISACTIVER + OWN_REG), OWN_BIT);
	dist_write(GICD_ICACTIVER + OWN_REG, OWN_BIT);
	EXPECT_EQ(dist_read(GICD_ISACTIVER + OWN_REG), 0);
}

/*
 * With two security states they are not seen from here (IHI 0069, 12.9.9); a
 * GICv2 with one has all in Group 0.
 */
static u32 groups(u32 irqs)
{
	return !gic_is_v2() && dist_read(GICD_CTLR) & GICD_CTLR_DS ? irqs : 0;
}

static void spi_groups_are_fixed(void)
{
	u32 group, modifier;

	dist_write(GICD_IGROUPR + OWN_REG, 0);
	dist_write(GICD_IGRPMODR + OWN_REG, ~0U);
	group = dist_read(GICD_IGROUPR + OWN_REG);
	modifier = dist_read(GICD_IGRPMODR + OWN_REG);
	EXPECT_EQ(group & OWN_BIT, groups(OWN_BIT));
	EXPECT_EQ(modifier, 0);
}

static void private_groups_are_fixed(void)
{
	u32 own = 0xff | 1U << TIMER_VIRTUAL_IRQ | 1U << TIMER_PHYSICAL_IRQ;

	sgi_write(GICD_IGROUPR, 0);
	sgi_write(GICD_IGRPMODR, ~0U);
	EXPECT_EQ(sgi_read(GICD_IGROUPR) & own, groups(own));
	EXPECT_EQ(sgi_read(GICD_IGRPMODR), 0);
}

static void own_priority_sticks(void)
{
	volatile void *reg = gic_dist(GICD_IPRIORITYR + OWN_SPI);

	mmio_write8(reg, 0x50);
	EXPECT_EQ(mmio_read8(reg), 0x50);
	/* as part of a word, without touching the neighbours */
	dist_write(GICD_IPRIORITYR + OWN_SPI / 4 * 4, 0xb0b0b0b0);
	EXPECT_EQ(mmio_read8(reg), 0xb0);
	EXPECT_EQ(dist_read(GICD_IPRIORITYR + OWN_SPI / 4 * 4),
		  0xb0U << OWN_SPI % 4 * 8);
}

static void foreign_priority_is_zero(void)
{
	volatile void *reg = gic_dist(GICD_IPRIORITYR + FOREIGN_SPI);

	mmio_write8(reg, 0x50);
	EXPECT_EQ(mmio_read8(reg), 0);
}

/* It is kept for what wakes a CPU; IHI 0069, 4.8: fewer levels may be there. */
static void priority_0_is_the_next(void)
{
	volatile void *reg = gic_dist(GICD_IPRIORITYR + OWN_SPI);

	mmio_write8(reg, 0);
	EXPECT(mmio_read8(reg) > 0);
	EXPECT(mmio_read8(reg) <= 0x20);
	mmio_write8(reg, GIC_PRIORITY_DEFAULT);
}

static void private_priorities_stick(void)
{
	/* the eighth is the hypervisor's on a GICv2 whose ninth is firmware's */
	bool all = !gic_is_v2() || mmio_read32(gic_private(GICD_ICFGR)) >> 17 & 1;
	unsigned int sgis = all ? 8 : 7;

	for (unsigned int irq = 0; irq < sgis; irq++) {
		volatile void *reg = gic_private(GICD_IPRIORITYR + irq);

		mmio_write8(reg, 0x60);
		EXPECT_EQ(mmio_read8(reg), 0x60);
		mmio_write8(reg, GIC_PRIORITY_DEFAULT);
	}
}

static void trigger_mode_of_own_spi(void)
{
	u32 shift = OWN_SPI % 16 * 2 + 1;
	unsigned long reg = GICD_ICFGR + OWN_SPI / 16 * 4;

	irq_set_edge(OWN_SPI, true);
	EXPECT_EQ(dist_read(reg), 1U << shift);
	dist_write(reg, ~0U);
	EXPECT_EQ(dist_read(reg) & ~(3U << (shift - 1)), 0);
	irq_set_edge(OWN_SPI, false);
	EXPECT_EQ(dist_read(reg) >> shift & 1, 0);
}

static void own_spi_can_be_routed_inside(void)
{
	volatile void *reg = gic_dist(GICD_IROUTER + OWN_SPI * 8);

	if (!needs(3))
		return;
	irq_route(OWN_SPI, cpu_mpidr());
	EXPECT_EQ(mmio_read64(reg), cpu_mpidr());
	if (smp_num_cpus() < 2)
		return;
	irq_route(OWN_SPI, smp_mpidr(1));
	EXPECT_EQ(mmio_read64(reg), smp_mpidr(1));
	/* in two halves */
	mmio_write32(reg, (u32)cpu_mpidr());
	EXPECT_EQ(mmio_read32(reg), (u32)cpu_mpidr());
}

static void own_spi_cannot_be_routed_outside(void)
{
	volatile void *reg = gic_dist(GICD_IROUTER + OWN_SPI * 8);

	if (!needs(3))
		return;
	irq_route(OWN_SPI, cpu_mpidr());
	irq_route(OWN_SPI, FOREIGN_MPIDR);
	EXPECT_EQ(mmio_read64(reg), cpu_mpidr());
	irq_route(OWN_SPI, 0xff00ff00ffULL);
	EXPECT_EQ(mmio_read64(reg), cpu_mpidr());
	mmio_write64(reg, IROUTER_ANY_CPU | cpu_mpidr());
	EXPECT_EQ(mmio_read64(reg) & IROUTER_ANY_CPU, 0);
	irq_route(OWN_SPI, cpu_mpidr());
}

static void foreign_route_is_hidden(void)
{
	volatile void *reg = gic_dist(GICD_IROUTER + FOREIGN_SPI * 8);

	if (!needs(3))
		return;
	mmio_write64(reg, cpu_mpidr());
	EXPECT_EQ(mmio_read64(reg), 0);
}

/* A GICv2's bit of a CPU, and those of CPUs that are not ours */
static u8 own_target(void)
{
	return mmio_read8(gic_dist(GICD_ITARGETSR));
}

#define FOREIGN_TARGETS		0x3	/* CPUs 0 and 1 are never the cell's */

static void targets_stay_in_the_cell(void)
{
	volatile void *reg = gic_dist(GICD_ITARGETSR + OWN_SPI);

	if (!needs(2))
		return;
	mmio_write8(reg, 0xff);
	EXPECT_EQ(mmio_read8(reg) & FOREIGN_TARGETS, 0);
	EXPECT(mmio_read8(reg) & own_target());
	mmio_write8(reg, FOREIGN_TARGETS);
	EXPECT_EQ(mmio_read8(reg) & FOREIGN_TARGETS, 0);
	/* as part of a word, without touching the neighbours */
	dist_write(GICD_ITARGETSR + OWN_SPI / 4 * 4, own_target() * 0x01010101U);
	EXPECT_EQ(dist_read(GICD_ITARGETSR + OWN_SPI / 4 * 4),
		  (u32)own_target() << OWN_SPI % 4 * 8);
}

static void foreign_targets_are_hidden(void)
{
	volatile void *reg = gic_dist(GICD_ITARGETSR + FOREIGN_SPI);

	if (!needs(2))
		return;
	mmio_write8(reg, own_target());
	EXPECT_EQ(mmio_read8(reg), 0);
}

static void private_targets_are_ones_own(void)
{
	if (!needs(2))
		return;
	EXPECT_EQ(own_target(), 1U << (cpu_mpidr() & 7));
	mmio_write8(gic_dist(GICD_ITARGETSR), 0xff);
	EXPECT_EQ(own_target(), 1U << (cpu_mpidr() & 7));
}

static void pending_sgis_are_ones_own(void)
{
	volatile void *reg = gic_dist(GICD_CPENDSGIR + 3);

	if (!needs(2))
		return;
	disable_irqs();
	irq_send_sgi(3, cpu_mpidr());
	EXPECT_EQ(mmio_read8(reg), own_target());
	irq_clear_pending(3);
	EXPECT_EQ(mmio_read8(reg), 0);
	enable_irqs();
	/* the hypervisor's, or firmware's */
	dist_write(GICD_SGIR, SGIR_OTHERS | 15);
}

static void unimplemented_interrupts_read_zero(void)
{
	unsigned long reg = UNIMPLEMENTED_SPI / 32 * 4;

	dist_write(GICD_ISENABLER + reg, ~0U);
	EXPECT_EQ(dist_read(GICD_ISENABLER + reg), 0);
	dist_write(GICD_IPRIORITYR + UNIMPLEMENTED_SPI, ~0U);
	EXPECT_EQ(dist_read(GICD_IPRIORITYR + UNIMPLEMENTED_SPI), 0);
	if (gic_is_v2())
		return;
	mmio_write64(gic_dist(GICD_IROUTER + UNIMPLEMENTED_SPI * 8), 1);
	EXPECT_EQ(mmio_read64(gic_dist(GICD_IROUTER + UNIMPLEMENTED_SPI * 8)),
		  0);
}

static void reserved_registers_read_zero(void)
{
	if (!needs(3))
		return;
	dist_write(GICD_SGIR, 1U << 24 | 1);
	dist_write(GICD_SETSPI_NSR, FOREIGN_SPI);
	dist_write(0xe000, ~0U);
	EXPECT_EQ(dist_read(0xe000), 0);
	EXPECT_EQ(dist_read(0xc000), 0);
	EXPECT_EQ(mmio_read32(gic_redist(0x4000)), 0);
}

static void own_redistributor_is_there(void)
{
	u64 typer;

	if (!needs(3))
		return;
	typer = mmio_read64(gic_redist(GICR_TYPER));
	EXPECT_EQ(typer >> 32, cpu_mpidr());
	EXPECT_EQ(mmio_read32(gic_redist(GICR_TYPER)), (u32)typer);
	EXPECT_EQ(mmio_read32(gic_redist(GICR_TYPER + 4)), typer >> 32);
	EXPECT_EQ(mmio_read32(gic_redist(GICR_WAKER)) & GICR_WAKER_ASLEEP, 0);
}

/* The hypervisor's own signal: not to be seen, masked, faked or sent. */
static void foreign_redistributor_is_read_only(void)
{
	volatile u8 *frame;

	if (!needs(3))
		return;
	frame = gic_find_redist(FOREIGN_MPIDR);
	if (!EXPECT(frame))
		return;
	EXPECT_EQ(mmio_read64(frame + GICR_TYPER) >> 32, FOREIGN_MPIDR);
	frame += GICR_SGI_BASE;
	/* Linux's CPU would not survive losing its timer and its SGIs. */
	mmio_write32(frame + GICD_ICENABLER, ~0U);
	mmio_write32(frame + GICD_ISPENDR, ~0U);
	mmio_write32(frame + GICD_IPRIORITYR, ~0U);
	EXPECT_EQ(mmio_read32(frame + GICD_ISENABLER), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_ISPENDR), 0);
	EXPECT_EQ(mmio_read32(frame + GICD_IPRIORITYR), 0);
}

/* LPI tables are memory that the GIC writes: not for a cell to choose. */
static void lpis_cannot_be_enabled(void)
{
	volatile void *ctlr, *propbaser, *pendbaser;
	u64 prop, pend;

	if (!needs(3))
		return;
	ctlr = gic_redist(GICR_CTLR);
	propbaser = gic_redist(GICR_PROPBASER);
	pendbaser = gic_redist(GICR_PENDBASER);
	prop = mmio_read64(propbaser);
	pend = mmio_read64(pendbaser);
	mmio_write64(propbaser, 0x40000000 | 0xf);
	mmio_write64(pendbaser, 0x40010000);
	mmio_write32(ctlr, GICR_CTLR_ENABLE_LPIS);
	EXPECT_EQ(mmio_read32(ctlr) & GICR_CTLR_ENABLE_LPIS, 0);
	EXPECT_EQ(mmio_read64(propbaser), prop);
	EXPECT_EQ(mmio_read64(pendbaser), pend);
}

/*
 * Firmware may keep SGIs 8 to 15 for itself, and on a GICv2 the hypervisor has the
 * last of the others: they cannot be enabled then.
 */
static unsigned int sgis(void)
{
	u32 enabled;

	sgi_write(GICD_ISENABLER, 0xffff);
	enabled = sgi_read(GICD_ISENABLER) & 0xffff;
	/* all from 0 on */
	EXPECT_EQ(enabled & (enabled + 1), 0);
	return 31 - (unsigned int)__builtin_clz(enabled + 1);
}

static void sgis_are_as_many_as_can_be(void)
{
	unsigned int count = sgis();

	EXPECT(count == (gic_is_v2() ? 15 : 16) || count == (gic_is_v2() ? 7 : 8));
}

static void sgi_to_oneself_arrives(void)
{
	for (unsigned int sgi = 0; sgi < sgis(); sgi++) {
		atomic_set(&fired[sgi], 0);
		irq_enable(sgi);
		irq_send_sgi(sgi, cpu_mpidr());
		EXPECT(WAIT_FOR(atomic_read(&fired[sgi]) == 1, 1000));
	}
}

static void sgis_are_not_lost(void)
{
	atomic_set(&fired[1], 0);
	for (unsigned int n = 1; n <= ROUNDS; n++) {
		irq_send_sgi(1, cpu_mpidr());
		if (!EXPECT(WAIT_FOR(atomic_read(&fired[1]) == n, 1000)))
			return;
	}
}

static void sgi_to_another_cell_goes_nowhere(void)
{
	atomic_set(&fired[1], 0);
	for (unsigned int n = 0; n < 16; n++)
		irq_send_sgi(n, FOREIGN_MPIDR);
	irq_send_sgi(1, 0xff00ff0001ULL);
	delay_us(1000);
	EXPECT_EQ(fired[1], 0);
}

static void sgi_to_all_others_spares_oneself(void)
{
	atomic_set(&fired[2], 0);
	irq_send_sgi_others(2);
	delay_us(1000);
	EXPECT_EQ(fired[2], 0);
}

static void group_0_sgis_go_nowhere(void)
{
	u64 self = 1ULL << (cpu_mpidr() & 0xf);

	if (!needs(3))
		return;
	atomic_set(&fired[1], 0);
	for (u64 sgi = 0; sgi < 16; sgi++) {
		write_sysreg(ICC_SGI0R_EL1, sgi << 24 | self);
		write_sysreg(ICC_ASGI1R_EL1, sgi << 24 | self);
		write_sysreg(ICC_SGI0R_EL1, sgi << 24 | 1);
		write_sysreg(ICC_SGI0R_EL1, sgi << 24 | 1ULL << 40);
	}
	isb();
	delay_us(1000);
	EXPECT_EQ(fired[1], 0);
}

static void spi_set_pending_arrives_each_time(void)
{
	reset_spi();
	irq_set_edge(OWN_SPI, true);
	irq_enable(OWN_SPI);
	for (unsigned int n = 1; n <= ROUNDS; n++) {
		irq_set_pending(OWN_SPI);
		if (!EXPECT(WAIT_FOR(atomic_read(&fired[OWN_SPI]) == n, 1000)))
			break;
	}
	EXPECT_EQ(active_in_handler, OWN_BIT);
	EXPECT_EQ(dist_read(GICD_ISACTIVER + OWN_REG), 0);
	irq_set_edge(OWN_SPI, false);
	irq_disable(OWN_SPI);
}

static void masked_spi_stays_pending(void)
{
	reset_spi();
	irq_enable(OWN_SPI);
	disable_irqs();
	irq_set_pending(OWN_SPI);
	EXPECT(WAIT_FOR(dist_read(GICD_ISPENDR + OWN_REG) == OWN_BIT, 1000));
	EXPECT_EQ(fired[OWN_SPI], 0);
	enable_irqs();
	EXPECT(WAIT_FOR(atomic_read(&fired[OWN_SPI]) == 1, 1000));
	EXPECT_EQ(dist_read(GICD_ISPENDR + OWN_REG), 0);
	irq_disable(OWN_SPI);
}

static void cleared_spi_does_not_come(void)
{
	reset_spi();
	irq_enable(OWN_SPI);
	disable_irqs();
	irq_set_pending(OWN_SPI);
	irq_clear_pending(OWN_SPI);
	enable_irqs();
	delay_us(1000);
	EXPECT_EQ(fired[OWN_SPI], 0);
	irq_disable(OWN_SPI);
}

static void higher_priority_comes_first(void)
{
	reset_spi();
	irq_enable(OWN_SPI);
	irq_enable(4);
	irq_set_priority(OWN_SPI, 0x40);
	irq_set_priority(4, 0xc0);
	disable_irqs();
	irq_send_sgi(4, cpu_mpidr());
	irq_set_pending(OWN_SPI);
	delay_us(100);
	atomic_set(&ordered, 0);
	enable_irqs();
	EXPECT(WAIT_FOR(atomic_read(&ordered) == 2, 1000));
	EXPECT_EQ(order[0], OWN_SPI);
	EXPECT_EQ(order[1], 4);
	irq_set_priority(4, GIC_PRIORITY_DEFAULT);
	irq_disable(OWN_SPI);
}

/* The device of the SPI: an alarm a second ahead. */
static void device_interrupt_arrives(void)
{
	volatile u8 *rtc = (volatile u8 *)QEMU_RTC_BASE;

	reset_spi();
	mmio_write32(rtc + RTC_ICR, 1);
	mmio_write32(rtc + RTC_IMSC, 1);
	irq_enable(OWN_SPI);
	mmio_write32(rtc + RTC_MR, mmio_read32(rtc + RTC_DR) + 1);
	EXPECT(WAIT_FOR(atomic_read(&fired[OWN_SPI]) == 1, 5000));
	mmio_write32(rtc + RTC_IMSC, 0);
	irq_disable(OWN_SPI);
	EXPECT_EQ(fired[OWN_SPI], 1);
}

static const struct test tests[] = {
	TEST(identification_is_that_of_the_version),
	TEST(control_register_is_fixed),
	TEST(foreign_enable_bits_are_zero),
	TEST(foreign_pending_bits_are_zero),
	TEST(foreign_active_bits_are_zero),
	TEST(active_bit_can_be_set_and_cleared),
	TEST(spi_groups_are_fixed),
	TEST(private_groups_are_fixed),
	TEST(own_priority_sticks),
	TEST(foreign_priority_is_zero),
	TEST(priority_0_is_the_next),
	TEST(private_priorities_stick),
	TEST(trigger_mode_of_own_spi),
	TEST(own_spi_can_be_routed_inside),
	TEST(own_spi_cannot_be_routed_outside),
	TEST(foreign_route_is_hidden),
	TEST(targets_stay_in_the_cell),
	TEST(foreign_targets_are_hidden),
	TEST(private_targets_are_ones_own),
	TEST(pending_sgis_are_ones_own),
	TEST(unimplemented_interrupts_read_zero),
	TEST(reserved_registers_read_zero),
	TEST(own_redistributor_is_there),
	TEST(foreign_redistributor_is_read_only),
	TEST(lpis_cannot_be_enabled),
	TEST(sgis_are_as_many_as_can_be),
	TEST(sgi_to_oneself_arrives),
	TEST(sgis_are_not_lost),
	TEST(sgi_to_another_cell_goes_nowhere),
	TEST(sgi_to_all_others_spares_oneself),
	TEST(group_0_sgis_go_nowhere),
	TEST(spi_set_pending_arrives_each_time),
	TEST(masked_spi_stays_pending),
	TEST(cleared_spi_does_not_come),
	TEST(higher_priority_comes_first),
	TEST(device_interrupt_arrives),
};

void inmate_main(void)
{
	map_range((void *)QEMU_RTC_BASE, PAGE_SIZE, MAP_UNCACHED);
	irq_init(count_irq);
	enable_irqs();
	TEST_RUN("gic", tests);
}
