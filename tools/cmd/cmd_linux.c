/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell linux */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "attach.h"
#include "cell_id.h"
#include "command.h"
#include "config/running.h"
#include "config_file.h"
#include "device.h"
#include "file.h"
#include "linux/linux_devices.h"
#include "linux/linux_image.h"
#include "linux/linux_tree.h"
#include "linux/unpack.h"
#include "load/images.h"
#include "message.h"
#include "options.h"

#define PAGE		0x1000ULL
/* -k: from 1 up to this it is a factor, as no kernel can be so low */
#define MAX_FACTOR	(PAGE - 1)
#define TREE_SPACE	0x10000		/* besides a given tree and the command line */

/*
 * What the cell begins with: the registers of the kernel's boot protocol. The
 * others are zero as the cell is started.
 */
struct trampoline {
	u32 code[4];
	u64 tree;		/* -> x0 */
	u64 kernel;		/* -> PC */
};
static const struct trampoline trampoline = {
	.code = {
		0x58000080,	/* ldr x0, tree */
		0x580000a4,	/* ldr x4, kernel */
		0xd61f0080,	/* br x4 */
		0xd503201f,	/* nop */
	},
};

enum { TRAMPOLINE, KERNEL, TREE, INITRD, NUM_IMAGES };

struct guest {
	const char *write_tree;		/* file; NULL: start the cell */
	const char *cmdline;
	char *whole_cmdline;		/* with what devices need */
	struct linux_devices devices;
	bool once;			/* its reboot ends it */
	bool attach;			/* to its console, once it is started */
	bool has_kernel_address;
	u64 kernel_address;
	u64 factor;			/* memory for the kernel: so often its file */

	struct jailhouse_cell_desc *config;
	size_t config_size;
	bool exists;			/* the cell, before this command */
	size_t kernel_file_size;
	void *given_tree;
	struct trampoline trampoline;
	struct linux_ram ram;
	struct image image[NUM_IMAGES];	/* those with data are loaded */
};

static int take_factor(const struct known_option *option, char *argument)
{
	struct guest *guest = option->target;

	if (parse_number(argument, MAX_FACTOR, &guest->factor) && guest->factor)
		return EXIT_DONE;
	return misused("the factor '%s' is not a number from 1 to %llu", argument, MAX_FACTOR);
}

static int take_kernel_address(const struct known_option *option, char *argument)
{
	struct guest *guest = option->target;
	u64 number;

	if (!parse_number(argument, ~0ULL, &number))
		return misused("address '%s' is not a number such as 0x1000", argument);
	if (number && number <= MAX_FACTOR)
		return take_factor(option, argument);
	guest->kernel_address = number;
	guest->has_kernel_address = true;
	return EXIT_DONE;
}

static int take_architecture(const struct known_option *option, char *argument)
{
	(void)option;
	if (!strcmp(argument, "arm64"))
		return EXIT_DONE;
	return misused("the architecture is 'arm64', '%s' is not here", argument);
}

static int take_disk(const struct known_option *option, char *argument)
{
	return linux_devices_take_disk(option->target, argument);
}

static int take_net(const struct known_option *option, char *argument)
{
	struct linux_devices *devices = option->target;

	if (devices->nets == LINUX_NETS)
		return misused("there are more than %u network interfaces", LINUX_NETS);
	devices->net[devices->nets++] = argument;
	return EXIT_DONE;
}

static int take_vsock(const struct known_option *option, char *argument)
{
	return linux_devices_take_cid(option->target, argument);
}

