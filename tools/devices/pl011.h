/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_PL011_H
#define DEVICES_PL011_H

/*
 * Arm's UART PL011, r1p5 (Arm DDI 0183): a FIFO of 32 bytes for what is received; what is
 * sent is out at once. As firmware leaves one: switched on. No DMA, no errors of the line.
 */

#include <stddef.h>

#include "devices/window.h"

#define PL011_SIZE	0x1000
#define PL011_FIFO	32

struct pl011 {
	struct window_device device;
	struct window *window;
	unsigned int intid;
	/* a character of the guest's; never waits */
	void (*send)(void *owner, u8 byte);
	void *owner;

	u8 fifo[PL011_FIFO];
	unsigned int first, count;
	u32 ilpr, ibrd, fbrd, lcr, cr, ifls, imsc, dmacr;
	bool sent;		/* the transmit interrupt */
	bool level;		/* the line as the cell has it */
};

/* At @base of the window; send and owner are set. @intid 0: no interrupt, it is polled. */
void pl011_init(struct pl011 *uart, struct window *window, u64 base, unsigned int intid);

/* How many bytes can be received now: 0 also while the guest has the receiver off. */
size_t pl011_room(const struct pl011 *uart);
/* At most pl011_room() of them. */
void pl011_receive(struct pl011 *uart, const u8 *bytes, size_t count);

#endif /* DEVICES_PL011_H */
