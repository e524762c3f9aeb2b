/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "devices/vhost.h"

static short wants(struct loop_watch *watch)
{
	(void)watch;
	return POLLIN;
}

static void drain(const struct loop_watch *watch)
{
	eventfd_t count;

	eventfd_read(watch->fd, &count);
}

static void called(struct loop_watch *watch, short events)
{
	const struct vhost_call *call = (struct vhost_call *)watch;
	struct virtio_device *device = call->vhost->device;

	(void)events;
	drain(watch);
	if (virtio_works(device))
		virtio_interrupt(device, call->queue);
}

/* It has found something that is against the rules. */
static void failed(struct loop_watch *watch, short events)
{
	struct vhost *vhost = (struct vhost *)((char *)watch - offsetof(struct vhost, error));

	(void)events;
	drain(watch);
	virtio_broken(vhost->device);
}

static int open_kernel(const char *kernel)
{
	int fd = open(kernel, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		warn("cannot open %s; is its module loaded?", kernel);
	return fd;
}

static int make_event(void)
{
	return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

static int make_events(struct vhost *vhost, const char *kernel)
{
	struct vhost_call *call;
	unsigned int n;
	int full = 0;

	for (n = 0; n < vhost->device->served; n++) {
		call = &vhost->call[n];
		*call = (struct vhost_call){ { make_event(), wants, called }, vhost, n };
		full |= loop_add(&call->watch);
		vhost->kick[n] = make_event();
	}
	vhost->error = (struct loop_watch){ make_event(), wants, failed };
	full |= loop_add(&vhost->error);
	/* numbers rise until there are none */
	if (!full && vhost->error.fd >= 0)
		return 0;
	warnx("too many files are open for %s", kernel);
	return -1;
}

int vhost_open(struct vhost *vhost, const char *kernel)
{
	vhost->fd = open_kernel(kernel);
	if (vhost->fd < 0)
		return -1;
	if (!ioctl(vhost->fd, VHOST_GET_FEATURES, &vhost->features) &&
	    vhost->features >> VIRTIO_F_VERSION_1 & 1) {
		/* of an address it is told by the bank, so that there is nothing to translate */
		vhost->features &= ~(1ULL << VIRTIO_F_ACCESS_PLATFORM);
		return make_events(vhost, kernel);
	}
	warnx("%s of this kernel is too old: it has no virtio 1.0", kernel);
	close(vhost->fd);
	return -1;
}

static int give_memory(const struct vhost *vhost)
{
	const struct window *window = vhost->device->function.bus->window;
	union {
		struct vhost_memory table;
		uint8_t bytes[sizeof(struct vhost_memory) + sizeof(struct vhost_memory_region)];
	} memory = { .table.nregions = 1 };

	memory.table.regions[0] = (struct vhost_memory_region){
		.guest_phys_addr = window->bank_base,
		.memory_size = window->bank_size,
		.userspace_addr = (uintptr_t)window->bank,
	};
	return ioctl(vhost->fd, VHOST_SET_MEM_TABLE, &memory);
}

int vhost_renew(struct vhost *vhost, const char *kernel)
{
	int fd = open_kernel(kernel);

	if (fd < 0)
		return -1;
	vhost->running = false;
	/* in the place of the other one, which ends it and what it holds of that process */
	if (dup3(fd, vhost->fd, O_CLOEXEC) >= 0 && !close(fd) &&
	    !ioctl(vhost->fd, VHOST_SET_OWNER) && !give_memory(vhost))
		return 0;
	warn("%s cannot have the bank", kernel);
	return -1;
}

/* Where it ended, as all that it has taken it has given back. */
static int set_queue(const struct vhost *vhost, unsigned int n)
{
	const struct virtio_device *device = vhost->device;
	const struct virtio_queue *queue = &device->queue[n];
	const struct vring_used *used = virtio_ring(device, queue, VIRTIO_USED);
	const struct vhost_vring_state size = { n, queue->size };
	const struct vhost_vring_state base = { n, *(const volatile u16 *)&used->idx };
	const struct vhost_vring_addr rings = {
		.index = n,
		.desc_user_addr = (uintptr_t)virtio_ring(device, queue, VIRTIO_DESCRIPTORS),
		.avail_user_addr = (uintptr_t)virtio_ring(device, queue, VIRTIO_AVAILABLE),
		.used_user_addr = (uintptr_t)used,
	};
	const struct vhost_vring_file kick = { n, vhost->kick[n] };
	const struct vhost_vring_file call = { n, vhost->call[n].watch.fd };
	const struct vhost_vring_file error = { n, vhost->error.fd };

	return ioctl(vhost->fd, VHOST_SET_VRING_NUM, &size) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_BASE, &base) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_ADDR, &rings) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_KICK, &kick) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_CALL, &call) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_ERR, &error);
}

static int start(struct vhost *vhost)
{
	const struct virtio_device *device = vhost->device;
	u64 features = device->accepted & vhost->features;
	unsigned int n;

	if (ioctl(vhost->fd, VHOST_SET_FEATURES, &features))
		return -1;
	for (n = 0; n < device->served; n++)
		if (!device->queue[n].enabled || set_queue(vhost, n))
			return -1;
	vhost->running = true;
	return vhost->run(vhost, true);
}

void vhost_notify(struct vhost *vhost, unsigned int queue)
{
	if (!vhost->running && start(vhost))
		virtio_broken(vhost->device);
	else
		eventfd_write(vhost->kick[queue], 1);
}

void vhost_stop(struct vhost *vhost)
{
	if (vhost->running)
		vhost->run(vhost, false);
	vhost->running = false;
	drain(&vhost->error);
}
