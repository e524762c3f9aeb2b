// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A peer of an Ethernet link that means harm: shakes hands as it should, then
 * scribbles over its part of the rings, in one way after another. The other
 * end must notice each, and leave the link until this one begins anew.
 */

#include <inmate/test.h>

#include "../net/veth_ivshmem.h"

#define BDF_NET		(1 << 3)
#define LIMIT_MS	5000
#define OFFLOAD		0x8000	/* see driver/ivshmem/net.h */

static struct ivshmem link;
static struct veth veth;

static u32 other_state(void)
{
	return link.states[!link.id];
}

static bool shake_hands(u16 flags)
{
	ivshmem_set_state(&link, VETH_RESET);
	if (!WAIT_FOR(other_state() <= VETH_INIT, LIMIT_MS))
		return false;
	memset(veth.link.own, 0, veth.data_start);
	veth.tx_avail->flags = flags;
	ivshmem_set_state(&link, VETH_INIT);
	if (!WAIT_FOR(other_state() >= VETH_INIT, LIMIT_MS))
		return false;
	ivshmem_set_state(&link, VETH_READY);
	if (!WAIT_FOR(other_state() >= VETH_READY, LIMIT_MS))
		return false;
	ivshmem_set_state(&link, VETH_RUN);
	return WAIT_FOR(other_state() == VETH_RUN, LIMIT_MS);
}

static void send(u64 addr, u32 len)
{
	veth.tx_desc[0].addr = addr;
	veth.tx_desc[0].len = len;
	veth.tx_avail->ring[0] = 0;
	veth.tx_avail->idx = 1;
}

static void index_runs_ahead(void)
{
	veth.tx_avail->idx = (u16)(veth.length + 1);
}

static void index_runs_back(void)
{
	veth.tx_avail->idx = 0xffff;
}

static void id_is_none(void)
{
	veth.tx_avail->ring[0] = 0xffff;
	veth.tx_avail->idx = 1;
}

static void frame_is_behind(void)
{
	send(link.output_size, 64);
}

static void frame_reaches_out(void)
{
	send(link.output_size - 64, 128);
}

static void address_wraps(void)
{
	send(~0ULL - 31, 64);
}

static void frame_is_huge(void)
{
	send(veth.data_start, ~0U);
}

static void frame_is_too_long(void)
{
	send(veth.data_start, 0x20000);
}

static void frame_is_short(void)
{
	send(veth.data_start, 3);
}

static void too_many_are_used(void)
{
	veth.rx_used->idx = 0x8000;
}

/* Root sends something by itself now and then. */
static void another_is_used(void)
{
	if (!WAIT_FOR(veth.rx_avail->idx, LIMIT_MS))
		printk("veth-hostile: root sends nothing\n");
	veth.rx_used->ring[0].id = 0x12345678;
	veth.rx_used->idx = veth.rx_avail->idx;
}

/* What a frame with struct net_offload begins with */
static void send_offload(const u8 header[10])
{
	memset((u8 *)veth.link.own + veth.data_start, 0x5a, 2048);
	memcpy((u8 *)veth.link.own + veth.data_start, header, 10);
	send(veth.data_start, 1500);
}

static void segments_of_no_kind(void)
{
	send_offload((const u8[10]) { 0, 0x7f, 0, 0, 100 });
}

static void segments_of_nothing(void)
{
	send_offload((const u8[10]) { 1, 1, 0, 0, 0, 0, 34, 0, 16 });
}

static void sum_far_away(void)
{
	send_offload((const u8[10]) { 1, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff });
}

static void header_is_all(void)
{
	send(veth.data_start, 17);
}

static const struct attack {
	const char *name;
	void (*run)(void);
	u16 flags;
} attacks[] = {
#define ATTACK(fn)	{ .name = #fn, .run = fn }
#define OFFLOAD_ATTACK(fn) { .name = #fn, .run = fn, .flags = OFFLOAD }
	ATTACK(index_runs_ahead),
	ATTACK(index_runs_back),
	ATTACK(id_is_none),
	ATTACK(frame_is_behind),
	ATTACK(frame_reaches_out),
	ATTACK(address_wraps),
	ATTACK(frame_is_huge),
	ATTACK(frame_is_too_long),
	ATTACK(frame_is_short),
	ATTACK(too_many_are_used),
	ATTACK(another_is_used),
	OFFLOAD_ATTACK(segments_of_no_kind),
	OFFLOAD_ATTACK(segments_of_nothing),
	OFFLOAD_ATTACK(sum_far_away),
	OFFLOAD_ATTACK(header_is_all),
};

static bool attack(const struct attack *a)
{
	if (!shake_hands(a->flags)) {
		printk("veth-hostile: %s: no handshake\n", a->name);
		return false;
	}
	a->run();
	ivshmem_doorbell(&link, !link.id, 0);
	if (!WAIT_FOR(other_state() <= VETH_INIT, LIMIT_MS)) {
		printk("veth-hostile: %s: not noticed\n", a->name);
		return false;
	}
	return true;
}

/* Frames may be given back in any order: root goes on. */
static bool any_order(void)
{
	u16 sent;

	if (!shake_hands(0) || !WAIT_FOR(veth.rx_avail->idx >= 2, LIMIT_MS))
		return false;
	veth.rx_used->ring[0].id = 1;
	veth.rx_used->ring[1].id = 0;
	__atomic_store_n(&veth.rx_used->idx, 2, __ATOMIC_RELEASE);
	sent = veth.rx_avail->idx;
	return WAIT_FOR((u16)(veth.rx_avail->idx - sent) > 10, LIMIT_MS) &&
	       other_state() == VETH_RUN;
}

/* Comes and goes, as what there is not, too, and rings all the time. */
static void rave(void)
{
	for (u32 n = 0; n < 2000; n++) {
		ivshmem_set_state(&link, n % 7 == 6 ? 0xdeadbeef : n % 5);
		ivshmem_doorbell(&link, !link.id, 0);
	}
}

void inmate_main(void)
{
	unsigned int noticed = 0;
	struct veth_link ends;

	if (!ivshmem_attach(&link, BDF_NET))
		panic("no Ethernet link");
	ends = veth_link_of(&link);
	if (!veth_init(&veth, &ends))
		panic("no Ethernet link");
	for (unsigned int n = 0; n < ARRAY_SIZE(attacks); n++)
		noticed += attack(&attacks[n]);
	printk("veth-hostile: noticed %u of %zu, any order is %s\n", noticed, ARRAY_SIZE(attacks),
	       any_order() ? "fine" : "not fine");
	rave();
	ivshmem_set_state(&link, VETH_RESET);
}
