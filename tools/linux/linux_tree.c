/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <libfdt.h>

#include "devices/msix.h"
#include "devices/pci.h"
#include "devices/pl031.h"
#include "devices/pl061.h"
#include "devices/sp805.h"
#include "hardware/tree.h"
#include "linux/linux_tree.h"
#include "linux/machine.h"
#include "message.h"

#define GIC_PHANDLE		1
#define CLOCK_PHANDLE		2
#define GPIO_PHANDLE		3
#define WATCHDOG_CLOCK_PHANDLE	4
#define FRAME_PHANDLE		5
#define GICD_SIZE		0x10000
#define GICR_SIZE		0x20000	/* of one CPU */
#define GICV2_FRAME		0x1000
#define GICC_SIZE		0x2000

/* interrupt specifiers: type, number in it, trigger */
#define GIC_SPI			0
#define GIC_PPI			1
#define EDGE_RISING		1
#define LEVEL_LOW		8

#define SPI_FIRST		32	/* INTID */
#define BUS_SHIFT		20	/* ECAM bytes of a PCI bus */
#define SLOT_SHIFT		11	/* of a PCI unit address */
#define PCI_MEM32		0x02000000
#define APB_HZ			24000000
#define KEY_POWER		116	/* of Linux's input events */

struct tree {
	void *fdt;
	int error;		/* the first */
	const struct jailhouse_cell_desc *cell;
	const struct linux_devices *devices;	/* NULL: none */
	struct machine machine;
};

static bool is_memory_for(const struct jailhouse_memory *mem, u64 shared)
{
	const u64 needed = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
			   JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA;
	const u64 others = JAILHOUSE_MEM_IO | CONFIG_MEM_MADE |
			   JAILHOUSE_MEM_ROOTSHARED;

	return mem->size && (mem->flags & (needed | others)) == (needed | shared);
}

bool linux_tree_is_ram(const struct jailhouse_memory *mem)
{
	return is_memory_for(mem, 0);
}

bool linux_tree_is_bank(const struct jailhouse_memory *mem)
{
	return is_memory_for(mem, JAILHOUSE_MEM_ROOTSHARED);
}

bool linux_tree_is_valid(const void *tree, size_t size)
{
	return !tree_check(tree, size);
}

size_t linux_tree_size(const void *tree)
{
	return fdt_totalsize(tree);
}

/* Writing; nothing is written after an error. */

static void check(struct tree *tree, int error)
{
	if (!tree->error)
		tree->error = error;
}

static void begin(struct tree *tree, const char *name)
{
	if (!tree->error)
		check(tree, fdt_begin_node(tree->fdt, name));
}

static void begin_at(struct tree *tree, const char *name, u64 address)
{
	char full[64];

	snprintf(full, sizeof(full), "%s@%llx", name, address);
	begin(tree, full);
}

static void end(struct tree *tree)
{
	if (!tree->error)
		check(tree, fdt_end_node(tree->fdt));
}

static void put(struct tree *tree, const char *name, const void *value, size_t size)
{
	if (!tree->error)
		check(tree, fdt_property(tree->fdt, name, value, (int)size));
}

static void put_string(struct tree *tree, const char *name, const char *value)
{
	put(tree, name, value, strlen(value) + 1);
}

#define MAP_CELLS	10	/* of an entry of an interrupt-map */
#define MAX_CELLS	(MAP_CELLS * PCI_SLOTS)

static void put_cells(struct tree *tree, const char *name, const u32 *value, size_t count)
{
	fdt32_t cells[MAX_CELLS];
	size_t i;

	for (i = 0; i < count; i++)
		cells[i] = cpu_to_fdt32(value[i]);
	put(tree, name, cells, count * sizeof(cells[0]));
}

#define PUT_CELLS(tree, name, ...)						\
	put_cells(tree, name, (const u32 []){ __VA_ARGS__ },			\
		  sizeof((const u32 []){ __VA_ARGS__ }) / sizeof(u32))
/* a number of two cells */
#define WIDE(value)	(u32)((u64)(value) >> 32), (u32)(value)

