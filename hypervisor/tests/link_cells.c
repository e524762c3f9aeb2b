// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <arch/boot.h>
#include <core/arch.h>
#include <core/console.h>
#include <vdev/ivshmem.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "link_cells.h"
#include "tap.h"

static struct {
	struct jailhouse_system header;
	struct arrays arrays;
} __packed sys;

void add_section(struct arrays *a, unsigned int n, u64 start, u64 size,
			bool writable)
{
	a->mem[n] = (struct jailhouse_memory) {
		.phys_start = start, .virt_start = start, .size = size,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED |
			 (writable ? JAILHOUSE_MEM_WRITE : 0),
	};
}

/* The links of peer @id (of 2, in the second one: 1 for all but root). */
static void fill(struct jailhouse_cell_desc *desc, struct arrays *a, u8 id)
{
	desc->cpu_set_size = sizeof(a->cpus);
	desc->num_memory_regions = ARRAY_SIZE(a->mem);
	desc->num_irqchips = 1;
	desc->num_pci_devices = 2;
	desc->num_cache_regions = 0;
	desc->num_pio_regions = 0;
	desc->num_pci_caps = 0;
	desc->num_stream_ids = 0;

	add_section(a, 1, LINK_AT, 0x1000, false);
	add_section(a, 2, LINK_AT + 0x1000, 0x3000, true);
	for (unsigned int n = 0; n < PEERS; n++)
		add_section(a, 3 + n, LINK_AT + 0x4000 + n * 0x2000, 0x2000,
			    n == id);
	add_section(a, 15, MSIX_AT, 0x1000, false);
	memset(&a->mem[16], 0, sizeof(a->mem[16]));
	add_section(a, 17, MSIX_AT + 0x1000, 0x1000, id == 0);
	add_section(a, 18, MSIX_AT + 0x2000, 0x1000, id != 0);

	a->irqchips[0].address = SAMPLE_GICD;
	a->irqchips[0].pin_base = 32;
	a->pci[0] = (struct jailhouse_pci_device) {
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = BDF,
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
		.shmem_regions_start = 1, .shmem_dev_id = id,
		.shmem_peers = PEERS, .shmem_protocol = 0x4001,
	};
	a->pci[1] = (struct jailhouse_pci_device) {
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = BDF_MSIX,
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_MSIX,
		.num_msix_vectors = VECTORS,
		.shmem_regions_start = 15, .shmem_dev_id = id != 0,
		.shmem_peers = 2,
	};
}

struct link_cell make(u8 id)
{
	struct link_cell c = { .cell = sample_cell.cell };

	fill(&c.cell, &c.arrays, id);
	if (id > 1)	/* that link is full */
		c.cell.num_pci_devices = 1;
	c.cell.id = id;
	c.cell.name[0] = (char)('a' + id);
	c.cell.vpci_irq_base = 8U * id;
	c.arrays.cpus[0] = 1U << id;
	c.arrays.irqchips[0].pin_bitmap[id / 4] = 0xffU << id % 4 * 8;
	c.arrays.mem[0] = (struct jailhouse_memory) {
		.phys_start = CELL_RAM_AT + id * SAMPLE_CELL_SIZE,
		.size = SAMPLE_CELL_SIZE,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
			 JAILHOUSE_MEM_EXECUTE,
	};
	return c;
}

struct link_cell config_a, config_b;

s64 create_link(const struct link_cell *config)
{
	fake_put_config(config, sizeof(*config));
	return fake_hypercall(0, JAILHOUSE_HC_CELL_CREATE, FAKE_CONFIG_PA, 0);
}

u8 root_link_iommu;

void boot(void)
{
	fake_image_init();
	sys.header = sample_system.header;
	fill(&sys.header.root_cell, &sys.arrays, 0);
	sys.arrays.pci[0].iommu = root_link_iommu;
	sys.header.root_cell.vpci_irq_base = 96;
	sys.arrays.cpus[0] = (1ULL << fake_num_cpus) - 1;
	memset(sys.arrays.irqchips[0].pin_bitmap, 0xff,
	       sizeof(sys.arrays.irqchips[0].pin_bitmap));
	sys.arrays.mem[0] = (struct jailhouse_memory) {
		.phys_start = SAMPLE_RAM, .virt_start = SAMPLE_RAM,
		.size = SAMPLE_HV_BASE - SAMPLE_RAM,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
			 JAILHOUSE_MEM_EXECUTE,
	};
	memcpy(fake_image.config, &sys, sizeof(sys));
	hv_header.config_size = sizeof(sys);
	if (fake_init())
		tap_fail(__FILE__, __LINE__, "init: %s", refusal_text());
	enter_for_cells();
	config_a = make(1);
	config_b = make(2);
	fake_cleared_size = 0;
}

void run(struct cell **cell, const struct link_cell *config)
{
	if (create_link(config) < 0)
		tap_fail(__FILE__, __LINE__, "create: %s", refusal_text());
	CHECK_EQ(start(config->cell.id), 0);
	fake_run();
	*cell = cell_by_id(config->cell.id);
}

static void handle(void *arg)
{
	struct trapped *t = arg;

	t->result = mmio_handle(&t->cell->mmio, &t->access);
}

struct trapped access_at(const struct cell *cell, u64 address, u8 size,
				bool is_write, u64 value)
{
	struct trapped t = { .cell = cell, .access = {
		.address = address, .size = size, .is_write = is_write,
		.value = is_write ? value : 0x5555555555555555,
	} };

	fake_on_cpu((unsigned int)__builtin_ctzll(cell->cpus), handle, &t);
	fake_check();
	return t;
}

/* Steps */

