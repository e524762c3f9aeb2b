/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_WAITING_H
#define TOOLS_WAITING_H

/* What requests that ask cells to shut down wait for, which is said if it takes long. */

/*
 * Guests that the request would ask to shut down, and that have a power key instead of an
 * answer, are off before it. EXIT_DONE, or EXIT_REFUSED (said).
 */
int waiting_power_off(unsigned long request, const void *arg);

/* Before a request to the driver; what it returns is for waiting_end(), after it. */
int waiting_begin(unsigned long request, const void *arg);
void waiting_end(int waiting);

#endif /* TOOLS_WAITING_H */
