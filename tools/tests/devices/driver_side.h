/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_DEVICES_DRIVER_SIDE_H
#define TESTS_DEVICES_DRIVER_SIDE_H

/*
 * What a guest's driver does with a virtio device: a function at a time, by its registers and
 * queues in the bank.
 */

#include <stddef.h>
#include <string.h>

#include <linux/pci_regs.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>

#include "devices/window.h"

#define ECAM		0x10000000ULL
#define MEMORY		0x20000000ULL
#define MEMORY_SIZE	0x100000
#define BANK		0x48000000ULL
#define RING(n)		(BANK + 0x2000 * (u64)(n))
#define QUEUE		8
#define NEEDED		(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_F_ACCESS_PLATFORM)

static struct window window;
static u8 *bank;
static u64 bar;			/* of the function that is driven */

static inline u64 get(u64 address, unsigned int size)
{
	struct window_access access = { .address = address, .size = size };

	window_access(&window, &access);
	return access.value;
}

static inline void put(u64 address, unsigned int size, u64 value)
{
	struct window_access access = {
		.address = address, .size = size, .value = value, .is_write = true
	};

	window_access(&window, &access);
}

#define FIELD(field)	offsetof(struct virtio_pci_common_cfg, field)
#define COMMON(field)	(bar + FIELD(field))

static inline void *memory(u64 address)
{
	return bank + (address - BANK);
}

static inline void work(void)
{
	while (window_work(&window))
		;
}

static inline u8 status(void)
{
	return (u8)get(COMMON(device_status), 1);
}

static inline bool is_broken(void)
{
	return status() & VIRTIO_CONFIG_S_NEEDS_RESET;
}

static inline void accept_features(u64 features)
{
	put(COMMON(device_status), 1, 0);
	put(COMMON(device_status), 1, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
	put(COMMON(guest_feature_select), 4, 0);
	put(COMMON(guest_feature), 4, features & 0xffffffff);
	put(COMMON(guest_feature_select), 4, 1);
	put(COMMON(guest_feature), 4, features >> 32);
	put(COMMON(device_status), 1, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
	    VIRTIO_CONFIG_S_FEATURES_OK);
}

/* With its used ring there. */
static inline void place_queue(unsigned int n, u64 used)
{
	memset(memory(RING(n)), 0, 0x2000);
	put(COMMON(queue_select), 2, n);
	put(COMMON(queue_size), 2, QUEUE);
	put(COMMON(queue_desc_lo), 4, RING(n));
	put(COMMON(queue_desc_hi), 4, 0);
	put(COMMON(queue_avail_lo), 4, RING(n) + 0x800);
	put(COMMON(queue_avail_hi), 4, 0);
	put(COMMON(queue_used_lo), 4, used & 0xffffffff);
	put(COMMON(queue_used_hi), 4, used >> 32);
	put(COMMON(queue_enable), 2, 1);
}

static inline void driver_ok(void)
{
	put(COMMON(device_status), 1, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
	    VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
	work();
}

/* MSI-X of function 0 of slot 0, whose capability is the first. */
#define VECTOR(n)	(bar + 0x4000 + 16 * (u64)(n))
#define PENDING		(bar + 0x4800)

static inline void set_vector(unsigned int n, u64 address, u32 data)
{
	put(VECTOR(n), 4, address & 0xffffffff);
	put(VECTOR(n) + 4, 4, address >> 32);
	put(VECTOR(n) + 8, 4, data);
	put(VECTOR(n) + 12, 4, 0);
}

static inline void enable_vectors(u16 flags)
{
	put(ECAM + get(ECAM + PCI_CAPABILITY_LIST, 1) + PCI_MSIX_FLAGS, 2, flags);
}

#endif /* TESTS_DEVICES_DRIVER_SIDE_H */
