/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <errno.h>
#include <linux/vhost.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>
#include <sys/ioctl.h>

#include "devices/virtio_vsock.h"

#define CLASS_NETWORK_OTHER	0x028000

enum { RECEIVE, TRANSMIT, EVENT, QUEUES };

/* 5.10.6.7: what it thinks is connected is not. */
static void tell_lost(struct virtio_vsock *vsock)
{
	const struct virtio_vsock_event event = { .id = VIRTIO_VSOCK_EVENT_TRANSPORT_RESET };

	if (!vsock->lost || !virtio_pop(&vsock->device, EVENT, &vsock->chain))
		return;
	virtio_push(&vsock->device, EVENT, vsock->chain.head,
		    (u32)virtio_copy_to(&vsock->chain, 0, &event, sizeof(event)));
	vsock->lost = false;
}

static void notify(struct virtio_device *device, unsigned int queue)
{
	struct virtio_vsock *vsock = (struct virtio_vsock *)device;

	if (queue != EVENT)
		vhost_notify(&vsock->vhost, queue);
	tell_lost(vsock);
}

static void stop(struct virtio_device *device)
{
	struct virtio_vsock *vsock = (struct virtio_vsock *)device;

	vhost_stop(&vsock->vhost);
	vsock->lost = false;
}

static int run(const struct vhost *vhost, bool run)
{
	int value = run;

	return ioctl(vhost->fd, VHOST_VSOCK_SET_RUNNING, &value);
}

int virtio_vsock_open(struct virtio_vsock *vsock, struct pci_bus *bus, const char *kernel,
		      u64 cid)
{
	vsock->device.queues = QUEUES;
	vsock->device.served = EVENT;
	vsock->vhost.device = &vsock->device;
	vsock->vhost.run = run;
	if (vhost_open(&vsock->vhost, kernel))
		return -1;
	vsock->config.guest_cid = cid;
	vsock->device.offered = vsock->vhost.features & (1ULL << VIRTIO_RING_F_EVENT_IDX |
							 1ULL << VIRTIO_VSOCK_F_SEQPACKET);
	vsock->device.config = &vsock->config;
	vsock->device.config_size = sizeof(vsock->config);
	vsock->device.notify = notify;
	vsock->device.stop = stop;
	if (!virtio_add(&vsock->device, bus, VIRTIO_ID_VSOCK, CLASS_NETWORK_OTHER))
		return 0;
	warnx("there is no slot for vsock");
	return -1;
}

int virtio_vsock_renew(struct virtio_vsock *vsock, const char *kernel, u64 cid)
{
	vsock->lost = virtio_works(&vsock->device);
	if (vhost_renew(&vsock->vhost, kernel))
		return -1;
	if (!ioctl(vsock->vhost.fd, VHOST_VSOCK_SET_GUEST_CID, &cid))
		return 0;
	if (errno == EADDRINUSE)
		warnx("another guest has CID %llu", cid);
	else
		warn("cannot have CID %llu", cid);
	return -1;
}