/* Files by their names on the command line; data is read when all are known. */
static int parse(struct guest *guest, int argc, char **argv, const char **config,
		 const char **tree)
{
	const struct known_option known[] = {
		OPTION_CALL('a', "arch", take_architecture, guest),
		OPTION_FLAG(0, "attach", &guest->attach),
		OPTION_TEXT('c', "cmdline", &guest->cmdline),
		OPTION_FLAG(0, "console", &guest->devices.console),
		OPTION_TEXT('d', "dtb", tree),
		OPTION_CALL(0, "disk", take_disk, &guest->devices),
		OPTION_TEXT('i', "initrd", &guest->image[INITRD].file),
		OPTION_CALL('k', "kernel", take_kernel_address, guest),
		OPTION_CALL(0, "kernel-decomp-factor", take_factor, guest),
		OPTION_CALL(0, "net", take_net, &guest->devices),
		OPTION_FLAG('o', "once", &guest->once),
		OPTION_FLAG(0, "power-key", &guest->devices.power_key),
		OPTION_FLAG(0, "rng", &guest->devices.rng),
		OPTION_FLAG(0, "rtc", &guest->devices.rtc),
		OPTION_CALL(0, "vsock", take_vsock, &guest->devices),
		OPTION_FLAG(0, "watchdog", &guest->devices.watchdog),
		OPTION_TEXT('w', "write-dtb", &guest->write_tree),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_next_operand(argc, argv, "cell configuration", config);
	if (!ret)
		ret = options_next_operand(argc, argv, "kernel", &guest->image[KERNEL].file);
	if (!ret && *tree && linux_devices_any(&guest->devices))
		ret = misused("the devices that root has are in the device tree that is made: "
			      "leave out -d");
	if (!ret && guest->attach && (!guest->devices.console || guest->write_tree))
		ret = misused("--attach is for a cell that is started with --console");
	return ret ? ret : options_no_operands(argc, argv);
}

static int read_image(struct image *image, const char *what)
{
	return file_read(what, image->file, &image->data, &image->size);
}

/* A largest region of RAM that can be loaded. */
static int find_ram(struct guest *guest)
{
	const struct jailhouse_cell_desc *config = guest->config;
	const struct jailhouse_memory *mem;

	for_each_mem(mem, config) {
		if (!linux_tree_is_ram(mem) || !(mem->flags & JAILHOUSE_MEM_LOADABLE) ||
		    mem->size <= guest->ram.end - guest->ram.start)
			continue;
		guest->ram.start = mem->virt_start;
		guest->ram.end = mem->virt_start + mem->size;
	}
	return guest->ram.end ? EXIT_DONE :
		refused("the cell \"%s\" has no RAM for Linux: a region that is readable, "
			"writable, executable, for DMA and loadable", config->name);
}

static int place_stub(struct guest *guest)
{
	u64 address = guest->config->cpu_reset_address;

	guest->image[TRAMPOLINE].address = address;
	/* elsewhere it is in another region, which the driver looks at */
	if (address - guest->ram.start >= guest->ram.end - guest->ram.start)
		return EXIT_DONE;
	return linux_ram_take(&guest->ram, "start address", sizeof(guest->trampoline), address);
}

static int place_kernel(struct guest *guest)
{
	struct image *kernel = &guest->image[KERNEL];
	struct linux_image image;
	int ret;

	ret = linux_image_read(&image, kernel->file, kernel->data, kernel->size);
	if (ret)
		return ret;
	if (image.size / guest->kernel_file_size < guest->factor)
		image.size = guest->factor * guest->kernel_file_size;
	if (!guest->has_kernel_address)
		return linux_ram_place(&guest->ram, "kernel", image.size, LINUX_IMAGE_ALIGN,
				       image.text_offset, &kernel->address);
	kernel->address = guest->kernel_address;
	if ((kernel->address - image.text_offset) % LINUX_IMAGE_ALIGN)
		return refused("the kernel cannot be at 0x%llx: its place is 0x%llx after a "
			       "multiple of 0x%llx", kernel->address, image.text_offset,
			       LINUX_IMAGE_ALIGN);
	return linux_ram_take(&guest->ram, "kernel", image.size, kernel->address);
}

static int make_tree(struct guest *guest, size_t space)
{
	struct image *tree = &guest->image[TREE], *initrd = &guest->image[INITRD];
	struct linux_boot boot = {
		.cmdline = guest->cmdline,
		.initrd_start = initrd->address,
		.initrd_end = initrd->address + initrd->size,
		.devices = linux_devices_any(&guest->devices) ? &guest->devices : NULL,
	};
	int ret;

	tree->data = calloc(1, space);
	if (!tree->data)
		return refused("out of memory");
	if (guest->given_tree)
		ret = linux_tree_complete(tree->data, space, guest->given_tree, guest->config,
					  &boot);
	else
		ret = linux_tree_make(tree->data, space, guest->config, &boot);
	tree->size = linux_tree_size(tree->data);
	return ret;
}

static int place_all(struct guest *guest)
{
	struct image *tree = &guest->image[TREE], *initrd = &guest->image[INITRD];
	size_t space = TREE_SPACE + strlen(guest->cmdline ? guest->cmdline : "");
	int ret;

	if (guest->given_tree)
		space += linux_tree_size(guest->given_tree);
	ret = find_ram(guest);
	if (!ret)
		ret = place_stub(guest);
	if (!ret)
		ret = place_kernel(guest);
	if (!ret)
		ret = linux_ram_place(&guest->ram, "device tree", space, PAGE, 0,
				      &tree->address);
	if (!ret && initrd->data)
		ret = linux_ram_place(&guest->ram, "initial RAM disk", initrd->size, PAGE, 0,
				      &initrd->address);
	if (!ret)
		ret = make_tree(guest, space);
	guest->trampoline = trampoline;
	guest->trampoline.tree = tree->address;
	guest->trampoline.kernel = guest->image[KERNEL].address;
	guest->image[TRAMPOLINE].data = &guest->trampoline;
	guest->image[TRAMPOLINE].size = sizeof(guest->trampoline);
	return ret;
}

/* Where devices are, and what the kernel has to know of them. */
static int prepare_devices(struct guest *guest)
{
	int ret = linux_devices_place(&guest->devices, guest->config);

	if (ret || !linux_devices_any(&guest->devices))
		return ret;
	guest->whole_cmdline = linux_devices_cmdline(&guest->devices, guest->cmdline);
	guest->cmdline = guest->whole_cmdline;
	return guest->cmdline ? EXIT_DONE : refused("out of memory");
}

static int write_tree(const struct guest *guest)
{
	const struct image *tree = &guest->image[TREE];
	FILE *file = fopen(guest->write_tree, "we");
	bool written;

	written = file && fwrite(tree->data, 1, tree->size, file) == tree->size;
	if (file && fclose(file))
		written = false;
	return written ? EXIT_DONE : refused("cannot write '%s': %s", guest->write_tree,
					     strerror(errno));
}

static int load(const struct guest *guest, const struct jailhouse_cell_id *id)
{
	struct image image[NUM_IMAGES];
	struct image_list list = { .cell = *id, .image = image };
	unsigned int i;

	for (i = 0; i < NUM_IMAGES; i++) {
		if (!guest->image[i].data)
			continue;
		image[list.count] = guest->image[i];
		image[list.count++].has_address = true;
	}
	return images_load_anew(&list);
}

static struct jailhouse_cell_id cell_id(const struct guest *guest)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };

	memcpy(id.name, guest->config->name, JAILHOUSE_CELL_ID_NAMELEN);
	return id;
}

