/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_DRIVERS_H
#define TOOLS_DRIVERS_H

/* Which driver of this machine's Linux has a device of the device tree. */

#include <stdbool.h>

struct driver {
	char name[64];
	char unbind[512];	/* what to type to take the device from it; "": it cannot be done */
};

/* By the path of its node; false: none that can be seen. */
bool drivers_find(struct driver *driver, const char *path);

#endif /* TOOLS_DRIVERS_H */
