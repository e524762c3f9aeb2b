/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VIRTIO_BLK_H
#define DEVICES_VIRTIO_BLK_H

/*
 * A disk (virtio 1.1, 5.2) in a file or a block device: reads, writes, flush, discard.
 * Requests are done one after the other, in the page cache of root.
 */

#include <linux/virtio_blk.h>

#include "devices/virtio.h"

struct virtio_blk {
	struct virtio_device device;
	int fd;
	u64 sectors;
	struct virtio_blk_config config;
	struct virtio_chain chain;
};

/* 0, or -1 after saying what is wrong. */
int virtio_blk_open(struct virtio_blk *disk, struct pci_bus *bus, const char *path, bool read_only);

#endif /* DEVICES_VIRTIO_BLK_H */
