/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_SCHED_H
#define FAKE_LINUX_SCHED_H

#include <stdio.h>
#include <sys/types.h>

#define SCHED_NORMAL	0
#define SCHED_DEADLINE	6
#define PF_KTHREAD	0x200000
#define TASK_COMM_LEN	16

struct task_struct {
	unsigned int policy, flags;
	struct {
		u64 dl_bw;
	} dl;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

#define task_pid_nr(task)	((task)->pid)
#define strscpy(to, from, size)	snprintf(to, size, "%s", from)

#endif /* FAKE_LINUX_SCHED_H */
