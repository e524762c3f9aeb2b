/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libfdt.h>

#include "config/plan.h"
#include "hardware/points_linux.h"
#include "hardware/tree.h"
#include "io.h"
#include "message.h"
#include "show/cpu_list.h"

void point_say(struct point *point, enum verdict verdict, const char *cure,
	       const char *format, ...)
{
	va_list args;

	point->verdict = verdict;
	point->cure = cure;
	va_start(args, format);
	vsnprintf(point->text, sizeof(point->text), format, args);
	va_end(args);
}

static void look_at_gic(struct point *point, const struct hardware *hw)
{
	point_say(point, POINT_GOOD, NULL, "GICv%u, GICD at 0x%llx%s%s", hw->gic.version,
		  hw->gic.gicd, hw->gic.its ? ", with an ITS" : "",
		  points_log_has("Pseudo-NMIs enabled") ?
		  "; Linux masks by priority, so its interrupts are injected" : "");
}

static void look_at_psci(struct point *point, const struct hardware *hw)
{
	static const char cure[] = "firmware has to offer PSCI: use one with TF-A, or U-Boot's own";
	char version[16] = "";
	bool has_version = points_log_word("psci: PSCIv", version, sizeof(version));

	if (!hw->psci[0])
		point_say(point, POINT_BAD, cure, "the device tree has no /psci");
	else if (hw->num_cpus > 1 && (hw->cpu_set & ~hw->psci_cpus))
		point_say(point, POINT_BAD, cure, "not all CPUs have enable-method \"psci\"");
	else
		point_say(point, POINT_GOOD, NULL, "%s, by %s%s%s", hw->psci, hw->conduit,
			  has_version ? ": firmware has v" : "", version);
}

static void look_at_cpus(struct point *point, const struct hardware *hw)
{
	char cpus[CPU_LIST_TEXT], missing[CPU_LIST_TEXT];

	if (hw->cpus_left_out)
		point_say(point, POINT_NOTE, "bring them online first, if cells are to have them: "
			  "echo 1 >/sys/devices/system/cpu/cpuN/online",
			  "%s are online, %s are not and would be left out",
			  cpu_list(cpus, hw->cpu_set), cpu_list(missing, hw->cpus_left_out));
	else if (hw->num_cpus == 1)
		point_say(point, POINT_NOTE, NULL, "there is only one: no cell can have it");
	else
		point_say(point, POINT_GOOD, NULL, "%s", cpu_list(cpus, hw->cpu_set));
}

struct masters {
	unsigned int count;
	char first[128];	/* path */
};

/* What does DMA says so if it is coherent, or behind an IOMMU. */
static bool count_master(const struct tree_node *node, void *arg)
{
	static const char *const properties[] = { "dma-coherent", "iommus", "iommu-map" };
	struct masters *masters = arg;
	bool is_master = false;
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(properties); n++)
		if (fdt_getprop(node->fdt, node->offset, properties[n], NULL))
			is_master = true;
	if (!is_master || !node->parent || tree_is_disabled(node))
		return true;
	if (!masters->count++ && fdt_get_path(node->fdt, node->offset, masters->first,
					      sizeof(masters->first)))
		snprintf(masters->first, sizeof(masters->first), "%s", node->name);
	return true;
}

static void look_at_dma(struct point *point, const struct hardware *hw)
{
	struct masters masters = { .count = 0 };
	char names[192] = "", more[32] = "";

	tree_walk(hw->tree, count_master, &masters);
	if (masters.count > 1)
		snprintf(more, sizeof(more), " and %u more", masters.count - 1);
	if (masters.count)
		snprintf(names, sizeof(names), "; the device tree names %u that do: %s%s",
			 masters.count, masters.first, more);
	if (hw->iommu.count)
		point_say(point, POINT_NOTE, NULL, "there is an IOMMU (%s), which is root's: a device of a "
			  "cell reaches all memory%s", hw->iommu.list[0].path, names);
	else
		point_say(point, POINT_NOTE, NULL, "there is no IOMMU: a device that does DMA reaches all "
			  "memory, whoever has it%s", names);
}

