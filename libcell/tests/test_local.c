// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Programs of one Linux that share its place on a link: a hub, its relay, and peers of
 * the link; all in one thread, but for those that wait. The manager of the link is either
 * beside the hub or another peer.
 */

#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libcell/bulk.h>
#include <libcell/hub.h>
#include <libcell/relay.h>

#include "wire.h"
#include "world.h"

#define SECTION		65536
#define PEERS		4
#define ROOT		0	/* the peer that has the hub */
#define CELL		1
#define FAR		2	/* the manager, if ROOT is not */
#define CHANNELS	64
#define BLOCKS		1024
#define WINDOW		8
#define PROGRAMS	3
#define ARENA		8192	/* of which the relay gives a channel a quarter at most */

struct side {
	struct channel_service service;
	struct channel table[CHANNELS];
	struct channel_block blocks[BLOCKS];
	struct channel_bulk bulks[CHANNELS];
};

struct managing {
	struct channeld manager;
	struct channeld_entry entries[12 * CHANNELS];
	struct channel_block blocks[192];
};

static struct world world;
static struct libcell_hub hub;
static struct relay joined;
static struct managing link_manager, local_manager;
static struct side inner, outer, cell, programs[PROGRAMS];
static struct libcell_device devices[PROGRAMS];
static bool running[PROGRAMS];
static u32 manager_peer;
/* Another link with a cell, of the same ROOT. */
static bool two_links;
static struct world second_world;
static struct managing second_manager;
static struct side second_outer, second_cell;
static char path[64];

static void manage(struct managing *m, struct libcell_link *link, bool own)
{
	const struct channeld_setup setup = {
		.entries = m->entries, .num_entries = ARRAY_SIZE(m->entries),
		.blocks = m->blocks, .num_blocks = ARRAY_SIZE(m->blocks), .own = own,
	};

	EXPECT_EQ(channeld_open(&m->manager, link, &setup), 0);
}

static void take_part(struct side *s, struct libcell_link *link, u32 manager, u32 trunk)
{
	const struct channel_setup setup = {
		.manager = manager, .channels = s->table, .num_channels = CHANNELS,
		.blocks = s->blocks, .num_blocks = BLOCKS, .trunk = trunk,
		.arena = ARENA, .bulks = s->bulks, .num_bulks = CHANNELS,
	};

	EXPECT_EQ(channel_open(&s->service, link, &setup), 0);
}

static u32 root_turn(void)
{
	u32 count = 0;

	libcell_hub_poll(&hub);
	if (manager_peer == ROOT)
		count += channeld_poll(&link_manager.manager);
	count += channeld_poll(&local_manager.manager);
	count += channel_poll(&inner.service) + channel_poll(&outer.service);
	if (two_links)
		count += channeld_poll(&second_manager.manager) +
			 channel_poll(&second_outer.service) + channel_poll(&second_cell.service);
	return count + relay_poll(&joined);
}

static void settle(void)
{
	for (u32 quiet = 0; quiet < 4; quiet++) {
		u32 count = root_turn() + channel_poll(&cell.service);

		if (manager_peer != ROOT)
			count += channeld_poll(&link_manager.manager);
		for (u32 n = 0; n < PROGRAMS; n++)
			if (running[n])
				count += channel_poll(&programs[n].service);
		if (count)
			quiet = 0;
	}
}

/* Joining waits for the hub's word. */
static void *open_device(void *device)
{
	EXPECT_EQ(libcell_open(device, path), 0);
	return NULL;
}

static void start_program(u32 n)
{
	struct libcell_link *link = &devices[n].link;
	pthread_t joining;

	pthread_create(&joining, NULL, open_device, &devices[n]);
	while (pthread_tryjoin_np(joining, NULL))
		libcell_hub_poll(&hub);
	take_part(&programs[n], link, 0, 16384);
	running[n] = true;
	settle();
}

static void end_program(u32 n)
{
	running[n] = false;
	libcell_close(&devices[n]);
}

