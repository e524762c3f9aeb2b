/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VIRTIO_RNG_H
#define DEVICES_VIRTIO_RNG_H

/* Random numbers of root's kernel (virtio 1.1, 5.4). */

#include "devices/virtio.h"

struct virtio_rng {
	struct virtio_device device;
	struct virtio_chain chain;
};

/* 0, or -1: there is no slot. */
int virtio_rng_add(struct virtio_rng *rng, struct pci_bus *bus);

#endif /* DEVICES_VIRTIO_RNG_H */
