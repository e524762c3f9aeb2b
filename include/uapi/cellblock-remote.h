/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef UAPI_CELLBLOCK_REMOTE_H
#define UAPI_CELLBLOCK_REMOTE_H

/*
 * Remote I/O: the file descriptor for a cell's windows, of JAILHOUSE_CELL_REMOTE
 * (uapi/jailhouse.h). Documentation/remote-io.md explains it.
 *
 * poll(): POLLIN: a CPU waits, or a register was written that has no eventfd; POLLERR:
 * nobody is waited for, ATTACH is needed; POLLHUP: the cell is gone. Then all calls are
 * -ENODEV, and what is mapped is memory of nobody, at first zeros. Closing it and its
 * mappings ends it.
 *
 * mmap(), shared: at CELLBLOCK_REMOTE_PAGE, struct cellblock_remote_page; otherwise the
 * offset is a guest-physical address of the cell's RAM, in a region that is
 * JAILHOUSE_MEM_ROOTSHARED and that root has.
 */

#include <linux/ioctl.h>
#include <linux/types.h>

#include <cellblock/remote.h>

#define CELLBLOCK_REMOTE_PAGE		(1ULL << 52)

struct cellblock_remote_info {
	__u64 cpus;		/* the cell's: slots that are in use */
	__u32 page_offset;	/* of the page in its mapping, which is a page of Linux */
	__u32 padding;
};

/* Aligned 32-bit registers, at most CELLBLOCK_REMOTE_NOTIFICATIONS; 0: none. */
struct cellblock_remote_range {
	__u64 address;		/* guest-physical */
	__u32 count;
	__u32 padding;
};

struct cellblock_remote_irq {
	__u32 intid;		/* an SPI of the cell */
	__u32 level;		/* 1: it becomes pending, 0: it is not pending any more */
};

/* An eventfd, -1: none any more; of a notification, or an SPI of the cell. */
struct cellblock_remote_eventfd {
	__s32 fd;
	__u32 number;
};

#define CELLBLOCK_REMOTE_INFO		_IOR(0xcb, 0, struct cellblock_remote_info)
/*
 * The argument itself: ms that a CPU waits, CELLBLOCK_REMOTE_MIN_MS to _MAX_MS; 0: nobody
 * is waited for. Again after an access that was not answered in time.
 */
#define CELLBLOCK_REMOTE_ATTACH		_IO(0xcb, 1)
/* Writes of 32 bits there only make notified[] of their register 1. */
#define CELLBLOCK_REMOTE_NOTIFY		_IOW(0xcb, 2, struct cellblock_remote_range)
#define CELLBLOCK_REMOTE_IRQ		_IOW(0xcb, 3, struct cellblock_remote_irq)
/*
 * notified[] of a register is taken back and the eventfd signalled, by root's interrupt:
 * not while `quiet` is set.
 */
#define CELLBLOCK_REMOTE_IOEVENTFD	_IOW(0xcb, 4, struct cellblock_remote_eventfd)
/* When it is signalled, the SPI becomes pending, as by IRQ with level 1. */
#define CELLBLOCK_REMOTE_IRQFD		_IOW(0xcb, 5, struct cellblock_remote_eventfd)

/*
 * The argument itself: the page's `reset`. Devices are as after power-on, and nothing that
 * the guest had asked for before is under way. From the first time on, when that number
 * changes poll() says POLLIN and what is mapped of the cell's RAM is memory of nobody, until
 * this is called with the new one.
 */
#define CELLBLOCK_REMOTE_RESET		_IO(0xcb, 6)

/*
 * The argument itself: the page's `reset`. The guest that runs since then has failed, as a
 * watchdog of its devices says: the cell is ended as by the watchdog of the communication
 * region. One that runs no more is left as it is.
 */
#define CELLBLOCK_REMOTE_FAIL		_IO(0xcb, 7)

#endif /* UAPI_CELLBLOCK_REMOTE_H */
