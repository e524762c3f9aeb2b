// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Channels by name: a manager and programs of three peers, in one thread; then in three. */

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)	((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size)	((void)(at), (void)(size))
#endif

#include "peers.h"
#include "wire.h"

static void messages_go_both_ways(void)
{
	struct channel *listener, *a, *b;

	begin();
	listener = listen_to(2, "sensors/1");
	a = connect_to(1, "sensors/1", false);
	EXPECT_EQ(channel_await(a, 0), -ETIMEDOUT);
	b = accept_one(listener);
	EXPECT_EQ(channel_await(a, 0), 0);
	EXPECT_EQ(b->peer, 1);
	says(a, "one");
	says(b, "two");
	says(a, "three");
	hears(b, "one");
	hears(b, "three");
	hears(a, "two");
	EXPECT_EQ(receive(a), -ETIMEDOUT);
	EXPECT_EQ(channel_send(a, "", 0, 0), 0);
	settle();
	EXPECT_EQ(receive(b), 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void odd_names_are_refused(void)
{
	static const char *const odd[] = { "", "a b", "a\n", "\xc3\xa4", "a:b", "*" };
	struct channel *c;
	u32 n;

	begin();
	for (n = 0; n < ARRAY_SIZE(odd); n++) {
		EXPECT_EQ(channel_listen(&services[1], odd[n], 1, &c), -EINVAL);
		EXPECT_EQ(channel_connect(&services[1], odd[n], WINDOW, true, &c), -EINVAL);
	}
	EXPECT_EQ(channel_listen(&services[1], "12345678901234567890123456789012", 1, &c),
		  -ENAMETOOLONG);
	EXPECT_EQ(channel_listen(&services[1], "1234567890123456789012345678901", 1, &c), 0);
	EXPECT_EQ(channel_connect(&services[1], "x", CHANNEL_HOLD - 1, true, &c), -EINVAL);
	EXPECT_EQ(channel_connect(&services[1], "x", BLOCKS + 1, true, &c), -ENOMEM);
	world_destroy(&world);
}

static void names_have_one_listener(void)
{
	struct channel *c, *listener;

	begin();
	EXPECT_EQ(channel_await(connect_to(1, "x", false), 0), -ENOENT);
	listener = listen_to(2, "x");
	EXPECT_EQ(channel_listen(&services[1], "x", 1, &c), 0);
	settle();
	EXPECT_EQ(channel_await(c, 0), -EADDRINUSE);
	EXPECT_EQ(channel_await(connect_to(2, "x", true), 0), -ELOOP);
	channel_close(listener);
	settle();
	EXPECT_EQ(channel_await(connect_to(1, "x", false), 0), -ENOENT);
	listen_to(1, "x");
	world_destroy(&world);
}

static void a_listener_that_stops_refuses(void)
{
	struct channel *listener, *a, *waits;

	begin();
	listener = listen_to(2, "x");
	a = connect_to(1, "x", false);
	waits = connect_to(1, "x", true);
	channel_close(listener);
	settle();
	EXPECT_EQ(channel_await(a, 0), -ECONNREFUSED);
	EXPECT_EQ(channel_await(waits, 0), -ETIMEDOUT);
	accept_one(listen_to(2, "x"));
	EXPECT_EQ(channel_await(waits, 0), 0);
	world_destroy(&world);
}

static void more_than_the_backlog_are_refused(void)
{
	struct channel *listener, *a, *b;

	begin();
	EXPECT_EQ(channel_listen(&services[2], "x", 1, &listener), 0);
	settle();
	a = connect_to(1, "x", true);
	b = connect_to(1, "x", true);
	EXPECT_EQ(channel_await(b, 0), -ECONNREFUSED);
	EXPECT_EQ(services[2].stats.refused, 1);
	/* who does not want any more makes room */
	channel_close(a);
	settle();
	a = connect_to(1, "x", true);
	accept_one(listener);
	EXPECT_EQ(channel_await(a, 0), 0);
	world_destroy(&world);
}

static void held_messages_come_first(void)
{
	struct channel *a, *b;

	begin();
	a = connect_to(1, "late", true);
	says(a, "one");
	says(a, "two");
	b = accept_one(listen_to(2, "late"));
	says(a, "three");
	hears(b, "one");
	hears(b, "two");
	hears(b, "three");
	says(b, "four");
	hears(a, "four");
	EXPECT_EQ(manager.stats.held, 2);
	EXPECT_EQ(manager.stats.lost, 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void holding_is_bounded_and_told(void)
{
	char big[3 * CHANNEL_BLOCK] = "";
	struct channel *a, *b;
	int n;

	begin();
	a = connect_to(1, "late", true);
	for (n = 0; n < CHANNEL_HOLD; n++)
		says(a, "x");
	EXPECT_EQ(channel_send(a, "x", 2, 0), -ETIMEDOUT);
	b = accept_one(listen_to(2, "late"));
	for (n = 0; n < CHANNEL_HOLD; n++)
		hears(b, "x");
	settle();
	EXPECT_EQ(channel_send(a, big, sizeof(big), 0), 0);
	EXPECT_EQ(a->sent, CHANNEL_HOLD + 1);
	nothing_was_odd();
	world_destroy(&world);
}

/* One peer's waiting channels do not use up what others may have held. */
static void holding_is_bounded_for_a_peer(void)
{
	struct channel *a;
	u32 n, held = 0;

	begin();
	for (n = 0; n < 20; n++) {
		a = connect_to(1, "late", true);
		while (!channel_send(a, "x", 2, 0))
			held++;
	}
	settle();
	EXPECT_EQ(held, ARRAY_SIZE(held_blocks) / (PEERS - 1));
	says(connect_to(2, "late", true), "x");
	nothing_was_odd();
	world_destroy(&world);
}

static void mail_outlives_its_sender(void)
{
	struct channel *a, *b;

	begin();
	a = connect_to(1, "late", true);
	says(a, "one");
	says(a, "two");
	channel_close(a);
	settle();
	b = accept_one(listen_to(2, "late"));
	hears(b, "one");
	hears(b, "two");
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	settle();
	EXPECT_EQ(manager.peers[1].entries, 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void close_comes_after_all_messages(void)
{
	struct channel *a, *b;

	begin();
	open_x(&a, &b);
	says(a, "one");
	says(a, "two");
	says(b, "never heard");
	channel_close(a);
	settle();
	hears(b, "one");
	hears(b, "two");
	EXPECT_EQ(receive(b), -EPIPE);
	EXPECT_EQ(channel_send(b, "x", 1, 0), -EPIPE);
	channel_close(b);
	settle();
	/* nobody remembers anything but the name */
	EXPECT_EQ(manager.peers[1].entries, 0);
	EXPECT_EQ(manager.peers[2].entries, 1);
	EXPECT_EQ(services[1].pool.left, BLOCKS);
	EXPECT_EQ(services[2].pool.left, BLOCKS);
	nothing_was_odd();
	world_destroy(&world);
}

static void close_before_it_is_open(void)
{
	struct channel *listener, *a, *b = NULL;

	begin();
	listener = listen_to(2, "x");
	a = connect_to(1, "x", false);
	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &b), 0);
	channel_close(b);
	settle();
	EXPECT(channel_await(a, 0) == -EPIPE || channel_await(a, 0) == -ECONNREFUSED);
	channel_close(a);
	a = connect_to(1, "x", false);
	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &b), 0);
	channel_close(a);
	settle();
	/* the manager heard of the close first */
	EXPECT_EQ(receive(b), -ECONNRESET);
	channel_close(b);
	settle();
	EXPECT_EQ(manager.peers[1].entries, 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void each_of_many_has_its_own(void)
{
	static struct channel *a[CHANNELS - 1], *b[CHANNELS - 1];
	struct channel *listener;
	char text[16];
	u32 n;

	begin();
	listener = open_many(a, b, ARRAY_SIZE(a));
	for (n = 0; n < ARRAY_SIZE(a); n++) {
		snprintf(text, sizeof(text), "%u", n);
		says(a[n], text);
	}
	for (n = ARRAY_SIZE(a); n--;) {
		snprintf(text, sizeof(text), "%u", n);
		hears(b[n], text);
	}
	/* the table has an end */
	EXPECT_EQ(channel_listen(&services[1], "y", 1, &listener), 0);
	EXPECT_EQ(channel_listen(&services[1], "z", 1, &listener), -ENFILE);
	nothing_was_odd();
	world_destroy(&world);
}

/* Also when its credit waits for room in the trunk. Under ASan, a look at another is an error. */
static void a_message_touches_no_other_channel(void)
{
	static struct channel *a[CHANNELS - 1], *b[CHANNELS - 1];
	struct channel *c = tables[2] + CHANNELS / 2;
	char text[2 * CHANNEL_BLOCK] = "";
	u32 n = 0;

	begin();
	open_many(a, b, ARRAY_SIZE(a));
	for (u32 size = sizeof(text); size; size /= 2)
		while (b[n] == c || !channel_send(b[n], text, size, 0))
			n++;
	for (n = 0; a[n]->other != c->handle; n++)
		;
	ASAN_POISON_MEMORY_REGION(tables[2], (size_t)(c - tables[2]) * sizeof(*c));
	ASAN_POISON_MEMORY_REGION(c + 1, (size_t)(tables[2] + CHANNELS - c - 1) * sizeof(*c));
	for (u32 times = 0; times < WINDOW / 2; times++) {
		EXPECT_EQ(channel_send(a[n], text, 1, 0), 0);
		channel_poll(&services[2]);
		EXPECT_EQ(channel_receive(c, text, sizeof(text), 0), 1);
	}
	EXPECT_EQ(c->credit, WINDOW / 2);
	channel_poll(&services[2]);
	ASAN_UNPOISON_MEMORY_REGION(tables[2], sizeof(tables[2]));
	settle();
	EXPECT_EQ(c->credit, 0);
	world_destroy(&world);
}

static void who_waits_has_a_message_at_once(void)
{
	struct channel *a, *b;
	char one[1];
	u32 n;

	begin();
	open_x(&a, &b);
	for (n = 0; n < 3 * WINDOW; n++) {
		EXPECT_EQ(channel_send(a, "one", 4, 0), 0);
		hears(b, "one");
		EXPECT_EQ(b->high, 0);
		settle();
	}
	/* what is too large for it, and whatever comes after that, is queued */
	EXPECT_EQ(channel_send(a, "two", 4, 0), 0);
	EXPECT_EQ(channel_send(a, "", 1, 0), 0);
	EXPECT_EQ(channel_receive(b, one, sizeof(one), 0), -EMSGSIZE);
	EXPECT_EQ(b->high, 2);
	hears(b, "two");
	hears(b, "");
	/* who does not wait any more gets nothing */
	EXPECT_EQ(channel_receive(b, one, sizeof(one), 0), -ETIMEDOUT);
	EXPECT(!b->receiver);
	says(a, "");
	EXPECT_EQ(b->queue.blocks, 1);
	hears(b, "");
	EXPECT_EQ(b->received, 3 * WINDOW + 3);
	nothing_was_odd();
	world_destroy(&world);
}

static void who_does_not_receive_stops_only_its_own(void)
{
	char big[4 * CHANNEL_BLOCK + 1] = "";
	struct channel *listener, *a[2], *b[2];
	u32 n;

	begin();
	listener = listen_to(2, "x");
	for (n = 0; n < 2; n++) {
		a[n] = connect_to(1, "x", false);
		b[n] = accept_one(listener);
	}
	EXPECT_EQ(channel_send(a[0], big, sizeof(big), 0), -EMSGSIZE);
	for (n = 0; n < WINDOW; n++)
		says(a[0], "x");
	EXPECT_EQ(channel_send(a[0], "x", 2, 0), -ETIMEDOUT);
	for (n = 0; n < 100; n++) {
		EXPECT_EQ(channel_send(a[1], big, sizeof(big) - 1, 0), 0);
		settle();
		EXPECT_EQ(channel_receive(b[1], big, 10, 0), -EMSGSIZE);
		EXPECT_EQ(channel_receive(b[1], big, sizeof(big), 0), sizeof(big) - 1);
		settle();
	}
	for (n = 0; n < WINDOW; n++)
		hears(b[0], "x");
	settle();
	says(a[0], "y");
	hears(b[0], "y");
	nothing_was_odd();
	world_destroy(&world);
}

static void who_restarts_is_heard_again(void)
{
	struct channel *a, *b;

	begin();
	open_x(&a, &b);
	says(b, "last words");
	world_kill(&world, 2);
	settle();
	hears(a, "last words");
	EXPECT_EQ(receive(a), -ECONNRESET);
	channel_close(a);
	a = connect_to(1, "x", true);
	says(a, "wait");
	start(2);
	b = accept_one(listen_to(2, "x"));
	hears(b, "wait");
	says(a, "go on");
	hears(b, "go on");
	/* the same for who connects */
	start(1);
	settle();
	EXPECT_EQ(receive(b), -ECONNRESET);
	channel_close(b);
	settle();
	EXPECT_EQ(manager.peers[1].entries, 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void requests_wait_for_the_first_manager(void)
{
	struct channel *listener, *a;

	begin_without_peers();
	start(1);
	start(2);
	EXPECT_EQ(channel_listen(&services[2], "x", 1, &listener), 0);
	a = connect_to(1, "x", true);
	EXPECT_EQ(channel_await(listener, 0), -ETIMEDOUT);
	EXPECT_EQ(channel_await(a, 0), -ETIMEDOUT);
	EXPECT_EQ(channel_send(a, "x", 2, 0), -ETIMEDOUT);
	start_manager();
	settle();
	EXPECT_EQ(channel_await(listener, 0), 0);
	says(a, "one");
	hears(accept_one(listener), "one");
	EXPECT_EQ(channel_await(a, 0), 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void channels_outlive_the_manager(void)
{
	struct channel *listener, *a, *b, *c;

	begin();
	listener = open_x(&a, &b);
	c = connect_to(1, "late", true);
	says(c, "lost with it");
	world_kill(&world, MANAGER);
	settle();
	says(a, "one");
	hears(b, "one");
	/* a new request waits */
	EXPECT_EQ(channel_await(connect_to(1, "x", true), 0), -ETIMEDOUT);
	start_manager();
	settle();
	EXPECT_EQ(channel_await(c, 0), -ECONNABORTED);
	accept_one(listener);
	says(b, "two");
	hears(a, "two");
	/* its table is what it was: the name, and three channels of which one is over */
	EXPECT_EQ(manager.peers[2].entries + manager.peers[1].entries, 3);
	channel_close(a);
	settle();
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	settle();
	EXPECT_EQ(manager.peers[2].entries + manager.peers[1].entries, 2);
	EXPECT_EQ(services[1].stats.registrations, 2);
	nothing_was_odd();
	world_destroy(&world);
}

static void who_asks_for_everything_gets_its_share(void)
{
	struct channel *c = NULL;
	u32 n;

	num_entries = 3 * 10;
	begin();
	for (n = 0; n <= 10; n++) {
		char name[16];

		snprintf(name, sizeof(name), "name%u", n);
		EXPECT_EQ(channel_listen(&services[1], name, 1, &c), 0);
		settle();
		EXPECT_EQ(channel_await(c, 0), n < 10 ? 0 : -ENFILE);
	}
	listen_to(2, "mine");
	EXPECT_EQ(manager.stats.refused, 1);
	nothing_was_odd();
	num_entries = ARRAY_SIZE(entries);
	world_destroy(&world);
}

static u32 sees_all(u32 kind, bool count, struct channel_seen *last);

/* Peer 1 asks for as much as its ring takes: requests of one type, from its own memory. */
static u32 flood(u32 type, u32 number)
{
	struct wire_control m = {
		.type = type, .value = WIRE_VERSION, .window = WINDOW, .name = "flood",
	};
	void *room;
	u32 count;

	for (count = 0; !duplex_reserve(&services[1].control, &room, sizeof(m)); count++) {
		m.handle = 0x10000 + number + count;
		m.other = number + count;
		memcpy(room, &m, sizeof(m));
		libcell_bytes_commit(&services[1].control.out, sizeof(m));
	}
	return count;
}

/* However much of whatever it asks for, others are not later by it. */
static void floods_are_held_up_by_themselves(void)
{
	struct channel *listener, *a, *b;
	struct channel_seen seen;
	u32 type, turn, asked, all = 0;

	begin();
	start(3);
	settle();
	listener = listen_to(3, "x");
	for (type = WIRE_HELLO; type <= WIRE_COUNTED + 1; type++) {
		EXPECT_EQ(channel_connect(&services[2], "x", WINDOW, true, &a), 0);
		for (turn = 0, asked = 0; turn < 8; turn++) {
			asked += flood(type, asked);
			channeld_poll(&manager);
			channel_poll(&services[2]);
			channel_poll(&services[3]);
			channel_accept(listener, WINDOW, 0, &b);
		}
		EXPECT_EQ(channel_await(a, 0), 0);
		channel_close(a);
		channel_close(b);
		EXPECT(asked > 8 || type == WIRE_LIST);
		all += asked;
		/* it reads again */
		settle();
	}
	EXPECT(manager.peers[1].requests + 64 > all);
	EXPECT(manager.peers[1].entries <= manager.share);
	EXPECT(manager.peers[1].violations > 0);
	EXPECT_EQ(manager.peers[2].violations + manager.peers[3].violations, 0);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_PEER, false, &seen), 3);
	world_destroy(&world);
}

/* What the library would not send: as if another library had. */
static void asks_oddly(struct wire_control m, int reason)
{
	u64 violations = manager.peers[1].violations;
	const void *message;
	struct wire_control answer;
	void *room;
	u32 length;

	EXPECT_EQ(duplex_reserve(&services[1].control, &room, sizeof(m)), 0);
	memcpy(room, &m, sizeof(m));
	libcell_bytes_commit(&services[1].control.out, sizeof(m));
	channeld_poll(&manager);
	EXPECT_EQ(manager.peers[1].violations, violations + 1);
	EXPECT_EQ(duplex_peek(&services[1].control, &message, &length), 0);
	memcpy(&answer, message, sizeof(answer));
	EXPECT_EQ(answer.type, WIRE_CLOSED);
	EXPECT_EQ(answer.handle, m.handle);
	EXPECT_EQ(answer.reason, reason);
	libcell_bytes_release(&services[1].control.in, length);
}

static void the_manager_refuses_odd_requests(void)
{
	struct wire_control m = { .type = WIRE_LISTEN, .handle = 0x10001, .window = WINDOW };
	struct channel *listener;

	begin();
	listener = listen_to(1, "x");
	asks_oddly(m, -EINVAL);			/* no name */
	memcpy(m.name, "a b", 4);
	asks_oddly(m, -EINVAL);
	m.type = WIRE_CONNECT;
	memset(m.name, 'a', sizeof(m.name));
	asks_oddly(m, -ENAMETOOLONG);
	memcpy(m.name, "y", 2);
	m.handle = 0;
	asks_oddly(m, -EINVAL);
	m.handle = listener->handle;		/* it has a name by this one */
	asks_oddly(m, -EINVAL);
	EXPECT_EQ(manager.peers[1].entries, 1);
	world_destroy(&world);
}

/* The window has room for it, and no trunk will ever have; from either side. */
static void messages_larger_than_the_ring(void)
{
	static char big[9000];
	struct channel *listener, *a, *b;

	begin();
	listener = listen_to(2, "x");
	EXPECT_EQ(channel_connect(&services[1], "x", 100, false, &a), 0);
	settle();
	EXPECT_EQ(channel_accept(listener, 100, 0, &b), 0);
	settle();
	EXPECT_EQ(channel_send(a, big, sizeof(big), 0), -EMSGSIZE);
	EXPECT_EQ(channel_send(b, big, sizeof(big), LIBCELL_FOREVER), -EMSGSIZE);
	says(a, "small");
	hears(b, "small");
	nothing_was_odd();
	world_destroy(&world);
}

static void sections_have_an_end(void)
{
	struct channel_setup setup = {
		.manager = MANAGER, .channels = tables[1], .num_channels = CHANNELS,
		.blocks = blocks[1], .num_blocks = BLOCKS, .trunk = SECTION,
	};
	const struct channeld_setup managing = {
		.entries = entries, .num_entries = PEERS - 2,
		.blocks = held_blocks, .num_blocks = ARRAY_SIZE(held_blocks),
	};

	begin();
	EXPECT_EQ(channel_open(&services[1], world_attach(&world, 1), &setup), -ENOMEM);
	setup.trunk = 8192;
	setup.arena = SECTION;
	EXPECT_EQ(channel_open(&services[1], world_attach(&world, 1), &setup), -ENOMEM);
	setup.arena = 0;
	setup.manager = PEERS;
	EXPECT_EQ(channel_open(&services[1], world_attach(&world, 1), &setup), -EINVAL);
	/* not one entry for each */
	EXPECT_EQ(channeld_open(&manager, world_attach(&world, MANAGER), &managing), -EINVAL);
	world_destroy(&world);
	world_create(&world, PEERS, 4096);
	EXPECT_EQ(channeld_open(&manager, world_attach(&world, MANAGER), &(struct channeld_setup){
		.entries = entries, .num_entries = PEERS, .own = true }), -ENOMEM);
	world_destroy(&world);
}

/* A thousand channels to a listener: it has those of its backlog, and others are refused. */
static void a_thousand_connects_are_bounded(void)
{
	struct channel *listener = NULL, *c, *a;
	u32 refused = 0, n;

	begin();
	start(3);
	settle();
	EXPECT_EQ(channel_listen(&services[2], "x", 8, &listener), 0);
	settle();
	for (n = 0; n < 1000; n++) {
		if (channel_connect(&services[1], "x", CHANNEL_HOLD, true, &c))
			break;
		settle();
		if (channel_await(c, 0) == -ECONNREFUSED) {
			channel_close(c);
			refused++;
		}
	}
	EXPECT_EQ(n, 1000);
	EXPECT_EQ(refused, 1000 - 8);
	EXPECT_EQ(services[2].stats.refused, refused);
	/* when there is room, it is anybody's */
	accept_one(listener);
	a = connect_to(3, "x", false);
	EXPECT_EQ(channel_await(a, 0), -ETIMEDOUT);
	for (n = 0; n < 8; n++)
		c = accept_one(listener);
	EXPECT_EQ(channel_await(a, 0), 0);
	EXPECT_EQ(c->peer, 3);
	nothing_was_odd();
	world_destroy(&world);
}

static void close_does_not_overtake_messages(void)
{
	struct channel *a, *b;

	begin();
	open_x(&a, &b);
	EXPECT_EQ(channel_send(a, "one", 4, 0), 0);
	channel_close(a);
	/* its receiver hears of the close from the manager too, and first */
	channeld_poll(&manager);
	hears(b, "one");
	EXPECT_EQ(receive(b), -EPIPE);
	world_destroy(&world);
}

/* The trunk is full when it closes. */
static void flush_waits_until_the_close_is_told(void)
{
	struct channel *a[8], *b[8];
	u8 buf[2 * CHANNEL_BLOCK] = { 0 };
	int ret;
	u32 n;

	begin();
	open_many(a, b, ARRAY_SIZE(a));
	EXPECT_EQ(channel_flush(&services[1], 0), 0);
	n = 0;
	for (u32 size = sizeof(buf); size; size /= 2)
		while (!channel_send(a[n % ARRAY_SIZE(a)], buf, size, 0))
			n++;
	/* it is the trunk that is full, no window */
	for (n = 0; n < ARRAY_SIZE(a); n++)
		EXPECT(a[n]->room);
	channel_close(a[0]);
	EXPECT_EQ(channel_flush(&services[1], 0), -ETIMEDOUT);
	settle();
	EXPECT_EQ(channel_flush(&services[1], 0), 0);
	do
		ret = receive(b[0]);
	while (ret > 0);
	EXPECT_EQ(ret, -EPIPE);
	nothing_was_odd();
	world_destroy(&world);
}

/* As a service does that has no time to read what the manager answers. */
static void asks_without_reading(struct channel *c)
{
	EXPECT_EQ(control_send(c->service, c->owes, c, NULL, 0), 0);
	c->owes = 0;
}

static void accepted_before_it_was_told_to_wait(void)
{
	struct channel *a[10], *b, *listener;
	char name[16];
	u32 n;

	begin();
	for (n = 0; n < ARRAY_SIZE(a); n++) {
		snprintf(name, sizeof(name), "name%u", n);
		EXPECT_EQ(channel_listen(&services[1], name, 1, &listener), 0);
		asks_without_reading(listener);
	}
	channeld_poll(&manager);
	/* these are taken, but there is no room to answer all of them */
	for (n = 0; n < ARRAY_SIZE(a); n++) {
		EXPECT_EQ(channel_connect(&services[1], "late", WINDOW, true, &a[n]), 0);
		asks_without_reading(a[n]);
	}
	channeld_poll(&manager);
	EXPECT_EQ(channel_listen(&services[2], "late", CHANNELS, &listener), 0);
	for (n = 0; n < ARRAY_SIZE(a); n++) {
		for (u32 turn = 0; turn < 4; turn++) {
			channel_poll(&services[2]);
			channeld_poll(&manager);
		}
		EXPECT_EQ(channel_accept(listener, WINDOW, 0, &b), 0);
	}
	settle();
	for (n = 0; n < ARRAY_SIZE(a); n++)
		EXPECT_EQ(channel_await(a[n], 0), 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void holding_too_much_ends_the_channel(void)
{
	char big[3 * CHANNEL_BLOCK] = "";
	struct channel *a, *b = NULL, *listener;

	begin();
	a = connect_to(1, "late", true);
	EXPECT_EQ(channel_listen(&services[2], "late", 1, &listener), 0);
	channel_poll(&services[2]);
	channeld_poll(&manager);
	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &b), 0);
	channeld_poll(&manager);
	EXPECT_EQ(control_send(&services[1], WIRE_HOLD, a, big, sizeof(big)), 0);
	channeld_poll(&manager);
	EXPECT_EQ(manager.stats.violations, 1);
	/* who accepted it is told */
	EXPECT_EQ(receive(b), -ECONNRESET);
	world_destroy(&world);
}

static void only_a_listener_accepts(void)
{
	struct channel *a, *b, *c = NULL;

	begin();
	open_x(&a, &b);
	EXPECT_EQ(channel_accept(a, WINDOW, 0, &c), -EINVAL);
	world_destroy(&world);
}

/* Peer 2 may listen to x, peer 1 may connect to it; nobody sees y. */
static bool may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use)
{
	EXPECT(d == &manager);
	return !strcmp(name, "x") && peer == (use == CHANNELD_LISTEN ? 2 : 1);
}

static void rules_are_kept(void)
{
	struct channel *c, *a, *b;
	struct channel_seen seen;

	begin();
	manager.may = may;
	EXPECT_EQ(channel_listen(&services[1], "x", 1, &c), 0);
	settle();
	EXPECT_EQ(channel_await(c, 0), -EACCES);
	EXPECT_EQ(channel_await(connect_to(2, "x", true), 0), -EACCES);
	EXPECT_EQ(channel_await(connect_to(1, "y", true), 0), -EACCES);
	EXPECT_EQ(manager.stats.denied, 3);
	open_x(&a, &b);
	says(a, "mine");
	hears(b, "mine");
	/* what others have is hidden, and so are names that one may not connect to */
	EXPECT_EQ(sees_all(CHANNEL_SEEN_OPEN, true, &seen), 1);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_NAME, true, &seen), 1);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_PEER, true, &seen), 1);
	EXPECT_EQ(seen.denied, 2);
	manager.may = NULL;
	channel_close(listen_to(2, "y"));
	c = listen_to(2, "y");
	manager.may = may;
	EXPECT_EQ(sees_all(CHANNEL_SEEN_NAME, true, &seen), 1);
	manager.one_system = true;
	EXPECT_EQ(sees_all(CHANNEL_SEEN_NAME, true, &seen), 2);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_PEER, true, &seen), 2);
	nothing_was_odd();
	world_destroy(&world);
}

