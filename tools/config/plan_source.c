/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* From a plan to a C file, which makes the same bytes as plan_binary(). */

#include <stdio.h>

#include "config/plan_links.h"
#include "config/source.h"
#include "show/cpu_list.h"

static void left_out(FILE *out, u64 start, u64 size, const char *what)
{
	if (size)
		fprintf(out, " *\t0x%010llx-0x%010llx\t%s\n", start, start + size - 1, what);
}

static void print_left_out(FILE *out, const struct plan *plan)
{
	const struct hardware_gic *gic = &plan->hardware->gic;

	fprintf(out, " *\n * Root gets all of the machine. Left out is:\n *\n");
	left_out(out, plan->hypervisor.start, plan->hypervisor.size,
		 "RAM: the hypervisor's");
	left_out(out, plan->inmates.start, plan->inmates.size,
		 "RAM: set aside for cells, taken from Linux when enabling");
	left_out(out, gic->gicd, gic->gicd_size, "GICD: the hypervisor answers there");
	if (gic->version == 3)
		left_out(out, gic->gicr, gic->gicr_size, "GICR: the hypervisor answers there");
	left_out(out, plan->pci.start, plan->pci.size,
		 "nothing is there: the virtual PCI host's place");
	left_out(out, plan->links.start, plan->links.size,
		 "RAM: root shares it with cells, by links");
}

static void print_others(FILE *out, const char *title, const struct hardware_others *others)
{
	unsigned int n;

	for (n = 0; n < others->count; n++)
		fprintf(out, " *\t%s\t%s\n", title, source_comment(others->list[n].path));
}

static void print_machine(FILE *out, const struct plan *plan)
{
	const struct hardware *hw = plan->hardware;
	const struct area *area;
	char cpus[CPU_LIST_TEXT];
	unsigned int n;

	fprintf(out, " * The machine:\n *\n");
	fprintf(out, " *\tCPUs\t%s, switched on by %s\n", cpu_list(cpus, hw->cpu_set),
		hw->cpu_set & ~hw->psci_cpus ?
		"something else than PSCI: cells cannot have them" : "PSCI");
	if (hw->cpus_left_out)
		fprintf(out, " *\tCPUs\t%s were offline: left out\n",
			cpu_list(cpus, hw->cpus_left_out));
	fprintf(out, " *\tGIC\tversion %u%s\n", hw->gic.version,
		hw->gic.its ? ", with an ITS, which stays root's" : "");
	for_each_area(area, &hw->ram)
		fprintf(out, " *\tRAM\t0x%010llx-0x%010llx\n", area->start, area_end(area) - 1);
	for (n = 0; n < hw->num_uarts; n++) {
		fprintf(out, " *\tUART\t0x%010llx", hw->uart[n].console.address);
		fprintf(out, " %s, INTID %u%s\n", source_comment(hw->uart[n].path),
			hw->uart[n].intid, (int)n == hw->stdout_uart ? ", Linux's console" : "");
	}
	print_others(out, "PCI", &hw->pci);
	print_others(out, "IOMMU", &hw->iommu);
	if (!hw->iommu.count)
		fprintf(out, " *\tIOMMU\tnone: what does DMA reaches all memory\n");
}

static void print_head(FILE *out, const struct plan *plan)
{
	const struct hardware *hw = plan->hardware;

	fprintf(out, "/*\n * System configuration of %s", source_comment(hw->model));
	fprintf(out, " (%s),\n * made by jailhouse config create.\n *\n",
		source_comment(hw->compatible));
	print_machine(out, plan);
	print_left_out(out, plan);
	if (!hw->has_iomem)
		fprintf(out, " *\n * It was made without /proc/iomem: Linux may have something of "
			"its own\n * where the hypervisor's memory is.\n");
	fprintf(out, " */\n\n#include <jailhouse/types.h>\n#include <jailhouse/cell-config.h>\n\n");
}

