// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a doorbell costs, between the cells ivshmem-a, which rings, and ivshmem-b.
 * Runs in both, under the counting plugin.
 */

#include <inmate.h>

#include "marker.h"

#define ID_SEND		9
#define ID_RECEIVE	10

#define BDF_CELLS	(4 << 3)
#define TIMES		16

enum { STARTED = 1, WAITS };

static struct ivshmem link;
static unsigned int received;

static void on_irq(unsigned int irq)
{
	if (irq == link.irq)
		atomic_add(&received, 1);
}

static void wait_for_state(u32 peer, u32 state)
{
	while (link.states[peer] != state)
		cpu_relax();
}

static void ring(void)
{
	for (u32 n = 0; n < TIMES; n++) {
		wait_for_state(1, WAITS + n);
		BENCH_BEGIN(ID_SEND);
		ivshmem_doorbell(&link, 1, 0);
		BENCH_END(ID_SEND);
	}
	wait_for_state(1, WAITS + TIMES);
	printk("link-bench: done\n");
}

static void receive(void)
{
	irq_init(on_irq);
	ivshmem_enable_irqs(&link);
	enable_irqs();
	for (u32 n = 0; n < TIMES; n++) {
		ivshmem_set_state(&link, WAITS + n);
		BENCH_BEGIN(ID_RECEIVE);
		while (atomic_read(&received) == n)
			cpu_relax();
		BENCH_END(ID_RECEIVE);
	}
	ivshmem_set_state(&link, WAITS + TIMES);
	for (;;)
		wait_for_interrupt();
}

void inmate_main(void)
{
	if (!ivshmem_attach(&link, BDF_CELLS))
		panic("no link between the cells");
	if (link.id)
		receive();
	else
		ring();
}
