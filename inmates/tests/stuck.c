// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A CPU that does all it can not to be interrupted. The hypervisor must be able
 * to stop it all the same: without parameters the cell just ends, with how=NAME
 * it waits to be stopped (and agrees to be), and its CPU 1 is
 *	masked		in a loop, all exceptions masked
 *	handler		in an interrupt handler of the highest priority it can have
 *	binary-point	the same, with no preemption by the binary point
 *	active		in a loop, all priorities marked as being served
 *	active-wait	waiting for an interrupt like that: the cell needs
 *			JAILHOUSE_CELL_TRAP_WFI to be stopped
 *	active-suspend	the same in CPU_SUSPEND
 *	active-event	the same, waiting for an event
 *	groups		in a loop, both interrupt groups switched off
 *	handler-wait	waiting for an interrupt, in a handler like "handler"
 *	wake-up-wait	the same, in that of the SGI that the hypervisor uses to wake it
 *	pmr-wait	waiting for an interrupt, all masked by priority: the cell needs
 *			JAILHOUSE_CELL_TRAP_WFI if the mask is the hardware's (GICv2)
 *	binary-point-wait, groups-wait	waiting for an interrupt like that: the cell
 *			needs JAILHOUSE_CELL_TRAP_WFI
 *	deaf-wait	all of these at once
 *	wait		waiting for an interrupt, masked
 *	suspend		in CPU_SUSPEND
 *	hypercalls	in the hypervisor most of the time
 *	mmio		the same, by reading the distributor
 *	sgis		the same, by sending SGIs to CPU 0
 *	faults		taking exceptions
 *	off		switched off, after having been on
 *	on-off		switching itself on and off all the time
 * With timeout=MS it asks the watchdog to watch, and does not kick.
 */

#include <inmate/test.h>

#define ICC_IGRPEN0_EL1		S3_0_C12_C12_6

#define SGI			1
/* GIC_WAKE_SGI of the hypervisor */
#define WAKE_SGI		0

static bool stuck;

static void spin(void)
{
	atomic_set(&stuck, true);
	for (;;)
		cpu_relax();
}

static void wait(void)
{
	atomic_set(&stuck, true);
	for (;;)
		wait_for_interrupt();
}

static void handler(unsigned int irq)
{
	if (irq == SGI && cpu_id() == 1)
		spin();
}

static void waiting_handler(unsigned int irq)
{
	if (irq <= SGI && cpu_id() == 1)
		wait();
}

static void send_to_oneself(unsigned int sgi)
{
	irq_enable(sgi);
	irq_set_priority(sgi, 0);
	enable_irqs();
	irq_send_sgi(sgi, cpu_mpidr());
	spin();
}

static void take_sgi(void)
{
	irq_init(handler);
	send_to_oneself(SGI);
}

static void how_masked(void)
{
	asm volatile("msr daifset, #15");
	spin();
}

static void how_binary_point(void)
{
	irq_init(handler);
	gic_cpu_write(GIC_CPU_BINARY_POINT, 7);
	send_to_oneself(SGI);
}

static void how_binary_point_wait(void)
{
	irq_init(waiting_handler);
	gic_cpu_write(GIC_CPU_BINARY_POINT, 7);
	send_to_oneself(SGI);
}

static void how_handler_wait(void)
{
	irq_init(waiting_handler);
	send_to_oneself(SGI);
}

static void how_wake_up_wait(void)
{
	irq_init(waiting_handler);
	send_to_oneself(WAKE_SGI);
}

static void how_pmr_wait(void)
{
	irq_init(handler);
	gic_cpu_write(GIC_CPU_MASK, 0);
	wait();
}

static bool skip(struct exception_frame *frame)
{
	frame->elr += 4;
	return true;
}

static void mark_all_active(void)
{
	asm volatile("msr daifset, #15");
	exception_set_hook(skip);
	gic_cpu_write(GIC_CPU_ACTIVE, ~0U);
	atomic_set(&stuck, true);
}

static void how_active(void)
{
	mark_all_active();
	spin();
}

static void how_active_wait(void)
{
	mark_all_active();
	for (;;)
		wait_for_interrupt();
}

static void how_active_suspend(void)
{
	mark_all_active();
	for (;;)
		psci_call(PSCI_CPU_SUSPEND, 0, 0, 0);
}

