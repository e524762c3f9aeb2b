/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <time.h>

#include "devices/pl031.h"
#include "devices/primecell.h"

/* registers, by their offsets; those of interrupts read as 0 */
#define DR		0x00
#define MR		0x04
#define LR		0x08
#define CR		0x0c

#define CR_START	1

static u64 pl031_read(struct window_device *device, u64 offset, unsigned int size)
{
	const struct pl031 *clock = (struct pl031 *)device;

	(void)size;
	switch (offset) {
	case DR:	return (u32)time(NULL) + clock->offset;
	case MR:	return clock->match;
	case LR:	return clock->load;
	case CR:	return CR_START;
	}
	return primecell_id(offset, 0x031, 0);	/* r1p0 */
}

static void pl031_write(struct window_device *device, u64 offset, unsigned int size, u64 value)
{
	struct pl031 *clock = (struct pl031 *)device;

	(void)size;
	switch (offset) {
	case MR:
		clock->match = (u32)value;
		break;
	case LR:
		clock->load = (u32)value;
		clock->offset = clock->load - (u32)time(NULL);
		break;
	}
}

void pl031_init(struct pl031 *clock, struct window *window, u64 base)
{
	clock->device.base = base;
	clock->device.size = PL031_SIZE;
	clock->device.read = pl031_read;
	clock->device.write = pl031_write;
	window_add(window, &clock->device);
}
