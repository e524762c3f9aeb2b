/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_BACKGROUND_H
#define DEVICES_BACKGROUND_H

/*
 * A program that serves, and whose caller goes on as soon as it does: the process that was
 * called ends with 0 then, or with 1 if it never comes to that.
 */

/* Returns in the process that serves: what background_ready() takes, or -1 (said). */
int background_begin(void);

/* To be read: what it says once it serves. -1: it is not in the background. */
int background_messages(void);

/* It serves. From now on it has no terminal. */
void background_ready(int told);

#endif /* DEVICES_BACKGROUND_H */
