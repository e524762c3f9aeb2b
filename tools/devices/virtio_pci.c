/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Virtio 1.1, 4.1: the registers of the modern transport, in one BAR. */

#include <linux/pci_regs.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <string.h>

#include "devices/virtio.h"

#define VENDOR		0x1af4
#define DEVICE_BASE	0x1040

/* the BAR */
#define COMMON		0x0000
#define ISR		0x1000
#define CONFIG		0x2000
#define NOTIFY		0x3000
#define VECTORS		0x4000
#define BAR_SIZE	0x8000
#define NOTIFY_STEP	4

/* of the configuration space */
#define CAPABILITIES	0x40

#define FEATURES	(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_F_ACCESS_PLATFORM)
#define FIELD(name)	offsetof(struct virtio_pci_common_cfg, name)

static u64 offered(const struct virtio_device *device)
{
	return device->offered | FEATURES;
}

static u32 half(u64 features, u32 select)
{
	return select < 2 ? (u32)(features >> 32 * select) : 0;
}

/* The selected queue, NULL if there is none. */
static struct virtio_queue *selected(struct virtio_device *device)
{
	return device->queue_select < device->queues ? &device->queue[device->queue_select] : NULL;
}

static void reset(struct virtio_device *device)
{
	unsigned int n;

	device->status = 0;
	device->isr = 0;
	device->accepted = 0;
	device->offered_select = device->accepted_select = 0;
	device->queue_select = 0;
	device->notified = device->given = 0;
	device->vector = VIRTIO_MSI_NO_VECTOR;
	memset(device->queue, 0, sizeof(device->queue));
	for (n = 0; n < device->queues; n++) {
		device->queue[n].size = VIRTIO_QUEUE_MAX;
		device->queue[n].vector = VIRTIO_MSI_NO_VECTOR;
	}
	pci_interrupt(&device->function, false);
	msix_forget(&device->function);
	if (device->stop)
		device->stop(device);
	if (device->reset)
		device->reset(device);
}

/*
 * What the guest writes, apart from NEEDS_RESET, which is ours. Features are good if we
 * have them, and if rings and buffers are in the bank.
 */
static void set_status(struct virtio_device *device, u8 value)
{
	u8 new = (u8)(value & ~VIRTIO_CONFIG_S_NEEDS_RESET);

	if (!value) {
		reset(device);
		return;
	}
	if (device->accepted & ~offered(device) || (device->accepted & FEATURES) != FEATURES)
		new = (u8)(new & ~VIRTIO_CONFIG_S_FEATURES_OK);
	if (!(new & VIRTIO_CONFIG_S_FEATURES_OK))
		new = (u8)(new & ~VIRTIO_CONFIG_S_DRIVER_OK);
	device->status = new | (device->status & VIRTIO_CONFIG_S_NEEDS_RESET);
	/* what was made available before that, a driver need not notify again */
	if (virtio_works(device))
		device->notified = (1U << device->queues) - 1;
	else if (device->stop)
		device->stop(device);
}

static void set_features(struct virtio_device *device, u32 value)
{
	u32 select = device->accepted_select;

	if (device->status & VIRTIO_CONFIG_S_FEATURES_OK || (select >= 2 && value))
		virtio_broken(device);
	else if (select < 2)
		device->accepted = (device->accepted & ~(0xffffffffULL << 32 * select)) |
				   (u64)value << 32 * select;
}

/* A field of the selected queue; one that is live stays as it is. */
static void set_queue(struct virtio_device *device, u64 offset, u32 value)
{
	struct virtio_queue *queue = selected(device);
	u64 *ring;

	if (!queue || queue->enabled)
		goto broken;
	if (offset == FIELD(queue_size)) {
		if (!value || value > VIRTIO_QUEUE_MAX || value & (value - 1))
			goto broken;
		queue->size = (u16)value;
	} else if (offset == FIELD(queue_enable)) {
		if (value != 1 || !(device->status & VIRTIO_CONFIG_S_FEATURES_OK) ||
		    virtio_enable(device, queue))
			goto broken;
	} else {
		ring = &queue->ring[(offset - FIELD(queue_desc_lo)) / 8];
		if (offset % 8)
			*ring = (*ring & 0xffffffff) | (u64)value << 32;
		else
			*ring = (*ring & ~0xffffffffULL) | value;
	}
	return;

broken:
	virtio_broken(device);
}

/* What is no vector reads as none, which tells the driver that it has none. */
static u16 vector_of(const struct virtio_device *device, u32 value)
{
	return value < device->function.msix.count ? (u16)value : VIRTIO_MSI_NO_VECTOR;
}

