// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/interrupt.h>
#include <linux/module.h>

#include "net.h"

/* As other drivers of such links have it */
#define DEFAULT_MTU	16384

/* Vectors of a device with MSI-X; all is one without. */
enum vector {
	VECTOR_STATE,
	VECTOR_DATA,
	NUM_VECTORS,
};

/* Interface */

static int net_open(struct net_device *dev)
{
	link_set_up(netdev_priv(dev), true);
	return 0;
}

static int net_stop(struct net_device *dev)
{
	link_set_up(netdev_priv(dev), false);
	return 0;
}

/* What the peer does not understand is done before it is sent. */
static netdev_features_t net_features_check(struct sk_buff *skb,
					    struct net_device *dev,
					    netdev_features_t features)
{
	struct net_link *link = netdev_priv(dev);

	if (!link->offload)
		features &= ~NETIF_F_GSO_MASK;
	return vlan_features_check(skb, features);
}

static const struct net_device_ops net_ops = {
	.ndo_open = net_open,
	.ndo_stop = net_stop,
	.ndo_start_xmit = ring_xmit,
	.ndo_features_check = net_features_check,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_set_mac_address = eth_mac_addr,
};

/* The same in each run, and another one for each end of each link. */
static void set_mac(struct net_link *link)
{
	u8 domain = pci_domain_nr(link->pdev->bus);
	u8 mac[ETH_ALEN] = {
		0x02 /* locally administered */, 'C', 'B',
		domain ^ link->pdev->bus->number, link->pdev->devfn,
		link->layout.id,
	};

	eth_hw_addr_set(link->dev, mac);
}

static void set_features(struct net_link *link)
{
	struct net_device *dev = link->dev;
	u32 max_frame = link->max_slot - sizeof(struct net_offload);

	dev->hw_features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
		NETIF_F_TSO | NETIF_F_TSO6 | NETIF_F_TSO_ECN;
	dev->features = dev->hw_features | NETIF_F_HIGHDMA;
	dev->vlan_features = dev->hw_features;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = min_t(u32, max_frame - VLAN_ETH_HLEN, ETH_MAX_MTU);
	dev->mtu = min_t(u32, dev->max_mtu, DEFAULT_MTU);
	netif_set_tso_max_size(dev, min_t(u32, max_frame, GSO_MAX_SIZE));
}

/* Interrupts */

static irqreturn_t interrupt(int irq, void *data)
{
	struct net_link *link = data;

	link->stats.interrupts++;
	if (link_is_due(link))
		schedule_work(&link->work);
	if (READ_ONCE(link->running))
		napi_schedule_irqoff(&link->queue.napi);
	return IRQ_HANDLED;
}

static void free_interrupts(struct net_link *link)
{
	writel(0, link->layout.regs + IVSHMEM_REG_INT_CONTROL);
	while (link->vectors--)
		free_irq(pci_irq_vector(link->pdev, link->vectors), link);
	pci_free_irq_vectors(link->pdev);
}

static int request_interrupts(struct net_link *link)
{
	struct pci_dev *pdev = link->pdev;
	int i, count, ret = 0;

	count = pci_alloc_irq_vectors(pdev, 1, NUM_VECTORS,
				      ivshmem_irq_types(pdev));
	if (count < 0)
		return dev_err_probe(&pdev->dev, count, "no interrupt\n");
	for (i = 0; i < count && !ret; i++)
		ret = request_irq(pci_irq_vector(pdev, i), interrupt,
				  pdev->msix_enabled ? 0 : IRQF_SHARED,
				  pci_name(pdev), link);
	link->vectors = ret ? i - 1 : count;
	/* both ends of a link are alike */
	link->data_vector = count > VECTOR_DATA ? VECTOR_DATA : VECTOR_STATE;
	if (ret) {
		free_interrupts(link);
		return dev_err_probe(&pdev->dev, ret, "cannot use its interrupts\n");
	}
	writel(IVSHMEM_INT_ENABLE, link->layout.regs + IVSHMEM_REG_INT_CONTROL);
	return 0;
}

/* Devices */

static void work(struct work_struct *work)
{
	link_update(container_of(work, struct net_link, work));
}

