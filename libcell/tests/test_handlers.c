// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Functions that are called for channels: which, when, and what they may do. */

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)	((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size)	((void)(at), (void)(size))
#endif

#include "peers.h"
#include "wire.h"

/* What was called, in order: a letter for each. */
static char calls[1024];
static u32 depth;

static void note(char what)
{
	size_t length = strlen(calls);

	EXPECT_EQ(depth, 0);
	if (length + 1 < sizeof(calls))
		calls[length] = what;
}

static void called(const char *what)
{
	if (strcmp(calls, what))
		printf("# called: %s, not %s\n", calls, what);
	EXPECT(!strcmp(calls, what));
	memset(calls, 0, sizeof(calls));
}

static void on_connect(struct channel *listener)
{
	struct channel *c;

	note('c');
	EXPECT_EQ(channel_accept(listener, WINDOW, LIBCELL_FOREVER, &c), 0);
}

static void on_open(struct channel *c)
{
	note('o');
	EXPECT_EQ(c->state, CHANNEL_OPEN);
}

static void on_message(struct channel *c)
{
	note('m');
	EXPECT(receive(c) >= 0);
}

static void on_space(struct channel *c)
{
	(void)c;
	note('s');
}

static void on_closed(struct channel *c)
{
	note('x');
	EXPECT(channel_await(c, 0) < 0);
	channel_close(c);
}

static const struct channel_handlers all = {
	.connect = on_connect, .open = on_open, .message = on_message,
	.space = on_space, .closed = on_closed,
};

static void lets_be(struct channel *c)
{
	(void)c;
	note('-');
}

/* One channel from 1 to 2, whose end at 2 has these. */
static void open_with(const struct channel_handlers *handlers, struct channel **a,
		      struct channel **b)
{
	begin();
	memset(calls, 0, sizeof(calls));
	open_x(a, b);
	channel_set_handlers(*b, handlers);
}

static void an_accepted_channel_has_its_listeners(void)
{
	struct channel *listener, *a;

	begin();
	memset(calls, 0, sizeof(calls));
	EXPECT_EQ(channel_listen(&services[2], "x", CHANNELS, &listener), 0);
	channel_set_handlers(listener, &all);
	settle();
	called("");
	a = connect_to(1, "x", false);
	called("co");
	says(a, "one");
	says(a, "two");
	called("mm");
	channel_close(a);
	settle();
	called("x");
	/* two at once are two calls */
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, false, &a), 0);
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, false, &a), 0);
	settle();
	called("ccoo");
	nothing_was_odd();
	world_destroy(&world);
}

static void who_asked_hears_of_the_end(void)
{
	struct channel *a;

	begin();
	memset(calls, 0, sizeof(calls));
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, false, &a), 0);
	channel_set_handlers(a, &all);
	settle();
	called("x");
	EXPECT_EQ(a->state, CHANNEL_FREE);
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, true, &a), 0);
	channel_set_handlers(a, &all);
	accept_one(listen_to(2, "x"));
	called("o");
	world_kill(&world, 2);
	settle();
	called("x");
	world_destroy(&world);
}

/* One message is taken by each call, or none. */
static void more_messages_are_more_calls(void)
{
	static const struct channel_handlers idle = { .message = lets_be };
	struct channel *a, *b;

	open_with(&all, &a, &b);
	for (u32 n = 0; n < 3; n++)
		EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
	settle();
	called("ommm");
	channel_set_handlers(b, &idle);
	for (u32 n = 0; n < 3; n++)
		EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
	settle();
	called("-");
	says(a, "x");
	called("-");
	/* who is told later, is told of all */
	channel_set_handlers(b, &all);
	settle();
	called("ommmm");
	world_destroy(&world);
}

static void the_end_comes_after_all_messages(void)
{
	struct channel *a, *b;

	open_with(&all, &a, &b);
	settle();
	for (u32 n = 0; n < 3; n++)
		EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
	channel_close(a);
	settle();
	called("ommmx");
	world_destroy(&world);
}

static void calls_that_wait_call_nobody(void)
{
	struct channel *a, *b;

	open_with(&all, &a, &b);
	settle();
	called("o");
	EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
	EXPECT_EQ(channel_await(a, 0), 0);
	EXPECT_EQ(channel_flush(&services[2], 0), 0);
	EXPECT(service_poll(&services[2]));
	called("");
	/* who would sleep now would not be called */
	EXPECT(!channel_arm(&services[2]));
	channel_poll(&services[2]);
	called("m");
	EXPECT(channel_arm(&services[2]));
	world_destroy(&world);
}

