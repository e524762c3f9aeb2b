/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_VIRTIO_H
#define DEVICES_VIRTIO_H

/*
 * Virtio 1.1, split rings without indirect descriptors, over PCI (virtio_pci.c). All that a
 * ring says is the guest's and may change at any time: each field is read once, and checked
 * then. Whatever is against the rules makes the device need a reset, by
 * VIRTIO_CONFIG_S_NEEDS_RESET, and it does nothing until then.
 */

#include <sys/uio.h>

#include "devices/pci.h"

/* of the ISR status, beside VIRTIO_PCI_ISR_CONFIG */
#define VIRTIO_ISR_QUEUE	1

#define VIRTIO_QUEUES		3
#define VIRTIO_QUEUE_MAX	128

enum { VIRTIO_DESCRIPTORS, VIRTIO_AVAILABLE, VIRTIO_USED, VIRTIO_RINGS };

struct virtio_queue {
	u64 ring[VIRTIO_RINGS];	/* guest-physical */
	u16 size;
	u16 seen, done;		/* the next one to take, and to give back */
	u16 vector;		/* of MSI-X; VIRTIO_MSI_NO_VECTOR: it has none */
	bool enabled;
};

struct virtio_buffer {
	u8 *data;
	u32 size;
};

/* What the guest has made available at once: first what it has written, then room. */
struct virtio_chain {
	u16 head;
	unsigned int count, readable;		/* buffers; the first are readable */
	u64 readable_size, writable_size;
	struct virtio_buffer buffer[VIRTIO_QUEUE_MAX];
};

/* What is left of a part of its buffers. */
struct virtio_part {
	const struct virtio_buffer *buffer;
	unsigned int count;
	u64 offset, size;
};

struct virtio_device {
	struct pci_function function;
	/* the device's: */
	u64 offered;				/* features of its own */
	unsigned int queues;
	unsigned int served;			/* by others: the first ones (vhost.h) */
	const void *config;
	size_t config_size;
	/* the guest has something in this queue; only between DRIVER_OK and a reset */
	void (*notify)(struct virtio_device *device, unsigned int queue);
	void (*reset)(struct virtio_device *device);	/* NULL: it has nothing to forget */
	/* it does not work any more; called at any time then. NULL: it notices by virtio_works() */
	void (*stop)(struct virtio_device *device);

	/* the guest's: */
	u8 status, isr;
	u16 vector;				/* by which it hears of its configuration */
	u64 accepted;
	u32 offered_select, accepted_select;
	u16 queue_select;
	u32 notified;				/* a bit for each queue */
	u32 given;				/* as well: back, and the guest was not told yet */
	unsigned int budget;			/* chains that may still be taken at once */
	struct virtio_queue queue[VIRTIO_QUEUES];
};

/* Into @bus, as virtio device @id of PCI class @class. -1: there is no slot. */
int virtio_add(struct virtio_device *device, struct pci_bus *bus, u16 id, u32 class);

/* Does it work: DRIVER_OK, and nothing wrong since? */
bool virtio_works(const struct virtio_device *device);
/* The guest has broken a rule. */
void virtio_broken(struct virtio_device *device);
/* What the guest is to know by an interrupt: this queue has something given back, */
void virtio_interrupt(struct virtio_device *device, unsigned int queue);
/* or each that has since the last time, unless the guest looks by itself; */
void virtio_tell(struct virtio_device *device);
/* or its configuration, or status, is another one. */
void virtio_changed(struct virtio_device *device);

/* Where one of an enabled queue is: in the bank. */
void *virtio_ring(const struct virtio_device *device, const struct virtio_queue *queue, int ring);
/* 0, or -1: the queue is not where a queue can be. Enabled from then on. */
int virtio_enable(struct virtio_device *device, struct virtio_queue *queue);
/*
 * This program goes on with it: what was taken and not given back is there to be taken again,
 * and the guest sees what was given back.
 */
void virtio_resume_queue(const struct virtio_device *device, struct virtio_queue *queue);
/* Was a chain of it taken and not given back yet? */
bool virtio_holds(const struct virtio_device *device, unsigned int queue);
/* The next chain. False: there is none, or the device is broken. */
bool virtio_pop(struct virtio_device *device, unsigned int queue, struct virtio_chain *chain);
/*
 * It is the guest's again; the first @written bytes of its room were written. The guest is told
 * of all of them at once, when the device has had its turn.
 */
void virtio_push(struct virtio_device *device, unsigned int queue, u16 head, u32 written);

/* At most @size bytes from @offset on, of what is readable or of the room. */
struct virtio_part virtio_readable(const struct virtio_chain *chain, u64 offset, u64 size);
struct virtio_part virtio_room(const struct virtio_chain *chain, u64 offset, u64 size);
/* The next piece that lies in one place. False: there is none. */
bool virtio_next(struct virtio_part *part, struct iovec *piece);
/* All pieces, at most VIRTIO_QUEUE_MAX; how many. */
int virtio_pieces(struct virtio_part part, struct iovec *vector);

/*
 * From what is readable, or into the room, at most @size bytes from @offset on; the number
 * of those that there are.
 */
size_t virtio_copy_from(const struct virtio_chain *chain, u64 offset, void *data, size_t size);
size_t virtio_copy_to(const struct virtio_chain *chain, u64 offset, const void *data, size_t size);

#endif /* DEVICES_VIRTIO_H */
