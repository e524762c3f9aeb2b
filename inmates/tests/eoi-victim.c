// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What an EOI by another cell (hostile-eoi.c) does to an SPI. One CPU raises an
 * edge, again and again; the handler routes the SPI to the other CPU, raises it once
 * more and stays for a while. While the SPI is active, the other CPU does not get
 * it. Each edge must be handled once, whatever happens.
 */

#include <qemu-virt/board.h>
#include <inmate.h>

#define SPI		QEMU_RTC_INTID
#define EDGES		200
#define STAY_NS		2000000

static unsigned int raised, handled, inside, overlaps;

static void raise_on(unsigned int cpu)
{
	irq_route(SPI, smp_mpidr(cpu));
	atomic_add(&raised, 1);
	irq_set_pending(SPI);
}

static void on_irq(unsigned int irq)
{
	u64 end = timer_get_ticks() + timer_ns_to_ticks(STAY_NS);

	if (irq != SPI)
		panic("interrupt %u, which nobody has sent", irq);
	if (atomic_add(&inside, 1) > 1)
		atomic_add(&overlaps, 1);
	atomic_add(&handled, 1);
	if (cpu_id() == 0) {
		raise_on(1);
		while ((s64)(timer_get_ticks() - end) < 0)
			cpu_relax();
	}
	atomic_add(&inside, (unsigned int)-1);
}

static void second_cpu(void)
{
	irq_init(on_irq);
	enable_irqs();
	for (;;)
		wait_for_interrupt();
}

static void wait_handled(void)
{
	u64 end = timer_get_ticks() + timer_ns_to_ticks(1000000000);

	while (*(volatile unsigned int *)&handled != *(volatile unsigned int *)&raised)
		if ((s64)(timer_get_ticks() - end) > 0)
			return;
}

void inmate_main(void)
{
	irq_init(on_irq);
	irq_disable(SPI);
	irq_set_edge(SPI, true);
	irq_enable(SPI);
	if (smp_start_cpu(1, second_cpu))
		panic("no second CPU");
	enable_irqs();
	for (unsigned int n = 0; n < EDGES && !comm_poll(true); n++) {
		raise_on(0);
		wait_handled();
	}
	disable_irqs();
	printk("eoi-victim: raised %u handled %u overlaps %u\n", raised, handled, overlaps);
}