/* It does not see which ones it shares. */
static void put_cpus(struct tree *tree)
{
	u64 mpidr, cpus = config_cpu_bits(tree->cell) | config_shared_cpus(tree->cell);
	unsigned int cpu;

	begin(tree, "cpus");
	PUT_CELLS(tree, "#address-cells", 2);
	PUT_CELLS(tree, "#size-cells", 0);
	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		/* said there; no error of libfdt is positive */
		if (machine_read_mpidr(&mpidr, cpu)) {
			check(tree, EXIT_REFUSED);
			return;
		}
		begin_at(tree, "cpu", mpidr);
		put_string(tree, "device_type", "cpu");
		put_string(tree, "compatible", "arm,armv8");
		PUT_CELLS(tree, "reg", WIDE(mpidr));
		put_string(tree, "enable-method", "psci");
		end(tree);
	}
	end(tree);
}

static bool has_messages(const struct tree *tree)
{
	return tree->devices && tree->devices->messages;
}

/* A GICv2 has messages by a frame beside it; */
static void put_frame(struct tree *tree)
{
	const struct linux_devices *devices = tree->devices;

	begin_at(tree, "v2m", devices->frame);
	put_string(tree, "compatible", "arm,gic-v2m-frame");
	put(tree, "msi-controller", NULL, 0);
	PUT_CELLS(tree, "reg", WIDE(devices->frame), WIDE(MSIX_FRAME_SIZE));
	PUT_CELLS(tree, "arm,msi-base-spi", devices->message_intid);
	PUT_CELLS(tree, "arm,msi-num-spis", devices->messages);
	PUT_CELLS(tree, "phandle", FRAME_PHANDLE);
	end(tree);
}

/* a GICv3 by itself, or by such a frame in the place of the distributor. */
static void put_message_ranges(struct tree *tree)
{
	const struct linux_devices *devices = tree->devices;

	put(tree, "msi-controller", NULL, 0);
	PUT_CELLS(tree, "mbi-ranges", devices->message_intid, devices->messages);
	PUT_CELLS(tree, "mbi-alias", WIDE(devices->frame));
}

static void put_gic(struct tree *tree)
{
	const struct machine *machine = &tree->machine;

	begin_at(tree, "interrupt-controller", machine->gicd_base);
	PUT_CELLS(tree, "#interrupt-cells", 3);
	PUT_CELLS(tree, "#address-cells", 2);
	PUT_CELLS(tree, "#size-cells", 2);
	put(tree, "ranges", NULL, 0);
	put(tree, "interrupt-controller", NULL, 0);
	if (machine->gic_version == 2) {
		put_string(tree, "compatible", "arm,gic-400");
		PUT_CELLS(tree, "reg", WIDE(machine->gicd_base), WIDE(GICV2_FRAME),
			  WIDE(machine->gicc_base), WIDE(GICC_SIZE));
	} else {
		put_string(tree, "compatible", "arm,gic-v3");
		PUT_CELLS(tree, "reg", WIDE(machine->gicd_base), WIDE(GICD_SIZE),
			  WIDE(machine->gicr_base),
			  WIDE(machine->redistributors * GICR_SIZE));
		if (has_messages(tree))
			put_message_ranges(tree);
	}
	PUT_CELLS(tree, "phandle", GIC_PHANDLE);
	if (has_messages(tree) && machine->gic_version == 2)
		put_frame(tree);
	end(tree);
}

/* What every cell has. */
static void put_core(struct tree *tree)
{
	static const char psci[] = "arm,psci-1.0\0arm,psci-0.2";

	begin(tree, "psci");
	put(tree, "compatible", psci, sizeof(psci));
	put_string(tree, "method", "hvc");
	end(tree);

	begin(tree, "timer");
	put_string(tree, "compatible", "arm,armv8-timer");
	/* secure, non-secure, virtual, hypervisor */
	PUT_CELLS(tree, "interrupts", GIC_PPI, 13, LEVEL_LOW, GIC_PPI, 14, LEVEL_LOW,
		  GIC_PPI, 11, LEVEL_LOW, GIC_PPI, 10, LEVEL_LOW);
	put(tree, "always-on", NULL, 0);
	end(tree);

	put_gic(tree);
}

