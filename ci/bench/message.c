// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * message LINK PEER
 *
 * Messages from Linux to a cell's program that serves libcell's requests, in
 * intervals of the counting plugin: round trips of 64 bytes, then bulk data of
 * two sizes, beside plain copies of the same size.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libcell/device.h>
#include <libcell/serve.h>

#include "marker.h"

#define ID_PING		24
#define PINGS		64U
#define SMALL		(64U << 10)
#define LARGE		(1U << 20)
#define TIMES_SMALL	24U
#define TIMES_LARGE	16U
#define LIMIT_US	5000000

static struct libcell_device device;
static struct libcell_client client;
static char *from, *to;

static void must(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "message: %s: %s\n", what, strerror(-ret));
		exit(1);
	}
}

static void ping(void)
{
	struct libcell_message message = { .type = LIBCELL_PING };

	must(libcell_call(&client, &message, LIMIT_US), "ping");
}

static void copy(unsigned int size, unsigned int times)
{
	while (times--) {
		memcpy(to, from, size);
		/* the copy is of use to somebody */
		__asm__ volatile("" : : "r" (to) : "memory");
	}
}

/* With an answer after it: who answers has taken what came before. */
static void send(unsigned int size, unsigned int times)
{
	while (times--)
		must(libcell_bytes_send(&client.bulk, from, size, LIMIT_US),
		     "send");
	ping();
}

/* As if the data were made in place, each in an interval with its answer. */
#define SEND_IN_PLACE(id, size, times)					\
	do {								\
		for (n = 0; n < (times); n++) {				\
			BENCH_BEGIN(id);				\
			send_in_place(size);				\
			ping();						\
			BENCH_END(id);					\
		}							\
	} while (0)

static void send_in_place(unsigned int size)
{
	void *room;

	must(libcell_bytes_reserve(&client.bulk, &room, size), "reserve");
	libcell_bytes_commit(&client.bulk, size);
}

int main(int argc, char **argv)
{
	unsigned int n;

	from = calloc(1, LARGE);
	to = calloc(1, LARGE);
	if (argc != 3 || !from || !to)
		return 2;
	must(libcell_open(&device, argv[1]), "open");
	must(libcell_client_open(&client, &device.link, (u32)atoi(argv[2])), "client");
	must(libcell_client_open_bulk(&client, (u32)(device.link.data - 1024) & ~63U), "bulk");

	/* so that nothing is done for the first time below */
	ping();
	copy(LARGE, 1);
	send(LARGE, 4);

	BENCH_BEGIN(ID_PING);
	for (n = 0; n < PINGS; n++)
		ping();
	BENCH_END(ID_PING);
	BENCH_BEGIN(25);
	copy(SMALL, TIMES_SMALL);
	BENCH_END(25);
	BENCH_BEGIN(26);
	send(SMALL, TIMES_SMALL);
	BENCH_END(26);
	SEND_IN_PLACE(27, SMALL, TIMES_SMALL);
	BENCH_BEGIN(28);
	copy(LARGE, TIMES_LARGE);
	BENCH_END(28);
	BENCH_BEGIN(29);
	send(LARGE, TIMES_LARGE);
	BENCH_END(29);
	SEND_IN_PLACE(30, LARGE, TIMES_LARGE);
	libcell_close(&device);
	printf("pings=%u small=%u large=%u times_small=%u times_large=%u\n", PINGS, SMALL, LARGE, TIMES_SMALL,
	       TIMES_LARGE);
	return 0;
}
