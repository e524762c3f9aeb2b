// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * One program asks another some numbers by a channel, and asks anew if that ends; the
 * manager, and each of the two, restarts before each step that there is.
 */

#include "peers.h"

#define NUMBERS		6
#define MOST_STEPS	1000
#define PEER_ASKS	1
#define PEER_ANSWERS	2

static struct channel *asking, *listener, *answering;
static u32 asked, heard, taken, answered;

static void asker_starts(void)
{
	start(PEER_ASKS);
	asking = NULL;
	heard = 0;
}

static void answerer_starts(void)
{
	start(PEER_ANSWERS);
	answering = NULL;
	EXPECT_EQ(channel_listen(&services[PEER_ANSWERS], "x", 8, &listener), 0);
}

static void lose(struct channel **c, int ret)
{
	EXPECT(ret == -EPIPE || ret == -ECONNRESET || ret == -ECONNABORTED);
	channel_close(*c);
	*c = NULL;
}

static void asker_acts(void)
{
	u32 number;
	int ret;

	if (!asking) {
		EXPECT_EQ(channel_connect(&services[PEER_ASKS], "x", WINDOW, true, &asking), 0);
		asked = 0;
		heard = 0;
		return;
	}
	if (asked < NUMBERS && !channel_send(asking, &asked, sizeof(asked), 0))
		asked++;
	ret = channel_receive(asking, &number, sizeof(number), 0);
	if (ret == sizeof(number))
		EXPECT_EQ(number, heard++);
	else if (ret != -ETIMEDOUT)
		lose(&asking, ret);
}

static void answerer_acts(void)
{
	u32 number;
	int ret;

	if (!answering) {
		channel_accept(listener, WINDOW, 0, &answering);
		taken = 0;
		answered = 0;
		return;
	}
	/* what was held comes before the asker knows that it can be answered */
	if (answered < taken) {
		ret = channel_send(answering, &answered, sizeof(answered), 0);
		answered += !ret;
	} else {
		ret = channel_receive(answering, &number, sizeof(number), 0);
		if (ret == sizeof(number)) {
			EXPECT_EQ(number, taken++);
			ret = 0;
		}
	}
	if (ret && ret != -ETIMEDOUT)
		lose(&answering, ret);
}

/* In turn, a step each, until all is answered: how many steps. */
static u32 play(u32 restart_at, void (*restart)(void))
{
	u32 step;

	begin();
	asker_starts();
	answerer_starts();
	for (step = 0; step < MOST_STEPS && heard < NUMBERS; step++) {
		if (step == restart_at)
			restart();
		if (step % 3 == 0)
			asker_acts();
		else if (step % 3 == 1)
			channeld_poll(&manager);
		else
			answerer_acts();
	}
	EXPECT_EQ(heard, NUMBERS);
	return step;
}

/* The manager knows what they have; when they close it, nobody holds anything for anybody. */
static void leave(void)
{
	settle();
	EXPECT_EQ(manager.peers[PEER_ASKS].entries, 1);
	EXPECT_EQ(manager.peers[PEER_ANSWERS].entries, 1);
	if (asking)
		channel_close(asking);
	settle();
	for (u32 n = 0; n < NUMBERS + 1 && answering; n++)
		answerer_acts();
	EXPECT(!answering);
	channel_close(listener);
	settle();
	for (u32 peer = PEER_ASKS; peer <= PEER_ANSWERS; peer++) {
		EXPECT_EQ(services[peer].pool.left, BLOCKS);
		EXPECT_EQ(manager.peers[peer].entries, 0);
	}
	nothing_was_odd();
	world_destroy(&world);
}

static void manager_restarts(void)
{
	world_kill(&world, MANAGER);
	start_manager();
}

static void asker_restarts(void)
{
	world_kill(&world, PEER_ASKS);
	asker_starts();
}

static void answerer_restarts(void)
{
	world_kill(&world, PEER_ANSWERS);
	answerer_starts();
}

static void restarts_at_each_step(void (*restart)(void))
{
	u32 steps = play(MOST_STEPS, NULL);

	leave();
	printf("# %u steps\n", steps);
	EXPECT(steps > 40);
	for (u32 at = 0; at < steps; at++) {
		play(at, restart);
		leave();
	}
}

static void of_the_manager(void)
{
	restarts_at_each_step(manager_restarts);
}

static void of_who_asks(void)
{
	restarts_at_each_step(asker_restarts);
}

static void of_who_answers(void)
{
	restarts_at_each_step(answerer_restarts);
}

static const struct test tests[] = {
	TEST(of_the_manager),
	TEST(of_who_asks),
	TEST(of_who_answers),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
