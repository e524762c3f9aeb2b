// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Requests and answers: any number, in any order, late ones, and how they end. */

#include <string.h>

#include <libcell/call.h>

#include "peers.h"
#include "wire.h"

#define MANY	5

static struct channel *caller, *answerer;

static void open_both(void)
{
	begin();
	open_x(&caller, &answerer);
}

static void asks(struct channel_call *call, u32 request, void *answer, u32 size)
{
	EXPECT_EQ(channel_call_begin(caller, call, &request, sizeof(request), answer, size, 0), 0);
	settle();
}

/* Takes a request, which is to be this one. */
static u32 is_asked(u32 want)
{
	u32 id = 0, request = 0;

	EXPECT_EQ(channel_request(answerer, &id, &request, sizeof(request), 0), sizeof(request));
	EXPECT_EQ(request, want);
	return id;
}

static void answers(u32 id, u32 answer)
{
	EXPECT_EQ(channel_answer(answerer, id, &answer, sizeof(answer), 0), 0);
	settle();
}

static void answers_come_in_any_order(void)
{
	static const u32 order[MANY] = { 3, 0, 4, 2, 1 };
	struct channel_call call[MANY];
	u32 id[MANY], answer[MANY] = { 0 };

	open_both();
	for (u32 n = 0; n < MANY; n++)
		asks(&call[n], n, &answer[n], sizeof(answer[n]));
	for (u32 n = 0; n < MANY; n++) {
		id[n] = is_asked(n);
		EXPECT_EQ(channel_call_await(&call[n], 0), -ETIMEDOUT);
	}
	for (u32 n = 0; n < MANY; n++) {
		answers(id[order[n]], 100 + order[n]);
		for (u32 m = n + 1; m < MANY; m++)
			EXPECT_EQ(channel_call_await(&call[order[m]], 0), -ETIMEDOUT);
	}
	for (u32 n = 0; n < MANY; n++) {
		EXPECT_EQ(channel_call_await(&call[n], 0), sizeof(u32));
		EXPECT_EQ(channel_call_await(&call[n], 0), sizeof(u32));
		EXPECT_EQ(answer[n], 100 + n);
	}
	EXPECT_EQ(services[1].stats.late, 0);
	nothing_was_odd();
	world_destroy(&world);
}

/* Of all lengths; in requests, what is there of a block beside the head matters. */
static void any_length_goes_both_ways(void)
{
	static u8 out[WINDOW / 2 * CHANNEL_BLOCK], in[sizeof(out)], back[sizeof(out)];
	struct channel_call call;
	u32 id;

	open_both();
	for (u32 n = 0; n < sizeof(out); n++)
		out[n] = (u8)(n * 7 + n / 256);
	for (u32 length = 0; length <= sizeof(out) - 8; length += 5) {
		EXPECT_EQ(channel_call_begin(caller, &call, out, length, back, sizeof(back), 0), 0);
		settle();
		EXPECT_EQ(channel_request(answerer, &id, in, sizeof(in), 0), length);
		EXPECT_EQ(channel_answer(answerer, id, in, length, 0), 0);
		settle();
		EXPECT_EQ(channel_call_await(&call, 0), length);
		EXPECT(!memcmp(back, out, length));
	}
	EXPECT_EQ(channel_call_begin(caller, &call, out, sizeof(out) - 7, back, 1, 0), -EMSGSIZE);
	EXPECT_EQ(channel_call_begin(caller, &call, out, 0xffffffff, back, 1, 0), -EMSGSIZE);
	EXPECT(!caller->calls);
	world_destroy(&world);
}

static void a_late_answer_is_dropped(void)
{
	struct channel_call call[2];
	u32 id, answer[2] = { 0 };

	open_both();
	asks(&call[0], 1, &answer[0], sizeof(u32));
	id = is_asked(1);
	channel_call_cancel(&call[0]);
	EXPECT_EQ(channel_call_await(&call[0], 0), -ETIMEDOUT);
	asks(&call[1], 2, &answer[1], sizeof(u32));
	answers(id, 11);
	EXPECT_EQ(channel_call_await(&call[1], 0), -ETIMEDOUT);
	EXPECT_EQ(services[1].stats.late, 1);
	id = is_asked(2);
	answers(id, 22);
	answers(id, 33);
	EXPECT_EQ(channel_call_await(&call[1], 0), sizeof(u32));
	EXPECT_EQ(services[1].stats.late, 2);
	EXPECT_EQ(answer[0], 0);
	EXPECT_EQ(answer[1], 22);
	/* a call that waits for its time gives itself up */
	EXPECT_EQ(channel_call(caller, &id, sizeof(id), &answer[0], sizeof(u32), 0), -ETIMEDOUT);
	EXPECT(!caller->calls);
	settle();
	answers(is_asked(id), 44);
	asks(&call[0], 5, &answer[0], sizeof(u32));
	EXPECT_EQ(channel_call_await(&call[0], 0), -ETIMEDOUT);
	EXPECT_EQ(services[1].stats.late, 3);
	world_destroy(&world);
}

