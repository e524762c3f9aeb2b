// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A tunnel (libcell/tunnel.h) between two cells that both run this: each fills its own
 * memory, and finds the other's.
 *
 * Parameter:
 *	stay	until the other one has gone
 */

#include <inmate/test.h>

#include <libcell/device.h>
#include <libcell/tunnel.h>

#define SIZE		8192
#define NUMBER		7
#define LIMIT_US	30000000

static struct libcell_device device;
static struct libcell_tunnel tunnel;
static u64 end;

static u64 word_of(u32 peer, unsigned int n)
{
	return (u64)(peer + 1) << 32 | n;
}

static bool in_time(void)
{
	return device.link.ops->now_us(&device.link) < end;
}

/* libcell_tunnel_look() until it says so. */
static bool wait_for(int wanted)
{
	u32 seen;
	int ret;

	do {
		seen = libcell_events(&device.link);
		ret = libcell_tunnel_look(&tunnel);
		if (ret != wanted)
			libcell_wait(&device.link, seen, 10000);
	} while (ret != wanted && in_time());
	return ret == wanted;
}

static void both_ask_for_it(void)
{
	EXPECT_EQ((u64)libcell_tunnel_create(&tunnel, &device.link, !device.link.id, NUMBER, SIZE,
					     LIBCELL_TUNNEL_BOTH), 0);
	end = device.link.ops->now_us(&device.link) + LIMIT_US;
	EXPECT(wait_for(0));
	EXPECT(tunnel.own && tunnel.other);
}

/* The first word is written last. */
static void each_reads_the_other(void)
{
	u64 *own = tunnel.own;
	const volatile u64 *other = tunnel.other;
	u32 peer = !device.link.id, seen;

	if (!own || !other)
		return;
	for (unsigned int n = SIZE / sizeof(*own); n; n--)
		__atomic_store_n(&own[n - 1], word_of(device.link.id, n - 1), __ATOMIC_RELEASE);
	libcell_tunnel_ring(&tunnel);
	do {
		seen = libcell_events(&device.link);
		if (*other != word_of(peer, 0))
			libcell_wait(&device.link, seen, 10000);
	} while (*other != word_of(peer, 0) && in_time());
	for (unsigned int n = 0; n < SIZE / sizeof(*own); n++)
		if (!EXPECT_EQ(other[n], word_of(peer, n)))
			return;
}

static void it_goes_with_the_other(void)
{
	if (!cmdline_parse_bool("stay", false)) {
		test_skip("goes first");
		return;
	}
	EXPECT(wait_for(-ECONNRESET));
	EXPECT(!tunnel.own && !tunnel.other);
}

static const struct test tests[] = {
	TEST(both_ask_for_it),
	TEST(each_reads_the_other),
	TEST(it_goes_with_the_other),
};

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

void inmate_main(void)
{
	irq_init(on_irq);
	enable_irqs();
	if (libcell_open(&device, NULL))
		panic("no link");
	TEST_RUN("tunnel", tests);
}
