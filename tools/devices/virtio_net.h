/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VIRTIO_NET_H
#define DEVICES_VIRTIO_NET_H

/*
 * An Ethernet interface (virtio 1.1, 5.1) whose other end is a tap interface of root's. Root's
 * kernel moves the frames, vhost-net, with checksums and segments left open; or this program
 * does, and then frames are whole. What the tap does not take is lost, as on a wire. Root's
 * interface has a carrier while the guest's works.
 */

#include <linux/virtio_net.h>

#include "devices/vhost.h"

struct virtio_net {
	struct virtio_device device;
	struct vhost vhost;		/* if its queues are served by others */
	struct loop_watch watch;
	struct virtio_net_config config;
	struct virtio_chain output;
	struct virtio_chain input;	/* taken for the next frame, if its queue holds one */
	bool carrier;
};

#define VIRTIO_NET_KERNEL	"/dev/vhost-net"

/*
 * Before it is opened or added: root's kernel is to move the frames. @kernel is
 * VIRTIO_NET_KERNEL, but for tests. 0, or -1 after saying what is wrong: then this program does.
 */
int virtio_net_use_kernel(struct virtio_net *net, const char *kernel);

/* If it does: in each process that serves it, before it gives up its rights. 0, or -1 (said). */
int virtio_net_renew(struct virtio_net *net, const char *kernel);

/*
 * The tap interface is made if there is none with this name. @identity, of the cell and of
 * the interface in it, and the machine make its MAC address. 0, or -1 after saying what is
 * wrong.
 */
int virtio_net_open(struct virtio_net *net, struct pci_bus *bus, const char *tap,
		    const char *identity);

/* The same with frames at @fd, which does not wait; it is the device's. */
int virtio_net_add(struct virtio_net *net, struct pci_bus *bus, int fd, const char *identity);

#endif /* DEVICES_VIRTIO_NET_H */
