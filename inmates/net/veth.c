// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "veth.h"

#define MIN_QUEUE		64
/* A frame must leave room for others. */
#define FRAMES_IN_SECTION	4

/* Each access to shared memory is one load or one store, whoever writes there. */
#define read_once(p)		__atomic_load_n(p, __ATOMIC_RELAXED)
#define write_once(p, v)	__atomic_store_n(p, v, __ATOMIC_RELAXED)
#define read_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define write_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define full_barrier()		__atomic_thread_fence(__ATOMIC_SEQ_CST)

static u32 align(u32 value)
{
	return (value + VETH_ALIGN - 1) & ~(u32)(VETH_ALIGN - 1);
}

static u32 used_offset(u32 length)
{
	return align(length * (u32)sizeof(struct veth_desc) +
		     (length + 3) * (u32)sizeof(u16));
}

static u32 vring_size(u32 length)
{
	return used_offset(length) + 3 * (u32)sizeof(u16) + length * 8;
}

/* After the available ring's elements. */
static const u16 *used_event(const struct veth *veth)
{
	return &veth->rx_avail->ring[veth->length];
}

/* After the used ring's elements. */
static const u16 *avail_event(const struct veth *veth)
{
	return (const u16 *)&veth->tx_used->ring[veth->length];
}

/* virtio: does the step from old to new go over the event? */
static bool need_event(u16 event, u16 new, u16 old)
{
	return (u16)(new - event - 1) < (u16)(new - old);
}

bool veth_init(struct veth *veth, const struct veth_link *link)
{
	u32 size = link->size < UINT32_MAX ? (u32)link->size : UINT32_MAX;
	const u8 *other = link->other;
	u8 *own = link->own;
	u32 length = VETH_MAX_QUEUE;

	while (length > MIN_QUEUE && align(vring_size(length)) >= size / 8)
		length /= 2;
	if (align(vring_size(length)) >= size / 8)
		return false;

	veth->link = *link;
	veth->stats = (struct veth_stats){ 0 };
	veth->state = VETH_RESET;
	veth->length = length;
	veth->data_start = align(vring_size(length));
	veth->data_end = size & ~(u32)(VETH_ALIGN - 1);

	veth->tx_desc = (struct veth_desc *)own;
	veth->tx_avail = (struct veth_avail *)&veth->tx_desc[length];
	veth->tx_used = (const struct veth_used *)(other + used_offset(length));
	veth->rx_desc = (const struct veth_desc *)other;
	veth->rx_avail = (const struct veth_avail *)&veth->rx_desc[length];
	veth->rx_used = (struct veth_used *)(own + used_offset(length));
	return true;
}

static void reset_queues(struct veth *veth)
{
	u64 *word = veth->link.own;

	for (u32 n = 0; n < veth->data_start / sizeof(*word); n++)
		write_once(&word[n], 0);
	/* no doorbell for frames that were taken: room is looked for when sending */
	write_once(&veth->tx_avail->ring[veth->length], (u16)-1);
	write_once(&veth->tx_avail->flags, veth->link.features);

	veth->tx_next = 0;
	veth->tx_oldest = 0;
	veth->tx_told = 0;
	veth->tx_used_next = 0;
	veth->tx_head = veth->data_start;
	veth->rx_next = 0;
	veth->rx_told = 0;
}

static void set_state(struct veth *veth, enum veth_state state)
{
	veth->state = state;
	/* what the peer finds when it sees the state */
	full_barrier();
	veth->link.set_state(veth, state);
}

static void violation(struct veth *veth)
{
	veth->stats.violations++;
	set_state(veth, VETH_RESET);
}

/* The next state, VETH_RESET from where the peer left it. */
static enum veth_state next_state(enum veth_state own, enum veth_state other)
{
	switch (own) {
	case VETH_RESET:
		/* a peer that goes on must first see that this one is new */
		return other <= VETH_INIT ? VETH_INIT : VETH_RESET;
	case VETH_INIT:
		return other >= VETH_INIT ? VETH_READY : VETH_INIT;
	case VETH_READY:
		if (other == VETH_RESET)
			return VETH_RESET;
		return other >= VETH_READY ? VETH_RUN : VETH_READY;
	case VETH_RUN:
		return other <= VETH_INIT ? VETH_RESET : VETH_RUN;
	}
	return VETH_RESET;
}

bool veth_update(struct veth *veth)
{
	/* what the peer wrote before it changed its state is visible */
	u32 value = read_acquire(veth->link.other_state);
	enum veth_state other = value > VETH_RUN ? VETH_RESET :
						   (enum veth_state)value;
	enum veth_state next;

	while ((next = next_state(veth->state, other)) != veth->state) {
		if (next == VETH_INIT)
			reset_queues(veth);
		if (next == VETH_READY)
			veth->features = veth->link.features &
					 read_once(&veth->rx_avail->flags);
		set_state(veth, next);
	}
	return veth->state == VETH_RUN && other == VETH_RUN;
}

void veth_down(struct veth *veth)
{
	set_state(veth, VETH_RESET);
}

u32 veth_max_frame(const struct veth *veth)
{
	u32 max = (veth->data_end - veth->data_start) / FRAMES_IN_SECTION;

	return max < VETH_MAX_FRAME ? max : VETH_MAX_FRAME;
}

static u16 under_way(const struct veth *veth)
{
	return (u16)(veth->tx_next - veth->tx_oldest);
}

