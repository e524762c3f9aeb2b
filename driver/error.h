/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_ERROR_H
#define DRIVER_ERROR_H

/*
 * Why something was refused, in a sentence. Whatever can refuse has an
 * argument @err for it and returns a negative errno; then a sentence is there.
 * After a success @err is undefined. So nearly every file that works for an
 * ioctl includes this header, and none can do without it.
 */

#include <uapi/jailhouse.h>

/**
 * error_set() - put a sentence into @err and into the kernel's log
 * @err: where it goes, cut off if it is too long
 * @code: a negative errno
 * @fmt: as for printk(), without a newline
 *
 * Context: any, no lock needed.
 * Return: @code.
 */
__printf(3, 4)
int error_set(struct jailhouse_error *err, int code, const char *fmt, ...);

/**
 * error_interrupted() - the sentence of an ioctl that a signal has ended
 * @err: where it goes
 *
 * Context: any, no lock needed.
 * Return: -EINTR.
 */
int error_interrupted(struct jailhouse_error *err);

#endif /* DRIVER_ERROR_H */
