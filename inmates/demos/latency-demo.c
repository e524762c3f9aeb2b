// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Serves `jailhouse cell latency`, and `jailhouse shmem ping` and `bench`, until
 * it is asked to shut down.
 *
 * Parameter:
 *	link=DEVICE.FUNCTION	the IVSHMEM device (default: the first one)
 */

#include <inmate.h>
#include <libcell/latency.h>

#define POLL_US		100000

CMDLINE_BUFFER(256);

static struct libcell_latency_server server;

static void handler(unsigned int irq)
{
	libcell_latency_irq(&server, irq);
}

void inmate_main(void)
{
	char name[16];
	int ret;

	cmdline_parse_str("link", name, sizeof(name), "");
	irq_init(handler);
	ret = libcell_open(&server.device, *name ? name : NULL);
	if (!ret)
		ret = libcell_latency_open(&server);
	if (ret)
		panic("latency-demo: no link (error %d)", ret);
	enable_irqs();
	printk("latency-demo: peer %u of %u is listening\n",
	       server.device.link.id, server.device.link.max_peers);
	while (!comm_poll(true))
		libcell_latency_serve(&server, POLL_US);
	libcell_close(&server.device);
	printk("latency-demo: asked to stop, goodbye\n");
}