static void print_constants(FILE *out, const struct plan *plan)
{
	const struct hardware_gic *gic = &plan->hardware->gic;

	fprintf(out, "#define HYPERVISOR_BASE\t0x%llxULL\n", plan->hypervisor.start);
	fprintf(out, "#define HYPERVISOR_SIZE\t0x%llxULL\n", plan->hypervisor.size);
	fprintf(out, "#define GICD_BASE\t0x%llxULL\n", gic->gicd);
	if (gic->version == 2)
		fprintf(out, "#define GICC_BASE\t0x%llxULL\n#define GICH_BASE\t0x%llxULL\n"
			"#define GICV_BASE\t0x%llxULL\n", gic->gicc, gic->gich, gic->gicv);
	else
		fprintf(out, "#define GICR_BASE\t0x%llxULL\n", gic->gicr);
	if (plan->console.type != JAILHOUSE_CON_TYPE_NONE)
		fprintf(out, "#define UART_BASE\t0x%llxULL\n", plan->console.address);
	if (plan->pci.size)
		fprintf(out, "#define VPCI_BASE\t0x%llxULL\n", plan->pci.start);
	if (plan->links.size)
		fprintf(out, "#define LINKS_BASE\t0x%llxULL\n", plan->links.start);
}

static void print_list(FILE *out, const char *name, const struct areas *areas)
{
	const struct area *area;

	for_each_area(area, areas) {
		fprintf(out, "\t/* %s */ \\\n", source_comment(area->what));
		fprintf(out, "\t%s(0x%llxULL, 0x%llxULL), \\\n", name, area->start, area->size);
	}
}

static void print_regions(FILE *out, const struct plan *plan)
{
	fprintf(out,
		"\n#define REGION(base, bytes, access)\t\\\n"
		"\t{ .phys_start = base, .virt_start = base, .size = bytes, .flags = access }\n"
		"#define RAM(base, bytes)\tREGION(base, bytes,\t\\\n"
		"\tJAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |\t\\\n"
		"\tJAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)\n"
		"#define DEVICE(base, bytes)\tREGION(base, bytes,\t\\\n"
		"\tJAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)\n"
		"/* 128 INTIDs from @first on */\n"
		"#define SPIS(first, ...)\t\\\n"
		"\t{ .address = GICD_BASE, .pin_base = first, .pin_bitmap = { __VA_ARGS__ } }\n"
		"\n#define REGIONS \\\n");
	print_list(out, "RAM", &plan->ram);
	print_list(out, "DEVICE", &plan->devices);
	fprintf(out,
		"\n/* How many REGIONS has: none can be missing or too many. */\n"
		"#define NUM_REGIONS\tARRAY_SIZE(((struct jailhouse_memory[]){ REGIONS }))\n\n");
	if (plan->links.size)
		plan_links_source(out, plan);
}

static void print_console(FILE *out, const struct plan *plan)
{
	const char *why = source_comment(plan->console_why);

	if (plan->console.type == JAILHOUSE_CON_TYPE_NONE) {
		fprintf(out, "\t\t/* no .debug_console: %s; there is 'jailhouse console' */\n",
			why);
		return;
	}
	fprintf(out, "\t\t/* %s */\n\t\t.debug_console = {\n", why);
	source_console(out, &plan->console);
	fprintf(out, "\t\t},\n");
}

static void print_platform(FILE *out, const struct plan *plan)
{
	const struct hardware_gic *gic = &plan->hardware->gic;

	fprintf(out, "\t\t.platform_info = {\n");
	if (plan->pci.size)
		fprintf(out, "\t\t\t.pci_mmconfig_base = VPCI_BASE,\n"
			"\t\t\t.pci_is_virtual = 1,\n\t\t\t.pci_domain = %u,\n",
			plan->pci_domain);
	fprintf(out, "\t\t\t.arm = {\n\t\t\t\t.gic_version = %u,\n"
		"\t\t\t\t.gicd_base = GICD_BASE,\n", gic->version);
	if (gic->version == 2)
		fprintf(out, "\t\t\t\t.gicc_base = GICC_BASE,\n\t\t\t\t.gich_base = GICH_BASE,\n"
			"\t\t\t\t.gicv_base = GICV_BASE,\n");
	else
		fprintf(out, "\t\t\t\t.gicr_base = GICR_BASE,\n");
	fprintf(out, "\t\t\t\t.maintenance_irq = %u,\n\t\t\t},\n\t\t},\n", gic->maintenance);
}