/* A cell that exists is what it is: its own configuration counts, not the file's. */
static int find_cell(struct guest *guest)
{
	const struct jailhouse_cell_id id = cell_id(guest);
	struct sysfs_cell cell;
	void *config = NULL;
	bool is_system;
	size_t size;
	int ret;

	ret = cell_id_look(&id, &cell, &guest->exists);
	if (ret || !guest->exists)
		return ret;
	ret = running_read_config(cell.id, &config, &size, &is_system);
	if (!ret && is_system) {
		free(config);
		ret = refused("\"%s\" is the root cell, whose Linux runs already", cell.name);
	}
	if (ret)
		return ret;
	notice("cell \"%s\" exists already: it is used as it is", cell.name);
	free(guest->config);
	guest->config = config;
	guest->config_size = size;
	return EXIT_DONE;
}

/* All or nothing: a cell that was made here and cannot be started is destroyed. */
static int start(struct guest *guest)
{
	struct jailhouse_cell_create create = {
		.config_address = (__u64)(uintptr_t)guest->config,
		.config_size = (__u32)guest->config_size,
	};
	struct jailhouse_cell_id id = cell_id(guest);
	int ret = EXIT_DONE;

	if (!guest->once)
		guest->config->flags |= JAILHOUSE_CELL_RESETS;
	if (!guest->exists)
		ret = device_request(JAILHOUSE_CELL_CREATE, &create);
	if (ret)
		return ret;
	ret = linux_devices_start(&guest->devices, guest->config->name);
	if (!ret)
		ret = load(guest, &id);
	if (!ret)
		ret = device_request(JAILHOUSE_CELL_START, &id);
	if (ret && !guest->exists)
		device_request(JAILHOUSE_CELL_DESTROY, &id);
	return ret;
}

static int read_kernel(struct guest *guest)
{
	struct image *kernel = &guest->image[KERNEL];
	int ret = read_image(kernel, "kernel");

	guest->kernel_file_size = kernel->size;
	return ret ? ret : unpack_kernel(kernel->file, &kernel->data, &kernel->size);
}

