/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell linux */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cellblock/config.h>
#include <libfdt.h>

#include "tests/fixture.h"

#define RAM		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | \
			 JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE)
#define RAM_START	0x60000000ULL
#define RAM_SIZE	0x01000000ULL
#define UART		0x9000000ULL
#define KERNEL_SIZE	0x300000ULL	/* in memory */

static struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem[5];
	struct jailhouse_irqchip irqchip[1];
	struct jailhouse_pci_device pci[2];
	struct cellblock_sharing sharing;
} __packed config;

static struct {
	__u32 code[2];
	__u64 text_offset, image_size, flags, reserved[3];
	char magic[4];
	char rest[64];
} kernel;

static const char *config_file, *kernel_file;

/* Root's device tree: a UART with SPI 1, on a bus that is at @bus. */
static void write_root_tree(u32 bus)
{
	const fdt32_t ranges[3] = { 0, cpu_to_fdt32(bus), (fdt32_t)0x00000010 };
	static const fdt32_t interrupts[3] = { 0, (fdt32_t)0x01000000, (fdt32_t)0x04000000 };
	const fdt32_t reg[2] = { cpu_to_fdt32(0x9000000 - bus), (fdt32_t)0x00100000 };
	char tree[1024];

	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_u32(tree, "#address-cells", 1);
	fdt_property_u32(tree, "#size-cells", 1);
	fdt_begin_node(tree, "soc");
	fdt_property_u32(tree, "#address-cells", 1);
	fdt_property_u32(tree, "#size-cells", 1);
	fdt_property(tree, "ranges", ranges, sizeof(ranges));
	fdt_begin_node(tree, "pl011");
	fdt_property(tree, "reg", reg, sizeof(reg));
	fdt_property(tree, "interrupts", interrupts, sizeof(interrupts));
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
	sysfs_write_bytes("firmware/fdt", tree, sizeof(tree));
}

static void write_platform(void)
{
	sysfs_write("platform/gic_version", "3\n");
	sysfs_write("platform/gicd_base", "0x8000000\n");
	sysfs_write("platform/gicc_base", "0\n");
	sysfs_write("platform/gicr_base", "0x80a0000\n");
	sysfs_write("platform/redistributors", "4\n");
	sysfs_write("platform/pci_mmconfig_base", "0x8e00000\n");
	sysfs_write("platform/pci_mmconfig_end_bus", "1\n");
	sysfs_write("platform/pci_domain", "1\n");
	sysfs_write("platform/pci_is_virtual", "1\n");
	sysfs_write_bytes("devices/system/cpu/cpu2/of_node/reg", "\0\0\1\2", 4);
	sysfs_write_bytes("devices/system/cpu/cpu3/of_node/reg", "\0\0\0\1\0\0\1\3", 8);
}

static void write_files(void)
{
	config_file = make_file("linux.cell", &config, sizeof(config));
	kernel_file = make_file("Image", &kernel, sizeof(kernel));
}

static void init_config(void)
{
	const struct jailhouse_memory mem[] = {
		{ 0x1000, 0, 0x1000, RAM },
		{ RAM_START, RAM_START, RAM_SIZE, RAM },
		{ UART, UART, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				      JAILHOUSE_MEM_IO },
		/* as large as RAM, but shared */
		{ 0x70000000, 0x70000000, RAM_SIZE, RAM | JAILHOUSE_MEM_ROOTSHARED },
		{ 0 },
	};

	init_cell(&config.cell, "penguin");
	config.cell.cpu_set_size = sizeof(config.cpus);
	config.cell.num_memory_regions = ARRAY_SIZE(config.mem);
	config.cell.num_irqchips = ARRAY_SIZE(config.irqchip);
	config.cell.num_pci_devices = ARRAY_SIZE(config.pci);
	config.cell.vpci_irq_base = 100;
	config.cell.console = (struct jailhouse_console){
		.address = UART, .size = 0x1000, .type = JAILHOUSE_CON_TYPE_PL011,
	};
	config.cpus[0] = 1 << 2 | 1 << 3;
	memcpy(config.mem, mem, sizeof(mem));
	config.irqchip[0] = (struct jailhouse_irqchip){
		.pin_base = 32, .pin_bitmap = { 1 << 1 },
	};
	config.pci[0] = (struct jailhouse_pci_device){
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
	};
	config.pci[1] = (struct jailhouse_pci_device){
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_MSIX_64K,
	};
}

static void reset(void)
{
	fixture_reset();
	sysfs_write("enabled", "1\n");
	write_platform();
	write_root_tree(0);
	init_config();
	memset(&kernel, 0, sizeof(kernel));
	memcpy(kernel.magic, "ARM\x64", 4);
	kernel.image_size = KERNEL_SIZE;
	write_files();
}

/* What was loaded */

static const unsigned char *loaded(u64 address)
{
	unsigned int i;

	for (i = 0; i < fake.images; i++)
		if (fake.image[i].address == address)
			return fake.image[i].data;
	return NULL;
}

static u64 number_at(const void *data)
{
	u64 value;

	memcpy(&value, data, sizeof(value));
	return value;
}

static const void *tree;

static bool has(const char *path, const char *name, const void *value, size_t size)
{
	const void *found;
	int length;

	found = fdt_getprop(tree, fdt_path_offset(tree, path), name, &length);
	return found && length == (int)size && !memcmp(found, value, size);
}

static bool has_string(const char *path, const char *name, const char *value)
{
	return has(path, name, value, strlen(value) + 1);
}

