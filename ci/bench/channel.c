// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * channel LINK
 *
 * Channels of Linux, which has their manager, to a cell's program that echoes, in
 * intervals of the counting plugin: one channel that is opened, 64 bytes there and
 * back, then the same beside other open channels that are idle.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libcell/channeld.h>
#include <libcell/device.h>

#include "marker.h"

#define ID_ALONE	24
#define ID_BESIDE	25
#define ID_OPEN		26
#define PINGS		64U
#define OPENS		16U
#define IDLE		100U
#define SIZE		64
#define WINDOW		16
#define CHANNELS	256
#define TRUNK		1024
#define LIMIT_US	5000000

static struct libcell_device device;
static struct channeld manager;
static struct channeld_entry entries[2 * CHANNELS];
static struct channel_service service;
static struct channel channels[CHANNELS];
static struct channel_block blocks[CHANNELS * WINDOW];

static void must(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "channel: %s: %s\n", what, strerror(-ret));
		exit(1);
	}
}

/* The manager and the service are one program's. */
static void turn(void)
{
	u32 seen = libcell_events(&device.link);

	for (u32 looks = 0; looks < device.link.looks; looks++) {
		if (channeld_poll(&manager) + channel_poll(&service))
			return;
		__asm__ volatile("yield" : : : "memory");
	}
	if (channeld_arm(&manager) & channel_arm(&service))
		libcell_wait(&device.link, seen, LIMIT_US);
}

static struct channel *open_one(void)
{
	struct channel *c;
	int ret;

	must(channel_connect(&service, "echo", WINDOW, true, &c), "connect");
	for (;;) {
		turn();
		ret = channel_await(c, 0);
		if (ret != -ETIMEDOUT)
			break;
	}
	must(ret, "open");
	return c;
}

static void ping(struct channel *c)
{
	u8 message[SIZE] = { 0 };

	must(channel_send(c, message, sizeof(message), LIMIT_US), "send");
	must(channel_receive(c, message, sizeof(message), LIMIT_US), "receive");
}

static void begin(const char *link)
{
	const struct channeld_setup managing = {
		.entries = entries, .num_entries = 2 * CHANNELS, .own = true,
	};
	struct channel_setup setup = {
		.channels = channels, .num_channels = CHANNELS,
		.blocks = blocks, .num_blocks = CHANNELS * WINDOW, .trunk = TRUNK,
	};

	must(libcell_open(&device, link), "link");
	setup.manager = device.link.id;
	must(channeld_open(&manager, &device.link, &managing), "manager");
	must(channel_open(&service, &device.link, &setup), "service");
}

int main(int argc, char **argv)
{
	struct channel *c;
	unsigned int n;

	if (argc != 2)
		return 2;
	begin(argv[1]);
	c = open_one();
	for (n = 0; n < PINGS; n++)
		ping(c);
	BENCH_BEGIN(ID_ALONE);
	for (n = 0; n < PINGS; n++)
		ping(c);
	BENCH_END(ID_ALONE);
	for (n = 0; n < IDLE - OPENS; n++)
		open_one();
	BENCH_BEGIN(ID_OPEN);
	for (n = 0; n < OPENS; n++)
		open_one();
	BENCH_END(ID_OPEN);
	for (n = 0; n < PINGS; n++)
		ping(c);
	BENCH_BEGIN(ID_BESIDE);
	for (n = 0; n < PINGS; n++)
		ping(c);
	BENCH_END(ID_BESIDE);
	libcell_close(&device);
	printf("pings=%u opens=%u\n", PINGS, OPENS);
	return 0;
}