static int read_files(struct guest *guest, const char *config, const char *tree)
{
	void *data = NULL;
	size_t size;
	int ret;

	ret = config_file_read_cell(config, &data, &guest->config_size);
	if (ret)
		return ret;
	guest->config = data;
	ret = config_file_check_cell(config, data, guest->config_size);
	if (!ret)
		ret = read_kernel(guest);
	if (!ret && guest->image[INITRD].file)
		ret = read_image(&guest->image[INITRD], "initial RAM disk");
	if (!ret && tree)
		ret = file_read("device tree", tree, &guest->given_tree, &size);
	if (!ret && tree && !linux_tree_is_valid(guest->given_tree, size))
		ret = refused("'%s' is not a device tree blob", tree);
	return ret;
}

static int run_linux(int argc, char **argv)
{
	struct guest guest = { .has_kernel_address = false };
	const char *config = NULL, *tree = NULL;
	int ret;

	ret = parse(&guest, argc, argv, &config, &tree);
	if (ret)
		return ret;
	ret = read_files(&guest, config, tree);
	if (!ret && !guest.write_tree)
		ret = find_cell(&guest);
	if (!ret)
		ret = prepare_devices(&guest);
	if (!ret)
		ret = place_all(&guest);
	if (!ret)
		ret = guest.write_tree ? write_tree(&guest) : start(&guest);
	if (!ret && guest.attach)
		ret = attach_console(guest.config->name, false, NULL);
	free(guest.image[KERNEL].data);
	free(guest.image[INITRD].data);
	free(guest.image[TREE].data);
	free(guest.given_tree);
	free(guest.whole_cmdline);
	free(guest.config);
	return ret;
}

const struct command cmd_cell_linux = {
	.name = "linux",
	.synopsis = "CELLCONFIG KERNEL [-i|--initrd FILE] [-d|--dtb FILE] "
		    "[-c|--cmdline TEXT] [-k|--kernel {ADDRESS|N}] [-a|--arch arm64] "
		    "[--console [--attach]] [--disk FILE[,ro]]... "
		    "[--net TAP[,vhost=off]]... [--rng] [--vsock CID] [--power-key] [--rtc] "
		    "[--watchdog] [-o|--once] [-w|--write-dtb FILE]",
	.summary = "Create a cell, load Linux into it and start it",
	.help =
	"  CELLCONFIG            file with the configuration of the cell\n"
	"  KERNEL                arm64 kernel: Image, or compressed by gzip\n"
	"  -i, --initrd FILE     initial RAM disk\n"
	"  -d, --dtb FILE        device tree (default: made from CELLCONFIG); its\n"
	"                        memory is that of CELLCONFIG\n"
	"  -c, --cmdline TEXT    kernel command line\n"
	"  -k, --kernel ADDRESS  where the kernel goes, as the cell sees its memory\n"
	"                        (the first place in its largest RAM)\n"
	"  -k, --kernel-decomp-factor N\n"
	"                        leave at least N times the size of KERNEL for it,\n"
	"                        1 to 4095 (what the kernel's header says)\n"
	"  -a, --arch arm64      the architecture; there is no other one\n"
	"      --console         a console by virtio, hvc0: jailhouse console CELL\n"
	"      --attach          be at that console as soon as the cell is started\n"
	"      --disk FILE[,ro]  a disk by virtio in a file or a block device; ro: it\n"
	"                        cannot be written; up to 8, vda first\n"
	"      --net TAP[,vhost=off]\n"
	"                        an Ethernet interface by virtio; TAP, a tap interface\n"
	"                        of root, is its other end, and is made if it is not\n"
	"                        there; up to 4. vhost=off: cell-devices moves the\n"
	"                        frames, as where root's kernel has no vhost-net\n"
	"      --rng             random numbers of root by virtio\n"
	"      --vsock CID       sockets (AF_VSOCK) between guest and root by virtio:\n"
	"                        the guest is CID, root is 2\n"
	"      --power-key       a power key; 'jailhouse cell shutdown' presses it\n"
	"      --rtc             a real-time clock with the time of root\n"
	"      --watchdog        a watchdog; the cell has failed when the guest lets it\n"
	"                        expire\n"
	"  -o, --once            a reboot ends the cell (default: it starts again\n"
	"                        from KERNEL, FILEs and TEXT)\n"
	"  -w, --write-dtb FILE  write the device tree and stop\n"
	"\n"
	"A cell of this name that exists already is used, with the configuration\n"
	"that it was created with. --console, --disk, --net, --rng, --vsock,\n"
	"--power-key, --rtc and --watchdog are of the program cell-devices, which ends\n"
	"with the cell.\n",
	.run = run_linux,
};
