// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Windows that a program in Linux answers for: ci/tests/remote.c is that program, and runs
 * this one. Without parameters it makes accesses of all kinds, then the cell ends.
 *	do=wait		CPU 0 waits for what is never answered
 *	do=both		the same on CPU 1; CPU 0 says each second that it lives
 *	do=poll		reads the first register each millisecond and says when nobody
 *			answers, and when somebody does again
 *	do=forbidden	writes to the window that is read-only
 *	do=kick		notifies and waits for the interrupt that follows, by eventfds, 100 times
 *	do=storm	both CPUs write, read and notify without a pause, and count what is wrong
 */

#include <cellblock/loader.h>
#include <qemu-virt/remote.h>
#include <inmate/test.h>

static volatile u8 *const window = (volatile u8 *)REMOTE_WINDOW;
static volatile u64 interrupts;

static u32 read32(u32 offset)
{
	return mmio_read32(window + offset);
}

static void write32(u32 offset, u32 value)
{
	mmio_write32(window + offset, value);
}

static void handler(unsigned int irq)
{
	if (irq == REMOTE_INTID)
		interrupts++;
}

static void each_width_reads_what_was_written(void)
{
	mmio_write64(window, 0x8877665544332211ULL);
	EXPECT_EQ(mmio_read64(window), 0x8877665544332211ULL);
	for (unsigned int n = 0; n < 8; n++)
		EXPECT_EQ(mmio_read8(window + n), 0x11 * (n + 1));
	EXPECT_EQ(mmio_read16(window + 2), 0x4433);
	EXPECT_EQ(mmio_read32(window + 4), 0x88776655);
	mmio_write8(window + 1, 0xee);
	mmio_write16(window + 6, 0xaabb);
	EXPECT_EQ(mmio_read64(window), 0xaabb66554433ee11ULL);
	mmio_write32(window + 4, 0x01020304);
	EXPECT_EQ(mmio_read64(window), 0x010203044433ee11ULL);
	/* the last of the page */
	mmio_write64(window + 0xff8, ~0ULL);
	EXPECT_EQ(mmio_read64(window + 0xff8), ~0ULL);
}

static void a_signed_load_extends(void)
{
	u64 value;

	write32(8, 0x8080fe80);
	asm volatile("ldrsb %0, [%1]" : "=r" (value) : "r" (window + 8));
	EXPECT_EQ(value, -0x80LL);
	asm volatile("ldrsh %w0, [%1]" : "=r" (value) : "r" (window + 8));
	EXPECT_EQ(value, 0xfffffe80);
	asm volatile("ldrsw %0, [%1]" : "=r" (value) : "r" (window + 8));
	EXPECT_EQ(value, 0xffffffff8080fe80ULL);
}

static void the_other_window_reads(void)
{
	EXPECT_EQ(mmio_read32((volatile void *)(REMOTE_WINDOW_RO + 0x10)),
		  (u32)REMOTE_WINDOW_RO + 0x10);
}

static void its_interrupt_comes(void)
{
	u64 before = interrupts;

	for (unsigned int n = 1; n <= 20; n++) {
		write32(REMOTE_RAISE, 1);
		if (!EXPECT(WAIT_FOR(interrupts == before + n, 1000)))
			break;
	}
}

static void a_level_that_falls_is_not_seen(void)
{
	u64 before = interrupts;

	disable_irqs();
	write32(REMOTE_PULSE, 1);
	enable_irqs();
	delay_us(10000);
	EXPECT_EQ(interrupts, before);
	/* and there are others after it */
	its_interrupt_comes();
}

/* Each is seen, by its number; one that is written again before may be seen once. */
static void notifications_are_posted(void)
{
	u32 before = read32(REMOTE_COUNT);

	for (u32 n = 0; n < 64; n++) {
		write32(REMOTE_NOTIFY + 4 * n, 1);
		if (!EXPECT(WAIT_FOR(read32(REMOTE_COUNT) == before + n + 1, 1000)))
			return;
		EXPECT_EQ(read32(REMOTE_LAST), n);
	}
	/* no notification: the width, and what is read */
	mmio_write16(window + REMOTE_NOTIFY, 1);
	EXPECT_EQ(read32(REMOTE_NOTIFY + 4), 0);
	EXPECT_EQ(read32(REMOTE_COUNT), before + 64);
}

static void the_bank_is_seen(void)
{
	volatile u32 *bank = (volatile u32 *)REMOTE_BANK;
	u32 sum = 0;

	map_range(bank, REMOTE_BANK_SIZE, MAP_CACHED);
	for (u32 n = 0; n < 256; n++) {
		bank[n] = n * 0x01010101;
		sum += bank[n];
	}
	EXPECT_EQ(read32(REMOTE_BANK_SUM), sum);
}

