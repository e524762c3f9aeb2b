// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/etherdevice.h>

#include "net.h"

#define MAX_RING_LEN	4096
#define MIN_RING_LEN	64
/* Of a section: as much at most is for the rings, so much at most a frame. */
#define RING_SHARE	8
#define FRAME_SHARE	4
/* Frames up to this size are received into one buffer. */
#define MAX_LINEAR	2048
#define HEADER_LINEAR	256

/*
 * The rings' values are little-endian; virtio_ring.h leaves that open. What is
 * the peer's can change at any time: it is read once.
 */
#define ring_read16(place)	le16_to_cpu((__force __le16)READ_ONCE(place))
#define ring_read32(place)	le32_to_cpu((__force __le32)READ_ONCE(place))
#define ring_read64(place)	le64_to_cpu((__force __le64)READ_ONCE(place))
#define ring_write16(place, value) \
	WRITE_ONCE(place, (__force __virtio16)cpu_to_le16(value))
#define ring_write32(place, value) \
	WRITE_ONCE(place, (__force __virtio32)cpu_to_le32(value))
#define ring_write64(place, value) \
	WRITE_ONCE(place, (__force __virtio64)cpu_to_le64(value))

static u16 slot_of(const struct net_link *link, u16 index)
{
	return index & (link->ring_len - 1);
}

/* Layout */

static u32 max_slot(const struct net_link *link)
{
	return ALIGN(min_t(u32, sizeof(struct net_offload) + NET_MAX_FRAME,
			   link->data_size / FRAME_SHARE - NET_SLOT_ALIGN),
		     NET_SLOT_ALIGN);
}

int ring_layout(struct net_link *link)
{
	u64 section = link->layout.output_size;
	struct net_queue *q = &link->queue;
	u32 len = MAX_RING_LEN;

	while (len > MIN_RING_LEN &&
	       vring_size(len, NET_VRING_ALIGN) >= section / RING_SHARE)
		len /= 2;
	link->ring_len = len;
	link->data_offset = ALIGN(vring_size(len, NET_VRING_ALIGN),
				  NET_SLOT_ALIGN);
	if (section > U32_MAX || section < link->data_offset +
	    FRAME_SHARE * (ETH_FRAME_LEN + 2 * NET_SLOT_ALIGN))
		return -EINVAL;
	link->data_size = section - link->data_offset;
	link->max_slot = max_slot(link);

	/* whose section has which part: see net.h */
	vring_init(&q->tx, len, link->ours, NET_VRING_ALIGN);
	vring_init(&q->rx, len, (void *)link->theirs, NET_VRING_ALIGN);
	swap(q->tx.used, q->rx.used);
	return 0;
}

void ring_reset(struct net_link *link)
{
	struct net_queue *q = &link->queue;

	memset(link->ours, 0, link->data_offset);
	ring_write16(q->tx.avail->flags, NET_FLAG_OFFLOAD);
	q->tx_next = 0;
	q->tx_notified = 0;
	q->tx_oldest = 0;
	q->used_next = 0;
	q->data_head = 0;
	q->data_tail = 0;
	q->rx_next = 0;
}

bool ring_peer_offloads(const struct net_link *link)
{
	return ring_read16(link->queue.rx.avail->flags) & NET_FLAG_OFFLOAD;
}

static void ring_doorbell(struct net_link *link, u64 *counter)
{
	(*counter)++;
	/* what was written to the section is visible before */
	writel(IVSHMEM_DOORBELL(link->peer, link->data_vector),
	       link->layout.regs + IVSHMEM_REG_DOORBELL);
}

/* Sending */

#define SLOT_TAKEN	U32_MAX

static u16 tx_pending(const struct net_queue *q)
{
	return q->tx_next - q->tx_oldest;
}

/* The peer gives a descriptor back: false if it does not have it. */
static bool tx_take_back(struct net_queue *q, u32 id)
{
	if (id >= q->link->ring_len ||
	    slot_of(q->link, id - q->tx_oldest) >= tx_pending(q) ||
	    q->slot_start[id] == SLOT_TAKEN)
		return false;
	q->slot_start[id] = SLOT_TAKEN;
	return true;
}

/* Frees what the peer has taken, in any order, up to what it still has. */
static void tx_reclaim(struct net_queue *q)
{
	struct net_link *link = q->link;
	u16 used = ring_read16(q->tx.used->idx);

	/* pairs with the peer's barrier between elements and index */
	virt_rmb();
	for (; q->used_next != used; q->used_next++) {
		u16 slot = slot_of(link, q->used_next);

		if (!tx_take_back(q, ring_read32(q->tx.used->ring[slot].id))) {
			link_break(link);
			return;
		}
	}
	while (tx_pending(q) &&
	       q->slot_start[slot_of(link, q->tx_oldest)] == SLOT_TAKEN)
		q->tx_oldest++;
	if (tx_pending(q)) {
		q->data_tail = q->slot_start[slot_of(link, q->tx_oldest)];
	} else {
		/* caches prefer the same place again */
		q->data_head = 0;
		q->data_tail = 0;
	}
}

