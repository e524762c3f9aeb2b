/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_LOAD_H
#define TESTS_LOAD_H

/* Load on all CPUs of Linux, and whether their interrupts arrive. Results as in cellblock.h. */

#include <sys/types.h>

#define CB_MAX_CPUS	64
#define CB_LOAD_KINDS	5	/* processes per CPU */

struct cb_load {
	unsigned int count;
	pid_t pids[CB_MAX_CPUS * CB_LOAD_KINDS];
};

/* On each CPU that is online: computing, two ends of pipes to the next CPU, forking, and touching memory. */
int cb_load_start(struct cb_load *load);
/* Ends all of it, and waits for the end. */
void cb_load_stop(struct cb_load *load);

/* Each of these goes over all CPUs that are online; -1 if all is well, or the CPU that is not. */

/* Sleeps on each CPU and sees its timer count. */
int cb_silent_timer(void);
/* From each CPU to all others, while they compute: function calls. */
int cb_lost_call(void);
/* Between all pairs of CPUs: wake-ups, as many as asked for in both directions. */
int cb_lost_wakeup(unsigned int rounds);
/* All three: 0 if all is well, or the CPU that is not plus what does not work there. */
#define CB_SILENT_TIMER	1000
#define CB_LOST_CALL	2000
#define CB_LOST_WAKEUP	3000
int cb_broken_cpu(void);

#endif /* TESTS_LOAD_H */
