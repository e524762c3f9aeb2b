/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_HUB_H
#define LIBCELL_HUB_H

#include <libcell/device.h>

/**
 * @file
 * A link between programs of one Linux, without a device: this program is its peer
 * 0, others join with libcell_open() and the path of its socket.
 */

/** A hub. The fields that do not say so are private. */
struct libcell_hub {
	struct libcell_device device;	/**< the own end: device.link is attached */
	int fd;				/**< readable: there is something for libcell_hub_poll() */
	int listener;			/**< @private */
	int sockets[LIBCELL_LOCAL_PEERS];	/**< @private of those who have joined */
	u32 *states;			/**< @private */
	int states_file;		/**< @private */
	int sections[LIBCELL_LOCAL_PEERS];	/**< @private */
	const char *path;		/**< @private */
};

/**
 * Makes a link and its socket, which only this user can use.
 *
 * @param hub		the caller's memory, used until libcell_hub_close()
 * @param path		of the socket; what is left there of a program that has gone is
 *	replaced; used until libcell_hub_close()
 * @param output_size	of each section, a multiple of the page
 * @return 0; -EADDRINUSE: another program is the hub there; or why it cannot be made
 */
int libcell_hub_open(struct libcell_hub *hub, const char *path, u32 output_size);

/**
 * Lets programs join, and notices those who have left. Does not wait.
 *
 * @param hub	opened
 */
void libcell_hub_poll(struct libcell_hub *hub);

/**
 * Ends the link: for those who have joined, nobody is there any more.
 *
 * @param hub	opened
 */
void libcell_hub_close(struct libcell_hub *hub);

#endif /* LIBCELL_HUB_H */
