// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* A first application: one task counts, another one prints. */

#include <inmate/printk.h>

#include "FreeRTOS.h"
#include "queue.h"
#include "task.h"
#include "cell.h"

#define PERIOD_MS	100
#define QUEUE_LENGTH	4

static QueueHandle_t queue;

static void count(void *parameter)
{
	TickType_t last = xTaskGetTickCount();
	unsigned int number = 0;

	(void)parameter;
	for (;;) {
		vTaskDelayUntil(&last, pdMS_TO_TICKS(PERIOD_MS));
		number++;
		xQueueSend(queue, &number, portMAX_DELAY);
	}
}

static void print(void *parameter)
{
	unsigned int number;

	(void)parameter;
	for (;;) {
		xQueueReceive(queue, &number, portMAX_DELAY);
		if (number % 10)
			continue;
		/* the library's console knows no tasks */
		taskENTER_CRITICAL();
		printk("FreeRTOS in a cell: %u messages, tick %llu\n", number,
		       (unsigned long long)xTaskGetTickCount());
		taskEXIT_CRITICAL();
	}
}

int main(void)
{
	queue = xQueueCreate(QUEUE_LENGTH, sizeof(unsigned int));
	configASSERT(queue);
	if (xTaskCreate(count, "count", configMINIMAL_STACK_SIZE, NULL, 2, NULL) != pdPASS ||
	    xTaskCreate(print, "print", configMINIMAL_STACK_SIZE, NULL, 1, NULL) != pdPASS)
		cell_assert(__FILE__, __LINE__);
	vTaskStartScheduler();
	return 0;
}
