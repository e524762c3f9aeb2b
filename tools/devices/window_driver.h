/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_WINDOW_DRIVER_H
#define DEVICES_WINDOW_DRIVER_H

/* The windows of a cell by the driver's file descriptor: uapi/cellblock-remote.h. */

#include "devices/loop.h"
#include "devices/window.h"

struct cellblock_remote_page;

#define WINDOW_LINES	32

struct window_driver {
	struct loop_watch watch;
	struct window window;
	struct cellblock_remote_page *page;
	unsigned int timeout;			/* ms that a CPU waits */
	unsigned int high[WINDOW_LINES];	/* interrupts whose level is 1 */
	unsigned int lines;
	u32 reset;				/* the page's number of the last one */
	bool gone;				/* the cell is destroyed */
};

/*
 * Attach to the windows of @cell; @bank and @bank_size are guest-physical, size 0: there is
 * none. 0, or -1 after saying what is wrong.
 */
int window_driver_open(struct window_driver *driver, const char *cell, unsigned int timeout,
		       u64 bank, u64 bank_size);

#endif /* DEVICES_WINDOW_DRIVER_H */
