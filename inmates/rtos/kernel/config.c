// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

#define DEFAULT_HEAP_SIZE	(640 * 1024)

static u8 default_heap[DEFAULT_HEAP_SIZE] __attribute__((aligned(PAGE_SIZE)));

/* Of its own file, so that a program's rtos_config takes its place, heap and all. */
const struct rtos_config rtos_config = {
	RTOS_CONFIG_USUAL(default_heap),
	.accounting = RTOS_ACCOUNTING(.slice_ticks = 5),
	.stack_size = 8192,
	.timer_priority = osPriorityHigh,
};
