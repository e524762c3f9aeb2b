/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef NET_LWIPOPTS_H
#define NET_LWIPOPTS_H

/* One CPU, one loop, the callback interface: IPv4, ICMP, UDP and TCP. */
#define NO_SYS				1
#define SYS_LIGHTWEIGHT_PROT		0
#define LWIP_NETCONN			0
#define LWIP_SOCKET			0
#define LWIP_IPV6			0
#define LWIP_DHCP			0
#define LWIP_AUTOIP			0
#define LWIP_DNS			0
#define LWIP_IGMP			0
#define LWIP_RAW			0
#define LWIP_STATS			0
#define LWIP_NETIF_LINK_CALLBACK	0
#define LWIP_CHECKSUM_CTRL_PER_NETIF	1

/*
 * Frames come and go in pieces of up to 64 KiB, each in one piece of the heap.
 * The whole image has to be less than 1 MiB.
 */
#define MEM_ALIGNMENT			8
#define MEM_SIZE			(416 * 1024)
#define PBUF_POOL_SIZE			0
#define MEMP_NUM_PBUF			256
#define MEMP_NUM_TCP_PCB		16
#define MEMP_NUM_TCP_SEG		256
#define IP_REASS_MAX_PBUFS		48

/*
 * The peer's announcement and the MTU decide how much of the MSS is used. What
 * lwIP finds wrong with so great a one is of its sequential interface only.
 */
#define LWIP_DISABLE_TCP_SANITY_CHECKS	1
#define TCP_MSS				65480
#define TCP_OVERSIZE			512
#define LWIP_WND_SCALE			1
#define TCP_RCV_SCALE			2
#define TCP_WND				(128 * 1024)
#define TCP_SND_BUF			(128 * 1024)
#define TCP_SND_QUEUELEN		192
#define TCP_OOSEQ_MAX_BYTES		TCP_WND

#endif /* NET_LWIPOPTS_H */
