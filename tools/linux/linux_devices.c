/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cellblock/config.h>

#include "devices/msix.h"
#include "devices/pci.h"
#include "devices/pl031.h"
#include "devices/pl061.h"
#include "devices/sp805.h"
#include "devices/virtio_vsock.h"
#include "linux/linux_devices.h"
#include "linux/linux_tree.h"
#include "message.h"
#include "options.h"

#define PROGRAM		"cell-devices"
#define NOT_FOUND	127		/* exit code of a child that is not the program */

#define SPI_FIRST	32		/* INTID */
#define SPI_END		1020
#define SLAB		2048		/* bytes: what swiotlb= counts */

unsigned int linux_devices_count(const struct linux_devices *devices)
{
	return (devices->console && !devices->any_guest) + devices->disks + devices->rng +
	       devices->nets + !!devices->cid;
}

static bool has_uart(const struct linux_devices *devices)
{
	return devices->console && devices->any_guest;
}

/* In the window of the PCI host. */
static bool any_in_window(const struct linux_devices *devices)
{
	return linux_devices_count(devices) || devices->power_key || devices->rtc ||
	       devices->watchdog;
}

bool linux_devices_any(const struct linux_devices *devices)
{
	return any_in_window(devices) || has_uart(devices);
}

static bool is_window(const struct jailhouse_memory *mem)
{
	const u64 wanted = JAILHOUSE_MEM_REMOTE | JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE;

	return (mem->flags & wanted) == wanted;
}

/* One that is too small for a PCI host. */
static bool find_uart(struct linux_devices *devices, const struct jailhouse_cell_desc *cell)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell) {
		if (!is_window(mem) || mem->size >= 2 * PCI_ECAM_SIZE)
			continue;
		devices->uart = mem->virt_start;
		return true;
	}
	return false;
}

/*
 * The window has the configuration space, what is for BARs, and a page each for messages and all
 * other devices.
 */
static bool find_window(struct linux_devices *devices, const struct jailhouse_cell_desc *cell)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell) {
		if (!is_window(mem) || mem->size < 2 * PCI_ECAM_SIZE ||
		    mem->virt_start + mem->size > 1ULL << 32)
			continue;
		devices->ecam = mem->virt_start;
		devices->memory = mem->virt_start + PCI_ECAM_SIZE;
		devices->clock = mem->virt_start + mem->size - PL031_SIZE;
		devices->gpio = devices->clock - PL061_SIZE;
		devices->watchdog_base = devices->gpio - SP805_SIZE;
		devices->frame = devices->watchdog_base - MSIX_FRAME_SIZE;
		devices->memory_size = devices->frame - devices->memory;
		return true;
	}
	return false;
}

/*
 * Linux has the memory below a power of two for devices that reach no further, if that is
 * what its device tree says of one: all of that memory, and nothing else, is to be the bank.
 */
static bool is_bank(const struct jailhouse_memory *bank, const struct jailhouse_cell_desc *cell)
{
	u64 end = bank->virt_start + bank->size;
	const struct jailhouse_memory *mem;

	if (!linux_tree_is_bank(bank) || end & (end - 1) || end > 1ULL << 32)
		return false;
	for_each_mem(mem, cell)
		if (linux_tree_is_ram(mem) && mem->virt_start < end)
			return false;
	return true;
}

static bool is_shared(const struct jailhouse_memory *mem)
{
	const u64 wanted = JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE;

	return (mem->flags & (wanted | JAILHOUSE_MEM_IO)) == wanted;
}

static bool find_bank(struct linux_devices *devices, const struct jailhouse_cell_desc *cell)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell) {
		if (!(devices->any_guest ? is_shared(mem) : is_bank(mem, cell)))
			continue;
		devices->bank = mem->virt_start;
		devices->bank_size = mem->size;
		return true;
	}
	return false;
}

