/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_BULK_H
#define LIBCELL_BULK_H

#include <libcell/channel.h>

/**
 * @file
 * Large blocks on a channel, filled in and read in place: in the sender's output
 * section, of which a part is the channel's own. Blocks and messages of a channel
 * are received in the order in which they were sent.
 *
 * The receiver only reads the section; **the sender can change a block while it is
 * read**. Who does not trust it copies first (channel_bulk_read()), then looks.
 *
 * With channel_setup.guard, threads may begin, commit, receive and release blocks of one
 * channel at the same time. What channel_bulk_send() sends and channel_bulk_read() receives
 * is in pieces, between which others have the channel: one thread at a time calls it.
 *
 * Documentation/channels.md has the model and the protocol. What calls return beside
 * what channel.h says:
 *
 * - -EINVAL: channel_bulk_open() was not called, or the buffer is of no block that
 *	this call is for: released or committed already, or of a channel that was closed
 * - -EMSGSIZE: larger than the part of the arena, or than the other side takes, or who
 *	hands it on (relay.h)
 * - -ENOMSG: what comes next is not of this kind
 * - -EBADMSG: the checksum is another
 * - -ESTALE: the sender has closed the channel, and since used the room for another
 * - -ECONNRESET: the sender has gone, and its section was used again
 */

/** So many blocks of a channel can be begun or under way, in each direction. */
#define CHANNEL_BULK_BLOCKS	8

/** Blocks begin at multiples of this, and parts of the arena have a head of its size. */
#define CHANNEL_BULK_ALIGN	64

/** For channel_bulk_commit(): with a checksum, CRC-32C. */
#define CHANNEL_BULK_CHECK	1U

/** @private a block of either direction */
struct channel_bulk_block {
	u32 offset;		/**< @private in the part */
	u32 length;		/**< @private ours: of the room */
	u32 state;		/**< @private */
};

/** What a channel has of the arena, and of the other side's. The fields are private. */
struct channel_bulk {
	struct channel *channel;	/**< @private NULL: closed, and not all is back */
	u32 handle;			/**< @private its own; 0: this is free */
	u32 peer;			/**< @private */
	u64 order;			/**< @private of closing */
	u32 part;			/**< @private offset of the head in the section */
	u32 size;			/**< @private without the head; 0: only receives */
	u32 count;			/**< @private of out */
	struct channel_bulk_block out[CHANNEL_BULK_BLOCKS];	/**< @private by offset */
	u32 in_count;			/**< @private */
	struct channel_bulk_block in[CHANNEL_BULK_BLOCKS];	/**< @private in any order */
	u32 largest;			/**< @private block that is taken */
	bool owes_open;			/**< @private to the other side */
	bool deaf;			/**< @private the other side has gone */
	bool wants;			/**< @private had no room for a block */
};

/** A block that has come. */
struct channel_bulk_data {
	const void *data;	/**< in the sender's section, aligned to 64 */
	u32 length;		/**< of it, at least 1 */
	bool checked;		/**< there is a checksum */
	u32 checksum;		/**< as of channel_crc32c(), when it was committed */
	u64 left;		/**< bytes that come after this one (channel_bulk_send()) */
};

/**
 * Prepares a channel for bulk; both sides do so, in any order. It has this part of the
 * arena until it is closed, and what has been sent is back: who does not release stops
 * its own channel, and no other one.
 *
 * @param c	asked for, accepted or open; not a name
 * @param bytes	of all blocks that are begun, or sent and not released yet: rounded up
 *	to #CHANNEL_BULK_ALIGN, which the arena has once more of it; 0: only receives
 * @return 0; -ENOMEM: the arena has no such room left in one piece; -ENFILE: no more
 *	of channel_setup.bulks; -EINVAL: it has one already
 */
int channel_bulk_open(struct channel *c, u32 bytes);

/**
 * A buffer to be filled in in place. Waits until the other side has called
 * channel_bulk_open(), and released enough.
 *
 * @param c		prepared
 * @param size		of the buffer, at least 1
 * @param buffer	gets it, aligned to 64; it is the caller's until
 *	channel_bulk_commit() or channel_bulk_release()
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0, or an error as above
 */
int channel_bulk_begin(struct channel *c, u32 size, void **buffer, u64 timeout_us);

/**
 * Sends a block that was filled in: after that, the buffer is the receiver's. Waits like
 * channel_send(); it takes one block of the window. After an error the buffer is the
 * caller's still.
 *
 * @param c		prepared
 * @param buffer	of channel_bulk_begin()
 * @param length	of what is sent, at least 1 and at most what was asked for
 * @param flags		0 or #CHANNEL_BULK_CHECK
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0, or an error as above
 */
int channel_bulk_commit(struct channel *c, const void *buffer, u32 length, u32 flags,
			u64 timeout_us);

/**
 * Receives a block, to be read in place.
 *
 * @param c		prepared
 * @param block		gets it, until channel_bulk_release()
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -ENOMSG: a message comes first (channel_receive()); -ESTALE or
 *	-ECONNRESET: what comes next is lost, and is dropped; or an error as above
 */
int channel_bulk_receive(struct channel *c, struct channel_bulk_data *block,
			 u64 timeout_us);

/**
 * Gives a block back: one that was received, also when the channel has ended meanwhile;
 * or one that was begun and is not to be sent. If there is no room to say so now,
 * channel_poll() does.
 *
 * @param c		prepared
 * @param buffer	of it
 * @return 0; -ESTALE or -ECONNRESET: it has been given back, but what was read of it
 *	must not be used; or an error as above
 */
int channel_bulk_release(struct channel *c, const void *buffer);

/**
 * By copy, of any length: what is larger than the part goes in pieces. Those of a part
 * of 16 KiB or more are halves of it: one is read while the next is copied.
 *
 * @param c		prepared
 * @param data		of any alignment
 * @param length	of it, at least 1
 * @param done		0 at first; gets how much has been sent. After -ETIMEDOUT or
 *	-EINTR the same call goes on from there
 * @param flags		0 or #CHANNEL_BULK_CHECK
 * @param timeout_us	for each piece. 0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0, or an error as above
 */
int channel_bulk_send(struct channel *c, const void *data, u64 length, u64 *done,
		      u32 flags, u64 timeout_us);

/**
 * By copy: receives all pieces of what was sent by channel_bulk_send(), or a block. If
 * there is a checksum, it is that of the copy.
 *
 * @param c		prepared
 * @param to		gets it; of any alignment
 * @param size		of the room for it
 * @param done		0 at first; gets how much has come. After -ETIMEDOUT or -EINTR
 *	the same call goes on from there
 * @param timeout_us	for each piece. 0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -EMSGSIZE: it is longer than @p size, and left there; -EBADMSG: the piece
 *	is dropped; or an error as above
 */
int channel_bulk_read(struct channel *c, void *to, u64 size, u64 *done, u64 timeout_us);

/**
 * CRC-32C (Castagnoli), as of iSCSI.
 *
 * @param data		of any alignment
 * @param length	of it
 * @return the checksum
 */
u32 channel_crc32c(const void *data, u64 length);

#endif /* LIBCELL_BULK_H */
