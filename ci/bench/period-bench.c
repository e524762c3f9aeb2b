// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* A program of the real-time kernel that has something to do every millisecond, and that is little. */

#include <inmate.h>
#include <rtos.h>

static u8 heap[64 << 10] __attribute__((aligned(RTOS_PAGE_SIZE)));

const struct rtos_config rtos_config = {
	RTOS_CONFIG_USUAL(heap),
	.stack_size = 8192,
	.timer_priority = osPriorityHigh,
	.fault_policy = RTOS_FAULT_FAIL,
};

static void loop(void *unused)
{
	uint32_t next = osKernelGetTickCount();

	(void)unused;
	for (;;)
		osDelayUntil(++next);
}

int main(void)
{
	const osThreadAttr_t attr = { .priority = osPriorityRealtime };

	osKernelInitialize();
	if (!osThreadNew(loop, NULL, &attr))
		panic("no thread");
	return osKernelStart();
}
