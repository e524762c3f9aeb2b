/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_DEVICE_H
#define LIBCELL_DEVICE_H

#include <libcell/link.h>

/*
 * The links that a program finds: the same calls in Linux (by uio_ivshmem) and
 * in an inmate (by inmates/lib).
 */

#if __STDC_HOSTED__

#include <pthread.h>

#define LIBCELL_DEVICE_NAME	16

struct libcell_device {
	struct libcell_link link;
	/* private */
	char name[LIBCELL_DEVICE_NAME];	/* of PCI, as 0001:00:02.0 */
	int fd;
	volatile u32 *registers;
	struct libcell_mapping {
		void *at;
		size_t size;
	} maps[5];
	/* of several threads that wait, one reads for all */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool reading;
	u32 events;
};

#else

#include <inmate.h>

struct libcell_device {
	struct libcell_link link;
	/* private */
	struct ivshmem ivshmem;
	unsigned int cpu;	/* that the interrupts go to */
	u32 events;
};

/*
 * For the program's interrupt handler: true if the interrupt was the link's, or
 * of the physical timer, by which waits with a limit end.
 */
bool libcell_irq(struct libcell_device *device, unsigned int irq);

#endif

/*
 * Opens a link and attaches to it. @name is where its device is:
 * DOMAIN:BUS:DEVICE.FUNCTION, the domain and the bus may be left out; NULL is
 * the first one. -ENODEV: there is none; -EBUSY: another program has it.
 *
 * In an inmate, after irq_init(); interrupts go to the calling CPU.
 */
int libcell_open(struct libcell_device *device, const char *name);
void libcell_close(struct libcell_device *device);

#endif /* LIBCELL_DEVICE_H */
