/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>

#include <config/config.h>

#include "config/check_unused.h"

#define SYSTEM_FLAGS	((u32)JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE | JAILHOUSE_SYS_STRICT_SMCCC)
/* An IVSHMEM device has BARs 0 and 1. */
#define LINK_BARS	2

static void note(struct findings *findings, const char *file, const char *field, const char *why)
{
	struct finding *finding = findings_add(findings, CHECK_NOTE, file, NULL, "%s", why);

	snprintf(finding->field, sizeof(finding->field), "%s", field);
}

static bool has_iommu(const struct jailhouse_system *sys)
{
	return sys->platform_info.iommu_units[0].type;
}

static void look_at_iommus(struct findings *findings, const char *file,
			   const struct jailhouse_system *sys)
{
	const struct jailhouse_iommu *unit = sys->platform_info.iommu_units;
	struct finding *finding;
	unsigned int n;

	for (n = 0; n < JAILHOUSE_MAX_IOMMU_UNITS && unit[n].type; n++) {
		finding = findings_add(findings, CHECK_NOTE, file, NULL,
				       "IOMMUs have no effect: none is used yet, devices that do DMA "
				       "reach all memory");
		snprintf(finding->field, sizeof(finding->field), "platform_info.iommu_units[%u]",
			 n);
		snprintf(finding->value, sizeof(finding->value), "type %u, 0x%llx", unit[n].type,
			 (u64)unit[n].base);
	}
}

void check_unused_system(struct findings *findings, const char *file,
			 const struct jailhouse_system *sys)
{
	const struct jailhouse_console *con = &sys->debug_console;
	const struct jailhouse_cell_desc *root = &sys->root_cell;

	look_at_iommus(findings, file, sys);
	if (sys->flags & ~SYSTEM_FLAGS)
		note(findings, file, "flags", "flags that are not known here have no effect");
	if (con->clock_reg)
		note(findings, file, "debug_console.clock_reg",
		     "clock gates have no effect: Linux must leave the UART's clock on");
	if (root->flags & (JAILHOUSE_CELL_PASSIVE_COMMREG | JAILHOUSE_CELL_WATCHED |
			   JAILHOUSE_CELL_RESETS | JAILHOUSE_CELL_RESTARTS(0xffU)))
		note(findings, file, "root_cell.flags",
		     "the root cell is neither asked nor watched nor restarted: its flags for that "
		     "have no effect");
	if (root->cpu_reset_address)
		note(findings, file, "root_cell.cpu_reset_address",
		     "the root cell is not started: no effect");
	if (root->console.type != JAILHOUSE_CON_TYPE_NONE)
		note(findings, file, "root_cell.console",
		     "the root cell is told of no console: no effect");
}

/* Fields of a link's device that are for physical ones. */
static const char *unused_in_link(const struct jailhouse_pci_device *dev)
{
	unsigned int n;

	for (n = LINK_BARS; n < ARRAY_SIZE(dev->bar_mask); n++)
		if (dev->bar_mask[n])
			return "bar_mask beyond BAR 1";
	if (dev->num_msi_vectors)
		return "num_msi_vectors";
	/* msix_address says for whom the other end is */
	return dev->msix_region_size ? "msix_region_size" : NULL;
}

static void look_at_link(struct findings *findings, const char *file,
			 const struct jailhouse_pci_device *dev, long n)
{
	snprintf(findings_add(findings, CHECK_NOTE, file, NULL,
		 "%s of an IVSHMEM device has no effect: it has registers, a table for MSI-X and "
		 "capabilities of its own", unused_in_link(dev))->field, 48, "pci_devices[%ld]", n);
}

static void look_at_device(struct findings *findings, const char *file,
			   const struct jailhouse_pci_device *dev, long n)
{
	snprintf(findings_add(findings, CHECK_NOTE, file, NULL,
		 "PCI device %02x:%02x.%u has no effect: the configuration space of physical "
		 "devices stays root's", dev->bdf >> 8, dev->bdf >> 3 & 31, dev->bdf & 7)->field,
		 48, "pci_devices[%ld]", n);
}

/* The first region with the flag stands for all. */
static void look_at_flag(struct findings *findings, const char *file,
			 const struct jailhouse_cell_desc *desc, u64 flag, const char *why)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, desc)
		if (mem->flags & flag) {
			finding_region(findings_add(findings, CHECK_NOTE, file, NULL, "%s", why),
				       desc, mem);
			return;
		}
}

/* Those between others may stand for what comes; a link's may be empty. */
static void look_at_last(struct findings *findings, const char *file,
			 const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc) + desc->num_memory_regions;

	if (desc->num_memory_regions && config_mem_empty(--mem) && !config_is_section(desc, mem))
		finding_region(findings_add(findings, CHECK_NOTE, file, "count the list, as REGION_COUNT() "
					    "of configs/arm64/common.h does",
					    "the last region is empty and has no effect: there are fewer "
					    "than num_memory_regions"), desc, mem);
}

void check_unused(struct findings *findings, const char *file, const struct jailhouse_system *sys,
		  const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_pci_device *dev;

	for_each_pci_device(dev, desc)
		if (!config_is_link(dev))
			look_at_device(findings, file, dev, dev - config_pci_devices(desc));
	for_each_link(dev, desc)
		if (unused_in_link(dev))
			look_at_link(findings, file, dev, dev - config_pci_devices(desc));
	if (desc->flags & JAILHOUSE_CELL_TEST_DEVICE)
		note(findings, file, "flags",
		     "JAILHOUSE_CELL_TEST_DEVICE has no effect: there is no test device");
	/* without an IOMMU it says nothing anywhere */
	if (has_iommu(sys))
		look_at_flag(findings, file, desc, JAILHOUSE_MEM_DMA,
			     "JAILHOUSE_MEM_DMA has no effect: no IOMMU is used yet");
	look_at_flag(findings, file, desc, JAILHOUSE_MEM_IO_UNALIGNED,
		     "JAILHOUSE_MEM_IO_UNALIGNED has no effect: accesses that are trapped must be "
		     "aligned");
	if (desc == &sys->root_cell)
		look_at_flag(findings, file, desc, JAILHOUSE_MEM_LOADABLE,
			     "JAILHOUSE_MEM_LOADABLE has no effect: nothing is loaded into the root "
			     "cell");
	look_at_last(findings, file, desc);
	if (desc->num_cache_regions)
		note(findings, file, "cache_regions", "cache regions have no effect");
	if (desc->num_pio_regions)
		note(findings, file, "pio_regions", "PIO regions have no effect");
	if (desc->num_pci_caps)
		note(findings, file, "pci_caps",
		     "PCI capabilities have no effect, but for their count: those of physical "
		     "devices are root's, and IVSHMEM devices have their own");
	if (desc->num_stream_ids)
		note(findings, file, "stream_ids", "stream ids have no effect: no IOMMU is used yet");
}
