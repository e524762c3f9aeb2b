/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_WAITING_H
#define TOOLS_WAITING_H

/* Says for which cells a request waits, if it takes long. */

/* Before a request to the driver; what it returns is for waiting_end(), after it. */
int waiting_begin(unsigned long request, const void *arg);
void waiting_end(int waiting);

#endif /* TOOLS_WAITING_H */
