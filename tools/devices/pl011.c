/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include "devices/pl011.h"
#include "devices/primecell.h"

/* registers, by their offsets */
#define DR		0x00
#define RSR		0x04
#define FR		0x18
#define ILPR		0x20
#define IBRD		0x24
#define FBRD		0x28
#define LCR_H		0x2c
#define CR		0x30
#define IFLS		0x34
#define IMSC		0x38
#define RIS		0x3c
#define MIS		0x40
#define ICR		0x44
#define DMACR		0x48

#define FR_CTS		(1 << 0)
#define FR_DSR		(1 << 1)
#define FR_DCD		(1 << 2)
#define FR_RXFE		(1 << 4)
#define FR_RXFF		(1 << 6)
#define FR_TXFE		(1 << 7)

#define LCR_FEN		(1 << 4)

#define CR_UARTEN	(1 << 0)
#define CR_TXE		(1 << 8)
#define CR_RXE		(1 << 9)

#define INT_RX		(1 << 4)
#define INT_TX		(1 << 5)
#define INT_RT		(1 << 6)

/* Without LCR_H.FEN the FIFO is one character deep. */
static unsigned int depth(const struct pl011 *uart)
{
	return uart->lcr & LCR_FEN ? PL011_FIFO : 1;
}

/* UARTIFLS.RXIFLSEL: 1/8, 1/4, 1/2, 3/4, 7/8 of the FIFO */
static unsigned int trigger(const struct pl011 *uart)
{
	static const u8 eighths[] = { 1, 2, 4, 6, 7, 7, 7, 7 };

	return uart->lcr & LCR_FEN ? PL011_FIFO * eighths[uart->ifls >> 3 & 7] / 8 : 1;
}

/*
 * The receiver's follow the FIFO: a character that waits is never forgotten, whatever is
 * written to ICR. Its time-out is that of a line on which nothing comes any more.
 */
static u32 raw_status(const struct pl011 *uart)
{
	u32 status = uart->sent ? INT_TX : 0;

	if (uart->count >= trigger(uart))
		status |= INT_RX;
	if (uart->count && uart->lcr & LCR_FEN)
		status |= INT_RT;
	return status;
}

static void update(struct pl011 *uart)
{
	bool level = raw_status(uart) & uart->imsc;

	if (level == uart->level)
		return;
	uart->level = level;
	if (uart->intid)
		uart->window->interrupt(uart->window, uart->intid, level);
}

static u32 take(struct pl011 *uart)
{
	u8 byte;

	if (!uart->count)
		return 0;
	byte = uart->fifo[uart->first];
	uart->first = (uart->first + 1) % PL011_FIFO;
	uart->count--;
	return byte;
}

static u32 flags(const struct pl011 *uart)
{
	u32 value = FR_CTS | FR_DSR | FR_DCD | FR_TXFE;

	if (!uart->count)
		value |= FR_RXFE;
	if (uart->count >= depth(uart))
		value |= FR_RXFF;
	return value;
}

static u64 read_register(struct window_device *device, u64 offset, unsigned int size)
{
	struct pl011 *uart = (struct pl011 *)device;

	(void)size;
	switch (offset) {
	case DR:	return take(uart);
	case FR:	return flags(uart);
	case ILPR:	return uart->ilpr;
	case IBRD:	return uart->ibrd;
	case FBRD:	return uart->fbrd;
	case LCR_H:	return uart->lcr;
	case CR:	return uart->cr;
	case IFLS:	return uart->ifls;
	case IMSC:	return uart->imsc;
	case RIS:	return raw_status(uart);
	case MIS:	return raw_status(uart) & uart->imsc;
	case DMACR:	return uart->dmacr;
	}
	return primecell_id(offset, 0x011, 3);	/* r1p5 */
}

static u64 pl011_read(struct window_device *device, u64 offset, unsigned int size)
{
	u64 value = read_register(device, offset, size);

	update((struct pl011 *)device);
	return value;
}

/* Disabling the FIFO empties it, as DDI 0183 has it of FEN. */
static void set_lcr(struct pl011 *uart, u32 value)
{
	if ((uart->lcr ^ value) & LCR_FEN)
		uart->count = 0;
	uart->lcr = value & 0xff;
}

static void pl011_write(struct window_device *device, u64 offset, unsigned int size, u64 wide)
{
	struct pl011 *uart = (struct pl011 *)device;
	u32 value = (u32)wide;

	(void)size;
	switch (offset) {
	case DR:
		uart->send(uart->owner, (u8)value);
		uart->sent = true;
		break;
	case ILPR:	uart->ilpr = value & 0xff; break;
	case IBRD:	uart->ibrd = value & 0xffff; break;
	case FBRD:	uart->fbrd = value & 0x3f; break;
	case LCR_H:	set_lcr(uart, value); break;
	case CR:	uart->cr = value & 0xff87; break;
	case IFLS:	uart->ifls = value & 0x3f; break;
	case IMSC:	uart->imsc = value & 0x7ff; break;
	case DMACR:	uart->dmacr = value & 7; break;
	case ICR:
		if (value & INT_TX)
			uart->sent = false;
		break;
	}
	update(uart);
}

static void power_on(struct window_device *device)
{
	struct pl011 *uart = (struct pl011 *)device;

	uart->ilpr = uart->ibrd = uart->fbrd = uart->lcr = uart->imsc = uart->dmacr = 0;
	uart->cr = CR_UARTEN | CR_TXE | CR_RXE;
	uart->ifls = 0x12;
	uart->count = 0;
	uart->sent = false;
	update(uart);
}

static void resume(struct window_device *device)
{
	struct pl011 *uart = (struct pl011 *)device;

	uart->level = false;
	update(uart);
}

void pl011_init(struct pl011 *uart, struct window *window, u64 base, unsigned int intid)
{
	uart->device.base = base;
	uart->device.size = PL011_SIZE;
	uart->device.read = pl011_read;
	uart->device.write = pl011_write;
	uart->device.reset = power_on;
	uart->device.resume = resume;
	uart->window = window;
	uart->intid = intid;
	power_on(&uart->device);
	window_add(window, &uart->device);
}

size_t pl011_room(const struct pl011 *uart)
{
	u32 on = CR_UARTEN | CR_RXE;

	return (uart->cr & on) == on && uart->count < depth(uart) ? depth(uart) - uart->count : 0;
}

void pl011_receive(struct pl011 *uart, const u8 *bytes, size_t count)
{
	for (; count; count--)
		uart->fifo[(uart->first + uart->count++) % PL011_FIFO] = *bytes++;
	update(uart);
}
