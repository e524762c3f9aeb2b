/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The PL011 by sequences of register accesses, as its drivers make them. */

#include <string.h>

#include "devices/pl011.h"
#include "tests/devices/registers.h"
#include "tests/fixture.h"

#define BASE	0x9000000ULL
#define INTID	40

enum {
	DR = 0, RSR = 4, FR = 0x18, IBRD = 0x24, FBRD = 0x28, LCR = 0x2c, CR = 0x30, IFLS = 0x34,
	IMSC = 0x38, RIS = 0x3c, MIS = 0x40, ICR = 0x44, DMACR = 0x48
};

static struct pl011 uart;
static char sent[64];
static size_t sent_count;
static int level, changes;

static void send(void *owner, u8 byte)
{
	check(owner == &window, "  the owner gets it");
	sent[sent_count++] = (char)byte;
}

static void interrupt(struct window *of, unsigned int intid, bool now)
{
	check(of == &window && intid == INTID, "  its own interrupt");
	level = now;
	changes++;
}

static void reset(void)
{
	memset(&uart, 0, sizeof(uart));
	memset(sent, 0, sizeof(sent));
	sent_count = 0;
	level = changes = 0;
	window = (struct window){ .interrupt = interrupt };
	uart.send = send;
	uart.owner = &window;
	pl011_init(&uart, &window, BASE, INTID);
}

static void test_ids(void)
{
	u32 periph;

	reset();
	periph = get_id(0xfe0);
	/* as the tables of Linux's drivers/tty/serial/amba-pl011.c match it */
	check_number(periph & 0xfffff, 0x41011, "part and designer");
	check_number(periph >> 20 & 0xf, 3, "revision r1p5, whose FIFO is 32 deep");
	check_number(get_id(0xff0), 0xb105f00d, "the PrimeCell's identification");
	check_number(get(0xfdc), 0, "nothing where no register is");
	check_number(get(0xff1), 0xffffffff, "no access across two registers");
}

static void test_window(void)
{
	struct window_access access = { .address = BASE + PL011_SIZE, .size = 2 };

	reset();
	window_access(&window, &access);
	check_number((long long)access.value, 0xffff, "all ones where no device is");
	access = (struct window_access){ .address = BASE + PL011_SIZE - 2, .size = 4 };
	window_access(&window, &access);
	check_number((long long)access.value, 0xffffffff, "  and half beyond one");
	access = (struct window_access){ .address = ~0ULL, .size = 8, .is_write = true };
	window_access(&window, &access);
	check_number((long long)sent_count, 0, "a write at the end of all addresses is lost");

	window.bank = (u8 *)sent;
	window.bank_base = 0x40000000;
	window.bank_size = sizeof(sent);
	check(window_memory(&window, 0x40000000, 64) == sent, "all of the bank");
	check(!window_memory(&window, 0x40000001, 64), "a byte beyond it");
	check(!window_memory(&window, 0x3fffffff, 2), "a byte before it");
	check(!window_memory(&window, 0x40000010, ~0ULL - 8), "a length that overflows");
	check(!window_memory(&window, ~0ULL, 2), "an address that does");
}

static void test_send(void)
{
	reset();
	check_number(get(FR) & 0xb8, 0x90, "nothing to read, all is sent");
	put(DR, 'o');
	put_sized(DR, 'k', 1);
	check_text(sent, "ok", "characters by words and by bytes");
	check_number(level, 0, "no interrupt that nobody wants");

	put(IMSC, 1 << 5);
	check_number(level, 1, "the transmit interrupt, once it is enabled");
	check_number(get(MIS), 1 << 5, "  and its status");
	put(ICR, 1 << 5);
	check_number(level, 0, "  is cleared");
	check_number(get(RIS), 0, "  for good");
	put(DR, '!');
	check_number(level, 1, "  until more is sent");
	put(IMSC, 0);
	check_number(level, 0, "  and wanted");
	check_number(get(RIS), 1 << 5, "  though it is still there");
}

static void test_receive(void)
{
	u8 many[PL011_FIFO];
	int n;

	reset();
	check_number((long long)pl011_room(&uart), 1, "without a FIFO one character");
	put(LCR, 0x70);
	check_number((long long)pl011_room(&uart), PL011_FIFO, "with it 32");
	put(IMSC, 1 << 4 | 1 << 6);
	pl011_receive(&uart, (const u8 *)"a", 1);
	check_number(level, 1, "a single character interrupts");
	check_number(get(MIS), 1 << 6, "  by the time-out");
	put(ICR, 0x7ff);
	check_number(level, 1, "  and is not forgotten by ICR");
	check_number(get(FR) & 0x10, 0, "  the FIFO is not empty");
	check_number(get(DR), 'a', "  it is read");
	check_number(level, 0, "  and the interrupt goes");
	check_number(get(FR) & 0x50, 0x10, "  the FIFO is empty");
	check_number(get(DR), 0, "  and reads as 0");

	for (n = 0; n < PL011_FIFO; n++)
		many[n] = (u8)n;
	pl011_receive(&uart, many, 15);
	check_number(get(MIS), 1 << 6, "15 of 32 are below half");
	pl011_receive(&uart, many + 15, 1);
	check_number(get(MIS), 1 << 6 | 1 << 4, "16 are not");
	put(IFLS, 4 << 3);
	check_number(get(MIS), 1 << 6, "  but below 7/8");
	pl011_receive(&uart, many + 16, 16);
	check_number(get(FR) & 0x50, 0x40, "the FIFO is full");
	check_number((long long)pl011_room(&uart), 0, "  and takes no more");
	for (n = 0; n < PL011_FIFO && get(DR) == (u32)n; n++)
		;
	check_number(n, PL011_FIFO, "all of it in order, around the end");
	check_number(changes, 4, "the line has changed no more often than it had to");
}

