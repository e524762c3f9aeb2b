// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Threads that have channels by name, each its own, and wait in their calls: some ask
 * "echo", others answer those who connect to "rtos". None knows of the others.
 *
 * Parameters:
 *	manager=PEER	number of the peer that is the manager
 *	askers=N	that ask (default 2, up to 3)
 *	answers=N	that answer (default 1, up to 3)
 *	count=N		of messages of each that asks (default 100; 0: until it ends)
 *	pause=MS	between them (default 0)
 *	bulk=BYTES	that each asker sends after them, at most 16384 (default 0)
 *	close=MS	after which the link is closed (default: never)
 */

#include <rtos.h>
#include <rtos_link.h>

#include "../../../libcell/demos/asker.h"

CMDLINE_BUFFER(256);

#define CHANNELS	16
#define WINDOW		8
#define THREADS		3	/* of each kind, at most */
/* Bulk goes in pieces of half of this, as the link of the demo has small sections. */
#define PART		512
#define LARGEST		16384

struct task {
	RTOS_CB(THREAD) control;
	RTOS_STACK(8192) stack;
};

static struct task first, askers[THREADS], answers[THREADS];
static struct rtos_link link;
static struct rtos_guard guard;
static struct channel_service service;
static struct channel channels[CHANNELS];
static struct channel_block blocks[CHANNELS * WINDOW];
static struct channel_bulk bulks[THREADS];
static u8 large[LARGEST];

static void pause(u32 ms)
{
	if (ms)
		osDelay(ms * osKernelGetTickFreq() / 1000);
}

static void ask(void *unused)
{
	u32 bytes = (u32)cmdline_parse_int("bulk", 0);
	const char *name = osThreadGetName(osThreadGetId());
	u32 n = 0, count = (u32)cmdline_parse_int("count", 100);
	u32 ms = (u32)cmdline_parse_int("pause", 0);
	struct channel *c;
	int ret = channel_connect(&service, "echo", WINDOW, true, &c);

	(void)unused;
	if (!ret)
		ret = channel_await(c, ASKER_PATIENCE_US);
	for (; (!count || n < count) && !ret; n++) {
		ret = asker_exchange(c, n);
		pause(ms);
	}
	if (!ret && bytes)
		ret = bytes > LARGEST ? -EINVAL : asker_send_bulk(c, PART, large, bytes);
	if (ret)
		rtos_printf("rtos-channels: %s: error %d after %u answers\n", name, ret, n);
	else
		rtos_printf("rtos-channels: %s: %u answers, %u bytes of bulk\n", name, n, bytes);
	channel_close(c);
}

static void echo(struct channel *c)
{
	u8 message[256];
	int ret;

	do {
		ret = channel_receive(c, message, sizeof(message), LIBCELL_FOREVER);
		if (ret >= 0)
			ret = channel_send(c, message, (u32)ret, LIBCELL_FOREVER);
	} while (!ret);
	rtos_printf("rtos-channels: peer %u has left after %u messages: error %d\n", c->peer,
		    (u32)c->received, ret);
	channel_close(c);
}

static void answer(void *listener)
{
	struct channel *c;
	int ret = 0;

	while (!ret) {
		ret = channel_accept(listener, WINDOW, LIBCELL_FOREVER, &c);
		if (!ret)
			echo(c);
	}
	rtos_printf("rtos-channels: cannot listen: error %d\n", ret);
}

/* Whatever threads wait in ends. */
static void close_link(void)
{
	u32 ms = (u32)cmdline_parse_int("close", 0);

	if (!ms)
		return;
	pause(ms);
	rtos_printf("rtos-channels: the link is closed\n");
	rtos_link_close(&link);
}

static void start(struct task *task, const char *name, osThreadFunc_t func, void *argument)
{
	const osThreadAttr_t attr = {
		.name = name,
		.cb_mem = &task->control,
		.cb_size = sizeof(task->control),
		.stack_mem = &task->stack,
		.stack_size = sizeof(task->stack),
	};

	if (!osThreadNew(func, argument, &attr))
		panic("rtos-channels: no thread %s", name);
}

/* So many as the parameter says; names that the threads keep. */
static void start_some(struct task *tasks, const char *const *names, const char *parameter,
		       int count, osThreadFunc_t func, void *argument)
{
	count = (int)cmdline_parse_int(parameter, count);
	for (int n = 0; n < count && n < THREADS; n++)
		start(&tasks[n], names[n], func, argument);
}

static void begin(void *unused)
{
	static const char *const asker_names[THREADS] = { "asker 1", "asker 2", "asker 3" };
	static const char *const answer_names[THREADS] = { "answers 1", "answers 2", "answers 3" };
	struct channel *listener = NULL;

	const struct channel_setup setup = {
		.manager = (u32)cmdline_parse_int("manager", 0),
		.channels = channels, .num_channels = CHANNELS,
		.blocks = blocks, .num_blocks = ARRAY_SIZE(blocks),
		.trunk = 1024, .guard = &guard.guard,
		.arena = THREADS * (PART + CHANNEL_BULK_ALIGN),
		.bulks = bulks, .num_bulks = THREADS,
	};
	int ret = rtos_link_open(&link, NULL, RTOS_IRQ_PRIORITY_DEFAULT);

	(void)unused;
	if (!ret)
		ret = rtos_guard_open(&guard);
	if (!ret)
		ret = channel_open(&service, &link.device.link, &setup);
	if (!ret)
		ret = channel_listen(&service, "rtos", 4, &listener);
	if (ret)
		panic("rtos-channels: no channels: error %d", ret);
	start_some(askers, asker_names, "askers", 2, ask, NULL);
	start_some(answers, answer_names, "answers", 1, answer, listener);
	close_link();
}

int main(void)
{
	osKernelInitialize();
	start(&first, "begins", begin, NULL);
	return osKernelStart();
}
