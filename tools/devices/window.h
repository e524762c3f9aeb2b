/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_WINDOW_H
#define DEVICES_WINDOW_H

/*
 * What devices see of a cell: accesses to their registers, its interrupts, and the bank of
 * its RAM that root may see. Where the accesses come from is the business of the driver's
 * file descriptor (window_driver.c) or of a test. One thread.
 */

#include <stdbool.h>

#include <jailhouse/types.h>

struct window_access {
	u64 address;		/* guest-physical */
	u64 value;		/* written; of a read the answer */
	unsigned int size;	/* bytes: 1, 2, 4, 8 */
	bool is_write;
};

/*
 * A device at a range of addresses: @offset + @size is within it, and @offset a multiple of
 * @size. Of what read returns, only the low @size bytes count.
 */
struct window_device {
	u64 base, size;
	u64 (*read)(struct window_device *device, u64 offset, unsigned int size);
	void (*write)(struct window_device *device, u64 offset, unsigned int size, u64 value);
	/*
	 * What takes longer than an access may: called after it was answered. True: there is
	 * more of it. NULL: there is never any.
	 */
	bool (*work)(struct window_device *device);
	/* As after power-on; the guest does not run. NULL: it keeps what it has. */
	void (*reset)(struct window_device *device);
	/*
	 * The program that had this device was ended anywhere in it, and this one goes on; or
	 * accesses were lost. Its interrupt is said anew, and what was begun is done again.
	 * NULL: there is nothing to do.
	 */
	void (*resume)(struct window_device *device);
	struct window_device *next;
};

struct window {
	struct window_device *devices;
	/* the level of an interrupt of the cell; the same one twice is no change */
	void (*interrupt)(struct window *window, unsigned int intid, bool level);
	/* an edge of one that has no level; NULL: there are none */
	void (*message)(struct window *window, unsigned int intid);
	u8 *bank;
	u64 bank_base, bank_size;
};

void window_add(struct window *window, struct window_device *device);

/* Have the device answer. Where there is none: all ones are read, writes are lost. */
void window_access(struct window *window, struct window_access *access);

/* Let all devices work for a while. True: they have more to do. */
bool window_work(struct window *window);

/* All devices are as after power-on, and what the guest had asked for is forgotten. */
void window_reset(struct window *window);

/* All devices go on in this program. */
void window_resume(struct window *window);

/*
 * The guest's memory at @address, or NULL if not all @size bytes are in the bank. The guest
 * may change it at any time: what is checked is read once.
 */
void *window_memory(const struct window *window, u64 address, u64 size);

#endif /* DEVICES_WINDOW_H */
