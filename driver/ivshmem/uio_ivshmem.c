// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * IVSHMEM devices for programs: /dev/uioN with the maps below, each at N pages
 * as UIO has it. A read() waits for an interrupt. The device then masks itself
 * (one-shot mode): the program enables it again by a write to the register
 * IVSHMEM_REG_INT_CONTROL, or of 1 to the file.
 *
 * When the device goes, so does the memory: the pages are unmapped wherever
 * they are, whoever touches them gets SIGBUS, and read() and poll() return.
 */

#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uio_driver.h>

#include "ivshmem_pci.h"

enum map {
	MAP_REGISTERS,
	MAP_STATE_TABLE,
	MAP_RW_SECTION,
	MAP_OUTPUT_SECTIONS,	/* all output sections, for reading */
	MAP_OWN_OUTPUT,	/* our own, for writing */
	NUM_MAPS,
};

static const struct {
	const char *name;
	bool writable;
} maps[NUM_MAPS] = {
	[MAP_REGISTERS]		= { "registers", true },
	[MAP_STATE_TABLE]	= { "state_table", false },
	[MAP_RW_SECTION]	= { "rw_section", true },
	[MAP_OUTPUT_SECTIONS]	= { "output_sections", false },
	[MAP_OWN_OUTPUT]	= { "own_output", true },
};

/* What an empty section looks as if it had, see pretend_size(). */
#define PRETENDED	1

/* A file of the device: more than one if somebody has made them. */
struct node {
	struct list_head list;
	struct inode *inode;
	unsigned int count;	/* of open() */
};

struct link {
	struct kref refs;		/* the device's and each mapping's */
	struct uio_info info;
	struct pci_dev *pdev;
	struct ivshmem_layout layout;
	int vectors;
	struct mutex lock;		/* of what follows */
	bool gone;
	struct list_head nodes;		/* all that is open */
	/* what a mapping points to, so that it knows which it is */
	struct mapping {
		struct link *link;
		enum map nr;
	} mappings[NUM_MAPS];
};

static void link_free(struct kref *refs)
{
	kfree(container_of(refs, struct link, refs));
}

/* Mappings */

static void mapping_open(struct vm_area_struct *vma)
{
	struct mapping *mapping = vma->vm_private_data;

	kref_get(&mapping->link->refs);
}

static void mapping_close(struct vm_area_struct *vma)
{
	struct mapping *mapping = vma->vm_private_data;

	kref_put(&mapping->link->refs, link_free);
}

/*
 * Pages are entered when they are touched: the mapping can be found by then, so
 * that none is missed when the device goes.
 */
static vm_fault_t mapping_fault(struct vm_fault *vmf)
{
	struct mapping *mapping = vmf->vma->vm_private_data;
	struct link *link = mapping->link;
	struct uio_mem *mem = &link->info.mem[mapping->nr];
	u64 offset = (u64)(vmf->pgoff - mapping->nr) << PAGE_SHIFT;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&link->lock);
	if (!link->gone && offset < mem->size)
		ret = vmf_insert_pfn(vmf->vma, vmf->address,
				     PHYS_PFN(mem->addr + offset));
	mutex_unlock(&link->lock);
	return ret;
}

static const struct vm_operations_struct mapping_ops = {
	.open = mapping_open,
	.close = mapping_close,
	.fault = mapping_fault,
};