/* The other link has ROOT, the manager, and the other cell. */
static void begin_second(void)
{
	struct libcell_link *link;

	world_create(&second_world, 2, SECTION);
	second_world.no_wait = true;
	link = world_attach(&second_world, ROOT);
	manage(&second_manager, link, true);
	take_part(&second_outer, link, ROOT, 8192);
	take_part(&second_cell, world_attach(&second_world, CELL), ROOT, 16384);
	EXPECT_EQ(relay_join(&joined, &second_outer.service, &second_manager.manager), 0);
}

static void begin(u32 manager)
{
	struct libcell_link *link;

	manager_peer = manager;
	snprintf(path, sizeof(path), "/tmp/libcell-test-%d", (int)getpid());
	world_create(&world, PEERS, SECTION);
	world.no_wait = true;
	link = world_attach(&world, ROOT);
	manage(&link_manager, manager == ROOT ? link : world_attach(&world, FAR),
	       manager == ROOT);
	take_part(&outer, link, manager, 8192);
	take_part(&cell, world_attach(&world, CELL), manager, 16384);
	EXPECT_EQ(libcell_hub_open(&hub, path, 262144), 0);
	manage(&local_manager, &hub.device.link, true);
	take_part(&inner, &hub.device.link, 0, 4096);
	EXPECT_EQ(relay_open(&joined, &local_manager.manager, &inner.service), 0);
	EXPECT_EQ(relay_join(&joined, &outer.service,
			     manager == ROOT ? &link_manager.manager : NULL), 0);
	if (two_links)
		begin_second();
	for (u32 n = 0; n < PROGRAMS; n++)
		start_program(n);
}

static void end(void)
{
	EXPECT_EQ(link_manager.manager.stats.violations, 0);
	EXPECT_EQ(local_manager.manager.stats.violations, 0);
	EXPECT_EQ(inner.service.stats.violations + outer.service.stats.violations, 0);
	for (u32 n = 0; n < PROGRAMS; n++)
		if (running[n])
			end_program(n);
	settle();
	libcell_hub_close(&hub);
	world_destroy(&world);
	if (two_links)
		world_destroy(&second_world);
	two_links = false;
}

/* Nobody in between remembers anything, but the relay's own name. */
static void nothing_is_left(void)
{
	settle();
	EXPECT_EQ(outer.service.pool.left, BLOCKS);
	EXPECT_EQ(inner.service.pool.left, BLOCKS);
	for (u32 n = 0; n < CHANNELS; n++) {
		EXPECT(outer.table[n].state == CHANNEL_FREE);
		EXPECT(inner.table[n].state == CHANNEL_FREE || joined.any == &inner.table[n]);
		EXPECT(!inner.bulks[n].handle && !outer.bulks[n].handle);
	}
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		EXPECT_EQ(local_manager.manager.peers[n].entries, n ? 0 : 1);
	for (u32 n = 0; n < PEERS; n++)
		EXPECT_EQ(link_manager.manager.peers[n].entries, 0);
}

static struct channel *listen_to(struct side *s, const char *name)
{
	struct channel *listener = NULL;

	EXPECT_EQ(channel_listen(&s->service, name, CHANNELS, &listener), 0);
	settle();
	EXPECT_EQ(channel_await(listener, 0), 0);
	return listener;
}

static struct channel *connect_to(struct side *s, const char *name, bool wait)
{
	struct channel *c = NULL;

	EXPECT_EQ(channel_connect(&s->service, name, WINDOW, wait, &c), 0);
	settle();
	return c;
}

static struct channel *accept_one(struct channel *listener)
{
	struct channel *c = NULL;

	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &c), 0);
	settle();
	return c;
}

static void says(struct channel *c, const char *text)
{
	EXPECT_EQ(channel_send(c, text, (u32)strlen(text) + 1, 0), 0);
	settle();
}

static void hears(struct channel *c, const char *text)
{
	char buf[600] = "";

	EXPECT_EQ(channel_receive(c, buf, sizeof(buf), 0), strlen(text) + 1);
	EXPECT(!strcmp(buf, text));
	settle();
}