static bool has_cells(const char *path, const char *name, const u32 *value, size_t count)
{
	fdt32_t cells[64];
	size_t i;

	for (i = 0; i < count; i++)
		cells[i] = cpu_to_fdt32(value[i]);
	return has(path, name, cells, count * sizeof(cells[0]));
}
#define HAS_CELLS(path, name, ...)						\
	has_cells(path, name, (const u32 []){ __VA_ARGS__ },			\
		  sizeof((const u32 []){ __VA_ARGS__ }) / sizeof(u32))

static bool has_node(const char *path)
{
	return fdt_path_offset(tree, path) >= 0;
}

static u32 created_flags(void)
{
	struct jailhouse_cell_desc desc;

	memcpy(&desc, fake.config, sizeof(desc));
	return desc.flags;
}

static void test_start(void)
{
	static const u32 ldr_x0_ldr_x4_br_x4[3] = { 0x58000080, 0x580000a4, 0xd61f0080 };
	const unsigned char *trampoline;
	struct result result;
	const char *disk;
	u64 at;

	reset();
	disk = make_file("disk", "disk", 4);
	result = RUN("cell", "linux", config_file, kernel_file, "-i", disk, "-c", "a=1 b");
	check(!result.exit_code && !*result.out && !*result.err, "linux prints nothing");
	check(fake.requests == 3 && fake.request == JAILHOUSE_CELL_START &&
	      fake.cell.id == JAILHOUSE_CELL_ID_UNUSED && !strcmp(fake.cell.name, "penguin"),
	      "it creates, loads and starts");
	check_number(fake.images, 4, "trampoline, kernel, tree and disk are loaded");
	check(!memcmp(loaded(RAM_START), &kernel, sizeof(kernel)),
	      "the kernel at the start of the largest RAM");
	trampoline = loaded(0);
	check(trampoline && !memcmp(trampoline, ldr_x0_ldr_x4_br_x4, sizeof(ldr_x0_ldr_x4_br_x4)),
	      "code where the cell starts");
	check(number_at(trampoline + 24) == RAM_START, "which goes to the kernel");
	tree = loaded(number_at(trampoline + 16));
	check(tree && number_at(trampoline + 16) >= RAM_START + KERNEL_SIZE &&
	      !fdt_check_header(tree), "with a device tree that is after the kernel");
	check(has_string("/chosen", "bootargs", "a=1 b"), "the command line in it");
	at = number_at(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"),
				   "linux,initrd-start", NULL));
	check(loaded(fdt64_to_cpu(at)) == fake.image[3].data &&
	      !memcmp(fake.image[3].data, "disk", 4), "and the place of the disk");
	check(created_flags() & JAILHOUSE_CELL_RESETS, "a reboot starts it again");
	reset();
	RUN("cell", "linux", config_file, kernel_file, "--once");
	check(!(created_flags() & JAILHOUSE_CELL_RESETS), "or ends it");
}

static void test_tree(void)
{
	reset();
	RUN("cell", "linux", config_file, kernel_file);
	check_number(fake.images, 3, "without a disk");
	tree = fake.image[2].data;
	check(has_string("/cpus/cpu@102", "enable-method", "psci") &&
	      HAS_CELLS("/cpus/cpu@102", "reg", 0, 0x102) &&
	      HAS_CELLS("/cpus/cpu@100000103", "reg", 1, 0x103), "its CPUs, with their MPIDRs");
	config.cpus[0] = 1 << 2;
	config.cell.flags |= JAILHOUSE_CELL_SHARES_CPUS;
	config.sharing = (struct cellblock_sharing){
		.cpus = 1 << 3, .budget = 1000, .period = 10000,
	};
	config_file = make_file("sharing.cell", &config, sizeof(config));
	RUN("cell", "linux", config_file, kernel_file);
	tree = fake.image[2].data;
	check(has_node("/cpus/cpu@102") && has_node("/cpus/cpu@100000103"),
	      "a CPU that it shares is like its own");
	check(HAS_CELLS("/memory@60000000", "reg", 0, RAM_START, 0, RAM_SIZE) &&
	      has_node("/memory@0") && !has_node("/memory@70000000"),
	      "its RAM, not what is shared");
	check(has_string("/interrupt-controller@8000000", "compatible", "arm,gic-v3") &&
	      HAS_CELLS("/interrupt-controller@8000000", "reg", 0, 0x8000000, 0, 0x10000,
			0, 0x80a0000, 0, 0x80000), "the GIC, with all redistributors");
	check(has_node("/psci") && has_node("/timer"), "PSCI and the timer");
	check(has_string("/chosen", "stdout-path", "/serial@9000000") &&
	      HAS_CELLS("/serial@9000000", "interrupts", 0, 1, 4),
	      "the console, with the interrupt that root's tree names");
	check(HAS_CELLS("/pci@8e00000", "reg", 0, 0x8e00000, 0, 0x200000) &&
	      HAS_CELLS("/pci@8e00000", "bus-range", 0, 1) &&
	      HAS_CELLS("/pci@8e00000", "linux,pci-domain", 1), "the virtual PCI host");
	check(HAS_CELLS("/pci@8e00000", "ranges", 0x02000000, 0, 0x9000000, 0, 0x9000000,
			0, 0x21000), "the window of its BARs");
	check(HAS_CELLS("/pci@8e00000", "interrupt-map", 0, 0, 0, 1, 1, 0, 0, 0, 100, 1,
			0, 0, 0, 2, 1, 0, 0, 0, 101, 1, 0, 0, 0, 3, 1, 0, 0, 0, 102, 1,
			0, 0, 0, 4, 1, 0, 0, 0, 103, 1) &&
	      HAS_CELLS("/interrupt-controller@8000000", "#address-cells", 2), "INTA to INTD");
}

