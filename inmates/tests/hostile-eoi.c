// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Ends the interrupts of others: in the handler of its own timer it writes each
 * SPI in turn to ICC_EOIR1_EL1, and all of them to ICC_DIR_EL1. The timer itself
 * is deactivated by its redistributor.
 */

#include <qemu-virt/board.h>
#include <inmate.h>

#define ICC_DIR_EL1	S3_0_C12_C11_1
#define PERIOD_NS	20000
#define SPIS		4	/* the UART's, the clock's, and their neighbours */

static u64 period;
static unsigned int eois;

static void on_irq(unsigned int irq)
{
	unsigned int spi = GIC_FIRST_SPI + eois % SPIS;

	eois++;
	for (unsigned int n = GIC_FIRST_SPI; n < GIC_FIRST_SPI + SPIS; n++)
		write_sysreg(ICC_DIR_EL1, n);
	write_sysreg(ICC_EOIR1_EL1, spi);
	isb();
	timer_set_deadline(TIMER_VIRTUAL, timer_get_ticks() + period);
	mmio_write32(gic_redist(GICR_SGI_BASE + GICD_ICACTIVER), 1U << irq);
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
