// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Ends the interrupts of others: in the handler of its own timer it writes each
 * SPI in turn to ICC_EOIR1_EL1, and all of them to ICC_DIR_EL1; on a GICv2 to
 * GICC_EOIR and, with split EOI, GICC_DIR. The timer itself is deactivated by its
 * bit in ICACTIVER.
 */

#include <qemu-virt/board.h>
#include <inmate.h>

#define ICC_DIR_EL1	S3_0_C12_C11_1
#define GICC_DIR	0x1000
#define GICC_EOIMODE	(1U << 9)
#define PERIOD_NS	20000
#define SPIS		4	/* the UART's, the clock's, and their neighbours */

static u64 period;
static unsigned int eois;

static void deactivate(unsigned int irq)
{
	if (gic_cpu_interface)
		mmio_write32(gic_cpu_interface + GICC_DIR, irq);
	else
		write_sysreg(ICC_DIR_EL1, irq);
}

static void deactivate_all(void)
{
	if (gic_cpu_interface)
		mmio_write32(gic_cpu_interface + GICC_CTLR,
			     GICC_CTLR_ENABLE | GICC_EOIMODE);
	for (unsigned int n = GIC_FIRST_SPI; n < GIC_FIRST_SPI + SPIS; n++)
		deactivate(n);
	if (gic_cpu_interface)
		mmio_write32(gic_cpu_interface + GICC_CTLR, GICC_CTLR_ENABLE);
}

static void on_irq(unsigned int irq)
{
	unsigned int spi = GIC_FIRST_SPI + eois % SPIS;

	eois++;
	deactivate_all();
	gic_end(spi);
	isb();
	timer_set_deadline(TIMER_VIRTUAL, timer_get_ticks() + period);
	mmio_write32(gic_private(GICD_ICACTIVER), 1U << irq);
}

void inmate_main(void)
{
	period = timer_ns_to_ticks(PERIOD_NS);
	irq_init(on_irq);
	irq_enable(TIMER_VIRTUAL_IRQ);
	timer_set_deadline(TIMER_VIRTUAL, timer_get_ticks() + period);
	enable_irqs();
	while (!comm_poll(true))
		wait_for_interrupt();
	disable_irqs();
	printk("hostile-eoi: %u\n", eois);
}