static int map_memory(struct net_link *link)
{
	struct ivshmem_layout *l = &link->layout;
	u8 *outputs;

	if (l->peers != 2)
		return dev_err_probe(&link->pdev->dev, -EINVAL, "an Ethernet link has 2 peers, this one %u\n",
				     l->peers);
	link->memory = memremap(l->base, ivshmem_output(l, 2) - l->base,
				MEMREMAP_WB);
	if (!link->memory)
		return dev_err_probe(&link->pdev->dev, -ENOMEM, "cannot map the shared memory\n");
	outputs = (u8 *)link->memory + l->table_size + l->rw_size;
	link->peer = !l->id;
	link->states = link->memory;
	link->ours = outputs + l->id * l->output_size;
	link->theirs = outputs + link->peer * l->output_size;
	return 0;
}

static int setup(struct net_link *link)
{
	struct pci_dev *pdev = link->pdev;
	int ret;

	ret = ivshmem_setup(pdev, &link->layout);
	if (ret)
		return ret;
	ivshmem_set_one_shot(pdev, &link->layout, false);
	writel(IVSHMEM_STATE_RESET, link->layout.regs + IVSHMEM_REG_STATE);
	ret = map_memory(link);
	if (ret)
		return ret;
	ret = ring_layout(link);
	if (ret)
		dev_err(&pdev->dev, "output sections of %#llx bytes are too small for Ethernet frames\n",
			link->layout.output_size);
	if (!ret) {
		link->queue.slot_start = kvcalloc(link->ring_len,
						  sizeof(*link->queue.slot_start),
						  GFP_KERNEL);
		ret = link->queue.slot_start ? 0 : -ENOMEM;
	}
	if (ret)
		memunmap(link->memory);
	return ret;
}

static void unset(struct net_link *link)
{
	kvfree(link->queue.slot_start);
	memunmap(link->memory);
}

/* Nobody uses the interface any more. */
static void leave(struct net_link *link)
{
	free_interrupts(link);
	cancel_work_sync(&link->work);
	writel(IVSHMEM_STATE_RESET, link->layout.regs + IVSHMEM_REG_STATE);
	unset(link);
}

static int start(struct net_link *link)
{
	struct net_device *dev = link->dev;
	int ret;

	ret = setup(link);
	if (ret)
		return ret;
	set_mac(link);
	set_features(link);
	netif_carrier_off(dev);
	netif_napi_add(dev, &link->queue.napi, ring_poll);
	ret = request_interrupts(link);
	if (ret) {
		unset(link);
		return ret;
	}
	ret = register_netdev(dev);
	if (ret)
		leave(link);
	else
		link_update(link);
	return ret;
}

static int net_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct net_device *dev = alloc_etherdev(sizeof(struct net_link));
	struct net_link *link;
	int ret;

	if (!dev)
		return -ENOMEM;
	SET_NETDEV_DEV(dev, &pdev->dev);
	dev->netdev_ops = &net_ops;
	dev->ethtool_ops = &net_ethtool_ops;
	link = netdev_priv(dev);
	link->dev = dev;
	link->pdev = pdev;
	link->queue.link = link;
	mutex_init(&link->lock);
	INIT_WORK(&link->work, work);
	pci_set_drvdata(pdev, link);
	ret = start(link);
	if (ret)
		free_netdev(dev);
	return ret;
}

static void net_remove(struct pci_dev *pdev)
{
	struct net_link *link = pci_get_drvdata(pdev);

	unregister_netdev(link->dev);
	leave(link);
	free_netdev(link->dev);
}

static const struct pci_device_id ids[] = {
	IVSHMEM_DEVICES(JAILHOUSE_SHMEM_PROTO_VETH, 0xffffff),
	{ 0 }
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver ivshmem_net_driver = {
	.name = "ivshmem_net",
	.id_table = ids,
	.probe = net_probe,
	.remove = net_remove,
};
module_pci_driver(ivshmem_net_driver);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Cellblock developers");
MODULE_DESCRIPTION("Ethernet between cells over IVSHMEM");
MODULE_VERSION(CELLBLOCK_VERSION);