/* The peer took frames, in any order: forget those at the old end. */
static bool reclaim(struct veth *veth)
{
	/* before the entries up to it are read, and the frames written anew */
	u16 count = (u16)(read_acquire(&veth->tx_used->idx) - veth->tx_used_next);
	u32 mask = veth->length - 1;

	for (; count; count--, veth->tx_used_next++) {
		u32 id = read_once(&veth->tx_used->ring[veth->tx_used_next & mask].id);

		if (id > mask || veth->tx_done[id] ||
		    ((id - veth->tx_oldest) & mask) >= under_way(veth))
			return false;
		veth->tx_done[id] = true;
		while (under_way(veth) && veth->tx_done[veth->tx_oldest & mask])
			veth->tx_oldest++;
	}
	return true;
}

/* Where len bytes fit after the newest frame or, around the end, before the oldest. */
static bool find_room(struct veth *veth, u32 len)
{
	u32 tail = veth->tx_start[veth->tx_oldest & (veth->length - 1)];

	if (!under_way(veth))
		veth->tx_head = tail = veth->data_start;
	else if (under_way(veth) == veth->length)
		return false;

	veth->tx_reserved = veth->tx_head;
	if (veth->tx_head < tail || (veth->tx_head == tail && under_way(veth)))
		return tail - veth->tx_head >= len;
	if (veth->data_end - veth->tx_head >= len)
		return true;
	veth->tx_reserved = veth->data_start;
	return tail - veth->data_start >= len;
}

void *veth_reserve(struct veth *veth, u32 len)
{
	if (veth->state != VETH_RUN || !len || len > veth_max_frame(veth))
		return NULL;
	if (!reclaim(veth)) {
		violation(veth);
		return NULL;
	}
	if (!find_room(veth, align(len))) {
		veth->stats.tx_full++;
		return NULL;
	}
	return (u8 *)veth->link.own + veth->tx_reserved;
}

void veth_send(struct veth *veth, u32 len)
{
	u32 id = veth->tx_next & (veth->length - 1);
	struct veth_desc *desc = &veth->tx_desc[id];

	veth->tx_start[id] = veth->tx_reserved;
	veth->tx_done[id] = false;
	veth->tx_head = veth->tx_reserved + align(len);
	veth->tx_next++;
	veth->stats.tx_frames++;
	veth->stats.tx_bytes += len;

	write_once(&desc->addr, veth->tx_reserved);
	write_once(&desc->len, len);
	write_once(&veth->tx_avail->ring[id], (u16)id);
	/* the frame, its descriptor and its entry before the index that shows them */
	write_release(&veth->tx_avail->idx, veth->tx_next);
}

static void doorbell(struct veth *veth)
{
	veth->stats.doorbells++;
	veth->link.doorbell(veth);
}

void veth_flush(struct veth *veth)
{
	u16 old = veth->tx_told;

	if (veth->state != VETH_RUN || old == veth->tx_next)
		return;
	/*
	 * The index before the event is read: the peer writes its event, then
	 * reads the index again, so one of both sees what the other did.
	 */
	full_barrier();
	veth->tx_told = veth->tx_next;
	if (need_event(read_once(avail_event(veth)), veth->tx_next, old))
		doorbell(veth);
}

/* A frame that lies where frames may lie. */
static bool is_valid(const struct veth *veth, u64 addr, u32 len, u16 flags)
{
	return !flags && len <= VETH_MAX_FRAME && addr >= veth->data_start &&
	       addr <= veth->link.size && len <= veth->link.size - addr;
}

const void *veth_receive(struct veth *veth, u32 *len)
{
	const struct veth_desc *desc;
	u16 count;
	u64 addr;

	if (veth->state != VETH_RUN)
		return NULL;
	/* before the entries up to it, their descriptors and frames are read */
	count = (u16)(read_acquire(&veth->rx_avail->idx) - veth->rx_next);
	if (!count)
		return NULL;

	veth->rx_id = read_once(&veth->rx_avail->ring[veth->rx_next &
						      (veth->length - 1)]);
	if (count > veth->length || veth->rx_id >= veth->length) {
		violation(veth);
		return NULL;
	}
	desc = &veth->rx_desc[veth->rx_id];
	addr = read_once(&desc->addr);
	veth->rx_len = read_once(&desc->len);
	if (!is_valid(veth, addr, veth->rx_len, read_once(&desc->flags))) {
		violation(veth);
		return NULL;
	}
	*len = veth->rx_len;
	return (const u8 *)veth->link.other + addr;
}

void veth_release(struct veth *veth)
{
	u32 n = veth->rx_next & (veth->length - 1);

	veth->rx_next++;
	veth->stats.rx_frames++;
	veth->stats.rx_bytes += veth->rx_len;
	write_once(&veth->rx_used->ring[n].id, veth->rx_id);
	write_once(&veth->rx_used->ring[n].len, veth->rx_len);
	/* the frame was read and the entry written before the index shows it */
	write_release(&veth->rx_used->idx, veth->rx_next);
}

bool veth_wait(struct veth *veth)
{
	u16 old = veth->rx_told;

	if (veth->state != VETH_RUN)
		return true;
	write_once((u16 *)&veth->rx_used->ring[veth->length], veth->rx_next);
	/* as in veth_flush(), for both directions */
	full_barrier();
	veth->rx_told = veth->rx_next;
	if (old != veth->rx_next &&
	    need_event(read_once(used_event(veth)), veth->rx_next, old))
		doorbell(veth);
	return read_once(&veth->rx_avail->idx) == veth->rx_next;
}
