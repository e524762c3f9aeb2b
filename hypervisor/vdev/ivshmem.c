// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * IVSHMEM devices, version 2.
 *
 * A link exists as long as a cell other than root has it: root's device is to
 * be seen meanwhile, and the memory is cleared at the beginning. One whose
 * device stays has been there for as long, as if one more cell had it.
 */

#include <core/arch.h>
#include <core/cell_mem.h>
#include <core/halt.h>
#include <lib/errno.h>
#include <vdev/ivshmem.h>
#include <core/main.h>
#include <lib/printk.h>
#include <lib/string.h>

static struct ivshmem_link *links;

static struct ivshmem_peer *self(const struct pci_function *fn)
{
	return &fn->link->peer[fn->config->shmem_dev_id];
}

#define for_each_function(fn, cell)					\
	for (struct pci_function *__end = ((fn) = (cell)->pci) + (cell)->num_pci; \
	     (fn) < __end; (fn)++)

static struct pci_function *function_at(struct cell *cell, u64 bdf)
{
	struct pci_function *fn;

	for_each_function(fn, cell)
		if (fn->config->bdf == bdf)
			return fn;
	return NULL;
}

struct pci_function *ivshmem_find(struct cell *cell, u64 bdf)
{
	struct pci_function *fn = function_at(cell, bdf);

	return fn && (cell != &root_cell || self(fn)->vectors) ? fn : NULL;
}

/* Configuration space */

static u32 interrupt_pin(const struct jailhouse_pci_device *dev)
{
	return dev->num_msix_vectors ? 0 : config_pci_pin(dev);
}

void ivshmem_fill_space(struct pci_function *fn)
{
	const struct jailhouse_pci_device *dev = fn->config;
	const struct jailhouse_memory *mem =
		config_mem_regions(fn->cell->config) + dev->shmem_regions_start;
	u32 id = (u32)IVSHMEM_DEVICE_ID << 16 | IVSHMEM_VENDOR_ID;
	u32 *cap = &fn->space[PCI_CAP_VENDOR / 4];

	fn->space[0] = id;
	fn->space[PCI_CLASS / 4] = (u32)IVSHMEM_BASE_CLASS << 24 |
				   (u32)dev->shmem_protocol << 8;
	fn->space[PCI_SUBSYSTEM / 4] = id;
	fn->space[PCI_INTERRUPT / 4] = interrupt_pin(dev) << 8;

	cap[0] = IVSHMEM_CAP_ID | (u32)IVSHMEM_CAP_LENGTH << 16;
	cap[IVSHMEM_CAP_STATE_TABLE_SIZE / 4] = (u32)mem[0].size;
	memcpy(&cap[IVSHMEM_CAP_RW_SECTION_SIZE / 4], &mem[1].size, 8);
	memcpy(&cap[IVSHMEM_CAP_OUTPUT_SECTION_SIZE / 4], &mem[2].size, 8);
	memcpy(&cap[IVSHMEM_CAP_ADDRESS / 4], &mem[0].virt_start, 8);
	if (!dev->num_msix_vectors)
		return;

	cap[0] |= PCI_CAP_MSIX << 8;
	cap = &fn->space[PCI_CAP_MSIX / 4];
	cap[0] = PCI_CAP_MSIX_ID | (dev->num_msix_vectors - 1U) << 16;
	cap[1] = IVSHMEM_BAR_MSIX;
	cap[2] = PCI_MSIX_PENDING | IVSHMEM_BAR_MSIX;
	memset(fn->msix, 0, sizeof(fn->msix));
	for (u32 n = 0; n < dev->num_msix_vectors; n++)
		fn->msix[n * 4 + 3] = PCI_MSIX_MASKED;
}

/* Interrupts */

/* The link's lock is held. */
static void raise(struct ivshmem_peer *peer, u32 vector)
{
	bool enabled = peer->enabled;
	u32 intid = ivshmem_deliver(peer, vector);
	u16 bit = (u16)(1U << vector);

	if (intid) {
		arch_irq_pend(intid);
	} else if (enabled) {
		peer->pending |= peer->masked & bit;
		if (peer->denied & bit)
			pci_count_denied();
	}
}

void ivshmem_write_doorbell(struct ivshmem_link *link, u32 value)
{
	u32 target = value >> 16, vector = value & 0xffff;

	spin_lock(&link->lock);
	if (target < link->num_peers && vector < link->peer[target].vectors)
		raise(&link->peer[target], vector);
	else
		pci_count_denied();
	spin_unlock(&link->lock);
}

