// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Classes of urgency: who waits for whom, by count, and that none starves. */

#include <string.h>

#include "peers.h"
#include "wire.h"

#define LOTS		500
#define TURNS		10

static struct channel *a[CHANNEL_CLASSES], *b[CHANNEL_CLASSES];
static u32 taken[CHANNEL_CLASSES];
static u32 before;	/* calls for others since the urgent message was sent */

static void begin_classes(u32 here, u32 there)
{
	begin();
	num_classes = here;
	start(1);
	num_classes = there;
	start(2);
	num_classes = 1;
	settle();
}

/* One channel of each class, with windows that are never full. */
static void open_classes(void)
{
	struct channel *listener = listen_to(2, "x");

	for (u32 n = 0; n < CHANNEL_CLASSES; n++) {
		EXPECT_EQ(channel_connect_class(&services[1], "x", WINDOW, true, n, &a[n]),
			  0);
		settle();
		EXPECT_EQ(channel_accept(listener, LOTS, 0, &b[n]), 0);
		settle();
		EXPECT_EQ(a[n]->class, n);
		EXPECT_EQ(b[n]->class, n);
	}
}

static void take(struct channel *c)
{
	EXPECT_EQ(receive(c), 8);
	taken[c->class]++;
	if (taken[CHANNEL_CLASSES - 1] == 0)
		before++;
}

static const struct channel_handlers takes = { .message = take };

static void fill(u32 n)
{
	while (!channel_send(a[n], "seven b", 8, 0))
		;
}

static void the_highest_of_both_is_agreed_on(void)
{
	struct channel *listener, *c, *d;

	for (u32 there = 1; there <= CHANNEL_CLASSES; there++) {
		begin_classes(CHANNEL_CLASSES, there);
		EXPECT_EQ(channel_connect_class(&services[1], "x", WINDOW, true, 2, &c), 0);
		settle();
		says(c, "held");
		listener = listen_to(2, "x");
		d = accept_one(listener);
		EXPECT_EQ(c->class, there - 1);
		EXPECT_EQ(d->class, there - 1);
		hears(d, "held");
		says(c, "one");
		says(d, "two");
		hears(d, "one");
		hears(c, "two");
		channel_close(c);
		settle();
		EXPECT_EQ(receive(d), -EPIPE);
		nothing_was_odd();
		world_destroy(&world);
	}
}

static void there_are_no_more_classes(void)
{
	const struct channel_setup setup = {
		.manager = MANAGER, .channels = tables[3], .num_channels = CHANNELS,
		.blocks = blocks[3], .num_blocks = BLOCKS, .trunk = 1024,
		.classes = CHANNEL_CLASSES + 1,
	};
	struct channel *c;

	begin_classes(2, 1);
	EXPECT_EQ(channel_connect_class(&services[1], "x", WINDOW, true, 2, &c), -EINVAL);
	EXPECT_EQ(channel_connect_class(&services[2], "x", WINDOW, true, 1, &c), -EINVAL);
	EXPECT_EQ(channel_open(&services[3], world_attach(&world, 3), &setup), -EINVAL);
	world_destroy(&world);
}

/* Nor does its window: that is the channel's own. */
static void a_full_ring_stops_its_class_only(void)
{
	begin_classes(CHANNEL_CLASSES, CHANNEL_CLASSES);
	open_classes();
	fill(0);
	EXPECT(a[0]->room);
	EXPECT_EQ(channel_send(a[0], "seven b", 8, 0), -ETIMEDOUT);
	EXPECT_EQ(channel_send(a[1], "seven b", 8, 0), 0);
	fill(2);
	EXPECT_EQ(channel_send(a[1], "seven b", 8, 0), 0);
	settle();
	EXPECT_EQ(b[1]->received, 2);
	EXPECT_EQ(b[0]->received, a[0]->sent);
	nothing_was_odd();
	world_destroy(&world);
}

