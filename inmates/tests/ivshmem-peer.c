// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The other side of ivshmem, in the cell "ivshmem-b": answers what it finds in
 * the other's output section, and goes off when it is told to.
 *
 * Parameters:
 *	hammer		instead, rings at everybody for ever, changes its state,
 *			and moves its registers about, whoever comes and goes
 */

#include <inmate/test.h>

#include "ivshmem-peer.h"

#define BDF_CELLS		(4 << 3)
#define BDF_DEMO		0
#define MOVE			0x10000	/* of its registers */

static struct ivshmem link;
static u64 answered;

static void answer(void)
{
	volatile u64 *theirs = ivshmem_output(&link, 0);
	volatile u64 *ours = ivshmem_output(&link, 1);

	if (theirs[1] == answered)
		return;
	answered = theirs[1];
	ours[0] = theirs[0] + 1;
	ours[1] = answered;
	ivshmem_doorbell(&link, 0, 0);
}

static void on_irq(unsigned int irq)
{
	if (irq != link.irq)
		return;
	if (link.states[0] == PEER_PLEASE_GO) {
		ivshmem_set_state(&link, PEER_GOING);
		/* time for the other to see it */
		WAIT_FOR(false, 200);
		inmate_exit();
	}
	answer();
}

/* As fast as it goes; prints a line from time to time. */
static void __attribute__((noreturn)) hammer(void)
{
	static struct ivshmem demo;
	u32 bar;

	if (!ivshmem_attach(&demo, BDF_DEMO))
		panic("no link with root");
	bar = pci_read_config(BDF_DEMO, PCI_CFG_BAR, 4);
	map_range((void *)(u64)(bar + MOVE), PAGE_SIZE, MAP_UNCACHED);
	for (u32 n = 0;; n++) {
		ivshmem_doorbell(&link, n % 3, 0);
		ivshmem_doorbell(&demo, n % 4, n % 2);
		ivshmem_set_state(&link, n);
		if (n % 16 == 0)
			ivshmem_set_state(&demo, n);
		if (n % 64)
			continue;
		/* there and back */
		pci_write_config(BDF_DEMO, PCI_CFG_BAR, bar + MOVE, 4);
		mmio_write32((void *)(u64)(bar + MOVE + IVSHMEM_REG_DOORBELL), 0);
		pci_write_config(BDF_DEMO, PCI_CFG_BAR, bar, 4);
		if (ivshmem_read(&demo, IVSHMEM_REG_ID) != 2)
			panic("the device is gone");
		if (n % 0x4000 == 0)
			printk("ivshmem-peer: %u rounds\n", n);
	}
}

void inmate_main(void)
{
	if (!ivshmem_attach(&link, BDF_CELLS))
		panic("no link with cell a");
	if (cmdline_parse_bool("hammer", false))
		hammer();
	irq_init(on_irq);
	ivshmem_enable_irqs(&link);
	enable_irqs();
	ivshmem_set_state(&link, PEER_READY);
	for (;;)
		wait_for_interrupt();
}
