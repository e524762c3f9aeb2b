/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_CONSOLE_H
#define DEVICES_CONSOLE_H

/*
 * The console of a cell, for programs and people in root. In the cell's folder:
 *	console	a Unix stream socket: what was printed since the start, as far as it is
 *		kept, then what is printed; what is written there the guest reads
 *	tty	a link to a terminal that does the same, for screen, picocom or getty
 * Readers have a position in the one history each: nobody waits for them, and who is
 * behind by more than CONSOLE_HISTORY misses what is older. What a guest does not read
 * stays with its writers, who wait.
 */

#include <stddef.h>

#include <jailhouse/types.h>

#include "devices/folder.h"

#define CONSOLE_HISTORY	65536
#define CONSOLE_READERS	16

struct console;

/* The device that has this console. */
struct console_guest {
	/* how many bytes the guest can take now */
	size_t (*room)(void *device);
	/* at most so many */
	void (*receive)(void *device, const u8 *bytes, size_t count);
	void *device;
};

/*
 * @folder is taken, and stays so; @log, if not NULL, is a file at whose end all is written.
 * NULL after saying what is wrong.
 */
struct console *console_open(const struct folder *folder, const char *log,
			     const struct console_guest *guest);
void console_close(struct console *console);

/* Something the guest prints. */
void console_write(struct console *console, const u8 *bytes, size_t count);

#endif /* DEVICES_CONSOLE_H */
