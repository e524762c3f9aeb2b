/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

/*
 * FreeRTOS in a cell, with GUEST and the kernel's port GCC/ARM_AARCH64_SRE; on a
 * GICv2 with GCC/ARM_AARCH64, which has to know where the CPU interface is.
 */

#include "cell.h"

/*
 * A cell has the upper half of the CPU's priorities, shifted: 5 bits in the CPU
 * (Cortex-A5x, A7x, X) are 16 priorities in the cell.
 */
#define configUNIQUE_INTERRUPT_PRIORITIES	16
/* interrupts of this priority and below may call the API (...FromISR) */
#define configMAX_API_CALL_INTERRUPT_PRIORITY	10

#ifdef CELL_GICC_BASE
#define configINTERRUPT_CONTROLLER_BASE_ADDRESS		CELL_GICC_BASE
#define configINTERRUPT_CONTROLLER_CPU_INTERFACE_OFFSET	0
#endif

#define configTICK_RATE_HZ			1000
#define configSETUP_TICK_INTERRUPT()		cell_setup_tick()
#define configCLEAR_TICK_INTERRUPT()		cell_clear_tick()
/* on a CPU that is shared, Linux has it until the next task is due */
#define configUSE_TICKLESS_IDLE			1
#define portSUPPRESS_TICKS_AND_SLEEP(ticks)	cell_sleep(ticks)
#define configTICK_TYPE_WIDTH_IN_BITS		TICK_TYPE_WIDTH_64_BITS

#define configUSE_PREEMPTION			1
#define configUSE_TIME_SLICING			1
#define configUSE_PORT_OPTIMISED_TASK_SELECTION	1
#define configMAX_PRIORITIES			32
#define configMAX_TASK_NAME_LEN			16
#define configIDLE_SHOULD_YIELD			1
#define configUSE_MUTEXES			1
#define configUSE_RECURSIVE_MUTEXES		1
#define configUSE_COUNTING_SEMAPHORES		1
#define configUSE_TASK_NOTIFICATIONS		1
#define configQUEUE_REGISTRY_SIZE		0
/* tasks have an FPU context if they begin with portTASK_USES_FLOATING_POINT() */
#define configUSE_TASK_FPU_SUPPORT		1

/* in words of 8 bytes, and in bytes; the image has 2 MiB */
#define configMINIMAL_STACK_SIZE		512
#define configTOTAL_HEAP_SIZE			0x80000
#define configSUPPORT_DYNAMIC_ALLOCATION	1
#define configSUPPORT_STATIC_ALLOCATION		0

#define configUSE_TIMERS			1
#define configTIMER_TASK_PRIORITY		(configMAX_PRIORITIES - 1)
#define configTIMER_QUEUE_LENGTH		16
#define configTIMER_TASK_STACK_DEPTH		configMINIMAL_STACK_SIZE

#define configUSE_IDLE_HOOK			1
#define configUSE_TICK_HOOK			1
#define configUSE_DAEMON_TASK_STARTUP_HOOK	1
#define configUSE_MALLOC_FAILED_HOOK		1
#define configCHECK_FOR_STACK_OVERFLOW		2
#define configASSERT(x) \
	do { if (!(x)) cell_assert(__FILE__, __LINE__); } while (0)

#define INCLUDE_vTaskDelay			1
#define INCLUDE_xTaskDelayUntil			1
#define INCLUDE_vTaskDelete			1
#define INCLUDE_vTaskSuspend			1
#define INCLUDE_vTaskPrioritySet		1
#define INCLUDE_uxTaskPriorityGet		1
#define INCLUDE_uxTaskGetStackHighWaterMark	1

#endif /* FREERTOS_CONFIG_H */