/* Also of one that is live. */
static void set_queue_vector(struct virtio_device *device, u32 value)
{
	struct virtio_queue *queue = selected(device);

	if (queue)
		queue->vector = vector_of(device, value);
	else
		virtio_broken(device);
}

static void fill_common(struct virtio_device *device, struct virtio_pci_common_cfg *common)
{
	const struct virtio_queue *queue = selected(device);

	memset(common, 0, sizeof(*common));
	common->device_feature_select = device->offered_select;
	common->device_feature = half(offered(device), device->offered_select);
	common->guest_feature_select = device->accepted_select;
	common->guest_feature = half(device->accepted, device->accepted_select);
	common->msix_config = device->vector;
	common->num_queues = (u16)device->queues;
	common->device_status = device->status;
	common->queue_select = device->queue_select;
	common->queue_msix_vector = VIRTIO_MSI_NO_VECTOR;
	if (!queue)
		return;
	common->queue_size = queue->size;
	common->queue_msix_vector = queue->vector;
	common->queue_enable = queue->enabled;
	common->queue_notify_off = device->queue_select;
	memcpy(&common->queue_desc_lo, queue->ring, sizeof(queue->ring));
}

/* What a driver writes, with the width that it has: all else is a mistake of it. */
static void write_common(struct virtio_device *device, u64 offset, unsigned int size, u32 value)
{
	switch (offset << 8 | size) {
	case FIELD(device_feature_select) << 8 | 4:
		device->offered_select = value;
		break;
	case FIELD(guest_feature_select) << 8 | 4:
		device->accepted_select = value;
		break;
	case FIELD(guest_feature) << 8 | 4:
		set_features(device, value);
		break;
	case FIELD(device_status) << 8 | 1:
		set_status(device, (u8)value);
		break;
	case FIELD(queue_select) << 8 | 2:
		device->queue_select = (u16)value;
		break;
	case FIELD(msix_config) << 8 | 2:
		device->vector = vector_of(device, value);
		break;
	case FIELD(queue_msix_vector) << 8 | 2:
		set_queue_vector(device, value);
		break;
	case FIELD(queue_size) << 8 | 2:
	case FIELD(queue_enable) << 8 | 2:
	case FIELD(queue_desc_lo) << 8 | 4:
	case FIELD(queue_desc_hi) << 8 | 4:
	case FIELD(queue_avail_lo) << 8 | 4:
	case FIELD(queue_avail_hi) << 8 | 4:
	case FIELD(queue_used_lo) << 8 | 4:
	case FIELD(queue_used_hi) << 8 | 4:
		set_queue(device, offset, value);
		break;
	default:
		virtio_broken(device);
	}
}

static u64 read_bytes(const void *from, size_t length, u64 offset, unsigned int size)
{
	u64 value = 0;

	if (offset < length)
		memcpy(&value, (const u8 *)from + offset,
		       size < length - offset ? size : length - offset);
	return value;
}

static u64 virtio_read(struct pci_function *function, u64 offset, unsigned int size)
{
	struct virtio_device *device = (struct virtio_device *)function;
	struct virtio_pci_common_cfg common;
	u8 isr = device->isr;

	if (offset < ISR) {
		fill_common(device, &common);
		return read_bytes(&common, sizeof(common), offset - COMMON, size);
	}
	if (offset >= CONFIG && offset < NOTIFY)
		return read_bytes(device->config, device->config_size, offset - CONFIG, size);
	if (offset >= VECTORS && offset < VECTORS + MSIX_BAR_SIZE)
		return msix_read(function, offset - VECTORS, size);
	if (offset != ISR)
		return 0;
	device->isr = 0;
	pci_interrupt(function, false);
	return isr;
}

static void virtio_write(struct pci_function *function, u64 offset, unsigned int size, u64 value)
{
	struct virtio_device *device = (struct virtio_device *)function;
	u64 queue = (offset - NOTIFY) / NOTIFY_STEP;

	if (offset < ISR)
		write_common(device, offset - COMMON, size, (u32)value);
	else if (offset >= VECTORS && offset < VECTORS + MSIX_BAR_SIZE)
		msix_write(function, offset - VECTORS, size, value);
	else if (offset < NOTIFY || queue >= device->queues)
		virtio_broken(device);
	else
		device->notified |= 1U << queue;
}

/*
 * What the guest adds meanwhile it need not say: each time would be an access. Where there is an
 * event index, that says it, and flags stay 0 (2.6.10).
 */
