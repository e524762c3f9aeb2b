/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */

/* Stands in for Zephyr's; the trigger's values are not those. */
#ifndef CHECK_ARM_GIC_H
#define CHECK_ARM_GIC_H

#define GIC_SPI			0
#define GIC_PPI			1
#define IRQ_TYPE_LEVEL		0
#define IRQ_TYPE_EDGE		1
#define IRQ_DEFAULT_PRIORITY	0xa0

#endif /* CHECK_ARM_GIC_H */
