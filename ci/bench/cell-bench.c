// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What costs what in a cell. Runs in the cell of the inmate tests (two CPUs, the
 * real-time clock with its interrupt) under the counting plugin, which knows
 * the intervals by these numbers; ci/bench/bench reads its report.
 */

#include <inmate.h>

#include "marker.h"

#define ID_HYPERCALL	0
#define ID_PSCI		1
#define ID_GICD_READ	2
#define ID_GICR_READ	3
#define ID_SGI_SEND	4
#define ID_SGI_RECEIVE	5
#define ID_TIMER	6
#define ID_DEVICE	7
#define ID_LATENCY	8
#define ID_PV_CALL	9
#define ID_PV_PARAM	10
#define ID_PV_YIELD	11
#define ID_SWITCH	13
#define ID_PREEMPT	14	/* begun by Linux (load.c) */
#define ID_MASK		22
#define ID_MASK_READ	23

#define TIMES		16
#define TIMES_DEVICE	2
#define SGI		5

#define RTC_BASE	0x09010000UL
#define RTC_SIZE	0x1000
#define RTC_INTID	34
#define RTC_DATA	0x00
#define RTC_MATCH	0x04
#define RTC_MASK	0x10
#define RTC_CLEAR	0x1c

static bool fired;
static bool waiting;
static bool peer_done;

static volatile void *rtc(unsigned long offset)
{
	return (volatile void *)(RTC_BASE + offset);
}

static void on_irq(unsigned int irq)
{
	BENCH_END(ID_LATENCY);
	BENCH_END(ID_PREEMPT);
	if (irq == TIMER_VIRTUAL_IRQ)
		timer_stop(TIMER_VIRTUAL);
	else if (irq == RTC_INTID)
		mmio_write32(rtc(RTC_CLEAR), 1);
	atomic_set(&fired, true);
}

static void wait_fired(void)
{
	while (!atomic_read(&fired))
		cpu_relax();
}

/* For a time so long that the emulator had better skip it. */
static void sleep_until_fired(void)
{
	disable_irqs();
	while (!atomic_read(&fired)) {
		wait_for_interrupt();
		enable_irqs();
		isb();
		disable_irqs();
	}
	enable_irqs();
}

static void bench_calls(void)
{
	int n;

	for (n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_HYPERCALL);
		jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO,
				    JAILHOUSE_INFO_NUM_CELLS);
		BENCH_END(ID_HYPERCALL);

		BENCH_BEGIN(ID_PSCI);
		psci_call(PSCI_VERSION, 0, 0, 0);
		BENCH_END(ID_PSCI);
	}
}

static void bench_gic(void)
{
	volatile void *dist = gic_dist(GICD_ISENABLER + 4);
	volatile void *redist = gic_private(GICD_ISENABLER);
	int n;

	for (n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_GICD_READ);
		mmio_read32(dist);
		BENCH_END(ID_GICD_READ);

		BENCH_BEGIN(ID_GICR_READ);
		mmio_read32(redist);
		BENCH_END(ID_GICR_READ);

		BENCH_BEGIN(ID_MASK_READ);
		gic_cpu_read(GIC_CPU_MASK);
		BENCH_END(ID_MASK_READ);

		/* a critical section of those that mask by priority */
		BENCH_BEGIN(ID_MASK);
		gic_cpu_write(GIC_CPU_MASK, 0x80);
		gic_cpu_write(GIC_CPU_MASK, 0xf0);
		BENCH_END(ID_MASK);
	}
}

static void bench_timer(void)
{
	int n;

	irq_enable(TIMER_VIRTUAL_IRQ);
	for (n = 0; n < TIMES; n++) {
		atomic_set(&fired, false);
		BENCH_BEGIN(ID_TIMER);
		timer_start(timer_ns_to_ticks(100000));
		wait_fired();
		BENCH_END(ID_TIMER);
	}
}

/*
 * From the deadline to the handler. The CPU waits without executing anything,
 * so that its own instructions from the mark on are the latency. Masked, it
 * wakes up even if the deadline has passed before it sleeps.
 */
