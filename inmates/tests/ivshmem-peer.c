// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The other side of ivshmem, in the cell "ivshmem-b": answers what it finds in
 * the other's output section, and goes off when it is told to.
 */

#include <inmate/test.h>

#include "ivshmem-peer.h"

#define BDF_CELLS		(4 << 3)

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

void inmate_main(void)
{
	if (!ivshmem_attach(&link, BDF_CELLS))
		panic("no link with cell a");
	irq_init(on_irq);
	ivshmem_enable_irqs(&link);
	enable_irqs();
	ivshmem_set_state(&link, PEER_READY);
	for (;;)
		wait_for_interrupt();
}
