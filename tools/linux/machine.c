/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hardware/tree.h"
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

/* Whose interrupt, and where it goes. */
struct wanted {
	u64 address;
	bool found;
	u32 *interrupt;		/* three cells */
};

static bool take_interrupt(const struct tree_node *node, void *arg)
{
	struct wanted *wanted = arg;
	u64 start, size;
	unsigned int n;

	if (!wanted->found && tree_reg(node, 0, &start, &size) && start == wanted->address) {
		for (n = 0; n < 3 && tree_cell(node, "interrupts", n, &wanted->interrupt[n]); n++)
			;
		wanted->found = n == 3;
	}
	return true;
}

bool machine_find_interrupt(u32 interrupt[3], u64 address)
{
	struct wanted wanted = { .address = address, .interrupt = interrupt };
	char path[PATH_LEN];
	size_t size;
	void *tree;

	snprintf(path, sizeof(path), "%s/firmware/fdt", io_sys_root());
	if (file_read("device tree", path, &tree, &size))
		return false;
	if (!tree_check(tree, size))
		tree_walk(tree, take_interrupt, &wanted);
	free(tree);
	return wanted.found;
}
