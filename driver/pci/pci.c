// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The virtual PCI host of the hypervisor in Linux: made when the hypervisor is
 * enabled, removed before it is disabled. Its devices are the ends of IVSHMEM
 * links; each is there as long as a cell has another end of the link.
 */

#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-ecam.h>

#include <cellblock/config.h>

#include "cell/cell.h"
#include "cell/cells.h"
#include "el2/enable.h"
#include "error.h"
#include "pci/pci.h"
#include "pci/pci_irq.h"
#include "pci/pci_space.h"
#include "sysfs/sysfs.h"

struct host {
	/* with ACPI, arm64 takes a host's data for this; no parent: no ACPI device */
	struct pci_config_window window;
	struct pci_space space;
	struct pci_irqs irqs;
	bool probed;
};

static struct pci_host_bridge *bridge;

static struct host *host(void)
{
	return pci_host_bridge_priv(bridge);
}

static const struct jailhouse_system *sys(void)
{
	return enable_config();
}

static void __iomem *map_bus(struct pci_bus *bus, unsigned int devfn, int where)
{
	struct host *h = bus->sysdata;
	/* devices are found by look_for_devices() alone */
	void __iomem *ecam = READ_ONCE(h->probed) ? READ_ONCE(h->space.ecam) : NULL;

	return ecam ? ecam + PCIE_ECAM_OFFSET(bus->number, devfn, where) : NULL;
}

static struct pci_ops ops = {
	.map_bus = map_bus,
	.read = pci_generic_config_read,
	.write = pci_generic_config_write,
};

static int map_irq(const struct pci_dev *dev, u8 slot, u8 pin)
{
	struct host *h = dev->bus->sysdata;

	return (int)pci_irq_of_pin(&h->irqs, pin);
}

/* Somebody may hold one of its devices, and with it our functions, for long. */
static void bridge_gone(struct pci_host_bridge *unused)
{
	module_put(THIS_MODULE);
}

/*
 * A program maps pages of Linux's, so none may have registers of two devices.
 * Linux aligns a BAR by its size, which is less if its pages are larger.
 */
static void align_bar(struct resource *bar)
{
	resource_size_t size = resource_size(bar);

	if (!(bar->flags & IORESOURCE_MEM) || bar->parent || size >= PAGE_SIZE)
		return;
	bar->flags &= ~IORESOURCE_SIZEALIGN;
	bar->flags |= IORESOURCE_STARTALIGN | IORESOURCE_UNSET;
	/* what it is aligned by */
	bar->start = PAGE_SIZE;
	bar->end = PAGE_SIZE + size - 1;
}

/* pci_lock_rescan_remove() is held. */
static void look_for_devices(void)
{
	struct pci_bus *bus = bridge->bus;
	struct pci_dev *dev;
	int i;

	pci_scan_child_bus(bus);
	list_for_each_entry(dev, &bus->devices, bus_list)
		for (i = 0; i < PCI_STD_NUM_BARS; i++)
			align_bar(&dev->resource[i]);
	pci_assign_unassigned_bus_resources(bus);
	pci_bus_add_devices(bus);
}

static int probe(struct jailhouse_error *err)
{
	struct host *h = host();
	int ret;

	pci_add_resource(&bridge->windows, &h->space.buses);
	pci_add_resource(&bridge->windows, &h->space.window);
	bridge->dev.parent = sysfs_device();
	dev_set_msi_domain(&bridge->dev, h->irqs.pci_msi);
	bridge->domain_nr = sys()->platform_info.pci_domain;
	bridge->sysdata = h;
	bridge->ops = &ops;
	bridge->map_irq = map_irq;
	bridge->swizzle_irq = pci_common_swizzle;
	ret = pci_host_probe(bridge);
	if (ret)
		return error_set(err, ret, "Linux does not take the virtual PCI host as PCI domain %u (platform_info.pci_domain, error %d)%s",
				 sys()->platform_info.pci_domain, ret,
				 ret == -EEXIST ? ": it has one of that number" : "");
	pci_lock_rescan_remove();
	WRITE_ONCE(h->probed, true);
	look_for_devices();
	pci_unlock_rescan_remove();
	return 0;
}

void pci_remove_host(void)
{
	if (!bridge)
		return;
	if (host()->probed) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(bridge->bus);
		pci_remove_root_bus(bridge->bus);
		pci_unlock_rescan_remove();
	}
	dev_set_msi_domain(&bridge->dev, NULL);
	pci_irq_release(&host()->irqs);
	pci_space_release(&host()->space);
	pci_free_host_bridge(bridge);
	bridge = NULL;
}

int pci_add_host(struct jailhouse_error *err)
{
	int ret;

	if (!sys()->platform_info.pci_is_virtual)
		return 0;
	bridge = pci_alloc_host_bridge(sizeof(struct host));
	if (!bridge)
		return error_set(err, -ENOMEM, "no memory for the virtual PCI host");
	__module_get(THIS_MODULE);
	bridge->release_fn = bridge_gone;
	/* its own reference is given away with the bus */
	ret = pci_space_claim(&host()->space, sys(), err);
	if (!ret)
		ret = pci_irq_claim(&host()->irqs, err);
	if (!ret)
		ret = probe(err);
	if (ret)
		pci_remove_host();
	return ret;
}

int pci_claim_irq(u32 *intid, struct jailhouse_error *err)
{
	int ret;

	if (!bridge)
		return error_set(err, -ENODEV, "the system configuration has no virtual PCI host (pci_is_virtual), by whose interrupts root is told of accesses to windows");
	ret = pci_irq_claim_remote(&host()->irqs, err);
	if (ret)
		return ret;
	*intid = host()->irqs.remote_intid;
	return (int)host()->irqs.remote;
}

/* Devices come and go with the cells */

void pci_begin_create(void)
{
	if (bridge)
		pci_lock_rescan_remove();
}

/* Is the cell the last that has the other end of root's link? */
static bool is_last_end(const struct cell *cell,
			const struct jailhouse_pci_device *link)
{
	return !(link->iommu & CELLBLOCK_LINK_STAYS) &&
		cell_has_link(cell, link) && !cells_have_link(link, cell);
}

static void remove_device(const struct jailhouse_pci_device *link)
{
	struct pci_dev *dev;

	dev = pci_get_domain_bus_and_slot(pci_domain_nr(bridge->bus),
					  PCI_BUS_NUM(link->bdf),
					  link->bdf & 0xff);
	if (!dev)
		return;
	pci_stop_and_remove_bus_device(dev);
	pci_dev_put(dev);
}

void pci_begin_destroy(const struct cell *cell)
{
	const struct jailhouse_pci_device *link;

	if (!bridge)
		return;
	pci_lock_rescan_remove();
	for_each_link(link, &sys()->root_cell)
		if (is_last_end(cell, link))
			remove_device(link);
}

void pci_end_change(bool look)
{
	if (!bridge)
		return;
	if (look)
		look_for_devices();
	pci_unlock_rescan_remove();
}
