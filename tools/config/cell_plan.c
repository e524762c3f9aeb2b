/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>
#include <drivers/uart/uart.h>

#include "config/cell_device.h"
#include "config/cell_link.h"
#include "config/cell_plan.h"
#include "config/plan.h"
#include "hardware/interrupts.h"
#include "message.h"
#include "show/cpu_list.h"

#define RAM_ACCESS	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | \
			 JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE)
#define COMM_ACCESS	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION)

/* Which region has a byte of it in the cell's addresses? num_regions: none. */
static unsigned int find_region(const struct cell_plan *plan, u64 virt, u64 size)
{
	unsigned int n = 0;

	while (n < plan->num_regions && !config_overlap(plan->region[n].virt_start,
							plan->region[n].size, virt, size))
		n++;
	return n;
}

int cell_plan_add_region(struct cell_plan *plan, u64 phys, u64 virt, u64 size, u64 flags,
			 const char *why)
{
	unsigned int other = find_region(plan, virt, size);

	if (other < plan->num_regions)
		return refused("%s would be at 0x%llx in the cell, where it has %s%s", why, virt,
			       plan->why[other], other ? "" : ": give it less");
	if (plan->num_regions == CELL_PLAN_REGIONS)
		return refused("the cell would have more than %d memory regions",
			       CELL_PLAN_REGIONS);
	snprintf(plan->why[plan->num_regions], sizeof(plan->why[0]), "%s", why);
	plan->region[plan->num_regions++] = (struct jailhouse_memory){
		.phys_start = phys,
		.virt_start = virt,
		.size = size,
		.flags = flags,
	};
	return EXIT_DONE;
}

int cell_plan_add_empty(struct cell_plan *plan, const char *why)
{
	/* no address is one of its */
	return cell_plan_add_region(plan, 0, 0, 0, 0, why);
}

void cell_plan_place_last(struct cell_plan *plan)
{
	unsigned int n = plan->num_regions - 1;

	plan->placed[n] = true;
	plan->offset[n] = plan->span;
	plan->span += plan->region[n].size;
}

void cell_plan_place(struct cell_plan *plan, u64 place)
{
	unsigned int n;

	for (n = 0; n < plan->num_regions; n++)
		if (plan->placed[n])
			plan->region[n].phys_start = place + plan->offset[n];
}

static void fill_desc(struct cell_plan *plan, const struct one_cell *cell)
{
	struct jailhouse_cell_desc *desc = &plan->desc;

	memcpy(desc->signature, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(desc->signature));
	desc->architecture = JAILHOUSE_ARM64;
	desc->revision = JAILHOUSE_CONFIG_REVISION;
	snprintf(desc->name, sizeof(desc->name), "%s", cell->name);
	desc->flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED;
	if (!cell->console)
		desc->flags |= JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE;
	desc->msg_reply_timeout = CELL_PLAN_REPLY_TIMEOUT;
	plan->cpus = cell->cpus;
	plan->sharing = cell->sharing;
	if (!cell->sharing.cpus)
		return;
	desc->flags |= JAILHOUSE_CELL_SHARES_CPUS;
	share_complete(&plan->sharing);
}

/* Those of other cells are offline. */
static int check_cpus(const struct one_cell *cell, const struct hardware *hw)
{
	u64 all = hw->cpu_set | hw->cpus_left_out;
	u64 wrong = (cell->cpus | cell->sharing.cpus) & ~all;
	char missing[CPU_LIST_TEXT], there[CPU_LIST_TEXT];

	if (wrong)
		return refused("this machine has no CPUs %s: it has %s",
			       cpu_list(missing, wrong), cpu_list(there, all));
	return EXIT_DONE;
}

static int add_memory(struct cell_plan *plan, const struct one_cell *cell)
{
	int ret = cell_plan_add_region(plan, 0, 0, cell->ram, RAM_ACCESS, "RAM");

	if (ret)
		return ret;
	cell_plan_place_last(plan);
	return cell_plan_add_region(plan, 0, ONE_CELL_COMM, AREA_PAGE, COMM_ACCESS,
				    "where it talks with the hypervisor");
}

/* Linux goes on using it. */
static int add_console(struct cell_plan *plan, const struct hardware *hw)
{
	const struct jailhouse_console *console;
	u64 page;

	if (hw->stdout_uart < 0 || !uart_is_supported(hw->uart[hw->stdout_uart].console.type))
		return refused("this machine's console is no UART that cells can use: leave "
			       "--console out, 'jailhouse console' shows what the cell prints");
	console = &hw->uart[hw->stdout_uart].console;
	plan->desc.console = *console;
	page = console->address & ~(AREA_PAGE - 1);
	return cell_plan_add_region(plan, page, page, AREA_PAGE,
				    CELL_PLAN_DEVICE | JAILHOUSE_MEM_ROOTSHARED,
				    "the UART, which Linux goes on using");
}