static void test_bus(void)
{
	reset();
	write_root_tree(0x8000000);
	RUN("cell", "linux", config_file, kernel_file);
	tree = fake.image[2].data;
	check(HAS_CELLS("/serial@9000000", "interrupts", 0, 1, 4),
	      "a console on a bus with addresses of its own");
}

static void test_gicv2(void)
{
	reset();
	sysfs_write("platform/gic_version", "2\n");
	sysfs_write("platform/gicc_base", "0x8010000\n");
	RUN("cell", "linux", config_file, kernel_file);
	tree = fake.image[2].data;
	check(has_string("/interrupt-controller@8000000", "compatible", "arm,gic-400") &&
	      HAS_CELLS("/interrupt-controller@8000000", "reg", 0, 0x8000000, 0, 0x1000,
			0, 0x8010000, 0, 0x2000), "a GICv2, with its CPU interface");
}

static void test_left_out(void)
{
	reset();
	config.cell.num_pci_devices = 0;
	config.irqchip[0].pin_bitmap[0] = 0;
	write_files();
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the console is left out: the cell does not have the UART's "
		       "interrupt 33\n", "a UART without its interrupt");
	tree = fake.image[2].data;
	check(!has_node("/serial@9000000") && !has_node("/pci@8e00000"),
	      "no console then, and no PCI host without devices");
	config.cell.console.address = UART + 0x1000;
	write_files();
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the console is left out: the cell does not have the UART at 0x9001000\n",
		       "another one's UART");
	config.cell.console.address = UART;
	write_files();
	sysfs_remove("firmware/fdt");
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the console is left out: this machine's device tree does not say "
		       "which interrupt the UART at 0x9000000 has\n", "no tree of root's");
	config.cell.console.type = JAILHOUSE_CON_TYPE_8250;
	write_files();
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the console is no PL011 and left out", "another UART");
	config.cell.console.type = JAILHOUSE_CON_TYPE_NONE;
	write_files();
	check_text(RUN("cell", "linux", config_file, kernel_file).err, "", "no console");
}

static void test_places(void)
{
	const char *disk;

	reset();
	kernel.text_offset = 0x80000;
	config.cell.cpu_reset_address = RAM_START + 0x80010;
	write_files();
	RUN("cell", "linux", config_file, kernel_file);
	check(loaded(RAM_START + 0x80010) && loaded(RAM_START + 0x280000),
	      "a kernel with an offset, and the start address in its way");
	RUN("cell", "linux", config_file, kernel_file, "-k", "0x60480000");
	check(loaded(0x60480000), "-k places it");
	check_failure(RUN("cell", "linux", config_file, kernel_file, "-k", "0x60400000"), 1,
		      "jailhouse: cell linux: the kernel cannot be at 0x60400000: its place "
		      "is 0x80000 after a multiple of 0x200000\n", "-k at a wrong place");
	check_failure(RUN("cell", "linux", config_file, kernel_file, "-k", "0x60080000"), 1,
		      "jailhouse: cell linux: the kernel (0x300000 bytes at 0x60080000) would "
		      "overwrite the code that starts it\n", "-k over the start address");
	check_failure(RUN("cell", "linux", config_file, kernel_file, "-k", "0x60e80000"), 1,
		      "jailhouse: cell linux: the kernel (0x300000 bytes at 0x60e80000) is "
		      "not in the cell's RAM (0x60000000-0x60ffffff)\n", "-k at the end");
	fake.requests = 0;
	check_usage(RUN("cell", "linux", config_file, kernel_file, "-k", "x"), "cell linux",
		    "address 'x' is not a number such as 0x1000", "-k without a number");

	reset();
	kernel.image_size = RAM_SIZE - 0x8000;
	write_files();
	check_failure(RUN("cell", "linux", config_file, kernel_file), 1,
		      "jailhouse: cell linux: the device tree (0x10000 bytes) does not fit in "
		      "the cell's RAM (0x60000000-0x60ffffff)\n", "a kernel that fills RAM");
	kernel.image_size = RAM_SIZE - 0x10000;
	write_files();
	disk = make_file("disk", "disk", 4);
	check_contains(RUN("cell", "linux", config_file, kernel_file, "-i", disk).err,
		       "the initial RAM disk (0x4 bytes) does not fit", "no place for a disk");
	kernel.image_size = ~0ULL;
	write_files();
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the kernel (0xffffffffffffffff bytes) does not fit", "absurd size");
	config.mem[0].flags &= ~(__u64)JAILHOUSE_MEM_LOADABLE;
	config.mem[1].flags &= ~(__u64)JAILHOUSE_MEM_LOADABLE;
	write_files();
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the cell \"penguin\" has no RAM for Linux", "nothing can be loaded");
	check_number(fake.requests, 0, "the driver was not asked in all this");
}

