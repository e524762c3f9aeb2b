/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse channel, and channel list, stats and watch */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels.h"
#include "command.h"
#include "io.h"
#include "links.h"
#include "message.h"
#include "show/json.h"
#include "sysfs.h"

#define MAX_DELAY	86400
#define LOCAL		"local"		/* channeld's name for programs of this Linux */
#define LIST_ROW	"%-22s%-14s%-10s%-6s%s"
#define PEER_ROW	"%-14s%-20s%8s%9s%8s%7s %14s\n"
#define CHANNEL_ROW	"%-18s%-30s%9s%9s%11s%11s%8s%7s%7s\n"
/* What ends of channels have to tell is there soon after it was asked for. */
#define COUNT_MS	200

struct view {
	struct channels_place place;
	bool json;
	unsigned int count;	/* tables, 0: no limit */
	unsigned int delay;	/* seconds between them */
};

static struct channels channels;
static struct link *links;
static size_t num_links;

/* Names of cells, as far as the driver knows them. */
static void read_links(void)
{
	u64 enabled = 0;

	free(links);
	links = NULL;
	num_links = 0;
	if (!sysfs_read_number(&enabled, "enabled") && enabled && links_read(&links, &num_links))
		num_links = 0;
}

static const char *cell_of(const struct channel_seen *seen, u32 peer)
{
	for (size_t n = 0; n < num_links; n++)
		if (!strcmp(links[n].name, seen->link) && peer < links[n].max_peers)
			return links[n].peers[peer].cell;
	return "";
}

static const char *peer_text(const struct channel_seen *seen, u32 peer, char text[48])
{
	const char *cell = cell_of(seen, peer);

	if (strcmp(seen->link, LOCAL))
		snprintf(text, 48, *cell ? "%u %s" : "%u", peer, cell);
	else
		snprintf(text, 48, peer ? "program %u" : "a link", peer);
	return text;
}

static const char *state_of(const struct channel_seen *seen)
{
	static const char *const states[] = {
		"peer", "name", "waiting", "offered", "accepted", "open", "closing"
	};

	return seen->kind < ARRAY_SIZE(states) ? states[seen->kind] : "unknown";
}

/* "1 a -> 2 b"; of names and those that wait there is one end. */
static const char *ends_text(const struct channel_seen *seen, char text[128])
{
	char first[48], second[48];

	peer_text(seen, seen->peer[0], first);
	if (seen->kind <= CHANNEL_SEEN_WAITING)
		snprintf(text, 128, "%s", first);
	else
		snprintf(text, 128, "%s -> %s", first, peer_text(seen, seen->peer[1], second));
	return text;
}

static void print_list(const struct channel_seen *seen, size_t number)
{
	char ends[128], held[16];

	printf(LIST_ROW "\n", "Name", "Link", "State", "Held", "Ends");
	for (; number; seen++, number--) {
		if (seen->kind == CHANNEL_SEEN_PEER)
			continue;
		snprintf(held, sizeof(held), "%u", seen->held);
		printf(LIST_ROW "\n", seen->name, seen->link, state_of(seen), held,
		       ends_text(seen, ends));
	}
}

static const char *pair(unsigned long long a, unsigned long long b, char text[48])
{
	snprintf(text, 48, "%llu/%llu", a, b);
	return text;
}

static void print_channels(const struct channel_seen *seen, size_t number)
{
	char ends[128], t[7][48];

	printf(CHANNEL_ROW, "Channel", "Ends", "Sent", "Back", "Bytes", "Back", "Queues", "High",
	       "Waits");
	for (; number; seen++, number--) {
		const struct channel_counts *a = &seen->ends[0], *b = &seen->ends[1];

		if (seen->kind != CHANNEL_SEEN_OPEN)
			continue;
		snprintf(t[0], 48, "%llu", a->messages);
		snprintf(t[1], 48, "%llu", b->messages);
		snprintf(t[2], 48, "%llu", a->bytes);
		snprintf(t[3], 48, "%llu", b->bytes);
		printf(CHANNEL_ROW, seen->name, ends_text(seen, ends), t[0], t[1], t[2], t[3],
		       pair(a->queue, b->queue, t[4]), pair(a->high, b->high, t[5]),
		       pair(a->waits, b->waits, t[6]));
	}
}

