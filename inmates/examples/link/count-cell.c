// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* In the cell: counts to Linux over the first link, ten times a second. */

#include <inmate.h>

#include "count.h"

#define PERIOD_US	100000

static struct libcell_device device;

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

void inmate_main(void)
{
	struct libcell_link *link = &device.link;
	struct libcell_producer out;
	struct count count = { 0 };
	int ret;

	irq_init(on_irq);
	enable_irqs();
	ret = libcell_open(&device, NULL);
	if (!ret)
		ret = counts_open_producer(&out, link, !link->id, CHANNEL, PLACES);
	if (ret)
		panic("count-cell: cannot open the link: error %d", ret);
	while (!comm_poll(true)) {
		count.ticks = timer_get_ticks();
		/* who is not there misses this one */
		if (!counts_send(&out, &count, 0))
			count.number++;
		libcell_wait(link, libcell_events(link), PERIOD_US);
	}
	libcell_close(&device);
}