static void print_header(FILE *out, const struct plan *plan)
{
	fprintf(out,
		"\t.header = {\n"
		"\t\t.signature = JAILHOUSE_SYSTEM_SIGNATURE,\n"
		"\t\t.architecture = JAILHOUSE_ARM64,\n"
		"\t\t.revision = JAILHOUSE_CONFIG_REVISION,\n"
		"\t\t.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,\n"
		"\t\t.hypervisor_memory = {\n"
		"\t\t\t.phys_start = HYPERVISOR_BASE,\n"
		"\t\t\t.size = HYPERVISOR_SIZE,\n"
		"\t\t},\n");
	print_console(out, plan);
	print_platform(out, plan);
	fprintf(out, "\t\t.root_cell = {\n\t\t\t.name = \"%s\",\n", plan->name);
	if (plan->root_flags & JAILHOUSE_CELL_GIC_PMR)
		fprintf(out, "\t\t\t/* irqchip.gicv3_pseudo_nmi=1 */\n"
			"\t\t\t.flags = JAILHOUSE_CELL_GIC_PMR,\n");
	fprintf(out,
		"\t\t\t.cpu_set_size = sizeof(config.cpus),\n"
		"\t\t\t.num_memory_regions = ARRAY_SIZE(config.mem_regions),\n"
		"\t\t\t.num_irqchips = ARRAY_SIZE(config.irqchips),\n");
	if (plan->links.size)
		fprintf(out, "\t\t\t.num_pci_devices = ARRAY_SIZE(config.pci_devices),\n"
			"\t\t\t.vpci_irq_base = %u,\n", plan->link_irq - 32);
	fprintf(out, "\t\t},\n\t},\n");
}

static void print_chips(FILE *out)
{
	unsigned int n, word;

	fprintf(out, "/* all SPIs that a GIC can have */\n#define CHIPS \\\n");
	for (n = 0; n < PLAN_CHIPS; n++) {
		fprintf(out, "\tSPIS(%u", plan_chip_base(n));
		for (word = 0; word < 4; word++)
			fprintf(out, ", 0x%08x", plan_chip_word(n, word));
		fprintf(out, "), \\\n");
	}
	fprintf(out, "\n#define NUM_CHIPS\tARRAY_SIZE(((struct jailhouse_irqchip[]){ CHIPS }))\n\n");
}

void plan_source(FILE *out, const struct plan *plan)
{
	char cpus[CPU_LIST_TEXT];

	print_head(out, plan);
	print_constants(out, plan);
	print_regions(out, plan);
	print_chips(out);
	fprintf(out, "struct {\n\tstruct jailhouse_system header;\n\t__u64 cpus[1];\n"
		"\tstruct jailhouse_memory mem_regions[NUM_REGIONS%s];\n"
		"\tstruct jailhouse_irqchip irqchips[NUM_CHIPS];\n",
		plan->links.size ? " + NUM_SECTIONS" : "");
	if (plan->links.size)
		fprintf(out, "\tstruct jailhouse_pci_device pci_devices[NUM_DEVICES];\n");
	fprintf(out, "} __attribute__((packed)) config = {\n");
	print_header(out, plan);
	fprintf(out, "\t/* %s */\n\t.cpus = { 0x%llxULL },\n",
		cpu_list(cpus, plan->hardware->cpu_set), plan->hardware->cpu_set);
	fprintf(out, "\t.mem_regions = { REGIONS%s },\n\t.irqchips = { CHIPS },\n%s};\n",
		plan->links.size ? " LINKS" : "",
		plan->links.size ? "\t.pci_devices = { DEVICES },\n" : "");
}
