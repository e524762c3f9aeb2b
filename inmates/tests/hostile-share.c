// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Does all it can on each of its CPUs to keep them from root, which shares them
 * (ci/tests/hostile-share.c), until it is stopped.
 *
 * Parameters:
 *	how=NAME	see ways[]; "all": at random
 *	seed=N		of hostile_random()
 */

#include <inmate/test.h>

#include "lib/hostile.h"

#define ICC_DIR_EL1		S3_0_C12_C11_1
#define ICC_AP1R0_EL1		S3_0_C12_C9_0
#define ICC_IGRPEN0_EL1		S3_0_C12_C12_6
#define SOON_NS			30000

static bool cpu1_runs;

static void spin(void)
{
	asm volatile("msr daifset, #15");
	for (u64 n = hostile_random() % 4096; n; n--)
		cpu_relax();
}

/* In the past, soon, or never; both fire for ever until they are set again. */
static void timers(void)
{
	u64 soon = timer_ns_to_ticks(hostile_random() % SOON_NS);

	timer_set_deadline(TIMER_VIRTUAL, hostile_random() & 1 ? soon + timer_get_ticks() : soon);
	timer_set_deadline(TIMER_PHYSICAL, hostile_random() & 1 ? hostile_random() :
			   soon + timer_count(TIMER_PHYSICAL));
	enable_irqs();
	disable_irqs();
}

static void priorities(void)
{
	irq_set_priority(hostile_random() % 32, (u8)(hostile_random() & 1 ? 0 : hostile_random()));
	write_sysreg(ICC_PMR_EL1, hostile_random() % 4 ? 0 : 0xff);
	write_sysreg(ICC_BPR1_EL1, hostile_random() % 8);
	write_sysreg(ICC_IGRPEN1_EL1, hostile_random() & 1);
	write_sysreg(ICC_IGRPEN0_EL1, hostile_random() & 1);
	write_sysreg(ICC_CTLR_EL1, hostile_random() & 3);
}

static void ends(void)
{
	read_sysreg(ICC_IAR1_EL1);
	write_sysreg(ICC_EOIR1_EL1, hostile_random() % GIC_INTIDS);
	write_sysreg(ICC_DIR_EL1, hostile_random() % GIC_INTIDS);
	write_sysreg(ICC_AP1R0_EL1, hostile_random() & 1 ? ~0U : 0U);
}

static void sgis(void)
{
	irq_send_sgi(hostile_random() % GIC_SGIS, cpu_mpidr());
	irq_send_sgi_others(hostile_random() % GIC_SGIS);
	enable_irqs();
	disable_irqs();
}

/* Whatever is the cell's of a word of them */
static void spis(void)
{
	u64 word = 1 + hostile_random() % 4;

	mmio_write32(gic_dist(GICD_ISENABLER + word * 4), ~0U);
	mmio_write32(gic_dist(GICD_ISPENDR + word * 4), ~0U);
	mmio_write32(gic_dist(GICD_ISACTIVER + word * 4), (u32)hostile_random());
	enable_irqs();
	disable_irqs();
}

static void sleep(void)
{
	hostile_wake_soon();
	wait_for_interrupt();
}

static void wait_event(void)
{
	hostile_wake_soon();
	asm volatile("sevl\n\twfe\n\twfe");
}

static void suspend(void)
{
	hostile_wake_soon();
	psci_call(PSCI_CPU_SUSPEND, hostile_random(), hostile_random(), hostile_random());
}

static void calls(void)
{
	jailhouse_call(JAILHOUSE_HC_HYPERVISOR_GET_INFO);
	psci_call(PSCI_AFFINITY_INFO, hostile_random(), 0, 0);
	mmio_read32(gic_dist(GICD_ISENABLER + 4));
}

/* CPU 1 goes off each time, with timers that look as if they were served; CPU 0 switches it on. */
static void on_off(void)
{
	if (!cpu_id())
		return;
	mmio_write32(gic_private(GICD_ISACTIVER), ~0U);
	psci_call(PSCI_CPU_OFF, 0, 0, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "masked", spin },
	{ "timers", timers },
	{ "priorities", priorities },
	{ "ends", ends },
	{ "sgis", sgis },
	{ "spis", spis },
	{ "sleep", sleep },
	{ "event", wait_event },
	{ "suspend", suspend },
	{ "calls", calls },
	{ "on-off", on_off },
};

static int way = -1;	/* all of them */

static bool skip(struct exception_frame *frame)
{
	frame->elr += 4;
	return true;
}

static void ignore(unsigned int irq)
{
	(void)irq;
}

static void go_on(void)
{
	irq_init(ignore);
	for (unsigned int irq = 0; irq < 32; irq++)
		irq_enable(irq);
	for (;;)
		ways[way >= 0 ? (u64)way : hostile_random() % ARRAY_SIZE(ways)].run();
}

static void secondary(void)
{
	atomic_set(&cpu1_runs, true);
	go_on();
}

void inmate_main(void)
{
	char how[16];

	hostile_init();
	exception_set_hook(skip);
	cmdline_parse_str("how", how, sizeof(how), "all");
	for (unsigned int n = 0; n < ARRAY_SIZE(ways); n++)
		if (!strcmp(ways[n].name, how))
			way = (int)n;
	if (smp_start_cpu(1, secondary) || !WAIT_FOR(atomic_read(&cpu1_runs), 5000))
		panic("CPU 1 does not start");
	printk("hostile: %s\n", how);
	if (strcmp(how, "on-off"))
		go_on();
	for (;;)
		smp_start_cpu(1, secondary);
}