static void test_given_tree(void)
{
	char given[256], *written;
	const char *file;
	size_t size;
	FILE *out;

	reset();
	fdt_create_empty_tree(given, sizeof(given));
	file = make_file("given.dtb", given, sizeof(given));
	RUN("cell", "linux", config_file, kernel_file, "-d", file, "-c", "x");
	tree = fake.image[2].data;
	check(has_string("/chosen", "bootargs", "x") && !has_node("/cpus"),
	      "a tree that is given is only completed");
	check(HAS_CELLS("/memory@60000000", "reg", 0, RAM_START, 0, RAM_SIZE) &&
	      HAS_CELLS("/", "#address-cells", 2) && HAS_CELLS("/", "#size-cells", 2),
	      "with memory, also if it has nothing");

	fake.requests = 0;
	file = make_file("out.dtb", "", 0);
	check(!RUN("cell", "linux", config_file, kernel_file, "-w", file).exit_code &&
	      !fake.requests, "-w asks the driver for nothing");
	written = calloc(1, 4096);
	out = fopen(file, "re");
	size = fread(written, 1, 4096, out);
	fclose(out);
	tree = written;
	check(size > 500 && !fdt_check_full(written, size) && has_node("/psci"),
	      "and writes the tree");
	free(written);
	check_failure(RUN("cell", "linux", config_file, kernel_file, "-w", "/nowhere/x"), 1,
		      "jailhouse: cell linux: cannot write '/nowhere/x': No such file or "
		      "directory\n", "-w without a place");
	check_contains(RUN("cell", "linux", config_file, kernel_file, "-d", kernel_file).err,
		       "is not a device tree blob\n", "no tree");
	memset(given + fdt_off_dt_struct(given), 5, 4);
	file = make_file("bad.dtb", given, sizeof(given));
	check_contains(RUN("cell", "linux", config_file, kernel_file, "-d", file).err,
		       "is not a device tree blob\n", "a broken tree");
}

/* A tree whose addresses have @cells, with memory of its own by two kinds of names. */
static const char *tree_with_memory(u32 cells)
{
	static char given[1024];

	fdt_create(given, sizeof(given));
	fdt_finish_reservemap(given);
	fdt_begin_node(given, "");
	fdt_property_u32(given, "#address-cells", cells);
	fdt_property_u32(given, "#size-cells", cells);
	fdt_begin_node(given, "memory@80000000");
	fdt_end_node(given);
	fdt_begin_node(given, "memory-controller@9000");
	fdt_end_node(given);
	fdt_begin_node(given, "ram");
	fdt_property_string(given, "device_type", "memory");
	fdt_end_node(given);
	fdt_begin_node(given, "memory");
	fdt_end_node(given);
	fdt_end_node(given);
	fdt_finish(given);
	return make_file("memory.dtb", given, sizeof(given));
}

static unsigned int root_nodes(void)
{
	unsigned int count = 0;
	int node;

	fdt_for_each_subnode(node, tree, 0)
		count++;
	return count;
}

static void test_memory(void)
{
	reset();
	RUN("cell", "linux", config_file, kernel_file, "-d", tree_with_memory(2));
	tree = fake.image[2].data;
	check(HAS_CELLS("/memory@60000000", "reg", 0, RAM_START, 0, RAM_SIZE) &&
	      HAS_CELLS("/memory@0", "reg", 0, 0, 0, 0x1000) &&
	      has_string("/memory@0", "device_type", "memory"),
	      "a given tree has the cell's memory");
	check(!has_node("/memory@80000000") && !has_node("/ram") &&
	      has_node("/memory-controller@9000") && root_nodes() == 4, "instead of its own");
	RUN("cell", "linux", config_file, kernel_file, "-d", tree_with_memory(1));
	check(HAS_CELLS("/memory@60000000", "reg", RAM_START, RAM_SIZE),
	      "with the size of that tree's addresses");
	config.mem[0].virt_start = 0x100000000ULL;
	write_files();
	check_contains(RUN("cell", "linux", config_file, kernel_file, "-d",
			   tree_with_memory(1)).err,
		       "the cell has memory at 0x100000000 (0x1000 bytes), for which "
		       "#address-cells and #size-cells of the given device tree's root must be 2\n",
		       "which may be too small");
}

static void check_kernel(const void *data, size_t size, const char *message)
{
	kernel_file = make_file("Image", data, size);
	check_contains(RUN("cell", "linux", config_file, kernel_file).err, message,
		       "what is no kernel");
}

/* What gzip makes of the kernel, after @head; its size. */
static size_t pack(char *packed, size_t space, size_t head)
{
	char command[512];
	size_t size;
	FILE *out;

	snprintf(command, sizeof(command), "gzip -c '%s'", make_file("plain", &kernel,
								       sizeof(kernel)));
	out = popen(command, "r");
	size = fread(packed + head, 1, space - head, out);
	check(!pclose(out) && size > 20, "gzip makes a kernel smaller");
	return size;
}

static void put_number(char *at, u32 number)
{
	memcpy(at, &number, sizeof(number));
}

static void test_packed(void)
{
	char packed[1024] = "MZ\0\0zimg";
	const char *path = getenv("PATH");
	size_t size;

	reset();
	size = pack(packed, sizeof(packed), 64);
	kernel_file = make_file("Image.gz", packed + 64, size);
	check_text(RUN("cell", "linux", config_file, kernel_file).err, "", "a compressed kernel");
	check(!memcmp(loaded(RAM_START), &kernel, sizeof(kernel)), "is unpacked");
	put_number(packed + 8, 64);
	put_number(packed + 12, (u32)size);
	memcpy(packed + 24, "gzip", 5);
	fake.images = 0;
	kernel_file = make_file("zboot", packed, 64 + size);
	check_text(RUN("cell", "linux", config_file, kernel_file).err, "", "an EFI program");
	check(!memcmp(loaded(RAM_START), &kernel, sizeof(kernel)), "is its kernel");
	write_files();
	fake.requests = 0;
	put_number(packed + 12, (u32)size + 1);
	check_kernel(packed, 64 + size, "is truncated\n");
	memcpy(packed + 24, "zstd", 5);
	check_kernel(packed, 64 + size, "that gzip has not compressed");
	check_kernel(packed + 64, size / 2, "is compressed, and damaged: gzip cannot unpack it\n");
	setenv("PATH", "/nowhere", 1);
	check_kernel(packed + 64, size, "the program gzip is not here: unpack it elsewhere");
	setenv("PATH", path, 1);
	check_number(fake.requests, 0, "the driver was not asked");
}

