// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Threads that have channels by name, each its own, and wait in their calls: two ask
 * "echo", one answers those who connect to "rtos". None knows of the others.
 *
 * Parameters:
 *	manager=PEER	number of the peer that is the manager
 *	count=N		of messages of each that asks (default 100)
 */

#include <rtos.h>
#include <rtos_link.h>

CMDLINE_BUFFER(256);

#define CHANNELS	16
#define WINDOW		8
#define PATIENCE_US	30000000

struct task {
	RTOS_CB(THREAD) control;
	RTOS_STACK(8192) stack;
};

static struct task tasks[3];
static struct rtos_link link;
static struct rtos_guard guard;
static struct channel_service service;
static struct channel channels[CHANNELS];
static struct channel_block blocks[CHANNELS * WINDOW];

static int exchange(struct channel *c, u32 number)
{
	u32 answer = ~number;
	int ret = channel_send(c, &number, sizeof(number), PATIENCE_US);

	if (!ret)
		ret = channel_receive(c, &answer, sizeof(answer), PATIENCE_US);
	if (ret == (int)sizeof(answer))
		ret = answer == number ? 0 : -EPROTO;
	return ret;
}

static void ask(void *unused)
{
	const char *name = osThreadGetName(osThreadGetId());
	u32 n = 0, count = (u32)cmdline_parse_int("count", 100);
	struct channel *c;
	int ret = channel_connect(&service, "echo", WINDOW, true, &c);

	(void)unused;
	if (!ret)
		ret = channel_await(c, PATIENCE_US);
	for (; n < count && !ret; n++)
		ret = exchange(c, n);
	if (ret)
		rtos_printf("rtos-channels: %s: error %d after %u answers\n", name, ret, n);
	else
		rtos_printf("rtos-channels: %s: %u answers\n", name, n);
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

static void answer(void *unused)
{
	struct channel *listener, *c;
	int ret = channel_listen(&service, "rtos", 4, &listener);

	(void)unused;
	while (!ret) {
		ret = channel_accept(listener, WINDOW, LIBCELL_FOREVER, &c);
		if (!ret)
			echo(c);
	}
	rtos_printf("rtos-channels: cannot listen: error %d\n", ret);
}

static void start(struct task *task, const char *name, osThreadFunc_t func)
{
	const osThreadAttr_t attr = {
		.name = name,
		.cb_mem = &task->control,
		.cb_size = sizeof(task->control),
		.stack_mem = &task->stack,
		.stack_size = sizeof(task->stack),
	};

	if (!osThreadNew(func, NULL, &attr))
		panic("rtos-channels: no thread %s", name);
}

static void begin(void *unused)
{
	const struct channel_setup setup = {
		.manager = (u32)cmdline_parse_int("manager", 0),
		.channels = channels, .num_channels = CHANNELS,
		.blocks = blocks, .num_blocks = ARRAY_SIZE(blocks),
		.trunk = 1024, .guard = &guard.guard,
	};
	int ret = rtos_link_open(&link, NULL, RTOS_IRQ_PRIORITY_DEFAULT);

	(void)unused;
	if (!ret)
		ret = rtos_guard_open(&guard);
	if (!ret)
		ret = channel_open(&service, &link.device.link, &setup);
	if (ret)
		panic("rtos-channels: no channels: error %d", ret);
	start(&tasks[1], "asker 1", ask);
	start(&tasks[2], "asker 2", ask);
	answer(NULL);
}

int main(void)
{
	osKernelInitialize();
	start(&tasks[0], "answers", begin);
	return osKernelStart();
}
