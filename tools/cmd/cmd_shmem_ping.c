/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * jailhouse shmem ping and bench: talk to the service of libcell that a cell's
 * program offers.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "command.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "service.h"
#include "show/json.h"

#define MAX_COUNT	1000000
#define ANSWER_US	2000000
#define KIB		1024U
#define BULK_COUNT	64U	/* messages of each size */

struct request {
	const char *cell;
	const char *link;	/* NULL: any */
	unsigned int count;
	bool json;
};

static struct service service;

static const u32 bulk_sizes[] = { KIB, 64 * KIB, KIB * KIB };

struct result {
	u64 min_us, max_us, sum_us;	/* of round trips */
	size_t bulks;
	u64 bulk_us[ARRAY_SIZE(bulk_sizes)];
};

static int lost(int error)
{
	if (error == -ETIMEDOUT)
		return refused("no answer within %u s", ANSWER_US / 1000000);
	return refused("the link was lost: %s", strerror(-error));
}

static void add_time(struct result *result, u64 us)
{
	if (us < result->min_us)
		result->min_us = us;
	if (us > result->max_us)
		result->max_us = us;
	result->sum_us += us;
}

static int ping_once(unsigned int number, u64 *us)
{
	struct libcell_message message = {
		.type = LIBCELL_PING, .sequence = number,
		.data = { number, ~(u64)number },
	};
	u64 start = io_now();
	int ret;

	ret = libcell_call(&service.client, &message, ANSWER_US);
	*us = io_now() - start;
	if (!ret && (message.type != LIBCELL_PING ||
		     message.data[1] != ~(u64)number))
		ret = -EPROTO;
	return ret;
}

/* Pings; prints each if @loud. */
static int ping_all(const struct request *request, struct result *result,
		    bool loud)
{
	unsigned int i;
	u64 us;
	int ret;

	for (i = 0; i < request->count; i++) {
		ret = ping_once(i, &us);
		if (ret)
			return lost(ret);
		add_time(result, us);
		if (loud)
			printf("64 bytes from %s: seq=%u time=%llu us\n",
			       request->cell, i, us);
	}
	if (!request->json)
		printf("%u round trips of 64 bytes: min %llu us, average %llu us, "
		       "max %llu us\n", request->count, result->min_us,
		       result->sum_us / request->count, result->max_us);
	return EXIT_DONE;
}

/* Has the other side counted what was sent? */
static int check_counts(const struct libcell_counts *sent)
{
	struct libcell_message message = { .type = LIBCELL_COUNTS };
	int ret = libcell_call(&service.client, &message, ANSWER_US);

	if (ret)
		return lost(ret);
	if (message.data[0] != sent->messages ||
	    message.data[1] != sent->bytes || message.data[2] != sent->sum)
		return refused("the cell has got %llu messages with %llu bytes "
			       "instead of %llu with %llu", message.data[0],
			       message.data[1], sent->messages, sent->bytes);
	return EXIT_DONE;
}

/* Adds to what has been @sent. */
static int send_bulk(u32 bytes, struct libcell_counts *sent, u64 *us)
{
	u64 *buffer = calloc(1, bytes);
	u64 start = io_now();
	unsigned int i;
	int ret = buffer ? 0 : -ENOMEM;

	for (i = 0; i < BULK_COUNT && !ret; i++) {
		buffer[0] = i;
		ret = libcell_bytes_send(&service.client.bulk, buffer, bytes, ANSWER_US);
		sent->messages++;
		sent->bytes += bytes;
		sent->sum += i;
	}
	free(buffer);
	if (ret)
		return lost(ret);
	ret = check_counts(sent);
	*us = io_now() - start;
	return ret;
}

static u64 megabytes_per_second(const struct result *result, size_t i)
{
	u64 us = result->bulk_us[i];

	return (u64)bulk_sizes[i] * BULK_COUNT / (us ? us : 1);
}

