// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * In a cell with JAILHOUSE_CELL_GIC_PMR, more interrupts at a time than there
 * are list registers: none is lost, none comes twice, and the order is that of
 * the priorities.
 *
 * Parameter:
 *	seed=N	of the storm
 */

#include <inmate/test.h>
#include <qemu-virt/board.h>

#define FIRST			1
#define LAST			14
#define FIRMWARE		8	/* from there on they may be its own */
#define MOST			(LAST - FIRST + 1)
#define SPI			QEMU_RTC_INTID
#define MASK_ALL		0x10
#define MASK_NONE		0xf8
#define EOIMODE			2
#define ICC_DIR_EL1		S3_0_C12_C11_1
#define ROUNDS			3000
#define DEPTH			7

static unsigned int fired[SPI + 1], sent[SPI + 1];
static unsigned int order[MOST], ordered;
static unsigned int last;	/* of the SGIs that the cell has */
static bool nest;

static void set_mask(u64 mask)
{
	write_sysreg(ICC_PMR_EL1, mask);
	isb();
}

static u8 priority_of(unsigned int irq)
{
	return (u8)(0xf0 - irq * 0x10);
}

static void send(unsigned int irq)
{
	sent[irq]++;
	if (irq == SPI)
		irq_set_pending(irq);
	else
		irq_send_sgi(irq, cpu_mpidr());
}

/* Each handler is interrupted by the next one, and ends after it. */
static void run_next(unsigned int irq)
{
	u64 elr = read_sysreg(elr_el1), spsr = read_sysreg(spsr_el1);

	send(irq + 1);
	enable_irqs();
	EXPECT(WAIT_FOR(atomic_read(&fired[irq + 1]) == sent[irq + 1], 1000));
	disable_irqs();
	/* the vectors leave them in their registers */
	write_sysreg(elr_el1, elr);
	write_sysreg(spsr_el1, spsr);
}

static void handler(unsigned int irq)
{
	if (nest && irq < FIRST + DEPTH && irq < last)
		run_next(irq);
	if (ordered < MOST)
		order[ordered++] = irq;
	atomic_add(&fired[irq], 1);
}

static bool all_came(void)
{
	for (unsigned int irq = 0; irq <= SPI; irq++)
		if (atomic_read(&fired[irq]) != sent[irq])
			return false;
	return true;
}

static void masked_ones_come_in_order(void)
{
	/* the lowest priority first, mixed, and the highest first */
	const unsigned int count = last - FIRST + 1, steps[] = { 1, 5, count - 1 };

	for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++) {
		ordered = 0;
		set_mask(MASK_ALL);
		for (unsigned int n = 0; n < count; n++)
			send(FIRST + n * steps[i] % count);
		delay_us(1000);
		EXPECT_EQ(atomic_read(&ordered), 0);
		set_mask(MASK_NONE);
		EXPECT(WAIT_FOR(all_came(), 1000));
		EXPECT_EQ(ordered, count);
		for (unsigned int n = 0; n < ordered; n++)
			EXPECT_EQ(order[n], last - n);
	}
}

static void handlers_nest_deep(void)
{
	nest = true;
	for (unsigned int n = 0; n < 100; n++) {
		send(FIRST);
		EXPECT(WAIT_FOR(all_came(), 1000));
	}
	nest = false;
}

static void deactivation_may_be_apart(void)
{
	unsigned int before = fired[FIRST];

	write_sysreg(ICC_CTLR_EL1, EOIMODE);
	isb();
	send(FIRST);
	EXPECT(WAIT_FOR(atomic_read(&fired[FIRST]) == before + 1, 1000));
	/* ended and still active: the next one waits */
	send(FIRST);
	delay_us(1000);
	EXPECT_EQ(atomic_read(&fired[FIRST]), before + 1);
	write_sysreg(ICC_DIR_EL1, FIRST);
	EXPECT(WAIT_FOR(atomic_read(&fired[FIRST]) == before + 2, 1000));
	write_sysreg(ICC_DIR_EL1, FIRST);
	write_sysreg(ICC_CTLR_EL1, 0);
	isb();
	send(FIRST);
	EXPECT(WAIT_FOR(all_came(), 1000));
}

static u32 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % limit;
}

/* Of any kind, under any mask; each is sent again after it has come. */
static void storm_is_counted_exactly(void)
{
	unsigned int irq;

	seed = (u32)cmdline_parse_int("seed", 1);
	for (unsigned int n = 0; n < ROUNDS; n++) {
		irq = FIRST + random_below(last - FIRST + 2);
		if (irq > last)
			irq = SPI;
		if (atomic_read(&fired[irq]) == sent[irq])
			send(irq);
		if (!random_below(4))
			set_mask(MASK_ALL + random_below(15) * 0x10);
	}
	set_mask(MASK_NONE);
	EXPECT(WAIT_FOR(all_came(), 1000));
	delay_us(1000);
	EXPECT(all_came());
	EXPECT_EQ(read_sysreg(ICC_RPR_EL1), 0xff);
}

static const struct test tests[] = {
	TEST(masked_ones_come_in_order),
	TEST(handlers_nest_deep),
	TEST(deactivation_may_be_apart),
	TEST(storm_is_counted_exactly),
};

void inmate_main(void)
{
	irq_init(handler);
	irq_enable(LAST);
	last = mmio_read32(gic_private(GICD_ISENABLER)) >> LAST & 1 ? LAST : FIRMWARE - 1;
	for (unsigned int irq = FIRST; irq <= last; irq++) {
		irq_enable(irq);
		irq_set_priority(irq, priority_of(irq));
	}
	irq_set_edge(SPI, true);
	irq_enable(SPI);
	irq_set_priority(SPI, 0x80);
	enable_irqs();
	TEST_RUN("injected", tests);
}
