// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Storms on all CPUs of the cell: sleeping, maintenance of TLBs and caches by
 * everything that others share, SGIs, both timers, breakpoints, watchpoints,
 * single step and counters, with interrupts and debug exceptions open; and a CPU
 * that goes off and on.
 *
 * Parameters:
 *	rounds=N	thousands of steps
 */

#include "lib/hostile.h"

#define STEPS_PER_ROUND		1000U
#define STARTS_TRIED		1000U
#define PSTATE_SS		(1ULL << 21)
#define MDSCR_SS		(1ULL << 0)
#define MDSCR_KDE		(1ULL << 13)
#define MDSCR_MDE		(1ULL << 15)
/* enabled, EL1 and EL0, all bytes, loads and stores */
#define BREAK_HERE		0x1e7ULL
#define WATCH_ALL		0x1fffULL
#define PMCR_START		0x7ULL
#define FIRST_OF_DEBUG		0x30U		/* exception classes */
#define LAST_OF_DEBUG		0x35U
#define PMU_IRQ			23U

static unsigned int interrupts, debug_exceptions, starts, running;

static void count_interrupt(unsigned int irq)
{
	atomic_add(&interrupts, 1);
	if (irq == TIMER_VIRTUAL_IRQ)
		timer_stop(TIMER_VIRTUAL);
	else if (irq == TIMER_PHYSICAL_IRQ)
		timer_stop(TIMER_PHYSICAL);
	else if (irq == PMU_IRQ)
		write_sysreg(pmovsclr_el0, ~0U);
}

/* Whatever caused it is off when it goes on. */
static bool catch_debug(struct exception_frame *frame)
{
	u64 class = ESR_EC(frame->esr);

	if (class == ESR_EC_UNKNOWN) {
		frame->elr += 4;
		return true;
	}
	if (class < FIRST_OF_DEBUG || class > LAST_OF_DEBUG)
		return false;
	atomic_add(&debug_exceptions, 1);
	write_sysreg(mdscr_el1, 0);
	frame->spsr &= ~PSTATE_SS;
	return true;
}

static void sleep_storm(u64 step)
{
	/* what fires now must not be gone when it sleeps */
	disable_irqs();
	timer_start(step % 200);
	timer_set_deadline(TIMER_PHYSICAL, timer_count(TIMER_PHYSICAL) + step % 50);
	write_sysreg(cntkctl_el1, 1 << 2 | (step % 16) << 4);
	if (step % 2)
		asm volatile("wfi");
	else
		asm volatile("sev\n\tsevl\n\twfe\n\twfe");
	enable_irqs();
}

static void tlb_storm(u64 step)
{
	u64 arg = hostile_random();

	asm volatile("tlbi vmalle1is\n\ttlbi aside1is, %0\n\ttlbi vaae1is, %0\n\t"
		     "tlbi vale1is, %1\n\tdsb ish\n\tic ialluis\n\tdsb ish\n\tisb"
		     : : "r" (arg), "r" (step) : "memory");
}

static void cache_storm(u64 step)
{
	u64 here = HOSTILE_SCRATCH + step * 64 % PAGE_SIZE;

	/* any set and way of any level: what the hypervisor makes of ISW matters */
	asm volatile("dc isw, %0\n\tdc csw, %0\n\tdc cisw, %0\n\t"
		     "dc ivac, %1\n\tdc civac, %1\n\tdc zva, %1\n\tdsb sy"
		     : : "r" (hostile_random() & 0xffffffff), "r" (here) : "memory");
}

/* To itself and to all, also those that are not the cell's */
static void sgi_storm(u64 step)
{
	irq_send_sgi(step % 16, cpu_mpidr());
	irq_send_sgi_others(step % 16);
	irq_send_sgi(step % 16, hostile_random());
	if (gic_is_v2()) {
		mmio_write32(gic_dist(GICD_SGIR), (u32)hostile_random());
		return;
	}
	/* ICC_SGI0R_EL1, ICC_ASGI1R_EL1 */
	asm volatile("msr s3_0_c12_c11_7, %0\n\tmsr s3_0_c12_c11_6, %0"
		     : : "r" (hostile_random()));
}

static void debug_storm(u64 step)
{
	u64 here;

	write_sysreg(oslar_el1, 0);
	asm volatile("adr %0, 1f\n\t"
		     "msr dbgbvr0_el1, %0\n\t"
		     "msr dbgbcr0_el1, %1\n\t"
		     "msr dbgwvr0_el1, %2\n\t"
		     "msr dbgwcr0_el1, %3\n\t"
		     "msr mdscr_el1, %4\n\t"
		     "isb\n\t"
		     "msr daifclr, #8\n"
		     "1:	ldr xzr, [%2]\n\t"
		     "msr daifset, #8"
		     : "=&r" (here)
		     : "r" (BREAK_HERE), "r" (HOSTILE_SCRATCH), "r" (WATCH_ALL),
		       "r" (MDSCR_KDE | (step % 3 == 1 ? MDSCR_SS : MDSCR_MDE))
		     : "memory");
	write_sysreg(mdscr_el1, 0);
	write_sysreg(dbgbcr0_el1, 0);
	write_sysreg(dbgwcr0_el1, 0);
}