static void polls_and_waits(struct channel *c)
{
	char buf[16];

	note('w');
	depth++;
	/* the next one is there, and nobody is called for it now */
	channel_poll(c->service);
	EXPECT_EQ(channel_receive(c, buf, sizeof(buf), LIBCELL_FOREVER), 2);
	while (channel_receive(c, buf, sizeof(buf), LIBCELL_FOREVER) >= 0)
		;
	EXPECT_EQ(channel_receive(c, buf, sizeof(buf), LIBCELL_FOREVER), -ETIMEDOUT);
	depth--;
}

static void a_handler_waits_for_nobody(void)
{
	static const struct channel_handlers handlers = { .message = polls_and_waits };
	struct channel *listener, *a[2], *b[2];

	begin();
	memset(calls, 0, sizeof(calls));
	listener = open_many(a, b, 2);
	for (u32 n = 0; n < 2; n++)
		channel_set_handlers(b[n], &handlers);
	for (u32 n = 0; n < 2; n++)
		EXPECT_EQ(channel_send(a[n], "x", 2, 0), 0);
	settle();
	called("ww");
	channel_close(listener);
	world_destroy(&world);
}

/* Closing in a handler: the own channel, another with news, and what takes its entry. */

static struct channel *other;

static void closes_itself(struct channel *c)
{
	note('!');
	channel_close(c);
}

static void closes_both(struct channel *c)
{
	note('!');
	channel_close(c);
	channel_close(other);
}

static void takes_its_entry(struct channel *c)
{
	struct channel_service *s = c->service;
	struct channel *again;

	note('!');
	channel_close(c);
	EXPECT_EQ(c->state, CHANNEL_FREE);
	s->next = (u32)(c - s->channels);
	EXPECT_EQ(channel_connect(s, "y", WINDOW, true, &again), 0);
	EXPECT(again == c);
	channel_set_handlers(c, &all);
}

static void a_channel_is_closed_in_its_own(void)
{
	static const struct channel_handlers each[] = {
		{ .open = closes_itself, .message = on_message, .closed = on_closed },
		{ .message = closes_itself, .closed = on_closed },
		{ .closed = closes_itself },
		{ .message = takes_its_entry, .closed = on_closed },
	};
	struct channel *a, *b;

	for (u32 n = 0; n < ARRAY_SIZE(each); n++) {
		open_with(&each[n], &a, &b);
		EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
		EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
		channel_close(a);
		settle();
		called("!");
		EXPECT_EQ(services[2].pool.left, BLOCKS - (n == 3 ? WINDOW : 0));
		nothing_was_odd();
		world_destroy(&world);
	}
}

static void a_channel_that_was_closed_is_not_called(void)
{
	static const struct channel_handlers handlers = { .message = closes_both };
	const u8 text[2 * CHANNEL_BLOCK] = { 0 };
	struct channel *a[3], *b[3];

	begin();
	memset(calls, 0, sizeof(calls));
	open_many(a, b, 3);
	b[2]->limit = 1000;
	b[2]->room = 1000;
	a[2]->window = 1000;
	for (u32 n = 0; n < 2; n++) {
		channel_set_handlers(b[n], &handlers);
		EXPECT_EQ(channel_send(a[n], "x", 2, 0), 0);
	}
	other = b[1];
	/* what it had to tell the other side has no room yet */
	for (u32 size = 2 * CHANNEL_BLOCK; size; size /= 2)
		while (!channel_send(b[2], text, size, 0))
			;
	EXPECT_EQ(channel_send(b[2], text, 0, 0), -ETIMEDOUT);
	for (u32 n = 0; n < 3; n++)
		channel_poll(&services[2]);
	EXPECT_EQ(other->state, CHANNEL_CLOSING);
	settle();
	called("!");
	EXPECT_EQ(receive(a[1]), -EPIPE);
	nothing_was_odd();
	world_destroy(&world);
}

/* Space */

static void room_in_the_window_is_told(void)
{
	struct channel *a, *b;

	open_with(NULL, &a, &b);
	channel_set_handlers(a, &all);
	settle();
	called("o");
	for (u32 n = 0; n < WINDOW; n++)
		EXPECT_EQ(channel_send(a, "x", 2, 0), 0);
	settle();
	called("");
	EXPECT_EQ(channel_send(a, "x", 2, 0), -ETIMEDOUT);
	settle();
	called("");
	for (u32 n = 0; n < WINDOW / 2; n++)
		EXPECT_EQ(receive(b), 2);
	settle();
	called("s");
	says(a, "x");
	called("");
	world_destroy(&world);
}