/* Who ends at once after its last word is heard to the end. */
static void what_was_sent_outlives_its_sender(void)
{
	struct channel *a, *b, *waits, *listener;

	begin();
	listener = open_x(&a, &b);
	says(a, "one");
	EXPECT_EQ(channel_send(a, "two", 4, 0), 0);
	channel_close(a);
	waits = connect_to(1, "mail", true);
	EXPECT_EQ(channel_send(waits, "three", 6, 0), 0);
	channel_close(waits);
	world_kill(&world, 1);
	settle();
	hears(b, "one");
	hears(b, "two");
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	hears(accept_one(listen_to(2, "mail")), "three");

	/* before its listener has heard a word of it */
	start(1);
	settle();
	a = connect_to(1, "x", false);
	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &b), 0);
	for (u32 n = 0; n < 4; n++) {
		channeld_poll(&manager);
		channel_poll(&services[1]);
	}
	EXPECT_EQ(channel_send(a, "four", 5, 0), 0);
	channel_close(a);
	world_kill(&world, 1);
	settle();
	hears(b, "four");
	EXPECT_EQ(receive(b), -EPIPE);
	nothing_was_odd();
	world_destroy(&world);
}

/* A life's last words are nobody's fault, and not those of the next one. */
static void what_was_left_is_not_of_the_next_life(void)
{
	struct channel *a, *b;

	begin();
	open_x(&a, &b);
	channel_close(a);
	world_kill(&world, 1);
	channel_poll(&services[2]);
	channeld_poll(&manager);
	start(1);
	settle();
	a = connect_to(1, "x", false);
	EXPECT_EQ(channel_await(a, 0), -ETIMEDOUT);
	nothing_was_odd();
	world_destroy(&world);
}