static bool has_registers(const struct jailhouse_cell_desc *cell, u64 address)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell)
		if (config_mem_holds(mem, address, 1))
			return true;
	return false;
}

/* A UART that Linux can use, with its interrupt; if not, it is said why. */
static bool find_console(const struct tree *tree, u32 interrupt[3])
{
	const struct jailhouse_console *console = &tree->cell->console;

	if (console->type == JAILHOUSE_CON_TYPE_NONE)
		return false;
	if (console->type != JAILHOUSE_CON_TYPE_PL011)
		notice("the console is no PL011 and left out: pass a device tree with -d");
	else if (!has_registers(tree->cell, console->address))
		notice("the console is left out: the cell does not have the UART at 0x%llx",
		       console->address);
	else if (!machine_find_interrupt(interrupt, console->address))
		notice("the console is left out: this machine's device tree does not say "
		       "which interrupt the UART at 0x%llx has", console->address);
	else if (interrupt[0] != GIC_SPI ||
		 !config_has_irq(tree->cell, interrupt[1] + SPI_FIRST))
		notice("the console is left out: the cell does not have the UART's "
		       "interrupt %u", interrupt[1] + SPI_FIRST);
	else
		return true;
	return false;
}

static void put_console(struct tree *tree, const u32 interrupt[3])
{
	begin_at(tree, "serial", tree->cell->console.address);
	/* the kind whose clock and speed the driver leaves alone */
	put_string(tree, "compatible", "arm,sbsa-uart");
	PUT_CELLS(tree, "reg", WIDE(tree->cell->console.address),
		  WIDE(tree->cell->console.size));
	put_cells(tree, "interrupts", interrupt, 3);
	PUT_CELLS(tree, "current-speed", 115200);
	end(tree);
}

/* Bytes that the BARs of the cell's devices need. */
static u64 bar_space(const struct tree *tree)
{
	const struct jailhouse_pci_device *dev;
	u64 sum = 0;
	u32 bar;

	for_each_pci_device(dev, tree->cell)
		for (bar = 0; bar < ARRAY_SIZE(dev->bar_mask); bar++)
			sum += (u32)-dev->bar_mask[bar];
	return sum;
}

static void put_pci_interrupts(struct tree *tree)
{
	u32 map[4][MAP_CELLS], pin;

	for (pin = 0; pin < 4; pin++) {
		/* any device, INTA..INTD -> an SPI; at the GIC no address is meant */
		const u32 entry[MAP_CELLS] = { 0, 0, 0, pin + 1, GIC_PHANDLE, 0, 0, GIC_SPI,
					       tree->cell->vpci_irq_base + pin, EDGE_RISING };

		memcpy(map[pin], entry, sizeof(entry));
	}
	PUT_CELLS(tree, "interrupt-map-mask", 0, 0, 0, 7);
	put_cells(tree, "interrupt-map", map[0], sizeof(map) / sizeof(u32));
}

/* What is where of a PCI host; buses are from 0 on, addresses guest-physical. */
struct pci_host {
	u64 ecam, ecam_size, memory, memory_size;
	u32 last_bus, domain;
};

/* Its node, without interrupts, which the caller puts before it ends it. */
static void begin_pci_host(struct tree *tree, const struct pci_host *host)
{
	begin_at(tree, "pci", host->ecam);
	put_string(tree, "compatible", "pci-host-ecam-generic");
	put_string(tree, "device_type", "pci");
	PUT_CELLS(tree, "#address-cells", 3);
	PUT_CELLS(tree, "#size-cells", 2);
	PUT_CELLS(tree, "#interrupt-cells", 1);
	PUT_CELLS(tree, "bus-range", 0, host->last_bus);
	PUT_CELLS(tree, "linux,pci-domain", host->domain);
	PUT_CELLS(tree, "reg", WIDE(host->ecam), WIDE(host->ecam_size));
	PUT_CELLS(tree, "ranges", PCI_MEM32, WIDE(host->memory), WIDE(host->memory),
		  WIDE(host->memory_size));
	put(tree, "dma-coherent", NULL, 0);
}

