/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef NET_VETH_IVSHMEM_H
#define NET_VETH_IVSHMEM_H

#include <inmate.h>

#include "veth.h"

/* What an attached device gives to veth_init(), without features. */
struct veth_link veth_link_of(struct ivshmem *device);

#endif /* NET_VETH_IVSHMEM_H */