/* The doorbells of a peer's program are told with any of its channels. */
static const struct channel_counts *counts_of(const struct channel_seen *peer,
					      const struct channel_seen *seen, size_t number)
{
	static const struct channel_counts none;

	for (; number; seen++, number--)
		for (int n = 0; n < 2 && seen->kind == CHANNEL_SEEN_OPEN; n++)
			if (seen->peer[n] == peer->peer[0] && !strcmp(seen->link, peer->link))
				return &seen->ends[n];
	return &none;
}

static void print_peers(const struct channel_seen *seen, size_t number)
{
	const struct channel_seen *peer = seen;
	char name[48], t[4][48], bells[48];

	printf(PEER_ROW, "Link", "Peer", "Entries", "Requests", "Refused", "Denied", "Bells");
	for (size_t n = 0; n < number; n++, peer++) {
		const struct channel_counts *counts = counts_of(peer, seen, number);

		if (peer->kind != CHANNEL_SEEN_PEER)
			continue;
		snprintf(t[0], 48, "%u", peer->entries);
		snprintf(t[1], 48, "%llu", peer->requests);
		snprintf(t[2], 48, "%llu", peer->refused + peer->violations);
		snprintf(t[3], 48, "%llu", peer->denied);
		printf(PEER_ROW, peer->link, peer_text(peer, peer->peer[0], name), t[0], t[1], t[2],
		       t[3], pair(counts->doorbells, counts->suppressed, bells));
	}
}

static void print_json_end(const struct channel_seen *seen, int n)
{
	const struct channel_counts *counts = &seen->ends[n];

	printf("%s{\"peer\": %u", n ? ", " : "", seen->peer[n]);
	json_member("cell", cell_of(seen, seen->peer[n]));
	printf(", \"there\": %s", seen->there >> n & 1 ? "true" : "false");
	if (seen->kind == CHANNEL_SEEN_OPEN)
		printf(", \"messages\": %llu, \"bytes\": %llu, \"waits\": %llu, \"queue\": %u, "
		       "\"high\": %u, \"doorbells\": %llu, \"suppressed\": %llu",
		       counts->messages, counts->bytes, counts->waits, counts->queue, counts->high,
		       counts->doorbells, counts->suppressed);
	putchar('}');
}

static void print_json(const struct channel_seen *seen, size_t number)
{
	putchar('[');
	for (size_t i = 0; i < number; i++, seen++) {
		printf("%s\n  {\"state\": \"%s\"", i ? "," : "", state_of(seen));
		json_member("link", seen->link);
		if (seen->kind == CHANNEL_SEEN_PEER) {
			printf(", \"entries\": %u, \"requests\": %llu, \"refused\": %llu, "
			       "\"denied\": %llu, \"violations\": %llu",
			       seen->entries, seen->requests, seen->refused, seen->denied,
			       seen->violations);
		} else {
			json_member("name", seen->name);
			printf(", \"held\": %u", seen->held);
		}
		fputs(", \"ends\": [", stdout);
		print_json_end(seen, 0);
		if (seen->kind >= CHANNEL_SEEN_OFFERED)
			print_json_end(seen, 1);
		fputs("]}", stdout);
	}
	puts(number ? "\n]" : "]");
}

/* Ends of channels have counted when this is over, or are slow. */
static int look(bool count, struct channel_seen **seen, size_t *number)
{
	int ret = channels_see(&channels, count, seen, number);

	if (ret || !count)
		return ret;
	free(*seen);
	io_wait(COUNT_MS);
	return channels_see(&channels, false, seen, number);
}