/* The virtual PCI host; its memory window is after the configuration space. */
static void put_pci(struct tree *tree)
{
	const struct machine *machine = &tree->machine;
	u64 ecam_size = (machine->pci_mmconfig_end_bus + 1) << BUS_SHIFT;
	const struct pci_host host = {
		.ecam = machine->pci_mmconfig_base,
		.ecam_size = ecam_size,
		.memory = machine->pci_mmconfig_base + ecam_size,
		.memory_size = bar_space(tree),
		.last_bus = (u32)machine->pci_mmconfig_end_bus,
		.domain = (u32)machine->pci_domain,
	};

	begin_pci_host(tree, &host);
	put_pci_interrupts(tree);
	end(tree);
}

/* Each slot's device has INTA, and an SPI of its own. */
static void put_device_interrupts(struct tree *tree)
{
	u32 map[PCI_SLOTS][MAP_CELLS], slot, count = linux_devices_count(tree->devices);

	for (slot = 0; slot < count; slot++) {
		const u32 entry[MAP_CELLS] = { slot << SLOT_SHIFT, 0, 0, 1, GIC_PHANDLE, 0, 0,
					       GIC_SPI, tree->devices->intid - SPI_FIRST + slot,
					       EDGE_RISING };

		memcpy(map[slot], entry, sizeof(entry));
	}
	PUT_CELLS(tree, "interrupt-map-mask", 0x1f << SLOT_SHIFT, 0, 0, 7);
	put_cells(tree, "interrupt-map", map[0], count * MAP_CELLS);
}

/*
 * The PCI host of cell-devices. By dma-ranges its devices reach the bank and nothing else,
 * so that Linux has rings there, and copies buffers.
 */
static void put_devices(struct tree *tree)
{
	const struct linux_devices *devices = tree->devices;
	const struct pci_host host = {
		.ecam = devices->ecam,
		.ecam_size = PCI_ECAM_SIZE,
		.memory = devices->memory,
		.memory_size = devices->memory_size,
		.domain = (u32)tree->machine.pci_domain + 1,
	};

	begin_pci_host(tree, &host);
	PUT_CELLS(tree, "dma-ranges", PCI_MEM32, WIDE(devices->bank), WIDE(devices->bank),
		  WIDE(devices->bank_size));
	put_device_interrupts(tree);
	if (devices->messages)
		PUT_CELLS(tree, "msi-parent",
			  tree->machine.gic_version == 2 ? FRAME_PHANDLE : GIC_PHANDLE);
	end(tree);
}

static void begin_primecell(struct tree *tree, const char *name, const char *compatible,
			    u64 address, u64 size)
{
	char both[64];
	int length = snprintf(both, sizeof(both), "%s%carm,primecell", compatible, '\0');

	begin_at(tree, name, address);
	put(tree, "compatible", both, (size_t)length + 1);
	PUT_CELLS(tree, "reg", WIDE(address), WIDE(size));
}

/* Linux takes it for given, whatever it is. */
static void use_apb_clock(struct tree *tree)
{
	PUT_CELLS(tree, "clocks", CLOCK_PHANDLE);
	put_string(tree, "clock-names", "apb_pclk");
}

static void put_power_key(struct tree *tree)
{
	begin_primecell(tree, "gpio", "arm,pl061", tree->devices->gpio, PL061_SIZE);
	use_apb_clock(tree);
	PUT_CELLS(tree, "interrupts", GIC_SPI, tree->devices->key_intid - SPI_FIRST, EDGE_RISING);
	put(tree, "gpio-controller", NULL, 0);
	PUT_CELLS(tree, "#gpio-cells", 2);
	put(tree, "interrupt-controller", NULL, 0);
	PUT_CELLS(tree, "#interrupt-cells", 2);
	PUT_CELLS(tree, "phandle", GPIO_PHANDLE);
	end(tree);

	begin(tree, "gpio-keys");
	put_string(tree, "compatible", "gpio-keys");
	begin(tree, "power");
	put_string(tree, "label", "power");
	PUT_CELLS(tree, "linux,code", KEY_POWER);
	/* line 0, active high */
	PUT_CELLS(tree, "gpios", GPIO_PHANDLE, 0, 0);
	end(tree);
	end(tree);
}

