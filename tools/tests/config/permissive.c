/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell create --permissive: what such a cell gets, and what becomes of its log */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <config/config.h>

#include "tests/fixture.h"

#define CLOCK	0x9010000ULL

static void add_root(void)
{
	struct jailhouse_system system;

	sysfs_add_cell(0, "root", "running", "0-1", "");
	init_system(&system);
	init_cell(&system.root_cell, "root");
	system.hypervisor_memory.phys_start = 0x7fc00000;
	system.hypervisor_memory.size = 0x400000;
	sysfs_write_bytes("cells/0/config", &system, sizeof(system));
}

static void reset(void)
{
	fixture_reset();
	add_root();
	sysfs_copy("firmware/fdt", TREES "/clock.dtb");
	sysfs_write("iomem", "40000000-bfffffff : System RAM\n");
}

/* A cell that has @size bytes at @phys. */
static void add_cell(const char *name, u64 phys, u64 size)
{
	struct {
		struct jailhouse_cell_desc cell;
		struct jailhouse_memory mem;
	} __attribute__((packed)) config;

	memset(&config, 0, sizeof(config));
	init_cell(&config.cell, name);
	config.cell.num_memory_regions = 1;
	config.mem = (struct jailhouse_memory){ phys, phys, size, JAILHOUSE_MEM_IO };
	sysfs_add_cell(7, name, "running", "1", "");
	sysfs_write_bytes("cells/7/config", &config, sizeof(config));
}

static struct result create(const char *more)
{
	return RUN("cell", "create", "--permissive", "--name", "demo", "--cpus", "1", "--ram", "1M",
		   more);
}

static const struct jailhouse_cell_desc *given(void)
{
	return (const struct jailhouse_cell_desc *)fake.config;
}

/* The region with it that is logged, or NULL. */
static const struct jailhouse_memory *logged(u64 address)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, given())
		if (mem->flags & JAILHOUSE_MEM_LOGGED && address - mem->phys_start < mem->size)
			return mem;
	return NULL;
}

static bool is_made(u64 address)
{
	return logged(address) && logged(address)->flags & JAILHOUSE_MEM_READ;
}

static bool is_zero(u64 address)
{
	return logged(address) && !(logged(address)->flags & JAILHOUSE_MEM_READ);
}

static void test_create(void)
{
	struct result result;

	reset();
	result = create("--console");
	check_number(result.exit_code, 0, "a permissive cell");
	check_contains(result.err, "cell \"demo\" is PERMISSIVE, for bring-up only: ",
		       "is said to be one");
	check_contains(result.err, "it accesses 0x9010000-0x9010fff, pl031@9010000\n",
		       "with its devices");
	check(given()->flags & JAILHOUSE_CELL_PERMISSIVE &&
	      config_size(given()) == fake.config_size &&
	      !config_check_cell(given(), fake.config_size), "by a good configuration");
	check(is_made(CLOCK) && logged(CLOCK)->flags & JAILHOUSE_MEM_ROOTSHARED &&
	      logged(CLOCK)->flags & JAILHOUSE_MEM_IO_8, "the clock, which root keeps too");
	check(!logged(0x9000000), "not the UART, which it has");
	check(is_zero(0xa000000), "a device that may do DMA reads as zero");
	check(is_zero(0x9030000), "so does one on which others depend");
	check(is_zero(0x8080000), "and the ITS");
	check(!logged(0x8000000) && !logged(0x80a0000), "not the GIC's other parts");
	check(!logged(0x40000000) && !logged(0x7fc00000) && !logged(0), "nor memory");
	check(!logged(0x100000) && is_zero(0x110000), "nor what is just above its RAM");
}

static void test_linux(void)
{
	reset();
	sysfs_write("bus/amba/devices/9010000.pl031/uevent",
		    "DRIVER=rtc-pl031\nOF_FULLNAME=/pl031@9010000\n");
	create("--console");
	check(is_zero(CLOCK), "what a driver of Linux has reads as zero");
	reset();
	create("--allow-dma");
	check(is_made(0xa000000), "--allow-dma");
}

static void test_shared(void)
{
	reset();
	check_number(RUN("cell", "create", "--permissive", "--name", "demo", "--share",
			 "1:2ms/10ms", "--ram", "1M").exit_code, 0, "of shared CPUs");
	check(is_made(CLOCK) && config_shared_cpus(given()) == 2 &&
	      config_sharing(given())->budget == 2000, "they are kept");
}

static void test_others(void)
{
	reset();
	add_cell("other", CLOCK + 0x10, 0x10);
	create("--console");
	check(!logged(CLOCK), "not the page of what another cell has");
}

