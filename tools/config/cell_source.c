/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* From a cell's plan to a C file, which makes the same bytes as cell_plan_binary(). */

#include "config/cell_plan.h"
#include "config/plan.h"
#include "config/source.h"
#include "show/cpu_list.h"

static bool shares_cpus(const struct cell_plan *plan)
{
	return plan->desc.flags & JAILHOUSE_CELL_SHARES_CPUS;
}

static void print_cpus(FILE *out, const struct cell_plan *plan)
{
	char cpus[CPU_LIST_TEXT];

	fprintf(out, " *\tCPUs\t%s\n", plan->cpus ? cpu_list(cpus, plan->cpus) : "none of its own");
	if (!shares_cpus(plan))
		return;
	fprintf(out, " *\tshared\t%s, ", cpu_list(cpus, plan->sharing.cpus));
	share_print(out, &plan->sharing);
	fprintf(out, " us\n");
}

static void print_head(FILE *out, const struct cell_plan *plan)
{
	fprintf(out, "/*\n * Cell configuration of %s", source_comment(plan->desc.name));
	fprintf(out, " on %s,\n", source_comment(plan->hardware->model));
	fprintf(out, " * made by jailhouse config create --cell.\n *\n");
	print_cpus(out, plan);
	fprintf(out, " *\tRAM\t%llu KiB, in the cell from 0 on; where it is in the machine is a\n"
		" *\t\tproposal: jailhouse config check says what is wrong with it\n */\n\n",
		plan->region[0].size / 1024);
	fprintf(out, "#include <jailhouse/types.h>\n#include <jailhouse/cell-config.h>\n%s\n",
		shares_cpus(plan) ? "#include <cellblock/sharing.h>\n" : "");
	fprintf(out, "#define RAM_BASE\t0x%llxULL\n#define RAM_SIZE\t0x%llxULL\n",
		plan->region[0].phys_start, plan->region[0].size);
	if (cell_plan_chips(plan))
		fprintf(out, "#define GICD_BASE\t0x%llxULL\n", plan->hardware->gic.gicd);
	if (plan->desc.console.type != JAILHOUSE_CON_TYPE_NONE)
		fprintf(out, "#define UART_BASE\t0x%llxULL\n", plan->desc.console.address);
}

/* Memory from Linux moves with RAM_BASE. */
static void print_region(FILE *out, const struct cell_plan *plan, unsigned int n)
{
	const struct jailhouse_memory *mem = &plan->region[n];

	fprintf(out, "\t/* %s */ \\\n", source_comment(plan->why[n]));
	if (!mem->size) {
		fprintf(out, "\t{ 0 }, \\\n");
		return;
	}
	if (!n)
		fprintf(out, "\tREGION(RAM_BASE, 0x%llxULL, RAM_SIZE, \\\n", mem->virt_start);
	else if (plan->placed[n])
		fprintf(out, "\tREGION(RAM_BASE + 0x%llxULL, 0x%llxULL, 0x%llxULL, \\\n",
			plan->offset[n], mem->virt_start, mem->size);
	else
		fprintf(out, "\tREGION(0x%llxULL, 0x%llxULL, 0x%llxULL, \\\n", mem->phys_start,
			mem->virt_start, mem->size);
	source_access(out, mem->flags);
	fprintf(out, "), \\\n");
}

static void print_regions(FILE *out, const struct cell_plan *plan)
{
	unsigned int n;

	fprintf(out,
		"\n/* physical address, the cell's address */\n"
		"#define REGION(phys, virt, bytes, access)\t\\\n"
		"\t{ .phys_start = phys, .virt_start = virt, .size = bytes, .flags = access }\n"
		"\n#define REGIONS \\\n");
	for (n = 0; n < plan->num_regions; n++)
		print_region(out, plan, n);
	fprintf(out,
		"\n/* How many REGIONS has: none can be missing or too many. */\n"
		"#define NUM_REGIONS\tARRAY_SIZE(((struct jailhouse_memory[]){ REGIONS }))\n\n");
}

static void print_chips(FILE *out, const struct cell_plan *plan)
{
	const u32 *words;
	unsigned int n;

	if (!cell_plan_chips(plan))
		return;
	fprintf(out, "/* 128 INTIDs from @first on */\n"
		"#define SPIS(first, ...)\t\\\n"
		"\t{ .address = GICD_BASE, .pin_base = first, .pin_bitmap = { __VA_ARGS__ } }\n"
		"\n#define CHIPS \\\n");

	for (n = 0; n < PLAN_CHIPS; n++) {
		words = cell_plan_chip(plan, n);
		if (words)
			fprintf(out, "\tSPIS(%u, 0x%08x, 0x%08x, 0x%08x, 0x%08x), \\\n",
				plan_chip_base(n), words[0], words[1], words[2], words[3]);
	}
	fprintf(out, "\n#define NUM_CHIPS\tARRAY_SIZE(((struct jailhouse_irqchip[]){ CHIPS }))\n\n");
}

