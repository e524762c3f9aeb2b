// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include "net.h"

/* From any state to running, twice. */
#define MAX_STEPS	8

bool link_is_due(const struct net_link *link)
{
	return READ_ONCE(link->states[link->peer]) != READ_ONCE(link->peer_state);
}

void link_break(struct net_link *link)
{
	if (READ_ONCE(link->broken))
		return;
	WRITE_ONCE(link->broken, true);
	link->stats.peer_errors++;
	netdev_warn_once(link->dev, "the peer's rings are corrupt: the link begins anew\n");
	schedule_work(&link->work);
}

static void enter(struct net_link *link, enum net_state state)
{
	link->state = state;
	/* what was written to the rings is visible before */
	writel(state, link->layout.regs + IVSHMEM_REG_STATE);
}

static void start(struct net_link *link)
{
	WRITE_ONCE(link->running, true);
	napi_enable(&link->queue.napi);
	netif_tx_wake_all_queues(link->dev);
	enter(link, NET_RUN);
	/* what has come before */
	local_bh_disable();
	napi_schedule(&link->queue.napi);
	local_bh_enable();
}

/* Nobody looks at the rings afterwards. */
static void stop(struct net_link *link)
{
	netif_carrier_off(link->dev);
	WRITE_ONCE(link->running, false);
	netif_tx_disable(link->dev);
	napi_disable(&link->queue.napi);
}

static void begin_anew(struct net_link *link)
{
	link->stats.link_resets++;
	enter(link, NET_RESET);
}

static void show_carrier(struct net_link *link)
{
	if (link->peer_state == NET_RUN)
		netif_carrier_on(link->dev);
	else
		netif_carrier_off(link->dev);
}

/*
 * One step. A peer that has begun anew waits until we have seen it, so that
 * both rings are empty when the first frame is sent.
 */
static void step(struct net_link *link)
{
	u32 peer = link->peer_state;

	switch (link->state) {
	case NET_RESET:
		if (peer <= NET_INIT) {
			ring_reset(link);
			link->broken = false;
			enter(link, NET_INIT);
		}
		break;
	case NET_INIT:
		if (peer >= NET_INIT) {
			link->offload = ring_peer_offloads(link);
			enter(link, NET_READY);
		}
		break;
	case NET_READY:
		if (peer == NET_RESET)
			begin_anew(link);
		else if (link->up && peer >= NET_READY)
			start(link);
		break;
	case NET_RUN:
		if (peer < NET_READY || link->broken) {
			stop(link);
			begin_anew(link);
		} else if (!link->up) {
			stop(link);
			enter(link, NET_READY);
		} else {
			show_carrier(link);
		}
		break;
	}
}

static void update_locked(struct net_link *link)
{
	unsigned int left = MAX_STEPS;
	enum net_state before;

	do {
		/* what the peer wrote before it changed its state is visible */
		WRITE_ONCE(link->peer_state,
			   virt_load_acquire(&link->states[link->peer]));
		before = link->state;
		step(link);
		if (link->state == before && !link_is_due(link))
			return;
	} while (--left);
	/* its state never rests: others have work to do, too */
	schedule_work(&link->work);
}

void link_update(struct net_link *link)
{
	mutex_lock(&link->lock);
	update_locked(link);
	mutex_unlock(&link->lock);
}

void link_set_up(struct net_link *link, bool up)
{
	mutex_lock(&link->lock);
	link->up = up;
	update_locked(link);
	mutex_unlock(&link->lock);
}