static void test_file(void)
{
	struct jailhouse_cell_desc config;
	struct result result;
	const char *file;

	reset();
	init_cell(&config, "filed");
	file = make_file("filed.cell", &config, sizeof(config));
	result = RUN("cell", "create", "--permissive", file);
	check_number(result.exit_code, 0, "of a file");
	check(is_made(CLOCK) && given()->flags & JAILHOUSE_CELL_PERMISSIVE, "the same");
	config.num_memory_regions = 1;
	file = make_file("short.cell", &config, sizeof(config));
	result = RUN("cell", "create", "--permissive", file);
	check_contains(result.err, "is truncated", "a file that is too short");
	file = make_file("shorter.cell", &config, sizeof(config.signature));
	fake.ioctl_result = -EINVAL;
	fake.reason = "too short";
	check_failure(RUN("cell", "create", file), 1, "jailhouse: cell create: too short\n",
		      "  is the driver's to refuse without it");
	fake.ioctl_result = 0;
	config.num_memory_regions = 0;
	config.flags = JAILHOUSE_CELL_PERMISSIVE;
	file = make_file("wrong.cell", &config, sizeof(config));
	result = RUN("cell", "create", file);
	check_number(result.exit_code, 1, "a file that asks for it");
	check_contains(result.err, "no file can ask for that", "is refused");
}

/* What runs, without it */
static void test_save(void)
{
	struct {
		struct jailhouse_cell_desc cell;
		struct jailhouse_memory mem[3];
		struct jailhouse_irqchip chip;
		struct cellblock_sharing sharing;
	} __attribute__((packed)) config;
	struct jailhouse_cell_desc *saved = (void *)&config;
	const char *file;
	FILE *in;
	size_t size;

	reset();
	memset(&config, 0, sizeof(config));
	init_cell(&config.cell, "demo");
	config.cell.flags = JAILHOUSE_CELL_PERMISSIVE | JAILHOUSE_CELL_SHARES_CPUS;
	config.cell.num_memory_regions = 3;
	config.cell.num_irqchips = 1;
	config.mem[0].size = 0x1000;
	config.mem[1].flags = JAILHOUSE_MEM_LOGGED;
	config.mem[2].flags = JAILHOUSE_MEM_LOGGED;
	config.chip.pin_base = 96;
	config.sharing.cpus = 2;
	sysfs_add_cell(1, "demo", "running", "1", "");
	sysfs_write_bytes("cells/1/config", &config, sizeof(config));
	file = make_file("saved.cell", "", 0);
	check_number(RUN("cell", "save", "demo", file).exit_code, 0, "it can be saved");
	in = fopen(file, "re");
	size = in ? fread(saved, 1, sizeof(config), in) : 0;
	if (in)
		fclose(in);
	check(size == sizeof(config) - 64 && config_size(saved) == size &&
	      saved->num_memory_regions == 1 && saved->flags == JAILHOUSE_CELL_SHARES_CPUS,
	      "without what made it permissive");
	check(config_irqchips(saved)->pin_base == 96 && config_shared_cpus(saved) == 2,
	      "and with the rest");
}

static void add_permissive(const char *accesses)
{
	reset();
	add_cell("demo", 0x70000000, 0x1000);
	sysfs_write("cells/7/permissive", "1\n");
	sysfs_write("cells/7/accesses", accesses);
}

static void test_list(void)
{
	add_permissive("");
	check_contains(RUN("cell", "list").err, "cell \"demo\" is PERMISSIVE, for bring-up only: "
		       "jailhouse config suggest demo says what it needs\n", "in the list");
	check_contains(RUN("cell", "list", "--json").out,
		       "\"state\": \"running\", \"permissive\": true, ", "in JSON");
}

static void test_suggest(void)
{
	struct result result;

	add_permissive("");
	check_failure(RUN("config", "suggest", "demo"), 1, "jailhouse: config suggest: cell "
		      "\"demo\" is permissive, and has accessed nothing that it does not have\n",
		      "nothing yet");
	add_permissive("kind=read cpu=1 pc=0x10 ipa=0x9010000 size=4 made=1 count=3\n"
		       "kind=read cpu=1 pc=0x30 ipa=0x8080000 size=4 made=0 count=1\n"
		       "kind=write cpu=1 pc=0x20 ipa=0x9010008 size=4 made=1 count=1\n");
	check_output(RUN("config", "suggest", "demo"),
		     "read at 0x9010000, PC 0x10, made, 3 in this page\n"
		     "0x9010000 is of /pl031@9010000 (arm,pl031)\n"
		     "jailhouse cell create: --device /pl031@9010000\n"
		     "in a configuration: { .phys_start = 0x9010000, .virt_start = 0x9010000, "
		     ".size = 0x1000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		     "JAILHOUSE_MEM_IO },\n"
		     "read at 0x8080000, PC 0x30, not made, 1 in this page\n"
		     "0x8080000 is of /intc@8000000/its@8080000 (arm,gic-v3-its), which is the "
		     "GIC's: no cell can have it\n"
		     "write at 0x9010008, PC 0x20, made, 1 in this page\n", "each device once");
	result = RUN("config", "suggest", "--json", "demo");
	check_contains(result.out, "[\n{\"kind\": \"read\", \"address\": \"0x9010000\", "
		       "\"pc\": \"0x10\", \"owner\": \"device\", \"count\": 3, \"made\": true, ",
		       "JSON");
	check_contains(result.out, "},\n{\"kind\": \"write\"", "of all");
}

int main(void)
{
	test_create();
	test_linux();
	test_shared();
	test_others();
	test_file();
	test_save();
	test_list();
	test_suggest();
	return fixture_end();
}
