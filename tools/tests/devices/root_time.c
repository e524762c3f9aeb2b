/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The time of root and the counter at that time, on a machine where each look takes its time. */

#include <time.h>

#include "devices/root_time.h"
#include "tests/fixture.h"

#define SECONDS	1800000000ULL

/* Counts that go by before the clock is read, and after that. */
static unsigned int before[8], after[8];
static unsigned int calls;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	check(clock == CLOCK_REALTIME, "  the clock of all");
	fake.now += before[calls];
	time->tv_sec = (time_t)SECONDS;
	time->tv_nsec = (long)fake.now;
	fake.now += after[calls++];
	return 0;
}

/* How much later it says that the counter was than it was. */
static long long late(void)
{
	u64 counter, ns;

	calls = 0;
	fake.now = 1000;
	ns = root_time(&counter);
	check_number((long long)(ns / 1000000000), SECONDS, "the time in ns");
	return (long long)(counter - ns % 1000000000);
}

int main(void)
{
	unsigned int n;

	fixture_reset();
	for (n = 0; n < 8; n++)
		before[n] = after[n] = 50;
	check_number(late(), 0, "it is as much before as after");
	for (n = 0; n < 8; n++)
		before[n] = 10000 * (n + 1);
	before[2] = 0;
	check_number(late(), 25, "who is interrupted looks again");
	before[0] = 0;
	before[2] = 10000;
	check_number(late(), 25, "  but needs not");
	return fixture_end();
}
