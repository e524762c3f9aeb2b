/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>

#include <cellblock/config.h>

#include "config/check_clocks.h"
#include "config/check_machine.h"
#include "hardware/interrupts.h"

/* Is all of the range in one of @areas, or in several that follow each other? */
static bool is_covered(const struct areas *areas, u64 start, u64 end)
{
	const struct area *area;

	/* they are in order */
	for_each_area(area, areas)
		if (area->start <= start && area_end(area) > start)
			start = area_end(area);
	return start >= end;
}

static void describe_gic(char *text, size_t size, const struct hardware_gic *gic)
{
	if (gic->version == 2)
		snprintf(text, size, "GICv2, GICD 0x%llx, GICC 0x%llx, GICH 0x%llx, GICV 0x%llx",
			 gic->gicd, gic->gicc, gic->gich, gic->gicv);
	else
		snprintf(text, size, "GICv%u, GICD 0x%llx, GICR 0x%llx", gic->version, gic->gicd,
			 gic->gicr);
}

/* What a tree does not tell is 0 there, and any address may be right. */
static bool is_gic(const struct hardware_gic *named, const struct hardware_gic *gic)
{
	if (named->version != gic->version || named->gicd != gic->gicd)
		return false;
	if (gic->version != 2)
		return named->gicr == gic->gicr;
	return (!gic->gicc || named->gicc == gic->gicc) &&
	       (!gic->gich || named->gich == gic->gich) &&
	       (!gic->gicv || named->gicv == gic->gicv);
}

static void look_at_gic(struct findings *findings, const char *file,
			const struct jailhouse_system *sys, const struct hardware *hw)
{
	const struct hardware_gic named = {
		.version = sys->platform_info.arm.gic_version,
		.gicd = sys->platform_info.arm.gicd_base,
		.gicr = sys->platform_info.arm.gicr_base,
		.gicc = sys->platform_info.arm.gicc_base,
		.gich = sys->platform_info.arm.gich_base,
		.gicv = sys->platform_info.arm.gicv_base,
	};
	struct finding *finding;
	char text[sizeof(finding->value)];

	if (is_gic(&named, &hw->gic))
		return;
	describe_gic(text, sizeof(text), &hw->gic);
	finding = findings_add(findings, CHECK_ERROR, file, "take them from the device tree",
			       "the machine has %s", text);
	snprintf(finding->field, sizeof(finding->field), "platform_info.arm");
	describe_gic(finding->value, sizeof(finding->value), &named);
}

static void look_at_cpus(struct findings *findings, const char *file,
			 const struct jailhouse_system *sys, const struct hardware *hw)
{
	struct finding *finding;
	unsigned int cpu;

	for (cpu = 0; cpu < HARDWARE_MAX_CPUS; cpu++) {
		if (config_has_cpu(&sys->root_cell, cpu) == (hw->cpu_set >> cpu & 1))
			continue;
		finding = findings_add(findings, CHECK_ERROR, file,
				       "name exactly the CPUs that Linux has online",
				       "CPU %u is %s", cpu, hw->cpu_set >> cpu & 1 ?
				       "online and not in the CPU set" :
				       "in the CPU set and not online");
		snprintf(finding->field, sizeof(finding->field), "cpus");
		return;
	}
}

static void look_at_hypervisor(struct findings *findings, const char *file,
			       const struct jailhouse_system *sys, const struct hardware *hw)
{
	const struct jailhouse_memory *mem = &sys->hypervisor_memory;
	const struct area *kept = areas_find(&hw->kept, mem->phys_start, mem->size);
	struct finding *finding = NULL;

	if (!is_covered(&hw->ram, mem->phys_start, mem->phys_start + mem->size))
		finding = findings_add(findings, CHECK_ERROR, file,
				       "choose an address in the middle of RAM",
				       "the hypervisor's memory is not RAM of this machine");
	else if (kept)
		finding = findings_add(findings, CHECK_WARNING, file,
				       "choose an address in the middle of RAM",
				       "Linux will hardly give it: at 0x%llx is %s", kept->start,
				       kept->what);
	if (!finding)
		return;
	snprintf(finding->field, sizeof(finding->field), "hypervisor_memory");
	snprintf(finding->value, sizeof(finding->value), "phys 0x%llx, size 0x%llx",
		 mem->phys_start, mem->size);
}