/* The next that peer 1 sees. */
static int sees(u32 *cursor, bool count, struct channel_seen *seen)
{
	int ret = -ETIMEDOUT;

	for (u32 n = 0; n < 64 && ret == -ETIMEDOUT; n++) {
		ret = channel_see(&services[1], cursor, count, seen, 0);
		settle();
	}
	return ret;
}

/* What of a kind peer 1 sees: how many, and the last one. */
static u32 sees_all(u32 kind, bool count, struct channel_seen *last)
{
	struct channel_seen seen;
	u32 cursor = 0, number = 0;
	int ret;

	while ((ret = sees(&cursor, count, &seen)) == 1) {
		number += seen.kind == kind;
		if (seen.kind == kind)
			*last = seen;
	}
	EXPECT_EQ(ret, 0);
	EXPECT_EQ(cursor, CHANNEL_SEE_END);
	return number;
}

static void what_there_is_is_seen(void)
{
	struct channel *listener, *a, *b;
	struct channel_seen seen = { 0 };
	u32 n;

	begin();
	EXPECT_EQ(sees_all(CHANNEL_SEEN_PEER, false, &seen), 2);
	EXPECT_EQ(seen.peer[0], 2);
	EXPECT_EQ(seen.there, 1);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_NAME, false, &seen), 0);
	says(connect_to(1, "nobody", true), "mail");
	EXPECT_EQ(sees_all(CHANNEL_SEEN_WAITING, false, &seen), 1);
	EXPECT(!strcmp(seen.name, "nobody"));
	EXPECT_EQ(seen.held, 1);
	listener = listen_to(2, "x");
	connect_to(1, "x", false);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_OFFERED, false, &seen), 1);
	accept_one(listener);
	a = connect_to(1, "x", false);
	b = accept_one(listener);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_NAME, false, &seen), 1);
	EXPECT(!strcmp(seen.name, "x"));
	EXPECT_EQ(seen.peer[0], 2);

	/* the first look asks, the second one has the answer */
	for (n = 0; n < WINDOW; n++)
		says(a, "1234567");
	EXPECT_EQ(channel_send(a, "", 1, 0), -ETIMEDOUT);
	hears(b, "1234567");
	says(b, "1");
	EXPECT_EQ(sees_all(CHANNEL_SEEN_OPEN, true, &seen), 2);
	EXPECT_EQ(sees_all(CHANNEL_SEEN_OPEN, false, &seen), 2);
	EXPECT_EQ(seen.peer[0], 1);
	EXPECT_EQ(seen.peer[1], 2);
	EXPECT_EQ(seen.there, 3);
	EXPECT_EQ(seen.ends[0].messages, WINDOW);
	EXPECT_EQ(seen.ends[0].bytes, 8 * WINDOW);
	EXPECT_EQ(seen.ends[0].waits, 1);
	EXPECT_EQ(seen.ends[0].queue, 1);
	EXPECT_EQ(seen.ends[1].messages, 1);
	EXPECT_EQ(seen.ends[1].queue, WINDOW - 1);
	EXPECT_EQ(seen.ends[1].high, WINDOW);
	EXPECT(seen.ends[0].doorbells + seen.ends[0].suppressed > 0);
	channel_close(a);
	settle();
	EXPECT_EQ(sees_all(CHANNEL_SEEN_OPEN, false, &seen), 2);
	EXPECT_EQ(seen.there, 2);
	nothing_was_odd();
	world_destroy(&world);
}

