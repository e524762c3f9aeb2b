/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_SP805_H
#define DEVICES_SP805_H

/*
 * Arm's watchdog SP805 (Arm DDI 0270), which counts at SP805_HZ. Its interrupt is in its
 * status registers and goes nowhere; its reset is what expired() makes of it. While it does
 * not count, WDOGVALUE is WDOGLOAD.
 */

#include "devices/loop.h"
#include "devices/window.h"

#define SP805_SIZE	0x1000
#define SP805_HZ	1000000

struct sp805 {
	struct window_device device;
	struct loop_watch timer;
	/* set before sp805_open(); called once, when the guest has let it run out twice */
	void (*expired)(void *owner);
	void *owner;
	u64 begin;		/* when it was at WDOGLOAD, ns; 0: it does not count */
	u32 load, control;
	bool interrupt, locked;
	bool rang;		/* the timer, since it was set */
};

/* 0, or -1 after saying what is wrong. */
int sp805_open(struct sp805 *watchdog, struct window *window, u64 base);

#endif /* DEVICES_SP805_H */