static u64 place_of(const struct link_step *step)
{
	static const u64 places[] = {
		SAMPLE_ECAM + BDF * 4096, SAMPLE_ECAM + BDF_MSIX * 4096,
		BAR_AT, BAR_AT + 0x1000, BAR_AT + 0x2000, BAR_AT + 0x3000,
	};
	u64 place = places[step->place % ARRAY_SIZE(places)];

	/* mostly words of what has some */
	return place + (step->place & 0x80 ? step->offset % (0x1000 - 8) :
					     step->offset % 0x20 * 4);
}

static u64 value_of(const struct link_step *step, u8 size)
{
	static const u64 values[] = {
		0, 1, 2, 6, 0x406, ~0ULL, BAR_AT, BAR_AT + 0x1000,
		BAR_AT + 0x2000, LINK_AT, CELL_RAM_AT, 0xc0000000, 0x80000000,
		0x10000, 0x20000, SAMPLE_GICD, SAMPLE_ECAM, MSI_ADDRESS, 44, 45,
		60, 0x01000000,
	};
	u64 value = step->choice & 0x3000 ?
		values[step->choice % 0x1000 % ARRAY_SIZE(values)] : step->value;

	return size < 8 ? value & ((1ULL << 8 * size) - 1) : value;
}

static bool is_running(const struct cell *cell)
{
	return cell == &root_cell || !cell->stopped;
}

static void check_interrupts(void)
{
	for (unsigned int n = 0; n < fake_num_irqs; n++) {
		const struct cell *cell;

		for_each_cell(cell)
			if (arch_irq_is_spi_of(cell, fake_irqs[n]))
				break;
		CHECK(cell && is_running(cell));
	}
	fake_num_irqs = 0;
}

/* Of what the hypervisor writes, all is the state of @cell. */
static void check_states(const struct cell *cell)
{
	CHECK(!fake_phys_writes || fake_phys_pa == LINK_AT + cell->id * 4 ||
	      fake_phys_pa == MSIX_AT + (cell->id ? 4 : 0));
	fake_phys_writes = 0;
}

static void check_bars(const struct cell *cell)
{
	const struct jailhouse_memory *mem = config_mem_regions(cell->config);
	const struct pci_function *fn = cell->pci;
	u64 start, size;

	for (u32 bar = 0; bar < cell->num_pci * PCI_NUM_BARS; bar++) {
		u64 at = fn[bar / PCI_NUM_BARS].decoded[bar % PCI_NUM_BARS];

		if (!at)
			continue;
		for (u32 n = 0; n < cell->config->num_memory_regions; n++)
			CHECK(!config_overlap(mem[n].virt_start, mem[n].size,
					      at, PAGE_SIZE));
		for (u32 n = 0; arch_reserved_range(n, &start, &size); n++)
			CHECK(!config_overlap(start, size, at, PAGE_SIZE));
		CHECK(!config_overlap(SAMPLE_ECAM, CONFIG_ECAM_BUS, at,
				      PAGE_SIZE));
		for (u32 other = 0; other < bar; other++)
			CHECK(fn[other / PCI_NUM_BARS].
			      decoded[other % PCI_NUM_BARS] != at);
	}
}

static void access_step(const struct cell *cell, const struct link_step *step)
{
	/* words, mostly */
	u8 size = (u8)(step->size & 0xe0 ? 4U : 1U << step->size % 4);

	fake_phys_writes = 0;
	fake_num_irqs = 0;
	access_at(cell, place_of(step), size, step->size & 3,
		  value_of(step, size));
	check_interrupts();
	check_states(cell);
	check_bars(cell);
}

static void put(const struct cell *cell, u64 address, u32 value)
{
	access_at(cell, address, 4, true, value);
}

/* As a guest's driver does it; random accesses alone would seldom get there. */
static void set_up(const struct cell *cell, bool msix)
{
	u64 function = SAMPLE_ECAM + (msix ? BDF_MSIX : BDF) * 4096ULL;
	u32 bar = BAR_AT + (msix ? 0x2000 : 0);

	put(cell, function + PCI_BAR(0), bar);
	put(cell, function + PCI_BAR(1), bar + 0x1000);
	put(cell, function + PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	put(cell, function + PCI_CAP_MSIX, PCI_MSIX_ENABLE);
	put(cell, bar + IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	if (!msix)
		return;
	put(cell, bar + 0x1000, MSI_ADDRESS);
	put(cell, bar + 0x1008, 32 + 8 * cell->id);
	put(cell, bar + 0x100c, 0);
}

/* @cell: NULL if it has to be created */
static void live(struct cell *cell, u64 id, u8 how)
{
	if (!cell) {
		run(&cell, id == 1 ? &config_a : &config_b);
		return;
	}
	CHECK_EQ(shutdown_cell(id, CELLBLOCK_SHUTDOWN_FORCE), 0);
	if (how % 3 == 0)
		CHECK_EQ(destroy(id), 0);
	else if (how % 3 == 1)
		CHECK_EQ(start(id), 0);
	fake_run();
	check_interrupts();
}

void link_step(const struct link_step *step)
{
	u64 id = step->cell % 3;
	struct cell *cell;

	for_each_cell(cell)
		if (cell->id == id)
			break;
	if (id && !step->event)
		live(cell, id, step->size);
	else if (!cell || !is_running(cell))
		return;
	else if (step->event < 6)
		set_up(cell, step->event % 2);
	else
		access_step(cell, step);
}

void link_end(void)
{
	for (u64 id = 1; id <= 2; id++)
		if (!shutdown_cell(id, CELLBLOCK_SHUTDOWN_FORCE))
			CHECK_EQ(destroy(id), 0);
}
