// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <stdlib.h>
#include <string.h>

#include "config_samples.h"

#define RAM_FLAGS	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | \
			 JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define IO_FLAGS	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | \
			 JAILHOUSE_MEM_IO)
#define AT(start, bytes, mem_flags)					\
	{								\
		.phys_start = (start), .virt_start = (start),		\
		.size = (bytes), .flags = (mem_flags),			\
	}

#define HV_END		(SAMPLE_HV_BASE + SAMPLE_HV_SIZE)
#define RAM_END		(SAMPLE_RAM + SAMPLE_RAM_SIZE)

const struct sample_system sample_system = {
	.header = {
		.signature = JAILHOUSE_SYSTEM_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.hypervisor_memory = {
			.phys_start = SAMPLE_HV_BASE,
			.size = SAMPLE_HV_SIZE,
		},
		.debug_console = {
			.address = SAMPLE_UART,
			.size = 0x1000,
			.type = JAILHOUSE_CON_TYPE_PL011,
			.flags = JAILHOUSE_CON_ACCESS_MMIO |
				JAILHOUSE_CON_REGDIST_4,
		},
		.platform_info = {
			.pci_mmconfig_base = SAMPLE_ECAM,
			.pci_is_virtual = 1,
			.arm = {
				.gic_version = 3,
				.gicd_base = SAMPLE_GICD,
				.gicr_base = SAMPLE_GICR,
				.maintenance_irq = 25,
			},
		},
		.root_cell = {
			.name = "root",
			.cpu_set_size = sizeof(sample_system.cpus),
			.num_memory_regions = SYS_MEMS,
			.num_irqchips = ARRAY_SIZE(sample_system.irqchips),
		},
	},
	.cpus = { 0xf },
	.mem = {
		[SYS_RAM_LOW] = AT(SAMPLE_RAM, SAMPLE_HV_BASE - SAMPLE_RAM,
				   RAM_FLAGS),
		[SYS_RAM_HIGH] = AT(HV_END, RAM_END - HV_END, RAM_FLAGS),
		[SYS_UART] = AT(SAMPLE_UART, 0x1000, IO_FLAGS),
		[SYS_DEVICES] = AT(SAMPLE_UART + 0x10000, 0x40000, IO_FLAGS),
	},
	.irqchips = {
		{
			.address = SAMPLE_GICD,
			.pin_base = 32,
			.pin_bitmap = { ~0U, ~0U, ~0U, ~0U },
		}, {
			.address = SAMPLE_GICD,
			.pin_base = 160,
			.pin_bitmap = { ~0U },
		},
	},
};

const struct sample_cell sample_cell = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "sample",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,
		.cpu_set_size = sizeof(sample_cell.cpus),
		.num_memory_regions = CELL_MEMS,
		.num_cache_regions = 1,
		.num_irqchips = ARRAY_SIZE(sample_cell.irqchips),
		.num_pio_regions = 1,
		.num_pci_devices = ARRAY_SIZE(sample_cell.pci),
		.num_pci_caps = ARRAY_SIZE(sample_cell.caps),
		.num_stream_ids = 1,
		.vpci_irq_base = 40 - 32 - 1,	/* INTB */
	},
	.cpus = { 0xc },
	.mem = {
		[CELL_RAM] = {
			.phys_start = SAMPLE_CELL_RAM,
			.size = SAMPLE_CELL_SIZE,
			.flags = RAM_FLAGS | JAILHOUSE_MEM_LOADABLE,
		},
		[CELL_UART] = AT(SAMPLE_UART, 0x1000,
				 IO_FLAGS | JAILHOUSE_MEM_ROOTSHARED),
		[CELL_COMM] = {
			.virt_start = 0x80000000,
			.size = 0x1000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_COMM_REGION,
		},
		[CELL_GPIO] = AT(SAMPLE_UART + 0x10400, 4, IO_FLAGS |
				 JAILHOUSE_MEM_IO_32 |
				 JAILHOUSE_MEM_ROOTSHARED),
		JAILHOUSE_SHMEM_NET_REGIONS(SAMPLE_RAM + 0x30400000, 1),
	},
	.irqchips = {
		{
			.address = SAMPLE_GICD,
			.pin_base = 32,
			.pin_bitmap = { 1 << (40 - 32) },
		},
	},
	.pci = {
		{
			.type = JAILHOUSE_PCI_TYPE_IVSHMEM,
			.bdf = 1 << 3,
			.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
			.num_caps = ARRAY_SIZE(sample_cell.caps),
			.shmem_regions_start = CELL_LINK,
			.shmem_dev_id = 1,
			.shmem_peers = 2,
			.shmem_protocol = JAILHOUSE_SHMEM_PROTO_VETH,
		},
	},
};

