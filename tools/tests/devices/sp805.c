/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The SP805 by register accesses, as Linux's sp805_wdt makes them. */

#include <poll.h>

#include "devices/sp805.h"
#include "tests/devices/registers.h"
#include "tests/fixture.h"

#define BASE	0xb1fd000ULL
#define SHORT	999		/* 1 ms */
#define LONG	0xfffffffe
#define LIMIT	10000		/* ms; nothing here takes that long */

enum { LOAD = 0, VALUE = 4, CONTROL = 8, INTCLR = 0xc, RIS = 0x10, MIS = 0x14, LOCK = 0xc00 };
enum { INTEN = 1, RESEN = 2 };

static struct sp805 watchdog;
static int expired;

static void expire(void *owner)
{
	check(owner == &expired, "  it is said to whom it concerns");
	expired++;
}

/* Whether the timer would wake the program within @ms. */
static bool rings(int ms)
{
	struct pollfd timer = { .fd = watchdog.timer.fd, .events = POLLIN };

	return poll(&timer, 1, ms) == 1;
}

/* The program's turn, as soon as the timer rings. */
static void run_out(void)
{
	loop_once(LIMIT);
	window_work(&window);
}

static void start(u32 load, u32 control)
{
	window_reset(&window);
	expired = 0;
	put(LOAD, load);
	put(CONTROL, control);
}

static void test_power_on(void)
{
	check_number(get_id(0xfe0) & 0xffffff, 0x141805, "part and designer");
	check_number(get_id(0xff0), 0xb105f00d, "the PrimeCell's identification");
	check(get(LOAD) == 0xffffffff && get(VALUE) == 0xffffffff, "it is at its highest");
	check(!get(CONTROL) && !get(RIS) && !get(MIS) && !get(LOCK), "and does not count");
	put(LOAD, SHORT);
	check_number(get(VALUE), SHORT, "where it begins can be set");
	check(!rings(20), "  it still does not count");
}

static void test_time(void)
{
	start(LONG, INTEN | RESEN);
	check(get(LOAD) == LONG && get(CONTROL) == (INTEN | RESEN), "registers are as written");
	check(LONG - get(VALUE) < 1000000 * (LIMIT / 1000), "it counts down");
	while (get(VALUE) == LONG)
		;
	put(CONTROL, 0);
	check_number(get(VALUE), LONG, "  until it is stopped");
	start(LONG, INTEN);
	put(LOAD, SHORT);
	check(rings(LIMIT), "a new value counts from when it is written");
}

static void test_interrupt(void)
{
	start(SHORT, INTEN);
	run_out();
	check(get(RIS) == 1 && get(MIS) == 1, "the first time it is an interrupt");
	check(!rings(20) && get(VALUE) <= SHORT, "  once, and it counts on");
	put(CONTROL, 0);
	check(get(RIS) == 1 && !get(MIS), "  stopped, that is masked");
	put(INTCLR, 1);
	check_number(get(RIS), 0, "  and is cleared");
	check(!expired, "without RESEN that is all");
	put(CONTROL, INTEN);
	run_out();
	put(CONTROL, INTEN | RESEN);
	run_out();
	check_number((u64)expired, 1, "  until that is set");
}

static void test_expiry(void)
{
	start(SHORT, INTEN | RESEN);
	run_out();
	check(!expired, "with RESEN the first time is an interrupt too");
	run_out();
	check_number((u64)expired, 1, "the second time it has expired");
	check(!rings(20), "  for good");
	window_reset(&window);
	check(!get(RIS) && !get(CONTROL) && get(LOAD) == 0xffffffff,
	      "when the cell starts anew, it is as after power-on");
	check(!rings(20), "  and off");
}

/* The program is late: the timer has rung, and so has the guest's write come. */
static void test_kick(void)
{
	start(SHORT, INTEN | RESEN);
	run_out();
	check(rings(LIMIT), "the second time");
	put(LOAD, LONG);
	put(INTCLR, 1);
	loop_once(0);
	window_work(&window);
	check(!expired && !get(RIS), "a kick before the program's turn counts");

	start(SHORT, INTEN | RESEN);
	run_out();
	loop_once(LIMIT);
	put(LOAD, LONG);
	put(INTCLR, 1);
	window_work(&window);
	check(!expired && !get(RIS), "  also after the timer was heard");

	start(SHORT, INTEN | RESEN);
	run_out();
	check(rings(LIMIT), "kicks were lost, until the program goes on");
	window_resume(&window);
	loop_once(0);
	window_work(&window);
	check(!expired && !get(RIS), "  it takes that for one");
	run_out();
	run_out();
	check_number((u64)expired, 1, "  and no more than one");
}

static void test_lock(void)
{
	start(LONG, INTEN);
	put(LOCK, 1);
	check_number(get(LOCK), 1, "locked");
	put(LOAD, SHORT);
	put(CONTROL, 0);
	check(get(LOAD) == LONG && get(CONTROL) == INTEN, "  it takes no writes");
	put(LOCK, 0x1acce551);
	check_number(get(LOCK), 0, "unlocked");
	put(CONTROL, 0xff);
	check_number(get(CONTROL), INTEN | RESEN, "  it does, of the bits that there are");
}

int main(void)
{
	fixture_reset();
	watchdog.expired = expire;
	watchdog.owner = &expired;
	check(!sp805_open(&watchdog, &window, BASE), "a watchdog");
	test_power_on();
	test_time();
	test_interrupt();
	test_expiry();
	test_kick();
	test_lock();
	return fixture_end();
}
