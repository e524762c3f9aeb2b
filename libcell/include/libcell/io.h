/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_IO_H
#define LIBCELL_IO_H

#include <libcell/bytes.h>

/**
 * @file
 * io_send_mac and io_send_packets of the paravirtual interface: Ethernet for a guest that
 * has no driver. Its frames leave, and come, by an interface of root's, where
 * libcell/demos/cell-bridge.c runs. Both ends use these calls.
 */

#define LIBCELL_IO_MAC		6	/**< bytes of an address */
#define LIBCELL_IO_MIN		14	/**< bytes of a frame: its header */
#define LIBCELL_IO_MAX		1518	/**< with a VLAN tag, without the check sequence */

/** One end. */
struct libcell_io {
	struct libcell_producer out;	/**< @private */
	struct libcell_consumer in;	/**< @private */
	u32 told;			/**< @private session that knows the address */
	u8 mac[LIBCELL_IO_MAC];		/**< @private */
};

/** A frame to be sent. */
struct libcell_io_packet {
	const void *frame;	/**< from the destination's address on */
	u32 length;		/**< without the check sequence */
};

/**
 * Opens both directions; the peer need not be there.
 *
 * @param io	the caller's memory, used until libcell_detach()
 * @param link	attached
 * @param peer	its other end
 * @return 0; -ENOMEM: no room in the own output section; -EINVAL: no such peer
 */
int libcell_io_open(struct libcell_io *io, struct libcell_link *link, u32 peer);

/**
 * io_send_mac: which address this end has. It is told with each new session, before the
 * first frame.
 *
 * @param io	opened
 * @param mac	of this end
 * @return 0: the peer is told; -ENOTCONN, -EAGAIN: it will be; or those of ring.h
 */
int libcell_io_send_mac(struct libcell_io *io, const u8 mac[LIBCELL_IO_MAC]);

/**
 * io_send_packets: sends as many as there is room for, without waiting.
 *
 * @param io		with an address
 * @param packets	the frames, each of LIBCELL_IO_MIN to LIBCELL_IO_MAX bytes
 * @param count		of them, at least 1
 * @return how many have been sent; -EMSGSIZE: the first cannot be; -EAGAIN: no room; or
 *	those of ring.h
 */
int libcell_io_send_packets(struct libcell_io *io,
			    const struct libcell_io_packet *packets, unsigned int count);

/**
 * Waits for a frame.
 *
 * @param io		opened
 * @param frame		gets it: LIBCELL_IO_MAX bytes
 * @param timeout_us	as libcell_bytes_receive()
 * @return its length; LIBCELL_IO_MAC: it is the peer's address; or those of
 *	libcell_bytes_receive()
 */
int libcell_io_receive(struct libcell_io *io, void *frame, u64 timeout_us);

#endif /* LIBCELL_IO_H */