static int receive(struct channel *c)
{
	char buf[600];

	return channel_receive(c, buf, sizeof(buf), 0);
}

static void close_both(struct channel *a, struct channel *b)
{
	channel_close(a);
	settle();
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	settle();
}

static void talk(struct channel *a, struct channel *b)
{
	EXPECT_EQ(channel_await(a, 0), 0);
	says(a, "one");
	says(a, "two");
	says(b, "three");
	hears(b, "one");
	hears(b, "two");
	hears(a, "three");
}

/* Each of the programs has a channel to the cell, at the same time. */
static void ask_the_cell(void)
{
	struct channel *a[PROGRAMS], *b[PROGRAMS], *listener = listen_to(&cell, "cell");
	u32 n;

	for (n = 0; n < PROGRAMS; n++) {
		a[n] = connect_to(&programs[n], "cell", n % 2);
		b[n] = accept_one(listener);
	}
	for (n = 0; n < PROGRAMS; n++)
		talk(a[n], b[n]);
	for (n = 0; n < PROGRAMS; n++)
		close_both(n % 2 ? a[n] : b[n], n % 2 ? b[n] : a[n]);
	channel_close(listener);
}

/* The cell has one to each of the programs, and they have one to each other. */
static void answer_the_cell(void)
{
	static const char *const names[PROGRAMS] = { "p0", "p1", "p2" };
	struct channel *listeners[PROGRAMS], *a, *b;
	u32 n;

	for (n = 0; n < PROGRAMS; n++)
		listeners[n] = listen_to(&programs[n], names[n]);
	for (n = 0; n < PROGRAMS; n++) {
		a = connect_to(&cell, names[n], false);
		b = accept_one(listeners[n]);
		talk(a, b);
		close_both(a, b);
		a = connect_to(&programs[n], names[(n + 1) % PROGRAMS], false);
		b = accept_one(listeners[(n + 1) % PROGRAMS]);
		talk(a, b);
		close_both(a, b);
	}
	for (n = 0; n < PROGRAMS; n++)
		channel_close(listeners[n]);
}

static void programs_share_a_manager(void)
{
	begin(ROOT);
	ask_the_cell();
	answer_the_cell();
	nothing_is_left();
	end();
}

/* Their callers notice nothing of it; a cell of one link does not see the other one. */
static void channels_of_several_links(void)
{
	struct channel *here, *there, *a, *b, *waits;

	two_links = true;
	begin(ROOT);
	here = listen_to(&cell, "here");
	there = listen_to(&second_cell, "there");
	a = connect_to(&programs[0], "there", false);
	b = accept_one(there);
	talk(a, b);
	close_both(a, b);
	a = connect_to(&programs[0], "here", true);
	b = accept_one(here);
	talk(a, b);
	close_both(a, b);
	EXPECT_EQ(channel_await(connect_to(&programs[1], "nowhere", false), 0), -ENOENT);
	EXPECT_EQ(channel_await(connect_to(&cell, "there", false), 0), -ENOENT);
	ask_the_cell();
	answer_the_cell();

	/* who waits is found by a listener of any of them, and so is its mail */
	waits = connect_to(&programs[2], "later", true);
	says(waits, "mail");
	a = listen_to(&second_cell, "later");
	b = accept_one(a);
	hears(b, "mail");
	talk(waits, b);
	close_both(waits, b);
	/* also by one of the programs */
	waits = connect_to(&programs[2], "late", true);
	a = listen_to(&programs[0], "late");
	b = accept_one(a);
	talk(waits, b);
	close_both(waits, b);
	/* a name is one on all links, or none */
	EXPECT_EQ(channel_listen(&programs[1].service, "there", 1, &waits), 0);
	settle();
	EXPECT_EQ(channel_await(waits, 0), -EADDRINUSE);
	here = listen_to(&programs[1], "program");
	waits = connect_to(&second_cell, "program", false);
	b = accept_one(here);
	talk(waits, b);
	end();
}