static void put_clock(struct tree *tree, const char *name, u32 hz, u32 phandle)
{
	begin(tree, name);
	put_string(tree, "compatible", "fixed-clock");
	PUT_CELLS(tree, "#clock-cells", 0);
	PUT_CELLS(tree, "clock-frequency", hz);
	PUT_CELLS(tree, "phandle", phandle);
	end(tree);
}

/* By the first of its clocks Linux knows how fast it counts. */
static void put_watchdog(struct tree *tree)
{
	static const char clocks[] = "wdog_clk\0apb_pclk";

	put_clock(tree, "wdog-clk", SP805_HZ, WATCHDOG_CLOCK_PHANDLE);
	begin_primecell(tree, "watchdog", "arm,sp805", tree->devices->watchdog_base, SP805_SIZE);
	PUT_CELLS(tree, "clocks", WATCHDOG_CLOCK_PHANDLE, CLOCK_PHANDLE);
	put(tree, "clock-names", clocks, sizeof(clocks));
	end(tree);
}

static void put_root_devices(struct tree *tree)
{
	const struct linux_devices *devices = tree->devices;

	if (linux_devices_count(devices))
		put_devices(tree);
	if (devices->power_key || devices->rtc || devices->watchdog)
		put_clock(tree, "apb-pclk", APB_HZ, CLOCK_PHANDLE);
	if (devices->power_key)
		put_power_key(tree);
	if (devices->rtc) {
		begin_primecell(tree, "rtc", "arm,pl031", devices->clock, PL031_SIZE);
		use_apb_clock(tree);
		end(tree);
	}
	if (devices->watchdog)
		put_watchdog(tree);
}

static void put_root(struct tree *tree)
{
	char path[64];
	u32 interrupt[3];
	bool console;

	begin(tree, "");
	PUT_CELLS(tree, "#address-cells", 2);
	PUT_CELLS(tree, "#size-cells", 2);
	PUT_CELLS(tree, "interrupt-parent", GIC_PHANDLE);
	put_string(tree, "model", tree->cell->name);
	put_string(tree, "compatible", "cellblock,cell");

	console = find_console(tree, interrupt);
	begin(tree, "chosen");
	if (console) {
		snprintf(path, sizeof(path), "/serial@%llx", tree->cell->console.address);
		put_string(tree, "stdout-path", path);
	}
	end(tree);
	put_cpus(tree);
	put_core(tree);
	if (console)
		put_console(tree, interrupt);
	if (tree->cell->num_pci_devices && tree->machine.pci_is_virtual)
		put_pci(tree);
	if (tree->devices)
		put_root_devices(tree);
	end(tree);
}

static int tree_refused(int error)
{
	return error < 0 ? refused("cannot make the device tree: %s", fdt_strerror(error)) : error;
}

int linux_tree_make(void *fdt, size_t space, const struct jailhouse_cell_desc *cell,
		    const struct linux_boot *boot)
{
	struct tree tree = { .fdt = fdt, .cell = cell, .devices = boot->devices };
	int ret;

	ret = machine_read(&tree.machine);
	if (ret)
		return ret;
	check(&tree, fdt_create(fdt, (int)space));
	check(&tree, fdt_finish_reservemap(fdt));
	put_root(&tree);
	if (!tree.error)
		check(&tree, fdt_finish(fdt));
	return tree.error ? tree_refused(tree.error) :
			    linux_tree_complete(fdt, space, fdt, cell, boot);
}

static bool is_memory(const void *tree, int node)
{
	const char *type = fdt_getprop(tree, node, "device_type", NULL);
	const char *name = fdt_get_name(tree, node, NULL);

	return (type && !strcmp(type, "memory")) ||
	       (name && !strncmp(name, "memory", 6) && (!name[6] || name[6] == '@'));
}