/* A manager of the past does not answer, one that comes is asked again. */
static void the_manager_goes_while_it_is_asked(void)
{
	struct channel_seen seen;
	u32 cursor = 0;

	begin();
	EXPECT_EQ(channel_see(&services[1], &cursor, false, &seen, 0), -ETIMEDOUT);
	world_kill(&world, MANAGER);
	EXPECT_EQ(channel_see(&services[1], &cursor, false, &seen, 0), -ETIMEDOUT);
	start_manager();
	settle();
	EXPECT_EQ(sees(&cursor, false, &seen), 1);
	EXPECT_EQ(seen.kind, CHANNEL_SEEN_PEER);
	/* nonsense is no place */
	cursor = 0xfffff123;
	EXPECT_EQ(sees(&cursor, true, &seen), 0);
	cursor = 0xfffff;
	EXPECT_EQ(sees(&cursor, true, &seen), 0);
	nothing_was_odd();
	world_destroy(&world);
}

static void another_version_forgets_requests(void)
{
	const struct wire_control refused = { .type = WIRE_CLOSED, .reason = -EPROTONOSUPPORT };
	struct channel *listener, *c;
	void *room;
	u32 n;

	begin();
	listener = listen_to(2, "x");
	connect_to(1, "x", false);
	EXPECT_EQ(duplex_reserve(&manager.peers[2].control, &room, sizeof(refused)), 0);
	memcpy(room, &refused, sizeof(refused));
	libcell_bytes_commit(&manager.peers[2].control.out, sizeof(refused));
	channel_poll(&services[2]);
	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &c), -EPROTONOSUPPORT);
	channel_close(listener);
	for (n = 0; n < CHANNELS; n++)
		EXPECT_EQ(tables[2][n].state, CHANNEL_FREE);
	world_destroy(&world);
}

