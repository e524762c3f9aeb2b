/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_DEVICE_H
#define LIBCELL_DEVICE_H

#include <libcell/link.h>

/**
 * @file
 * The links that a program finds: the same calls in Linux (by uio_ivshmem) and
 * in an inmate (by its library).
 */

/** Programs of one Linux on a local link (hub.h), with its hub. */
#define LIBCELL_LOCAL_PEERS	IVSHMEM_MAX_PEERS

#if __STDC_HOSTED__

#include <pthread.h>

#define LIBCELL_DEVICE_NAME	16

struct libcell_device {
	struct libcell_link link;	/* for the calls of the other headers */
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
	/* of a local link: to its hub, and each peer's event */
	int socket;
	int bells[LIBCELL_LOCAL_PEERS];
};

/**
 * For epoll: readable when there is an event. Then, and before it is waited for
 * again, libcell_wait(&device->link, libcell_events(&device->link), 0) takes it.
 *
 * @param device	opened
 * @return the descriptor, which is the library's
 */
static inline int libcell_fd(const struct libcell_device *device)
{
	return device->fd;
}

/**
 * Why libcell_open() has failed, for people: what is wrong with which link, which
 * links there are with their drivers, and what to do. Linux only.
 *
 * @param name	as for libcell_open()
 * @param error	its result
 * @param text	gets it, cut if it is longer
 * @param size	bytes of it, at least 1
 */
void libcell_explain(const char *name, int error, char *text, size_t size);

#else

#include <inmate.h>

#include <libcell/channel.h>

/**
 * An open device. In Linux it has other private fields, and the name of the
 * PCI device that was found: libcell_device.name.
 */
struct libcell_device {
	struct libcell_link link;	/**< for the calls of the other headers */
	struct ivshmem ivshmem;		/**< @private */
	unsigned int cpu;		/**< @private that the interrupts go to */
	u32 events;			/**< @private */
};

/**
 * For an inmate's interrupt handler, which calls it with each interrupt that it
 * does not know.
 *
 * @param device	opened
 * @param irq		INTID
 * @return true: the interrupt was the link's, or of the physical timer, by which
 *	waits with a limit end
 */
bool libcell_irq(struct libcell_device *device, unsigned int irq);

/**
 * For channel_setup.guard of a program whose interrupt handler runs the service
 * (channel_interrupt()), on the CPU that opened the link: it masks interrupts.
 */
extern struct channel_guard libcell_irq_guard;

#endif

/**
 * Opens a link and attaches to it.
 *
 * In an inmate, after irq_init(); interrupts go to the calling CPU, and waits
 * with a limit use its physical timer.
 *
 * @param device	the caller's memory, used until libcell_close()
 * @param name		where the device is: DOMAIN:BUS:DEVICE.FUNCTION in
 *	hexadecimal, the domain and the bus may be left out; NULL: in Linux the only
 *	one that has the driver uio_ivshmem, in an inmate the first one; in Linux also
 *	the path, from /, of the socket of a local link (hub.h)
 * @return 0; -ENODEV: there is none; -ENXIO: there is, without the driver;
 *	-ENOTUNIQ: there are several of this name, or without a name;
 *	-EBUSY: another program of this Linux has it, or all places of the local link
 *	are taken; those of libcell_attach(); in Linux also why its file cannot be used
 */
int libcell_open(struct libcell_device *device, const char *name);

/**
 * Detaches from the link and gives the device back.
 *
 * @param device	opened, and not used by another thread any more
 */
void libcell_close(struct libcell_device *device);

#endif /* LIBCELL_DEVICE_H */