static void test_factor(void)
{
	const char *words[] = { "-k", "--kernel-decomp-factor" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		reset();
		kernel.image_size = sizeof(kernel);
		write_files();
		RUN("cell", "linux", config_file, kernel_file, words[i], "100");
		check(fake.images == 3 && fake.image[1].address == RAM_START &&
		      fake.image[2].address >= RAM_START + 100 * sizeof(kernel),
		      "a factor: so often the size of the file is the kernel's");
	}
	RUN("cell", "linux", config_file, kernel_file, "-a", "arm64", "-k", "1");
	check(fake.image[2].address == RAM_START + 0x1000, "one that is enough anyway");
	fake.requests = 0;
	check_contains(RUN("cell", "linux", config_file, kernel_file, "-k", "0").err,
		       " bytes at 0x0) is not in the cell's RAM", "0 is an address");
	check_usage(RUN("cell", "linux", config_file, kernel_file, words[1], "4096"), "cell linux",
		    "the factor '4096' is not a number from 1 to 4095", "a factor too large");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "-a", "x86"), "cell linux",
		    "the architecture is 'arm64', 'x86' is not here", "another architecture");
}

static void test_existing(void)
{
	static const char used[] = "cell \"penguin\" exists already: it is used as it is\n";
	struct result result;

	reset();
	/* what it was created with is not what the file has */
	config.mem[1].virt_start = 2 * RAM_START;
	sysfs_add_cell(1, "penguin", "shut down", "", "");
	sysfs_write_bytes("cells/1/config", &config, config_size(&config.cell));
	result = RUN("cell", "linux", config_file, kernel_file);
	check_contains(result.err, used, "a cell that exists");
	check(!result.exit_code && fake.requests == 2 && fake.request == JAILHOUSE_CELL_START &&
	      !strcmp(fake.cell.name, "penguin"), "is loaded and started");
	tree = fake.image[2].data;
	check(loaded(2 * RAM_START) && has_node("/memory@c0000000"),
	      "with the memory that it has");
	fake.requests = 0;
	fake.reason = "no";
	fake.ioctl_result = -EINVAL;
	fake.only_request = JAILHOUSE_CELL_START;
	RUN("cell", "linux", config_file, kernel_file);
	check(fake.requests == 2 && fake.request == JAILHOUSE_CELL_START,
	      "and stays when it is not started");
	fake.ioctl_result = 0;
	sysfs_write("cells/1/state", "running\n");
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "cell \"penguin\" was running: it is shut down, to be started again\n",
		       "one that runs");
}

static void test_refused(void)
{
	reset();
	check_kernel("MZ\0\0zimg\0", 9, "an EFI program with a kernel in it");
	check_kernel("MZ", 2, "is not a kernel Image for arm64\n");
	check_number(fake.requests, 0, "the driver was not asked");

	reset();
	config_file = make_file("short.cell", &config, config_size(&config.cell) - 1);
	check_contains(RUN("cell", "linux", config_file, kernel_file).err, "is truncated",
		       "a truncated configuration");
	config_file = make_file("short.cell", &config, 20);
	check_contains(RUN("cell", "linux", config_file, kernel_file).err, "is truncated",
		       "one that ends in its head");

	reset();
	sysfs_remove("devices/system/cpu/cpu3");
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "CPU 3 of the cell is not in this machine's device tree", "no MPIDR");
	reset();
	sysfs_write("enabled", "0\n");
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "the hypervisor is not enabled\n", "not enabled");
	sysfs_write("enabled", "1\n");
	sysfs_remove("platform");
	check_contains(RUN("cell", "linux", config_file, kernel_file).err,
		       "platform/gic_version: No such file", "an older driver");
	check_number(fake.requests, 0, "the driver was not asked");

	reset();
	check_usage(RUN("cell", "linux"), "cell linux", "no cell configuration given",
		    "no configuration");
	check_usage(RUN("cell", "linux", config_file), "cell linux", "no kernel given",
		    "no kernel");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "x"), "cell linux",
		    "unexpected argument 'x'", "one word too many");
}

static void test_all_or_nothing(void)
{
	reset();
	fake.reason = "no";
	fake.ioctl_result = -EBUSY;
	fake.only_request = JAILHOUSE_CELL_CREATE;
	check_failure(RUN("cell", "linux", config_file, kernel_file), 1,
		      "jailhouse: cell linux: no\n", "create is refused");
	check_number(fake.requests, 1, "then nothing else is tried");

	reset();
	fake.reason = "no";
	fake.ioctl_result = -EINVAL;
	fake.only_request = JAILHOUSE_CELL_LOAD;
	check_failure(RUN("cell", "linux", config_file, kernel_file), 1,
		      "jailhouse: cell linux: no\n", "load is refused");
	check(fake.requests == 3 && fake.request == JAILHOUSE_CELL_DESTROY,
	      "then the cell is destroyed");

	reset();
	fake.reason = "no";
	fake.ioctl_result = -EINVAL;
	fake.only_request = JAILHOUSE_CELL_START;
	RUN("cell", "linux", config_file, kernel_file);
	check(fake.requests == 4 && fake.request == JAILHOUSE_CELL_DESTROY,
	      "so when start is");
}