/* Of root and of cells alike. */
static void look_at_regions(struct findings *findings, const char *file,
			    const struct jailhouse_cell_desc *desc, const struct hardware *hw,
			    bool is_root)
{
	const struct jailhouse_memory *mem;
	const struct area *kept;

	for_each_mem(mem, desc) {
		u64 end = mem->phys_start + mem->size;

		if (config_mem_empty(mem) || (mem->flags & CONFIG_MEM_MADE))
			continue;
		kept = areas_find(&hw->kept, mem->phys_start, mem->size);
		if (mem->flags & JAILHOUSE_MEM_IO) {
			if (!areas_find(&hw->devices, mem->phys_start, mem->size))
				finding_region(findings_add(findings, CHECK_WARNING, file, NULL,
					"the machine has no device there"), desc, mem);
		} else if (!is_covered(&hw->ram, mem->phys_start, end)) {
			finding_region(findings_add(findings, CHECK_ERROR, file,
				"choose an address in RAM, or add JAILHOUSE_MEM_IO if a device is there",
				"the machine has no RAM there"), desc, mem);
		} else if (kept && !is_root) {
			finding_region(findings_add(findings, CHECK_WARNING, file,
				"choose an address in the middle of RAM",
				"Linux will hardly give it: at 0x%llx is %s", kept->start,
				kept->what), desc, mem);
		}
	}
}

/* Of a cell: what Linux's drivers would still be called for. */
static void look_at_interrupts(struct findings *findings, const char *file,
			       const struct jailhouse_cell_desc *desc, const struct hardware *hw)
{
	struct finding *finding;
	unsigned int intid;
	char who[64];

	if (!hw->interrupts)
		return;
	for (intid = FIRST_SPI; intid <= LAST_SPI; intid++) {
		if (!config_has_irq(desc, intid) ||
		    !interrupts_used(hw->interrupts, intid, who, sizeof(who)))
			continue;
		finding = findings_add(findings, CHECK_WARNING, file,
				       "unbind the driver before the cell is created",
				       "Linux uses the interrupt, for %s", who);
		snprintf(finding->field, sizeof(finding->field), "irqchips");
		snprintf(finding->value, sizeof(finding->value), "interrupt %u", intid);
	}
}

/* Of a cell: a UART that it has alone and that is Linux's console. */
static void look_at_console(struct findings *findings, const char *file,
			    const struct jailhouse_cell_desc *desc, const struct hardware *hw)
{
	const struct jailhouse_memory *mem;
	const struct hardware_uart *uart;

	if (hw->stdout_uart < 0)
		return;
	uart = &hw->uart[hw->stdout_uart];
	for_each_mem(mem, desc)
		if (uart->console.address - mem->phys_start < mem->size &&
		    !(mem->flags & (JAILHOUSE_MEM_ROOTSHARED | CONFIG_MEM_MADE)))
			finding_region(findings_add(findings, CHECK_WARNING, file,
				"add JAILHOUSE_MEM_ROOTSHARED, or give Linux another console",
				"Linux's console %s is taken from it: what it prints there faults",
				uart->path), desc, mem);
}

void check_machine(struct findings *findings, const struct checked_file *files,
		   unsigned int count, const struct hardware *hardware)
{
	const struct jailhouse_system *sys = files[0].data;
	unsigned int n;

	look_at_gic(findings, files[0].name, sys, hardware);
	look_at_cpus(findings, files[0].name, sys, hardware);
	look_at_hypervisor(findings, files[0].name, sys, hardware);
	look_at_regions(findings, files[0].name, &sys->root_cell, hardware, true);
	for (n = 1; n < count; n++) {
		look_at_regions(findings, files[n].name, files[n].data, hardware, false);
		look_at_interrupts(findings, files[n].name, files[n].data, hardware);
		look_at_console(findings, files[n].name, files[n].data, hardware);
		check_clocks(findings, files[n].name, files[n].data, hardware);
	}
}
