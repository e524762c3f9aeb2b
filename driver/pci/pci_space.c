// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/pci-ecam.h>
#include <linux/rcupdate.h>

#include <cellblock/config.h>

#include "error.h"
#include "mem/ram.h"
#include "pci/pci_space.h"

static u64 window_size(const struct jailhouse_cell_desc *root)
{
	const struct jailhouse_pci_device *dev;
	u64 largest = PAGE_SIZE;
	unsigned int i, bars = 0;

	for_each_link(dev, root)
		for (i = 0; i < PCI_STD_NUM_BARS; i++)
			if (dev->bar_mask[i]) {
				bars++;
				largest = max(largest,
					      (u64)~dev->bar_mask[i] + 1);
			}
	return PAGE_ALIGN(max(bars, 1U) * largest);
}

static void set_resource(struct resource *res, unsigned long type,
			 const char *name, u64 start, u64 size)
{
	res->name = name;
	res->flags = type;
	res->start = start;
	res->end = start + size - 1;
}

/*
 * The device tree of many a machine has redistributors for far more CPUs than
 * there are, and the GIC's driver claims them all. What is after those of this
 * machine's CPUs is free. Nobody else changes the tree there.
 */
static void shorten_gicr(struct pci_space *space,
			 const struct jailhouse_system *sys)
{
	struct resource *res;

	for (res = iomem_resource.child; res; res = res->sibling)
		if (res->start == sys->platform_info.arm.gicr_base)
			break;
	if (!res || res->end < space->ecam_res.start ||
	    res->start >= space->ecam_res.start)
		return;
	space->shortened_size = resource_size(res);
	if (!adjust_resource(res, res->start, space->ecam_res.start - res->start))
		space->shortened = res;
}

static void restore_gicr(struct pci_space *space)
{
	if (space->shortened)
		adjust_resource(space->shortened, space->shortened->start,
				space->shortened_size);
	space->shortened = NULL;
}

static int claim(struct resource *res, struct jailhouse_error *err)
{
	char owner[96];

	if (!request_resource(&iomem_resource, res))
		return 0;
	ram_describe(owner, sizeof(owner), res->start, res->end + 1);
	return error_set(err, -EBUSY, "the virtual PCI host needs %#llx to %#llx (platform_info.pci_mmconfig_base), which is not free: %s",
			 (u64)res->start, (u64)res->end, owner);
}

int pci_space_claim(struct pci_space *space, const struct jailhouse_system *sys,
		    struct jailhouse_error *err)
{
	u64 base = sys->platform_info.pci_mmconfig_base;
	unsigned int end_bus = sys->platform_info.pci_mmconfig_end_bus;
	int ret;

	set_resource(&space->buses, IORESOURCE_BUS, "virtual PCI buses", 0,
		     end_bus + 1);
	set_resource(&space->ecam_res, IORESOURCE_MEM, "virtual PCI ECAM", base,
		     (end_bus + 1) << PCIE_ECAM_BUS_SHIFT);
	set_resource(&space->window, IORESOURCE_MEM, "virtual PCI window",
		     space->ecam_res.end + 1, window_size(&sys->root_cell));
	if (!base || space->window.end > U32_MAX)
		return error_set(err, -EINVAL, "the virtual PCI host at %#llx is not below 4 GiB, where its devices' registers have to be (platform_info.pci_mmconfig_base)",
				 base);
	shorten_gicr(space, sys);
	ret = claim(&space->ecam_res, err);
	if (!ret)
		ret = claim(&space->window, err);
	if (ret)
		return ret;
	space->ecam = ioremap(space->ecam_res.start, resource_size(&space->ecam_res));
	return space->ecam ? 0 : error_set(err, -ENOMEM, "cannot map the virtual PCI host's configuration space");
}

void pci_space_release(struct pci_space *space)
{
	void __iomem *ecam = space->ecam;

	/* whoever holds a device of ours still reads that there is none */
	WRITE_ONCE(space->ecam, NULL);
	/* accesses are made with a raw spinlock held */
	synchronize_rcu();
	if (ecam)
		iounmap(ecam);
	if (space->window.parent)
		release_resource(&space->window);
	if (space->ecam_res.parent)
		release_resource(&space->ecam_res);
	restore_gicr(space);
}
