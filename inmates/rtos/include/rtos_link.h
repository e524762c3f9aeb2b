/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_LINK_H
#define RTOS_LINK_H

/*
 * libcell for threads of the kernel: who waits for a peer lets others run.
 *
 *	static struct rtos_link link;
 *
 *	rtos_link_open(&link, NULL, RTOS_IRQ_PRIORITY_DEFAULT);
 *	libcell_service_open(&service, &link.device.link);
 *
 * One thread at a time may wait; libcell's other calls are for the threads that
 * own what they are called for.
 */

#include <libcell/device.h>

#include <rtos.h>

struct rtos_link {
	struct libcell_device device;
	u64 last_event;		/* virtual count when the last interrupt came */
	/* private */
	struct libcell_ops ops;
	RTOS_CB(SEMAPHORE) memory;
	osSemaphoreId_t semaphore;
};

/*
 * libcell_open() by a thread; interrupts go to the CPU it runs on. Besides its
 * answers: -EBUSY, another handler is attached to the interrupt.
 */
int rtos_link_open(struct rtos_link *link, const char *name, u8 irq_priority);
void rtos_link_close(struct rtos_link *link);

#endif
