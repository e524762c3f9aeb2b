// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * transfer LINK
 *
 * From Linux to a cell with transfer-bench, for each size of the shared memory and each
 * size of what is sent: plain copies, channel messages, bulk with a copy and bulk in
 * place. Each is an interval of the counting plugin, in the order of the lines printed:
 *
 *	WAY SECTION SIZE TIMES
 *
 * A stream of some of that size, until the last has been taken; in place, one by one,
 * until it is back.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libcell/bulk.h>
#include <libcell/channeld.h>
#include <libcell/device.h>

#include "marker.h"
#include "transfer.h"

#define ID_TRANSFER	29
#define LIMIT_US	5000000
#define REPEATS		3	/* the least of them is the one that Linux did not disturb */
#define LARGEST		(4U << 20)
#define CHANNELS	4
#define BLOCKS		64
#define WINDOW		16
/* Beside an arena of 1 MiB in the link's section of 2 MiB. */
#define MOST_TRUNK	(960U << 10)

static const u32 sections[] = { 4096, 65536, 262144, 1048576 };
static const u32 sizes[] = { 4096, 16384, 65536, 262144, 1048576, LARGEST };

static struct libcell_device device;
static struct channeld manager;
static struct channeld_entry entries[16];
static struct channel_block held[16];
static struct channel_service service;
static struct channel channels[CHANNELS];
static struct channel_block blocks[BLOCKS];
static struct channel_bulk bulks[CHANNELS];
static struct channel *sink;
static char *from, *to;
static u32 section;

static void must(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "transfer: %s: %s\n", what, strerror(-ret));
		exit(1);
	}
}

/* With the manager in this program, which then has nothing to do any more. */
static void begin(const char *link)
{
	const struct channeld_setup managing = {
		.entries = entries, .num_entries = ARRAY_SIZE(entries),
		.blocks = held, .num_blocks = ARRAY_SIZE(held), .own = true,
	};
	struct channel_setup setup = {
		.channels = channels, .num_channels = CHANNELS,
		.blocks = blocks, .num_blocks = BLOCKS, .trunk = section < MOST_TRUNK ? section : MOST_TRUNK,
		.arena = section + CHANNEL_BULK_ALIGN, .bulks = bulks, .num_bulks = CHANNELS,
	};
	int ret;

	must(libcell_open(&device, link), "open");
	setup.manager = device.link.id;
	must(channeld_open(&manager, &device.link, &managing), "manager");
	must(channel_open(&service, &device.link, &setup), "service");
	must(channel_connect(&service, TRANSFER_NAME, WINDOW, true, &sink), "connect");
	do {
		channeld_poll(&manager);
		ret = channel_await(sink, 1000);
	} while (ret == -ETIMEDOUT);
	must(ret, "connect");
	must(channel_bulk_open(sink, section), "bulk");
}

static void end(void)
{
	channel_close(sink);
	must(channel_flush(&service, LIMIT_US), "close");
	libcell_close(&device);
}

/* All blocks have come back. */
static void wait_bulk(void)
{
	void *all;

	must(channel_bulk_begin(sink, section, &all, LIMIT_US), "wait");
	channel_bulk_release(sink, all);
}

/* Who answers has taken what came before. */
static void ping(void)
{
	char message[TRANSFER_PING] = "";

	must(channel_send(sink, message, sizeof(message), LIMIT_US), "ping");
	must(channel_receive(sink, message, sizeof(message), LIMIT_US), "answer");
}

static void by_memcpy(u32 size, u32 times)
{
	while (times--) {
		memcpy(to, from, size);
		/* the copy is of use to somebody */
		__asm__ volatile("" : : "r" (to) : "memory");
	}
}

static void by_messages(u32 size, u32 times)
{
	u32 piece = section / 4 < TRANSFER_MESSAGE ? section / 4 : TRANSFER_MESSAGE;

	while (times--)
		for (u32 at = 0; at < size; at += piece)
			must(channel_send(sink, from + at, piece, LIMIT_US), "message");
	ping();
}

static void by_bulk(u32 size, u32 times)
{
	while (times--)
		must(channel_bulk_send(sink, from, size, &(u64){ 0 }, 0, LIMIT_US), "bulk");
	wait_bulk();
}

/* As if the data were made in place. */
static void in_place(u32 size, u32 times)
{
	u32 piece = size <= section ? size : section / 2;
	void *buffer;

	for (; times--; wait_bulk())
		for (u32 at = 0; at < size; at += piece) {
			must(channel_bulk_begin(sink, piece, &buffer, LIMIT_US), "begin");
			must(channel_bulk_commit(sink, buffer, piece, 0, LIMIT_US), "commit");
		}
}

static void measure(const char *name, void (*way)(u32 size, u32 times), u32 size, u32 times)
{
	way(size, times);
	for (u32 n = 0; n < REPEATS; n++) {
		BENCH_BEGIN(ID_TRANSFER);
		way(size, times);
		BENCH_END(ID_TRANSFER);
		printf("%s %u %u %u\n", name, section, size, times);
	}
}

int main(int argc, char **argv)
{
	u32 n, m, times;

	from = calloc(1, LARGEST);
	to = calloc(1, LARGEST);
	if (argc != 2 || !from || !to)
		return 2;
	for (n = 0; n < ARRAY_SIZE(sections); n++) {
		section = sections[n];
		begin(argv[1]);
		for (m = 0; m < ARRAY_SIZE(sizes); m++) {
			times = sizes[m] < LARGEST / 4 ? 16 : 4;
			measure("memcpy", by_memcpy, sizes[m], times);
			measure("messages", by_messages, sizes[m], times);
			measure("copy", by_bulk, sizes[m], times);
			measure("place", in_place, sizes[m], 1);
		}
		end();
	}
	return 0;
}
