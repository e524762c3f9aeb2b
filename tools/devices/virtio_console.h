/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VIRTIO_CONSOLE_H
#define DEVICES_VIRTIO_CONSOLE_H

/* A console (virtio 1.1, 5.3) with one port: hvc0 of Linux. */

#include "devices/virtio.h"

struct virtio_console {
	struct virtio_device device;
	/* what the guest prints; never waits */
	void (*send)(void *owner, const u8 *bytes, size_t count);
	void *owner;
	struct virtio_chain output;
	struct virtio_chain input;	/* taken for what comes, if its queue holds one */
};

/* send and owner are set. 0, or -1: there is no slot. */
int virtio_console_add(struct virtio_console *console, struct pci_bus *bus);

size_t virtio_console_room(struct virtio_console *console);
/* At most virtio_console_room() of them. */
void virtio_console_receive(struct virtio_console *console, const u8 *bytes, size_t count);

#endif /* DEVICES_VIRTIO_CONSOLE_H */