static void test_polled(void)
{
	reset();
	uart.intid = 0;
	put(IMSC, 1 << 5);
	put(DR, 'x');
	check(get(MIS) && !changes, "without an interrupt it is polled");
}

static void test_off(void)
{
	reset();
	put(LCR, 0x70);
	put(CR, 0x101);
	check_number((long long)pl011_room(&uart), 0, "a receiver that is off takes nothing");
	put(CR, 0x301);
	pl011_receive(&uart, (const u8 *)"abc", 3);
	put(LCR, 0x60);
	check_number(get(FR) & 0x10, 0x10, "the FIFO is emptied when it is switched off");
	check_number((long long)pl011_room(&uart), 1, "  and one deep");
	check_number(get(LCR), 0x60, "registers are as written");
	put(0x24, 0x12345);
	check_number(get(0x24), 0x2345, "  as wide as they are");
}

/*
 * What kernels' drivers do at first, as the manual (DDI 0183) has it of a change of the line: off,
 * no FIFO, rate and format, no interrupts and no DMA, on. Whatever firmware has left.
 */
static void start_driver(u32 fifo)
{
	put(CR, get(CR) & ~1U);
	check_number(get(FR) & 8, 0, "a driver finds the UART not busy");
	put(LCR, get(LCR) & ~0x10U);
	put(IBRD, 13);
	put(FBRD, 1);
	put(LCR, 0x60 | fifo);
	put(IMSC, 0);
	put(ICR, 0x7ff);
	put(DMACR, 0);
	put(RSR, 0);
	put(CR, (get(CR) & ~0xc082U) | 0x300);
	put(CR, get(CR) | 1);
	check(get(IBRD) == 13 && get(FBRD) == 1 && get(LCR) == (0x60 | fifo) && get(CR) == 0x301,
	      "  reads back what it has set");
	check(!get(IMSC) && !get(MIS) && !get(RIS) && !get(DMACR) && !get(RSR) && !level,
	      "  and no interrupt, DMA or error");
	check_number(get(FR) & 0xf8, 0x90, "  nothing has come, nothing is on its way out");
}

static void test_polling_driver(void)
{
	reset();
	put(LCR, 0x70);
	pl011_receive(&uart, (const u8 *)"x", 1);
	start_driver(0);
	while (get(FR) & 0x20)
		;
	put(DR, 'p');
	check(get(FR) & 0x80 && !(get(FR) & 8), "it sends, which is done at once");
	check_text(sent, "p", "  and nothing that it has set up is sent");
	pl011_receive(&uart, (const u8 *)"q", 1);
	check(!(get(FR) & 0x10) && get(DR) == 'q' && get(FR) & 0x10,
	      "it receives, without what came before; no error is in the upper bits");
	check(!level && !changes, "  and has no interrupt");
}

static void test_interrupt_driver(void)
{
	reset();
	start_driver(0x10);
	put(IMSC, 1 << 4 | 1 << 6);
	pl011_receive(&uart, (const u8 *)"ab", 2);
	check(level && get(MIS) == 1 << 6, "one with interrupts: some characters");
	put(ICR, get(MIS));
	check(level && get(DR) == 'a' && level, "  which stay until all are read");
	check(get(DR) == 'b' && !level && get(FR) & 0x10, "  are read");
	put(IMSC, get(IMSC) | 1 << 5);
	check(!level, "  the transmit interrupt follows what is sent");
	put(DR, 'c');
	check(level && get(MIS) == 1 << 5, "  comes");
	put(ICR, 1 << 5);
	put(DR, 'd');
	check(level, "  and again");
	put(IMSC, get(IMSC) & ~(1U << 5));
	check(!level, "  until it is switched off");
	check_text(sent, "cd", "  all is sent");
}

/* The cell starts anew. */
static void test_power_on(void)
{
	reset();
	put(LCR, 0x70);
	put(IMSC, 1 << 6 | 1 << 5);
	put(IFLS, 0);
	pl011_receive(&uart, (const u8 *)"a", 1);
	put(DR, 'x');
	put(CR, 0);
	check_number(level, 1, "both interrupts");
	window_reset(&window);
	check_number(level, 0, "are gone when the cell starts anew");
	check(!get(IMSC) && !get(RIS) && !get(LCR) && get(IFLS) == 0x12, "  with all registers");
	check_number(get(FR) & 0x10, 0x10, "  and what was not read");
	check_number((long long)pl011_room(&uart), 1, "  and the receiver is on");
}

int main(void)
{
	fixture_reset();
	test_ids();
	test_window();
	test_send();
	test_receive();
	test_polled();
	test_off();
	test_polling_driver();
	test_interrupt_driver();
	test_power_on();
	return fixture_end();
}