static void change_flags(struct vm_area_struct *vma, unsigned long set,
			 unsigned long clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

static int uio_ivshmem_mmap(struct uio_info *info, struct vm_area_struct *vma)
{
	struct link *link = info->priv;
	unsigned long nr = vma->vm_pgoff;

	/* UIO has checked the size against what was there at first. */
	if (nr >= NUM_MAPS || info->mem[nr].size <= PRETENDED ||
	    !(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (!maps[nr].writable) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		change_flags(vma, 0, VM_MAYWRITE);
	}
	change_flags(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP, 0);
	if (nr == MAP_REGISTERS) {
		change_flags(vma, VM_IO, 0);
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	}
	vma->vm_private_data = &link->mappings[nr];
	vma->vm_ops = &mapping_ops;
	mapping_open(vma);
	return 0;
}

/* Files */

static struct node *find_node(struct link *link, struct inode *inode)
{
	struct node *node;

	list_for_each_entry(node, &link->nodes, list)
		if (node->inode == inode)
			return node;
	return NULL;
}

static int add_node(struct link *link, struct inode *inode)
{
	struct node *node = find_node(link, inode);

	if (link->gone)
		return -ENODEV;
	if (!node) {
		node = kzalloc(sizeof(*node), GFP_KERNEL);
		if (!node)
			return -ENOMEM;
		node->inode = inode;
		list_add(&node->list, &link->nodes);
	}
	node->count++;
	return 0;
}

static int uio_ivshmem_open(struct uio_info *info, struct inode *inode)
{
	struct link *link = info->priv;
	int ret;

	mutex_lock(&link->lock);
	ret = add_node(link, inode);
	mutex_unlock(&link->lock);
	return ret;
}

/* To the others we are not there. */
static void silence(struct link *link)
{
	writel(0, link->layout.regs + IVSHMEM_REG_INT_CONTROL);
	writel(IVSHMEM_STATE_RESET, link->layout.regs + IVSHMEM_REG_STATE);
}

static void drop_node(struct link *link, struct node *node)
{
	if (--node->count)
		return;
	list_del(&node->list);
	kfree(node);
	if (list_empty(&link->nodes) && !link->gone)
		silence(link);
}

static int uio_ivshmem_release(struct uio_info *info, struct inode *inode)
{
	struct link *link = info->priv;
	struct node *node;

	mutex_lock(&link->lock);
	node = find_node(link, inode);
	if (node)
		drop_node(link, node);
	mutex_unlock(&link->lock);
	return 0;
}

static void take_memory_away(struct link *link)
{
	struct node *node, *next;

	mutex_lock(&link->lock);
	link->gone = true;
	list_for_each_entry_safe(node, next, &link->nodes, list) {
		unmap_mapping_range(node->inode->i_mapping, 0, 0, 1);
		list_del(&node->list);
		kfree(node);
	}
	mutex_unlock(&link->lock);
}

/* Interrupts */

static int uio_ivshmem_irqcontrol(struct uio_info *info, s32 on)
{
	struct link *link = info->priv;

	writel(on ? IVSHMEM_INT_ENABLE : 0,
	       link->layout.regs + IVSHMEM_REG_INT_CONTROL);
	return 0;
}

static irqreturn_t interrupt(int irq, void *data)
{
	struct link *link = data;

	uio_event_notify(&link->info);
	return IRQ_HANDLED;
}

static void free_interrupts(struct link *link)
{
	while (link->vectors--)
		free_irq(pci_irq_vector(link->pdev, link->vectors), link);
	pci_free_irq_vectors(link->pdev);
}

static int request_interrupts(struct link *link)
{
	struct pci_dev *pdev = link->pdev;
	int i, count, ret;

	count = pci_alloc_irq_vectors(pdev, 1, max(pci_msix_vec_count(pdev), 1),
				      ivshmem_irq_types(pdev));
	if (count < 0)
		return dev_err_probe(&pdev->dev, count, "no interrupt\n");
	for (i = 0; i < count; i++) {
		ret = request_irq(pci_irq_vector(pdev, i), interrupt,
				  pdev->msix_enabled ? 0 : IRQF_SHARED,
				  pci_name(pdev), link);
		if (ret) {
			link->vectors = i;
			free_interrupts(link);
			return dev_err_probe(&pdev->dev, ret, "cannot use interrupt %d\n",
					     pci_irq_vector(pdev, i));
		}
	}
	link->vectors = count;
	return 0;
}

/* Devices */

static void set_map(struct link *link, enum map nr, phys_addr_t addr, u64 size)
{
	struct uio_mem *mem = &link->info.mem[nr];

	mem->name = maps[nr].name;
	mem->memtype = UIO_MEM_PHYS;
	mem->addr = addr;
	mem->size = size;
	link->mappings[nr].link = link;
	link->mappings[nr].nr = nr;
}

static void set_maps(struct link *link)
{
	struct ivshmem_layout *l = &link->layout;

	set_map(link, MAP_REGISTERS,
		pci_resource_start(link->pdev, IVSHMEM_BAR_REGISTERS),
		pci_resource_len(link->pdev, IVSHMEM_BAR_REGISTERS));
	set_map(link, MAP_STATE_TABLE, l->base, l->table_size);
	set_map(link, MAP_RW_SECTION, l->base + l->table_size, l->rw_size);
	set_map(link, MAP_OUTPUT_SECTIONS, ivshmem_output(l, 0),
		l->peers * l->output_size);
	set_map(link, MAP_OWN_OUTPUT, ivshmem_output(l, l->id),
		l->output_size);
}

/* Programs map pages of Linux's: none of them may be of two maps. */
static int check_pages(struct link *link)
{
	struct ivshmem_layout *l = &link->layout;
	phys_addr_t registers = link->info.mem[MAP_REGISTERS].addr;

	if (PAGE_ALIGNED(registers | l->base | l->table_size | l->rw_size | l->output_size))
		return 0;
	return dev_err_probe(&link->pdev->dev, -EINVAL, "registers at %pa, sections of %#llx, %#llx and %#llx bytes from %pa on: not all are multiples of %#lx, the size of Linux's pages, by which programs map them\n",
			     &registers, l->table_size, l->rw_size, l->output_size,
			     &l->base, PAGE_SIZE);
}

/*
 * For UIO's list in sysfs, both when it is made and when it is removed, a map
 * without size is the end. An empty section must look as if it had some then.
 */
static void pretend_size(struct link *link, bool pretend)
{
	unsigned int nr;

	for (nr = 0; nr < NUM_MAPS; nr++) {
		struct uio_mem *mem = &link->info.mem[nr];

		if (pretend && !mem->size)
			mem->size = PRETENDED;
		else if (!pretend && mem->size == PRETENDED)
			mem->size = 0;
	}
}

static int register_uio(struct link *link)
{
	struct uio_info *info = &link->info;
	int ret;

	info->name = "uio_ivshmem";
	info->version = "2";
	info->irq = UIO_IRQ_CUSTOM;
	info->irqcontrol = uio_ivshmem_irqcontrol;
	info->open = uio_ivshmem_open;
	info->release = uio_ivshmem_release;
	info->mmap = uio_ivshmem_mmap;
	info->priv = link;
	pretend_size(link, true);
	ret = uio_register_device(&link->pdev->dev, info);
	pretend_size(link, false);
	return ret;
}

static void unregister_uio(struct link *link)
{
	pretend_size(link, true);
	uio_unregister_device(&link->info);
}

static int start(struct link *link)
{
	int ret;

	ret = ivshmem_setup(link->pdev, &link->layout);
	if (ret)
		return ret;
	ivshmem_set_one_shot(link->pdev, &link->layout, true);
	silence(link);
	set_maps(link);
	ret = check_pages(link);
	if (ret)
		return ret;
	ret = register_uio(link);
	if (ret)
		return dev_err_probe(&link->pdev->dev, ret, "cannot make the UIO device\n");
	ret = request_interrupts(link);
	if (ret) {
		take_memory_away(link);
		unregister_uio(link);
	}
	return ret;
}

static int uio_ivshmem_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	struct link *link = kzalloc(sizeof(*link), GFP_KERNEL);
	int ret;

	if (!link)
		return -ENOMEM;
	kref_init(&link->refs);
	mutex_init(&link->lock);
	INIT_LIST_HEAD(&link->nodes);
	link->pdev = pdev;
	pci_set_drvdata(pdev, link);
	ret = start(link);
	if (ret)
		kref_put(&link->refs, link_free);
	return ret;
}

static void uio_ivshmem_remove(struct pci_dev *pdev)
{
	struct link *link = pci_get_drvdata(pdev);

	take_memory_away(link);
	silence(link);
	free_interrupts(link);
	unregister_uio(link);
	kref_put(&link->refs, link_free);
}

/*
 * Protocols without a driver of their own: none, and 0x4000 to 0x7fff. (A mask
 * of less than a byte cannot be said in a module's alias.)
 */
#define CUSTOM(n)	IVSHMEM_DEVICES((n) << 8, 0xffff00)
#define CUSTOM_4(n)	CUSTOM(n), CUSTOM(n + 1), CUSTOM(n + 2), CUSTOM(n + 3)
#define CUSTOM_16(n)	CUSTOM_4(n), CUSTOM_4(n + 4), CUSTOM_4(n + 8), \
			CUSTOM_4(n + 12)

static const struct pci_device_id ids[] = {
	IVSHMEM_DEVICES(JAILHOUSE_SHMEM_PROTO_UNDEFINED, 0xffffff),
	CUSTOM_16(0x40), CUSTOM_16(0x50), CUSTOM_16(0x60), CUSTOM_16(0x70),
	{ 0 }
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver uio_ivshmem_driver = {
	.name = "uio_ivshmem",
	.id_table = ids,
	.probe = uio_ivshmem_probe,
	.remove = uio_ivshmem_remove,
};
module_pci_driver(uio_ivshmem_driver);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Cellblock developers");
MODULE_DESCRIPTION("IVSHMEM devices for programs, by UIO");
MODULE_VERSION(CELLBLOCK_VERSION);
