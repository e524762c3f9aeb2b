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
	bool clock;				/* set before: it says root's time */
	unsigned int high[WINDOW_LINES];	/* interrupts whose level is 1 */
	unsigned int lines;
	u32 reset;				/* the page's number of the last one */
	bool gone;				/* the cell is destroyed */
};

/*
 * All return 0, or -1 after saying what is wrong. A process that goes on with what another
 * one has opened begins with window_driver_map(): mappings are each one's own.
 */
int window_driver_open(struct window_driver *driver, const char *cell, unsigned int timeout);

/* @bank and @size are guest-physical; size 0: there is none. */
int window_driver_map(struct window_driver *driver, u64 bank, u64 size);

/* The guest of this life has failed, as its watchdog says: the driver ends the cell. */
void window_driver_fail(const struct window_driver *driver);

/* Attach, unless a former process has, and have the devices go on. */
int window_driver_begin(struct window_driver *driver);

#endif /* DEVICES_WINDOW_DRIVER_H */
