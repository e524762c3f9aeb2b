/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <linux/if_ether.h>
#include <linux/vhost.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "devices/tap.h"
#include "devices/virtio_net.h"

#define CLASS_NETWORK	0x020000
#define MACHINE_ID	"/etc/machine-id"
#define HEADER		sizeof(struct virtio_net_hdr_v1)
/* frames that are taken from the tap before others have their turn */
#define BATCH		64

enum { RECEIVE, TRANSMIT, QUEUES };

static struct virtio_net *net_of(struct loop_watch *watch)
{
	return (struct virtio_net *)((char *)watch - offsetof(struct virtio_net, watch));
}

static void set_carrier(struct virtio_net *net, bool carrier)
{
	tap_set_carrier(net->watch.fd, carrier);
	net->carrier = carrier;
}

/* False: the guest has broken a rule. */
static bool transmit(const struct virtio_net *net)
{
	const struct virtio_chain *chain = &net->output;
	struct iovec vector[VIRTIO_QUEUE_MAX];
	struct virtio_net_hdr_v1 header;
	int count;

	if (virtio_copy_from(chain, 0, &header, HEADER) < HEADER || header.flags ||
	    header.gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return false;
	count = virtio_pieces(virtio_readable(chain, HEADER, chain->readable_size), vector);
	/* the tap judges the frame; what it does not take, as while it is down, is lost */
	writev(net->watch.fd, vector, count);
	return true;
}

static void notify(struct virtio_device *device, unsigned int queue)
{
	struct virtio_net *net = (struct virtio_net *)device;

	if (!net->carrier)
		set_carrier(net, true);
	if (device->served)
		vhost_notify(&net->vhost, queue);
	if (device->served || queue != TRANSMIT)
		return;
	while (virtio_pop(device, TRANSMIT, &net->output)) {
		if (!transmit(net)) {
			virtio_broken(device);
			return;
		}
		virtio_push(device, TRANSMIT, net->output.head, 0);
	}
}

static void reset(struct virtio_device *device)
{
	struct virtio_net *net = (struct virtio_net *)device;

	set_carrier(net, false);
	/* the next driver may not take what the former one would have */
	if (device->served)
		tap_drain(net->watch.fd);
}

static void stop(struct virtio_device *device)
{
	vhost_stop(&((struct virtio_net *)device)->vhost);
}

static int run(const struct vhost *vhost, bool run)
{
	const struct virtio_net *net = (const struct virtio_net *)vhost->device;
	struct vhost_vring_file backend = { .fd = run ? net->watch.fd : -1 };
	int ret = tap_offload(net->watch.fd, run ? net->device.accepted : 0);

	for (; backend.index < QUEUES; backend.index++)
		ret |= ioctl(vhost->fd, VHOST_NET_SET_BACKEND, &backend);
	return ret;
}

static bool has_room(struct virtio_net *net)
{
	if (!virtio_works(&net->device) || net->device.served)
		return false;
	if (virtio_holds(&net->device, RECEIVE))
		return true;
	if (!virtio_pop(&net->device, RECEIVE, &net->input))
		return false;
	/* 5.1.6.3.1: any frame without segments left open */
	if (!net->input.readable_size && net->input.writable_size >= HEADER + ETH_FRAME_LEN)
		return true;
	virtio_broken(&net->device);
	return false;
}

/* False: no frame has come. One that is larger than the room is lost. */
static bool receive(struct virtio_net *net)
{
	const struct virtio_net_hdr_v1 header = { .num_buffers = 1 };
	const struct virtio_chain *chain = &net->input;
	struct iovec vector[VIRTIO_QUEUE_MAX + 1];
	u64 room = chain->writable_size - HEADER;
	u8 beyond;
	int count = virtio_pieces(virtio_room(chain, HEADER, room), vector);
	ssize_t size;

	vector[count++] = (struct iovec){ &beyond, 1 };
	size = readv(net->watch.fd, vector, count);
	if (size <= 0)
		return false;
	if ((u64)size > room)
		return true;
	virtio_copy_to(chain, 0, &header, HEADER);
	virtio_push(&net->device, RECEIVE, chain->head, (u32)(HEADER + (size_t)size));
	return true;
}

static short wants(struct loop_watch *watch)
{
	return has_room(net_of(watch)) ? POLLIN : 0;
}

static void ready(struct loop_watch *watch, short events)
{
	struct virtio_net *net = net_of(watch);
	int n;

	if (events & (POLLERR | POLLHUP)) {
		warnx("a tap interface was removed: the cell's has no other end any more");
		loop_remove(watch);
		return;
	}
	for (n = 0; n < BATCH && has_room(net) && receive(net); n++)
		;
}

static u64 mix(u64 hash, const char *text)
{
	/* FNV-1a */
	while (*text)
		hash = (hash ^ (u8)*text++) * 0x100000001b3ULL;
	return hash;
}

/* The same whenever the cell is made, and another one in each machine; locally administered. */
static void make_address(u8 address[ETH_ALEN], const char *identity)
{
	FILE *file = fopen(MACHINE_ID, "re");
	char machine[40] = "";
	u64 hash;
	int n;

	if (file) {
		if (!fgets(machine, sizeof(machine), file))
			machine[0] = '\0';
		fclose(file);
	}
	hash = mix(mix(0xcbf29ce484222325ULL, machine), identity);
	/* the upper bits are mixed best */
	for (n = 0; n < ETH_ALEN; n++, hash <<= 8)
		address[n] = (u8)(hash >> 56);
	address[0] = (u8)((address[0] & 0xfc) | 2);
}

int virtio_net_use_kernel(struct virtio_net *net, const char *kernel)
{
	net->device.served = QUEUES;
	net->vhost.device = &net->device;
	net->vhost.run = run;
	if (vhost_open(&net->vhost, kernel)) {
		net->device.served = 0;
		return -1;
	}
	net->device.stop = stop;
	net->device.offered = TAP_FEATURES |
			      (net->vhost.features & (1ULL << VIRTIO_NET_F_MRG_RXBUF |
						      1ULL << VIRTIO_RING_F_EVENT_IDX));
	return 0;
}

int virtio_net_renew(struct virtio_net *net, const char *kernel)
{
	return vhost_renew(&net->vhost, kernel);
}

int virtio_net_add(struct virtio_net *net, struct pci_bus *bus, int fd, const char *identity)
{
	net->watch = (struct loop_watch){ fd, wants, ready };
	make_address(net->config.mac, identity);
	net->device.offered |= 1ULL << VIRTIO_NET_F_MAC;
	net->device.queues = QUEUES;
	net->device.config = &net->config;
	net->device.config_size = sizeof(net->config.mac);
	net->device.notify = notify;
	net->device.reset = reset;
	if (!virtio_add(&net->device, bus, VIRTIO_ID_NET, CLASS_NETWORK) && !loop_add(&net->watch))
		return 0;
	warnx("there is no slot for a network interface");
	close(fd);
	return -1;
}

int virtio_net_open(struct virtio_net *net, struct pci_bus *bus, const char *tap,
		    const char *identity)
{
	int fd = tap_open(tap, net->device.served);

	return fd < 0 ? -1 : virtio_net_add(net, bus, fd, identity);
}
