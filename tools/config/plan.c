/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <drivers/uart/uart.h>
#include <libfdt.h>

#include "config/plan_links.h"
#include "hardware/interrupts.h"
#include "message.h"

#define MIB			0x100000ULL
/* What Linux maps by one entry, and gives away as one */
#define HUGE_PAGE		(2 * MIB)

#define GICR_SIZE		0x20000ULL	/* of one CPU */
#define PCI_SIZE		(2 * MIB)	/* a bus, and room for BARs */

#define CHIP_PINS		128

static u64 round_up(u64 value, u64 unit)
{
	return (value + unit - 1) / unit * unit;
}

/* Image and tables, private pages of each CPU, and tables of scattered devices. */
static u64 hypervisor_size(const struct hardware *hw, const struct plan_options *options)
{
	u64 needed = 2 * MIB + hw->num_cpus * 0x10000ULL + hw->devices.count * 2 * AREA_PAGE;

	if (options->hypervisor_size)
		return round_up(options->hypervisor_size, AREA_PAGE);
	return round_up(needed, 2 * HUGE_PAGE);
}

u64 plan_size(const struct hardware *hardware, const struct plan_options *options)
{
	return hypervisor_size(hardware, options) + round_up(options->inmates_size, HUGE_PAGE) +
	       (options->without_links ? 0 : plan_links_size());
}

static int largest_first(const void *a, const void *b)
{
	const struct area *left = a, *right = b;

	return left->size < right->size ? 1 : -(left->size > right->size);
}

/*
 * In the middle of large pieces: at their ends is what Linux has allocated
 * early, which cannot be moved. Returns how many places there are then.
 */
static unsigned int add_places(const struct areas *pieces, u64 size, unsigned int count,
			       u64 places[PLAN_PLACES])
{
	static const unsigned int eighths[] = { 4, 3, 5, 2, 6, 1, 7 };
	const struct area *piece;
	unsigned int n;
	u64 at;

	for_each_area(piece, pieces) {
		for (n = 0; n < ARRAY_SIZE(eighths) && count < PLAN_PLACES; n++) {
			at = round_up(piece->start + piece->size / 8 * eighths[n], HUGE_PAGE);
			if (at + size <= area_end(piece))
				places[count++] = at;
		}
	}
	return count;
}

unsigned int plan_places(const struct hardware *hardware, u64 size, u64 places[PLAN_PLACES])
{
	struct areas *free_ram = malloc(sizeof(*free_ram));
	unsigned int count;

	if (!free_ram)
		return 0;
	*free_ram = hardware->has_iomem ? hardware->linux_ram : hardware->ram;
	areas_remove_all(free_ram, &hardware->kept);
	areas_remove_all(free_ram, &hardware->cma);
	qsort(free_ram->area, free_ram->count, sizeof(*free_ram->area), largest_first);
	count = add_places(&hardware->cma, size, 0, places);
	count = add_places(free_ram, size, count, places);
	free(free_ram);
	return count;
}

const char *plan_no_place(u64 size)
{
	static char text[192];

	snprintf(text, sizeof(text), "no piece of RAM has %llu MiB that could be taken from Linux: "
		 "see \"System RAM\" and what is reserved in it in /proc/iomem",
		 round_up(size, MIB) / MIB);
	return text;
}

/* The part of "vendor,machine" after the comma, in characters of a name and of a C string. */
static void name_root(struct plan *plan)
{
	const char *comma = strchr(plan->hardware->compatible, ',');
	size_t n;

	snprintf(plan->name, sizeof(plan->name), "%.31s",
		 comma ? comma + 1 : plan->hardware->compatible);
	for (n = 0; plan->name[n]; n++)
		if (!isgraph((unsigned char)plan->name[n]) || strchr("\"\\", plan->name[n]))
			plan->name[n] = '-';
	if (!n)
		snprintf(plan->name, sizeof(plan->name), "root");
}

static int choose_console(struct plan *plan, const char *name)
{
	const struct hardware *hw = plan->hardware;
	const struct hardware_uart *uart = NULL;

	if (name && !strcmp(name, "none")) {
		snprintf(plan->console_why, sizeof(plan->console_why), "none was wanted");
		return EXIT_DONE;
	}
	if (name) {
		uart = hardware_find_uart(hw, name);
		if (!uart)
			return EXIT_REFUSED;
	} else if (hw->stdout_uart >= 0) {
		uart = &hw->uart[hw->stdout_uart];
	}
	if (!uart)
		snprintf(plan->console_why, sizeof(plan->console_why),
			 "/chosen names no stdout-path that is a known UART");
	else if (!uart_is_supported(uart->console.type))
		snprintf(plan->console_why, sizeof(plan->console_why),
			 "the hypervisor has no driver for %s (%s)", uart->path,
			 uart->compatible);
	else {
		plan->console = uart->console;
		snprintf(plan->console_why, sizeof(plan->console_why), "%s", uart->path);
	}
	return EXIT_DONE;
}

