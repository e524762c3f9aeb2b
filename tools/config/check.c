/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config/config.h>
#include <drivers/uart/uart.h>

#include "config/check.h"
#include "config/check_unused.h"
#include "config/cures.h"
#include "config/validator.h"

struct finding *findings_add(struct findings *findings, enum severity severity, const char *file,
			     const char *cure, const char *format, ...)
{
	static struct finding lost;
	struct finding *finding;
	va_list args;

	if (findings->count < FINDINGS_MAX) {
		finding = &findings->list[findings->count++];
	} else {
		finding = &lost;
		findings->lost++;
	}
	findings->errors += severity == CHECK_ERROR;
	finding->severity = severity;
	finding->file = file;
	finding->cure = cure;
	finding->field[0] = finding->value[0] = '\0';
	va_start(args, format);
	vsnprintf(finding->why, sizeof(finding->why), format, args);
	va_end(args);
	return finding;
}

void finding_region(struct finding *finding, const struct jailhouse_cell_desc *desc,
		    const struct jailhouse_memory *mem)
{
	snprintf(finding->field, sizeof(finding->field), "mem_regions[%td]",
		 mem - config_mem_regions(desc));
	snprintf(finding->value, sizeof(finding->value),
		 "phys 0x%llx, virt 0x%llx, size 0x%llx, flags 0x%llx", mem->phys_start,
		 mem->virt_start, mem->size, mem->flags);
}

/* Of which entry does the validator speak? @desc: NULL if it is not whole. */
static void find_field(struct finding *finding, const struct jailhouse_cell_desc *desc)
{
	unsigned int n;

	if (sscanf(finding->why, "memory region%*[s] %u", &n) == 1 ||
	    sscanf(finding->why, "memory region %u", &n) == 1) {
		if (desc && n < desc->num_memory_regions)
			finding_region(finding, desc, config_mem_regions(desc) + n);
		else
			snprintf(finding->field, sizeof(finding->field), "mem_regions[%u]", n);
	} else if (sscanf(finding->why, "irqchip %u", &n) == 1) {
		snprintf(finding->field, sizeof(finding->field), "irqchips[%u]", n);
	} else if (sscanf(finding->why, "PCI device %u", &n) == 1) {
		snprintf(finding->field, sizeof(finding->field), "pci_devices[%u]", n);
	} else if (sscanf(finding->why, "shared CPUs: slot %u", &n) == 1) {
		snprintf(finding->field, sizeof(finding->field), "sharing.slots[%u]", n);
	} else if (!strncmp(finding->why, "shared CPUs", strlen("shared CPUs"))) {
		snprintf(finding->field, sizeof(finding->field), "sharing");
	} else if (sscanf(finding->why, "CPU %u", &n) == 1) {
		snprintf(finding->field, sizeof(finding->field), "cpus");
		snprintf(finding->value, sizeof(finding->value), "CPU %u", n);
	}
}

/* What the validator has just refused. */
static void refused_by_validator(struct findings *findings, const char *file,
				 const struct jailhouse_cell_desc *desc)
{
	struct finding *finding;

	finding = findings_add(findings, CHECK_ERROR, file, cure_of(validator_reason()), "%s",
			       validator_reason());
	find_field(finding, desc);
}

/* Who is told of what is left out of a configuration */
static struct findings *left_out;
static const char *left_out_of;

static void tell(const struct jailhouse_cell_desc *desc, const char *fmt, ...)
{
	struct finding *finding;
	char why[sizeof(finding->why)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	finding = findings_add(left_out, CHECK_WARNING, left_out_of, cure_of(why), "%s", why);
	find_field(finding, desc);
}

/* As the driver does it; what is no whole configuration is left to the validator. */
static void adapt_system(struct findings *findings, const struct checked_file *file)
{
	struct jailhouse_system *sys = file->data;

	left_out = findings;
	left_out_of = file->name;
	if (file->size >= sizeof(*sys) && !memcmp(sys->signature, JAILHOUSE_SYSTEM_SIGNATURE, 5) &&
	    file->size >= config_system_size(sys))
		config_adapt_system(sys, tell);
}

static void adapt_cell(struct findings *findings, const struct jailhouse_system *sys,
		       const struct checked_file *file)
{
	struct jailhouse_cell_desc *desc = file->data;

	left_out = findings;
	left_out_of = file->name;
	if (config_is_whole(desc, file->size) &&
	    !memcmp(desc->signature, JAILHOUSE_CELL_DESC_SIGNATURE, 5))
		config_adapt_cell(sys, desc, tell);
}

static const struct jailhouse_memory *region_of(const struct jailhouse_cell_desc *desc, u64 virt)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, desc)
		if (virt - mem->virt_start < mem->size)
			return mem;
	return NULL;
}

