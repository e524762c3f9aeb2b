// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Two threads of the real-time kernel: one measures, the other one prints the mean. */

#include <inmate.h>
#include <rtos.h>

#define SAMPLES		100

static osMessageQueueId_t queue;

static void measure(void *unused)
{
	u32 tick = osKernelGetTickCount();
	double sample;

	(void)unused;
	for (;;) {
		osDelayUntil(tick += 10);
		sample = (double)(tick % 100) / 10;
		osMessageQueuePut(queue, &sample, 0, osWaitForever);
	}
}

static void print(void *unused)
{
	double sample, sum = 0;

	(void)unused;
	for (u32 n = 1; !comm_poll(true); n++) {
		osMessageQueueGet(queue, &sample, NULL, osWaitForever);
		sum += sample;
		if (n % SAMPLES)
			continue;
		rtos_printf("threads: mean of %u samples: %u/1000\n", SAMPLES,
			    (u32)(sum * 1000 / SAMPLES));
		sum = 0;
	}
	inmate_exit();
}

int main(void)
{
	osKernelInitialize();
	queue = osMessageQueueNew(8, sizeof(double), NULL);
	if (!queue || !osThreadNew(measure, NULL, NULL) || !osThreadNew(print, NULL, NULL))
		panic("threads: no memory");
	return osKernelStart();
}
