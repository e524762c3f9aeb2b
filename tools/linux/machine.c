/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "file.h"
#include "io.h"
#include "linux/machine.h"
#include "message.h"
#include "sysfs.h"

#define PATH_LEN	256

int machine_read(struct machine *machine)
{
	const struct {
		const char *file;
		u64 *value;
	} files[] = {
		{ "platform/gic_version", &machine->gic_version },
		{ "platform/gicd_base", &machine->gicd_base },
		{ "platform/gicc_base", &machine->gicc_base },
		{ "platform/gicr_base", &machine->gicr_base },
		{ "platform/redistributors", &machine->redistributors },
		{ "platform/pci_mmconfig_base", &machine->pci_mmconfig_base },
		{ "platform/pci_mmconfig_end_bus", &machine->pci_mmconfig_end_bus },
		{ "platform/pci_domain", &machine->pci_domain },
		{ "platform/pci_is_virtual", &machine->pci_is_virtual },
	};
	size_t i;
	int ret;

	ret = sysfs_need_enabled();
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ret = sysfs_read_number(files[i].value, files[i].file);
		if (ret)
			return refused("cannot read %s/%s: %s", io_sysfs_root(),
				       files[i].file, strerror(-ret));
	}
	return EXIT_DONE;
}

int machine_read_mpidr(u64 *mpidr, unsigned int cpu)
{
	unsigned char reg[8];
	char path[PATH_LEN];
	size_t size, i;
	FILE *file;

	snprintf(path, sizeof(path), "%s/devices/system/cpu/cpu%u/of_node/reg",
		 io_sys_root(), cpu);
	file = fopen(path, "re");
	size = file ? fread(reg, 1, sizeof(reg), file) : 0;
	if (file)
		fclose(file);
	if (size != 4 && size != 8)
		return refused("CPU %u of the cell is not in this machine's device tree "
			       "(no %s): pass a device tree with -d", cpu, path);
	for (*mpidr = 0, i = 0; i < size; i++)
		*mpidr = *mpidr << 8 | reg[i];
	return EXIT_DONE;
}

static u64 read_cells(const fdt32_t *cells, int count)
{
	u64 value = 0;

	while (count--)
		value = value << 32 | fdt32_to_cpu(*cells++);
	return value;
}

static bool node_is_at(const void *tree, int node, u64 address)
{
	int cells = fdt_address_cells(tree, fdt_parent_offset(tree, node));
	const fdt32_t *reg;
	int size;

	reg = fdt_getprop(tree, node, "reg", &size);
	return reg && cells > 0 && cells <= 2 && size >= cells * 4 &&
	       read_cells(reg, cells) == address;
}

static bool find_in_tree(u32 interrupt[3], const void *tree, u64 address)
{
	const fdt32_t *cells = NULL;
	int node, size = 0, i;

	for (node = 0; node >= 0 && !cells; node = fdt_next_node(tree, node, NULL))
		if (node && node_is_at(tree, node, address))
			cells = fdt_getprop(tree, node, "interrupts", &size);
	if (!cells || size < 12)
		return false;
	for (i = 0; i < 3; i++)
		interrupt[i] = fdt32_to_cpu(cells[i]);
	return true;
}

bool machine_find_interrupt(u32 interrupt[3], u64 address)
{
	char path[PATH_LEN];
	bool found = false;
	size_t size;
	void *tree;

	snprintf(path, sizeof(path), "%s/firmware/fdt", io_sys_root());
	if (file_read("device tree", path, &tree, &size))
		return false;
	if (size >= sizeof(struct fdt_header) && !fdt_check_full(tree, size))
		found = find_in_tree(interrupt, tree, address);
	free(tree);
	return found;
}