static void counter_storm(u64 step)
{
	write_sysreg(pmcr_el0, PMCR_START);
	write_sysreg(pmccfiltr_el0, hostile_random() & 0xfc000000);
	write_sysreg(pmselr_el0, step % 4);
	isb();
	write_sysreg(pmxevtyper_el0, hostile_random() & 0xfc0003ff);
	write_sysreg(pmintenset_el1, ~0U);
	write_sysreg(pmcntenset_el0, ~0U);
	write_sysreg(pmccntr_el0, ~0ULL);
	write_sysreg(pmswinc_el0, ~0U);
}

/* A GICv2's CPU interface: PMR, BPR, ABPR, APR, NSAPR, EOIR, DIR, and CTLR */
static void interface_storm(u64 step)
{
	static const u16 registers[] = {
		GICC_PMR, GICC_BPR, 0x1c, GICC_APR, GICC_APR + 4, 0xe0, 0xe4,
		GICC_EOIR, 0x1000, GICC_CTLR,
	};

	for (unsigned int n = 0; n < ARRAY_SIZE(registers); n++)
		mmio_write32(gic_cpu_interface + registers[n], (u32)hostile_random());
	mmio_write32(gic_cpu_interface + GICC_EOIR, step % 1024);
	mmio_write32(gic_cpu_interface + 0x1000, step % 1024);
	for (unsigned int n = 0; n < ARRAY_SIZE(registers); n++)
		if (registers[n] != GICC_EOIR && registers[n] != 0x1000)
			mmio_write32(gic_cpu_interface + registers[n], 0);
	mmio_write32(gic_cpu_interface + GICC_PMR, 0xff);
	mmio_write32(gic_cpu_interface + GICC_CTLR, GICC_CTLR_ENABLE);
}

/* Priorities, up to the highest, and the interface off and on */
static void priority_storm(u64 step)
{
	if (gic_is_v2()) {
		interface_storm(step);
		return;
	}
	write_sysreg(ICC_PMR_EL1, step & 0xff);
	write_sysreg(S3_0_C12_C9_0, hostile_random());	/* ICC_AP1R0_EL1 */
	write_sysreg(S3_0_C12_C8_4, hostile_random());	/* ICC_AP0R0_EL1 */
	write_sysreg(ICC_EOIR1_EL1, step % 1024);
	write_sysreg(S3_0_C12_C11_1, step % 1024);	/* ICC_DIR_EL1 */
	write_sysreg(ICC_IGRPEN1_EL1, step & 1);
	write_sysreg(ICC_CTLR_EL1, hostile_random());
	write_sysreg(ICC_BPR1_EL1, step % 8);
	write_sysreg(ICC_CTLR_EL1, 0);
	write_sysreg(S3_0_C12_C9_0, 0);
	write_sysreg(S3_0_C12_C8_4, 0);
	write_sysreg(ICC_PMR_EL1, 0xff);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
}

static void (*const storms[])(u64 step) = {
	sleep_storm, tlb_storm, cache_storm, sgi_storm, debug_storm, counter_storm,
	priority_storm,
};

static void rage(void)
{
	u64 steps = (u64)cmdline_parse_int("rounds", 1) * STEPS_PER_ROUND;

	for (unsigned int storm = 0; storm < ARRAY_SIZE(storms); storm++)
		for (u64 step = 0; step < steps; step++) {
			enable_irqs();
			storms[storm](step);
			disable_irqs();
			atomic_add(&hostile.tried, 1);
		}
	timer_stop(TIMER_VIRTUAL);
	timer_stop(TIMER_PHYSICAL);
}

static void open_interrupts(void)
{
	irq_init(count_interrupt);
	irq_enable(TIMER_VIRTUAL_IRQ);
	irq_enable(TIMER_PHYSICAL_IRQ);
	irq_enable(PMU_IRQ);
	for (unsigned int sgi = 0; sgi < GIC_SGIS; sgi++)
		irq_enable(sgi);
}

static void second_cpu(void)
{
	open_interrupts();
	rage();
	atomic_set(&running, 0);
}

/* Goes off with all that has come meanwhile. */
static void second_cpu_for_a_moment(void)
{
	open_interrupts();
	timer_start(100);
	sgi_storm(hostile_random());
	enable_irqs();
}

/* Each is tried at once, and refused while the CPU is on. */
static void power_storm(void)
{
	enable_irqs();
	for (unsigned int n = 0; n < STARTS_TRIED; n++) {
		bool started = !smp_start_cpu(1, second_cpu_for_a_moment);

		starts += started;
		hostile.tried++;
		hostile.refused += !started;
		sgi_storm(n);
		/* in an emulator, the other CPU's time */
		if (n % 4)
			cpu_relax();
	}
	disable_irqs();
	if (!starts || !smp_wait_off(1, 1000))
		panic("the second CPU does not go off and on");
}

void inmate_main(void)
{
	hostile_init();
	map_range((void *)HOSTILE_SCRATCH, PAGE_SIZE, MAP_CACHED);
	exception_set_hook(catch_debug);
	open_interrupts();
	atomic_set(&running, 1);
	if (smp_start_cpu(1, second_cpu))
		panic("the second CPU does not start");
	rage();
	while (atomic_read(&running))
		cpu_relax();
	power_storm();
	printk("# %u interrupts, %u debug exceptions, %u starts\n", interrupts, debug_exceptions,
	       starts);
	hostile_end("storms");
}
