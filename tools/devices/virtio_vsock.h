/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VIRTIO_VSOCK_H
#define DEVICES_VIRTIO_VSOCK_H

/*
 * Sockets between the guest and root (virtio 1.1, 5.10; AF_VSOCK): packets go through root's
 * kernel, vhost-vsock. Root is CID 2.
 */

#include <linux/virtio_vsock.h>

#include "devices/vhost.h"

struct virtio_vsock {
	struct virtio_device device;
	struct vhost vhost;
	struct virtio_vsock_config config;
	struct virtio_chain chain;
	bool lost;		/* connections, of which the guest has not heard */
};

#define VIRTIO_VSOCK_KERNEL	"/dev/vhost-vsock"
#define VIRTIO_VSOCK_MIN_CID	3
#define VIRTIO_VSOCK_MAX_CID	0xfffffffeULL

/*
 * The guest has CID @cid; @kernel is VIRTIO_VSOCK_KERNEL, but for tests. 0, or -1 after
 * saying what is wrong.
 */
int virtio_vsock_open(struct virtio_vsock *vsock, struct pci_bus *bus, const char *kernel,
		      u64 cid);

/* In each process that serves it, before it gives up its rights. 0, or -1 (said). */
int virtio_vsock_renew(struct virtio_vsock *vsock, const char *kernel, u64 cid);

#endif /* DEVICES_VIRTIO_VSOCK_H */