/* Where @size bytes are free; they do not wrap. False: nowhere. */
static bool tx_find(const struct net_queue *q, u32 size, u32 *at)
{
	u32 end = q->link->data_size;

	if (tx_pending(q) == q->link->ring_len)
		return false;
	*at = q->data_head;
	if (q->data_head < q->data_tail)
		return q->data_tail - q->data_head > size;
	if (end - q->data_head >= size)
		return true;
	*at = 0;
	return q->data_tail > size;
}

static bool tx_has_room(const struct net_queue *q)
{
	u32 unused;

	return tx_find(q, q->link->max_slot, &unused);
}

static u32 offload_size(const struct net_link *link)
{
	return link->offload ? sizeof(struct net_offload) : 0;
}

static int tx_copy(struct net_link *link, const struct sk_buff *skb, u8 *to)
{
	struct net_offload *offload = (struct net_offload *)to;

	if (link->offload) {
		link->stats.tx_offload += skb->ip_summed == CHECKSUM_PARTIAL;
		link->stats.tx_gso += skb_is_gso(skb);
		if (virtio_net_hdr_from_skb(skb, &offload->hdr, true, false, 0))
			return -EINVAL;
		return skb_copy_bits(skb, 0, offload + 1, skb->len);
	}
	/* the sum is made while the bytes pass by */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb_copy_and_csum_dev(skb, to);
	else
		return skb_copy_bits(skb, 0, to, skb->len);
	return 0;
}

/* Puts a frame into the ring; -errno: it is not fit to be sent. */
static int tx_add(struct net_queue *q, const struct sk_buff *skb)
{
	struct net_link *link = q->link;
	u16 slot = slot_of(link, q->tx_next);
	u32 at, len = offload_size(link) + skb->len;
	u32 size = ALIGN(len, NET_SLOT_ALIGN);
	int ret;

	if (size > link->max_slot || !tx_find(q, size, &at))
		return -EMSGSIZE;
	ret = tx_copy(link, skb, link->ours + link->data_offset + at);
	if (ret)
		return ret;
	q->data_head = at + size;
	q->slot_start[slot] = at;
	ring_write64(q->tx.desc[slot].addr, link->data_offset + at);
	ring_write32(q->tx.desc[slot].len, len);
	ring_write16(q->tx.avail->ring[slot], slot);
	/* the peer sees the frame before the index */
	virt_wmb();
	ring_write16(q->tx.avail->idx, ++q->tx_next);
	return 0;
}

static void tx_notify(struct net_queue *q)
{
	u16 before = q->tx_notified;

	q->tx_notified = q->tx_next;
	/* either the peer sees the index, or we see that it wants to be told */
	virt_mb();
	if (vring_need_event(ring_read16(vring_avail_event(&q->tx)),
			     q->tx_next, before))
		ring_doorbell(q->link, &q->link->stats.data_doorbells);
}

/* There is no room for any more frame: asks to be told when there is. */
static void tx_wait(struct net_queue *q, struct net_device *dev)
{
	netif_stop_queue(dev);
	/* not for one, but when half of them has been taken */
	ring_write16(vring_used_event(&q->tx),
		     q->used_next + (u16)(q->tx_next - q->used_next) / 2);
	/* either the peer sees the wish, or we see what it has taken */
	virt_mb();
	tx_reclaim(q);
	if (tx_has_room(q))
		netif_wake_queue(dev);
}

netdev_tx_t ring_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct net_link *link = netdev_priv(dev);
	struct net_queue *q = &link->queue;
	int ret = -ENOLINK;

	if (READ_ONCE(link->running)) {
		tx_reclaim(q);
		ret = tx_add(q, skb);
	}
	if (ret) {
		dev->stats.tx_dropped++;
	} else {
		dev->stats.tx_packets++;
		dev->stats.tx_bytes += skb->len;
		skb_tx_timestamp(skb);
	}
	dev_kfree_skb_any(skb);
	if (READ_ONCE(link->running) && !tx_has_room(q)) {
		link->stats.tx_stops++;
		tx_wait(q, dev);
	}
	if (q->tx_notified != q->tx_next &&
	    (!netdev_xmit_more() || netif_queue_stopped(dev)))
		tx_notify(q);
	return NETDEV_TX_OK;
}

/* The peer may have taken frames that a stopped queue waits for. */
static void tx_wake(struct net_queue *q)
{
	struct net_device *dev = q->link->dev;
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	if (!netif_tx_queue_stopped(txq))
		return;
	__netif_tx_lock(txq, smp_processor_id());
	if (READ_ONCE(q->link->running) && netif_tx_queue_stopped(txq))
		tx_wait(q, dev);
	__netif_tx_unlock(txq);
}

/* Receiving */