static void another_version_is_refused(void)
{
	const struct wire_control hello = { .type = WIRE_HELLO, .value = WIRE_VERSION + 1 };
	struct channel *c;
	void *room;

	begin();
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, true, &c), 0);
	EXPECT_EQ(duplex_reserve(&services[1].control, &room, sizeof(hello)), 0);
	memcpy(room, &hello, sizeof(hello));
	libcell_bytes_commit(&services[1].control.out, sizeof(hello));
	channeld_poll(&manager);
	EXPECT_EQ(channel_await(c, 0), -EPROTONOSUPPORT);
	EXPECT_EQ(channel_listen(&services[1], "x", 1, &c), -EPROTONOSUPPORT);
	world_destroy(&world);
}

/* Peers that go round what their own library sees to. */

static void more_than_the_window_ends_the_channel(void)
{
	struct channel *listener, *a, *b;
	u32 n;

	begin();
	listener = open_x(&a, &b);
	a->limit = 100;
	a->room = 100;
	for (n = 0; n <= WINDOW; n++)
		says(a, "x");
	EXPECT_EQ(services[2].stats.violations, 1);
	for (n = 0; n < WINDOW; n++)
		hears(b, "x");
	EXPECT_EQ(receive(b), -EPROTO);
	EXPECT_EQ(receive(a), -EPROTO);

	a = connect_to(1, "x", false);
	b = accept_one(listener);
	trunk_send(a, WIRE_CREDIT, &(u32){ 1 }, sizeof(u32));
	settle();
	EXPECT_EQ(receive(b), -EPROTO);
	world_destroy(&world);
}

