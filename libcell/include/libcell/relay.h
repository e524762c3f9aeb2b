/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_RELAY_H
#define LIBCELL_RELAY_H

#include <libcell/channeld.h>

/**
 * @file
 * Joins two links, of both of which a program is a peer: names and channels of one are
 * there on the other. On the inner link it is the manager; on the outer one the manager
 * or not. By this, programs of one Linux share its place on a link.
 */

/** A relay. The fields are private. */
struct relay {
	struct channeld *inner_manager;	/**< @private */
	struct channel_service *inner;	/**< @private */
	struct channel_service *outer;	/**< @private */
	struct channel *any;		/**< @private listens for all other names */
};

/**
 * Joins two links. Both services are the relay's alone from now on.
 *
 * @param r		the caller's memory
 * @param inner_manager	of the inner link, with channeld_setup.own
 * @param inner		this program's service there, of which it is the manager
 * @param outer		this program's service on the outer link
 * @return 0; -ENFILE: no room in the table of the inner service
 */
int relay_open(struct relay *r, struct channeld *inner_manager, struct channel_service *inner,
	       struct channel_service *outer);

/**
 * Does what there is to do, after channeld_poll() and channel_poll() of all that it
 * joins, and before they are armed.
 *
 * @param r	opened
 * @return number of things that were done; 0: nothing is left
 */
u32 relay_poll(struct relay *r);

#endif /* LIBCELL_RELAY_H */