static int show(bool json, bool count, bool peers)
{
	struct channel_seen *seen;
	size_t number;
	int ret = look(count, &seen, &number);

	if (ret)
		return ret;
	read_links();
	if (json)
		print_json(seen, number);
	else if (!count)
		print_list(seen, number);
	if (!json && peers) {
		print_peers(seen, number);
		putchar('\n');
	}
	if (!json && count)
		print_channels(seen, number);
	free(seen);
	return EXIT_DONE;
}

static int run_once(int argc, char **argv, bool count)
{
	struct view view = { .json = false };
	const struct known_option known[] = {
		CHANNELS_PLACE_OPTIONS(&view.place),
		OPTION_FLAG(0, "json", &view.json),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_no_operands(argc, argv);
	if (!ret)
		ret = channels_open(&channels, &view.place);
	if (ret)
		return ret;
	ret = show(view.json, count, count);
	channels_close(&channels);
	return ret;
}

static int run_list(int argc, char **argv)
{
	return run_once(argc, argv, false);
}

static int run_stats(int argc, char **argv)
{
	return run_once(argc, argv, true);
}

static int run_watch(int argc, char **argv)
{
	struct view view = { .delay = 1 };
	const struct known_option known[] = {
		CHANNELS_PLACE_OPTIONS(&view.place),
		OPTION_NUMBER('n', "count", &view.count, 1, INT32_MAX),
		OPTION_NUMBER('d', "delay", &view.delay, 1, MAX_DELAY),
		OPTION_FLAG(0, "json", &view.json),
		{ 0 }
	};
	unsigned int printed = 0;
	bool live;
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_no_operands(argc, argv);
	if (!ret)
		ret = channels_open(&channels, &view.place);
	if (ret)
		return ret;
	live = !view.json && !view.count && io_is_terminal();
	if (live)
		io_terminal_begin();
	do {
		if (live)
			fputs("\033[H\033[J", stdout);
		ret = show(view.json, true, false);
		if (!ret && !view.json)
			fputs(live ? "\nq quits\n" : "\n", stdout);
		fflush(stdout);
	} while (!ret && !ferror(stdout) && (!view.count || ++printed < view.count) &&
		 io_wait(view.delay * 1000));
	if (live)
		io_terminal_end();
	channels_close(&channels);
	return ret;
}

#define JSON_HELP	"  --json               as a JSON array\n"

const struct command cmd_channel_list = {
	.name = "list",
	.synopsis = CHANNELS_PLACE_SYNOPSIS " [--json]",
	.summary = "List names, and channels with their ends",
	.help = CHANNELS_PLACE_HELP
	JSON_HELP,
	.run = run_list,
};

const struct command cmd_channel_stats = {
	.name = "stats",
	.synopsis = CHANNELS_PLACE_SYNOPSIS " [--json]",
	.summary = "Show what peers have asked for, and what went by channels",
	.help = CHANNELS_PLACE_HELP
	JSON_HELP,
	.run = run_stats,
};

const struct command cmd_channel_watch = {
	.name = "watch",
	.synopsis = CHANNELS_PLACE_SYNOPSIS " [-n COUNT] [-d SECONDS] [--json]",
	.summary = "Show what goes by channels, again and again",
	.help = CHANNELS_PLACE_HELP
	"  -n, --count COUNT    print COUNT tables, one below the other, and end\n"
	"  -d, --delay SECONDS  time between tables (1)\n"
	"  --json               JSON arrays\n"
	"\n"
	"On a terminal the table is renewed in place; the key q ends it.\n",
	.run = run_watch,
};

static const struct command *const commands[] = {
	&cmd_channel_list,
	&cmd_channel_stats,
	&cmd_channel_watch,
	&cmd_channel_cat,
	&cmd_channel_send,
	NULL
};

const struct command cmd_channel = {
	.name = "channel",
	.synopsis = "COMMAND [ARGUMENT]...",
	.summary = "Look at channels between cells, and talk by them",
	.commands = commands,
};