static void look_at_memory(struct point *point, const struct hardware *hw)
{
	point_say(point, POINT_GOOD, NULL, "%llu MiB in %u pieces", areas_size(&hw->ram) >> 20,
		  hw->ram.count);
}

/* Linux may have filled it meanwhile: only enabling and creating cells can tell. */
static void look_at_free(struct point *point, const struct hardware *hw)
{
	/* enabling goes without links if it has to */
	const struct plan_options options = { .without_links = true };
	u64 needed = plan_size(hw, &options), largest = 0;
	struct areas *areas = calloc(1, sizeof(*areas));
	const struct area *area;

	if (!areas) {
		point_say(point, POINT_UNKNOWN, NULL, "out of memory");
		return;
	}
	*areas = hw->ram;
	areas_remove_all(areas, &hw->kept);
	for_each_area(area, areas)
		if (area->size > largest)
			largest = area->size;
	free(areas);
	if (largest >= needed)
		point_say(point, POINT_GOOD, NULL, "the largest piece that could be taken has %llu MiB",
			  largest >> 20);
	else
		point_say(point, POINT_BAD, "see what /proc/iomem has in System RAM: the kernel, its "
			  "crash kernel, what the device tree reserves",
			  "no piece of RAM has %llu MiB that could be taken", needed >> 20);
}

unsigned int points_look(struct point points[POINTS_MAX], const struct hardware *hardware)
{
	static const struct {
		const char *name;
		void (*look)(struct point *point, const struct hardware *hw);
		bool needs_hardware;
	} looks[] = {
		{ "EL2", points_look_at_el2, false },
		{ "VHE", points_look_at_vhe, false },
		{ "KVM", points_look_at_kvm, false },
		{ "PSCI", look_at_psci, true },
		{ "GIC", look_at_gic, true },
		{ "CPUs", look_at_cpus, true },
		{ "RAM", look_at_memory, true },
		{ "memory", look_at_free, true },
		{ "page size", points_look_at_pages, false },
		{ "modules", points_look_at_modules, false },
		{ "image", points_look_at_image, false },
		{ "DMA", look_at_dma, true },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(looks); n++) {
		points[n].name = looks[n].name;
		if (looks[n].needs_hardware && !hardware)
			point_say(&points[n], POINT_UNKNOWN, NULL, "the machine could not be read");
		else
			looks[n].look(&points[n], hardware);
	}
	return n;
}

static bool set_online(unsigned int cpu, bool online)
{
	char path[256];
	FILE *stream;
	bool done;

	snprintf(path, sizeof(path), "%s/devices/system/cpu/cpu%u/online", io_sys_root(), cpu);
	stream = fopen(path, "we");
	if (!stream)
		return false;
	done = fputs(online ? "1" : "0", stream) >= 0;
	return !fclose(stream) && done;
}

void points_try_cpus(struct point *point, const struct hardware *hardware)
{
	unsigned int cpu, first = (unsigned int)__builtin_ctzll(hardware->cpu_set);
	char cpus[CPU_LIST_TEXT];
	u64 stuck = 0;

	point->name = "CPU hotplug";
	for (cpu = first + 1; cpu < HARDWARE_MAX_CPUS; cpu++)
		if ((hardware->cpu_set >> cpu & 1) &&
		    (!set_online(cpu, false) || !set_online(cpu, true)))
			stuck |= 1ULL << cpu;
	if (stuck)
		point_say(point, POINT_BAD, "see the kernel's log: an interrupt that cannot move, or "
			  "firmware without CPU_OFF", "Linux cannot take these off and on: %s",
			  cpu_list(cpus, stuck));
	else
		point_say(point, POINT_GOOD, NULL, "each CPU but the first went offline and came back");
}