static void frames_count_only_from_the_other_side(void)
{
	struct channel *listener, *a, *b, *evil;

	begin();
	start(3);
	settle();
	listener = open_x(&a, &b);
	evil = connect_to(3, "x", false);
	accept_one(listener);
	evil->other = b->handle;
	says(evil, "evil");
	channel_close(evil);
	settle();
	EXPECT_EQ(services[2].stats.stale, 2);
	EXPECT_EQ(receive(b), -ETIMEDOUT);
	says(a, "good");
	hears(b, "good");
	world_destroy(&world);
}

/* Random use, with restarts of everybody */

#define LIVE		24	/* channels of a peer */
#define ROUNDS		40000

struct numbered {
	u32 cookie;
	u32 number;
	u8 rest[500];
};

static struct user {
	struct channel *listener;
	struct channel *channels[LIVE];
	u32 cookie[LIVE], sent[LIVE], from[LIVE], next[LIVE];
} users[PEERS];
static u32 cookies, exchanged;
static bool hostile;	/* peer 3 is not to be believed */

static void user_starts(u32 peer)
{
	start(peer);
	memset(&users[peer], 0, sizeof(users[peer]));
	channel_listen(&services[peer], peer == 1 ? "p1" : peer == 2 ? "p2" : "p3", 8,
		       &users[peer].listener);
}

