/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VHOST_H
#define DEVICES_VHOST_H

/*
 * The first queues of a virtio device, served by root's kernel (vhost). Of all memory it is
 * told of the bank alone, so that what the guest names elsewhere it refuses. This program
 * hands on notifications and interrupts, and all that is not about these queues.
 */

#include "devices/loop.h"
#include "devices/virtio.h"

struct vhost;

/* The kernel has given back something of a queue. */
struct vhost_call {
	struct loop_watch watch;
	struct vhost *vhost;
	unsigned int queue;
};

struct vhost {
	struct virtio_device *device;	/* its `served` queues */
	int fd;
	u64 features;			/* what the kernel can do, and is to be told of */
	int kick[VIRTIO_QUEUES];
	struct vhost_call call[VIRTIO_QUEUES];
	struct loop_watch error;
	bool running;
	/* begin or end to serve; 0, or -1 */
	int (*run)(const struct vhost *vhost, bool run);
};

/*
 * device and run are set, served is; @kernel: its device's name. 0, or -1 after saying what is
 * wrong.
 */
int vhost_open(struct vhost *vhost, const char *kernel);

/*
 * The kernel's device anew, with the memory that this process has of the bank: what a former
 * process began has ended then. Needs the rights to open it: @kernel must not come from memory
 * that a former process could write. 0, or -1 (said).
 */
int vhost_renew(struct vhost *vhost, const char *kernel);

/* The guest has something in this queue; from the first time on it is served. */
void vhost_notify(struct vhost *vhost, unsigned int queue);
/* The kernel does not touch the guest's memory from now on. */
void vhost_stop(struct vhost *vhost);

#endif /* DEVICES_VHOST_H */
