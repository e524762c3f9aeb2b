/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_DEVICE_H
#define TOOLS_DEVICE_H

/* The driver's device, with refusals in words. */

#include <stdbool.h>
#include <stddef.h>

#include <uapi/jailhouse.h>

#define DEVICE_REASONS	16

/* A file descriptor, or -1 after saying why not. */
int device_open(void);

/* Why the last request on @fd failed with @error, in words. */
void device_reason(int fd, int error, char *text, size_t size);

/*
 * Of a request that is made with one place after the other: may what it answered be
 * otherwise at the next one? Not if the driver has given the reason before.
 */
struct device_reasons {
	unsigned int count;
	struct jailhouse_error list[DEVICE_REASONS];
};
bool device_try_elsewhere(int fd, int answer, struct device_reasons *reasons);

/* Say why the last request on @fd failed with @error; EXIT_REFUSED. */
int device_refused(int fd, int error);

/* Open the device, make one request, close it. Returns an exit code. */
int device_request(unsigned long request, void *arg);

#endif /* TOOLS_DEVICE_H */