void sample_share(struct sample_cell *config)
{
	config->cell.flags |= JAILHOUSE_CELL_SHARES_CPUS;
	config->sharing = (struct cellblock_sharing){
		.cpus = 1,
		.policy = CELLBLOCK_SHARE_PRIORITY,
		.budget = 1000,
		.period = 10000,
	};
}

#define PROMISED(cond)	do { if (!(cond)) abort(); } while (0)

static bool disjoint(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a + a_size <= b || b + b_size <= a;
}

static void promised_memory(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	const u64 limit = 1ULL << 48;
	unsigned int n, m;

	for (n = 0; n < desc->num_memory_regions; n++) {
		PROMISED(mem[n].size <= limit);
		PROMISED(mem[n].phys_start + mem[n].size <= limit);
		PROMISED(mem[n].virt_start + mem[n].size <= limit);
		for (m = 0; m < n; m++)
			PROMISED(!mem[n].size || !mem[m].size ||
				 disjoint(mem[n].virt_start, mem[n].size,
					  mem[m].virt_start, mem[m].size));
	}
}

/* Nobody else's section is writable, nor reached in another way. */
static void promised_link(const struct jailhouse_cell_desc *desc,
			  const struct jailhouse_pci_device *dev)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	const struct jailhouse_memory *link = mem + dev->shmem_regions_start;
	unsigned int n, m;

	PROMISED(dev->shmem_peers >= 2 && dev->shmem_peers <= 12);
	PROMISED(dev->shmem_dev_id < dev->shmem_peers);
	PROMISED(dev->shmem_regions_start + 2ULL + dev->shmem_peers <=
		 desc->num_memory_regions);
	PROMISED(!(link[0].flags & JAILHOUSE_MEM_WRITE) && link[0].size);
	for (n = 0; n < dev->shmem_peers; n++) {
		PROMISED(link[2 + n].size == link[2].size);
		PROMISED(link[2 + n].phys_start - link[0].phys_start ==
			 link[0].size + link[1].size + n * link[2].size ||
			 !link[2].size);
		PROMISED(n == dev->shmem_dev_id ||
			 !(link[2 + n].flags & JAILHOUSE_MEM_WRITE));
		for (m = 0; m < desc->num_memory_regions; m++)
			PROMISED(&mem[m] == &link[2 + n] || !mem[m].size ||
				 !link[2].size ||
				 (mem[m].flags & JAILHOUSE_MEM_COMM_REGION) ||
				 disjoint(mem[m].phys_start, mem[m].size,
					  link[2 + n].phys_start, link[2].size));
	}
	PROMISED(dev->num_msix_vectors <= 16);
}

static void promised_irqs(const struct jailhouse_cell_desc *desc)
{
	unsigned int intid;

	for (intid = 0; intid < 32; intid++)
		PROMISED(!config_has_irq(desc, intid));
	for (intid = 1020; intid < 2048; intid++)
		PROMISED(!config_has_irq(desc, intid));
}

/* Slots of a frame, or a budget; root has time left. */
static void promised_sharing(const struct cellblock_sharing *sharing)
{
	PROMISED(sharing->policy <= CELLBLOCK_SHARE_CYCLIC);
	PROMISED(sharing->period >= CELLBLOCK_SHARE_MIN_PERIOD);
	PROMISED(sharing->period <= CELLBLOCK_SHARE_MAX_PERIOD);
	PROMISED(sharing->num_slots <= CELLBLOCK_SHARE_SLOTS);
}

static void promised_turns(const struct cellblock_sharing *sharing)
{
	u64 end = 0, time = 0;
	u32 n;

	for (n = 0; n < sharing->num_slots; n++) {
		PROMISED(sharing->slots[n].start >= end);
		PROMISED(sharing->slots[n].length >= CELLBLOCK_SHARE_MIN_SLOT);
		end = (u64)sharing->slots[n].start + sharing->slots[n].length;
		time += sharing->slots[n].length;
	}
	PROMISED(end <= sharing->period);
	if (sharing->policy == CELLBLOCK_SHARE_PRIORITY)
		time += sharing->budget;
	PROMISED(!sharing->cpus || (time && time < sharing->period));
}

