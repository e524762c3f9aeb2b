// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The links of the daemon, and their managers; and the programs of this Linux. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libcell/bulk.h>
#include <libcell/hub.h>

#include "access.h"
#include "places.h"

#define ENTRIES		512
#define BLOCKS		256
/* Of all programs of this Linux together. */
#define CHANNELS	512
#define CHANNEL_BLOCKS	16384
#define LOCAL_ENTRIES	(LIBCELL_LOCAL_PEERS * 128)
/* Of a local link: its memory is there when it is used. */
#define LOCAL_TRUNK	262144
#define LOCAL_ARENA	(4U << 20)
#define LOCAL_SECTION	(LIBCELL_LOCAL_PEERS * LOCAL_TRUNK + 65536 + LOCAL_ARENA)
/* Nothing waits for this: a doorbell wakes us. */
#define PAUSE_MS	100

/* A part in the channels of a link, by which the programs' are handed on. */
struct part {
	struct channel_service service;
	struct channel channels[CHANNELS];
	struct channel_block blocks[CHANNEL_BLOCKS];
	struct channel_bulk bulks[CHANNELS];
};

struct place {
	struct libcell_device device;
	struct channeld manager;	/* manager.link: if this is it */
	struct channeld_entry entries[ENTRIES];
	struct channel_block blocks[BLOCKS];
	struct part part;		/* if programs share it */
};

static struct place *places[RELAY_LINKS];
static u32 num_places;

static struct {
	const char *path;		/* NULL: there are none */
	struct libcell_hub hub;
	struct channeld manager;
	struct channeld_entry entries[LOCAL_ENTRIES];
	struct channel_block blocks[BLOCKS];
	struct part part;
	struct relay relay;
} programs;

static int say_link(const char *link, int error)
{
	const char *why = NULL;
	char text[512];

	switch (error) {
	case -EACCES:
		why = "the device is for root and the group jailhouse only";
		break;
	case -ENOMEM:
		why = "its output section is too small for the rings of all peers";
		break;
	}
	if (why)
		snprintf(text, sizeof(text), "link %s: %s", link ? link : "", why);
	else
		libcell_explain(link, error, text, sizeof(text));
	fprintf(stderr, "channeld: %s\n", text);
	return error;
}

static int take_part(struct part *part, struct libcell_link *link, u32 manager, u32 trunk)
{
	const struct channel_setup setup = {
		.manager = manager, .channels = part->channels, .num_channels = CHANNELS,
		.blocks = part->blocks, .num_blocks = CHANNEL_BLOCKS, .trunk = trunk,
		.arena = CHANNEL_ARENA_REST, .bulks = part->bulks, .num_bulks = CHANNELS,
	};

	return channel_open(&part->service, link, &setup);
}

static int manage(struct place *place, bool shared, bool rules)
{
	const struct channeld_setup setup = {
		.entries = place->entries, .num_entries = ENTRIES,
		.blocks = place->blocks, .num_blocks = BLOCKS, .own = shared,
		.name = place->device.name, .may = rules ? access_may : NULL,
	};
	struct libcell_link *link = &place->device.link;
	int ret = channeld_open(&place->manager, link, &setup);

	if (!ret && shared)
		channeld_show(&programs.manager, &place->manager);
	if (!ret)
		printf("channeld: manager of %s, peer %u of %u\n", place->device.name, link->id,
		       link->max_peers);
	return ret;
}

static int check_manager(const struct place *place, long manager)
{
	const struct libcell_link *link = &place->device.link;

	if (manager < 0 || (manager != link->id && manager < link->max_peers))
		return 0;
	fprintf(stderr, "channeld: %s: peer %ld cannot be the manager: %s%u\n",
		place->device.name, manager,
		manager == link->id ? "this Linux is peer " : "it has only peers 0 to ",
		manager == link->id ? link->id : link->max_peers - 1);
	return -EINVAL;
}

static int share(struct place *place, long manager)
{
	struct libcell_link *link = &place->device.link;
	int ret = take_part(&place->part, link, manager < 0 ? link->id : (u32)manager,
			    channel_trunk_size(link));

	return ret ? ret : relay_join(&programs.relay, &place->part.service,
				      manager < 0 ? &place->manager : NULL);
}

static int open_place(const char *name, const struct options *options)
{
	struct place *place = calloc(1, sizeof(*place));
	int ret = place ? libcell_open(&place->device, name) : -ENOMEM;

	if (ret) {
		free(place);
		return say_link(name, ret);
	}
	places[num_places++] = place;
	ret = check_manager(place, options->manager);
	if (ret)
		return ret;
	if (options->manager < 0)
		ret = manage(place, options->socket, options->access);
	if (!ret && options->socket)
		ret = share(place, options->manager);
	return ret ? say_link(place->device.name, ret) : 0;
}

