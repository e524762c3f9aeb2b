/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef NET_NET_H
#define NET_NET_H

#include <jailhouse/types.h>

/*
 * lwIP on a link with another cell. The program's main loop:
 *
 *	net_start("10.0.0.2/24");
 *	... tcp_new(), udp_new(), ...
 *	while (!comm_poll(true)) {
 *		net_poll();
 *		net_wait(100);
 *	}
 *	net_stop();
 *
 * Parameters of any such program:
 *	ip=ADDRESS/BITS		its own address, in the place of the default
 *	gw=ADDRESS		the router, default: none
 *	mtu=BYTES		default 16384, at most what the sections allow
 *	trust			take the checksums of frames for right
 *	offload=0		make and check all, even if the peer could do without
 */
void net_start(const char *default_address);

/* Takes what has come, and looks after timers; some frames at a time. */
void net_poll(void);

/* Sleeps until there is something to do, at most for that time. */
void net_wait(unsigned int max_ms);

/* Leaves the link and says how much went over it. */
void net_stop(void);

#endif /* NET_NET_H */
