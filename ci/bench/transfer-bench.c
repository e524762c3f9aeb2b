// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Takes what transfer.c sends from root, and answers messages of four bytes. */

#include <libcell/bulk.h>
#include <libcell/device.h>

#include "transfer.h"

#define BLOCKS		1024
#define CHANNELS	4

static struct libcell_device device;
static struct channel_service service;
static struct channel channels[CHANNELS];
static struct channel_block blocks[BLOCKS];
static struct channel_bulk bulks[CHANNELS];
static u8 message[TRANSFER_MESSAGE];

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static int take_bulk(struct channel *c)
{
	struct channel_bulk_data block;
	int ret = channel_bulk_receive(c, &block, LIBCELL_FOREVER);

	return ret ? ret : channel_bulk_release(c, block.data);
}

static void take_all(struct channel *c)
{
	int ret = channel_bulk_open(c, 0);

	while (!ret) {
		ret = channel_receive(c, message, sizeof(message), LIBCELL_FOREVER);
		if (ret == -ENOMSG)
			ret = take_bulk(c);
		else if (ret == TRANSFER_PING)
			ret = channel_send(c, message, TRANSFER_PING, LIBCELL_FOREVER);
		else if (ret > 0)
			ret = 0;
	}
	channel_close(c);
}

void inmate_main(void)
{
	const struct channel_setup setup = {
		.manager = 0, .channels = channels, .num_channels = CHANNELS,
		.blocks = blocks, .num_blocks = BLOCKS, .trunk = 4096,
		.bulks = bulks, .num_bulks = CHANNELS,
	};
	struct channel *listener, *c;

	irq_init(on_irq);
	enable_irqs();
	if (libcell_open(&device, "02.0") || channel_open(&service, &device.link, &setup) ||
	    channel_listen(&service, TRANSFER_NAME, 1, &listener))
		panic("no link with root");
	while (!channel_accept(listener, BLOCKS / 2, LIBCELL_FOREVER, &c))
		take_all(c);
}
