// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>
#include <jailhouse/cell-config.h>

#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/prot/ip.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/tcp.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

#include "net.h"
#include "veth_ivshmem.h"

#define DEFAULT_MTU		16384
#define MIN_MTU			68
/* What lwIP can hold with the header in front. */
#define MAX_FRAME		65535
#define FRAMES_PER_POLL		64
#define NS_PER_MS		1000000ULL

static struct ivshmem link;
static struct veth veth;
static struct netif netif;
/* What lwIP is to make and to check; see set_checksums(). */
static u16 checksums;
static bool trust;
/* Something has happened since the last look. */
static volatile bool event;

u32_t sys_now(void)
{
	return (u32_t)(timer_ticks_to_ns(timer_get_ticks()) / NS_PER_MS);
}

static void irq_handler(unsigned int irq)
{
	if (irq == TIMER_IRQ)
		timer_stop(TIMER_VIRTUAL);
	event = true;
}

/* What precedes each frame, if anything does. */
static u32 offload_size(void)
{
	return veth.features & VETH_OFFLOAD ? sizeof(struct veth_offload) : 0;
}

/*
 * With both ends in the same memory, checksums of TCP say nothing: they are left
 * open, with the sum of the pseudo header in their place, and what the peer left
 * open, or has checked, is not checked again.
 */
static void set_checksums(void)
{
	u16 all = NETIF_CHECKSUM_ENABLE_ALL;

	if (trust)
		all = NETIF_CHECKSUM_GEN_IP | NETIF_CHECKSUM_GEN_UDP | NETIF_CHECKSUM_GEN_TCP |
		      NETIF_CHECKSUM_GEN_ICMP;
	if (offload_size())
		all &= (u16)~NETIF_CHECKSUM_GEN_TCP;
	checksums = all;
	NETIF_SET_CHECKSUM_CTRL(&netif, checksums);
}

/* The TCP header of a frame of lwIP's, whose headers are in one piece, or NULL. */
static struct tcp_hdr *tcp_of(const struct pbuf *p, struct ip_hdr **ip)
{
	struct eth_hdr *eth = p->payload;

	*ip = (struct ip_hdr *)(eth + 1);
	if (p->len < sizeof(*eth) + sizeof(**ip) + sizeof(struct tcp_hdr) ||
	    eth->type != PP_HTONS(ETHTYPE_IP) || IPH_PROTO(*ip) != IP_PROTO_TCP)
		return NULL;
	return (struct tcp_hdr *)((u8 *)*ip + IPH_HL_BYTES(*ip));
}

static void leave_sum_open(const struct pbuf *p, struct veth_offload *offload)
{
	struct ip_hdr *ip;
	struct tcp_hdr *tcp = tcp_of(p, &ip);
	struct { u32 src, dest; u16 proto, len; } pseudo;

	memset(offload, 0, sizeof(*offload));
	if (!tcp)
		return;
	pseudo.src = ip->src.addr;
	pseudo.dest = ip->dest.addr;
	pseudo.proto = PP_HTONS(IP_PROTO_TCP);
	pseudo.len = lwip_htons((u16)(lwip_ntohs(IPH_LEN(ip)) - IPH_HL_BYTES(ip)));
	tcp->chksum = net_checksum(&pseudo, sizeof(pseudo));
	offload->flags = VETH_NEEDS_SUM;
	offload->sum_start = (u16)((u8 *)tcp - (u8 *)p->payload);
	offload->sum_offset = offsetof(struct tcp_hdr, chksum);
}

static err_t output(struct netif *unused, struct pbuf *p)
{
	u32 front = offload_size();
	u8 *frame = veth_reserve(&veth, front + p->tot_len);

	(void)unused;
	if (!frame)
		return ERR_MEM;
	if (front)
		leave_sum_open(p, (struct veth_offload *)frame);
	frame += front;
	for (struct pbuf *part = p; part; part = part->next) {
		net_copy(frame, part->payload, part->len);
		frame += part->len;
	}
	veth_send(&veth, front + p->tot_len);
	return ERR_OK;
}

/* lwIP gets a copy: what it has checked cannot change afterwards. */
static void take(const u8 *frame, u32 len)
{
	u32 front = offload_size();
	struct pbuf *p = NULL;
	u16 checks = checksums;

	if (front && len > front) {
		if (*(const volatile u8 *)frame & (VETH_NEEDS_SUM | VETH_SUM_VALID))
			checks &= (u16)~(NETIF_CHECKSUM_CHECK_UDP | NETIF_CHECKSUM_CHECK_TCP);
		frame += front;
		len -= front;
	} else if (front) {
		len = 0;
	}
	if (len && len <= MAX_FRAME)
		p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);
	if (p)
		net_copy(p->payload, frame, len);
	veth_release(&veth);
	NETIF_SET_CHECKSUM_CTRL(&netif, checks);
	if (p && netif.input(p, &netif) != ERR_OK)
		pbuf_free(p);
	NETIF_SET_CHECKSUM_CTRL(&netif, checksums);
}

static void update_carrier(void)
{
	bool up = veth_update(&veth);

	if (up == netif_is_link_up(&netif))
		return;
	set_checksums();
	if (up)
		netif_set_link_up(&netif);
	else
		netif_set_link_down(&netif);
	printk("net: link is %s\n", up ? "up" : "down");
}