/* @intid: 0 if it is none; it has to be the cell's */
static void set_vector(const struct pci_function *fn,
		       struct ivshmem_peer *peer, u32 vector, u32 intid)
{
	bool good = intid && arch_irq_is_spi_of(fn->cell, intid);

	peer->intid[vector] = (u16)(good ? intid : 0);
	if (intid && !good)
		peer->denied |= (u16)(1U << vector);
}

static void update_intx(const struct pci_function *fn,
			struct ivshmem_peer *peer)
{
	bool off = pci_space(fn, PCI_COMMAND) & PCI_COMMAND_INTX_OFF;

	set_vector(fn, peer, 0, off ? 0 : config_pci_intid(fn->cell->config,
							   fn->config));
}

/* A vector whose address or data is wrong gets an interrupt of nobody. */
static u32 msix_intid(const u32 *entry)
{
	u64 address = (u64)entry[1] << 32 | entry[0];

	return address == arch_msi_address() && entry[2] ? entry[2] : ~0U;
}

static void update_msix(const struct pci_function *fn,
			struct ivshmem_peer *peer)
{
	u32 control = pci_space(fn, PCI_CAP_MSIX);
	bool masked = (control & PCI_MSIX_MASK) ||
		      !(pci_space(fn, PCI_COMMAND) & PCI_COMMAND_MASTER);

	peer->masked = 0;
	memset(peer->intid, 0, sizeof(peer->intid));
	if (!(control & PCI_MSIX_ENABLE)) {
		peer->pending = 0;
		return;
	}
	for (u32 n = 0; n < fn->config->num_msix_vectors; n++) {
		const u32 *entry = &fn->msix[n * 4];
		u16 bit = (u16)(1U << n);

		if (masked || (entry[3] & PCI_MSIX_MASKED)) {
			peer->masked |= bit;
			continue;
		}
		set_vector(fn, peer, n, msix_intid(entry));
		if (!(peer->pending & bit))
			continue;
		peer->pending &= (u16)~bit;
		raise(peer, n);
	}
}

void ivshmem_update(struct pci_function *fn)
{
	struct ivshmem_peer *peer = self(fn);

	spin_lock(&fn->link->lock);
	peer->one_shot = pci_space(fn, PCI_CAP_VENDOR) >>
			 IVSHMEM_CAP_PRIV_CONTROL * 8 & IVSHMEM_PRIV_ONE_SHOT;
	peer->denied = 0;
	if (fn->config->num_msix_vectors)
		update_msix(fn, peer);
	else
		update_intx(fn, peer);
	spin_unlock(&fn->link->lock);
}

/* The link's lock is held. */
static void set_state(struct ivshmem_link *link, struct ivshmem_peer *peer,
		      u32 state)
{
	u32 id = (u32)(peer - link->peer);

	if (peer->state == state)
		return;
	peer->state = state;
	arch_write_phys(link->state_table + id * sizeof(state), state);
	for (u32 n = 0; n < link->num_peers; n++)
		if (n != id)
			raise(&link->peer[n], 0);
}

/* Registers */

static void write_register(const struct pci_function *fn, u32 reg, u32 value)
{
	struct ivshmem_link *link = fn->link;
	struct ivshmem_peer *peer = self(fn);

	if (reg == IVSHMEM_REG_DOORBELL) {
		ivshmem_write_doorbell(link, value);
		return;
	}
	spin_lock(&link->lock);
	if (reg == IVSHMEM_REG_INT_CONTROL && peer->vectors)
		peer->enabled = value & IVSHMEM_INT_ENABLE;
	else if (reg == IVSHMEM_REG_STATE && peer->vectors)
		set_state(link, peer, value);
	spin_unlock(&link->lock);
}

static u32 read_register(const struct pci_function *fn, u32 reg)
{
	switch (reg) {
	case IVSHMEM_REG_ID:
		return fn->config->shmem_dev_id;
	case IVSHMEM_REG_MAX_PEERS:
		return fn->link->num_peers;
	case IVSHMEM_REG_INT_CONTROL:
		return self(fn)->enabled;
	case IVSHMEM_REG_STATE:
		return self(fn)->state;
	default:
		return 0;
	}
}

