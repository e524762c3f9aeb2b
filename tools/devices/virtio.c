/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <string.h>

#include "devices/virtio.h"

/* One access, so that what was checked is what is used. */
#define READ_ONCE(field)	(*(const volatile __typeof__(field) *)&(field))

bool virtio_works(const struct virtio_device *device)
{
	return device->status & VIRTIO_CONFIG_S_DRIVER_OK &&
	       !(device->status & VIRTIO_CONFIG_S_NEEDS_RESET);
}

/* With MSI-X, ISR status says of the configuration alone (4.1.4.5.1). */
static void interrupt(struct virtio_device *device, u8 reason, u16 vector)
{
	bool by_message = msix_enabled(&device->function);

	if (!by_message || reason == VIRTIO_PCI_ISR_CONFIG)
		device->isr |= reason;
	pci_interrupt(&device->function, device->isr);
	if (by_message && vector != VIRTIO_MSI_NO_VECTOR)
		msix_raise(&device->function, vector);
}

void virtio_interrupt(struct virtio_device *device, unsigned int queue)
{
	interrupt(device, VIRTIO_ISR_QUEUE, device->queue[queue].vector);
}

void virtio_changed(struct virtio_device *device)
{
	interrupt(device, VIRTIO_PCI_ISR_CONFIG, device->vector);
}

void virtio_broken(struct virtio_device *device)
{
	bool told = device->status & VIRTIO_CONFIG_S_DRIVER_OK;

	if (device->status & VIRTIO_CONFIG_S_NEEDS_RESET)
		return;
	device->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
	if (device->stop)
		device->stop(device);
	if (told)
		virtio_changed(device);
}

/* With the field for VIRTIO_F_EVENT_IDX that each has at its end (2.6.6, 2.6.8). */
static u64 ring_size(const struct virtio_queue *queue, int ring)
{
	switch (ring) {
	case VIRTIO_DESCRIPTORS:
		return sizeof(struct vring_desc) * queue->size;
	case VIRTIO_AVAILABLE:
		return sizeof(struct vring_avail) + sizeof(u16) * (queue->size + 1U);
	default:
		return sizeof(struct vring_used) + sizeof(struct vring_used_elem) * queue->size +
		       sizeof(u16);
	}
}

void *virtio_ring(const struct virtio_device *device, const struct virtio_queue *queue, int ring)
{
	return window_memory(device->function.bus->window, queue->ring[ring],
			     ring_size(queue, ring));
}

int virtio_enable(struct virtio_device *device, struct virtio_queue *queue)
{
	static const u64 alignment[VIRTIO_RINGS] = {
		VRING_DESC_ALIGN_SIZE, VRING_AVAIL_ALIGN_SIZE, VRING_USED_ALIGN_SIZE
	};
	int ring;

	for (ring = 0; ring < VIRTIO_RINGS; ring++)
		if (queue->ring[ring] % alignment[ring] || !virtio_ring(device, queue, ring))
			return -1;
	queue->enabled = true;
	return 0;
}

/* A descriptor into the chain; false: it is against the rules. */
static bool add_buffer(const struct virtio_device *device, const struct vring_desc *descriptor,
		       struct virtio_chain *chain)
{
	struct virtio_buffer *buffer = &chain->buffer[chain->count++];
	bool is_room = descriptor->flags & VRING_DESC_F_WRITE;

	if (descriptor->flags & ~(VRING_DESC_F_NEXT | VRING_DESC_F_WRITE))
		return false;
	/* what is to be read comes first */
	if (!is_room && chain->writable_size)
		return false;
	buffer->size = descriptor->len;
	buffer->data = window_memory(device->function.bus->window, descriptor->addr,
				     descriptor->len);
	if (!buffer->data || !buffer->size)
		return false;
	if (is_room) {
		chain->writable_size += buffer->size;
	} else {
		chain->readable_size += buffer->size;
		chain->readable++;
	}
	return true;
}

/* Its descriptors, of which a loop would be more than there are. */
static bool read_chain(const struct virtio_device *device, const struct virtio_queue *queue,
		       struct virtio_chain *chain)
{
	const struct vring_desc *table = virtio_ring(device, queue, VIRTIO_DESCRIPTORS);
	struct vring_desc one;
	u16 next = chain->head;

	chain->count = chain->readable = 0;
	chain->readable_size = chain->writable_size = 0;
	do {
		if (next >= queue->size || chain->count == queue->size)
			return false;
		one.addr = READ_ONCE(table[next].addr);
		one.len = READ_ONCE(table[next].len);
		one.flags = READ_ONCE(table[next].flags);
		next = READ_ONCE(table[next].next);
		if (!add_buffer(device, &one, chain))
			return false;
	} while (one.flags & VRING_DESC_F_NEXT);
	return true;
}

