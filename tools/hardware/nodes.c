/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* What the nodes of a device tree are. */

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "hardware/nodes.h"

static const char *const gicv3[] = { "arm,gic-v3", NULL };
static const char *const gicv2[] = {
	"arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a9-gic", "arm,cortex-a7-gic",
	"arm,arm1176jzf-devchip-gic", "arm,pl390", "qcom,msm-qgic2", NULL
};
static const char *const its[] = { "arm,gic-v3-its", NULL };
static const char *const iommus[] = {
	"arm,smmu-v3", "arm,mmu-500", "arm,smmu-v2", "arm,smmu-v1", "ti,j721e-pvu", NULL
};

bool nodes_is_gic(const struct tree_node *node)
{
	return tree_is_any(node, gicv3) >= 0 || tree_is_any(node, gicv2) >= 0;
}

static bool is_named(const struct tree_node *node, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(node->name, name, length) &&
	       (!node->name[length] || node->name[length] == '@');
}

static bool has_type(const struct tree_node *node, const char *type)
{
	const char *found = tree_string(node, "device_type");

	return found && !strcmp(found, type);
}

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static void add_regs(struct areas *areas, const struct tree_node *node, const char *what)
{
	unsigned int n;
	u64 start, size;

	for (n = 0; tree_reg(node, n, &start, &size); n++)
		if (start != TREE_NOWHERE)
			areas_add(areas, start, size, what);
}

static void take_other(struct hardware_others *others, const struct tree_node *node)
{
	struct hardware_other *other = &others->list[others->count];
	u64 size;

	if (tree_is_disabled(node) || others->count == HARDWARE_MAX_OTHERS)
		return;
	/* libfdt leaves a part of another path, without an end, if it is too long */
	if (fdt_get_path(node->fdt, node->offset, other->path, sizeof(other->path)))
		copy_text(other->path, sizeof(other->path), node->name);
	copy_text(other->compatible, sizeof(other->compatible), tree_string(node, "compatible"));
	if (!tree_reg(node, 0, &other->address, &size))
		other->address = TREE_NOWHERE;
	others->count++;
}

static u64 reg_of(const struct tree_node *node, unsigned int index)
{
	u64 start, size;

	return tree_reg(node, index, &start, &size) && start != TREE_NOWHERE ? start : 0;
}

/* The PPI in its own "interrupts". */
static u32 maintenance_of(const struct tree_node *node)
{
	u32 type, number;

	if (tree_cell(node, "interrupts", 0, &type) && type == 1 &&
	    tree_cell(node, "interrupts", 1, &number) && number < 16)
		return number + 16;
	return 0;
}

static void take_gic(struct hardware *hw, const struct tree_node *node, unsigned int version)
{
	struct hardware_gic *gic = &hw->gic;
	u32 regions = 1;

	/* secondary controllers come after the CPUs' one */
	if (gic->version || !tree_reg(node, 0, &gic->gicd, &gic->gicd_size))
		return;
	gic->version = version;
	gic->maintenance = maintenance_of(node);
	if (version == 2) {
		gic->gicc = reg_of(node, 1);
		gic->gich = reg_of(node, 2);
		gic->gicv = reg_of(node, 3);
		return;
	}
	tree_cell(node, "#redistributor-regions", 0, &regions);
	if (!regions || regions > 64)
		regions = 1;
	gic->gicr_regions = regions;
	tree_reg(node, 1, &gic->gicr, &gic->gicr_size);
	gic->gicc = reg_of(node, regions + 1);
	gic->gich = reg_of(node, regions + 2);
	gic->gicv = reg_of(node, regions + 3);
}

/* A node below /cpus */
static void take_cpu(struct hardware *hw, const struct tree_node *node)
{
	const char *method = tree_string(node, "enable-method");
	const char *status = tree_string(node, "status");
	u64 mpidr = 0;
	u32 low, high;

	if (!has_type(node, "cpu") || (status && !strncmp(status, "fail", 4)))
		return;
	if (node->parent->address_cells == 2 && tree_cell(node, "reg", 1, &low) &&
	    tree_cell(node, "reg", 0, &high))
		mpidr = (u64)high << 32 | low;
	else if (tree_cell(node, "reg", 0, &low))
		mpidr = low;
	if (hw->num_cpus < HARDWARE_MAX_CPUS) {
		hw->mpidr[hw->num_cpus] = mpidr;
		if (method && !strcmp(method, "psci"))
			hw->psci_cpus |= 1ULL << hw->num_cpus;
	}
	hw->num_cpus++;
}

static void take_pci(struct hardware *hw, const struct tree_node *node)
{
	unsigned int n;
	u64 start, size;

	take_other(&hw->pci, node);
	for (n = 0; tree_window(node, n, &start, &size); n++)
		if (start != TREE_NOWHERE)
			areas_add(&hw->devices, start, size, node->name);
}

static void take_uart(struct hardware *hw, const struct tree_node *node)
{
	struct hardware_uart *uart = &hw->uart[hw->num_uarts];

	if (hw->num_uarts == HARDWARE_MAX_UARTS || tree_is_disabled(node) ||
	    !uart_of_node(node, uart))
		return;
	if (!fdt_get_path(node->fdt, node->offset, uart->path, sizeof(uart->path)))
		hw->num_uarts++;
}

static void take_device(struct hardware *hw, const struct tree_node *node)
{
	add_regs(&hw->devices, node, node->name);
	if (tree_is_any(node, its) >= 0) {
		if (!hw->gic.its)
			hw->gic.its = reg_of(node, 0);
	} else if (tree_is_any(node, iommus) >= 0) {
		take_other(&hw->iommu, node);
	} else {
		take_uart(hw, node);
	}
}

/* The root node, and nodes that are no devices; false: @node is none of these. */
static bool take_special(struct hardware *hw, const struct tree_node *node)
{
	if (!node->parent) {
		copy_text(hw->model, sizeof(hw->model), tree_string(node, "model"));
		copy_text(hw->compatible, sizeof(hw->compatible), tree_string(node, "compatible"));
	} else if (node->parent->parent) {
		return false;
	} else if (has_type(node, "memory") || is_named(node, "memory")) {
		if (!tree_is_disabled(node))
			add_regs(&hw->ram, node, "RAM");
	} else if (is_named(node, "psci")) {
		copy_text(hw->psci, sizeof(hw->psci), tree_string(node, "compatible"));
		copy_text(hw->conduit, sizeof(hw->conduit), tree_string(node, "method"));
	} else {
		return false;
	}
	return true;
}

bool nodes_visit(const struct tree_node *node, void *arg)
{
	struct hardware *hw = arg;

	if (take_special(hw, node))
		return true;
	if (is_named(node->parent, "cpus") && !node->parent->parent->parent)
		take_cpu(hw, node);
	else if (is_named(node->parent, "reserved-memory"))
		add_regs(&hw->kept, node, node->name);
	else if (has_type(node, "pci")) {
		add_regs(&hw->devices, node, node->name);
		take_pci(hw, node);
	} else if (tree_is_any(node, gicv3) >= 0) {
		take_gic(hw, node, 3);
	} else if (tree_is_any(node, gicv2) >= 0) {
		take_gic(hw, node, 2);
	} else {
		take_device(hw, node);
	}
	/* what is below a PCI host is configured by the host */
	return !has_type(node, "pci");
}
