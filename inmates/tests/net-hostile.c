// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The worst peer that an Ethernet link can have. It comes up as it should,
 * again and again, sends frames that make sense and some that do not, scribbles
 * over its rings, lies about its state and rings all bells. The other end must
 * take no harm.
 *
 * Parameters:
 *	seed=NUMBER		what it does follows from this (default 1)
 *	rounds=NUMBER		then end (default 0: go on until asked to stop)
 */

#include <inmate/test.h>
#include <jailhouse/cell-config.h>

#include "veth_ivshmem.h"

#define HEADER_SIZE		14
#define RUN_MS			200	/* for the handshake */
#define NOTICE_MS		2	/* for what was scribbled */
#define OFFLOAD_SIZE		16
#define OFFLOAD_FLAG		0x8000	/* as in driver/ivshmem/net.h */

static struct ivshmem link;
static struct veth veth;
static u64 random_state;

/* xorshift64* */
static u64 random(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

static u32 below(u64 limit)
{
	return (u32)((random() >> 11) % limit);
}

/* A value that is wrong in the ways that matter. */
static u64 odd_value(void)
{
	const u64 values[] = {
		0, 1, 13, 63, 64, veth.length - 1, veth.length, veth.length + 1,
		65535, 65536, 65554, veth.link.size - 1, veth.link.size,
		1ULL << 31, ~0U, 1ULL << 32, 1ULL << 63, ~0ULL,
	};

	switch (below(4)) {
	case 0:
		return random();
	case 1:
		return veth.data_start + below(veth.link.size);
	case 2:
		return below(2 * veth.length);
	default:
		return values[below(ARRAY_SIZE(values))];
	}
}

static void set_state(struct veth *unused, u32 state)
{
	(void)unused;
	/* the queues are new: claim to know extensions, or whatever that says */
	if (state == VETH_INIT && below(2))
		veth.tx_avail->flags = below(2) ? OFFLOAD_FLAG : (u16)random();
	ivshmem_set_state(&link, state);
}

/* A frame to everybody: of random bytes, with or without a header that fits. */
static void send_frame(void)
{
	static const u8 types[][2] = {
		{ 8, 0 }, { 8, 6 }, { 0x86, 0xdd }, { 0x81, 0 }, { 0x88, 0xb5 },
	};
	u32 len = below(4) ? 60 + below(1500) : 1 + below(veth_max_frame(&veth));
	u8 *frame = veth_reserve(&veth, len);
	u32 at = below(2) ? OFFLOAD_SIZE : 0;

	if (!frame)
		return;
	for (u32 n = 0; n < len && n < 256; n++)
		frame[n] = (u8)random();
	/* of checksums and segments, mostly as senders have it */
	for (u32 n = 0; n < at && n < len; n++)
		if (below(3))
			frame[n] = (u8)below(6);
	if (len >= at + HEADER_SIZE) {
		memset(frame + at, 0xff, 6);
		frame[at + 6] = 2;
		memcpy(frame + at + 12, types[below(ARRAY_SIZE(types))], 2);
	}
	veth_send(&veth, len);
	if (below(4))
		veth_flush(&veth);
}

static void scribble(void)
{
	/* one of the entries that the other end looks at next, as a rule */
	u32 n = (below(4) ? veth.tx_next - 1U : below(veth.length)) & (veth.length - 1);
	u8 *own = veth.link.own;

	switch (below(12)) {
	case 0:
		((u64 *)own)[below(veth.data_start / 8)] = odd_value();
		break;
	case 1:
		veth.tx_desc[n].addr = odd_value();
		break;
	case 2:
		veth.tx_desc[n].len = (u32)odd_value();
		break;
	case 3:
		veth.tx_desc[n].flags = (u16)odd_value();
		break;
	case 4:
		veth.tx_avail->idx = (u16)(veth.tx_avail->idx + below(4));
		break;
	case 5:
		veth.tx_avail->ring[n] = (u16)odd_value();
		break;
	case 6:
		veth.rx_used->idx = (u16)(veth.rx_used->idx + below(3));
		break;
	case 7:
		veth.rx_used->ring[below(veth.length)].id = (u32)odd_value();
		break;
	case 8:
		veth.tx_avail->flags = (u16)random();
		break;
	case 9:
		/* the event after the ring */
		veth.rx_used->ring[veth.length].id = (u32)random();
		break;
	case 10:
		ivshmem_set_state(&link, below(8) ? below(5) : (u32)random());
		break;
	default:
		for (u32 at = 0; at < veth.data_start; at += 8)
			*(u64 *)(own + at) = odd_value();
	}
}

/* Gives the frames back that the other end sent, or some of them. */
static void take_frames(void)
{
	u32 len;

	for (u32 n = below(32); n && veth_receive(&veth, &len); n--)
		veth_release(&veth);
	veth_wait(&veth);
}

static void round(void)
{
	/* mostly with a link that runs, however slow the other end may be */
	if (below(4))
		WAIT_FOR(veth_update(&veth), RUN_MS);
	for (u32 n = below(20); n; n--) {
		veth_update(&veth);
		switch (below(8)) {
		case 0:
			ivshmem_doorbell(&link, !link.id, 0);
			break;
		case 1:
			ivshmem_doorbell(&link, below(4), below(0x10000));
			break;
		case 2:
		case 3:
			take_frames();
			break;
		default:
			send_frame();
		}
		delay_us(below(50));
	}
	for (u32 n = below(5); n; n--)
		scribble();
	ivshmem_doorbell(&link, !link.id, 0);
	if (below(2))
		WAIT_FOR(*veth.link.other_state <= VETH_INIT, NOTICE_MS);
	if (!below(4))
		veth_down(&veth);
}

static bool attach(void)
{
	struct veth_link ends;

	for (int bdf = 0; pci_present(); bdf++) {
		bdf = pci_find_device(IVSHMEM_VENDOR_ID, IVSHMEM_DEVICE_ID, (u16)bdf);
		if (bdf < 0 || !ivshmem_attach(&link, (u16)bdf))
			return false;
		if (link.protocol != JAILHOUSE_SHMEM_PROTO_VETH)
			continue;
		ends = veth_link_of(&link);
		ends.set_state = set_state;
		return veth_init(&veth, &ends);
	}
	return false;
}

void inmate_main(void)
{
	u64 rounds = (u64)cmdline_parse_int("rounds", 0);
	u64 done = 0, runs = 0;

	random_state = (u64)cmdline_parse_int("seed", 1);
	if (!random_state)
		panic("seed=0 gives no numbers: use another one");
	if (!attach())
		panic("this cell has no link with the veth protocol: its configuration needs one");
	while ((!rounds || done < rounds) && !comm_poll(true)) {
		round();
		done++;
		runs += veth.state == VETH_RUN;
	}
	veth_down(&veth);
	printk("net-hostile: %llu rounds, running after %llu of them, sent %llu frames, took %llu\n",
	       done, runs, veth.stats.tx_frames, veth.stats.rx_frames);
}
