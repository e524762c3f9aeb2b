/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <libfdt.h>

#include "file.h"
#include "hardware/hardware.h"
#include "hardware/iomem.h"
#include "hardware/nodes.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "show/cpu_list.h"

#define PATH_LEN	512
#define LARGE_PAGE	0x10000

/* /sys and /proc of the machine that is described. */
static void sys_path(char *path, const struct hardware_source *source, const char *file)
{
	if (source->folder)
		snprintf(path, PATH_LEN, "%s/sys/%s", source->folder, file);
	else
		snprintf(path, PATH_LEN, "%s/%s", io_sys_root(), file);
}

static void proc_path(char *path, const struct hardware_source *source, const char *file)
{
	if (source->folder)
		snprintf(path, PATH_LEN, "%s/proc/%s", source->folder, file);
	else
		snprintf(path, PATH_LEN, "%s/%s", io_proc_root(), file);
}

static int refused_acpi(void)
{
	return refused("this machine was started with ACPI, and configurations are made of device "
		       "trees: name one by --dtb, start it with one (QEMU: acpi=off; firmware set-up "
		       "of servers: \"device tree\"), or write the configuration by hand: the "
		       "hypervisor itself works with ACPI");
}

/* An exit code. */
static int read_tree(struct hardware *hw, const struct hardware_source *source)
{
	char path[PATH_LEN], acpi[PATH_LEN];
	const char *wrong;
	size_t size;
	int ret;

	sys_path(path, source, "firmware/fdt");
	if (source->tree)
		snprintf(path, sizeof(path), "%s", source->tree);
	sys_path(acpi, source, "firmware/acpi/tables");
	if (source->tree || access(acpi, F_OK))
		acpi[0] = 0;
	if (acpi[0] && access(path, F_OK))
		return refused_acpi();
	ret = file_read("device tree", path, &hw->tree, &size);
	if (ret)
		return ret;
	wrong = tree_check(hw->tree, size);
	if (wrong)
		return refused("'%s' is no device tree that can be read: %s", path, wrong);
	/* Linux, started by UEFI, makes one that has /chosen only */
	if (acpi[0] && fdt_path_offset(hw->tree, "/cpus") < 0)
		return refused_acpi();
	tree_walk(hw->tree, nodes_visit, hw);
	return EXIT_DONE;
}

/* A file's text with a NUL at its end; NULL after saying what is wrong. */
static char *read_text(const char *what, const char *path)
{
	void *data;
	char *text;
	size_t size;

	if (file_read(what, path, &data, &size))
		return NULL;
	text = realloc(data, size + 1);
	if (!text) {
		free(data);
		refused("out of memory");
		return NULL;
	}
	text[size] = '\0';
	return text;
}

static void read_interrupts(struct hardware *hw, const struct hardware_source *source)
{
	char path[PATH_LEN];

	proc_path(path, source, "interrupts");
	if (!source->tree && !access(path, R_OK))
		hw->interrupts = read_text("list of interrupts", path);
}

/* Of the Linux there: what it tells each program. */
static u64 page_size(const struct hardware_source *source)
{
	u64 size = 0, *vector;
	char path[PATH_LEN];
	size_t bytes, n;
	void *data;

	proc_path(path, source, "self/auxv");
	if (source->tree || access(path, R_OK) || file_read("page size", path, &data, &bytes))
		return 0;
	vector = data;
	for (n = 0; n + 1 < bytes / sizeof(*vector); n += 2)
		if (vector[n] == AT_PAGESZ)
			size = vector[n + 1];
	free(data);
	return size;
}

/* A block that no node of the device tree reserves is CMA: nothing else is as large. */
static void take_cma(struct hardware *hw, const struct iomem *iomem)
{
	hw->cma = iomem->blocks;
	areas_remove_all(&hw->cma, &hw->kept);
}

static int take_iomem(struct hardware *hw, struct iomem *iomem,
		      const struct hardware_source *source, const char *path)
{
	char *text = read_text("list of addresses", path);
	const char *wrong;

	if (!text)
		return EXIT_REFUSED;
	wrong = iomem_read(iomem, text);
	free(text);
	if (wrong)
		return refused("'%s' cannot be used: %s", path, wrong);
	hw->linux_ram = iomem->ram;
	areas_add_all(&hw->ram, &iomem->ram);
	if (page_size(source) == LARGE_PAGE)
		take_cma(hw, iomem);
	areas_add_all(&hw->kept, &iomem->kept);
	areas_add_all(&hw->devices, &iomem->devices);
	hw->has_iomem = true;
	return EXIT_DONE;
}

static int read_iomem(struct hardware *hw, const struct hardware_source *source)
{
	struct iomem *iomem;
	char path[PATH_LEN];
	int ret;

	/* a tree of another machine says what is where by itself */
	if (source->tree && !source->iomem)
		return EXIT_DONE;
	proc_path(path, source, "iomem");
	if (source->iomem)
		snprintf(path, sizeof(path), "%s", source->iomem);
	iomem = calloc(1, sizeof(*iomem));
	if (!iomem)
		return refused("out of memory");
	ret = take_iomem(hw, iomem, source, path);
	free(iomem);
	return ret;
}

static bool read_cpu_list(u64 *set, const struct hardware_source *source, const char *name)
{
	char path[PATH_LEN], file[64], text[256];

	snprintf(file, sizeof(file), "devices/system/cpu/%s", name);
	sys_path(path, source, file);
	return !source->tree && !file_read_line(text, sizeof(text), path) &&
	       cpu_list_parse(set, text);
}

