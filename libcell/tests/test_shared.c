// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Services that several threads use: one runs it, the others wait for channels of it. */

#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

#include <libcell/bulk.h>
#include <libcell/call.h>
#include <libcell/thread.h>

#include "peers.h"
#include "wire.h"

#define USERS		6
#define TURNS		150
#define PATIENCE_S	30

static struct channel_thread runners[PEERS];
static u32 count;	/* of what handlers were called for */
static sem_t told;

static void begin_threads(void)
{
	begin();
	world.no_wait = false;
	count = 0;
	sem_init(&told, 0, 0);
	manage_begin();
	for (u32 n = 1; n < 3; n++)
		EXPECT_EQ(channel_thread_start(&runners[n], &services[n]), 0);
}

static void end_threads(void)
{
	for (u32 n = 1; n < 3; n++) {
		channel_thread_stop(&runners[n]);
		EXPECT_EQ(runners[n].ret, 0);
	}
	manage_end();
	sem_destroy(&told);
	nothing_was_odd();
	world_destroy(&world);
}

static void tell_it(struct channel *c)
{
	(void)c;
	sem_post(&told);
}

/* What is told although nobody but the runner, which sleeps, has anything to do. */
static void is_told(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE_S;
	EXPECT_EQ(sem_timedwait(&told, &end), 0);
}

static void is_asleep(struct channel_service *s)
{
	bool asleep = false;

	for (u32 n = 0; n < PATIENCE_S * 1000 && !asleep; n++) {
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		service_enter(s);
		asleep = s->armed;
		service_leave(s);
	}
	EXPECT(asleep);
}

static void accept_it(struct channel *listener)
{
	struct channel *c;

	EXPECT_EQ(channel_accept(listener, 4 * WINDOW, 0, &c), 0);
}

static void echo(struct channel *c)
{
	u8 buf[600];
	int ret = channel_receive(c, buf, sizeof(buf), 0);

	EXPECT(ret >= 0);
	ret = channel_send(c, buf, (u32)ret, 0);
	/* the other side may have closed meanwhile */
	EXPECT(!ret || ret == -EPIPE);
	if (c->context)
		EXPECT(!load_acquire((bool *)c->context));
	else
		count++;
}

static const struct channel_handlers echoes = {
	.connect = accept_it, .message = echo, .closed = channel_close,
};

static struct channel *echo_at(u32 peer)
{
	struct channel *listener;

	EXPECT_EQ(channel_listen(&services[peer], "echo", USERS, &listener), 0);
	channel_set_handlers(listener, &echoes);
	return listener;
}

static void *use(void *argument)
{
	struct channel *c;
	u8 out[600], in[600];

	EXPECT_EQ(channel_connect(&services[1], "echo", WINDOW, true, &c), 0);
	EXPECT_EQ(channel_await(c, LIBCELL_FOREVER), 0);
	for (u32 n = 0; n < TURNS; n++) {
		u32 length = n * 37 % (u32)sizeof(out);

		memset(out, (int)n, sizeof(out));
		EXPECT_EQ(channel_send(c, out, length, LIBCELL_FOREVER), 0);
		EXPECT_EQ(channel_receive(c, in, sizeof(in), LIBCELL_FOREVER), length);
		EXPECT(!memcmp(in, out, length));
	}
	channel_close(c);
	return argument;
}

static void threads_share_a_service(void)
{
	pthread_t users[USERS];
	struct channel *listener;

	begin_threads();
	listener = echo_at(2);
	for (u32 n = 0; n < USERS; n++)
		pthread_create(&users[n], NULL, use, NULL);
	for (u32 n = 0; n < USERS; n++)
		pthread_join(users[n], NULL);
	EXPECT_EQ(channel_flush(&services[1], LIBCELL_FOREVER), 0);
	EXPECT_EQ(services[1].pool.left, BLOCKS);
	channel_close(listener);
	end_threads();
	EXPECT_EQ(count, USERS * TURNS);
}

/* Nobody waits in a call: the thread does all of it, and is woken for that. */
static void the_thread_does_what_others_leave(void)
{
	static const struct channel_handlers tells = {
		.open = tell_it, .space = tell_it, .closed = tell_it,
	};
	char text[CHANNEL_BLOCK] = "";
	struct channel *listener, *c, *there;
	u32 sent = 0;

	begin_threads();
	EXPECT_EQ(channel_listen(&services[2], "x", 1, &listener), 0);
	EXPECT_EQ(channel_await(listener, LIBCELL_FOREVER), 0);
	is_asleep(&services[1]);
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, true, &c), 0);
	channel_set_handlers(c, &tells);
	EXPECT_EQ(channel_accept(listener, 4 * WINDOW, LIBCELL_FOREVER, &there), 0);
	is_told();
	is_asleep(&services[1]);
	while (!channel_send(c, text, sizeof(text), 0))
		sent++;
	EXPECT(sent > WINDOW);
	for (u32 n = 0; n < sent; n++)
		EXPECT_EQ(channel_receive(there, text, sizeof(text), LIBCELL_FOREVER),
			  sizeof(text));
	is_told();
	is_asleep(&services[1]);
	/* what is there already is told, too */
	channel_set_handlers(c, NULL);
	channel_set_handlers(c, &tells);
	is_told();
	channel_close(there);
	is_told();
	channel_close(c);
	EXPECT_EQ(channel_flush(&services[1], LIBCELL_FOREVER), 0);
	end_threads();
}