static void bench_latency(void)
{
	int n;

	for (n = 0; n < TIMES; n++) {
		disable_irqs();
		atomic_set(&fired, false);
		timer_start(timer_ns_to_ticks(100000));
		dsb();
		BENCH_BEGIN(ID_LATENCY);
		asm volatile("wfi");
		enable_irqs();
		wait_fired();
	}
}

/*
 * A WFI, long enough for another guest of the CPU to have it: to that one and back. The
 * deadline's interrupt comes with the way back.
 */
static void bench_switch(void)
{
	int n;

	for (n = 0; n < TIMES; n++) {
		disable_irqs();
		atomic_set(&fired, false);
		timer_start(timer_ns_to_ticks(20000000));
		dsb();
		BENCH_BEGIN(ID_SWITCH);
		asm volatile("wfi");
		BENCH_END(ID_SWITCH);
		enable_irqs();
		wait_fired();
	}
}

static void bench_device(void)
{
	int n;

	map_range((void *)RTC_BASE, RTC_SIZE, MAP_UNCACHED);
	irq_enable(RTC_INTID);
	mmio_write32(rtc(RTC_MASK), 1);
	for (n = 0; n < TIMES_DEVICE; n++) {
		atomic_set(&fired, false);
		mmio_write32(rtc(RTC_MATCH), mmio_read32(rtc(RTC_DATA)) + 1);
		BENCH_BEGIN(ID_DEVICE);
		sleep_until_fired();
		BENCH_END(ID_DEVICE);
	}
	mmio_write32(rtc(RTC_MASK), 0);
}

static void peer(void)
{
	int n;

	irq_init(on_irq);
	irq_enable(SGI);
	enable_irqs();
	for (n = 0; n < TIMES; n++) {
		atomic_set(&fired, false);
		BENCH_BEGIN(ID_SGI_RECEIVE);
		atomic_set(&waiting, true);
		wait_fired();
		BENCH_END(ID_SGI_RECEIVE);
	}
	disable_irqs();
	atomic_set(&peer_done, true);
}

static void bench_sgi(void)
{
	u64 mpidr;
	int n;

	if (smp_start_cpu(1, peer) != PSCI_SUCCESS)
		panic("no second CPU");
	mpidr = smp_mpidr(1);
	for (n = 0; n < TIMES; n++) {
		while (!atomic_read(&waiting))
			cpu_relax();
		atomic_set(&waiting, false);
		BENCH_BEGIN(ID_SGI_SEND);
		irq_send_sgi(SGI, mpidr);
		BENCH_END(ID_SGI_SEND);
	}
	while (!atomic_read(&peer_done))
		cpu_relax();
	if (!smp_wait_off(1, 1000))
		panic("the second CPU does not go off");
}

/* The paravirtual interface of a CPU that is shared; a yield whose time is over. */
static void bench_paravirt(void)
{
	struct cellblock_pv_param param = { .period = 1000 };
	struct cellblock_pv_cpu *pv = pv_find();

	for (int n = 0; pv && n < TIMES; n++) {
		BENCH_BEGIN(ID_PV_CALL);
		cellblock_pv_call(CELLBLOCK_PV_CALL_FEATURES);
		BENCH_END(ID_PV_CALL);

		BENCH_BEGIN(ID_PV_PARAM);
		pv_sched_pass_param(pv, &param);
		BENCH_END(ID_PV_PARAM);

		BENCH_BEGIN(ID_PV_YIELD);
		pv_sched_yield(pv, 1);
		BENCH_END(ID_PV_YIELD);
	}
}

void inmate_main(void)
{
	irq_init(on_irq);
	enable_irqs();
	if (cmdline_parse_bool("sleeps", false)) {
		irq_enable(TIMER_VIRTUAL_IRQ);
		bench_switch();
	} else {
		bench_calls();
		bench_gic();
		bench_timer();
		bench_latency();
		bench_switch();
		bench_device();
		bench_sgi();
		bench_paravirt();
	}
	printk("cell-bench: done\n");
}
