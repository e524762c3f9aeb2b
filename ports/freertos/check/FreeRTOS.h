/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CHECK_FREERTOS_H
#define CHECK_FREERTOS_H

/*
 * Stands in for the kernel's headers, so that the files beside can be compiled
 * and run without it: declarations of the documented API that they use.
 */

#include <stddef.h>
#include <stdint.h>

#include "FreeRTOSConfig.h"

typedef long BaseType_t;
typedef uint64_t UBaseType_t;
typedef uint64_t TickType_t;
typedef void *TaskHandle_t;
typedef void *QueueHandle_t;
typedef void (*TaskFunction_t)(void *parameter);
typedef enum { eAbortSleep, eStandardSleep, eNoTasksWaitingTimeout } eSleepModeStatus;

#define pdPASS			1
#define portMAX_DELAY		(~(TickType_t)0)
#define pdMS_TO_TICKS(ms)	((TickType_t)(ms) * configTICK_RATE_HZ / 1000)
#define taskENTER_CRITICAL()	vPortEnterCritical()
#define taskEXIT_CRITICAL()	vPortExitCritical()
#define portTASK_USES_FLOATING_POINT()	vPortTaskUsesFPU()

void vPortEnterCritical(void);
void vPortExitCritical(void);
void vPortTaskUsesFPU(void);
void FreeRTOS_Tick_Handler(void);

eSleepModeStatus eTaskConfirmSleepModeStatus(void);
void vTaskStepTick(TickType_t ticks);

void vApplicationIdleHook(void);
void vApplicationTickHook(void);
void vApplicationDaemonTaskStartupHook(void);
void vApplicationMallocFailedHook(void);
void vApplicationStackOverflowHook(TaskHandle_t task, char *name);

BaseType_t xTaskCreate(TaskFunction_t code, const char *name, size_t depth, void *parameter,
		       UBaseType_t priority, TaskHandle_t *task);
void vTaskStartScheduler(void);
TickType_t xTaskGetTickCount(void);
void vTaskDelayUntil(TickType_t *last, TickType_t period);
QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t size);
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t wait);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t wait);

#endif /* CHECK_FREERTOS_H */