/* A descriptor of the peer's: where the frame is in its section, checked. */
static const u8 *rx_frame(struct net_queue *q, u16 index, u16 *id, u32 *len)
{
	struct net_link *link = q->link;
	u64 addr, section = link->layout.output_size;

	*id = ring_read16(q->rx.avail->ring[slot_of(link, index)]);
	if (*id >= link->ring_len)
		return NULL;
	addr = ring_read64(q->rx.desc[*id].addr);
	*len = ring_read32(q->rx.desc[*id].len);
	if (addr > section || *len > section - addr ||
	    *len < offload_size(link) + ETH_HLEN ||
	    *len > offload_size(link) + NET_MAX_FRAME)
		return NULL;
	return link->theirs + addr;
}

static struct sk_buff *rx_alloc(struct net_queue *q, u32 len)
{
	struct sk_buff *skb;
	int err;

	if (len <= MAX_LINEAR) {
		skb = napi_alloc_skb(&q->napi, len);
		if (skb)
			skb_put(skb, len);
		return skb;
	}
	skb = alloc_skb_with_frags(NET_SKB_PAD + NET_IP_ALIGN + HEADER_LINEAR,
				   len - HEADER_LINEAR, PAGE_ALLOC_COSTLY_ORDER,
				   &err, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	skb_put(skb, HEADER_LINEAR);
	skb->data_len = len - HEADER_LINEAR;
	skb->len += skb->data_len;
	skb->dev = q->napi.dev;
	return skb;
}

/* What the sender left open, from a header that is ours already. */
static bool rx_offload(struct net_link *link, struct sk_buff *skb,
		       const struct virtio_net_hdr *hdr)
{
	u8 type = hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN;

	if (type != VIRTIO_NET_HDR_GSO_NONE &&
	    type != VIRTIO_NET_HDR_GSO_TCPV4 && type != VIRTIO_NET_HDR_GSO_TCPV6)
		return false;
	if (virtio_net_hdr_to_skb(skb, hdr, true))
		return false;
	link->stats.rx_offload += skb->ip_summed == CHECKSUM_PARTIAL;
	link->stats.rx_gso += skb_is_gso(skb);
	return true;
}

/* False: the peer has sent what is no frame. */
static bool rx_take(struct net_queue *q, const u8 *frame, u32 len)
{
	struct net_link *link = q->link;
	struct net_device *dev = link->dev;
	struct net_offload offload;
	struct sk_buff *skb;

	if (link->offload) {
		memcpy(&offload, frame, sizeof(offload));
		frame += sizeof(offload);
		len -= sizeof(offload);
	}
	skb = rx_alloc(q, len);
	if (!skb) {
		link->stats.rx_no_memory++;
		dev->stats.rx_dropped++;
		return true;
	}
	skb_store_bits(skb, 0, frame, len);
	if (link->offload && !rx_offload(link, skb, &offload.hdr)) {
		kfree_skb(skb);
		dev->stats.rx_frame_errors++;
		return false;
	}
	skb->protocol = eth_type_trans(skb, dev);
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += len;
	napi_gro_receive(&q->napi, skb);
	return true;
}

static void rx_put_back(struct net_queue *q, u16 id, u32 len)
{
	u16 slot = slot_of(q->link, q->rx_next);

	ring_write32(q->rx.used->ring[slot].id, id);
	ring_write32(q->rx.used->ring[slot].len, len);
	/* the element and all that was read from the frame before the index */
	virt_mb();
	ring_write16(q->rx.used->idx, ++q->rx_next);
}

/* How many frames there are; the ring cannot hold more than its length. */
static u16 rx_pending(struct net_queue *q)
{
	u16 count = ring_read16(q->rx.avail->idx) - q->rx_next;

	if (count > q->link->ring_len) {
		link_break(q->link);
		return 0;
	}
	/* pairs with the peer's barrier between frames and index */
	virt_rmb();
	return count;
}

static int rx_some(struct net_queue *q, int budget)
{
	struct net_link *link = q->link;
	u16 before = q->rx_next;
	int count = min_t(int, rx_pending(q), budget);
	int i;

	for (i = 0; i < count; i++) {
		const u8 *frame;
		u32 len;
		u16 id;

		frame = rx_frame(q, q->rx_next, &id, &len);
		if (!frame || !rx_take(q, frame, len)) {
			link_break(link);
			break;
		}
		rx_put_back(q, id, len);
	}
	/* either the peer sees the index, or we see that it wants to be told */
	virt_mb();
	if (q->rx_next != before &&
	    vring_need_event(ring_read16(vring_used_event(&q->rx)), q->rx_next,
			     before))
		ring_doorbell(link, &link->stats.space_doorbells);
	return i;
}

int ring_poll(struct napi_struct *napi, int budget)
{
	struct net_queue *q = container_of(napi, struct net_queue, napi);
	struct net_link *link = q->link;
	int done = 0;

	if (READ_ONCE(link->running) && !READ_ONCE(link->broken)) {
		tx_wake(q);
		done = rx_some(q, budget);
	}
	if (done == budget || !napi_complete_done(napi, done))
		return done;
	ring_write16(vring_avail_event(&q->rx), q->rx_next);
	/* either the peer sees the wish, or we see what it has sent */
	virt_mb();
	if (READ_ONCE(link->running) && !READ_ONCE(link->broken) && rx_pending(q))
		napi_schedule(napi);
	return done;
}
