/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FREERTOS_CELL_H
#define FREERTOS_CELL_H

/* What is between FreeRTOS and the cell; inmates/lib is below. */

#include <stdint.h>

/* For FreeRTOSConfig.h. */
void cell_setup_tick(void);
void cell_clear_tick(void);
void cell_sleep(uint64_t ticks);
void cell_assert(const char *file, int line) __attribute__((noreturn));

/*
 * An interrupt of the cell. @priority: 1 is the highest, 14 the lowest that
 * passes; from configMAX_API_CALL_INTERRUPT_PRIORITY on the handler may call the
 * API. Handlers may use floating point.
 */
void cell_irq_install(unsigned int intid, unsigned int priority, void (*handler)(void));

/* What the application defines; called with the library set up. */
int main(void);

#endif /* FREERTOS_CELL_H */
