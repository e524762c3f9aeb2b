// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The virtual PCI host of the hypervisor in Linux: made when the hypervisor is
 * enabled, removed before it is disabled. Its devices are the ends of IVSHMEM
 * links; each is there as long as a cell has another end of the link.
 *
 * A device interrupts by INTx, SPIs from vpci_irq_base on, or by MSI-X if it
 * has that: its vectors are the SPIs behind those four. The hypervisor takes a
 * message to the distributor's GICD_SETSPI_NSR for what it says.
 */

#include <linux/io.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/pci.h>
#include <linux/pci-ecam.h>

#include <cellblock/config.h>

#include "cell/cell.h"
#include "el2/enable.h"
#include "error.h"
#include "mem/ram.h"
#include "pci/pci.h"
#include "sysfs/sysfs.h"

#define SPI_FIRST	32	/* INTID */
#define NUM_INTX	4
#define GICD_SETSPI_NSR	0x40

struct host {
	void __iomem *ecam;	/* NULL: the hypervisor is off */
	struct resource buses, ecam_res, window;
	unsigned int intx[NUM_INTX];	/* 0: no device has it */
	struct irq_domain *msi, *pci_msi;
	/* the claim of the GIC's driver that was shortened, or NULL */
	struct resource *shortened;
	resource_size_t shortened_size;
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

/* Configuration space */

static void __iomem *map_bus(struct pci_bus *bus, unsigned int devfn, int where)
{
	struct host *h = bus->sysdata;
	void __iomem *ecam = READ_ONCE(h->ecam);

	return ecam ? ecam + PCIE_ECAM_OFFSET(bus->number, devfn, where) : NULL;
}

static struct pci_ops ops = {
	.map_bus = map_bus,
	.read = pci_generic_config_read,
	.write = pci_generic_config_write,
};

/* Addresses */

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
 * there are, and the GIC's driver claims them all. What is behind those of this
 * machine's CPUs is free. Nobody else changes the tree there.
 */
static void shorten_gicr(struct host *h)
{
	const struct jailhouse_system *config = sys();
	struct resource *res;

	for (res = iomem_resource.child; res; res = res->sibling)
		if (res->start == config->platform_info.arm.gicr_base)
			break;
	if (!res || res->end < h->ecam_res.start ||
	    res->start >= h->ecam_res.start)
		return;
	h->shortened_size = resource_size(res);
	if (!adjust_resource(res, res->start, h->ecam_res.start - res->start))
		h->shortened = res;
}

static void restore_gicr(struct host *h)
{
	if (h->shortened)
		adjust_resource(h->shortened, h->shortened->start,
				h->shortened_size);
	h->shortened = NULL;
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

static int get_addresses(struct jailhouse_error *err)
{
	u64 base = sys()->platform_info.pci_mmconfig_base;
	unsigned int end_bus = sys()->platform_info.pci_mmconfig_end_bus;
	struct host *h = host();
	int ret;

	set_resource(&h->buses, IORESOURCE_BUS, "virtual PCI buses", 0,
		     end_bus + 1);
	set_resource(&h->ecam_res, IORESOURCE_MEM, "virtual PCI ECAM", base,
		     (end_bus + 1) << PCIE_ECAM_BUS_SHIFT);
	set_resource(&h->window, IORESOURCE_MEM, "virtual PCI window",
		     h->ecam_res.end + 1, window_size(&sys()->root_cell));
	if (!base || h->window.end > U32_MAX)
		return error_set(err, -EINVAL, "the virtual PCI host at %#llx is not below 4 GiB, where its devices' registers have to be (platform_info.pci_mmconfig_base)",
				 base);
	shorten_gicr(h);
	ret = claim(&h->ecam_res, err);
	if (!ret)
		ret = claim(&h->window, err);
	if (ret)
		return ret;
	h->ecam = ioremap(h->ecam_res.start, resource_size(&h->ecam_res));
	return h->ecam ? 0 : error_set(err, -ENOMEM, "cannot map the virtual PCI host's configuration space");
}

static void put_addresses(void)
{
	struct host *h = host();
	void __iomem *ecam = h->ecam;

	/* whoever holds a device of ours still reads that there is none */
	WRITE_ONCE(h->ecam, NULL);
	/* accesses are made with a raw spinlock held */
	synchronize_rcu();
	if (ecam)
		iounmap(ecam);
	if (h->window.parent)
		release_resource(&h->window);
	if (h->ecam_res.parent)
		release_resource(&h->ecam_res);
	restore_gicr(h);
}

/* Interrupts */

static struct irq_domain *find_gic(void)
{
	struct irq_domain *domain = NULL;
	struct device_node *node;
	struct resource res;

	for_each_node_with_property(node, "interrupt-controller") {
		if (of_address_to_resource(node, 0, &res) ||
		    res.start != sys()->platform_info.arm.gicd_base)
			continue;
		domain = irq_find_host(node);
		of_node_put(node);
		break;
	}
	return domain;
}

static void make_fwspec(struct irq_fwspec *fwspec, struct irq_domain *gic,
			unsigned int spi)
{
	fwspec->fwnode = gic->fwnode;
	fwspec->param_count = 3;
	fwspec->param[0] = 0;	/* an SPI */
	fwspec->param[1] = spi;
	fwspec->param[2] = IRQ_TYPE_EDGE_RISING;
}

static int check_free(struct irq_domain *gic, unsigned int spi,
		      struct jailhouse_error *err)
{
	if (irq_find_mapping(gic, SPI_FIRST + spi))
		return error_set(err, -EBUSY, "interrupt %u of the virtual PCI host (root_cell.vpci_irq_base) is one that Linux uses",
				 SPI_FIRST + spi);
	return 0;
}

static int get_intx(struct irq_domain *gic, struct jailhouse_error *err)
{
	const struct jailhouse_cell_desc *root = &sys()->root_cell;
	const struct jailhouse_pci_device *dev;
	struct host *h = host();
	int ret;

	for_each_link(dev, root) {
		unsigned int line = PCI_SLOT(dev->bdf) % NUM_INTX;
		unsigned int spi = root->vpci_irq_base + line;
		struct irq_fwspec fwspec;

		if (dev->num_msix_vectors || h->intx[line])
			continue;
		ret = check_free(gic, spi, err);
		if (ret)
			return ret;
		make_fwspec(&fwspec, gic, spi);
		h->intx[line] = irq_create_fwspec_mapping(&fwspec);
		if (!h->intx[line])
			return error_set(err, -EINVAL, "Linux's GIC driver does not take interrupt %u for the virtual PCI host (root_cell.vpci_irq_base)",
					 SPI_FIRST + spi);
	}
	return 0;
}

static int map_irq(const struct pci_dev *dev, u8 slot, u8 pin)
{
	struct host *h = dev->bus->sysdata;

	return pin && pin <= NUM_INTX ? h->intx[pin - 1] : 0;
}

/* MSI-X: a domain of the vectors' SPIs, in the manner of irq-gic-v3-mbi.c */

static DECLARE_BITMAP(msi_used, 32);
static unsigned int msi_count;

static unsigned int msi_first(void)
{
	return sys()->root_cell.vpci_irq_base + NUM_INTX;
}

static struct irq_chip spi_chip = {
	.name = "vPCI",
	.irq_mask = irq_chip_mask_parent,
	.irq_unmask = irq_chip_unmask_parent,
	.irq_eoi = irq_chip_eoi_parent,
	.irq_set_type = irq_chip_set_type_parent,
	.irq_set_affinity = irq_chip_set_affinity_parent,
};

static int spi_alloc(struct irq_domain *domain, unsigned int virq,
		     unsigned int count, void *args)
{
	struct irq_fwspec fwspec;
	struct irq_data *parent;
	unsigned int n;
	int ret;

	/* MSI-X vectors come one by one */
	n = find_first_zero_bit(msi_used, msi_count);
	if (count != 1 || n == msi_count)
		return -ENOSPC;
	make_fwspec(&fwspec, domain->parent, msi_first() + n);
	ret = irq_domain_alloc_irqs_parent(domain, virq, 1, &fwspec);
	if (ret)
		return ret;
	parent = irq_domain_get_irq_data(domain->parent, virq);
	ret = parent->chip->irq_set_type(parent, IRQ_TYPE_EDGE_RISING);
	if (!ret)
		ret = irq_domain_set_hwirq_and_chip(domain, virq,
						    SPI_FIRST + msi_first() + n,
						    &spi_chip, NULL);
	if (ret)
		irq_domain_free_irqs_parent(domain, virq, 1);
	else
		__set_bit(n, msi_used);
	return ret;
}

static void spi_free(struct irq_domain *domain, unsigned int virq,
		     unsigned int count)
{
	struct irq_data *data = irq_domain_get_irq_data(domain, virq);

	__clear_bit(data->hwirq - SPI_FIRST - msi_first(), msi_used);
	irq_domain_free_irqs_parent(domain, virq, count);
}

static const struct irq_domain_ops spi_ops = {
	.alloc = spi_alloc,
	.free = spi_free,
};

static void compose_message(struct irq_data *data, struct msi_msg *msg)
{
	phys_addr_t addr = sys()->platform_info.arm.gicd_base + GICD_SETSPI_NSR;

	msg->address_lo = lower_32_bits(addr);
	msg->address_hi = upper_32_bits(addr);
	msg->data = data->parent_data->hwirq;
}

static void mask_vector(struct irq_data *data)
{
	pci_msi_mask_irq(data);
	irq_chip_mask_parent(data);
}

static void unmask_vector(struct irq_data *data)
{
	pci_msi_unmask_irq(data);
	irq_chip_unmask_parent(data);
}

static struct irq_chip msi_chip = {
	.name = "vPCI-MSI-X",
	.irq_mask = mask_vector,
	.irq_unmask = unmask_vector,
	.irq_eoi = irq_chip_eoi_parent,
	.irq_compose_msi_msg = compose_message,
};

static struct msi_domain_info msi_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
		MSI_FLAG_PCI_MSIX,
	.chip = &msi_chip,
};

/* So many SPIs as all devices have vectors. */
static int count_vectors(struct irq_domain *gic, struct jailhouse_error *err)
{
	const struct jailhouse_pci_device *dev;
	unsigned int n;
	int ret = 0;

	msi_count = 0;
	for_each_link(dev, &sys()->root_cell)
		msi_count += dev->num_msix_vectors;
	msi_count = min_t(unsigned int, msi_count, BITS_PER_TYPE(u32));
	for (n = 0; n < msi_count && !ret; n++)
		ret = check_free(gic, msi_first() + n, err);
	return ret;
}

static int get_msi(struct irq_domain *gic, struct jailhouse_error *err)
{
	struct fwnode_handle *fwnode;
	struct host *h = host();
	int ret;

	ret = count_vectors(gic, err);
	if (ret || !msi_count)
		return ret;
	fwnode = irq_domain_alloc_named_fwnode("virtual-pci");
	if (fwnode)
		h->msi = irq_domain_create_hierarchy(gic, 0, 0, fwnode,
						     &spi_ops, NULL);
	if (h->msi) {
		irq_domain_update_bus_token(h->msi, DOMAIN_BUS_NEXUS);
		h->pci_msi = pci_msi_create_irq_domain(fwnode, &msi_info, h->msi);
	} else if (fwnode) {
		irq_domain_free_fwnode(fwnode);
	}
	if (!h->pci_msi)
		return error_set(err, -ENOMEM, "cannot make the interrupt domain of the virtual PCI host");
	dev_set_msi_domain(&bridge->dev, h->pci_msi);
	return 0;
}

static int get_interrupts(struct jailhouse_error *err)
{
	struct irq_domain *gic = find_gic();
	int ret;

	if (!gic)
		return error_set(err, -ENODEV, "the device tree has no GIC at %#llx (platform_info.arm.gicd_base), which the virtual PCI host needs for its interrupts (ACPI will not do)",
				 sys()->platform_info.arm.gicd_base);
	ret = get_intx(gic, err);
	return ret ? ret : get_msi(gic, err);
}

static void put_interrupts(void)
{
	struct fwnode_handle *fwnode;
	struct host *h = host();
	unsigned int i;

	dev_set_msi_domain(&bridge->dev, NULL);
	if (h->pci_msi)
		irq_domain_remove(h->pci_msi);
	if (h->msi) {
		fwnode = h->msi->fwnode;
		irq_domain_remove(h->msi);
		irq_domain_free_fwnode(fwnode);
	}
	for (i = 0; i < NUM_INTX; i++)
		irq_dispose_mapping(h->intx[i]);
}

/* The host itself */

/* Somebody may hold one of its devices, and with it our functions, for long. */
static void bridge_gone(struct pci_host_bridge *unused)
{
	module_put(THIS_MODULE);
}

static int probe(struct jailhouse_error *err)
{
	struct host *h = host();
	int ret;

	pci_add_resource(&bridge->windows, &h->buses);
	pci_add_resource(&bridge->windows, &h->window);
	bridge->dev.parent = sysfs_device();
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
	h->probed = true;
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
	put_interrupts();
	put_addresses();
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
	ret = get_addresses(err);
	if (!ret)
		ret = get_interrupts(err);
	if (!ret)
		ret = probe(err);
	if (ret)
		pci_remove_host();
	return ret;
}

void pci_begin_create(void)
{
	if (bridge)
		pci_lock_rescan_remove();
}

/* Is the cell the last that has the other end of root's link? */
static bool is_last_end(const struct cell *cell,
			const struct jailhouse_pci_device *link)
{
	return cell_has_link(cell, link) && !cell_others_have_link(cell, link);
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
		pci_rescan_bus(bridge->bus);
	pci_unlock_rescan_remove();
}
