/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CONSOLE_H
#define DRIVER_CONSOLE_H

/*
 * The hypervisor's console, read from the ring in the page that it shares with
 * root. Has a lock of its own; main_lock is not needed.
 */

#include <linux/poll.h>
#include <linux/types.h>

struct cellblock_shared;

/**
 * struct console_reader - one open file that reads the console
 * @enabling: which enabling @position belongs to; they are counted
 * @position: characters read of it, modulo 2^32
 * @follows: has read or polled, so the ring is looked at for it
 *
 * Zeroed when the file is opened.
 */
struct console_reader {
	u32 enabling;
	u32 position;
	bool follows;
};

/**
 * console_attach() - the hypervisor is about to start
 * @shared: where it prints to, until console_detach()
 *
 * Context: main_lock held; may sleep.
 */
void console_attach(const struct cellblock_shared *shared);

/**
 * console_detach() - the hypervisor is gone
 *
 * What it has printed is kept until the next console_attach().
 *
 * Context: main_lock held; may sleep.
 */
void console_detach(void);

/**
 * console_read() - read() of /dev/jailhouse
 * @reader: of this open file
 * @to: where to
 * @size: bytes there
 * @nonblock: do not wait, the end is where all that is there has been read
 *
 * Waits until there is something that @reader has not read, and copies a piece
 * of it. Characters that were overwritten before are replaced by a note.
 *
 * Context: no lock needed; may sleep.
 * Return: bytes copied; 0 if there will be no more until the hypervisor is
 * enabled again, or with @nonblock none now; -ERESTARTSYS or -EFAULT.
 */
ssize_t console_read(struct console_reader *reader, char __user *to,
		     size_t size, bool nonblock);

/**
 * console_poll() - poll() of /dev/jailhouse
 * @reader: of this open file
 * @file: that file
 * @wait: as for poll_wait()
 *
 * Context: no lock needed; may sleep.
 * Return: EPOLLIN if console_read() would not wait.
 */
__poll_t console_poll(struct console_reader *reader, struct file *file,
		      poll_table *wait);

/**
 * console_release() - the file is closed
 * @reader: of this file
 *
 * Context: no lock needed.
 */
void console_release(struct console_reader *reader);

/**
 * console_latest() - what was printed last
 * @to: where to; not terminated
 * @size: bytes there
 *
 * Context: no lock needed; may sleep.
 * Return: bytes copied.
 */
size_t console_latest(char *to, size_t size);

/**
 * console_stamped() - all that is kept, each line with its time and CPU
 * @to: receives it, CONSOLE_STAMPED_SIZE bytes are enough
 * @room: bytes there
 *
 * Context: no lock needed; may sleep.
 * Return: the number of characters.
 */
size_t console_stamped(char *to, size_t room);

/* of a stamp: 20 digits, CPU and what is around them */
#define CONSOLE_STAMPED_SIZE	(CELLBLOCK_CONSOLE_LEN + CELLBLOCK_STAMPS * 40)

#endif /* DRIVER_CONSOLE_H */