static void programs_share_an_agent(void)
{
	begin(FAR);
	ask_the_cell();
	answer_the_cell();
	nothing_is_left();
	end();
}

static u32 looked_at(void)
{
	return inner.service.lists[CHANNEL_STIRRED].count +
	       outer.service.lists[CHANNEL_STIRRED].count;
}

/* The relay's turn is not longer by channels on which nothing happens. */
static void idle_channels_are_not_looked_at(void)
{
	struct channel *a[16], *b[16], *listener;
	u32 n;

	begin(ROOT);
	listener = listen_to(&cell, "cell");
	for (n = 0; n < ARRAY_SIZE(a); n++) {
		a[n] = connect_to(&programs[n % PROGRAMS], "cell", n % 2);
		EXPECT(looked_at() > 0);
		b[n] = accept_one(listener);
	}
	EXPECT_EQ(looked_at(), 0);
	/* until the receiver of one takes what has come, it is this one only */
	for (n = 0; n < 2 * WINDOW; n++)
		says(a[3], "full");
	EXPECT_EQ(looked_at(), 1);
	for (n = 0; n < 2 * WINDOW; n++)
		hears(b[3], "full");
	EXPECT_EQ(looked_at(), 0);
	for (n = 0; n < ARRAY_SIZE(a); n++)
		close_both(a[n], b[n]);
	channel_close(listener);
	nothing_is_left();
	end();
}

static void errors_are_those_of_the_other_side(void)
{
	struct channel *a, *b, *listener;

	begin(FAR);
	EXPECT_EQ(channel_await(connect_to(&programs[0], "x", false), 0), -ENOENT);
	EXPECT_EQ(channel_await(connect_to(&cell, "x", false), 0), -ENOENT);
	listener = listen_to(&cell, "x");
	EXPECT_EQ(channel_listen(&programs[0].service, "x", 1, &a), 0);
	settle();
	EXPECT_EQ(channel_await(a, 0), -EADDRINUSE);
	a = connect_to(&programs[0], "x", false);
	channel_close(listener);
	settle();
	EXPECT_EQ(channel_await(a, 0), -ECONNREFUSED);
	listener = listen_to(&programs[0], "y");
	EXPECT_EQ(channel_await(connect_to(&programs[0], "y", false), 0), -ELOOP);
	/* the cell is told how a program ended */
	a = connect_to(&cell, "y", true);
	b = accept_one(listener);
	talk(a, b);
	says(b, "last words");
	end_program(0);
	settle();
	hears(a, "last words");
	EXPECT_EQ(receive(a), -ECONNRESET);
	EXPECT_EQ(channel_await(connect_to(&cell, "y", false), 0), -ENOENT);
	start_program(0);
	/* and a program how the cell did */
	a = connect_to(&cell, "y", true);
	b = accept_one(listen_to(&programs[0], "y"));
	talk(a, b);
	world_kill(&world, CELL);
	settle();
	EXPECT_EQ(receive(b), -ECONNRESET);
	end();
}

static void waits_and_mail_cross_the_relay(void)
{
	struct channel *a, *b;

	begin(FAR);
	a = connect_to(&programs[0], "late", true);
	says(a, "one");
	channel_close(a);
	settle();
	b = accept_one(listen_to(&cell, "late"));
	hears(b, "one");
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	a = connect_to(&cell, "later", true);
	says(a, "one");
	b = accept_one(listen_to(&programs[1], "later"));
	says(a, "two");
	hears(b, "one");
	hears(b, "two");
	close_both(b, a);
	/* somebody beside listens at last */
	a = connect_to(&programs[0], "last", true);
	says(a, "one");
	b = accept_one(listen_to(&programs[1], "last"));
	hears(b, "one");
	talk(a, b);
	end();
}