static void the_end_is_that_of_all_calls(void)
{
	struct channel_call call[3];
	u32 id, answer[3] = { 0 };

	open_both();
	for (u32 n = 0; n < 3; n++)
		asks(&call[n], n, &answer[n], sizeof(u32));
	id = is_asked(0);
	answers(id, 7);
	channel_close(answerer);
	settle();
	EXPECT_EQ(channel_call_await(&call[2], 0), -EPIPE);
	EXPECT_EQ(channel_call_await(&call[1], 0), -EPIPE);
	EXPECT_EQ(channel_call_await(&call[0], 0), sizeof(u32));
	EXPECT_EQ(answer[0], 7);
	EXPECT_EQ(channel_call(caller, &id, sizeof(id), &id, sizeof(id), 0), -EPIPE);
	channel_close(caller);
	world_destroy(&world);

	open_both();
	asks(&call[0], 0, &answer[0], sizeof(u32));
	world_kill(&world, 2);
	settle();
	EXPECT_EQ(channel_call_await(&call[0], 0), -ECONNRESET);
	world_destroy(&world);

	open_both();
	asks(&call[0], 0, &answer[0], sizeof(u32));
	channel_close(caller);
	settle();
	EXPECT_EQ(channel_call_await(&call[0], 0), -ENOTCONN);
	channel_call_cancel(&call[0]);
	is_asked(0);
	EXPECT_EQ(channel_request(answerer, &id, &id, sizeof(id), 0), -EPIPE);
	EXPECT_EQ(channel_answer(answerer, id, &id, sizeof(id), 0), -EPIPE);
	world_destroy(&world);
}

static void what_is_no_call_is_dropped(void)
{
	static const struct wire_call request = { .id = 1, .what = WIRE_REQUEST };
	struct channel_call call;
	u64 answer = 0;
	u32 id = 0;

	open_both();
	asks(&call, 1, &answer, sizeof(u32));
	says(answerer, "x");
	EXPECT_EQ(channel_send(answerer, &request, sizeof(request), 0), 0);
	says(caller, "longer than a head");
	EXPECT_EQ(channel_answer(answerer, is_asked(1), "eight by", 8, 0), 0);
	settle();
	EXPECT_EQ(channel_request(answerer, &id, &id, sizeof(id), 0), -ETIMEDOUT);
	EXPECT_EQ(services[2].stats.violations, 1);
	EXPECT_EQ(channel_call_await(&call, 0), -EMSGSIZE);
	EXPECT_EQ(services[1].stats.violations, 2);
	EXPECT_EQ(answer, 0);
	/* a request that is too long for the room stays */
	asks(&call, 3, &answer, sizeof(u32));
	EXPECT_EQ(channel_request(answerer, &id, &id, 3, 0), -EMSGSIZE);
	is_asked(3);
	world_destroy(&world);
}

/* An answer that had no room is sent when there is. */

static u32 waiting_id;
static u32 spaces;

static void on_space(struct channel *c)
{
	spaces++;
	EXPECT_EQ(channel_answer(c, waiting_id, "x", 1, 0), 0);
}

static void room_for_an_answer_is_told(void)
{
	static const struct channel_handlers handlers = { .space = on_space };
	struct channel_call call;
	char answer[WINDOW] = "";

	open_both();
	spaces = 0;
	asks(&call, 1, answer, sizeof(answer));
	waiting_id = is_asked(1);
	channel_set_handlers(answerer, &handlers);
	for (u32 n = 0; n < WINDOW; n++)
		EXPECT_EQ(channel_answer(answerer, waiting_id + 1, "y", 1, 0), 0);
	EXPECT_EQ(channel_answer(answerer, waiting_id, "x", 1, 0), -ETIMEDOUT);
	settle();
	EXPECT_EQ(spaces, 0);
	EXPECT_EQ(channel_call_await(&call, 0), -ETIMEDOUT);
	EXPECT_EQ(services[1].stats.late, WINDOW);
	settle();
	EXPECT_EQ(spaces, 1);
	EXPECT_EQ(channel_call_await(&call, 0), 1);
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(answers_come_in_any_order),
	TEST(any_length_goes_both_ways),
	TEST(a_late_answer_is_dropped),
	TEST(the_end_is_that_of_all_calls),
	TEST(what_is_no_call_is_dropped),
	TEST(room_for_an_answer_is_told),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