static void look_at_comm(struct findings *findings, const char *file,
			 const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, desc)
		if (mem->flags & JAILHOUSE_MEM_COMM_REGION)
			return;
	findings_add(findings, CHECK_NOTE, file,
		     "add a page with JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		     "JAILHOUSE_MEM_COMM_REGION",
		     "there is no communication region: the cell can neither be asked to stop nor "
		     "say its state");
}

static void look_at_reset(struct findings *findings, const char *file,
			  const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem = region_of(desc, desc->cpu_reset_address);
	struct finding *finding = NULL;

	if (!mem || !(mem->flags & JAILHOUSE_MEM_EXECUTE))
		finding = findings_add(findings, CHECK_WARNING, file,
				       "let it be in a region with JAILHOUSE_MEM_EXECUTE",
				       "the cell starts where it has no executable memory");
	else if (!(mem->flags & JAILHOUSE_MEM_LOADABLE))
		finding = findings_add(findings, CHECK_NOTE, file,
				       "add JAILHOUSE_MEM_LOADABLE to the region",
				       "nothing can be loaded where the cell starts");
	if (!finding)
		return;
	snprintf(finding->field, sizeof(finding->field), "cpu_reset_address");
	snprintf(finding->value, sizeof(finding->value), "0x%llx", desc->cpu_reset_address);
}

/* A program of the inmate library prints to both that it is told of. */
static bool prints_twice(const struct jailhouse_system *sys,
			 const struct jailhouse_cell_desc *desc)
{
	return desc->flags & JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE &&
	       sys->debug_console.type != JAILHOUSE_CON_TYPE_NONE &&
	       sys->debug_console.address == desc->console.address;
}

static void look_at_console(struct findings *findings, const char *file,
			    const struct jailhouse_system *sys,
			    const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_console *console = &desc->console;
	const struct jailhouse_memory *mem;
	struct finding *finding = NULL;

	if (console->type == JAILHOUSE_CON_TYPE_NONE)
		return;
	mem = region_of(desc, console->address);
	if (!mem)
		finding = findings_add(findings, CHECK_WARNING, file,
				       "add a region with JAILHOUSE_MEM_IO for the UART, or take "
				       "JAILHOUSE_CON_TYPE_NONE",
				       "the cell is told of a UART that it cannot reach");
	else if (prints_twice(sys, desc))
		finding = findings_add(findings, CHECK_WARNING, file,
				       "leave out JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE, or take "
				       "JAILHOUSE_CON_TYPE_NONE",
				       "all that the cell prints comes twice: it is told of this UART "
				       "and of the hypervisor's console, which is on the same UART");
	else if (mem->flags & JAILHOUSE_MEM_ROOTSHARED)
		finding = findings_add(findings, CHECK_NOTE, file, NULL,
				       "the UART is Linux's too: both write to it, and who sets "
				       "its speed or its clock sets the other's");
	if (!finding)
		return;
	snprintf(finding->field, sizeof(finding->field), "console.address");
	snprintf(finding->value, sizeof(finding->value), "0x%llx", console->address);
}

/* Root keeps one. */
static void look_at_cpus(struct findings *findings, const char *file,
			 const struct jailhouse_system *sys,
			 const struct jailhouse_cell_desc *desc)
{
	unsigned int cpu;

	for (cpu = 0; cpu < sys->root_cell.cpu_set_size * 8; cpu++)
		if (config_has_cpu(&sys->root_cell, cpu) && !config_has_cpu(desc, cpu))
			return;
	snprintf(findings_add(findings, CHECK_ERROR, file, "leave at least one CPU to Linux",
			      "the cell takes all CPUs of the root cell")->field, 48, "cpus");
}

static void look_at_dma(struct findings *findings, const char *file,
			const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, desc)
		if ((mem->flags & JAILHOUSE_MEM_IO) && !(mem->flags & JAILHOUSE_MEM_ROOTSHARED)) {
			finding_region(findings_add(findings, CHECK_NOTE, file, NULL,
				"a device of the cell alone: if it does DMA it reaches all memory, "
				"as no IOMMU is used yet"), desc, mem);
			return;
		}
}

static void look_at_permissive(struct findings *findings, const char *file,
			       const struct jailhouse_cell_desc *desc)
{
	struct finding *finding;

	if (!(desc->flags & JAILHOUSE_CELL_PERMISSIVE))
		return;
	finding = findings_add(findings, CHECK_ERROR, file,
			       "jailhouse cell create --permissive", "no file can ask for that");
	snprintf(finding->field, sizeof(finding->field), "flags");
	snprintf(finding->value, sizeof(finding->value), "JAILHOUSE_CELL_PERMISSIVE");
}

