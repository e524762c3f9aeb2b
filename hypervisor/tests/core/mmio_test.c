// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <lib/errno.h>
#include <core/mmio.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "fake/cpu.h"
#include "fake/fake.h"
#include "tap.h"

static struct mmio_table table;

/* What the handler was called with. */
static void *seen_arg;
static struct mmio_access seen;

static enum mmio_result handler(void *arg, struct mmio_access *access)
{
	seen_arg = arg;
	seen = *access;
	if (!access->is_write)
		access->value = 0x1122334455667788;
	return MMIO_HANDLED;
}

static enum mmio_result deny(void *arg, struct mmio_access *access)
{
	(void)arg;
	(void)access;
	return MMIO_ERROR;
}

static int add(u64 start, u64 size)
{
	return mmio_register(&table, start, size, handler,
			     (void *)(uintptr_t)start);
}

static enum mmio_result access_at(u64 address, u8 size)
{
	struct mmio_access access = { .address = address, .size = size };

	seen_arg = NULL;
	return mmio_handle(&table, &access);
}

static void reset(void)
{
	memset(&table, 0, sizeof(table));
}

TEST(empty_table_handles_nothing)
{
	reset();
	CHECK_EQ(access_at(0, 1), MMIO_UNHANDLED);
	CHECK_EQ(access_at(~0ULL, 8), MMIO_UNHANDLED);
}

TEST(borders)
{
	reset();
	CHECK_EQ(add(0x1000, 0x100), 0);
	CHECK_EQ(access_at(0xfff, 1), MMIO_UNHANDLED);
	CHECK_EQ(access_at(0x1000, 8), MMIO_HANDLED);
	CHECK_EQ(seen.address, 0);
	CHECK(seen_arg == (void *)0x1000);
	CHECK_EQ(access_at(0x10ff, 1), MMIO_HANDLED);
	CHECK_EQ(seen.address, 0xff);
	CHECK_EQ(access_at(0x10f8, 8), MMIO_HANDLED);
	CHECK_EQ(access_at(0x1100, 1), MMIO_UNHANDLED);
}

TEST(access_across_the_end_is_an_error)
{
	reset();
	CHECK_EQ(add(0x1000, 6), 0);
	CHECK_EQ(access_at(0x1000, 8), MMIO_ERROR);
	CHECK_EQ(access_at(0x1004, 4), MMIO_ERROR);
	CHECK_EQ(access_at(0x1005, 2), MMIO_ERROR);
	CHECK(!seen_arg);
	CHECK_EQ(access_at(0x1004, 2), MMIO_HANDLED);
	/* across the start: nobody's address */
	CHECK_EQ(access_at(0xfff, 2), MMIO_UNHANDLED);
}

TEST(values_pass_both_ways)
{
	struct mmio_access access = {
		.address = 0x1008, .size = 4, .is_write = true, .value = 42,
	};

	reset();
	CHECK_EQ(add(0x1000, 0x100), 0);
	CHECK_EQ(mmio_handle(&table, &access), MMIO_HANDLED);
	CHECK(seen.is_write);
	CHECK_EQ(seen.value, 42);
	CHECK_EQ(seen.size, 4);
	access = (struct mmio_access) { .address = 0x1010, .size = 8 };
	CHECK_EQ(mmio_handle(&table, &access), MMIO_HANDLED);
	CHECK_EQ(access.value, 0x1122334455667788);
	CHECK_EQ(mmio_register(&table, 0x2000, 8, deny, NULL), 0);
	access = (struct mmio_access) { .address = 0x2000, .size = 8 };
	CHECK_EQ(mmio_handle(&table, &access), MMIO_ERROR);
}

TEST(overlaps_are_refused)
{
	reset();
	CHECK_EQ(add(0x1000, 0x100), 0);
	CHECK_EQ(add(0x1000, 0x100), -EBUSY);
	CHECK_EQ(add(0x10ff, 1), -EBUSY);
	CHECK_EQ(add(0xfff, 2), -EBUSY);
	CHECK_EQ(add(0, ~0ULL), -EBUSY);
	CHECK_EQ(add(0x1080, ~0ULL - 0x1080), -EBUSY);
	CHECK_EQ(add(0xf00, 0x100), 0);
	CHECK_EQ(add(0x1100, 0x100), 0);
	CHECK_EQ(table.count, 3);
}

TEST(bad_sizes_are_refused)
{
	reset();
	CHECK_EQ(add(0x1000, 0), -EINVAL);
	CHECK_EQ(add(~0ULL, 2), -EINVAL);
	CHECK_EQ(add(0x1000, ~0ULL), -EINVAL);
	CHECK_EQ(table.count, 0);
	/* up to the very end is no wrap-around */
	CHECK_EQ(add(~0ULL - 7, 8), 0);
	CHECK_EQ(access_at(~0ULL, 1), MMIO_HANDLED);
	CHECK_EQ(access_at(~0ULL - 7, 8), MMIO_HANDLED);
	CHECK_EQ(access_at(~0ULL - 3, 8), MMIO_ERROR);
}

