/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_IO_H
#define TOOLS_IO_H

/*
 * All that the command asks of the machine. io.c asks the kernel; the tests
 * link another implementation in its place.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <jailhouse/types.h>

/* The driver's device: a file descriptor, or a negative errno. */
int io_device_open(void);
/* Result of the ioctl (>= 0), or a negative errno. */
int io_device_ioctl(int fd, unsigned long request, void *arg);
/* Bytes read, 0 at the end, or a negative errno. */
ssize_t io_device_read(int fd, void *buffer, size_t size);
void io_device_close(int fd);

/* Folder of the driver's sysfs files. */
const char *io_sysfs_root(void);

/* Where cells with consoles have their folders. */
const char *io_run_folder(void);

/* Where the kernel shows the machine. */
const char *io_sys_root(void);
const char *io_proc_root(void);

/* Where the kernel looks for the hypervisor image first. */
const char *io_firmware_folder(void);

/* What the kernel's log still has, as much as @size; it ends with a NUL. */
void io_kernel_log(char *text, size_t size);

/* The state table of a link that UIO has: 0 or a negative errno. */
int io_link_states(const char *uio, u32 *states, unsigned int count);

/* Monotonic time in microseconds. */
u64 io_now(void);

/* The virtual count, CNTVCT_EL0, which all cells have in common. */
u64 io_count(void);

/*
 * Wait for @milliseconds. False if the user wants to stop: a signal came, or,
 * if the terminal was switched to single keys, the key q.
 */
bool io_wait(unsigned int milliseconds);

/*
 * Unless io_not_later() comes before that, @call is made once in @milliseconds, beside
 * what goes on meanwhile: in another process. 0: it is not.
 */
int io_later(unsigned int milliseconds, void (*call)(const void *), const void *argument);
void io_not_later(int later);

/*
 * Prints function, file and line of an address of the program @elf on standard output,
 * as a line. False: there is no program that knows.
 */
bool io_addr2line(const char *elf, const char *address);

/* Is this a terminal that shows a live display? */
bool io_is_terminal(void);
/* Columns of that terminal, 0 if there is no limit. */
unsigned int io_terminal_width(void);
/* Single keys without echo, and signals end io_wait(); and back again. */
void io_terminal_begin(void);
void io_terminal_end(void);

#endif /* TOOLS_IO_H */