static void serve(struct virtio_device *device, unsigned int n)
{
	struct vring_used *used;

	if (n < device->served || !device->queue[n].enabled ||
	    device->accepted & 1ULL << VIRTIO_RING_F_EVENT_IDX) {
		device->notify(device, n);
		return;
	}
	used = virtio_ring(device, &device->queue[n], VIRTIO_USED);
	__atomic_store_n(&used->flags, VRING_USED_F_NO_NOTIFY, __ATOMIC_RELAXED);
	device->notify(device, n);
	__atomic_store_n(&used->flags, 0, __ATOMIC_RELAXED);
	/* before another look: the guest writes its index and reads the flags */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	device->notify(device, n);
}

static bool virtio_work(struct pci_function *function)
{
	struct virtio_device *device = (struct virtio_device *)function;
	unsigned int n;

	device->budget = VIRTIO_QUEUE_MAX;
	for (n = 0; n < device->queues; n++) {
		if (!(device->notified & 1U << n))
			continue;
		device->notified &= ~(1U << n);
		if (virtio_works(device))
			serve(device, n);
	}
	if (device->given)
		virtio_tell(device);
	return device->notified;
}

static void virtio_reset(struct pci_function *function)
{
	reset((struct virtio_device *)function);
}

static void virtio_resume(struct pci_function *function)
{
	struct virtio_device *device = (struct virtio_device *)function;
	unsigned int n;

	for (n = device->served; n < device->queues; n++)
		virtio_resume_queue(device, &device->queue[n]);
	if (!(device->status & VIRTIO_CONFIG_S_DRIVER_OK))
		return;
	device->notified = (1U << device->queues) - 1;
	/*
	 * Of what the guest was not told yet; and of its configuration: where nobody answered,
	 * all ones in the ISR status meant a change, and were read for it as well. Once too
	 * often is no harm.
	 */
	for (n = 0; n < device->queues; n++)
		virtio_interrupt(device, n);
	virtio_changed(device);
}

static void add_capability(struct pci_function *function, unsigned int at, u8 type, u32 offset,
			   u32 length)
{
	bool is_last = type == VIRTIO_PCI_CAP_NOTIFY_CFG;
	struct virtio_pci_notify_cap capability = {
		.cap = {
			.cap_vndr = PCI_CAP_ID_VNDR,
			.cap_next = is_last ? 0 : (u8)(at + sizeof(struct virtio_pci_cap)),
			.cap_len = is_last ? sizeof(capability) : sizeof(capability.cap),
			.cfg_type = type,
			.offset = offset,
			.length = length,
		},
		.notify_off_multiplier = NOTIFY_STEP,
	};

	memcpy(function->config + at, &capability, capability.cap.cap_len);
}

int virtio_add(struct virtio_device *device, struct pci_bus *bus, u16 id, u32 class)
{
	struct pci_function *function = &device->function;
	unsigned int at = CAPABILITIES;

	pci_set(function, PCI_VENDOR_ID, 2, VENDOR);
	pci_set(function, PCI_DEVICE_ID, 2, DEVICE_BASE + id);
	pci_set(function, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	/* class and, as revision, 1: not a transitional device */
	pci_set(function, PCI_CLASS_REVISION, 4, class << 8 | 1);
	pci_set(function, PCI_SUBSYSTEM_VENDOR_ID, 2, VENDOR);
	pci_set(function, PCI_SUBSYSTEM_ID, 2, DEVICE_BASE + id);
	pci_set(function, PCI_CAPABILITY_LIST, 1, CAPABILITIES);
	if (bus->messages.count) {
		msix_add(function, at, at + PCI_CAP_MSIX_SIZEOF, device->queues + 1, VECTORS);
		at += PCI_CAP_MSIX_SIZEOF;
	}
	add_capability(function, at, VIRTIO_PCI_CAP_COMMON_CFG, COMMON,
		       sizeof(struct virtio_pci_common_cfg));
	at += sizeof(struct virtio_pci_cap);
	add_capability(function, at, VIRTIO_PCI_CAP_ISR_CFG, ISR, 1);
	at += sizeof(struct virtio_pci_cap);
	/* Linux refuses a device with an empty one */
	if (device->config_size) {
		add_capability(function, at, VIRTIO_PCI_CAP_DEVICE_CFG, CONFIG,
			       (u32)device->config_size);
		at += sizeof(struct virtio_pci_cap);
	}
	add_capability(function, at, VIRTIO_PCI_CAP_NOTIFY_CFG, NOTIFY,
		       NOTIFY_STEP * device->queues);
	function->bar_size = BAR_SIZE;
	function->read = virtio_read;
	function->write = virtio_write;
	function->work = virtio_work;
	function->reset = virtio_reset;
	function->resume = virtio_resume;
	return pci_add(bus, function);
}
