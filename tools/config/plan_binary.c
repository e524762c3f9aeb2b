/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* From a plan to the bytes of a configuration. */

#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "config/plan_links.h"
#include "message.h"

static void fill_platform(struct jailhouse_system *sys, const struct plan *plan)
{
	const struct hardware_gic *gic = &plan->hardware->gic;

	sys->platform_info.arm.gic_version = (u8)gic->version;
	sys->platform_info.arm.gicd_base = gic->gicd;
	sys->platform_info.arm.gicr_base = gic->gicr;
	sys->platform_info.arm.maintenance_irq = (u8)gic->maintenance;
	if (gic->version == 2) {
		sys->platform_info.arm.gicc_base = gic->gicc;
		sys->platform_info.arm.gich_base = gic->gich;
		sys->platform_info.arm.gicv_base = gic->gicv;
	}
	if (plan->pci.size) {
		sys->platform_info.pci_mmconfig_base = plan->pci.start;
		sys->platform_info.pci_domain = plan->pci_domain;
		sys->platform_info.pci_is_virtual = 1;
	}
}

static void fill_header(struct jailhouse_system *sys, const struct plan *plan)
{
	struct jailhouse_cell_desc *root = &sys->root_cell;

	memcpy(sys->signature, JAILHOUSE_SYSTEM_SIGNATURE, sizeof(sys->signature));
	sys->architecture = JAILHOUSE_ARM64;
	sys->revision = JAILHOUSE_CONFIG_REVISION;
	sys->flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE;
	sys->hypervisor_memory.phys_start = plan->hypervisor.start;
	sys->hypervisor_memory.size = plan->hypervisor.size;
	sys->debug_console = plan->console;
	fill_platform(sys, plan);
	memcpy(root->name, plan->name, sizeof(root->name));
	root->flags = plan->root_flags;
	root->cpu_set_size = sizeof(plan->hardware->cpu_set);
	root->num_memory_regions = plan->ram.count + plan->devices.count +
				   plan_links_regions(plan);
	root->num_irqchips = PLAN_CHIPS;
	root->num_pci_devices = plan_links_devices(plan);
	root->vpci_irq_base = root->num_pci_devices ? plan->link_irq - 32 : 0;
}

static void fill_regions(struct jailhouse_memory *mem, const struct areas *areas, u64 flags)
{
	const struct area *area;

	for_each_area(area, areas) {
		mem->phys_start = mem->virt_start = area->start;
		mem->size = area->size;
		mem->flags = flags;
		mem++;
	}
}

static void fill_chips(struct jailhouse_irqchip *chip, u64 gicd)
{
	unsigned int n, word;

	for (n = 0; n < PLAN_CHIPS; n++, chip++) {
		chip->address = gicd;
		chip->pin_base = plan_chip_base(n);
		for (word = 0; word < ARRAY_SIZE(chip->pin_bitmap); word++)
			chip->pin_bitmap[word] = plan_chip_word(n, word);
	}
}

struct jailhouse_system *plan_binary(const struct plan *plan, size_t *size)
{
	struct jailhouse_system head = { .revision = 0 }, *sys;
	u8 *arrays;

	fill_header(&head, plan);
	*size = config_system_size(&head);
	sys = calloc(1, *size);
	if (!sys) {
		refused("out of memory");
		return NULL;
	}
	*sys = head;
	arrays = (u8 *)&sys->root_cell;
	memcpy(arrays + config_cpu_set_offset(&head.root_cell), &plan->hardware->cpu_set,
	       sizeof(plan->hardware->cpu_set));
	arrays += config_mem_offset(&head.root_cell);
	fill_regions((void *)arrays, &plan->ram, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
		     JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA);
	arrays += plan->ram.count * sizeof(struct jailhouse_memory);
	fill_regions((void *)arrays, &plan->devices, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
		     JAILHOUSE_MEM_IO);
	arrays += plan->devices.count * sizeof(struct jailhouse_memory);
	plan_links_fill_regions(plan, (void *)arrays);
	plan_links_fill_devices(plan, (void *)((u8 *)&sys->root_cell +
					       config_pci_offset(&head.root_cell)));
	fill_chips((void *)((u8 *)&sys->root_cell + config_irqchip_offset(&head.root_cell)),
		   plan->hardware->gic.gicd);
	return sys;
}