static void windows_hold_through_the_relay(void)
{
	char big[WINDOW / 2 * CHANNEL_BLOCK] = "";
	struct channel *a, *b, *listener;
	u32 n, count = 0;

	begin(ROOT);
	listener = listen_to(&cell, "x");
	a = connect_to(&programs[0], "x", false);
	b = accept_one(listener);
	EXPECT_EQ(channel_send(a, big, sizeof(big) + 1, 0), -EMSGSIZE);
	for (n = 0; n < 100; n++) {
		if (!channel_send(a, big, sizeof(big), 0))
			count++;
		settle();
	}
	/* as much as the other end lets come, and the same at the relay */
	EXPECT_EQ(count, 2 * 2);
	channel_close(a);
	settle();
	for (n = 0; n < count; n++) {
		EXPECT_EQ(channel_receive(b, big, sizeof(big), 0), sizeof(big));
		settle();
	}
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	channel_close(listener);
	nothing_is_left();
	end();
}

/* No message is taken that the relay's trunks are too small for. */
static void long_messages_are_refused_where_they_begin(void)
{
	static char big[9000];
	const u32 out = 31 * CHANNEL_BLOCK, in = 15 * CHANNEL_BLOCK;
	struct channel *a, *b, *listener;

	begin(ROOT);
	listener = listen_to(&cell, "x");
	EXPECT_EQ(channel_connect(&programs[0].service, "x", 200, false, &a), 0);
	settle();
	EXPECT_EQ(channel_accept(listener, 200, 0, &b), 0);
	settle();
	EXPECT_EQ(channel_send(a, big, out + 1, 0), -EMSGSIZE);
	EXPECT_EQ(channel_send(a, big, out, 0), 0);
	EXPECT_EQ(channel_send(b, big, in + 1, 0), -EMSGSIZE);
	EXPECT_EQ(channel_send(b, big, in, 0), 0);
	settle();
	EXPECT_EQ(channel_receive(b, big, sizeof(big), 0), out);
	EXPECT_EQ(channel_receive(a, big, sizeof(big), 0), in);
	close_both(a, b);
	channel_close(listener);
	nothing_is_left();
	end();
}

/* What was sent before a close arrives, also when both have something on their way. */
static void bulk_is(struct channel *c, u32 length, u8 value)
{
	struct channel_bulk_data block = { 0 };
	const u8 *at;
	u32 n = 0;

	EXPECT_EQ(channel_bulk_receive(c, &block, 0), 0);
	EXPECT_EQ(block.length, length);
	for (at = block.data; n < block.length && at[n] == value;)
		n++;
	EXPECT_EQ(n, length);
	EXPECT_EQ(channel_bulk_release(c, block.data), 0);
	settle();
}

static void send_bulk(struct channel *c, u32 length, u8 value)
{
	void *buffer;

	EXPECT_EQ(channel_bulk_begin(c, length, &buffer, 0), 0);
	memset(buffer, value, length);
	EXPECT_EQ(channel_bulk_commit(c, buffer, length, 0, 0), 0);
	settle();
}

static void send_in_pieces(struct channel *a, struct channel *b)
{
	static u8 from[30000], to[30000];
	u64 sent = 0, got = 0;
	int ret;

	for (u32 n = 0; n < sizeof(from); n++)
		from[n] = (u8)(n ^ n >> 8);
	do {
		if (sent < sizeof(from))
			channel_bulk_send(a, from, sizeof(from), &sent, CHANNEL_BULK_CHECK, 0);
		settle();
		ret = channel_bulk_read(b, to, sizeof(to), &got, 0);
	} while (ret == -ETIMEDOUT);
	EXPECT_EQ(ret, 0);
	EXPECT_EQ(got, sizeof(to));
	EXPECT(!memcmp(from, to, sizeof(to)));
	settle();
}

