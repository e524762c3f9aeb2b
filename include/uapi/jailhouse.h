/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef UAPI_JAILHOUSE_H
#define UAPI_JAILHOUSE_H

/* ioctls of /dev/jailhouse */

#include <linux/ioctl.h>
#include <linux/types.h>

#define JAILHOUSE_CELL_ID_NAMELEN	31

struct jailhouse_cell_create {
	__u64 config_address;
	__u32 config_size;
	__u32 padding;
};

struct jailhouse_preload_image {
	__u64 source_address;
	__u64 size;
	__u64 target_address;	/* guest-physical */
	__u64 padding;
};

struct jailhouse_cell_id {
	__s32 id;		/* JAILHOUSE_CELL_ID_UNUSED: use the name */
	__u32 padding;		/* 0, JAILHOUSE_CELL_FORCE or _CHECKED */
	char name[JAILHOUSE_CELL_ID_NAMELEN + 1];
};

#define JAILHOUSE_CELL_ID_UNUSED	(-1)

/*
 * In jailhouse_cell_id.padding. FORCE, for DESTROY, RESTART and LOAD (shutdown): do not
 * ask the cell. CHECKED, for START: refuse a cell that runs or into which nothing was
 * loaded; without it the first is asked to stop, and both are started.
 */
#define JAILHOUSE_CELL_FORCE		1
#define JAILHOUSE_CELL_CHECKED		2

/* num_preload_images 0: shut the cell down and make it loadable */
struct jailhouse_cell_load {
	struct jailhouse_cell_id cell_id;
	__u32 num_preload_images;
	__u32 padding;
	struct jailhouse_preload_image image[];
};

/* Why the last ioctl on this file failed: a sentence, NUL-terminated. */
struct jailhouse_error {
	char text[256];
};

#define JAILHOUSE_ENABLE		_IOW(0, 0, void *)
#define JAILHOUSE_DISABLE		_IO(0, 1)
#define JAILHOUSE_CELL_CREATE		_IOW(0, 2, struct jailhouse_cell_create)
#define JAILHOUSE_CELL_LOAD		_IOW(0, 3, struct jailhouse_cell_load)
#define JAILHOUSE_CELL_START		_IOW(0, 4, struct jailhouse_cell_id)
#define JAILHOUSE_CELL_DESTROY		_IOW(0, 5, struct jailhouse_cell_id)
#define JAILHOUSE_GET_ERROR		_IOR(0, 16, struct jailhouse_error)
/* Shuts the cell down and starts it anew from what was loaded last. */
#define JAILHOUSE_CELL_RESTART		_IOW(0, 17, struct jailhouse_cell_id)
/* All of ENABLE but its last step: refuses what ENABLE would, and undoes all. */
#define JAILHOUSE_TRY_ENABLE		_IOW(0, 18, void *)

/*
 * Returns a file descriptor for the cell's windows: uapi/cellblock-remote.h. One at a time,
 * -EBUSY.
 */
#define JAILHOUSE_CELL_REMOTE		_IOW(0, 19, struct jailhouse_cell_id)

/*
 * cells/<id>/turns in sysfs: one for each CPU that the cell shares. Turn k, from 1 on, is
 * at k % JAILHOUSE_CPU_TURNS from its end until that of turn k + JAILHOUSE_CPU_TURNS.
 */
#define JAILHOUSE_CPU_TURNS		128

struct jailhouse_cpu_turns {
	__u64 cpu;
	/* turns begun before the others were read, and after that */
	__u64 begun, begun_after;
	struct {
		__u64 begin, end;	/* nanoseconds of the system counter */
	} turn[JAILHOUSE_CPU_TURNS];
};

#endif /* UAPI_JAILHOUSE_H */
