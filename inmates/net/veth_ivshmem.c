// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "veth_ivshmem.h"

static void set_state(struct veth *veth, u32 state)
{
	ivshmem_set_state(veth->link.device, state);
}

static void doorbell(struct veth *veth)
{
	struct ivshmem *device = veth->link.device;

	ivshmem_doorbell(device, !device->id, 0);
}

struct veth_link veth_link_of(struct ivshmem *device)
{
	return (struct veth_link) {
		.own = ivshmem_output(device, device->id),
		.other = ivshmem_output(device, !device->id),
		.size = device->output_size,
		.other_state = &device->states[!device->id],
		.device = device,
		.set_state = set_state,
		.doorbell = doorbell,
	};
}
