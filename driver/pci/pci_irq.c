// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A device interrupts by INTx, SPIs from vpci_irq_base on, or by MSI-X if it
 * has that: its vectors are the SPIs after those four. The hypervisor takes a
 * message to the distributor's GICD_SETSPI_NSR for what it says.
 */

#include <linux/acpi.h>
#include <linux/bitmap.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/pci.h>

#include <cellblock/config.h>

#include "el2/enable.h"
#include "error.h"
#include "pci/pci_irq.h"

#define SPI_FIRST	32	/* INTID */
#define SPI_END		1020
#define GICD_SETSPI_NSR	0x40

static const struct jailhouse_system *sys(void)
{
	return enable_config();
}

/* By ACPI, a GIC's domain has no node: the one that all interrupts end in. */
static struct irq_domain *find_acpi_gic(void)
{
	struct irq_data *data;
	unsigned int irq;

	for (irq = 1; irq < SPI_END; irq++) {
		data = irq_get_irq_data(irq);
		while (data && data->parent_data)
			data = data->parent_data;
		if (data && data->domain && is_fwnode_irqchip(data->domain->fwnode))
			return data->domain;
	}
	return NULL;
}

static struct irq_domain *find_gic(void)
{
	struct irq_domain *domain = NULL;
	struct device_node *node;
	struct resource res;

	if (!acpi_disabled)
		return find_acpi_gic();
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
	if (is_fwnode_irqchip(gic->fwnode)) {
		fwspec->param_count = 2;
		fwspec->param[0] = SPI_FIRST + spi;
		fwspec->param[1] = IRQ_TYPE_EDGE_RISING;
		return;
	}
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

/* One of INTA to INTD, if it is not there yet. */
static int map_line(struct pci_irqs *irqs, struct irq_domain *gic, unsigned int line,
		    struct jailhouse_error *err)
{
	unsigned int spi = sys()->root_cell.vpci_irq_base + line;
	struct irq_fwspec fwspec;
	int ret;

	if (irqs->intx[line])
		return 0;
	ret = check_free(gic, spi, err);
	if (ret)
		return ret;
	make_fwspec(&fwspec, gic, spi);
	irqs->intx[line] = irq_create_fwspec_mapping(&fwspec);
	if (!irqs->intx[line])
		return error_set(err, -EINVAL, "Linux's GIC driver does not take interrupt %u for the virtual PCI host (root_cell.vpci_irq_base)",
				 SPI_FIRST + spi);
	return 0;
}

static int get_intx(struct pci_irqs *irqs, struct irq_domain *gic,
		    struct jailhouse_error *err)
{
	const struct jailhouse_cell_desc *root = &sys()->root_cell;
	const struct jailhouse_pci_device *dev;
	int ret = 0;

	for_each_link(dev, root)
		if (!ret && !dev->num_msix_vectors)
			ret = map_line(irqs, gic, PCI_SLOT(dev->bdf) % PCI_NUM_INTX, err);
	return ret;
}

int pci_irq_claim_remote(struct pci_irqs *irqs, struct jailhouse_error *err)
{
	unsigned int line = 0;
	int ret;

	if (irqs->remote)
		return 0;
	while (line < PCI_NUM_INTX - 1 && irqs->intx[line])
		line++;
	ret = map_line(irqs, find_gic(), line, err);
	if (ret)
		return ret;
	irqs->remote = irqs->intx[line];
	irqs->remote_intid = SPI_FIRST + sys()->root_cell.vpci_irq_base + line;
	return 0;
}

unsigned int pci_irq_of_pin(const struct pci_irqs *irqs, u8 pin)
{
	return pin && pin <= PCI_NUM_INTX ? irqs->intx[pin - 1] : 0;
}

/* MSI-X: a domain of the vectors' SPIs, in the manner of irq-gic-v3-mbi.c */

static DECLARE_BITMAP(msi_used, 32);
static unsigned int msi_count;

static unsigned int msi_first(void)
{
	return sys()->root_cell.vpci_irq_base + PCI_NUM_INTX;
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

static int get_msi(struct pci_irqs *irqs, struct irq_domain *gic,
		   struct jailhouse_error *err)
{
	struct fwnode_handle *fwnode;
	int ret;

	ret = count_vectors(gic, err);
	if (ret || !msi_count)
		return ret;
	fwnode = irq_domain_alloc_named_fwnode("virtual-pci");
	if (fwnode)
		irqs->msi = irq_domain_create_hierarchy(gic, 0, 0, fwnode,
							&spi_ops, NULL);
	if (irqs->msi) {
		irq_domain_update_bus_token(irqs->msi, DOMAIN_BUS_NEXUS);
		irqs->pci_msi = pci_msi_create_irq_domain(fwnode, &msi_info, irqs->msi);
	} else if (fwnode) {
		irq_domain_free_fwnode(fwnode);
	}
	if (!irqs->pci_msi)
		return error_set(err, -ENOMEM, "cannot make the interrupt domain of the virtual PCI host");
	return 0;
}

int pci_irq_claim(struct pci_irqs *irqs, struct jailhouse_error *err)
{
	struct irq_domain *gic = find_gic();
	int ret;

	if (!gic)
		return error_set(err, -ENODEV, "%s no GIC at %#llx (platform_info.arm.gicd_base), which the virtual PCI host needs for its interrupts",
				 acpi_disabled ? "the device tree has" :
				 "Linux found by ACPI",
				 sys()->platform_info.arm.gicd_base);
	ret = get_intx(irqs, gic, err);
	return ret ? ret : get_msi(irqs, gic, err);
}

void pci_irq_release(struct pci_irqs *irqs)
{
	struct fwnode_handle *fwnode;
	unsigned int i;

	if (irqs->pci_msi)
		irq_domain_remove(irqs->pci_msi);
	if (irqs->msi) {
		fwnode = irqs->msi->fwnode;
		irq_domain_remove(irqs->msi);
		irq_domain_free_fwnode(fwnode);
	}
	for (i = 0; i < PCI_NUM_INTX; i++)
		irq_dispose_mapping(irqs->intx[i]);
}
