/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_SCHED_SIGNAL_H
#define FAKE_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

extern struct task_struct fake_threads[2];

#define for_each_process_thread(process, thread)		\
	for ((process) = fake_threads, (thread) = (process);	\
	     (thread) < fake_threads + 2; (thread)++)

#endif /* FAKE_LINUX_SCHED_SIGNAL_H */
