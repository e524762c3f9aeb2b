/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_TAP_H
#define DEVICES_TAP_H

/* A tap interface of root's. */

#include <linux/virtio_net.h>
#include <stdbool.h>

#include <jailhouse/types.h>

/* What a guest may accept of one with headers: checksums, and segments, that are left open. */
#define TAP_FEATURES	(1ULL << VIRTIO_NET_F_CSUM | 1ULL << VIRTIO_NET_F_GUEST_CSUM | \
			 1ULL << VIRTIO_NET_F_HOST_TSO4 | 1ULL << VIRTIO_NET_F_GUEST_TSO4 | \
			 1ULL << VIRTIO_NET_F_HOST_TSO6 | 1ULL << VIRTIO_NET_F_GUEST_TSO6)

/*
 * Made if there is none with this name. A file descriptor that does not wait for frames; with
 * @headers, each frame has one of virtio's (virtio 1.1, 5.1.6) in front. -1 after saying what
 * is wrong.
 */
int tap_open(const char *name, bool headers);

/* What root leaves open for who has accepted @features. 0, or -1: they contradict each other. */
int tap_offload(int tap, u64 features);

/* What is no tap has none. */
void tap_set_carrier(int tap, bool carrier);

/* The frames that wait are lost. */
void tap_drain(int tap);

#endif /* DEVICES_TAP_H */