int cell_plan_add_irq(struct cell_plan *plan, u32 intid)
{
	const char *interrupts = plan->hardware->interrupts;
	char who[128];

	if (interrupts && interrupts_used(interrupts, intid, who, sizeof(who)))
		return refused("Linux uses interrupt %u: %s", intid, who);
	plan->irqs[intid / 32] |= 1U << intid % 32;
	return EXIT_DONE;
}

bool cell_plan_has_irq(const struct cell_plan *plan, u32 intid)
{
	return plan->irqs[intid / 32] >> intid % 32 & 1;
}

static int add_irqs(struct cell_plan *plan, const struct one_cell *cell)
{
	char who[128];
	unsigned int n;
	int ret = EXIT_DONE;

	for (n = 0; n < cell->num_irqs && !ret; n++) {
		if (cell_plan_has_irq(plan, cell->irq[n]))
			continue;
		ret = cell_plan_add_irq(plan, cell->irq[n]);
		if (!ret && interrupts_device(plan->hardware, cell->irq[n], who, sizeof(who)))
			notice("interrupt %u is that of %s, which the cell does not have: with "
			       "--device it has both", cell->irq[n], who);
	}
	return ret;
}

static int add_devices(struct cell_plan *plan, const struct one_cell *cell)
{
	unsigned int n;
	int ret = EXIT_DONE;

	for (n = 0; n < cell->num_devices && !ret; n++)
		ret = cell_device_add(plan, cell->device[n], cell->allow_dma);
	return ret;
}

/* On another machine nothing runs yet. */
static int add_links(struct cell_plan *plan, const struct one_cell *cell)
{
	struct running running = { .count = 0 };
	unsigned int n;
	int ret = EXIT_DONE;

	if (!cell->num_links)
		return EXIT_DONE;
	if (plan->hardware->is_here)
		ret = running_read(&running);
	plan->pci_domain = running_pci_domain(&running, plan->hardware);
	plan->link_end = ONE_CELL_LINK;
	for (n = 0; n < cell->num_links && !ret; n++)
		ret = cell_link_add(plan, &running, &cell->link[n]);
	if (!ret)
		ret = cell_link_finish(plan, &running);
	running_free(&running);
	return ret;
}

int cell_plan_make(const struct one_cell *cell, const struct hardware *hardware,
		   struct cell_plan **result)
{
	struct cell_plan *plan = calloc(1, sizeof(*plan));
	int ret;

	if (!plan)
		return refused("out of memory");
	plan->hardware = hardware;
	fill_desc(plan, cell);
	ret = check_cpus(cell, hardware);
	if (!ret)
		ret = add_memory(plan, cell);
	if (!ret && cell->console)
		ret = add_console(plan, hardware);
	if (!ret)
		ret = add_devices(plan, cell);
	if (!ret)
		ret = add_irqs(plan, cell);
	if (!ret)
		ret = add_links(plan, cell);
	if (ret)
		free(plan);
	else
		*result = plan;
	return ret;
}

const u32 *cell_plan_chip(const struct cell_plan *plan, unsigned int n)
{
	const u32 *word = plan->irqs + plan_chip_base(n) / 32;

	return word[0] | word[1] | word[2] | word[3] ? word : NULL;
}

u32 cell_plan_chips(const struct cell_plan *plan)
{
	unsigned int n;
	u32 count = 0;

	for (n = 0; n < PLAN_CHIPS; n++)
		count += cell_plan_chip(plan, n) != NULL;
	return count;
}

static void fill_chips(struct jailhouse_irqchip *chip, const struct cell_plan *plan)
{
	const u32 *words;
	unsigned int n;

	for (n = 0; n < PLAN_CHIPS; n++) {
		words = cell_plan_chip(plan, n);
		if (!words)
			continue;
		chip->address = plan->hardware->gic.gicd;
		chip->pin_base = plan_chip_base(n);
		memcpy(chip->pin_bitmap, words, sizeof(chip->pin_bitmap));
		chip++;
	}
}

struct jailhouse_cell_desc *cell_plan_binary(const struct cell_plan *plan, size_t *size)
{
	struct jailhouse_cell_desc head = plan->desc, *desc;

	head.cpu_set_size = sizeof(plan->cpus);
	head.num_memory_regions = plan->num_regions;
	head.num_irqchips = cell_plan_chips(plan);
	head.num_pci_devices = plan->num_links;
	*size = config_size(&head);
	desc = calloc(1, *size);
	if (!desc) {
		refused("out of memory");
		return NULL;
	}
	*desc = head;
	memcpy((u8 *)desc + config_cpu_set_offset(&head), &plan->cpus, sizeof(plan->cpus));
	memcpy((u8 *)desc + config_mem_offset(&head), plan->region,
	       plan->num_regions * sizeof(*plan->region));
	fill_chips((void *)((u8 *)desc + config_irqchip_offset(&head)), plan);
	memcpy((u8 *)desc + config_pci_offset(&head), plan->link,
	       plan->num_links * sizeof(*plan->link));
	if (config_sharing(&head))
		memcpy((u8 *)desc + config_sharing_offset(&head), &plan->sharing,
		       sizeof(plan->sharing));
	return desc;
}
