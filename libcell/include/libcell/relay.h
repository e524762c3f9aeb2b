/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_RELAY_H
#define LIBCELL_RELAY_H

#include <libcell/channeld.h>

/**
 * @file
 * Joins a link with others, of all of which a program is a peer: names of the inner one
 * are there on the outer ones, and its programs have channels to names of these. On the
 * inner link it is the manager; on the outer ones too, or, if there is only one, another
 * peer is. By this, programs of one Linux share its places on links.
 */

#define RELAY_LINKS	CHANNELD_UPSTREAMS	/**< outer ones, at most */

/** A relay. The fields are private. */
struct relay {
	struct channeld *inner_manager;	/**< @private */
	struct channel_service *inner;	/**< @private */
	struct channel *any;		/**< @private listens for all other names */
	u32 num_outer;			/**< @private */
	/** @private */
	struct relay_outer {
		struct channel_service *service;	/**< @private */
		struct channeld *manager;		/**< @private */
	} outer[RELAY_LINKS];		/**< @private */
};

/**
 * Begins with the inner link. The service is the relay's alone from now on.
 *
 * @param r		the caller's memory
 * @param inner_manager	of the inner link, with channeld_setup.own
 * @param inner		this program's service there, of which it is the manager
 * @return 0; -ENFILE: no room in the table of the inner service
 */
int relay_open(struct relay *r, struct channeld *inner_manager, struct channel_service *inner);

/**
 * Joins an outer link, before relay_poll() is called first.
 *
 * @param r		opened
 * @param outer		this program's service on the outer link; the relay's alone from
 *	now on
 * @param manager	of that link; NULL: another peer is, and there is no other outer link
 * @return 0; -ENFILE: there are #RELAY_LINKS; -EINVAL: another link, without its manager
 */
int relay_join(struct relay *r, struct channel_service *outer, struct channeld *manager);

/**
 * Does what there is to do, after channeld_poll() and channel_poll() of all that it
 * joins, and before they are armed.
 *
 * @param r	opened
 * @return number of things that were done; 0: nothing is left
 */
u32 relay_poll(struct relay *r);

#endif /* LIBCELL_RELAY_H */