enum mmio_result ivshmem_registers(void *fn, struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (access->size != 4 || reg % 4) {
		if (!access->is_write)
			access->value = 0;
		pci_count_denied();
	} else if (access->is_write) {
		write_register(fn, reg, (u32)access->value);
	} else {
		access->value = read_register(fn, reg);
	}
	return MMIO_HANDLED;
}

static u32 read_table(const struct pci_function *fn, u32 offset)
{
	if (offset < PCI_MSIX_PENDING)
		return fn->msix[offset / 4];
	return offset == PCI_MSIX_PENDING ? self(fn)->pending : 0;
}

enum mmio_result ivshmem_msix_table(void *arg, struct mmio_access *access)
{
	struct pci_function *fn = arg;
	u32 offset = (u32)access->address;

	if (access->size < 4 || (offset & (access->size - 1U))) {
		if (!access->is_write)
			access->value = 0;
		pci_count_denied();
		return MMIO_HANDLED;
	}
	if (!access->is_write) {
		access->value = read_table(fn, offset);
		if (access->size == 8)
			access->value |= (u64)read_table(fn, offset + 4) << 32;
		return MMIO_HANDLED;
	}
	if (offset / PCI_MSIX_ENTRY >= fn->config->num_msix_vectors)
		return MMIO_HANDLED;
	spin_lock(&fn->cell->mm_lock);
	memcpy(&fn->msix[offset / 4], &access->value, access->size);
	ivshmem_update(fn);
	spin_unlock(&fn->cell->mm_lock);
	return MMIO_HANDLED;
}

void ivshmem_set_doorbell(struct pci_function *fn, u64 page, bool on)
{
	struct cell_doorbell *slot = ivshmem_slot(fn->cell, page);

	if (on && !slot->key) {
		slot->link = fn->link;
		/* who finds the key finds the link */
		__atomic_store_n(&slot->key, page + 1, __ATOMIC_RELEASE);
	} else if (!on && slot->key == page + 1) {
		__atomic_store_n(&slot->key, 0, __ATOMIC_RELAXED);
	}
}

/* Life */

static void silence(struct pci_function *fn)
{
	struct ivshmem_peer *peer = self(fn);

	spin_lock(&fn->link->lock);
	peer->vectors = 0;
	peer->enabled = false;
	peer->pending = 0;
	set_state(fn->link, peer, IVSHMEM_STATE_RESET);
	spin_unlock(&fn->link->lock);
}

/* Root's is seen from now on. */
static void show(const struct pci_function *fn)
{
	u16 vectors = fn->config->num_msix_vectors;

	self(fn)->vectors = vectors ? vectors : 1;
}

static void reset(struct pci_function *fn, bool alive)
{
	silence(fn);
	spin_lock(&fn->cell->mm_lock);
	pci_reset(fn);
	ivshmem_update(fn);
	if (alive)
		show(fn);
	spin_unlock(&fn->cell->mm_lock);
}

static struct ivshmem_link *link_at(u32 bdf)
{
	struct ivshmem_link *link = links;

	while (link && link->bdf != bdf)
		link = link->next;
	return link;
}

static size_t link_size(u32 num_peers)
{
	return sizeof(struct ivshmem_link) +
	       num_peers * sizeof(struct ivshmem_peer);
}

_Static_assert(sizeof(struct ivshmem_link) +
	       IVSHMEM_MAX_PEERS * sizeof(struct ivshmem_peer) <= PAGE_SIZE,
	       "a link fits one page");

/* @link: zeroed memory for it */
static void init_link(struct ivshmem_link *link, const struct pci_function *fn)
{
	const struct jailhouse_pci_device *dev = fn->config;

	link->bdf = dev->bdf;
	link->num_peers = dev->shmem_peers;
	link->state_table = config_mem_regions(fn->cell->config)
				[dev->shmem_regions_start].phys_start;
	link->next = links;
	links = link;
}

static void put_link(struct ivshmem_link *link)
{
	struct ivshmem_link **prev = &links;

	if (--link->users)
		return;
	while (*prev != link)
		prev = &(*prev)->next;
	*prev = link->next;
	page_free(link, 1);
}

static size_t function_pages(const struct cell *cell)
{
	return PAGES(cell->num_pci * sizeof(struct pci_function));
}

static void ivshmem_release(struct cell *cell)
{
	struct pci_function *fn;

	for_each_function(fn, cell)
		if (fn->link)
			put_link(fn->link);
	if (cell->pci)
		page_free(cell->pci, function_pages(cell));
	cell->pci = NULL;
	cell->num_pci = 0;
}