TEST(full_table)
{
	reset();
	for (u64 n = 0; n < MMIO_MAX_REGIONS; n++)
		CHECK_EQ(add(n * 16, 8), 0);
	CHECK_EQ(add(0x10000, 8), -E2BIG);
	for (u64 n = 0; n < MMIO_MAX_REGIONS; n++) {
		CHECK_EQ(access_at(n * 16 + 7, 1), MMIO_HANDLED);
		CHECK(seen_arg == (void *)(n * 16));
		CHECK_EQ(access_at(n * 16 + 8, 8), MMIO_UNHANDLED);
	}
	mmio_unregister(&table, 16);
	CHECK_EQ(add(0x10000, 8), 0);
	CHECK_EQ(access_at(0x10000, 8), MMIO_HANDLED);
}

TEST(unregister)
{
	reset();
	CHECK(FAKE_BUGS(mmio_unregister(&table, 0)));
	CHECK_EQ(add(0x1000, 0x100), 0);
	CHECK_EQ(add(0x2000, 0x100), 0);
	CHECK_EQ(add(0x3000, 0x100), 0);
	CHECK(FAKE_BUGS(mmio_unregister(&table, 0x1001)));
	mmio_unregister(&table, 0x2000);
	CHECK_EQ(access_at(0x1000, 4), MMIO_HANDLED);
	CHECK_EQ(access_at(0x2000, 4), MMIO_UNHANDLED);
	CHECK_EQ(access_at(0x3000, 4), MMIO_HANDLED);
	CHECK(FAKE_BUGS(mmio_unregister(&table, 0x2000)));
	mmio_unregister(&table, 0x3000);
	mmio_unregister(&table, 0x1000);
	CHECK_EQ(table.count, 0);
	CHECK_EQ(access_at(0x1000, 4), MMIO_UNHANDLED);
}

TEST(sequence_is_even_between_changes)
{
	reset();
	CHECK_EQ(table.sequence, 0);
	CHECK_EQ(add(0x1000, 0x100), 0);
	CHECK_EQ(table.sequence, 2);
	CHECK_EQ(add(0x1000, 0x100), -EBUSY);
	CHECK_EQ(table.sequence, 2);
	mmio_unregister(&table, 0x1000);
	CHECK_EQ(table.sequence, 4);
}

static void finish_change(void)
{
	table.region[0].start = 0x2000;
	table.sequence++;
}

TEST(reader_waits_for_the_writer)
{
	reset();
	CHECK_EQ(add(0x1000, 0x100), 0);
	/* a writer on another CPU is in the middle of moving the region */
	table.sequence++;
	fake_cpu_relax = finish_change;
	CHECK_EQ(access_at(0x2000, 4), MMIO_HANDLED);
	fake_cpu_relax = NULL;
	CHECK_EQ(table.sequence, 4);
}

/* Handlers and arguments that belong together: never mixed. */
static enum mmio_result even(void *arg, struct mmio_access *access)
{
	return (uintptr_t)arg & 1 || access->address >= 16 ? MMIO_ERROR :
							     MMIO_HANDLED;
}

static enum mmio_result odd(void *arg, struct mmio_access *access)
{
	return (uintptr_t)arg & 1 && access->address < 16 ? MMIO_HANDLED :
							    MMIO_ERROR;
}

static volatile bool stop_writer;

static void let_others_run(void)
{
	sched_yield();
}

static void *writer(void *arg)
{
	(void)arg;
	for (uintptr_t n = 1; !stop_writer; n++) {
		mmio_register(&table, 16 * (1 + n % 4), 16, n & 1 ? odd : even,
			      (void *)n);
		if (n % 4 == 3)
			for (u64 m = 1; m < 4; m++)
				mmio_unregister(&table, 16 * (1 + m));
		if (n % 4 == 3)
			n++;
	}
	return NULL;
}

TEST(readers_run_beside_a_writer)
{
	pthread_t thread;
	u64 handled = 0;
	bool failed;

	reset();
	CHECK_EQ(mmio_register(&table, 0, 16, even, NULL), 0);
	stop_writer = false;
	fake_cpu_relax = let_others_run;
	CHECK_EQ(pthread_create(&thread, NULL, writer, NULL), 0);
	for (int n = 0; n < 2000000; n++) {
		u64 address = tap_below(5 * 16);
		struct mmio_access access = { .address = address, .size = 1 };
		enum mmio_result result = mmio_handle(&table, &access);

		if (result == MMIO_ERROR ||
		    (address < 16 && result != MMIO_HANDLED)) {
			stop_writer = true;
			break;
		}
		handled += result == MMIO_HANDLED;
	}
	failed = stop_writer;
	stop_writer = true;
	pthread_join(thread, NULL);
	fake_cpu_relax = NULL;
	CHECK(!failed);
	CHECK(handled > 0);
}

TAP_MAIN(
	TAP_TEST(empty_table_handles_nothing),
	TAP_TEST(borders),
	TAP_TEST(access_across_the_end_is_an_error),
	TAP_TEST(values_pass_both_ways),
	TAP_TEST(overlaps_are_refused),
	TAP_TEST(bad_sizes_are_refused),
	TAP_TEST(full_table),
	TAP_TEST(unregister),
	TAP_TEST(sequence_is_even_between_changes),
	TAP_TEST(reader_waits_for_the_writer),
	TAP_TEST(readers_run_beside_a_writer)
)