/* Of all that has come, so many in each turn: frames are taken so, and functions called. */
static void each_has_its_share_of_a_turn(void)
{
	static const u32 share[] = { 4, 16, 64 };
	u32 sent[CHANNEL_CLASSES] = { 0 };

	begin_classes(CHANNEL_CLASSES, CHANNEL_CLASSES);
	open_classes();
	memset(taken, 0, sizeof(taken));
	for (u32 n = 0; n < CHANNEL_CLASSES; n++)
		channel_set_handlers(b[n], &takes);
	channel_poll(&services[2]);
	for (u32 turn = 1; turn <= TURNS; turn++) {
		for (u32 n = 0; n < CHANNEL_CLASSES; n++) {
			fill(n);
			sent[n] = (u32)a[n]->sent;
		}
		channel_poll(&services[2]);
		for (u32 n = 0; n < CHANNEL_CLASSES; n++) {
			EXPECT_EQ(b[n]->received, turn * share[n]);
			EXPECT(sent[n] > b[n]->received);
			EXPECT_EQ(taken[n], turn * share[n]);
		}
	}
	settle();
	for (u32 n = 0; n < CHANNEL_CLASSES; n++)
		EXPECT_EQ(taken[n], a[n]->sent);
	nothing_was_odd();
	world_destroy(&world);
}

/* Whatever there is of others: at most their shares of one turn. */
static void the_urgent_waits_for_few(void)
{
	begin_classes(CHANNEL_CLASSES, CHANNEL_CLASSES);
	open_classes();
	memset(taken, 0, sizeof(taken));
	for (u32 n = 0; n < CHANNEL_CLASSES; n++)
		channel_set_handlers(b[n], &takes);
	channel_poll(&services[2]);
	fill(0);
	fill(1);
	for (u32 turn = 0; turn < 3; turn++)
		channel_poll(&services[2]);
	before = 0;
	EXPECT_EQ(channel_send(a[2], "seven b", 8, 0), 0);
	channel_poll(&services[2]);
	EXPECT_EQ(taken[2], 1);
	EXPECT_EQ(before, 0);
	/* what comes within a turn waits for its end */
	EXPECT_EQ(taken[0], 4 * 4);
	EXPECT_EQ(taken[1], 4 * 16);
	world_destroy(&world);
}

static void frames_count_in_their_own_ring_only(void)
{
	begin_classes(CHANNEL_CLASSES, CHANNEL_CLASSES);
	open_classes();
	a[2]->class = 0;
	EXPECT_EQ(channel_send(a[2], "x", 2, 0), 0);
	settle();
	EXPECT_EQ(services[2].stats.stale, 1);
	EXPECT_EQ(receive(b[2]), -ETIMEDOUT);
	world_destroy(&world);
}

/* It is not among the news of the class that it asked for any more. */
static void news_follow_the_class(void)
{
	static const struct channel_handlers handlers = { .space = take };
	struct channel *c;

	begin_classes(CHANNEL_CLASSES, 1);
	EXPECT_EQ(channel_connect_class(&services[1], "x", WINDOW, true, 2, &c), 0);
	channel_set_handlers(c, &handlers);
	EXPECT_EQ(channel_send(c, "x", 2, 0), -ETIMEDOUT);
	channeld_poll(&manager);
	service_poll(&services[1]);
	EXPECT_EQ(c->state, CHANNEL_WAITING);
	EXPECT(c->news);
	channel_listen(&services[2], "x", 1, &a[0]);
	for (u32 n = 0; n < 8; n++) {
		channel_accept(a[0], WINDOW, 0, &b[0]);
		channeld_poll(&manager);
		service_poll(&services[1]);
	}
	EXPECT_EQ(c->state, CHANNEL_OPEN);
	EXPECT_EQ(c->class, 0);
	channel_close(c);
	settle();
	EXPECT(channel_arm(&services[1]));
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(the_highest_of_both_is_agreed_on),
	TEST(there_are_no_more_classes),
	TEST(a_full_ring_stops_its_class_only),
	TEST(each_has_its_share_of_a_turn),
	TEST(the_urgent_waits_for_few),
	TEST(frames_count_in_their_own_ring_only),
	TEST(news_follow_the_class),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
