// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Listens to a name and sends messages back, of bulk how many bytes came, by functions
 * that are called for the channels with news; or connects to one, sends numbered messages
 * and waits for their return, then bulk. The same source for Linux and for inmates.
 *
 * In an inmate, parameters:
 *	link=BUS:DEVICE.FUNCTION	which link (default: the first)
 *	manager=PEER			number of the peer that is the manager
 *	listen=NAME, or connect=NAME
 *	count=N				of messages (connect)
 *	interrupt			the interrupt handler calls the functions (listen)
 *	bulk=BYTES			after them
 * In Linux: channel-demo LINK MANAGER listen|connect NAME [COUNT [BYTES]]
 */

#include <libcell/device.h>

#include "asker.h"

#if __STDC_HOSTED__
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define say(...)	printf(__VA_ARGS__)

static void say_why(const char *link, int error)
{
	char text[512];

	libcell_explain(link, error, text, sizeof(text));
	say("channel-demo: %s\n", text);
}
#else
#define say(...)	printk(__VA_ARGS__)

static void say_why(const char *link, int error)
{
	say("channel-demo: cannot open link %s: error %d\n", link ? link : "", error);
}
#endif

#define CHANNELS	112
#define WINDOW		16
#define BLOCKS		(CHANNELS * WINDOW)
#define TRUNK		1024
/* What is sent in bulk goes in pieces of half of this. */
#define PART		2048
#define LARGEST		65536
/* Messages of root come to a cell without an interrupt. */
#define PAUSE_US	100000
#define FLUSH_US	1000000

static struct libcell_device device;
static struct channel_service service;
static struct channel channels[CHANNELS];
static struct channel_block blocks[BLOCKS];
static struct channel_bulk bulks[CHANNELS];
static u8 large[LARGEST];

static bool begin(const char *link, u32 manager, struct channel_guard *guard)
{
	const struct channel_setup setup = {
		.manager = manager, .channels = channels, .num_channels = CHANNELS,
		.blocks = blocks, .num_blocks = BLOCKS, .trunk = TRUNK, .guard = guard,
		.arena = PART + CHANNEL_BULK_ALIGN, .bulks = bulks, .num_bulks = CHANNELS,
	};
	int ret = libcell_open(&device, link);

	if (!ret)
		ret = channel_open(&service, &device.link, &setup);
	if (ret)
		say_why(link, ret);
	return !ret;
}

/*
 * Reads blocks where they are. When there are no more: the answer is how many bytes they
 * had; the program's word of the channel counts them.
 */
static int count_bulk(struct channel *c, void *bytes)
{
	struct channel_bulk_data block;
	uintptr_t *count = (uintptr_t *)&c->context;
	bool good;
	int ret;

	do {
		ret = channel_bulk_receive(c, &block, 0);
		if (ret)
			return ret;
		good = block.checked &&
		       channel_crc32c(block.data, block.length) == block.checksum;
		ret = channel_bulk_release(c, block.data);
		*count += block.length;
		if (ret || !good)
			return ret ? ret : -EBADMSG;
	} while (block.left);
	memcpy(bytes, &(u32){ (u32)*count }, sizeof(u32));
	*count = 0;
	return (int)sizeof(u32);
}

/* Of each channel: a message that there was no room for yet. */
static struct {
	u8 message[256] __attribute__((aligned(8)));
	int length;
	bool full;
} waiting[CHANNELS];

static void on_connect(struct channel *asked)
{
	struct channel *c;

	/* without blocks for its window, it waits to be asked for again */
	if (channel_accept(asked, WINDOW, 0, &c))
		return;
	/* it only receives */
	channel_bulk_open(c, 0);
	waiting[c - channels].full = false;
	say("channel-demo: peer %u has a channel to %s\n", c->peer, asked->name);
}

static int answer_to(struct channel *c, void *message, u32 size)
{
	int ret = channel_receive(c, message, size, 0);

	return ret == -ENOMSG ? count_bulk(c, message) : ret;
}

/* Takes one; true: there may be more. */
static bool answer_one(struct channel *c)
{
	u32 n = (u32)(c - channels);

	if (!waiting[n].full)
		waiting[n].length = answer_to(c, waiting[n].message, sizeof(waiting[n].message));
	if (waiting[n].length < 0)
		return false;
	waiting[n].full = channel_send(c, waiting[n].message, (u32)waiting[n].length, 0) != 0;
	return !waiting[n].full;
}

/* It is called again if there are more. */
static void on_message(struct channel *c)
{
	answer_one(c);
}

static void on_space(struct channel *c)
{
	while (answer_one(c))
		;
}

