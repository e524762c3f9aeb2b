/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_LINKS_H
#define TOOLS_LINKS_H

/* IVSHMEM links, put together from the cells' files and from UIO's. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/ivshmem.h>
#include <jailhouse/types.h>

#define LINK_NAME	32

struct link_peer {
	char cell[LINK_NAME];	/* empty: no cell of this machine is it now */
	bool has_state;
	u32 state;
};

struct link {
	char name[LINK_NAME];	/* of the PCI device, as 0001:00:02.0 */
	unsigned int max_peers;
	struct link_peer peers[IVSHMEM_MAX_PEERS];

	/* Linux has a device of it */
	bool has_device;
	u32 protocol;

	/* uio_ivshmem has it */
	char uio[LINK_NAME];
	u64 rw_size;
	u64 output_size;
	u64 interrupts;
};

/* All links by name, to be freed; EXIT_DONE, or EXIT_REFUSED (said). */
int links_read(struct link **links, size_t *count);

#endif /* TOOLS_LINKS_H */
