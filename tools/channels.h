/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CHANNELS_H
#define TOOLS_CHANNELS_H

/* Channels by name, as this Linux has them by channeld(8) or by a link. */

#include <libcell/channel.h>
#include <libcell/device.h>

#include "options.h"

#define CHANNELS_WINDOW	64	/* blocks */
#define CHANNELS_TABLE	4

/* Where the command line says that they are. */
struct channels_place {
	const char *socket;	/* of channeld */
	const char *link;	/* or the place on this link itself, */
	unsigned int manager;	/* of which this peer is the manager */
};

#define CHANNELS_SOCKET	"/run/channeld/socket"
#define CHANNELS_PLACE_OPTIONS(place)					\
	OPTION_TEXT('s', "socket", &(place)->socket),			\
	OPTION_TEXT('l', "link", &(place)->link),			\
	OPTION_NUMBER('m', "manager", &(place)->manager, 0, IVSHMEM_MAX_PEERS - 1)

#define CHANNELS_PLACE_SYNOPSIS	"[-s SOCKET | -l LINK -m PEER]"
#define CHANNELS_PLACE_HELP						\
	"  -s, --socket SOCKET  of channeld (" CHANNELS_SOCKET ")\n"	\
	"  -l, --link LINK      without channeld, by this link,\n"	\
	"  -m, --manager PEER   of which this peer is the manager (0)\n"

struct channels {
	struct libcell_device device;
	struct channel_service service;
	struct channel table[CHANNELS_TABLE];
	struct channel_block blocks[2 * CHANNELS_WINDOW];
};

/* EXIT_DONE, or an exit code (said). To be closed. */
int channels_open(struct channels *channels, const struct channels_place *place);
void channels_close(struct channels *channels);
/* Says what an error of one means that is to NAME; the exit code. */
int channels_refused(const char *name, int error);

/* All that the manager has, to be freed; EXIT_DONE, or EXIT_REFUSED (said). */
int channels_see(struct channels *channels, bool count, struct channel_seen **seen,
		 size_t *number);

#endif /* TOOLS_CHANNELS_H */