/* Handlers send to each other without end; none is called after its channel's close. */
static void who_closes_is_not_called_any_more(void)
{
	static bool closed[TURNS][2];
	struct channel *listener, *c[2];

	begin_threads();
	listener = echo_at(2);
	for (u32 turn = 0; turn < TURNS; turn++) {
		for (u32 n = 0; n < 2; n++) {
			EXPECT_EQ(channel_connect(&services[1], "echo", WINDOW, true, &c[n]), 0);
			c[n]->context = &closed[turn][n];
		}
		for (u32 n = 0; n < 2; n++) {
			EXPECT_EQ(channel_await(c[n], LIBCELL_FOREVER), 0);
			channel_set_handlers(c[n], &echoes);
			EXPECT_EQ(channel_send(c[n], "x", 2, LIBCELL_FOREVER), 0);
		}
		for (u32 n = 0; n < 2; n++) {
			channel_close(c[n]);
			store_release(&closed[turn][n], true);
		}
		EXPECT_EQ(channel_flush(&services[1], LIBCELL_FOREVER), 0);
	}
	EXPECT_EQ(services[1].pool.left, BLOCKS);
	channel_close(listener);
	end_threads();
}

/* Calls of several threads on one channel; then all of them end with it. */

static void answer_it(struct channel *c)
{
	u32 id, request = 0;
	int ret = channel_request(c, &id, &request, sizeof(request), 0);

	EXPECT_EQ(ret, sizeof(request));
	if (request < USERS * TURNS)
		EXPECT_EQ(channel_answer(c, id, &request, sizeof(request), 0), 0);
	else
		count++;
	if (count == USERS)
		channel_close(c);
}

struct caller {
	pthread_t thread;
	struct channel *channel;
	u32 number;
};

static void *call(void *argument)
{
	struct caller *caller = argument;
	u32 request = caller->number, answer = 0;

	for (; request < USERS * TURNS; request += USERS) {
		EXPECT_EQ(channel_call(caller->channel, &request, sizeof(request), &answer,
				       sizeof(answer), LIBCELL_FOREVER), sizeof(answer));
		EXPECT_EQ(answer, request);
	}
	EXPECT_EQ(channel_call(caller->channel, &request, sizeof(request), &answer,
			       sizeof(answer), LIBCELL_FOREVER), -EPIPE);
	return argument;
}

static void threads_call_on_one_channel(void)
{
	static const struct channel_handlers answers = {
		.connect = accept_it, .message = answer_it,
	};
	struct caller callers[USERS];
	struct channel *listener, *c;

	begin_threads();
	EXPECT_EQ(channel_listen(&services[2], "calls", 1, &listener), 0);
	channel_set_handlers(listener, &answers);
	EXPECT_EQ(channel_connect(&services[1], "calls", 4 * WINDOW, true, &c), 0);
	for (u32 n = 0; n < USERS; n++) {
		callers[n] = (struct caller){ .channel = c, .number = n };
		pthread_create(&callers[n].thread, NULL, call, &callers[n]);
	}
	for (u32 n = 0; n < USERS; n++)
		pthread_join(callers[n].thread, NULL);
	channel_close(c);
	end_threads();
	EXPECT_EQ(services[1].stats.late, 0);
	EXPECT_EQ(count, USERS);
}

/* Bulk: each thread by a channel of its own, then all by one. */

#define PART	2048U
#define LARGEST	(5 * PART)

static struct channel *listener, *common;
static u8 seen[USERS][TURNS];

/* Of a block, or of what goes in pieces. */
struct numbered {
	u32 user;
	u32 number;
};

static u32 length_of(u32 number)
{
	return (u32)sizeof(struct numbered) + number * 997 % (LARGEST - sizeof(struct numbered));
}

static void fill(u8 *to, u32 length, struct numbered what)
{
	memcpy(to, &what, sizeof(what));
	for (u32 n = sizeof(what); n < length; n++)
		to[n] = (u8)(what.user + what.number + n);
}

/* It is whole, and comes once. */
static void check(const u8 *from, u32 length)
{
	struct numbered what;
	u32 n = sizeof(what);

	memcpy(&what, from, sizeof(what));
	EXPECT(what.user < USERS && what.number < TURNS);
	if (what.user >= USERS || what.number >= TURNS)
		return;
	while (n < length && from[n] == (u8)(what.user + what.number + n))
		n++;
	EXPECT_EQ(n, length);
	EXPECT_EQ(__atomic_fetch_add(&seen[what.user][what.number], 1, __ATOMIC_RELAXED), 0);
}

