/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef IVSHMEM_PCI_H
#define IVSHMEM_PCI_H

/*
 * What the drivers of IVSHMEM devices share: finding the registers and the
 * sections. The device can go at any time, but not before remove() is over.
 */

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/version.h>

#include <jailhouse/cell-config.h>
#include <jailhouse/ivshmem.h>

#ifndef PCI_IRQ_INTX
#define PCI_IRQ_INTX	PCI_IRQ_LEGACY
#endif

/* Those of a class: the protocol is its lower two bytes. */
#define IVSHMEM_DEVICES(protocol, mask) {				\
	.vendor = IVSHMEM_VENDOR_ID,					\
	.device = IVSHMEM_DEVICE_ID,					\
	.subvendor = PCI_ANY_ID,					\
	.subdevice = PCI_ANY_ID,					\
	.class = IVSHMEM_BASE_CLASS << 16 | (protocol),			\
	.class_mask = mask,						\
}

/* What sections are multiples of, whatever the pages of Linux are. */
#define IVSHMEM_PAGE	0x1000

struct ivshmem_layout {
	void __iomem *regs;
	unsigned int cap;	/* offset in configuration space */
	u32 id, peers;
	phys_addr_t base;	/* the state table is first */
	u64 table_size, rw_size, output_size;
};

static inline u64 ivshmem_cap64(struct pci_dev *pdev, unsigned int at)
{
	u32 low, high;

	pci_read_config_dword(pdev, at, &low);
	pci_read_config_dword(pdev, at + 4, &high);
	return (u64)high << 32 | low;
}

static inline phys_addr_t ivshmem_output(const struct ivshmem_layout *l, u32 id)
{
	return l->base + l->table_size + l->rw_size + id * l->output_size;
}

static inline bool ivshmem_is_sane(const struct ivshmem_layout *l)
{
	u64 limit = 1ULL << 40;

	return l->peers >= IVSHMEM_MIN_PEERS && l->peers <= IVSHMEM_MAX_PEERS &&
		l->id < l->peers && l->table_size >= l->peers * sizeof(u32) &&
		l->rw_size < limit && l->output_size < limit &&
		!((l->base | l->table_size | l->rw_size | l->output_size) &
		  (IVSHMEM_PAGE - 1));
}

/* Enables the device until the driver is unbound. */
static inline int ivshmem_setup(struct pci_dev *pdev, struct ivshmem_layout *l)
{
	u32 table_size;
	int ret;

	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = pcim_iomap_regions(pdev, BIT(IVSHMEM_BAR_REGISTERS),
					 pci_name(pdev));
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot map the registers\n");
	l->regs = pcim_iomap_table(pdev)[IVSHMEM_BAR_REGISTERS];
	l->cap = pci_find_capability(pdev, PCI_CAP_ID_VNDR);
	if (!l->cap)
		return dev_err_probe(&pdev->dev, -ENODEV, "no capability that tells of the shared memory\n");
	pci_set_master(pdev);
	pci_read_config_dword(pdev, l->cap + IVSHMEM_CAP_STATE_TABLE_SIZE,
			      &table_size);
	l->table_size = table_size;
	l->rw_size = ivshmem_cap64(pdev, l->cap + IVSHMEM_CAP_RW_SECTION_SIZE);
	l->output_size = ivshmem_cap64(pdev, l->cap +
				       IVSHMEM_CAP_OUTPUT_SECTION_SIZE);
	l->base = ivshmem_cap64(pdev, l->cap + IVSHMEM_CAP_ADDRESS);
	l->id = readl(l->regs + IVSHMEM_REG_ID);
	l->peers = readl(l->regs + IVSHMEM_REG_MAX_PEERS);
	if (!ivshmem_is_sane(l))
		return dev_err_probe(&pdev->dev, -EINVAL, "peer %u of %u, sections of %#llx, %#llx and %#llx bytes: no IVSHMEM device that this driver knows\n",
				     l->id, l->peers, l->table_size, l->rw_size,
				     l->output_size);
	return 0;
}

static inline void ivshmem_set_one_shot(struct pci_dev *pdev,
					const struct ivshmem_layout *l, bool on)
{
	pci_write_config_byte(pdev, l->cap + IVSHMEM_CAP_PRIV_CONTROL,
			      on ? IVSHMEM_PRIV_ONE_SHOT : 0);
}

/*
 * For pci_alloc_irq_vectors(). Asked for MSI-X, Linux makes the device's folder
 * msi_irqs also where there is no such capability, and programs take it for one.
 */
static inline unsigned int ivshmem_irq_types(const struct pci_dev *pdev)
{
	return PCI_IRQ_INTX | (pdev->msix_cap ? PCI_IRQ_MSIX : 0);
}

#endif /* IVSHMEM_PCI_H */
