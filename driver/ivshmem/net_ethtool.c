// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/ethtool.h>

#include "net.h"

static const struct {
	char name[ETH_GSTRING_LEN];
	size_t offset;
} stats[] = {
#define STAT(field)	{ #field, offsetof(struct net_stats, field) }
	STAT(interrupts),
	STAT(data_doorbells),
	STAT(space_doorbells),
	STAT(tx_stops),
	STAT(tx_offload),
	STAT(rx_offload),
	STAT(tx_gso),
	STAT(rx_gso),
	STAT(rx_no_memory),
	STAT(peer_errors),
	STAT(link_resets),
};

static int get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? ARRAY_SIZE(stats) : -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 set, u8 *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stats); i++)
		memcpy(text + i * ETH_GSTRING_LEN, stats[i].name,
		       ETH_GSTRING_LEN);
}

static void get_stats(struct net_device *dev, struct ethtool_stats *unused,
		      u64 *values)
{
	struct net_link *link = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stats); i++)
		values[i] = *(u64 *)((u8 *)&link->stats + stats[i].offset);
}

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	struct net_link *link = netdev_priv(dev);

	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->version, CELLBLOCK_VERSION, sizeof(info->version));
	strscpy(info->bus_info, pci_name(link->pdev), sizeof(info->bus_info));
}

static void get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			  struct kernel_ethtool_ringparam *kernel_ring,
			  struct netlink_ext_ack *extack)
{
	struct net_link *link = netdev_priv(dev);

	ring->rx_max_pending = ring->rx_pending = link->ring_len;
	ring->tx_max_pending = ring->tx_pending = link->ring_len;
}

const struct ethtool_ops net_ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_ringparam = get_ringparam,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_stats,
};
