/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels.h"
#include "message.h"

#define ANSWER_US	5000000
#define FLUSH_US	1000000
#define LOCAL_TRUNK	65536U

static int refused_place(const struct channels_place *place, int error)
{
	char why[512];

	if (place->link && error == -EBUSY)
		return refused("the place of this Linux on link '%s' is taken; if channeld has it, use "
			       "its socket", place->link);
	if (place->link) {
		libcell_explain(place->link, error, why, sizeof(why));
		return refused("%s", why);
	}
	if (error == -ENOENT || error == -ECONNREFUSED)
		return refused("no channeld is at '%s': systemctl start channeld", place->socket);
	if (error == -EBUSY)
		return refused("no place is left at '%s'", place->socket);
	return refused("cannot use channeld at '%s': %s", place->socket, strerror(-error));
}

int channels_open(struct channels *channels, const struct channels_place *place)
{
	struct channels_place at = *place;
	struct channel_setup setup = {
		.manager = place->manager, .channels = channels->table,
		.num_channels = CHANNELS_TABLE, .blocks = channels->blocks,
		.num_blocks = ARRAY_SIZE(channels->blocks),
	};
	int ret;

	if (place->socket && place->link)
		return misused("--socket and --link exclude each other");
	if (place->manager && !place->link)
		return misused("--manager is of a --link");
	if (!place->socket)
		at.socket = CHANNELS_SOCKET;
	if (at.socket[0] != '/')
		return misused("the path of a socket begins with /");
	ret = libcell_open(&channels->device, place->link ? place->link : at.socket);
	if (ret)
		return refused_place(&at, ret);
	setup.trunk = place->link ? channel_trunk_size(&channels->device.link) : LOCAL_TRUNK;
	ret = channel_open(&channels->service, &channels->device.link, &setup);
	if (!ret)
		return EXIT_DONE;
	libcell_close(&channels->device);
	if (ret == -EINVAL)
		return refused("peer %u cannot be the manager of link '%s'", place->manager,
			       place->link);
	return refused_place(&at, ret);
}

void channels_close(struct channels *channels)
{
	channel_flush(&channels->service, FLUSH_US);
	libcell_close(&channels->device);
}

int channels_refused(const char *name, int error)
{
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{ -ENOENT, "nobody listens to it; with --wait, somebody is waited for" },
		{ -EADDRINUSE, "another listens to it already" },
		{ -EACCES, "the manager's rules do not allow it; its log has which one" },
		{ -ECONNREFUSED, "who listens to it has refused" },
		{ -EPIPE, "the other side has closed" },
		{ -ECONNRESET, "the other side has gone" },
		{ -ECONNABORTED, "the manager has gone, and messages that it held are lost" },
		{ -EMSGSIZE, "a message is longer than the other side or the link takes" },
		{ -EINVAL, "a name has letters, digits and ._-/ only" },
		{ -ENAMETOOLONG, "a name has at most 31 characters" },
		{ -EPROTONOSUPPORT, "the manager is of another version" },
		{ -ENODEV, "channeld has gone" },
		{ -ETIMEDOUT, "no answer in time: is there a manager, and does the other side read?" },
	};

	for (size_t n = 0; n < ARRAY_SIZE(texts); n++)
		if (texts[n].error == error)
			return refused("'%s': %s", name, texts[n].text);
	return refused("'%s': %s", name, strerror(-error));
}

int channels_see(struct channels *channels, bool count, struct channel_seen **seen,
		 size_t *number)
{
	struct channel_seen *all = NULL, *larger, one;
	size_t room = 0;
	u32 cursor = 0;
	int ret;

	*number = 0;
	while ((ret = channel_see(&channels->service, &cursor, count, &one, ANSWER_US)) == 1) {
		if (*number == room) {
			room = room * 2 + 16;
			larger = realloc(all, room * sizeof(*all));
			if (!larger) {
				ret = -ENOMEM;
				break;
			}
			all = larger;
		}
		all[(*number)++] = one;
	}
	*seen = all;
	if (!ret)
		return EXIT_DONE;
	free(all);
	if (ret == -ETIMEDOUT)
		return refused("the manager does not answer within %u s: it is not there, or older than "
			       "this command", ANSWER_US / 1000000);
	return refused("cannot see the channels: %s", strerror(-ret));
}