static void what_is_not_answered_reads_ones(void)
{
	u64 start;

	write32(REMOTE_STAY_SILENT, 1);
	start = timer_get_ticks();
	EXPECT_EQ(mmio_read64(window), ~0ULL);
	/* its program says 300 ms */
	EXPECT(timer_ticks_to_ns(timer_get_ticks() - start) >= 300000000);
	/* and comes again, and answers */
	EXPECT(WAIT_FOR(read32(0) != ~0U, 5000));
}

#define MINUS_EPERM	(-1)

/* About no cell, and not about itself: its program stays, no interrupt comes. */
static void its_hypercalls_are_roots(void)
{
	u64 level = CELLBLOCK_REMOTE_LEVEL(REMOTE_INTID, 1), before = interrupts;

	for (u64 id = 0; id < 4; id++) {
		EXPECT_EQ(jailhouse_call_arg2(CELLBLOCK_HC_REMOTE_ATTACH, id, 0), MINUS_EPERM);
		EXPECT_EQ(jailhouse_call_arg2(CELLBLOCK_HC_REMOTE_NOTIFY, id, 0), MINUS_EPERM);
		EXPECT_EQ(jailhouse_call_arg2(CELLBLOCK_HC_REMOTE_IRQ, id, level), MINUS_EPERM);
	}
	EXPECT_EQ(interrupts, before);
	EXPECT(read32(0) != ~0U);
}

static const struct test tests[] = {
	TEST(each_width_reads_what_was_written),
	TEST(a_signed_load_extends),
	TEST(the_other_window_reads),
	TEST(its_interrupt_comes),
	TEST(a_level_that_falls_is_not_seen),
	TEST(notifications_are_posted),
	TEST(the_bank_is_seen),
	TEST(its_hypercalls_are_roots),
	TEST(what_is_not_answered_reads_ones),
};

static void do_kick(void)
{
	irq_init(handler);
	irq_set_edge(REMOTE_INTID, true);
	irq_enable(REMOTE_INTID);
	enable_irqs();
	for (u32 n = 1; n <= 100; n++) {
		write32(REMOTE_NOTIFY + 4 * 63, n);
		if (!WAIT_FOR(interrupts == n, 5000))
			panic("no interrupt after kick %u", n);
	}
	printk("# remote: 100 kicks, %u interrupts\n", (u32)interrupts);
}

static void wait_for_nobody(void)
{
	printk("# remote: CPU %u waits\n", cpu_id());
	printk("# remote: CPU %u has read %x\n", cpu_id(), read32(REMOTE_NOBODY));
}

static void do_wait(void)
{
	wait_for_nobody();
}

static void do_both(void)
{
	smp_start_cpu(1, wait_for_nobody);
	for (u32 n = 0;; n++) {
		delay_us(100000);
		printk("# remote: CPU 0 lives: %u\n", n);
	}
}

static void do_poll(void)
{
	bool there = false, now;

	for (;;) {
		now = read32(0) != ~0U;
		if (now != there)
			printk("# remote: %s\n", now ? "answered" : "gone");
		there = now;
		delay_us(1000);
	}
}

static void do_forbidden(void)
{
	mmio_write32((volatile void *)REMOTE_WINDOW_RO, 1);
}

static volatile u32 rounds[2], wrong[2];

/* Each has its own registers. CPU 0 speaks for both. */
static void storm(void)
{
	unsigned int cpu = cpu_id();
	u32 mine = 0x100 * (cpu + 1), n;

	for (n = 1;; n++) {
		write32(mine, n);
		write32(REMOTE_NOTIFY + 4 * (n % 64), n);
		wrong[cpu] += read32(mine) != n;
		rounds[cpu] = n;
		if (!cpu && n % 100 == 0 && rounds[1] > 100)
			printk("# remote: two CPUs, %u wrong\n", wrong[0] + wrong[1]);
	}
}

static void do_storm(void)
{
	smp_start_cpu(1, storm);
	storm();
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "wait", do_wait },
	{ "both", do_both },
	{ "poll", do_poll },
	{ "forbidden", do_forbidden },
	{ "kick", do_kick },
	{ "storm", do_storm },
};

void inmate_main(void)
{
	char what[16];

	cmdline_parse_str("do", what, sizeof(what), "");
	map_range(window, REMOTE_WINDOW_SIZE, MAP_UNCACHED);
	map_range((volatile void *)REMOTE_WINDOW_RO, PAGE_SIZE, MAP_UNCACHED);
	for (unsigned int n = 0; n < ARRAY_SIZE(ways); n++)
		if (!strcmp(ways[n].name, what))
			ways[n].run();
	irq_init(handler);
	irq_set_edge(REMOTE_INTID, true);
	irq_enable(REMOTE_INTID);
	enable_irqs();
	TEST_RUN("remote", tests);
}