static int open_programs(const char *path, bool rules)
{
	const struct channeld_setup setup = {
		.entries = programs.entries, .num_entries = LOCAL_ENTRIES,
		.blocks = programs.blocks, .num_blocks = BLOCKS, .own = true, .name = "local",
		.may = rules ? access_may : NULL, .one_system = true,
	};
	struct libcell_link *link = &programs.hub.device.link;
	int ret = libcell_hub_open(&programs.hub, path, LOCAL_SECTION);

	if (ret) {
		fprintf(stderr, "channeld: no programs can come to %s: %s\n", path,
			ret == -EADDRINUSE ? "another channeld is there, or what is no socket" :
					     strerror(-ret));
		return ret;
	}
	programs.path = path;
	ret = channeld_open(&programs.manager, link, &setup);
	if (!ret)
		ret = take_part(&programs.part, link, link->id, LOCAL_TRUNK);
	return ret ? ret : relay_open(&programs.relay, &programs.manager, &programs.part.service);
}

int places_open(const struct options *options)
{
	int ret = options->socket ? open_programs(options->socket, options->access) : 0;

	if (!ret && !options->local && !options->num_links)
		ret = open_place(NULL, options);
	for (u32 n = 0; n < options->num_links && !ret; n++)
		ret = open_place(options->links[n], options);
	if (!ret && options->socket)
		printf("channeld: programs can come to %s\n", options->socket);
	return ret;
}

static u32 turn(void)
{
	u32 count = 0;

	for (u32 n = 0; n < num_places; n++) {
		if (places[n]->manager.link)
			count += channeld_poll(&places[n]->manager);
		if (programs.path)
			count += channel_poll(&places[n]->part.service);
	}
	if (!programs.path)
		return count;
	libcell_hub_poll(&programs.hub);
	return count + channeld_poll(&programs.manager) +
	       channel_poll(&programs.part.service) + relay_poll(&programs.relay);
}

static bool arm(void)
{
	bool idle = true;

	for (u32 n = 0; n < num_places; n++) {
		if (places[n]->manager.link)
			idle &= channeld_arm(&places[n]->manager);
		if (programs.path)
			idle &= channel_arm(&places[n]->part.service);
	}
	if (programs.path)
		idle &= channeld_arm(&programs.manager) & channel_arm(&programs.part.service);
	return idle;
}

/* What has come is taken, so that the descriptor says what comes next. */
static int hear(struct libcell_device *device)
{
	int ret = libcell_wait(&device->link, libcell_events(&device->link), 0);

	return ret == -ETIMEDOUT || ret == -EINTR ? 0 : ret;
}

int places_serve(void)
{
	struct pollfd fds[RELAY_LINKS + 2];
	nfds_t count = 0;
	int ret = 0;

	if (turn() || !arm())
		return 0;
	for (u32 n = 0; n < num_places; n++)
		fds[count++] = (struct pollfd){ .fd = libcell_fd(&places[n]->device),
						.events = POLLIN };
	if (programs.path) {
		fds[count++] = (struct pollfd){ .fd = libcell_fd(&programs.hub.device),
						.events = POLLIN };
		fds[count++] = (struct pollfd){ .fd = programs.hub.fd, .events = POLLIN };
	}
	poll(fds, count, PAUSE_MS);
	for (u32 n = 0; n < num_places && !ret; n++) {
		ret = hear(&places[n]->device);
		if (ret)
			fprintf(stderr, "channeld: %s: the link has gone: %s\n",
				places[n]->device.name, strerror(-ret));
	}
	if (!ret && programs.path)
		ret = hear(&programs.hub.device);
	return ret;
}

static void say_stats(const char *where, const struct channeld *manager)
{
	const struct channeld_stats *stats = &manager->stats;

	if (manager->link)
		printf("channeld: %s: %llu requests, %llu channels opened, %llu messages held, "
		       "%llu lost, %llu refused, %llu denied, %llu violations\n", where,
		       stats->requests, stats->opened, stats->held, stats->lost,
		       stats->refused, stats->denied, stats->violations);
}

void places_close(void)
{
	if (programs.path) {
		say_stats(programs.path, &programs.manager);
		libcell_hub_close(&programs.hub);
	}
	for (u32 n = 0; n < num_places; n++) {
		say_stats(places[n]->device.name, &places[n]->manager);
		libcell_close(&places[n]->device);
		free(places[n]);
	}
}
