// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Services that several threads use: one runs it, the others wait for channels of it. */

#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

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

static const struct test tests[] = {
	TEST(threads_share_a_service),
	TEST(the_thread_does_what_others_leave),
	TEST(who_closes_is_not_called_any_more),
	TEST(threads_call_on_one_channel),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