static int remove_memory(void *tree)
{
	int node = fdt_first_subnode(tree, 0);
	int error = 0;

	while (node >= 0 && !error) {
		if (!is_memory(tree, node)) {
			node = fdt_next_subnode(tree, node);
			continue;
		}
		error = fdt_del_node(tree, node);
		node = fdt_first_subnode(tree, 0);
	}
	return error;
}

/* Libfdt and Linux take different ones for granted. */
static int name_cells(void *tree, const char *property)
{
	return fdt_getprop(tree, 0, property, NULL) ? 0 : fdt_setprop_u32(tree, 0, property, 2);
}

static int append_number(void *tree, int node, u64 number, int cells)
{
	if (cells == 1 && number > 0xffffffff)
		return -FDT_ERR_BADVALUE;
	return cells == 1 ? fdt_appendprop_u32(tree, node, "reg", (u32)number) :
	       cells == 2 ? fdt_appendprop_u64(tree, node, "reg", number) :
			    -FDT_ERR_BADNCELLS;
}

static int add_memory(void *tree, const struct jailhouse_memory *mem)
{
	char name[32];
	int node, error;

	snprintf(name, sizeof(name), "memory@%llx", mem->virt_start);
	node = fdt_add_subnode(tree, 0, name);
	if (node < 0)
		return node;
	error = fdt_setprop_string(tree, node, "device_type", "memory");
	if (!error)
		error = append_number(tree, node, mem->virt_start, fdt_address_cells(tree, 0));
	if (!error)
		error = append_number(tree, node, mem->size, fdt_size_cells(tree, 0));
	return error != -FDT_ERR_BADVALUE && error != -FDT_ERR_BADNCELLS ? error :
		refused("the cell has memory at 0x%llx (0x%llx bytes), for which #address-cells "
			"and #size-cells of the given device tree's root must be 2",
			mem->virt_start, mem->size);
}

static bool is_bank_of(const struct jailhouse_memory *mem, const struct linux_devices *devices)
{
	return devices && devices->bank_size && linux_tree_is_bank(mem) &&
	       mem->virt_start == devices->bank;
}

static int set_memory(void *tree, const struct jailhouse_cell_desc *cell,
		      const struct linux_devices *devices)
{
	const struct jailhouse_memory *mem;
	int error = remove_memory(tree);

	if (!error)
		error = name_cells(tree, "#address-cells");
	if (!error)
		error = name_cells(tree, "#size-cells");
	for_each_mem(mem, cell)
		if (!error && (linux_tree_is_ram(mem) || is_bank_of(mem, devices)))
			error = add_memory(tree, mem);
	return error;
}

static int set_chosen(void *tree, const struct linux_boot *boot)
{
	int chosen = fdt_path_offset(tree, "/chosen");
	int error = 0;

	if (chosen == -FDT_ERR_NOTFOUND)
		chosen = fdt_add_subnode(tree, 0, "chosen");
	if (chosen < 0)
		return chosen;
	if (boot->cmdline)
		error = fdt_setprop(tree, chosen, "bootargs", boot->cmdline,
				    (int)strlen(boot->cmdline) + 1);
	if (!error && boot->initrd_end > boot->initrd_start)
		error = fdt_setprop_u64(tree, chosen, "linux,initrd-start", boot->initrd_start);
	if (!error && boot->initrd_end > boot->initrd_start)
		error = fdt_setprop_u64(tree, chosen, "linux,initrd-end", boot->initrd_end);
	return error;
}

int linux_tree_complete(void *tree, size_t space, const void *given,
			const struct jailhouse_cell_desc *cell, const struct linux_boot *boot)
{
	int error = fdt_open_into(given, tree, (int)space);

	if (!error)
		error = set_memory(tree, cell, boot->devices);
	if (!error)
		error = set_chosen(tree, boot);
	if (!error)
		error = fdt_pack(tree);
	return error ? tree_refused(error) : EXIT_DONE;
}
