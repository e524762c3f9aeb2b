/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_PL061_H
#define DEVICES_PL061_H

/*
 * Arm's GPIO PL061, r0p0 (Arm DDI 0190), with a key at line 0: 1 while it is pressed. The
 * other lines are not connected and read as 0 unless they are outputs.
 */

#include "devices/window.h"

#define PL061_SIZE	0x1000

struct pl061 {
	struct window_device device;
	struct window *window;
	unsigned int intid;
	u8 input;		/* the lines, as they are outside */
	u8 data, dir, is, ibe, iev, ie, afsel;
	u8 edges;		/* seen, and not cleared */
	bool seen;		/* the guest has read that the key is pressed */
	bool level;		/* the interrupt as the cell has it */
};

void pl061_init(struct pl061 *gpio, struct window *window, u64 base, unsigned int intid);

/*
 * The key is pressed until the guest has seen that it is. False: no driver of the guest's
 * listens, and it is not pressed.
 */
bool pl061_press(struct pl061 *gpio);

#endif /* DEVICES_PL061_H */