static void user_has(struct user *user, u32 n, struct channel *c)
{
	user->channels[n] = c;
	user->cookie[n] = ++cookies;
	user->sent[n] = 0;
	user->from[n] = 0;
	user->next[n] = 0;
}

static void user_opens(struct user *user, u32 peer, u32 n, u64 *seed)
{
	static const char *const names[] = { "p1", "p2", "p3" };
	struct channel *c;

	if (random_next(seed) % 2) {
		if (!channel_accept(user->listener, WINDOW, 0, &c))
			user_has(user, n, c);
	} else if (!channel_connect_class(&services[peer], names[random_next(seed) % 3], WINDOW,
					  random_next(seed) % 2,
					  (u32)(random_next(seed) % num_classes),
					  &c)) {
		user_has(user, n, c);
	}
}

static void user_closes(struct user *user, u32 n)
{
	channel_close(user->channels[n]);
	user->channels[n] = NULL;
}

static void user_sends(struct user *user, u32 n, u64 *seed)
{
	struct numbered m = { user->cookie[n], user->sent[n], { 0 } };
	int ret = channel_send(user->channels[n], &m, 8 + (u32)(random_next(seed) % 500), 0);

	if (!ret)
		user->sent[n]++;
	else if (ret != -ETIMEDOUT)
		user_closes(user, n);
}

static void user_receives(struct user *user, u32 n)
{
	struct channel *c = user->channels[n];
	struct numbered m = { 0 };
	int ret = channel_receive(c, &m, sizeof(m), 0);

	if (ret == -ETIMEDOUT)
		return;
	if (ret < 0) {
		user_closes(user, n);
		return;
	}
	if (hostile && c->peer == 3)
		return;
	exchanged++;
	EXPECT(!user->from[n] || user->from[n] == m.cookie);
	EXPECT_EQ(m.number, user->next[n]);
	user->from[n] = m.cookie;
	user->next[n]++;
}

static void user_acts(u32 peer, u64 *seed)
{
	struct user *user = &users[peer];
	u32 n = (u32)(random_next(seed) % LIVE);
	u32 what = (u32)(random_next(seed) % 64);

	if (!user->channels[n])
		user_opens(user, peer, n, seed);
	else if (what == 0)
		user_closes(user, n);
	else if (what < 32)
		user_sends(user, n, seed);
	else
		user_receives(user, n);
}

static void scribble(u64 *seed)
{
	u8 *section = world.sections + 3 * SECTION;
	u32 at = (u32)(random_next(seed) % (SECTION / 4));

	/* ports and their indices, or what is in its rings */
	if (random_next(seed) % 2)
		at %= 4096 / 4;
	store((u32 *)(void *)section + at,
	      random_next(seed) % 2 ? (u32)(random_next(seed) % 24) : (u32)random_next(seed));
}

/* When all is over, nobody holds anything for anybody. */
static void all_is_given_back(void)
{
	for (u32 peer = 1; peer < PEERS; peer++) {
		for (u32 n = 0; n < LIVE; n++)
			if (users[peer].channels[n])
				user_closes(&users[peer], n);
		channel_close(users[peer].listener);
	}
	settle();
	for (u32 peer = 1; peer < PEERS; peer++)
		EXPECT_EQ(services[peer].pool.left, BLOCKS);
}

static const struct users all = { .rounds = ROUNDS, .start = user_starts, .act = user_acts };
static const struct users with_a_hostile_one = {
	.rounds = ROUNDS, .start = user_starts, .act = user_acts, .scribble = scribble,
};

static void restarts_of_everybody(void)
{
	hostile = false;
	exchanged = 0;
	for (u64 seed = 1; seed < 6; seed++) {
		take_turns(&all, seed * 0x9e3779b97f4a7c15ULL, 300);
		settle();
		all_is_given_back();
		nothing_was_odd();
		world_destroy(&world);
	}
	EXPECT(exchanged > 5000);
}

static void restarts_with_classes(void)
{
	num_classes = CHANNEL_CLASSES;
	restarts_of_everybody();
	num_classes = 1;
}

static void no_restarts(void)
{
	hostile = false;
	exchanged = 0;
	take_turns(&all, 0x5eed, 0);
	settle();
	all_is_given_back();
	for (u32 peer = 1; peer < PEERS; peer++)
		EXPECT_EQ(manager.peers[peer].entries, 0);
	EXPECT_EQ(manager.pool.left, ARRAY_SIZE(held_blocks));
	EXPECT_EQ(manager.stats.lost, 0);
	EXPECT(exchanged > 2000);
	nothing_was_odd();
	world_destroy(&world);
}

