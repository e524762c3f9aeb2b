/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The PL061 and its key by register accesses, as Linux's gpio-pl061 and gpio-keys make them. */

#include <string.h>

#include "devices/pl061.h"
#include "tests/devices/registers.h"
#include "tests/fixture.h"

#define BASE	0xb1fe000ULL
#define INTID	40

enum {
	DIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40c, IE = 0x410, RIS = 0x414, MIS = 0x418,
	IC = 0x41c
};
/* a line's own address, and that of all */
#define LINE(n)	(4ULL << (n))
#define LINES	0x3fc

static struct pl061 gpio;
static int level, changes;

static void interrupt(struct window *of, unsigned int intid, bool now)
{
	check(of == &window && intid == INTID, "  its own interrupt");
	level = now;
	changes++;
}

static void put8(u64 offset, u32 value)
{
	put_sized(offset, value, 1);
}

static void reset(void)
{
	memset(&gpio, 0, sizeof(gpio));
	level = changes = 0;
	window = (struct window){ .interrupt = interrupt };
	pl061_init(&gpio, &window, BASE, INTID);
}

static void test_ids(void)
{
	reset();
	check_number(get_id(0xfe0) & 0xfffff, 0x41061, "part and designer");
	check_number(get_id(0xff0), 0xb105f00d, "the PrimeCell's identification");
	check_number(get(0x800), 0, "nothing where no register is");
}

static void test_lines(void)
{
	reset();
	put8(DIR, 0xf0);
	put8(LINES, 0xff);
	check_number(get(LINES), 0xf0, "outputs are as written, inputs as they are");
	put8(LINE(4), 0);
	check_number(get(LINES), 0xe0, "one line by its address");
	put8(LINE(5), 0xdf);
	check_number(get(LINES), 0xc0, "  and no other one");
	check_number(get(LINE(7)), 0x80, "one line is read");
	check_number(get(DIR), 0xf0, "registers are as written");
}

/* As gpio-keys has it: both edges, acknowledged before the line is read. */
static void test_key(void)
{
	reset();
	check(!pl061_press(&gpio), "nobody listens");
	check_number(get(LINES), 0, "  and the key is not pressed");
	put8(IBE, 1);
	put8(IE, 1);
	check(pl061_press(&gpio), "somebody listens");
	check_number(level, 1, "  and has an interrupt");
	window_work(&window);
	check_number(get(MIS), 1, "  by its status, for as long as he needs");
	put8(IC, 1);
	check_number(level, 0, "  which is cleared");
	window_work(&window);
	check_number(get(LINE(1)), 0, "another line");
	check_number(get(LINE(0)), 1, "the key is pressed");
	check_number(get(LINE(0)), 1, "  until that was answered");
	window_work(&window);
	check_number(level, 1, "then it is released, with another interrupt");
	check_number(get(LINE(0)), 0, "  as is read");
	put8(IC, 1);
	check_number(level, 0, "  once");
	check_number(changes, 4, "the line has changed no more often than it had to");

	pl061_press(&gpio);
	put8(IC, 1);
	check(pl061_press(&gpio), "pressed again before it was seen");
	check_number(level, 1, "  is another interrupt");
}

static void test_interrupts(void)
{
	reset();
	put8(IE, 1);
	put8(IEV, 1);
	pl061_press(&gpio);
	check_number(get(RIS), 1, "a rising edge");
	put8(IC, 1);
	check_number(get(LINES), 1, "  is read");
	window_work(&window);
	check_number(get(RIS), 0, "a falling edge is none");
	put8(IEV, 0);
	pl061_press(&gpio);
	check_number(get(RIS), 0, "nor is a rising one where the falling one is wanted");
	check_number(get(LINES), 1, "  it is read");
	window_work(&window);
	check_number(get(RIS), 1, "which comes");
	put8(IC, 1);

	put8(IS, 1);
	put8(IEV, 1);
	pl061_press(&gpio);
	put8(IC, 1);
	check_number(level, 1, "a level cannot be cleared");
	check_number(get(MIS), 1, "  and is in the status");
	check_number(get(LINES), 1, "  until it is read");
	window_work(&window);
	check_number(level, 0, "  and released");
	put8(IE, 0);
	put8(IEV, 0);
	check(get(RIS) == 1 && !get(MIS) && !level, "what is not wanted does not interrupt");
}

/* The cell starts anew. */
static void test_power_on(void)
{
	reset();
	put8(IE, 1);
	put8(IBE, 1);
	check(pl061_press(&gpio) && level, "a key that is pressed");
	window_reset(&window);
	check(!level && !get(IE) && !get(IBE) && !get(RIS) && !get(LINES),
	      "is not, when the cell starts anew");
	check(!pl061_press(&gpio), "  and nobody listens");
}

int main(void)
{
	fixture_reset();
	test_ids();
	test_lines();
	test_key();
	test_interrupts();
	test_power_on();
	return fixture_end();
}
