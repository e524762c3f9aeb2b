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
 * Any number of threads may wait; libcell's other calls are for the threads that
 * own what they are called for, or for all, if a service of channels has a guard:
 *
 *	static struct rtos_guard guard;
 *
 *	rtos_guard_open(&guard);
 *	setup.guard = &guard.guard;
 *	channel_open(&service, &link.device.link, &setup);
 */

#include <libcell/channel.h>
#include <libcell/device.h>

#include <rtos_skin.h>

struct rtos_link {
	struct libcell_device device;
	u64 last_event;		/* virtual count when the last interrupt came */
	/* private */
	struct libcell_ops ops;
	struct rtos_cond waiting;
	bool closed;
};

/* A mutex by which threads share a service of channels (libcell/channel.h). */
struct rtos_guard {
	struct channel_guard guard;
	/* private */
	RTOS_CB(MUTEX) memory;
	osMutexId_t mutex;
};

/*
 * libcell_open() by a thread; interrupts go to the CPU it runs on. Besides its
 * answers: -EBUSY, another handler is attached to the interrupt.
 */
int rtos_link_open(struct rtos_link *link, const char *name, u8 irq_priority);

/*
 * libcell_close(), also while threads wait for the link: what they wait in ends with -ENODEV,
 * and so does what would wait later, unless it finds that the other side has noticed. It is
 * opened again when all of them have left their calls.
 */
void rtos_link_close(struct rtos_link *link);

/* 0, or -ENOMEM: what osMutexNew() refuses. Used until the link is closed. */
int rtos_guard_open(struct rtos_guard *guard);

#endif