static void pass_bulk(struct channel *a, struct channel *b)
{
	void *buffer;

	EXPECT_EQ(channel_bulk_open(a, 4096), 0);
	settle();
	/* the relay has not asked for anybody yet */
	EXPECT_EQ(channel_bulk_begin(a, 1, &buffer, 0), -ETIMEDOUT);
	EXPECT_EQ(channel_bulk_open(b, 1024), 0);
	settle();
	EXPECT_EQ(channel_bulk_begin(a, ARENA / 4 + 1, &buffer, 0), -EMSGSIZE);
	send_bulk(a, ARENA / 4, 1);
	says(a, "two");
	send_bulk(a, 100, 3);
	send_bulk(b, 1024, 4);
	bulk_is(b, ARENA / 4, 1);
	hears(b, "two");
	bulk_is(b, 100, 3);
	bulk_is(a, 1024, 4);
	send_in_pieces(a, b);
	send_in_pieces(b, a);
	/* what was sent comes before the close */
	send_bulk(a, 100, 5);
	channel_close(a);
	settle();
	bulk_is(b, 100, 5);
	EXPECT_EQ(receive(b), -EPIPE);
	channel_close(b);
	settle();
}

static void bulk_crosses_the_relay(void)
{
	struct channel *listener, *a, *b;

	begin(ROOT);
	listener = listen_to(&cell, "cell");
	a = connect_to(&programs[0], "cell", false);
	b = accept_one(listener);
	pass_bulk(a, b);
	channel_close(listener);
	listener = listen_to(&programs[0], "root");
	a = connect_to(&cell, "root", false);
	b = accept_one(listener);
	pass_bulk(a, b);
	/* its room is used again before the relay could pass it on */
	a = connect_to(&cell, "root", false);
	b = accept_one(listener);
	EXPECT_EQ(channel_bulk_open(a, ARENA - CHANNEL_BULK_ALIGN), 0);
	EXPECT_EQ(channel_bulk_open(b, 0), 0);
	settle();
	send_bulk(a, ARENA / 4, 1);
	send_bulk(a, ARENA / 4, 2);
	channel_close(a);
	a = connect_to(&cell, "root", false);
	EXPECT_EQ(channel_bulk_open(a, ARENA - CHANNEL_BULK_ALIGN), 0);
	bulk_is(b, ARENA / 4, 1);
	EXPECT_EQ(receive(b), -ECONNRESET);
	channel_close(b);
	channel_close(a);
	settle();
	/* it goes with blocks out */
	a = connect_to(&cell, "root", false);
	b = accept_one(listener);
	EXPECT_EQ(channel_bulk_open(a, 4096), 0);
	EXPECT_EQ(channel_bulk_open(b, 4096), 0);
	settle();
	send_bulk(a, 100, 1);
	send_bulk(b, 100, 1);
	channel_close(listener);
	end_program(0);
	settle();
	channel_close(a);
	nothing_is_left();
	end();
}

static void close_comes_after_messages_of_both(void)
{
	struct channel *a, *b, *listener;

	begin(ROOT);
	listener = listen_to(&cell, "x");
	a = connect_to(&programs[0], "x", false);
	b = accept_one(listener);
	for (u32 n = 0; n < WINDOW; n++) {
		EXPECT_EQ(channel_send(a, "a", 2, 0), 0);
		EXPECT_EQ(channel_send(b, "b", 2, 0), 0);
	}
	channel_close(b);
	settle();
	for (u32 n = 0; n < WINDOW; n++)
		hears(a, "b");
	EXPECT_EQ(receive(a), -EPIPE);
	channel_close(a);
	channel_close(listener);
	nothing_is_left();
	end();
}

static void *wait_for_an_answer(void *c)
{
	char buf[16];

	EXPECT_EQ(channel_receive(c, buf, sizeof(buf), 10000000), 2);
	return NULL;
}

