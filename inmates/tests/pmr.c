// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The priority mask of the CPU interface.
 *
 * Parameter:
 *	masks	the cell has JAILHOUSE_CELL_GIC_PMR: the mask holds interrupts
 *		back; otherwise it is a register without effect
 */

#include <inmate/test.h>

#define SGI_LOW			1
#define SGI_HIGH		2
#define PRIORITY_LOW		0xa0
#define PRIORITY_HIGH		0x40
#define MASK_LOW		0x80
#define MASK_NONE		0xf0
#define IDLE			0xff
#define ROUNDS			1000

static unsigned int fired[GIC_SGIS];
static u64 priority_in_handler[GIC_SGIS];

static void handler(unsigned int irq)
{
	priority_in_handler[irq] = gic_cpu_read(GIC_CPU_RUNNING);
	atomic_add(&fired[irq], 1);
}

static void set_mask(u64 mask)
{
	gic_cpu_write(GIC_CPU_MASK, (u32)mask);
}

static bool mask_is_in_use(void)
{
	/* on a GICv2 it is the hardware's */
	if (gic_is_v2() || cmdline_parse_bool("masks", false))
		return true;
	test_skip("the cell does not have the flag");
	return false;
}

static void send(unsigned int sgi)
{
	irq_send_sgi(sgi, cpu_mpidr());
}

static void mask_reads_back(void)
{
	set_mask(MASK_LOW);
	EXPECT_EQ(gic_cpu_read(GIC_CPU_MASK), MASK_LOW);
	set_mask(MASK_NONE);
	EXPECT_EQ(gic_cpu_read(GIC_CPU_MASK), MASK_NONE);
}

static void interrupts_pass_an_open_mask(void)
{
	unsigned int low = fired[SGI_LOW], high = fired[SGI_HIGH];

	set_mask(MASK_NONE);
	send(SGI_LOW);
	send(SGI_HIGH);
	EXPECT(WAIT_FOR(atomic_read(&fired[SGI_LOW]) == low + 1, 1000));
	EXPECT(WAIT_FOR(atomic_read(&fired[SGI_HIGH]) == high + 1, 1000));
}

static void low_priority_is_held_back(void)
{
	unsigned int low = fired[SGI_LOW];

	if (!mask_is_in_use())
		return;
	set_mask(MASK_LOW);
	send(SGI_LOW);
	delay_us(2000);
	EXPECT_EQ(atomic_read(&fired[SGI_LOW]), low);
	set_mask(MASK_NONE);
	EXPECT(WAIT_FOR(atomic_read(&fired[SGI_LOW]) == low + 1, 1000));
}

/* What a pseudo-NMI is. */
static void high_priority_passes(void)
{
	unsigned int high = fired[SGI_HIGH];

	set_mask(MASK_LOW);
	send(SGI_HIGH);
	EXPECT(WAIT_FOR(atomic_read(&fired[SGI_HIGH]) == high + 1, 1000));
	set_mask(MASK_NONE);
}

static void running_priority_is_as_set(void)
{
	if (!mask_is_in_use())
		return;
	interrupts_pass_an_open_mask();
	EXPECT_EQ(priority_in_handler[SGI_LOW], PRIORITY_LOW);
	EXPECT_EQ(priority_in_handler[SGI_HIGH], PRIORITY_HIGH);
	EXPECT_EQ(gic_cpu_read(GIC_CPU_RUNNING), IDLE);
}

static void nothing_is_lost(void)
{
	unsigned int low = fired[SGI_LOW];

	for (unsigned int n = 1; n <= ROUNDS; n++) {
		set_mask(MASK_LOW);
		send(SGI_LOW);
		set_mask(MASK_NONE);
		if (!EXPECT(WAIT_FOR(atomic_read(&fired[SGI_LOW]) == low + n,
				     1000)))
			return;
	}
}

static const struct test tests[] = {
	TEST(mask_reads_back),
	TEST(interrupts_pass_an_open_mask),
	TEST(low_priority_is_held_back),
	TEST(high_priority_passes),
	TEST(running_priority_is_as_set),
	TEST(nothing_is_lost),
};

void inmate_main(void)
{
	irq_init(handler);
	irq_enable(SGI_LOW);
	irq_enable(SGI_HIGH);
	irq_set_priority(SGI_LOW, PRIORITY_LOW);
	irq_set_priority(SGI_HIGH, PRIORITY_HIGH);
	enable_irqs();
	TEST_RUN("pmr", tests);
}
