/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse shmem, and shmem list */

#include <stdio.h>
#include <stdlib.h>

#include <jailhouse/cell-config.h>

#include "command.h"
#include "links.h"
#include "message.h"
#include "options.h"
#include "show/json.h"
#include "sysfs.h"

#define ROW_FORMAT	"%-14s%-8s%-10s%-12s%-12s%-12s%s"

static const char *protocol_name(const struct link *link)
{
	if (!link->has_device)
		return "-";
	switch (link->protocol) {
	case JAILHOUSE_SHMEM_PROTO_UNDEFINED:
		return "none";
	case JAILHOUSE_SHMEM_PROTO_VETH:
		return "veth";
	}
	return link->protocol >= JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT ? "virtio" :
								      "custom";
}

static const char *size_text(const struct link *link, u64 size, char text[32])
{
	snprintf(text, 32, link->uio[0] ? "%llu KiB" : "-", size / 1024);
	return text;
}

/* The number of each peer, its cell, and its state after a colon. */
static void print_peers(const struct link *link)
{
	unsigned int i;

	for (i = 0; i < link->max_peers; i++) {
		const struct link_peer *peer = &link->peers[i];

		printf("%s%u %s", i ? ", " : "", i,
		       peer->cell[0] ? peer->cell : "-");
		if (peer->has_state)
			printf(":%u", peer->state);
	}
	putchar('\n');
}

static void print_table(const struct link *links, size_t count)
{
	char rw[32], output[32], interrupts[32];
	const struct link *link;

	printf(ROW_FORMAT "\n", "Link", "Device", "Protocol", "Read/write",
	       "Output", "Interrupts", "Peers and their states");
	for (link = links; link < links + count; link++) {
		snprintf(interrupts, sizeof(interrupts),
			 link->uio[0] ? "%llu" : "-", link->interrupts);
		printf(ROW_FORMAT, link->name, link->uio[0] ? link->uio : "-",
		       protocol_name(link), size_text(link, link->rw_size, rw),
		       size_text(link, link->output_size, output), interrupts,
		       "");
		print_peers(link);
	}
}

static void print_json_peers(const struct link *link)
{
	unsigned int i;

	for (i = 0; i < link->max_peers; i++) {
		printf("%s{\"cell\": ", i ? ", " : "");
		if (link->peers[i].cell[0])
			json_string(link->peers[i].cell);
		else
			fputs("null", stdout);
		if (link->peers[i].has_state)
			printf(", \"state\": %u}", link->peers[i].state);
		else
			fputs(", \"state\": null}", stdout);
	}
}

static void print_json(const struct link *links, size_t count)
{
	const struct link *link;

	putchar('[');
	for (link = links; link < links + count; link++) {
		printf("%s\n  {\"link\": ", link > links ? "," : "");
		json_string(link->name);
		fputs(", \"protocol\": ", stdout);
		if (link->has_device)
			printf("%u", link->protocol);
		else
			fputs("null", stdout);
		if (link->uio[0]) {
			fputs(", \"device\": ", stdout);
			json_string(link->uio);
			printf(", \"rw_size\": %llu, \"output_size\": %llu, "
			       "\"interrupts\": %llu", link->rw_size,
			       link->output_size, link->interrupts);
		} else {
			fputs(", \"device\": null", stdout);
		}
		fputs(", \"peers\": [", stdout);
		print_json_peers(link);
		fputs("]}", stdout);
	}
	puts(count ? "\n]" : "]");
}

static int run_list(int argc, char **argv)
{
	bool json, enabled = false;
	struct link *links;
	size_t count;
	int ret;

	ret = options_json_only(argc, argv, &json);
	if (!ret)
		ret = sysfs_notice_disabled(&enabled);
	if (!ret)
		ret = links_read(&links, &count);
	if (ret)
		return ret;
	if (json)
		print_json(links, count);
	else if (enabled)
		print_table(links, count);
	free(links);
	return EXIT_DONE;
}

const struct command cmd_shmem_list = {
	.name = "list",
	.synopsis = "[--json]",
	.summary = "List the links, their sizes, interrupts and peers",
	.help =
	"  --json  as a JSON array\n",
	.run = run_list,
};

static const struct command *const commands[] = {
	&cmd_shmem_list,
	&cmd_shmem_ping,
	&cmd_shmem_bench,
	NULL
};

const struct command cmd_shmem = {
	.name = "shmem",
	.synopsis = "COMMAND [ARGUMENT]...",
	.summary = "Look at and try the shared memory of cells",
	.commands = commands,
};