void net_poll(void)
{
	const u8 *frame;
	u32 len;

	event = false;
	update_carrier();
	for (unsigned int n = 0; n < FRAMES_PER_POLL; n++) {
		frame = veth_receive(&veth, &len);
		if (!frame)
			break;
		take(frame, len);
	}
	sys_check_timeouts();
	veth_flush(&veth);
}

void net_wait(unsigned int max_ms)
{
	u32 ms = sys_timeouts_sleeptime();
	u64 ticks;

	if (!veth_wait(&veth))
		return;
	ticks = timer_ns_to_ticks((ms < max_ms ? ms : max_ms) * NS_PER_MS);
	/* Masked, so that nothing comes between looking and waiting. */
	disable_irqs();
	if (!event) {
		timer_start(ticks);
		wait_for_interrupt();
	}
	enable_irqs();
}

static err_t setup(struct netif *nif)
{
	u32 max = veth_max_frame(&veth);
	long long mtu;

	max -= (u32)sizeof(struct veth_offload);
	if (max > MAX_FRAME)
		max = MAX_FRAME;
	max -= SIZEOF_ETH_HDR;
	mtu = cmdline_parse_int("mtu", DEFAULT_MTU < max ? DEFAULT_MTU : max);
	if (mtu < MIN_MTU || mtu > max)
		panic("mtu=%lld is out of range: this link takes %u to %u", mtu, MIN_MTU, max);

	/* locally administered; the same at every start */
	memcpy(nif->hwaddr, (const u8[]){ 0x02, 'C', 'B', 0, (u8)(link.bdf >> 3), (u8)link.id },
	       ETH_HWADDR_LEN);
	nif->hwaddr_len = ETH_HWADDR_LEN;
	nif->mtu = (u16_t)mtu;
	nif->name[0] = 'v';
	nif->name[1] = 'e';
	nif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
	nif->output = etharp_output;
	nif->linkoutput = output;
	trust = cmdline_parse_bool("trust", false);
	set_checksums();
	return ERR_OK;
}

/* "10.0.0.2/24" */
static void parse_address(const char *text, ip4_addr_t *address, ip4_addr_t *mask)
{
	char copy[IP4ADDR_STRLEN_MAX];
	unsigned int bits = 0;
	size_t n = 0;

	while (text[n] && text[n] != '/' && n + 1 < sizeof(copy)) {
		copy[n] = text[n];
		n++;
	}
	copy[n] = '\0';
	if (text[n] == '/')
		for (n++; text[n] >= '0' && text[n] <= '9' && bits <= 32; n++)
			bits = bits * 10 + (unsigned int)(text[n] - '0');
	if (text[n] || !bits || bits > 32 || !ip4addr_aton(copy, address))
		panic("ip=%s is not an address like 10.0.0.2/24", text);
	ip4_addr_set_u32(mask, lwip_htonl((u32)(~0ULL << (32 - bits))));
}

static void attach(void)
{
	int bdf = -1;

	do {
		bdf = pci_present() ? pci_find_device(IVSHMEM_VENDOR_ID, IVSHMEM_DEVICE_ID,
						      (u16)(bdf + 1)) : -1;
		if (bdf < 0)
			panic("this cell has no link with the veth protocol: its configuration needs one");
		if (!ivshmem_attach(&link, (u16)bdf))
			panic("the IVSHMEM device 0x%x cannot be used", (unsigned int)bdf);
	} while (link.protocol != JAILHOUSE_SHMEM_PROTO_VETH || link.max_peers != 2);
}

void net_start(const char *default_address)
{
	ip4_addr_t address, mask, gateway = { 0 };
	struct veth_link ends;
	char text[32];

	attach();
	ends = veth_link_of(&link);
	ends.features = cmdline_parse_bool("offload", true) ? VETH_OFFLOAD : 0;
	if (!veth_init(&veth, &ends))
		panic("the sections of the link are too small: 0x%zx bytes", link.output_size);

	cmdline_parse_str("ip", text, sizeof(text), default_address);
	parse_address(text, &address, &mask);
	cmdline_parse_str("gw", text, sizeof(text), "0.0.0.0");
	if (!ip4addr_aton(text, &gateway))
		panic("gw=%s is not an address like 10.0.0.1", text);
	lwip_init();
	netif_add(&netif, &address, &mask, &gateway, NULL, setup, ethernet_input);
	netif_set_default(&netif);
	netif_set_up(&netif);
	printk("net: %s, MTU %u, queues of %u\n", ip4addr_ntoa(&address), netif.mtu, veth.length);

	irq_init(irq_handler);
	irq_enable(TIMER_IRQ);
	ivshmem_enable_irqs(&link);
	enable_irqs();
}

void net_stop(void)
{
	veth_down(&veth);
	timer_stop(TIMER_VIRTUAL);
	printk("net: received %llu frames, %llu bytes; sent %llu frames, %llu bytes; %llu doorbells\n",
	       veth.stats.rx_frames, veth.stats.rx_bytes, veth.stats.tx_frames,
	       veth.stats.tx_bytes, veth.stats.doorbells);
	if (veth.stats.violations)
		printk("net: the peer broke the protocol %llu times\n", veth.stats.violations);
}
