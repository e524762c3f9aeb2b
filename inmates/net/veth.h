/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef NET_VETH_H
#define NET_VETH_H

#include <jailhouse/types.h>

/*
 * Ethernet between two peers of an IVSHMEM link, protocol 1
 * (JAILHOUSE_SHMEM_PROTO_VETH). Each peer sends through a queue whose parts lie
 * in the two output sections, so that each writes only its own:
 *
 *	section of the sender			section of the receiver
 *	0	descriptors, available ring	(those of the other direction)
 *	used	(used ring of the other one)	used ring: frames taken
 *	data	frames				(frames of the other direction)
 *
 * Rings and notification are those of virtio's split virtqueues with the event
 * index; a frame has one descriptor, its address counts from the section's
 * start. Not a single value of the peer is believed: each is read once and
 * checked, and after one that cannot be, the link goes down until the peer
 * starts anew.
 *
 * Nothing here knows of interrupts or of the device, so that it runs on a host
 * too. One CPU at a time.
 */

enum veth_state {
	VETH_RESET,	/* not there, or not ready to begin */
	VETH_INIT,	/* the own part of the queues is in order */
	VETH_READY,	/* the peer's too */
	VETH_RUN,	/* frames may come and go */
};

#define VETH_ALIGN		64
#define VETH_MAX_QUEUE		4096
/* an IP packet of the greatest length, Ethernet header and VLAN tag, offload */
#define VETH_MAX_FRAME		(65535 + 18 + 16)

struct veth_desc {
	u64 addr;
	u32 len;
	u16 flags;
	u16 next;
};

/*
 * In the flags of the available ring, which the event index makes free: what an
 * end understands. If both do, all frames begin with struct veth_offload.
 */
#define VETH_OFFLOAD		0x8000

/* As virtio's network header, padded. */
struct veth_offload {
	u8 flags;
#define VETH_NEEDS_SUM		1	/* the sum at sum_offset is to be made */
#define VETH_SUM_VALID		2
	u8 gso_type;
	u16 header_len;
	u16 gso_size;
	u16 sum_start;		/* from the frame's start */
	u16 sum_offset;		/* from sum_start */
	u8 unused[6];
};

struct veth_avail {
	u16 flags;
	u16 idx;
	u16 ring[];	/* queue length, and the used event */
};

struct veth_used {
	u16 flags;
	u16 idx;
	struct {
		u32 id;
		u32 len;
	} ring[];	/* queue length, and the available event */
};

struct veth;

/* What the device gives; its functions are called by those below. */
struct veth_link {
	void *own;		/* output section of this peer */
	const void *other;	/* of the other */
	size_t size;		/* of each */
	u16 features;		/* VETH_OFFLOAD */
	const volatile u32 *other_state;
	void *device;		/* of the functions */
	void (*set_state)(struct veth *veth, u32 state);
	/* What was written before must be visible at the interrupt. */
	void (*doorbell)(struct veth *veth);
};

struct veth_stats {
	u64 rx_frames;
	u64 rx_bytes;
	u64 tx_frames;
	u64 tx_bytes;
	u64 tx_full;		/* no room for a frame */
	u64 doorbells;
	u64 violations;		/* the link went down for one */
};

struct veth {
	struct veth_link link;
	struct veth_stats stats;
	enum veth_state state;
	u16 features;		/* of both ends, from VETH_READY on */

	u32 length;		/* of both queues */
	u32 data_start;		/* of frames in a section */
	u32 data_end;

	/* sending: own descriptors, available ring; the peer's used ring */
	struct veth_desc *tx_desc;
	struct veth_avail *tx_avail;
	const struct veth_used *tx_used;
	u16 tx_next;		/* index of the next frame */
	u16 tx_oldest;		/* of the first that is still under way */
	u16 tx_told;		/* where the last doorbell was decided */
	u16 tx_used_next;	/* of the used ring */
	u32 tx_head;		/* where the next frame may start */
	u32 tx_reserved;	/* its start */
	u32 tx_start[VETH_MAX_QUEUE];
	bool tx_done[VETH_MAX_QUEUE];

	/* receiving: the peer's descriptors, available ring; own used ring */
	const struct veth_desc *rx_desc;
	const struct veth_avail *rx_avail;
	struct veth_used *rx_used;
	u16 rx_next;
	u16 rx_told;
	u32 rx_id;		/* of the frame that is looked at */
	u32 rx_len;
};

/* False: the sections are too small for queues of 64 entries. Takes 24 KiB. */
bool veth_init(struct veth *veth, const struct veth_link *link);

/*
 * Goes on as the peer's state allows; to be called at the start and after every
 * interrupt. True: frames can be sent (the carrier is there).
 */
bool veth_update(struct veth *veth);

/* Leaves the link: state VETH_RESET. */
void veth_down(struct veth *veth);

/* The longest frame that can be sent. */
u32 veth_max_frame(const struct veth *veth);

/*
 * Place for a frame of len bytes, aligned to 64, NULL if there is none now.
 * veth_send() sends what was reserved last; veth_flush() rings the doorbell for
 * all that was sent before it, if the peer wants it.
 */
void *veth_reserve(struct veth *veth, u32 len);
void veth_send(struct veth *veth, u32 len);
void veth_flush(struct veth *veth);

/*
 * The next frame, NULL if there is none. The peer can change it at any time:
 * copy it first, look at the copy. veth_release() gives it back.
 */
const void *veth_receive(struct veth *veth, u32 *len);
void veth_release(struct veth *veth);

/*
 * After the last frame: asks for an interrupt with the next one, and rings the
 * doorbell for the frames given back, if the peer wants it. False: there is
 * another one already.
 */
bool veth_wait(struct veth *veth);

#endif /* NET_VETH_H */
