/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <config/config.h>

#include "config/sharing.h"
#include "config/show.h"
#include "show/cpu_list.h"

const char *show_flags(char text[SHOW_FLAGS], u64 flags)
{
	static const struct {
		char letter;
		u64 flag;
	} letters[SHOW_FLAGS - 1] = {
		{ 'r', JAILHOUSE_MEM_READ }, { 'w', JAILHOUSE_MEM_WRITE },
		{ 'x', JAILHOUSE_MEM_EXECUTE }, { 'd', JAILHOUSE_MEM_DMA },
		{ 'i', JAILHOUSE_MEM_IO }, { 'l', JAILHOUSE_MEM_LOADABLE },
		{ 's', JAILHOUSE_MEM_ROOTSHARED }, { 'c', JAILHOUSE_MEM_COMM_REGION },
	};
	unsigned int n;

	for (n = 0; n < SHOW_FLAGS - 1; n++)
		text[n] = flags & letters[n].flag ? letters[n].letter : '-';
	if (flags & JAILHOUSE_MEM_REMOTE)
		text[n - 1] = 'v';
	text[n] = '\0';
	return text;
}

const char *show_size(char text[SHOW_SIZE], u64 size)
{
	static const char *const units[] = { "", " KiB", " MiB", " GiB" };
	unsigned int n = 0;

	while (n < 3 && size && size % 1024 == 0) {
		size /= 1024;
		n++;
	}
	snprintf(text, SHOW_SIZE, "%llu%s", size, units[n]);
	return text;
}

static void show_system(FILE *out, const struct jailhouse_system *sys)
{
	char size[SHOW_SIZE];

	fprintf(out, "  hypervisor   0x%010llx  %s\n", sys->hypervisor_memory.phys_start,
		show_size(size, sys->hypervisor_memory.size));
	fprintf(out, "  GIC          version %u, GICD 0x%llx, GICR 0x%llx, GICC 0x%llx\n",
		sys->platform_info.arm.gic_version, sys->platform_info.arm.gicd_base,
		sys->platform_info.arm.gicr_base, sys->platform_info.arm.gicc_base);
	if (sys->platform_info.pci_is_virtual)
		fprintf(out, "  PCI host     0x%010llx, virtual, domain %u, buses 0-%u\n",
			sys->platform_info.pci_mmconfig_base, sys->platform_info.pci_domain,
			sys->platform_info.pci_mmconfig_end_bus);
}

static void show_console(FILE *out, const char *what, const struct jailhouse_console *console)
{
	if (console->type != JAILHOUSE_CON_TYPE_NONE)
		fprintf(out, "  %-12s 0x%010llx, type %u, flags 0x%x\n", what, console->address,
			console->type, console->flags);
}

static void show_cpus(FILE *out, const struct jailhouse_cell_desc *desc)
{
	char text[CPU_LIST_TEXT];

	fprintf(out, "  CPUs         %s\n",
		config_cpu_bits(desc) ? cpu_list(text, config_cpu_bits(desc)) : "none of its own");
	if (!config_sharing(desc))
		return;
	fprintf(out, "  shared CPUs  %s, ", cpu_list(text, config_shared_cpus(desc)));
	share_print(out, config_sharing(desc));
	fprintf(out, " us\n");
}

/* What has no letter: widths of accesses, NO_HUGEPAGES. */
static void show_other_flags(FILE *out, u64 flags)
{
	const u64 letters = 0x7f | JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_REMOTE;

	if (flags & ~letters)
		fprintf(out, "  flags 0x%llx", flags);
}

static void show_regions(FILE *out, const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem;
	char flags[SHOW_FLAGS], size[SHOW_SIZE];

	for_each_mem(mem, desc) {
		fprintf(out, "  memory %-4td  0x%010llx  %-9s %s", mem - config_mem_regions(desc),
			mem->phys_start, show_size(size, mem->size), show_flags(flags, mem->flags));
		if (mem->virt_start != mem->phys_start)
			fprintf(out, "  at 0x%llx", mem->virt_start);
		show_other_flags(out, mem->flags);
		fputc('\n', out);
	}
}

static void show_interrupts(FILE *out, const struct jailhouse_cell_desc *desc)
{
	unsigned int first, last;
	const char *separator = "  interrupts   ";
	bool any = false;

	for (first = 32; first < CONFIG_IRQ_WORDS * 32; first = last + 1) {
		last = first;
		if (!config_has_irq(desc, first))
			continue;
		while (last + 1 < CONFIG_IRQ_WORDS * 32 && config_has_irq(desc, last + 1))
			last++;
		fprintf(out, first == last ? "%s%u" : "%s%u-%u", separator, first, last);
		separator = ",";
		any = true;
	}
	if (any)
		fputc('\n', out);
}

static void show_links(FILE *out, const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_pci_device *dev;

	if (desc->vpci_irq_base)
		fprintf(out, "  INTA         %u\n", 32 + desc->vpci_irq_base);
	for_each_pci_device(dev, desc) {
		fprintf(out, "  PCI %02x:%02x.%u  ", dev->bdf >> 8, dev->bdf >> 3 & 31,
			dev->bdf & 7U);
		if (config_is_link(dev))
			fprintf(out, "link, peer %u of %u, protocol 0x%04x, from memory %u on, "
				"%u MSI-X vectors\n", dev->shmem_dev_id, dev->shmem_peers,
				dev->shmem_protocol, dev->shmem_regions_start,
				dev->num_msix_vectors);
		else
			fprintf(out, "type %u\n", dev->type);
	}
}

void show_config(FILE *out, const struct shown *shown)
{
	const struct jailhouse_cell_desc *desc = shown->cell;

	fprintf(out, "%s \"%.31s\"\n", shown->system ? "system" : "cell", desc->name);
	if (shown->system) {
		show_system(out, shown->system);
		show_console(out, "console", &shown->system->debug_console);
	} else {
		fprintf(out, "  starts at    0x%llx\n", desc->cpu_reset_address);
		if (desc->msg_reply_timeout)
			fprintf(out, "  answers in   %llu us\n", desc->msg_reply_timeout);
		show_console(out, "console", &desc->console);
	}
	fprintf(out, "  flags        0x%x%s\n", desc->flags,
		desc->flags & JAILHOUSE_CELL_PERMISSIVE ? ", PERMISSIVE" : "");
	show_cpus(out, desc);
	show_regions(out, desc);
	show_interrupts(out, desc);
	show_links(out, desc);
}