static void note_rest(struct findings *findings, const struct checked_file *file, u64 used)
{
	if (file->size > used)
		findings_add(findings, CHECK_NOTE, file->name, NULL,
			     "%llu bytes after the last array are not used", file->size - used);
}

/* Is there another end of the link among the @count files? */
static bool has_peer(const struct checked_file *files, unsigned int count, unsigned int self,
		     const struct jailhouse_pci_device *link)
{
	const struct jailhouse_system *sys = files[0].data;
	const struct jailhouse_pci_device *other;
	const struct jailhouse_cell_desc *desc;
	unsigned int n;

	for (n = 0; n < count; n++) {
		desc = n ? files[n].data : &sys->root_cell;
		if (n == self)
			continue;
		for_each_link(other, desc)
			if (other->bdf == link->bdf)
				return true;
	}
	return false;
}

static void look_at_links(struct findings *findings, const struct checked_file *files,
			  unsigned int count, unsigned int n)
{
	const struct jailhouse_cell_desc *desc = files[n].data;
	const struct jailhouse_pci_device *link;

	for_each_link(link, desc)
		if (!has_peer(files, count, n, link))
			snprintf(findings_add(findings, CHECK_NOTE, files[n].name,
				 "give the peer's configuration too, to have them compared",
				 "no other of these files has an end of the link %02x:%02x.%u",
				 link->bdf >> 8, link->bdf >> 3 & 31, link->bdf & 7)->field, 48,
				 "pci_devices[%td]",
				 link - config_pci_devices(desc));
}

static void look_at_uart(struct findings *findings, const char *file,
			 const struct jailhouse_console *con)
{
	struct finding *finding;

	if (con->type == JAILHOUSE_CON_TYPE_NONE || uart_is_supported(con->type))
		return;
	finding = findings_add(findings, CHECK_WARNING, file, NULL,
			       "there is no driver for the debug console's UART, type %u: "
			       "'jailhouse console' shows what the hypervisor prints", con->type);
	snprintf(finding->field, sizeof(finding->field), "debug_console.type");
}

static bool check_cell(struct findings *findings, const struct jailhouse_system *sys,
		       const struct checked_file *file)
{
	const struct jailhouse_cell_desc *desc = file->data;
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };

	adapt_cell(findings, sys, file);
	if (config_check_cell(desc, file->size) || config_check_turns(desc, shares)) {
		refused_by_validator(findings, file->name,
				     config_is_whole(desc, file->size) ? desc : NULL);
		return false;
	}
	note_rest(findings, file, config_size(desc));
	if (config_check_cell_in_system(sys, desc)) {
		refused_by_validator(findings, file->name, desc);
		return false;
	}
	look_at_cpus(findings, file->name, sys, desc);
	look_at_comm(findings, file->name, desc);
	look_at_reset(findings, file->name, desc);
	look_at_console(findings, file->name, sys, desc);
	look_at_dma(findings, file->name, desc);
	look_at_permissive(findings, file->name, desc);
	check_unused(findings, file->name, sys, desc);
	return true;
}

/* Cells that cannot exist at once may be alternatives. */
static void compare(struct findings *findings, const struct checked_file *a,
		    const struct checked_file *b)
{
	if (config_check_cells(a->data, b->data, false) || config_check_plans(a->data, b->data))
		findings_add(findings, CHECK_WARNING, a->name, cure_of(validator_reason()),
			     "not together with %s: %s", b->name, validator_reason());
}

/* All that are given, which may be alternatives too. */
static void look_at_shares(struct findings *findings, const struct checked_file *files,
			   unsigned int count)
{
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };
	unsigned int n;

	for (n = 1; n < count; n++) {
		if (!config_check_turns(files[n].data, shares))
			continue;
		findings_add(findings, CHECK_WARNING, files[n].name, cure_of(validator_reason()),
			     "not together with all before it: %s", validator_reason());
		return;
	}
}

unsigned int check_files(struct findings *findings, const struct checked_file *files,
			 unsigned int count)
{
	const struct jailhouse_system *sys = files[0].data;
	unsigned int n, m;

	adapt_system(findings, &files[0]);
	if (config_check_system(sys, files[0].size)) {
		refused_by_validator(findings, files[0].name, NULL);
		return 0;
	}
	note_rest(findings, &files[0], config_system_size(sys));
	look_at_uart(findings, files[0].name, &sys->debug_console);
	check_unused_system(findings, files[0].name, sys);
	check_unused(findings, files[0].name, sys, &sys->root_cell);
	for (n = 1; n < count; n++) {
		if (!check_cell(findings, sys, &files[n]))
			return n;
		for (m = 1; m < n; m++)
			compare(findings, &files[n], &files[m]);
	}
	look_at_shares(findings, files, count);
	for (n = 1; n < count; n++)
		look_at_links(findings, files, count, n);
	return count;
}
