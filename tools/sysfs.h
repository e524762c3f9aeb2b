/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_SYSFS_H
#define TOOLS_SYSFS_H

/* What the driver shows in sysfs. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/types.h>

struct sysfs_cell {
	unsigned int id;
	char name[32];
	char state[32];
	char cpus_assigned[256];	/* lists such as 0-2,5 */
	char cpus_failed[256];
	char cpus_shared[256];
	char sharing[512];		/* by which policy, or "" */
	char failure[512];		/* why and where it failed last, or "" */
	char first_failure[512];	/* the first one since somebody started it */
	char fault[512];		/* the same as NAME=VALUE NAME=VALUE... */
	char irq_delivery[64];		/* "direct", or another way and why */
	u64 restarts;
	u64 permissive;			/* 1: it is */
};

/* Also in the state "running/locked" */
bool sysfs_cell_runs(const struct sysfs_cell *cell);

/*
 * Is the hypervisor enabled? EXIT_DONE with the answer, or EXIT_REFUSED after
 * saying that the driver is not there.
 */
int sysfs_enabled(bool *enabled);
/* The same, and says so if it is not. */
int sysfs_notice_disabled(bool *enabled);
/* Only with the hypervisor: EXIT_DONE, or EXIT_REFUSED after saying what is not there. */
int sysfs_need_enabled(void);

/* First line of a file below the root, without its newline: 0 or -errno. */
int sysfs_read_line(char *line, size_t size, const char *path);
/* A decimal number alone in a file: 0 or -errno. */
int sysfs_read_number(u64 *value, const char *path);

/* All cells by ascending id, to be freed; EXIT_DONE, or EXIT_REFUSED (said). */
int sysfs_read_cells(struct sysfs_cell **cells, size_t *count);

/*
 * Calls @entry for each name in a folder below the root, in no order.
 * 0 or -errno of opening the folder.
 */
int sysfs_for_each(const char *path,
		   void (*entry)(const char *name, void *context),
		   void *context);

#endif /* TOOLS_SYSFS_H */