/* A program that sleeps is woken by its event, and epoll sees the same. */
static void a_program_that_sleeps_is_woken(void)
{
	struct pollfd fd = { .events = POLLIN };
	struct channel *a, *b;
	pthread_t waiting;
	u32 n;

	begin(ROOT);
	a = connect_to(&programs[0], "p1", true);
	b = accept_one(listen_to(&programs[1], "p1"));
	fd.fd = libcell_fd(&devices[0]);
	while (poll(&fd, 1, 0) > 0)
		libcell_wait(&devices[0].link, libcell_events(&devices[0].link), 0);
	EXPECT_EQ(poll(&fd, 1, 0), 0);
	EXPECT(channel_arm(&programs[0].service));
	EXPECT_EQ(channel_send(b, "x", 2, 0), 0);
	EXPECT_EQ(poll(&fd, 1, 10000), 1);
	EXPECT_EQ(receive(a), 2);
	running[0] = false;
	for (n = 0; n < 100; n++) {
		pthread_create(&waiting, NULL, wait_for_an_answer, a);
		EXPECT_EQ(channel_send(b, "x", 2, 1000000), 0);
		pthread_join(waiting, NULL);
		settle();
	}
	running[0] = true;
	end();
}

static void the_hub_goes(void)
{
	struct libcell_device device;
	struct channel *a, *b;

	begin(ROOT);
	a = connect_to(&programs[0], "p1", true);
	b = accept_one(listen_to(&programs[1], "p1"));
	talk(a, b);
	libcell_hub_close(&hub);
	EXPECT_EQ(libcell_open(&device, path), -ENOENT);
	/* after the events that were there before */
	while (!libcell_wait(&devices[0].link, libcell_events(&devices[0].link), 10000000))
		;
	EXPECT_EQ(libcell_wait(&devices[0].link, libcell_events(&devices[0].link), 10000000),
		  -ENODEV);
	EXPECT_EQ(receive(a), -ECONNRESET);
	for (u32 n = 0; n < PROGRAMS; n++)
		end_program(n);
	world_destroy(&world);
}

/* Nobody can write another's section or the states, nor make them so. */
static void sections_are_their_owners(void)
{
	const struct libcell_link *link = &devices[0].link;
	u8 *others;

	begin(ROOT);
	others = (u8 *)(uintptr_t)link->outputs;
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		EXPECT_EQ(mprotect(others + n * link->output_size, link->output_size,
				   PROT_READ | PROT_WRITE), n == link->id ? 0 : -1);
	EXPECT_EQ(mprotect((void *)(uintptr_t)link->states, 4096, PROT_READ | PROT_WRITE), -1);
	/* nor its own shorter, which others read */
	EXPECT_EQ(ftruncate(hub.sections[link->id], 0), -1);
	end();
}

static void places_are_counted(void)
{
	static struct libcell_device more[LIBCELL_LOCAL_PEERS];
	struct libcell_hub second;
	struct libcell_device device;
	pthread_t joining;
	int status = 1;
	pid_t child;
	u32 n;

	begin(ROOT);
	EXPECT_EQ(libcell_hub_open(&second, path, 65536), -EADDRINUSE);
	for (n = PROGRAMS + 1; n < LIBCELL_LOCAL_PEERS; n++) {
		pthread_create(&joining, NULL, open_device, &more[n]);
		while (pthread_tryjoin_np(joining, NULL))
			libcell_hub_poll(&hub);
	}
	/* one too many */
	child = fork();
	if (!child)
		_exit(libcell_open(&device, path) == -EBUSY ? 0 : 1);
	while (!waitpid(child, &status, WNOHANG))
		libcell_hub_poll(&hub);
	EXPECT_EQ(status, 0);
	for (n = PROGRAMS + 1; n < LIBCELL_LOCAL_PEERS; n++)
		libcell_close(&more[n]);
	settle();
	end();
}

static const struct test tests[] = {
	TEST(programs_share_a_manager),
	TEST(channels_of_several_links),
	TEST(programs_share_an_agent),
	TEST(idle_channels_are_not_looked_at),
	TEST(errors_are_those_of_the_other_side),
	TEST(waits_and_mail_cross_the_relay),
	TEST(windows_hold_through_the_relay),
	TEST(long_messages_are_refused_where_they_begin),
	TEST(bulk_crosses_the_relay),
	TEST(close_comes_after_messages_of_both),
	TEST(a_program_that_sleeps_is_woken),
	TEST(the_hub_goes),
	TEST(sections_are_their_owners),
	TEST(places_are_counted),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