static void how_active_event(void)
{
	mark_all_active();
	for (;;)
		asm volatile("wfe");
}

/* Both interrupt groups */
static void switch_off(void)
{
	if (!gic_is_v2())
		write_sysreg(ICC_IGRPEN0_EL1, 0);
	gic_cpu_write(GIC_CPU_ENABLE, 0);
}

static void how_groups(void)
{
	switch_off();
	gic_cpu_write(GIC_CPU_MASK, 0);
	spin();
}

static void how_groups_wait(void)
{
	switch_off();
	wait();
}

static void how_deaf_wait(void)
{
	mark_all_active();
	gic_cpu_write(GIC_CPU_BINARY_POINT, 7);
	gic_cpu_write(GIC_CPU_MASK, 0);
	switch_off();
	wait();
}

static void how_wait(void)
{
	asm volatile("msr daifset, #15");
	wait();
}

static void how_suspend(void)
{
	atomic_set(&stuck, true);
	for (;;)
		psci_call(PSCI_CPU_SUSPEND, 0, 0, 0);
}

static void how_hypercalls(void)
{
	atomic_set(&stuck, true);
	for (;;)
		jailhouse_call(JAILHOUSE_HC_HYPERVISOR_GET_INFO);
}

static void how_mmio(void)
{
	irq_init(handler);
	atomic_set(&stuck, true);
	for (;;)
		mmio_read32(gic_dist(GICD_ISENABLER + 4));
}

static void how_sgis(void)
{
	irq_init(handler);
	atomic_set(&stuck, true);
	for (;;)
		irq_send_sgi(SGI, smp_mpidr(0));
}

static void how_faults(void)
{
	exception_set_hook(skip);
	atomic_set(&stuck, true);
	for (;;)
		mmio_read32((void *)0x100000000UL);
}

static void how_off(void)
{
	atomic_set(&stuck, true);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "masked", how_masked },
	{ "handler", take_sgi },
	{ "binary-point", how_binary_point },
	{ "active", how_active },
	{ "active-wait", how_active_wait },
	{ "active-suspend", how_active_suspend },
	{ "active-event", how_active_event },
	{ "groups", how_groups },
	{ "handler-wait", how_handler_wait },
	{ "wake-up-wait", how_wake_up_wait },
	{ "pmr-wait", how_pmr_wait },
	{ "binary-point-wait", how_binary_point_wait },
	{ "groups-wait", how_groups_wait },
	{ "deaf-wait", how_deaf_wait },
	{ "wait", how_wait },
	{ "suspend", how_suspend },
	{ "hypercalls", how_hypercalls },
	{ "mmio", how_mmio },
	{ "sgis", how_sgis },
	{ "faults", how_faults },
	{ "off", how_off },
	{ "on-off", how_off },
};

static void __attribute__((noreturn)) get_stuck(const char *how)
{
	void (*run)(void) = NULL;
	bool again = !strcmp(how, "on-off");

	for (unsigned int n = 0; n < ARRAY_SIZE(ways); n++)
		if (!strcmp(ways[n].name, how))
			run = ways[n].run;
	if (!run)
		panic("how=%s is unknown", how);
	if (smp_start_cpu(1, run))
		panic("CPU 1 does not start");
	WAIT_FOR(atomic_read(&stuck), 2000);
	printk("# stuck: CPU 1 is as bad as it can be: %s\n", how);

	watchdog_start((u32)cmdline_parse_int("timeout", 0));
	/* CPU 0 is no better, once it has agreed. */
	asm volatile("msr daifset, #15");
	while (!comm_poll(true))
		if (again)
			smp_start_cpu(1, run);
	jailhouse_send_reply_from_cell(comm_region, JAILHOUSE_MSG_REQUEST_APPROVED);
	for (;;)
		cpu_relax();
}

static void second_cpu_is_there(void)
{
	EXPECT(smp_num_cpus() >= 2);
}

static const struct test tests[] = {
	TEST(second_cpu_is_there),
};

void inmate_main(void)
{
	char how[24];

	cmdline_parse_str("how", how, sizeof(how), "");
	if (how[0])
		get_stuck(how);
	TEST_RUN("stuck", tests);
}