/* The bank below all other RAM, and the window of the devices. */
static void init_devices(void)
{
	reset();
	config.mem[0].flags &= ~(u64)JAILHOUSE_MEM_DMA;
	config.mem[3].virt_start = 0x3f000000;
	config.mem[4] = (struct jailhouse_memory){
		0xb000000, 0xb000000, 0x200000,
		JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE
	};
	/* four are the virtual PCI host's, one is for MSI-X, none is spare */
	config.cell.vpci_irq_base = 0;
	config.pci[1].num_msix_vectors = 1;
	config.irqchip[0].pin_bitmap[0] = 0x1f;
	write_files();
}

/* A program cell-devices that writes its words and ends with @status; where the words are. */
static const char *make_program(int status)
{
	const char *said = make_file("said", "", 0);
	char text[512], *program;

	snprintf(text, sizeof(text), "#!/bin/sh\necho \"$@\" >'%s'\nexit %d\n", said, status);
	program = strdup(make_file("cell-devices", text, strlen(text)));
	chmod(program, 0755);
	*strrchr(program, '/') = '\0';
	setenv("PATH", program, 1);
	free(program);
	return said;
}

/* What it has written. */
static const char *words_of(const char *said)
{
	static char words[512];
	FILE *file = fopen(said, "r");

	words[0] = '\0';
	check(file && fgets(words, sizeof(words), file), "  the program is called");
	if (file)
		fclose(file);
	return words;
}

static void test_devices(void)
{
	const char *path = getenv("PATH");

	init_devices();
	config.irqchip[0].pin_bitmap[0] |= 0x700;
	write_files();
	make_program(0);
	check_output(RUN("cell", "linux", config_file, kernel_file, "--disk", "a", "--console",
			 "-c", "quiet -- x"), "", "linux with devices");
	tree = fake.image[2].data;
	check(has_string("/pci@b000000", "compatible", "pci-host-ecam-generic") &&
	      HAS_CELLS("/pci@b000000", "reg", 0, 0xb000000, 0, 0x100000) &&
	      HAS_CELLS("/pci@b000000", "linux,pci-domain", 2), "the devices' PCI host");
	check(HAS_CELLS("/pci@b000000", "ranges", 0x02000000, 0, 0xb100000, 0, 0xb100000,
			0, 0xfc000), "its memory is the rest of the window but four pages");
	check(HAS_CELLS("/pci@b000000", "dma-ranges", 0x02000000, 0, 0x3f000000, 0, 0x3f000000,
			0, 0x1000000), "its devices reach the bank");
	check(HAS_CELLS("/pci@b000000", "interrupt-map-mask", 0xf800, 0, 0, 7) &&
	      HAS_CELLS("/pci@b000000", "interrupt-map", 0, 0, 0, 1, 1, 0, 0, 0, 8, 1,
			0x800, 0, 0, 1, 1, 0, 0, 0, 9, 1), "each has the next of the last SPIs");
	check(HAS_CELLS("/interrupt-controller@8000000", "mbi-ranges", 42, 1) &&
	      HAS_CELLS("/interrupt-controller@8000000", "mbi-alias", 0, 0xb1fc000) &&
	      HAS_CELLS("/pci@b000000", "msi-parent", 1), "what is left is for messages, of a GICv3");
	check(HAS_CELLS("/memory@3f000000", "reg", 0, 0x3f000000, 0, 0x1000000) &&
	      has_node("/memory@60000000"), "the bank is memory");
	check(has_string("/chosen", "bootargs", "swiotlb=4096 console=hvc0 quiet -- x"),
	      "the kernel is told its console, and what to have in the bank");
	fake.images = 0;
	RUN("cell", "linux", config_file, kernel_file, "--console", "-c", "console=x swiotlb=9");
	tree = fake.image[2].data;
	check(has_string("/chosen", "bootargs", "console=x swiotlb=9"),
	      "unless it is told already");
	setenv("PATH", path, 1);
	fake.images = 0;
	RUN("cell", "linux", config_file, kernel_file);
	tree = fake.image[2].data;
	check(!has_node("/pci@b000000") && !has_node("/memory@3f000000"),
	      "nothing of that without devices");
	fake.requests = 0;
	check_usage(RUN("cell", "linux", config_file, kernel_file, "--rng", "--attach"),
		    "cell linux", "--attach is for a cell that is started with --console",
		    "to be at a console that is not there");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "--vsock", "2"),
		    "cell linux", "the CID '2' is not a number from 3 to 0xfffffffe",
		    "root's CID");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "--vsock", "0xffffffff"),
		    "cell linux", "the CID '0xffffffff' is not a number from 3 to 0xfffffffe",
		    "  and any");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "--rng", "-d", "tree"),
		    "cell linux",
		    "the devices that root has are in the device tree that is made: leave out -d",
		    "devices in a given tree");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "--disk", "1", "--disk", "2",
			"--disk", "3", "--disk", "4", "--disk", "5", "--disk", "6", "--disk", "7",
			"--disk", "8", "--disk", "9"), "cell linux",
		    "there are more than 8 disks", "nine disks");
	check_usage(RUN("cell", "linux", config_file, kernel_file, "--net", "1", "--net", "2",
			"--net", "3", "--net", "4", "--net", "5"), "cell linux",
		    "there are more than 4 network interfaces", "five interfaces");
}

