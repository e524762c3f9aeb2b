/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include "devices/pl061.h"
#include "devices/primecell.h"

/* registers, by their offsets; bits 9:2 of GPIODATA's are the lines that are meant */
#define DATA_END	0x400
#define DIR		0x400
#define IS		0x404
#define IBE		0x408
#define IEV		0x40c
#define IE		0x410
#define RIS		0x414
#define MIS		0x418
#define IC		0x41c
#define AFSEL		0x420

#define KEY		(1 << 0)

/* What can be read of the lines. */
static u8 lines(const struct pl061 *gpio)
{
	return (u8)((gpio->data & gpio->dir) | (gpio->input & ~gpio->dir));
}

/* Levels are as they are now; edges are kept. */
static u8 raw_status(const struct pl061 *gpio)
{
	u8 levels = (u8)~(lines(gpio) ^ gpio->iev);

	return (u8)((levels & gpio->is) | (gpio->edges & ~gpio->is));
}

/* @before: the lines until now. */
static void update(struct pl061 *gpio, u8 before)
{
	u8 now = lines(gpio), changed = now ^ before;
	bool level;

	gpio->edges |= (u8)(changed & (gpio->ibe | (u8)~(now ^ gpio->iev)) & ~gpio->is);
	level = raw_status(gpio) & gpio->ie;
	if (level == gpio->level)
		return;
	gpio->level = level;
	gpio->window->interrupt(gpio->window, gpio->intid, level);
}

static u8 read_data(struct pl061 *gpio, u8 mask)
{
	u8 value = lines(gpio) & mask;

	if (value & gpio->input & KEY)
		gpio->seen = true;
	return value;
}

static u64 pl061_read(struct window_device *device, u64 offset, unsigned int size)
{
	struct pl061 *gpio = (struct pl061 *)device;

	(void)size;
	if (offset < DATA_END)
		return read_data(gpio, (u8)(offset >> 2));
	switch (offset) {
	case DIR:	return gpio->dir;
	case IS:	return gpio->is;
	case IBE:	return gpio->ibe;
	case IEV:	return gpio->iev;
	case IE:	return gpio->ie;
	case RIS:	return raw_status(gpio);
	case MIS:	return raw_status(gpio) & gpio->ie;
	case AFSEL:	return gpio->afsel;
	}
	return primecell_id(offset, 0x061, 0);	/* r0p0 */
}

static void pl061_write(struct window_device *device, u64 offset, unsigned int size, u64 wide)
{
	struct pl061 *gpio = (struct pl061 *)device;
	u8 value = (u8)wide, mask = (u8)(offset >> 2), before = lines(gpio);

	(void)size;
	if (offset < DATA_END)
		gpio->data = (u8)((gpio->data & ~mask) | (value & mask));
	switch (offset) {
	case DIR:	gpio->dir = value; break;
	case IS:	gpio->is = value; break;
	case IBE:	gpio->ibe = value; break;
	case IEV:	gpio->iev = value; break;
	case IE:	gpio->ie = value; break;
	case IC:	gpio->edges &= (u8)~value; break;
	case AFSEL:	gpio->afsel = value; break;
	}
	update(gpio, before);
}

static void set_key(struct pl061 *gpio, u8 input)
{
	u8 before = lines(gpio);

	gpio->input = input;
	gpio->seen = false;
	update(gpio, before);
}

/* The answer that the key is pressed is given: now it is no more. */
static bool pl061_work(struct window_device *device)
{
	struct pl061 *gpio = (struct pl061 *)device;

	if (gpio->seen)
		set_key(gpio, 0);
	return false;
}

static void power_on(struct window_device *device)
{
	struct pl061 *gpio = (struct pl061 *)device;

	gpio->data = gpio->dir = gpio->is = gpio->ibe = gpio->iev = gpio->ie = gpio->afsel = 0;
	set_key(gpio, 0);
	gpio->edges = 0;
}

static void resume(struct window_device *device)
{
	struct pl061 *gpio = (struct pl061 *)device;

	gpio->level = false;
	update(gpio, lines(gpio));
}

void pl061_init(struct pl061 *gpio, struct window *window, u64 base, unsigned int intid)
{
	gpio->device.base = base;
	gpio->device.size = PL061_SIZE;
	gpio->device.read = pl061_read;
	gpio->device.write = pl061_write;
	gpio->device.work = pl061_work;
	gpio->device.reset = power_on;
	gpio->device.resume = resume;
	gpio->window = window;
	gpio->intid = intid;
	window_add(window, &gpio->device);
}

bool pl061_press(struct pl061 *gpio)
{
	if (!(gpio->ie & KEY))
		return false;
	/* one who has not seen it yet sees one more edge */
	set_key(gpio, 0);
	set_key(gpio, KEY);
	return true;
}
