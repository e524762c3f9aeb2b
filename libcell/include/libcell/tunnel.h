/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_TUNNEL_H
#define LIBCELL_TUNNEL_H

#include <libcell/ring.h>

/**
 * @file
 * ipc_create_tunnel of the paravirtual interface: memory shared with another cell that
 * two programs make while they run, out of a link that the configurations of both have.
 *
 *	libcell_tunnel_create(&tunnel, link, peer, 1, 4096, LIBCELL_TUNNEL_BOTH);
 *	while (libcell_tunnel_look(&tunnel))
 *		libcell_wait(...);
 *	write to tunnel.own, read from tunnel.other, libcell_tunnel_ring(&tunnel)
 *
 * Both say the same number and size, and opposite rights. Each writes its own memory
 * alone: stage 2 holds that. When either program or cell goes, the tunnel has gone.
 */

#define LIBCELL_TUNNEL_OFFER	1	/**< the peer may read what is ours */
#define LIBCELL_TUNNEL_READ	2	/**< we read what is the peer's */
#define LIBCELL_TUNNEL_BOTH	3	/**< each of both */

/** One end. */
struct libcell_tunnel {
	void *own;		/**< ours, aligned to 8; NULL: no tunnel, or not offered */
	const void *other;	/**< the peer's; NULL: no tunnel, or not ours to read */
	void *sent;		/**< @private ours, when the peer can have it */
	u32 rights;		/**< @private */
	struct libcell_producer out;	/**< @private */
	struct libcell_consumer in;	/**< @private */
};

/**
 * Asks for a tunnel; the peer need not be there.
 *
 * @param t		the caller's memory, used until libcell_detach()
 * @param link		attached
 * @param peer		its other end
 * @param number	tells tunnels between the same peers apart, below 0x10000
 * @param size		bytes of each direction, a multiple of 8
 * @param rights	LIBCELL_TUNNEL_...
 * @return 0; -ENOMEM: no room in the own output section; -EINVAL
 */
int libcell_tunnel_create(struct libcell_tunnel *t, struct libcell_link *link,
			  u32 peer, u32 number, u32 size, u32 rights);

/**
 * Goes on as the peer's end allows, at the start and after every interrupt.
 *
 * @param t	created
 * @return 0: it is there; -EAGAIN, -ENOTCONN: not yet; -ECONNRESET: the peer has gone,
 *	said once; -EPROTO: the peer says another size
 */
int libcell_tunnel_look(struct libcell_tunnel *t);

/**
 * Interrupts the peer, which sees what was written before.
 *
 * @param t	created
 */
void libcell_tunnel_ring(struct libcell_tunnel *t);

#endif /* LIBCELL_TUNNEL_H */
