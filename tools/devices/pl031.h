/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_PL031_H
#define DEVICES_PL031_H

/*
 * Arm's real-time clock PL031 (Arm DDI 0224): root's time as seconds since 1970. What the
 * guest sets is for this guest only. No alarm.
 */

#include "devices/window.h"

#define PL031_SIZE	0x1000

struct pl031 {
	struct window_device device;
	u32 offset;		/* to root's time */
	u32 load, match;	/* as written last */
};

void pl031_init(struct pl031 *clock, struct window *window, u64 base);

#endif /* DEVICES_PL031_H */