static void print_links(FILE *out, const struct cell_plan *plan)
{
	const struct jailhouse_pci_device *link;

	if (!plan->num_links)
		return;
	fprintf(out, "#define DEVICES \\\n");
	for (link = plan->link; link < plan->link + plan->num_links; link++) {
		fprintf(out, "\t{ .type = JAILHOUSE_PCI_TYPE_IVSHMEM, \\\n"
			"\t  .domain = %u, .bdf = 0x%02x << 3, \\\n"
			"\t  .bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX, \\\n",
			link->domain, link->bdf >> 3);
		if (link->msix_address)
			fprintf(out, "\t  /* for whom the other end is, by name */ \\\n"
				"\t  .msix_address = 0x%llxULL, \\\n", link->msix_address);
		fprintf(out, "\t  .shmem_regions_start = %u, .shmem_dev_id = %u, \\\n"
			"\t  .shmem_peers = %u, .shmem_protocol = 0x%04x }, \\\n",
			link->shmem_regions_start, link->shmem_dev_id, link->shmem_peers,
			link->shmem_protocol);
	}
	fprintf(out, "\n#define NUM_DEVICES\t"
		"ARRAY_SIZE(((struct jailhouse_pci_device[]){ DEVICES }))\n\n");
}

static void print_desc(FILE *out, const struct cell_plan *plan, bool has_chips)
{
	const struct jailhouse_cell_desc *desc = &plan->desc;

	fprintf(out,
		"\t.cell = {\n"
		"\t\t.signature = JAILHOUSE_CELL_DESC_SIGNATURE,\n"
		"\t\t.architecture = JAILHOUSE_ARM64,\n"
		"\t\t.revision = JAILHOUSE_CONFIG_REVISION,\n"
		"\t\t.name = ");
	source_string(out, desc->name);
	fprintf(out, ",\n\t\t.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED%s%s,\n",
		desc->flags & JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE ?
		" |\n\t\t\t JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE" : "",
		shares_cpus(plan) ? " |\n\t\t\t JAILHOUSE_CELL_SHARES_CPUS" : "");
	fprintf(out,
		"\t\t.msg_reply_timeout = %llu, /* microseconds */\n"
		"\t\t.cpu_set_size = sizeof(config.cpus),\n"
		"\t\t.num_memory_regions = ARRAY_SIZE(config.mem_regions),\n%s",
		desc->msg_reply_timeout,
		has_chips ? "\t\t.num_irqchips = ARRAY_SIZE(config.irqchips),\n" : "");
	if (plan->num_links)
		fprintf(out, "\t\t.num_pci_devices = ARRAY_SIZE(config.pci_devices),\n"
			"\t\t.vpci_irq_base = %u,\n", desc->vpci_irq_base);
	if (desc->console.type != JAILHOUSE_CON_TYPE_NONE) {
		fprintf(out, "\t\t.console = {\n");
		source_console(out, &desc->console);
		fprintf(out, "\t\t},\n");
	}
	fprintf(out, "\t},\n");
}

void cell_source(FILE *out, const struct cell_plan *plan)
{
	bool has_chips = cell_plan_chips(plan);

	print_head(out, plan);
	print_regions(out, plan);
	print_chips(out, plan);
	print_links(out, plan);
	fprintf(out, "struct {\n\tstruct jailhouse_cell_desc cell;\n\t__u64 cpus[1];\n"
		"\tstruct jailhouse_memory mem_regions[NUM_REGIONS];\n%s",
		has_chips ? "\tstruct jailhouse_irqchip irqchips[NUM_CHIPS];\n" : "");
	if (plan->num_links)
		fprintf(out, "\tstruct jailhouse_pci_device pci_devices[NUM_DEVICES];\n");
	if (shares_cpus(plan))
		fprintf(out, "\tstruct cellblock_sharing sharing;\n");
	fprintf(out, "} __attribute__((packed)) config = {\n");
	print_desc(out, plan, has_chips);
	fprintf(out, "\t.cpus = { 0x%llxULL },\n\t.mem_regions = { REGIONS },\n%s%s", plan->cpus,
		has_chips ? "\t.irqchips = { CHIPS },\n" : "",
		plan->num_links ? "\t.pci_devices = { DEVICES },\n" : "");
	if (shares_cpus(plan))
		share_source(out, &plan->sharing);
	fprintf(out, "};\n");
}
