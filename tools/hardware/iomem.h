/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_IOMEM_H
#define TOOLS_IOMEM_H

/* /proc/iomem: what Linux has found at which physical address. */

#include "hardware/areas.h"

/* What a Linux with pages of 64 KiB empties at once, and so its CMA is made of. */
#define IOMEM_BLOCK	0x20000000ULL

struct iomem {
	struct areas ram;	/* System RAM, and what is kept from Linux */
	struct areas kept;	/* inside of it: what Linux cannot give away */
	struct areas blocks;	/* whole IOMEM_BLOCKs of that, which may be CMA */
	struct areas devices;
};

/*
 * Read the text, which ends with a NUL. NULL, or what is wrong with it; of it
 * is a list without addresses, as it is shown to all but the superuser.
 */
const char *iomem_read(struct iomem *iomem, const char *text);

#endif /* TOOLS_IOMEM_H */