/* Nothing may be there: in the cells' addresses too the host has that place. */
static bool is_free(const struct plan *plan, u64 start, u64 size)
{
	const struct hardware *hw = plan->hardware;

	return !areas_find(&hw->ram, start, size) && !areas_find(&hw->devices, start, size) &&
	       !(start < hw->gic.gicd + hw->gic.gicd_size && hw->gic.gicd < start + size);
}

u16 plan_pci_domain(const struct hardware *hardware)
{
	return (u16)(hardware->pci.count ? hardware->pci.count : 1);
}

/*
 * At the end of the redistributors, if there is room for more CPUs than the
 * machine has; or the lowest place that is free.
 */
static void place_pci(struct plan *plan)
{
	const struct hardware_gic *gic = &plan->hardware->gic;
	u64 used = gic->gicr + plan->hardware->num_cpus * GICR_SIZE;
	u64 end = (gic->gicr + gic->gicr_size) & ~(MIB - 1), at;

	plan->pci_domain = plan_pci_domain(plan->hardware);
	if (gic->version == 3 && end >= used + PCI_SIZE) {
		plan->pci.start = end - PCI_SIZE;
		plan->pci.size = PCI_SIZE;
		return;
	}
	for (at = 0x08000000; at < 1ULL << 32; at += PCI_SIZE)
		/* where cells have their communication region by convention */
		if (at != 0x80000000 && is_free(plan, at, PCI_SIZE) &&
		    !(at < gic->gicr + gic->gicr_size && gic->gicr < at + PCI_SIZE)) {
			plan->pci.start = at;
			plan->pci.size = PCI_SIZE;
			return;
		}
}

/* Linux masks by priority if it was told to. */
static u32 flags_of(const struct hardware *hw)
{
	int chosen = fdt_path_offset(hw->tree, "/chosen"), length;
	const char *arguments;

	arguments = chosen < 0 ? NULL : fdt_getprop(hw->tree, chosen, "bootargs", &length);
	if (arguments && length > 0 && !arguments[length - 1] &&
	    strstr(arguments, "irqchip.gicv3_pseudo_nmi=1"))
		return JAILHOUSE_CELL_GIC_PMR;
	return 0;
}

static int check_redistributors(const struct hardware *hw)
{
	if (hw->gic.version == 3 && hw->gic.gicr_size < hw->num_cpus * GICR_SIZE)
		return refused("the redistributors of the %u CPUs are in %u regions of addresses: "
			       "only one region is supported", hw->num_cpus,
			       hw->gic.gicr_regions);
	return EXIT_DONE;
}

int plan_make(const struct hardware *hardware, const struct plan_options *options, u64 place,
	      struct plan **result)
{
	struct plan *plan;
	int ret = check_redistributors(hardware);

	if (ret)
		return ret;
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return refused("out of memory");
	plan->hardware = hardware;
	plan->root_flags = flags_of(hardware);
	name_root(plan);
	plan->hypervisor.start = place;
	plan->hypervisor.size = hypervisor_size(hardware, options);
	plan->inmates.start = area_end(&plan->hypervisor);
	plan->inmates.size = round_up(options->inmates_size, HUGE_PAGE);
	plan->ram = hardware->ram;
	areas_remove(&plan->ram, place, plan_size(hardware, options));
	plan->devices = hardware->devices;
	place_pci(plan);
	areas_remove(&plan->devices, plan->pci.start, plan->pci.size);
	if (!options->without_links)
		plan_links_place(plan, area_end(&plan->inmates));
	ret = choose_console(plan, options->console);
	if (ret)
		free(plan);
	else
		*result = plan;
	return ret;
}

u32 plan_chip_base(unsigned int n)
{
	return FIRST_SPI + n * CHIP_PINS;
}

u32 plan_chip_word(unsigned int n, unsigned int word)
{
	u32 first = plan_chip_base(n) + 32 * word;

	if (first > LAST_SPI)
		return 0;
	return first + 31 <= LAST_SPI ? ~0U : ~0U >> (first + 31 - LAST_SPI);
}