static void *sends_bulk(void *user)
{
	u8 data[LARGEST];
	struct channel *c;

	EXPECT_EQ(channel_connect(&services[1], "bulk", WINDOW, true, &c), 0);
	EXPECT_EQ(channel_bulk_open(c, PART), 0);
	for (u32 n = 0; n < TURNS; n++) {
		u32 flags = n % 2 ? CHANNEL_BULK_CHECK : 0;
		u64 done = 0;

		fill(data, length_of(n), (struct numbered){ (u32)(uintptr_t)user, n });
		EXPECT_EQ(channel_bulk_send(c, data, length_of(n), &done, flags, LIBCELL_FOREVER),
			  0);
	}
	channel_close(c);
	return NULL;
}

static void *takes_bulk(void *unused)
{
	u8 data[LARGEST];
	struct channel *c;
	u32 n = 0;
	u64 done;
	int ret;

	EXPECT_EQ(channel_accept(listener, WINDOW, LIBCELL_FOREVER, &c), 0);
	EXPECT_EQ(channel_bulk_open(c, 0), 0);
	for (;; n++) {
		done = 0;
		ret = channel_bulk_read(c, data, sizeof(data), &done, LIBCELL_FOREVER);
		if (ret)
			break;
		EXPECT_EQ(done, length_of(n));
		check(data, (u32)done);
	}
	EXPECT_EQ(ret, -EPIPE);
	EXPECT_EQ(n, TURNS);
	channel_close(c);
	return unused;
}

/* In place, from any thread to any thread. */
static void *makes_blocks(void *user)
{
	void *buffer;
	u32 length;

	for (u32 n = 0; n < TURNS; n++) {
		length = (u32)sizeof(struct numbered) + n * 61 % (PART / 3);
		EXPECT_EQ(channel_bulk_begin(common, length, &buffer, LIBCELL_FOREVER), 0);
		fill(buffer, length, (struct numbered){ (u32)(uintptr_t)user, n });
		EXPECT_EQ(channel_bulk_commit(common, buffer, length, 0, LIBCELL_FOREVER), 0);
	}
	return NULL;
}

static void *reads_blocks(void *c)
{
	struct channel_bulk_data block;
	int ret;

	while (!(ret = channel_bulk_receive(c, &block, LIBCELL_FOREVER))) {
		check(block.data, block.length);
		EXPECT_EQ(channel_bulk_release(c, block.data), 0);
	}
	EXPECT_EQ(ret, -EPIPE);
	return NULL;
}

static void begin_bulk(void)
{
	arena = 8 * (PART + CHANNEL_BULK_ALIGN);
	memset(seen, 0, sizeof(seen));
	begin_threads();
	EXPECT_EQ(channel_listen(&services[2], "bulk", USERS, &listener), 0);
}

static bool is_arena_free(void)
{
	u32 used = 0;

	service_enter(&services[1]);
	for (u32 n = 0; n < BULKS; n++)
		used += bulks[1][n].handle != 0;
	service_leave(&services[1]);
	return !used;
}

/* All came, and all of the arena is free; what the other side says of that is on its way. */
static void end_bulk(void)
{
	bool free = false;

	for (u32 n = 0; n < PATIENCE_S * 1000 && !free; n++) {
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		free = is_arena_free();
	}
	EXPECT(free);
	channel_close(listener);
	end_threads();
	arena = 0;
	for (u32 user = 0; user < USERS; user++)
		for (u32 n = 0; n < TURNS; n++)
			EXPECT_EQ(seen[user][n], 1);
	EXPECT_EQ(services[2].pool.left, BLOCKS);
}

static void threads_have_bulk_each(void)
{
	pthread_t senders[USERS], takers[USERS];
	uintptr_t n;

	begin_bulk();
	for (n = 0; n < USERS; n++) {
		pthread_create(&takers[n], NULL, takes_bulk, NULL);
		pthread_create(&senders[n], NULL, sends_bulk, (void *)n);
	}
	for (n = 0; n < USERS; n++) {
		pthread_join(senders[n], NULL);
		pthread_join(takers[n], NULL);
	}
	end_bulk();
}

static void threads_have_bulk_together(void)
{
	pthread_t makers[USERS], readers[USERS];
	struct channel *there;
	uintptr_t n;

	begin_bulk();
	EXPECT_EQ(channel_connect(&services[1], "bulk", WINDOW, true, &common), 0);
	EXPECT_EQ(channel_accept(listener, WINDOW, LIBCELL_FOREVER, &there), 0);
	EXPECT_EQ(channel_bulk_open(common, PART), 0);
	EXPECT_EQ(channel_bulk_open(there, 0), 0);
	for (n = 0; n < USERS; n++) {
		pthread_create(&readers[n], NULL, reads_blocks, there);
		pthread_create(&makers[n], NULL, makes_blocks, (void *)n);
	}
	for (n = 0; n < USERS; n++)
		pthread_join(makers[n], NULL);
	channel_close(common);
	for (n = 0; n < USERS; n++)
		pthread_join(readers[n], NULL);
	channel_close(there);
	end_bulk();
}

static const struct test tests[] = {
	TEST(threads_share_a_service),
	TEST(the_thread_does_what_others_leave),
	TEST(who_closes_is_not_called_any_more),
	TEST(threads_call_on_one_channel),
	TEST(threads_have_bulk_each),
	TEST(threads_have_bulk_together),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
