// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A first application: one task counts, another one prints. Each task begins with
 * portTASK_USES_FLOATING_POINT(), as the compiler may use these registers anywhere.
 */

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

	portTASK_USES_FLOATING_POINT();
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
	double seconds;

	portTASK_USES_FLOATING_POINT();
	(void)parameter;
	for (;;) {
		xQueueReceive(queue, &number, portMAX_DELAY);
		if (number % 10)
			continue;
		seconds = (double)xTaskGetTickCount() / configTICK_RATE_HZ;
		/* the library's console knows no tasks */
		taskENTER_CRITICAL();
		printk("FreeRTOS in a cell: %u messages in %u ms\n", number,
		       (unsigned int)(seconds * 1000));
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
