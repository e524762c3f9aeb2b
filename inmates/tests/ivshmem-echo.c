// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The other end of root's links in ci/tests/ivshmem-uio.c and others: answers
 * each new number in root's output section by as many doorbells as it is asked
 * for. What is where in the sections is in ivshmem-echo.h. Parameters:
 *
 *	dev=N	number of the PCI device (0)
 *	deny	refuse to be shut down
 */

#include <inmate.h>

#include "ivshmem-echo.h"

CMDLINE_BUFFER(256);

#define POLL_US		1000

static struct ivshmem link;
static u32 answered;

static void answer(void)
{
	const volatile u32 *root = ivshmem_output(&link, 0);
	volatile u32 *own = ivshmem_output(&link, link.id);
	u32 number = root[ECHO_NUMBER];

	own[ECHO_INTERRUPTS]++;
	if (number == answered)
		return;
	answered = number;
	if (link.rw_size)
		((volatile u32 *)link.rw_section)[link.id] = number;
	own[ECHO_NUMBER] = number;
	for (u32 n = 0; n < root[ECHO_DOORBELLS]; n++)
		ivshmem_doorbell(&link, 0, root[ECHO_VECTOR]);
}

static void on_irq(unsigned int irq)
{
	if (irq >= link.irq)
		answer();
}

void inmate_main(void)
{
	u16 bdf = (u16)(cmdline_parse_int("dev", 0) << 3);
	bool deny = cmdline_parse_bool("deny", false);

	if (!ivshmem_attach(&link, bdf))
		panic("no IVSHMEM device 0x%x", bdf);
	irq_init(on_irq);
	ivshmem_enable_irqs(&link);
	enable_irqs();
	ivshmem_set_state(&link, ECHO_STATE);
	printk("ivshmem-echo: device 0x%x, peer %u of %u\n", bdf, link.id,
	       link.max_peers);
	while (!comm_poll(!deny)) {
		((volatile u32 *)ivshmem_output(&link, link.id))[ECHO_BEATS]++;
		delay_us(POLL_US);
	}
	ivshmem_set_state(&link, IVSHMEM_STATE_RESET);
}