static struct channel *listener;
static int refused;

static void on_closed(struct channel *c)
{
	if (c == listener) {
		refused = channel_await(c, 0);
		return;
	}
	say("channel-demo: peer %u has left after %u messages: error %d\n", c->peer,
	    (u32)c->received, channel_await(c, 0));
	channel_close(c);
}

static const struct channel_handlers echoes = {
	.connect = on_connect, .message = on_message, .space = on_space,
	.closed = on_closed,
};

/* All is done by them, which are called by @once or by interrupts. */
static int listen_to(const char *name, int (*once)(void), bool (*asked_to_stop)(void))
{
	int ret = channel_listen(&service, name, CHANNELS, &listener);

	if (!ret)
		channel_set_handlers(listener, &echoes);
	while ((!ret || ret == -ETIMEDOUT) && !refused && !asked_to_stop())
		ret = once();
	if (refused)
		ret = refused;
	if (ret && ret != -ETIMEDOUT)
		say("channel-demo: cannot listen to %s: error %d\n", name, ret);
	return ret;
}

static int turn(void)
{
	return channel_turn(&service, PAUSE_US);
}

static int send_bulk(struct channel *c, u32 bytes)
{
	for (u32 n = 0; n < bytes; n++)
		large[n] = (u8)(n ^ n >> 8);
	return asker_send_bulk(c, PART, large, bytes);
}

static int connect_to(const char *name, u32 count, u32 bytes)
{
	struct channel *c;
	int ret = channel_connect(&service, name, WINDOW, true, &c);

	if (!ret && channel_await(c, PAUSE_US) == -ETIMEDOUT)
		say("channel-demo: nobody listens to %s yet\n", name);
	for (u32 n = 0; n < count && !ret; n++)
		ret = asker_exchange(c, n);
	if (!ret && bytes)
		ret = bytes > LARGEST ? -EINVAL : send_bulk(c, bytes);
	if (ret) {
		say("channel-demo: no answer from %s: error %d\n", name, ret);
		return ret;
	}
	say("channel-demo: %u answers from %s\n", count, name);
	if (bytes)
		say("channel-demo: %u bytes of bulk to %s\n", bytes, name);
	channel_close(c);
	return channel_flush(&service, FLUSH_US);
}

#if __STDC_HOSTED__

static bool never(void)
{
	return false;
}

static int usage(void)
{
	fprintf(stderr, "usage: channel-demo LINK MANAGER listen|connect NAME [COUNT [BYTES]]\n");
	return 2;
}

int main(int argc, char **argv)
{
	bool listens = argc > 3 && !strcmp(argv[3], "listen");
	int ret;

	if (argc < 5 || argc > 7 || (!listens && strcmp(argv[3], "connect")))
		return usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!begin(argv[1], (u32)strtoul(argv[2], NULL, 0), NULL))
		return 1;
	if (listens)
		ret = listen_to(argv[4], turn, never);
	else
		ret = connect_to(argv[4], argc > 5 ? (u32)strtoul(argv[5], NULL, 0) : 1,
				 argc > 6 ? (u32)strtoul(argv[6], NULL, 0) : 0);
	libcell_close(&device);
	return ret ? 1 : 0;
}

#else

CMDLINE_BUFFER(256);

static bool by_interrupt;

static void on_irq(unsigned int irq)
{
	if (libcell_irq(&device, irq) && by_interrupt)
		channel_interrupt(&service);
}

static int sleep(void)
{
	struct libcell_link *link = &device.link;

	return libcell_wait(link, libcell_events(link), PAUSE_US);
}

static bool asked_to_stop(void)
{
	return comm_poll(true);
}

void inmate_main(void)
{
	char link[16], name[CHANNEL_NAME];
	bool interrupt;

	cmdline_parse_str("link", link, sizeof(link), "");
	irq_init(on_irq);
	enable_irqs();
	interrupt = cmdline_parse_bool("interrupt", false);
	if (!begin(link[0] ? link : NULL, (u32)cmdline_parse_int("manager", 0),
		   interrupt ? &libcell_irq_guard : NULL))
		panic("no link");
	by_interrupt = interrupt;
	cmdline_parse_str("listen", name, sizeof(name), "");
	if (name[0]) {
		if (by_interrupt)
			channel_interrupt(&service);
		listen_to(name, by_interrupt ? sleep : turn, asked_to_stop);
	} else {
		cmdline_parse_str("connect", name, sizeof(name), "");
		connect_to(name, (u32)cmdline_parse_int("count", 1),
			   (u32)cmdline_parse_int("bulk", 0));
	}
	libcell_close(&device);
}

#endif