/* Those of the virtual PCI host are its own: INTA..INTD, then what MSI-X may have. */
static bool is_spare(const struct jailhouse_cell_desc *cell, u32 intid)
{
	u32 first = cell->vpci_irq_base + SPI_FIRST, end = first + 4;
	const struct jailhouse_pci_device *dev;

	for_each_pci_device(dev, cell)
		end += dev->num_msix_vectors;
	return config_has_irq(cell, intid) &&
	       (!cell->num_pci_devices || intid < first || intid >= end);
}

/* The last SPIs that follow each other. Returns how many. */
static unsigned int find_interrupts(struct linux_devices *devices,
				    const struct jailhouse_cell_desc *cell)
{
	u32 intid = SPI_END, end;

	while (intid > SPI_FIRST && !is_spare(cell, intid - 1))
		intid--;
	for (end = intid; intid > SPI_FIRST && is_spare(cell, intid - 1); intid--)
		;
	devices->intid = intid;
	return end - intid;
}

static int no_bank(const struct linux_devices *devices, const char *name)
{
	return devices->any_guest ?
		refused("the cell \"%s\" has no RAM for rings and buffers: its configuration needs "
			"a region of RAM with JAILHOUSE_MEM_ROOTSHARED", name) :
		refused("the cell \"%s\" has no RAM for rings and buffers: its "
			"configuration needs a region of RAM with JAILHOUSE_MEM_ROOTSHARED "
			"that ends at a power of two, up to 4 GiB, and is below its other "
			"RAM", name);
}

/* Devices in the window of a PCI host. */
static int place_in_window(struct linux_devices *devices, const struct jailhouse_cell_desc *cell)
{
	if (!find_window(devices, cell))
		return refused("the cell \"%s\" has no window for devices: its configuration needs "
			       "a region below 4 GiB of 0x%x bytes or more with JAILHOUSE_MEM_READ, "
			       "WRITE and REMOTE", cell->name, 2 * PCI_ECAM_SIZE);
	if (linux_devices_count(devices) && !find_bank(devices, cell))
		return no_bank(devices, cell->name);
	return EXIT_DONE;
}

/*
 * Virtio's, the power key's, and one for a UART if there is one more. A Linux that gets its
 * device tree here has messages by all others.
 */
static int place_interrupts(struct linux_devices *devices, const struct jailhouse_cell_desc *cell)
{
	unsigned int virtio = linux_devices_count(devices);
	unsigned int count = virtio + devices->power_key;
	unsigned int interrupts = find_interrupts(devices, cell);

	devices->key_intid = devices->intid + virtio;
	devices->uart_intid = interrupts > count ? devices->intid + count : 0;
	devices->message_intid = devices->intid + count;
	devices->messages = virtio && !devices->any_guest && interrupts > count ?
			    interrupts - count : 0;
	return interrupts >= count ? EXIT_DONE :
		refused("the cell \"%s\" has %u interrupts for %u devices: its irqchips need that "
			"many SPIs that follow each other and are not the virtual PCI host's",
			cell->name, interrupts, count);
}

int linux_devices_place(struct linux_devices *devices, const struct jailhouse_cell_desc *cell)
{
	int ret = EXIT_DONE;

	if (!linux_devices_any(devices))
		return EXIT_DONE;
	if (has_uart(devices) && !find_uart(devices, cell))
		return refused("the cell \"%s\" has no window for a console: its configuration "
			       "needs a region of less than 0x%x bytes with JAILHOUSE_MEM_READ, WRITE "
			       "and REMOTE", cell->name, 2 * PCI_ECAM_SIZE);
	if (any_in_window(devices))
		ret = place_in_window(devices, cell);
	return ret ? ret : place_interrupts(devices, cell);
}

int linux_devices_take_disk(struct linux_devices *devices, char *argument)
{
	if (devices->disks == LINUX_DISKS)
		return misused("there are more than %u disks", LINUX_DISKS);
	devices->disk[devices->disks++] = argument;
	return EXIT_DONE;
}