/* As many as there can be. */
static void test_all_devices(void)
{
	const char *path = getenv("PATH");
	const char *said;
	int length = 0;

	init_devices();
	config.irqchip[0].pin_bitmap[0] |= 0xffff00;
	write_files();
	said = make_program(0);
	check_output(RUN("cell", "linux", config_file, kernel_file, "--console", "--rng",
			 "--disk", "1", "--disk", "2", "--disk", "3", "--disk", "4", "--disk", "5",
			 "--disk", "6", "--disk", "7", "--disk", "8", "--net", "1", "--net", "2",
			 "--net", "3", "--net", "4", "--vsock", "9", "--power-key", "--rtc"), "",
		     "linux with all devices");
	tree = fake.image[2].data;
	fdt_getprop(tree, fdt_path_offset(tree, "/pci@b000000"), "interrupt-map", &length);
	check_number(length, 15 * 10 * 4, "  each has its interrupt");
	check_contains(words_of(said), "--net 4 --vsock 9\n", "  with all of them");
	setenv("PATH", path, 1);
}

/* Messages are by a frame where the GIC has none, and only if there are SPIs for them. */
static void test_messages(void)
{
	const char *path = getenv("PATH"), *frame = "/interrupt-controller@8000000/v2m@b1fc000";

	init_devices();
	config.irqchip[0].pin_bitmap[0] |= 0xff00;
	write_files();
	make_program(0);
	sysfs_write("platform/gic_version", "2\n");
	sysfs_write("platform/gicc_base", "0x8010000\n");
	RUN("cell", "linux", config_file, kernel_file, "--rng", "--power-key");
	tree = fake.image[2].data;
	check(has_string(frame, "compatible", "arm,gic-v2m-frame") &&
	      has(frame, "msi-controller", "", 0) &&
	      HAS_CELLS(frame, "reg", 0, 0xb1fc000, 0, 0x1000), "a GICv2 has a frame");
	check(HAS_CELLS(frame, "arm,msi-base-spi", 42) && HAS_CELLS(frame, "arm,msi-num-spis", 6),
	      "  with the SPIs that are left");
	check(HAS_CELLS(frame, "phandle", 5) && HAS_CELLS("/pci@b000000", "msi-parent", 5),
	      "  to which the PCI host's messages go");
	check(has("/interrupt-controller@8000000", "ranges", "", 0), "  and which the bus reaches");
	fake.images = 0;
	RUN("cell", "linux", config_file, kernel_file, "--power-key");
	tree = fake.image[2].data;
	check(!has_node(frame), "without virtio there is none");
	config.irqchip[0].pin_bitmap[0] &= ~0xfc00U;
	write_files();
	fake.images = 0;
	RUN("cell", "linux", config_file, kernel_file, "--rng", "--power-key");
	tree = fake.image[2].data;
	check(has_node("/pci@b000000") && !has_node(frame) &&
	      !fdt_getprop(tree, fdt_path_offset(tree, "/pci@b000000"), "msi-parent", NULL),
	      "  nor without SPIs for it, and all have INTx");
	setenv("PATH", path, 1);
}

/* Without virtio there need be no bank. */
static void test_power_key_and_clock(void)
{
	const char *path = getenv("PATH");
	const char *said;

	init_devices();
	config.mem[3].virt_start += 0x1000;
	config.irqchip[0].pin_bitmap[0] |= 0x100;
	write_files();
	said = make_program(0);
	check_output(RUN("cell", "linux", config_file, kernel_file, "--power-key", "--rtc"), "",
		     "linux with a power key and a clock");
	check_text(words_of(said), "--background --cell penguin --power-key 0xb1fe000,40 "
		   "--rtc 0xb1ff000\n", "its words");
	tree = fake.image[2].data;
	check(has("/gpio@b1fe000", "compatible", "arm,pl061\0arm,primecell", 24) &&
	      HAS_CELLS("/gpio@b1fe000", "reg", 0, 0xb1fe000, 0, 0x1000) &&
	      HAS_CELLS("/gpio@b1fe000", "interrupts", 0, 8, 1), "the key's GPIO");
	check(HAS_CELLS("/gpio-keys/power", "linux,code", 116) &&
	      HAS_CELLS("/gpio-keys/power", "gpios", 3, 0, 0) &&
	      HAS_CELLS("/gpio@b1fe000", "phandle", 3), "the key is at its line 0");
	check(has("/rtc@b1ff000", "compatible", "arm,pl031\0arm,primecell", 24) &&
	      HAS_CELLS("/rtc@b1ff000", "clocks", 2) &&
	      HAS_CELLS("/apb-pclk", "phandle", 2), "the clock, and its own clock");
	check(!has_node("/pci@b000000") && !has_node("/memory@3f001000"),
	      "nothing of virtio without its devices");
	setenv("PATH", path, 1);
}

/* It has no interrupt, so that there need be none. */
static void test_watchdog(void)
{
	const char *path = getenv("PATH");
	const char *said;

	init_devices();
	said = make_program(0);
	check_output(RUN("cell", "linux", config_file, kernel_file, "--watchdog"), "",
		     "linux with a watchdog");
	check_text(words_of(said), "--background --cell penguin --watchdog 0xb1fd000\n",
		   "its words");
	tree = fake.image[2].data;
	check(has("/watchdog@b1fd000", "compatible", "arm,sp805\0arm,primecell", 24) &&
	      HAS_CELLS("/watchdog@b1fd000", "reg", 0, 0xb1fd000, 0, 0x1000), "the watchdog");
	check(has("/watchdog@b1fd000", "clock-names", "wdog_clk\0apb_pclk", 18) &&
	      HAS_CELLS("/watchdog@b1fd000", "clocks", 4, 2) &&
	      HAS_CELLS("/wdog-clk", "phandle", 4) && HAS_CELLS("/apb-pclk", "phandle", 2) &&
	      HAS_CELLS("/wdog-clk", "clock-frequency", 1000000), "  counts a million in a second");
	setenv("PATH", path, 1);
}

