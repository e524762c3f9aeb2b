// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/unit.h>
#include <gic/irq.h>
#include <vdev/ivshmem.h>

const struct unit *const unit_table[] = {
	&vgic_unit,
	&ivshmem_unit,
	NULL,
};
