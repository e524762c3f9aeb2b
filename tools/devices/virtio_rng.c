/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/virtio_ids.h>
#include <sys/random.h>

#include "devices/virtio_rng.h"

#define CLASS_UNKNOWN	0xff0000
/* what getrandom() gives without being interrupted */
#define AT_ONCE		256

static void notify(struct virtio_device *device, unsigned int queue)
{
	struct virtio_rng *rng = (struct virtio_rng *)device;
	u8 bytes[AT_ONCE];
	ssize_t count;

	while (virtio_pop(device, queue, &rng->chain)) {
		count = getrandom(bytes, sizeof(bytes), 0);
		if (count < 0)
			count = 0;
		virtio_push(device, queue, rng->chain.head,
			    (u32)virtio_copy_to(&rng->chain, 0, bytes, (size_t)count));
	}
}

int virtio_rng_add(struct virtio_rng *rng, struct pci_bus *bus)
{
	rng->device.queues = 1;
	rng->device.notify = notify;
	return virtio_add(&rng->device, bus, VIRTIO_ID_RNG, CLASS_UNKNOWN);
}