/* Root's links come after its functions: @space, NULL for other cells. */
static int set_links(struct cell *cell, u8 *space)
{
	const struct jailhouse_pci_device *dev =
		config_pci_devices(cell->config);
	struct pci_function *fn;

	for_each_function(fn, cell) {
		struct ivshmem_link *link;

		while (!config_is_link(dev))
			dev++;
		fn->config = dev++;
		fn->cell = cell;
		link = link_at(fn->config->bdf);
		if (!link) {
			link = space ? (void *)space : page_alloc(1, 1);
			if (!link)
				return refuse_memory();
			init_link(link, fn);
			if (space)
				space += link_size(link->num_peers);
		}
		fn->link = link;
		link->users++;
		if (space && fn->config->iommu & CELLBLOCK_LINK_STAYS) {
			link->cells++;
			pci_reset(fn);
			show(fn);
		}
	}
	return 0;
}

void ivshmem_halt_unlock(const struct cell *cell)
{
	struct pci_function *fn;

	for_each_function(fn, cell)
		halt_unlock(&fn->link->lock);
}

/* No cell has them, and root's device is not there. */
int ivshmem_clear_links(const struct cell *cell)
{
	struct pci_function *fn;
	int err = 0;

	for_each_function(fn, cell) {
		const struct jailhouse_memory *mem =
			config_mem_regions(cell->config) +
			fn->config->shmem_regions_start;

		if (!err && !fn->link->cells)
			err = cell_mem_clear(mem->phys_start,
					     config_link_size(mem, fn->config));
	}
	return err;
}

static int ivshmem_prepare(struct cell *cell)
{
	const struct jailhouse_pci_device *dev;
	size_t functions, size = 0;
	int err;

	if (!system_config->platform_info.pci_is_virtual)
		return 0;
	err = pci_add_host(cell);
	if (err)
		return refuse(err, "cell \"%s\": the virtual PCI host at %#llx overlaps another trapped region",
			      cell->config->name,
			      system_config->platform_info.pci_mmconfig_base);
	for_each_link(dev, cell->config) {
		cell->num_pci++;
		size += link_size(dev->shmem_peers);
	}
	if (!cell->num_pci)
		return 0;
	functions = cell->num_pci * sizeof(struct pci_function);
	cell->pci = page_alloc(cell == &root_cell ? PAGES(functions + size) :
						    PAGES(functions), 1);
	if (!cell->pci) {
		cell->num_pci = 0;
		return refuse_memory();
	}
	err = set_links(cell, cell == &root_cell ?
			      (u8 *)cell->pci + functions : NULL);
	if (err)
		ivshmem_release(cell);
	return err;
}

/* Root's device comes and goes with the other cells. */
static void reset_root(const struct ivshmem_link *link)
{
	struct pci_function *fn = function_at(&root_cell, link->bdf);

	if (fn)
		reset(fn, link->cells);
}

/* Interrupts have come to root, or gone. */
static void update_root(void)
{
	struct pci_function *fn;

	for_each_function(fn, &root_cell) {
		spin_lock(&root_cell.mm_lock);
		ivshmem_update(fn);
		spin_unlock(&root_cell.mm_lock);
	}
}

static void ivshmem_take(struct cell *cell)
{
	struct pci_function *fn;

	for_each_function(fn, cell) {
		if (fn->link->cells++)
			continue;
		reset_root(fn->link);
	}
	update_root();
}

static void ivshmem_return(struct cell *cell)
{
	struct pci_function *fn;

	for_each_function(fn, cell)
		if (!--fn->link->cells)
			reset_root(fn->link);
	update_root();
}

static void ivshmem_reset(struct cell *cell)
{
	struct pci_function *fn;

	for_each_function(fn, cell)
		reset(fn, true);
}

static void ivshmem_stop(struct cell *cell)
{
	struct pci_function *fn;

	for_each_function(fn, cell)
		silence(fn);
}

static int ivshmem_init(void)
{
	return 0;
}

const struct unit ivshmem_unit = {
	.init = ivshmem_init,
	.cell_prepare = ivshmem_prepare,
	.cell_release = ivshmem_release,
	.cell_take = ivshmem_take,
	.cell_return = ivshmem_return,
	.cell_reset = ivshmem_reset,
	.cell_stop = ivshmem_stop,
};
