/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_LINUX_H
#define LIBCELL_LINUX_H

#include <libcell/device.h>

/* What devices of UIO (uio.c) and local links (local.c) have in common in Linux. */

/* Where Linux shows devices; a test has its own. */
#ifndef SYSFS_PCI
#define SYSFS_PCI	"/sys/bus/pci/devices"
#endif

/* Maps of a device; those of UIO by their names. */
enum { REGISTERS, STATE_TABLE, RW_SECTION, OUTPUT_SECTIONS, OWN_OUTPUT, MAPS };

static inline struct libcell_device *device_of(struct libcell_link *link)
{
	return (struct libcell_device *)link;
}

/* Operations of a link: those that are the same. */
u32 device_events(struct libcell_link *link);
int device_wait(struct libcell_link *link, u32 seen, u64 timeout_us);
u64 device_now_us(struct libcell_link *link);

/*
 * The link of this name, or the only one that programs can use if it is NULL: its whole
 * name. Errors are those of libcell_open().
 */
int find_link(const char *name, char *pci);

void device_init_waiting(struct libcell_device *device);
void device_unmap(struct libcell_device *device);

/* Takes what made the descriptor of a local link readable: 0, -ENODEV: its hub has gone. */
int local_take(struct libcell_device *device);
/* Joins the local link of the hub at a path. */
int local_open(struct libcell_device *device, const char *path);
void local_close(struct libcell_device *device);

/*
 * A local link's memory, with its end at peer @id: the hub makes it and gives it to
 * those who join. Files of which -1 is none.
 */
struct local_files {
	int states;
	int sections[LIBCELL_LOCAL_PEERS];
	int bells[LIBCELL_LOCAL_PEERS];
};

/* The first thing a hub says, with the files in their order above. */
struct local_welcome {
	u32 version;
	u32 id;			/* LIBCELL_LOCAL_PEERS: no place is free */
	u32 output_size;
};

#define LOCAL_VERSION	1

/* Maps it; the files of bells stay open, the rest is not needed any more. */
int local_map(struct libcell_device *device, const struct local_files *files, u32 id,
	      u32 output_size);
void local_close_files(const struct local_files *files);

#endif /* LIBCELL_LINUX_H */
