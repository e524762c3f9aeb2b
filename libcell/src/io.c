// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Frames are messages; one that is as long as an address is one. */

#include <libcell/io.h>

#include "port.h"

#define CHANNEL		0x696f0000U
#define TYPE		0x696f6501U
#define RING		16384U

int libcell_io_open(struct libcell_io *io, struct libcell_link *link, u32 peer)
{
	const struct libcell_ring out = LIBCELL_BYTES(CHANNEL, TYPE, RING);
	const struct libcell_ring in = LIBCELL_BYTES(CHANNEL, TYPE, 0);
	int ret = libcell_open_producer(&io->out, link, peer, &out);

	io->told = 0;
	return ret ? ret : libcell_open_consumer(&io->in, link, peer, &in);
}

static int tell(struct libcell_io *io)
{
	int ret = libcell_bytes_send(&io->out, io->mac, sizeof(io->mac), 0);

	if (!ret)
		io->told = io->out.end.session;
	/* nothing was waited for */
	return ret == -ETIMEDOUT ? -EAGAIN : ret;
}

int libcell_io_send_mac(struct libcell_io *io, const u8 mac[LIBCELL_IO_MAC])
{
	memcpy(io->mac, mac, sizeof(io->mac));
	return tell(io);
}

static int send_one(struct libcell_io *io, const struct libcell_io_packet *packet)
{
	void *room;
	int ret;

	if (packet->length < LIBCELL_IO_MIN || packet->length > LIBCELL_IO_MAX)
		return -EMSGSIZE;
	ret = libcell_bytes_reserve(&io->out, &room, packet->length);
	if (!ret && io->told != io->out.end.session) {
		/* the room stays free, and this comes before it */
		ret = tell(io);
		if (!ret)
			ret = libcell_bytes_reserve(&io->out, &room, packet->length);
	}
	if (ret)
		return ret;
	memcpy(room, packet->frame, packet->length);
	return libcell_bytes_commit(&io->out, packet->length);
}

int libcell_io_send_packets(struct libcell_io *io,
			    const struct libcell_io_packet *packets, unsigned int count)
{
	unsigned int sent;
	int ret = 0;

	for (sent = 0; sent < count && !ret; sent++)
		ret = send_one(io, &packets[sent]);
	if (!ret)
		return (int)count;
	return sent > 1 ? (int)sent - 1 : ret;
}

int libcell_io_receive(struct libcell_io *io, void *frame, u64 timeout_us)
{
	return libcell_bytes_receive(&io->in, frame, LIBCELL_IO_MAX, timeout_us);
}
