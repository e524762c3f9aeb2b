/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/virtio_console.h>
#include <linux/virtio_ids.h>

#include "devices/virtio_console.h"

#define CLASS_COMMUNICATION	0x078000

enum { RECEIVE, TRANSMIT, QUEUES };

static void notify(struct virtio_device *device, unsigned int queue)
{
	struct virtio_console *console = (struct virtio_console *)device;
	struct virtio_chain *chain = &console->output;
	unsigned int n;

	if (queue != TRANSMIT)
		return;
	while (virtio_pop(device, queue, chain)) {
		for (n = 0; n < chain->readable; n++)
			console->send(console->owner, chain->buffer[n].data, chain->buffer[n].size);
		virtio_push(device, queue, chain->head, 0);
	}
}

size_t virtio_console_room(struct virtio_console *console)
{
	if (!virtio_works(&console->device))
		return 0;
	if (!virtio_holds(&console->device, RECEIVE) &&
	    !virtio_pop(&console->device, RECEIVE, &console->input))
		return 0;
	return console->input.writable_size;
}

void virtio_console_receive(struct virtio_console *console, const u8 *bytes, size_t count)
{
	size_t done = virtio_copy_to(&console->input, 0, bytes, count);

	virtio_push(&console->device, RECEIVE, console->input.head, (u32)done);
}

int virtio_console_add(struct virtio_console *console, struct pci_bus *bus)
{
	/*
	 * No size and no further ports. Linux's driver reads it at each change of the
	 * configuration, and the time-out of the window looks like one: all ones.
	 */
	static const struct virtio_console_config config;

	console->device.config = &config;
	console->device.config_size = sizeof(config);
	console->device.queues = QUEUES;
	console->device.notify = notify;
	return virtio_add(&console->device, bus, VIRTIO_ID_CONSOLE, CLASS_COMMUNICATION);
}