static void promised(const struct jailhouse_cell_desc *desc, size_t size)
{
	bool has_cpu = config_shared_cpus(desc);
	const struct jailhouse_pci_device *dev;
	unsigned int cpu;

	PROMISED(config_size(desc) <= CONFIG_MAX_SIZE);
	PROMISED(config_is_whole(desc, size));
	PROMISED(memchr(desc->name, 0, sizeof(desc->name)));
	PROMISED(desc->name[0]);
	for (cpu = 0; cpu < 1024; cpu++)
		if (config_has_cpu(desc, cpu)) {
			PROMISED(cpu < 64);
			has_cpu = true;
		}
	PROMISED(has_cpu);
	PROMISED(!(config_cpu_bits(desc) & config_shared_cpus(desc)));
	if (config_sharing(desc))
		promised_sharing(config_sharing(desc));
	promised_memory(desc);
	promised_irqs(desc);
	for_each_link(dev, desc)
		promised_link(desc, dev);
}

static bool exercise_system(const struct jailhouse_system *sys, size_t size)
{
	size_t before = offsetof(struct jailhouse_system, root_cell);

	if (config_check_system(sys, size))
		return false;
	promised(&sys->root_cell, size - before);
	PROMISED(!config_sharing(&sys->root_cell));
	config_check_cell_in_system(sys, &sample_cell.cell);
	return true;
}

/* As the driver does, which has not checked more than size and name. */
static void exercise_cells(const struct jailhouse_cell_desc *desc, size_t size)
{
	struct sample_cell other = sample_cell;
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };

	memcpy(other.cell.name, "other", 6);
	other.cpus[0] = 1 << 1;
	other.irqchips[0].pin_bitmap[0] = 1 << (41 - 32);
	other.mem[CELL_RAM].phys_start += SAMPLE_CELL_SIZE;
	other.pci[0].shmem_dev_id = 0;
	sample_share(&other);
	other.sharing.policy = CELLBLOCK_SHARE_CYCLIC;
	other.sharing.num_slots = 1;
	other.sharing.slots[0].length = 1000;
	if (!config_is_whole(desc, size) || config_size(desc) > CONFIG_MAX_SIZE ||
	    !memchr(desc->name, 0, sizeof(desc->name)))
		return;
	if (!config_check_sharing(desc))
		config_check_turns(desc, shares);
	config_check_plans(desc, &other.cell);
	config_check_cells(desc, &sample_system.header.root_cell, true);
	if (config_check_cells(desc, &other.cell, false))
		return;
	PROMISED(!config_has_cpu(desc, 0) && !config_has_cpu(desc, 1));
	PROMISED(!(config_shared_cpus(desc) & 2) && !config_has_irq(desc, 41));
}

static bool exercise_cell(const struct jailhouse_cell_desc *desc, size_t size)
{
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };
	unsigned int n;

	exercise_cells(desc, size);
	if (config_check_cell(desc, size))
		return false;
	promised(desc, size);
	if (!config_check_turns(desc, shares) && config_sharing(desc))
		promised_turns(config_sharing(desc));
	if (!config_check_cell_in_system(&sample_system.header, desc)) {
		for (n = 0; n < 1024; n++) {
			PROMISED(!config_has_cpu(desc, n) || n < 4);
			PROMISED(n < 4 || n > 63 || !(config_shared_cpus(desc) >> n & 1));
			PROMISED(!config_has_irq(desc, n) ||
				 config_has_irq(&sample_system.header.root_cell,
						n));
		}
	}
	return true;
}

bool sample_exercise(const void *data, size_t size)
{
	/* a copy of the exact size: the sanitizer sees its end */
	void *copy = malloc(size ? size : 1);
	bool accepted;

	if (!copy)
		abort();
	memcpy(copy, data, size);
	if (size >= 5 && !memcmp(copy, JAILHOUSE_SYSTEM_SIGNATURE, 5))
		accepted = exercise_system(copy, size);
	else
		accepted = exercise_cell(copy, size);
	free(copy);
	return accepted;
}