static int take_cpus(struct hardware *hw, const struct hardware_source *source)
{
	u64 possible, online;

	if (!hw->num_cpus)
		return refused("the device tree has no CPU: there is no node of device_type "
			       "\"cpu\" below /cpus");
	if (hw->num_cpus > HARDWARE_MAX_CPUS)
		return refused("this machine has %u CPUs: at most %d are supported", hw->num_cpus,
			       HARDWARE_MAX_CPUS);
	hw->cpu_set = ~0ULL >> (64 - hw->num_cpus);
	if (read_cpu_list(&possible, source, "possible") &&
	    read_cpu_list(&online, source, "online")) {
		hw->cpu_set = online;
		hw->cpus_left_out = possible & ~online;
	}
	return EXIT_DONE;
}

/* Of /chosen's stdout-path, which may be an alias, and have a speed after it. */
static int find_stdout(const struct hardware *hw)
{
	char wanted[2 * HARDWARE_TEXT];
	int chosen, node, length;
	const char *path;
	unsigned int n;

	chosen = fdt_path_offset(hw->tree, "/chosen");
	if (chosen < 0)
		return -1;
	path = fdt_getprop(hw->tree, chosen, "stdout-path", &length);
	if (!path)
		path = fdt_getprop(hw->tree, chosen, "linux,stdout-path", &length);
	if (!path || length <= 0 || path[length - 1])
		return -1;
	node = tree_find(hw->tree, path);
	if (node < 0 || fdt_get_path(hw->tree, node, wanted, sizeof(wanted)))
		return -1;
	for (n = 0; n < hw->num_uarts; n++)
		if (!strcmp(hw->uart[n].path, wanted))
			return (int)n;
	return -1;
}

/* Everything that is not RAM and not the GIC's is a device's. */
static int settle_areas(struct hardware *hw)
{
	const struct hardware_gic *gic = &hw->gic;

	if (!hw->ram.count)
		return refused("the RAM of this machine is not known: the device tree has no /memory "
			       "with a size%s", hw->has_iomem ? ", and /proc/iomem no System RAM" :
			       "; give the machine's /proc/iomem with --iomem");
	/* what firmware keeps may be missing in /memory */
	areas_add_all(&hw->ram, &hw->kept);
	areas_merge(&hw->ram);
	areas_merge(&hw->linux_ram);
	areas_merge(&hw->kept);
	areas_remove_all(&hw->kept, &hw->cma);
	areas_merge(&hw->devices);
	if (hw->ram.full || hw->kept.full || hw->devices.full)
		return refused("this machine has more than %d ranges of addresses", AREAS_MAX);
	areas_remove_all(&hw->devices, &hw->ram);
	areas_remove(&hw->devices, gic->gicd, gic->gicd_size);
	if (gic->version == 3)
		areas_remove(&hw->devices, gic->gicr, gic->gicr_size);
	return EXIT_DONE;
}

static int check_gic(const struct hardware *hw)
{
	const struct hardware_gic *gic = &hw->gic;

	if (!gic->version)
		return refused("the device tree has no GIC that is known here: a node with "
			       "compatible \"arm,gic-v3\", or \"arm,gic-400\" and the like");
	if (gic->gicd == TREE_NOWHERE || (gic->version == 3 &&
	    (!gic->gicr || gic->gicr == TREE_NOWHERE)))
		return refused("the device tree does not tell where the GIC is: the ranges of the "
			       "nodes above it do not have its address");
	return EXIT_DONE;
}

int hardware_check_options(const struct hardware_source *source)
{
	if (source->folder && source->tree)
		return misused("--root and --dtb name two machines: give one of them");
	if (source->iomem && !source->tree)
		return misused("--iomem is of another machine: its --dtb is missing");
	return EXIT_DONE;
}

int hardware_read(const struct hardware_source *source, struct hardware **hardware)
{
	struct hardware *hw = calloc(1, sizeof(*hw));
	int ret;

	if (!hw)
		return refused("out of memory");
	hw->is_here = !source->folder && !source->tree;
	ret = read_tree(hw, source);
	if (!ret)
		ret = read_iomem(hw, source);
	if (!ret)
		ret = take_cpus(hw, source);
	if (!ret)
		ret = check_gic(hw);
	if (!ret)
		ret = settle_areas(hw);
	if (ret) {
		hardware_free(hw);
		return ret;
	}
	read_interrupts(hw, source);
	hw->stdout_uart = find_stdout(hw);
	*hardware = hw;
	return EXIT_DONE;
}

void hardware_free(struct hardware *hardware)
{
	free(hardware->interrupts);
	free(hardware->tree);
	free(hardware);
}

const struct hardware_uart *hardware_find_uart(const struct hardware *hardware,
					       const char *name)
{
	const struct hardware_uart *uart = hardware->uart;
	char path[2 * HARDWARE_TEXT] = "";
	unsigned int n;
	u64 address;
	int node;

	if (!parse_number(name, ~0ULL, &address))
		address = ~0ULL;
	node = tree_find(hardware->tree, name);
	if (node >= 0)
		fdt_get_path(hardware->tree, node, path, sizeof(path));
	for (n = 0; n < hardware->num_uarts; n++, uart++)
		if (uart->console.address == address || !strcmp(uart->path, path))
			return uart;
	refused("this machine has no UART '%s' that is known: give its address, its path in the "
		"device tree or its alias", name);
	return NULL;
}