/* cell create has them for any guest. */
static void test_any_guest(void)
{
	const char *path = getenv("PATH");
	const char *said;

	init_devices();
	/* a window of a page before that of the PCI host; a bank that is no bank for Linux */
	config.mem[2].flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE;
	config.mem[3].virt_start += 0x1000;
	config.irqchip[0].pin_bitmap[0] |= 0x300;
	write_files();
	said = make_program(0);
	check_output(RUN("cell", "create", config_file, "--console", "--disk", "a"), "",
		     "a cell with a console and a disk");
	check(fake.requests == 1 && fake.request == JAILHOUSE_CELL_CREATE, "  is created");
	check_text(words_of(said), "--background --cell penguin --bank 0x3f001000,0x1000000 --pci "
		   "0xb000000,0xb100000,0xfc000,40 --pl011 0x9000000,41 --disk a\n", "  with this");
	make_program(1);
	fake.requests = 0;
	check_failure(RUN("cell", "create", config_file, "--console"), 1,
		      "jailhouse: cell create: cell-devices has not started: see above\n",
		      "it refuses");
	check(fake.requests == 2 && fake.request == JAILHOUSE_CELL_DESTROY,
	      "the cell is destroyed then");

	config.mem[2].flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_REMOTE;
	write_files();
	fake.requests = 0;
	check_contains(RUN("cell", "create", config_file, "--console").err,
		       "\"penguin\" has no window for a console: ", "a window that is read-only");
	config.mem[3].flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED;
	write_files();
	check_contains(RUN("cell", "create", config_file, "--disk", "a").err,
		       "\"penguin\" has no RAM for rings and buffers: ", "no shared RAM");
	check_number(fake.requests, 0, "nothing is created");
	check_usage(RUN("cell", "create", "--name", "a", "--disk", "b"), "cell create",
		    "--disk is for a cell that has a configuration in a file", "a disk by words");
	setenv("PATH", path, 1);
}

/* What is missing in the configuration. */
static void refused_place(const char *part, const char *what)
{
	struct result result;

	write_files();
	fake.requests = 0;
	result = RUN("cell", "linux", config_file, kernel_file, "--disk", "a", "--rng",
		     "--console");
	check(result.exit_code == 1 && !fake.requests, "nothing is created");
	check_contains(result.err, part, what);
}

static void test_device_places(void)
{
	init_devices();
	refused_place("\"penguin\" has 0 interrupts for 3 devices: ", "no SPI is spare");
	config.irqchip[0].pin_bitmap[0] |= 0xb00;
	refused_place("\"penguin\" has 1 interrupts for 3 devices: ",
		      "SPIs that do not follow each other");
	init_devices();
	config.mem[4].flags &= ~(u64)JAILHOUSE_MEM_WRITE;
	refused_place("\"penguin\" has no window for devices: ", "a window that is read-only");
	init_devices();
	config.mem[4].size = 0x1ff000;
	refused_place("of 0x200000 bytes or more", "a window that is too small");
	init_devices();
	config.mem[3].virt_start += 0x1000;
	refused_place("\"penguin\" has no RAM for rings and buffers: ",
		      "a bank that ends elsewhere");
	init_devices();
	config.mem[0].flags |= JAILHOUSE_MEM_DMA;
	refused_place("is below its other RAM\n", "RAM that is below the bank");
}

static void test_device_program(void)
{
	const char *path = getenv("PATH");
	const char *said;

	init_devices();
	config.irqchip[0].pin_bitmap[0] |= 0x1f00;
	write_files();
	said = make_program(0);
	RUN("cell", "linux", config_file, kernel_file, "--disk", "a", "--disk", "b,ro", "--rng",
	    "--net", "tap0", "--vsock", "7");
	check_text(words_of(said), "--background --cell penguin --bank 0x3f000000,0x1000000 --pci "
		   "0xb000000,0xb100000,0xfc000,40 --disk a --disk b,ro --rng --net tap0 "
		   "--vsock 7\n",
		   "with this");
	make_program(1);
	fake.requests = 0;
	check_failure(RUN("cell", "linux", config_file, kernel_file, "--rng"), 1,
		      "jailhouse: cell linux: cell-devices has not started: see above\n",
		      "it refuses");
	check(fake.requests == 2 && fake.request == JAILHOUSE_CELL_DESTROY,
	      "the cell is destroyed then");
	setenv("PATH", "/nowhere", 1);
	check_failure(RUN("cell", "linux", config_file, kernel_file, "--rng"), 1,
		      "jailhouse: cell linux: the program cell-devices is not here: it is "
		      "installed beside this command, in a folder of PATH\n", "there is no such program");
	setenv("PATH", path, 1);
}

int main(void)
{
	test_start();
	test_tree();
	test_bus();
	test_gicv2();
	test_left_out();
	test_places();
	test_given_tree();
	test_memory();
	test_packed();
	test_factor();
	test_existing();
	test_refused();
	test_all_or_nothing();
	test_devices();
	test_all_devices();
	test_messages();
	test_power_key_and_clock();
	test_watchdog();
	test_any_guest();
	test_device_places();
	test_device_program();
	return fixture_end();
}