void virtio_resume_queue(const struct virtio_device *device, struct virtio_queue *queue)
{
	struct vring_used *used;

	queue->seen = queue->done;
	if (!queue->enabled)
		return;
	used = virtio_ring(device, queue, VIRTIO_USED);
	/* it may have ended while it served the queue */
	__atomic_store_n(&used->flags, 0, __ATOMIC_RELAXED);
	/* after the elements that its predecessor has written */
	__atomic_store_n(&used->idx, queue->done, __ATOMIC_RELEASE);
}

bool virtio_holds(const struct virtio_device *device, unsigned int queue)
{
	return device->queue[queue].seen != device->queue[queue].done;
}

bool virtio_pop(struct virtio_device *device, unsigned int n, struct virtio_chain *chain)
{
	struct virtio_queue *queue = &device->queue[n];
	const struct vring_avail *available;
	u16 index;

	if (!virtio_works(device) || !queue->enabled)
		return false;
	available = virtio_ring(device, queue, VIRTIO_AVAILABLE);
	/* what the index says is there has been written before it */
	index = __atomic_load_n(&available->idx, __ATOMIC_ACQUIRE);
	if (index == queue->seen)
		return false;
	/* others have their turn: a guest may add for ever */
	if (!device->budget) {
		device->notified |= 1U << n;
		return false;
	}
	if ((u16)(index - queue->seen) > queue->size)
		goto broken;
	chain->head = READ_ONCE(available->ring[queue->seen % queue->size]);
	if (!read_chain(device, queue, chain))
		goto broken;
	queue->seen++;
	device->budget--;
	return true;

broken:
	virtio_broken(device);
	return false;
}

void virtio_push(struct virtio_device *device, unsigned int n, u16 head, u32 written)
{
	struct virtio_queue *queue = &device->queue[n];
	struct vring_used *used = virtio_ring(device, queue, VIRTIO_USED);
	struct vring_used_elem *element = &used->ring[queue->done % queue->size];

	element->id = head;
	element->len = written;
	/* if this program is ended before that, it is done again; after it, it is told again */
	__atomic_store_n(&queue->done, (u16)(queue->done + 1), __ATOMIC_RELEASE);
	/* after the element, and the bytes that it tells of */
	__atomic_store_n(&used->idx, queue->done, __ATOMIC_RELEASE);
	device->given |= 1U << n;
}

void virtio_tell(struct virtio_device *device)
{
	const struct vring_avail *available;
	unsigned int n;

	/* indices before flags are looked at: the guest writes these and reads the indices */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (n = 0; n < device->queues; n++) {
		if (!(device->given & 1U << n))
			continue;
		available = virtio_ring(device, &device->queue[n], VIRTIO_AVAILABLE);
		if (!(READ_ONCE(available->flags) & VRING_AVAIL_F_NO_INTERRUPT))
			virtio_interrupt(device, n);
	}
	device->given = 0;
}

struct virtio_part virtio_readable(const struct virtio_chain *chain, u64 offset, u64 size)
{
	return (struct virtio_part){ chain->buffer, chain->readable, offset, size };
}

struct virtio_part virtio_room(const struct virtio_chain *chain, u64 offset, u64 size)
{
	return (struct virtio_part){
		chain->buffer + chain->readable, chain->count - chain->readable, offset, size
	};
}

bool virtio_next(struct virtio_part *part, struct iovec *piece)
{
	const struct virtio_buffer *buffer;

	for (; part->count && part->offset >= part->buffer->size; part->count--)
		part->offset -= part->buffer++->size;
	if (!part->count || !part->size)
		return false;
	buffer = part->buffer;
	piece->iov_base = buffer->data + part->offset;
	piece->iov_len = buffer->size - part->offset;
	if (piece->iov_len > part->size)
		piece->iov_len = part->size;
	part->size -= piece->iov_len;
	part->offset += piece->iov_len;
	return true;
}

int virtio_pieces(struct virtio_part part, struct iovec *vector)
{
	int used = 0;

	while (virtio_next(&part, &vector[used]))
		used++;
	return used;
}

size_t virtio_copy_from(const struct virtio_chain *chain, u64 offset, void *data, size_t size)
{
	struct virtio_part part = virtio_readable(chain, offset, size);
	struct iovec piece;
	size_t done = 0;

	for (; virtio_next(&part, &piece); done += piece.iov_len)
		memcpy((u8 *)data + done, piece.iov_base, piece.iov_len);
	return done;
}

size_t virtio_copy_to(const struct virtio_chain *chain, u64 offset, const void *data, size_t size)
{
	struct virtio_part part = virtio_room(chain, offset, size);
	struct iovec piece;
	size_t done = 0;

	for (; virtio_next(&part, &piece); done += piece.iov_len)
		memcpy(piece.iov_base, (const u8 *)data + done, piece.iov_len);
	return done;
}
