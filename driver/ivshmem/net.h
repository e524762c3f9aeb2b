/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef IVSHMEM_NET_H
#define IVSHMEM_NET_H

/*
 * Ethernet over a link of two peers, protocol 1 (veth). Each peer writes to its
 * own output section only:
 *
 *	0		descriptors and available ring of what it sends
 *			used ring of what it receives
 *	data_offset	the frames it sends
 *
 * Together the two are one split virtqueue for each direction, with event
 * indices: the used ring of what we send is in the peer's section, at the
 * offset that it would have in ours. One descriptor is one frame, its address
 * counts from the start of the sender's section.
 *
 * Nothing in the peer's section is believed: each value is read once, checked
 * and then used; what does not fit ends the link until both have begun anew.
 */

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/virtio_net.h>
#include <linux/virtio_ring.h>
#include <linux/workqueue.h>

#include "ivshmem_pci.h"

/* In the state register */
enum net_state {
	NET_RESET,
	NET_INIT,	/* our rings are empty */
	NET_READY,	/* the peer's were empty too */
	NET_RUN,	/* the interface is up: we look at what comes */
};

/*
 * In the flags of the available ring, which mean nothing otherwise as events
 * have indices: "I understand frames with a struct net_offload before them". If
 * both say so all frames have it. Checksums that were left to the hardware stay
 * open then, and frames come as large as TCP makes them.
 */
#define NET_FLAG_OFFLOAD	0x8000

struct net_offload {
	struct virtio_net_hdr hdr;	/* little-endian */
	u8 unused[6];
};

#define NET_VRING_ALIGN		64
#define NET_SLOT_ALIGN		64
/* Of a frame without struct net_offload */
#define NET_MAX_FRAME		(65535U + VLAN_ETH_HLEN)

struct net_stats {
	u64 interrupts;
	u64 data_doorbells;	/* sent: there are frames */
	u64 space_doorbells;	/* sent: frames have been taken */
	u64 tx_stops;		/* no room for another frame */
	u64 tx_offload, rx_offload;	/* frames with open checksums */
	u64 tx_gso, rx_gso;		/* and of those, larger than a packet */
	u64 rx_no_memory;
	u64 peer_errors;	/* it wrote what cannot be */
	u64 link_resets;
};

/* Both directions of one queue pair; the protocol has one. */
struct net_queue {
	struct net_link *link;
	struct napi_struct napi;

	/* Sending: under the transmit lock of the queue */
	struct vring tx;
	u16 tx_next;		/* index of the next descriptor, free-running */
	u16 tx_notified;	/* the peer was told up to here */
	u16 tx_oldest;		/* the first that the peer has not taken */
	u16 used_next;		/* in the used ring: the next to look at */
	u32 data_head, data_tail;	/* in the data: next free, oldest used */
	u32 *slot_start;	/* of each descriptor, or SLOT_TAKEN */

	/* Receiving: in NAPI's poll function */
	struct vring rx;
	u16 rx_next;
};

struct net_link {
	struct net_device *dev;
	struct pci_dev *pdev;
	struct ivshmem_layout layout;
	void *memory;		/* state table and sections */
	const u32 *states;
	u8 *ours;		/* output sections */
	const u8 *theirs;
	u32 peer;		/* its id */
	u32 ring_len;
	u32 data_offset, data_size;
	u32 max_slot;		/* of one frame */
	u32 data_vector;	/* the peer's, for frames */
	int vectors;		/* ours */

	struct work_struct work;
	struct mutex lock;	/* of state and up, and of starting and stopping */
	enum net_state state;
	bool up;
	u32 peer_state;		/* as of the last look */
	bool running;		/* the rings are in use */
	bool broken;		/* by the peer */
	bool offload;		/* see NET_FLAG_OFFLOAD */

	struct net_stats stats;
	struct net_queue queue;
};

/* net_ring.c */

/* Length and place of the rings; -EINVAL if the sections are too small. */
int ring_layout(struct net_link *link);
/* Empties our part of the rings. */
void ring_reset(struct net_link *link);
/* Does the peer understand struct net_offload? */
bool ring_peer_offloads(const struct net_link *link);
netdev_tx_t ring_xmit(struct sk_buff *skb, struct net_device *dev);
int ring_poll(struct napi_struct *napi, int budget);

/* net_link.c: the state register. These may sleep. */

/* Looks at the peer's state and does what is due. */
void link_update(struct net_link *link);
/* The interface goes up or down. */
void link_set_up(struct net_link *link, bool up);
/* Has the peer's state changed? Any context. */
bool link_is_due(const struct net_link *link);
/* The peer has written nonsense. Any context. */
void link_break(struct net_link *link);

/* net_ethtool.c */

extern const struct ethtool_ops net_ethtool_ops;

#endif /* IVSHMEM_NET_H */