static void room_in_the_trunk_is_told(void)
{
	struct channel *a[16], *b[16];
	u8 buf[2 * CHANNEL_BLOCK] = { 0 };
	u32 n = 0;

	begin();
	memset(calls, 0, sizeof(calls));
	open_many(a, b, ARRAY_SIZE(a));
	channel_set_handlers(a[0], &all);
	settle();
	called("o");
	for (u32 size = sizeof(buf); size; size /= 2)
		while (!channel_send(a[1 + n % 15], buf, size, 0))
			n++;
	EXPECT(a[0]->room);
	EXPECT_EQ(channel_send(a[0], buf, 8, 0), -ETIMEDOUT);
	for (n = 0; n < 3; n++)
		channel_poll(&services[1]);
	called("");
	/* who sleeps now is woken when there is room */
	EXPECT(channel_arm(&services[1]));
	channel_poll(&services[2]);
	EXPECT(!channel_arm(&services[1]));
	settle();
	called("s");
	nothing_was_odd();
	world_destroy(&world);
}

static void room_at_the_manager_is_told(void)
{
	struct channel *a;

	begin();
	memset(calls, 0, sizeof(calls));
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, true, &a), 0);
	channel_set_handlers(a, &all);
	EXPECT_EQ(channel_send(a, "x", 2, 0), -ETIMEDOUT);
	settle();
	called("s");
	for (u32 n = 0; n < CHANNEL_HOLD; n++)
		says(a, "x");
	EXPECT_EQ(channel_send(a, "x", 2, 0), -ETIMEDOUT);
	settle();
	called("");
	accept_one(listen_to(2, "x"));
	called("os");
	/* and one that there never is room for */
	EXPECT_EQ(channel_connect(&services[1], "y", WINDOW, true, &a), 0);
	channel_set_handlers(a, &all);
	EXPECT_EQ(channel_send(a, blocks, (WINDOW / 2 + 1) * CHANNEL_BLOCK, 0), -ETIMEDOUT);
	accept_one(listen_to(2, "y"));
	called("os");
	EXPECT_EQ(channel_send(a, blocks, (WINDOW / 2 + 1) * CHANNEL_BLOCK, 0), -EMSGSIZE);
	world_destroy(&world);
}

/* Under ASan, a look at another is an error. */
static void only_the_one_with_news_is_touched(void)
{
	static struct channel *a[CHANNELS - 1], *b[CHANNELS - 1];
	struct channel *c = tables[2] + CHANNELS / 2;
	u32 n;

	begin();
	open_many(a, b, ARRAY_SIZE(a));
	for (n = 0; n < ARRAY_SIZE(b); n++)
		channel_set_handlers(b[n], &all);
	settle();
	memset(calls, 0, sizeof(calls));
	for (n = 0; a[n]->other != c->handle; n++)
		;
	ASAN_POISON_MEMORY_REGION(tables[2], (size_t)(c - tables[2]) * sizeof(*c));
	ASAN_POISON_MEMORY_REGION(c + 1, (size_t)(tables[2] + CHANNELS - c - 1) * sizeof(*c));
	EXPECT_EQ(channel_send(a[n], "x", 2, 0), 0);
	EXPECT_EQ(channel_poll(&services[2]), 2);
	EXPECT_EQ(channel_poll(&services[2]), 0);
	EXPECT(channel_arm(&services[2]));
	ASAN_UNPOISON_MEMORY_REGION(tables[2], sizeof(tables[2]));
	called("m");
	world_destroy(&world);
}

/* The turn goes round: one that always has more does not keep the others out. */
static void all_with_news_have_their_turn(void)
{
	struct channel *a[3], *b[3];

	begin();
	open_many(a, b, 3);
	for (u32 n = 0; n < 3; n++)
		channel_set_handlers(b[n], &all);
	settle();
	memset(calls, 0, sizeof(calls));
	for (u32 n = 0; n < WINDOW; n++)
		EXPECT_EQ(channel_send(a[0], "x", 2, 0), 0);
	channel_close(a[1]);
	channel_close(a[2]);
	settle();
	called("mxxmmmmmmm");
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(an_accepted_channel_has_its_listeners),
	TEST(who_asked_hears_of_the_end),
	TEST(more_messages_are_more_calls),
	TEST(the_end_comes_after_all_messages),
	TEST(calls_that_wait_call_nobody),
	TEST(a_handler_waits_for_nobody),
	TEST(a_channel_is_closed_in_its_own),
	TEST(a_channel_that_was_closed_is_not_called),
	TEST(room_in_the_window_is_told),
	TEST(room_in_the_trunk_is_told),
	TEST(room_at_the_manager_is_told),
	TEST(only_the_one_with_news_is_touched),
	TEST(all_with_news_have_their_turn),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