int linux_devices_take_cid(struct linux_devices *devices, const char *argument)
{
	if (parse_number(argument, VIRTIO_VSOCK_MAX_CID, &devices->cid) &&
	    devices->cid >= VIRTIO_VSOCK_MIN_CID)
		return EXIT_DONE;
	return misused("the CID '%s' is not a number from %u to 0x%llx", argument,
		       VIRTIO_VSOCK_MIN_CID, VIRTIO_VSOCK_MAX_CID);
}

/*
 * Half of the bank is for what is copied; the rest for rings, and for Linux. In front of what is
 * given: that may end with words for the first process, behind "--".
 */
char *linux_devices_cmdline(const struct linux_devices *devices, const char *cmdline)
{
	const char *given = cmdline ? cmdline : "";
	char *all, swiotlb[40] = "";

	if (devices->bank_size && !strstr(given, "swiotlb="))
		snprintf(swiotlb, sizeof(swiotlb), "swiotlb=%llu ", devices->bank_size / 2 / SLAB);
	return asprintf(&all, "%s%s%s", swiotlb,
			devices->console && !strstr(given, "console=") ? "console=hvc0 " : "",
			given) < 0 ?
	       NULL : all;
}

#define MAX_WORDS	48

static void run(const struct linux_devices *devices, const char *name)
{
	const char *words[MAX_WORDS] = { PROGRAM, "--background", "--cell", name };
	char bank[64], pci[96], msi[64], key[64], clock[32], watchdog[32], uart[64], cid[32];
	unsigned int count = 4, n;

	snprintf(bank, sizeof(bank), "0x%llx,0x%llx", devices->bank, devices->bank_size);
	snprintf(pci, sizeof(pci), "0x%llx,0x%llx,0x%llx,%u", devices->ecam, devices->memory,
		 devices->memory_size, devices->intid);
	snprintf(msi, sizeof(msi), "0x%llx,%u,%u", devices->frame, devices->message_intid,
		 devices->messages);
	snprintf(key, sizeof(key), "0x%llx,%u", devices->gpio, devices->key_intid);
	snprintf(clock, sizeof(clock), "0x%llx", devices->clock);
	snprintf(watchdog, sizeof(watchdog), "0x%llx", devices->watchdog_base);
	if (linux_devices_count(devices)) {
		words[count++] = "--bank";
		words[count++] = bank;
		words[count++] = "--pci";
		words[count++] = pci;
	}
	if (devices->messages) {
		words[count++] = "--msi";
		words[count++] = msi;
	}
	if (devices->power_key) {
		words[count++] = "--power-key";
		words[count++] = key;
	}
	if (devices->rtc) {
		words[count++] = "--rtc";
		words[count++] = clock;
	}
	if (devices->watchdog) {
		words[count++] = "--watchdog";
		words[count++] = watchdog;
	}
	snprintf(uart, sizeof(uart), "0x%llx,%u", devices->uart, devices->uart_intid);
	if (has_uart(devices)) {
		words[count++] = "--pl011";
		words[count++] = uart;
	} else if (devices->console) {
		words[count++] = "--virtio-console";
	}
	for (n = 0; n < devices->disks; n++) {
		words[count++] = "--disk";
		words[count++] = devices->disk[n];
	}
	if (devices->rng)
		words[count++] = "--rng";
	for (n = 0; n < devices->nets; n++) {
		words[count++] = "--net";
		words[count++] = devices->net[n];
	}
	snprintf(cid, sizeof(cid), "%llu", devices->cid);
	if (devices->cid) {
		words[count++] = "--vsock";
		words[count++] = cid;
	}
	execvp(PROGRAM, (char *const *)words);
	_exit(NOT_FOUND);
}

int linux_devices_start(const struct linux_devices *devices, const char *name)
{
	pid_t child;
	int status;

	if (!linux_devices_any(devices))
		return EXIT_DONE;
	child = fork();
	if (!child)
		run(devices, name);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return refused("cannot start " PROGRAM ": %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return refused("the program " PROGRAM " is not here: it is installed beside this "
			       "command, in a folder of PATH");
	return status ? refused(PROGRAM " has not started: see above") : EXIT_DONE;
}