static int bench_bulk(struct result *result, bool json)
{
	struct libcell_counts sent = { 0 };
	/* a port, and something for whoever comes later */
	u32 room = (u32)(service.device.link.data - KIB) & ~63U;
	size_t i;
	int ret;

	room -= room > 2 * KIB ? KIB : 0;
	ret = libcell_client_open_bulk(&service.client, room);
	if (ret)
		return refused("no room for bulk data in the output section");
	for (i = 0; i < ARRAY_SIZE(bulk_sizes); i++) {
		if (bulk_sizes[i] + LIBCELL_BYTES_HEADER > room)
			break;
		ret = send_bulk(bulk_sizes[i], &sent, &result->bulk_us[i]);
		if (ret)
			return ret;
		result->bulks++;
		if (!json)
			printf("%u messages of %u KiB: %llu MB/s\n", BULK_COUNT,
			       bulk_sizes[i] / KIB, megabytes_per_second(result, i));
	}
	return EXIT_DONE;
}

static void print_json(const struct request *request,
		       const struct result *result, bool bench)
{
	size_t i;

	fputs("{\"cell\": ", stdout);
	json_string(request->cell);
	printf(", \"round_trips\": {\"count\": %u, \"bytes\": 64, \"min_us\": %llu, "
	       "\"average_us\": %llu, \"max_us\": %llu}", request->count,
	       result->min_us, result->sum_us / request->count, result->max_us);
	if (bench) {
		fputs(", \"bulk\": [", stdout);
		for (i = 0; i < result->bulks; i++)
			printf("%s{\"count\": %u, \"bytes\": %u, \"us\": %llu}",
			       i ? ", " : "", BULK_COUNT, bulk_sizes[i],
			       result->bulk_us[i]);
		putchar(']');
	}
	puts("}");
}

static int parse(struct request *request, int argc, char **argv)
{
	const struct known_option known[] = {
		OPTION_NUMBER('c', "count", &request->count, 1, MAX_COUNT),
		OPTION_FLAG(0, "json", &request->json),
		OPTION_TEXT('l', "link", &request->link),
		{ 0 }
	};
	struct sysfs_cell cell;
	int ret;

	static char name[sizeof(cell.name)];

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = cell_of_words(&cell, NULL, argc, argv);
	if (ret)
		return ret;
	strcpy(name, cell.name);
	request->cell = name;
	return EXIT_DONE;
}

static int run(int argc, char **argv, unsigned int count, bool bench)
{
	struct request request = { .count = count };
	struct result result = { .min_us = ~0ULL };
	int ret;

	ret = parse(&request, argc, argv);
	if (!ret)
		ret = service_connect(&service, request.cell, request.link);
	if (ret)
		return ret;
	ret = ping_all(&request, &result, !bench && !request.json);
	if (!ret && bench)
		ret = bench_bulk(&result, request.json);
	if (!ret && request.json)
		print_json(&request, &result, bench);
	libcell_close(&service.device);
	return ret;
}

static int run_ping(int argc, char **argv)
{
	return run(argc, argv, 4, false);
}

static int run_bench(int argc, char **argv)
{
	return run(argc, argv, 1000, true);
}

#define OPTIONS_HELP							\
	"  CELL                 number or name of the cell; its program has to\n" \
	"                       offer the service of libcell\n"		\
	"  -l, --link LINK      by this link; default: the first that works\n"
#define JSON_HELP							\
	"  --json               one JSON object\n"

const struct command cmd_shmem_ping = {
	.name = "ping",
	.synopsis = "CELL [-c COUNT] [-l LINK] [--json]",
	.summary = "Send messages to a cell's program and wait for the answers",
	.help = OPTIONS_HELP
	"  -c, --count COUNT    number of messages (4)\n"
	JSON_HELP,
	.run = run_ping,
};

const struct command cmd_shmem_bench = {
	.name = "bench",
	.synopsis = "CELL [-c COUNT] [-l LINK] [--json]",
	.summary = "Measure round trips and bulk transfer to a cell's program",
	.help = OPTIONS_HELP
	"  -c, --count COUNT    number of round trips (1000)\n"
	JSON_HELP,
	.run = run_bench,
};