static u32 window_sum(u32 peer)
{
	u32 sum = 0;

	for (u32 n = 0; n < CHANNELS; n++)
		sum += tables[peer][n].state != CHANNEL_FREE ? tables[peer][n].window : 0;
	return sum;
}

/* It harms its own channels only; those of the others lose nothing. */
static void a_peer_that_scribbles(void)
{
	hostile = true;
	exchanged = 0;
	for (u64 seed = 1; seed < 4; seed++) {
		take_turns(&with_a_hostile_one, seed * 0x9e3779b97f4a7c15ULL, 0);
		EXPECT(world.links[MANAGER].link.stats.violations +
		       world.links[1].link.stats.violations +
		       world.links[2].link.stats.violations > 0);
		EXPECT_EQ(services[1].pool.left + window_sum(1), BLOCKS);
		EXPECT(manager.peers[3].entries <= manager.share);
		world_destroy(&world);
	}
	EXPECT(exchanged > 2000);
}

/* Threads that wait: no doorbell is lost */

#define TURNS		500

/* Echoes on two channels in turn, and ends them. */
static void *echo(void *unused)
{
	struct channel *listener, *c[2];
	u8 buf[CHANNEL_BLOCK * WINDOW / 2];
	int ret, n;

	EXPECT_EQ(channel_listen(&services[2], "echo", 2, &listener), 0);
	for (n = 0; n < 2; n++)
		EXPECT_EQ(channel_accept(listener, 8 * WINDOW, LIBCELL_FOREVER, &c[n]), 0);
	for (n = 0; n < 2 * TURNS; n++) {
		ret = channel_receive(c[n % 2], buf, sizeof(buf), LIBCELL_FOREVER);
		EXPECT(ret >= 0);
		EXPECT_EQ(channel_send(c[n % 2], buf, (u32)ret, LIBCELL_FOREVER), 0);
	}
	/* more than the trunk, and less than the window */
	for (n = 0; n < TURNS; n++)
		EXPECT_EQ(channel_receive(c[0], buf, sizeof(buf), LIBCELL_FOREVER), sizeof(buf));
	for (n = 0; n < 2; n++) {
		EXPECT_EQ(channel_receive(c[n], buf, sizeof(buf), LIBCELL_FOREVER), -EPIPE);
		channel_close(c[n]);
	}
	return unused;
}

static void ask(struct channel *const *c)
{
	u8 out[CHANNEL_BLOCK * WINDOW / 2], in[sizeof(out)];
	u32 n;

	for (n = 0; n < 2 * TURNS; n++) {
		u32 length = n * 37 % (u32)sizeof(out);

		memset(out, (int)n, length);
		EXPECT_EQ(channel_send(c[n % 2], out, length, LIBCELL_FOREVER), 0);
		EXPECT_EQ(channel_receive(c[n % 2], in, sizeof(in), LIBCELL_FOREVER), length);
		EXPECT(!memcmp(in, out, length));
	}
	for (n = 0; n < TURNS; n++)
		EXPECT_EQ(channel_send(c[0], out, sizeof(out), LIBCELL_FOREVER), 0);
}

static void threads_wait_for_each_other(void)
{
	pthread_t echoing;
	struct channel *c[2];
	u32 n;

	begin();
	world.no_wait = false;
	manage_begin();
	pthread_create(&echoing, NULL, echo, NULL);
	for (n = 0; n < 2; n++) {
		EXPECT_EQ(channel_connect(&services[1], "echo", WINDOW, true, &c[n]), 0);
		EXPECT_EQ(channel_await(c[n], LIBCELL_FOREVER), 0);
	}
	ask(c);
	for (n = 0; n < 2; n++)
		channel_close(c[n]);
	/* the trunk may be full of what was sent last */
	EXPECT_EQ(channel_flush(&services[1], LIBCELL_FOREVER), 0);
	pthread_join(echoing, NULL);
	manage_end();
	nothing_was_odd();
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(messages_go_both_ways),
	TEST(odd_names_are_refused),
	TEST(names_have_one_listener),
	TEST(a_listener_that_stops_refuses),
	TEST(more_than_the_backlog_are_refused),
	TEST(held_messages_come_first),
	TEST(holding_is_bounded_and_told),
	TEST(holding_is_bounded_for_a_peer),
	TEST(mail_outlives_its_sender),
	TEST(close_comes_after_all_messages),
	TEST(close_before_it_is_open),
	TEST(each_of_many_has_its_own),
	TEST(a_message_touches_no_other_channel),
	TEST(who_waits_has_a_message_at_once),
	TEST(who_does_not_receive_stops_only_its_own),
	TEST(who_restarts_is_heard_again),
	TEST(requests_wait_for_the_first_manager),
	TEST(channels_outlive_the_manager),
	TEST(who_asks_for_everything_gets_its_share),
	TEST(floods_are_held_up_by_themselves),
	TEST(the_manager_refuses_odd_requests),
	TEST(messages_larger_than_the_ring),
	TEST(sections_have_an_end),
	TEST(a_thousand_connects_are_bounded),
	TEST(close_does_not_overtake_messages),
	TEST(flush_waits_until_the_close_is_told),
	TEST(accepted_before_it_was_told_to_wait),
	TEST(holding_too_much_ends_the_channel),
	TEST(only_a_listener_accepts),
	TEST(another_version_is_refused),
	TEST(rules_are_kept),
	TEST(what_was_sent_outlives_its_sender),
	TEST(what_was_left_is_not_of_the_next_life),
	TEST(what_there_is_is_seen),
	TEST(the_manager_goes_while_it_is_asked),
	TEST(another_version_forgets_requests),
	TEST(more_than_the_window_ends_the_channel),
	TEST(frames_count_only_from_the_other_side),
	TEST(no_restarts),
	TEST(restarts_of_everybody),
	TEST(restarts_with_classes),
	TEST(a_peer_that_scribbles),
	TEST(threads_wait_for_each_other),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
