// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What must not notice anything while others are hostile: memory with a pattern,
 * a timer with a deadline each millisecond, its registers and its part of the
 * GIC. Says how it is ten times a second, and fails if something is not as it
 * has left it.
 *
 * Parameters:
 *	late=NS		how late the handler may be (default: not looked at, as a
 *			host may stop an emulator at any moment)
 */

#include <inmate.h>

#define MEMORY			0x800000UL
#define MEMORY_SIZE		0x400000UL
#define SLICE			0x4000UL	/* looked at after each tick */
#define PERIOD_NS		1000000
#define TICKS_PER_REPORT	100
#define SGIS			0xffffU	/* bits of ISPENDR */
#define CONTEXT			0x71c7

static u64 period, deadline, late_limit, latest, seed;
static unsigned int ticks, rounds;

static u64 pattern(u64 addr)
{
	return (addr + seed) * 0x9e3779b97f4a7c15ULL;
}

static void tick(unsigned int irq)
{
	u64 late = timer_get_ticks() - deadline;

	if (irq != TIMER_VIRTUAL_IRQ)
		panic("interrupt %u, which nobody has sent", irq);
	if ((s64)late < 0)
		panic("tick %u is early", ticks);
	if (late > latest)
		latest = late;
	if (late_limit && late > late_limit)
		panic("tick %u is %llu ns late", ticks, timer_ticks_to_ns(late));
	ticks++;
	deadline += period;
	timer_set_deadline(TIMER_VIRTUAL, deadline);
}

static void fill(void)
{
	map_range((void *)MEMORY, MEMORY_SIZE, MAP_CACHED);
	for (u64 addr = MEMORY; addr < MEMORY + MEMORY_SIZE; addr += sizeof(u64))
		*(volatile u64 *)addr = pattern(addr);
}

/* Looks at a slice, and writes it anew. */
static void check_memory(void)
{
	static u64 next = MEMORY;

	for (u64 end = next + SLICE; next < end; next += sizeof(u64)) {
		volatile u64 *word = (volatile u64 *)next;

		if (*word != pattern(next))
			panic("memory at 0x%llx has 0x%llx", next, *word);
		*word = pattern(next);
	}
	if (next == MEMORY + MEMORY_SIZE) {
		next = MEMORY;
		rounds++;
	}
}

static void check_registers(void)
{
	u32 enabled = mmio_read32(gic_private(GICD_ISENABLER));
	u8 priority = mmio_read8(gic_private(GICD_IPRIORITYR + TIMER_VIRTUAL_IRQ));

	if (read_sysreg(contextidr_el1) != CONTEXT || read_sysreg(tpidr_el0) != ~seed)
		panic("registers have changed");
	if (read_sysreg(cntv_cval_el0) != deadline)
		panic("the timer has changed");
	/* there are GICv2 whose SGIs are always enabled: what others send is taken */
	if (gic_is_v2())
		enabled &= ~SGIS;
	if (enabled != 1U << TIMER_VIRTUAL_IRQ || priority != GIC_PRIORITY_DEFAULT)
		panic("GIC: enabled 0x%x, priority 0x%x", enabled, priority);
	/* SGIs are off: what others have sent would stay */
	if (mmio_read32(gic_private(GICD_ISPENDR)) & SGIS)
		panic("GIC: an SGI has come");
}

static void report(void)
{
	printk("victim: %u ticks, %u rounds, latest %llu ns\n", ticks, rounds,
	       timer_ticks_to_ns(latest));
}

static void start(void)
{
	seed = timer_get_ticks();
	fill();
	period = timer_ns_to_ticks(PERIOD_NS);
	late_limit = timer_ns_to_ticks((u64)cmdline_parse_int("late", 0));
	irq_init(tick);
	irq_enable(TIMER_VIRTUAL_IRQ);
	write_sysreg(contextidr_el1, CONTEXT);
	write_sysreg(tpidr_el0, ~seed);
	deadline = timer_get_ticks() + period;
	timer_set_deadline(TIMER_VIRTUAL, deadline);
}

/* Interrupts are open while it sleeps: the deadline is not kept waiting. */
void inmate_main(void)
{
	unsigned int seen = 0;

	start();
	while (!comm_poll(true)) {
		disable_irqs();
		if (ticks == seen)
			wait_for_interrupt();
		enable_irqs();
		isb();
		disable_irqs();
		check_registers();
		enable_irqs();
		if (ticks == seen)
			continue;
		seen++;
		check_memory();
		if (seen % TICKS_PER_REPORT == 0)
			report();
	}
	disable_irqs();
	report();
}
