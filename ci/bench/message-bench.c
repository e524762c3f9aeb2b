// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Round trips of 64 bytes between two cells, interval 31; the other one serves. */

#include <libcell/device.h>
#include <libcell/serve.h>

#include "marker.h"

#define PINGS		64
#define LIMIT_US	5000000

static struct libcell_device device;
static struct libcell_client client;

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static void ping(u64 timeout_us)
{
	struct libcell_message message = { .type = LIBCELL_PING };

	if (libcell_call(&client, &message, timeout_us))
		panic("no answer");
}

void inmate_main(void)
{
	irq_init(on_irq);
	enable_irqs();
	if (libcell_open(&device, "04.0") ||
	    libcell_client_open(&client, &device.link, 1))
		panic("no link with cell b");
	ping(LIMIT_US);
	BENCH_BEGIN(31);
	for (int n = 0; n < PINGS; n++)
		ping(LIBCELL_FOREVER);
	BENCH_END(31);
	libcell_close(&device);
}
