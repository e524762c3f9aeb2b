/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* config suggest: whose the address is that a cell has failed at, and what would allow it */

#include <stdio.h>
#include <string.h>

#include "tests/fixture.h"

#define FAULT(kind, address) \
	"kind=" kind " time=1 cpu=1 pc=0x24f8 lr=0x0 sp=0x0 pstate=0x5 esr=0x93c08046 " \
	"far=0x0 ipa=" address "\n"
#define MIB		0x100000ULL
#define RAM_FLAGS (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | \
		   JAILHOUSE_MEM_LOADABLE)

static void add_config(unsigned int id, const char *name, u64 phys, u64 size)
{
	struct {
		struct jailhouse_cell_desc cell;
		struct jailhouse_memory mem[3];
	} __attribute__((packed)) config;
	char path[64];

	memset(&config, 0, sizeof(config));
	init_cell(&config.cell, name);
	config.cell.num_memory_regions = 3;
	config.mem[0] = (struct jailhouse_memory){ phys, 0, size, RAM_FLAGS };
	config.mem[1] = (struct jailhouse_memory){ phys + size, 0x60000000, 0x1000,
						   JAILHOUSE_MEM_READ };
	config.mem[2] = (struct jailhouse_memory){ 0xb000000, 0xb000000, 0x1000,
						   JAILHOUSE_MEM_READ | JAILHOUSE_MEM_REMOTE };
	sysfs_add_cell(id, name, "failed", "1", "1");
	snprintf(path, sizeof(path), "cells/%u/config", id);
	sysfs_write_bytes(path, &config, sizeof(config));
}

static void reset(void)
{
	struct jailhouse_system system;

	fixture_reset();
	sysfs_add_cell(0, "root", "running", "0", "");
	init_system(&system);
	system.hypervisor_memory.phys_start = 0x7fc00000;
	system.hypervisor_memory.size = 0x400000;
	init_cell(&system.root_cell, "root");
	sysfs_write_bytes("cells/0/config", &system, sizeof(system));
	add_config(1, "demo", 0x70000000, MIB);
	add_config(2, "other", 0x78000000, MIB);
	sysfs_copy("firmware/fdt", TREES "/virt.dtb");
	sysfs_write("iomem", "40000000-bfffffff : System RAM\n");
}

static struct result after(const char *fault)
{
	reset();
	sysfs_write("cells/1/fault", fault);
	return RUN("config", "suggest", "demo");
}

static void test_devices(void)
{
	check_output(after(FAULT("read", "0xa000004")),
		     "read at 0xa000004, PC 0x24f8\n"
		     "0xa000004 is of /virtio_mmio@a000000 (virtio,mmio)\n"
		     "jailhouse cell create: --device /virtio_mmio@a000000 --allow-dma\n"
		     "in a configuration: { .phys_start = 0xa000000, .virt_start = 0xa000000, "
		     ".size = 0x1000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		     "JAILHOUSE_MEM_IO },\n", "a device");
	sysfs_write("bus/platform/devices/a.virtio/uevent",
		    "DRIVER=virtio-mmio\nOF_FULLNAME=/virtio_mmio@a000000\n");
	sysfs_write("bus/platform/drivers/virtio-mmio/unbind", "");
	check_contains(RUN("config", "suggest", "1").out, "Linux's driver virtio-mmio has it\n",
		       "its driver");
	check_contains(RUN("config", "suggest", "1").out, "to take it from Linux: echo a.virtio "
		       ">/sys/bus/platform/drivers/virtio-mmio/unbind\n", "and how to take it");
	check_contains(after(FAULT("write", "0x9000000")).out, "jailhouse cell create: --console\n"
		       "in a configuration: { .phys_start = 0x9000000, .virt_start = 0x9000000, "
		       ".size = 0x1000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		       "JAILHOUSE_MEM_IO | JAILHOUSE_MEM_ROOTSHARED },\n", "Linux's UART");
	check_output(after(FAULT("read", "0x8080000")),
		     "read at 0x8080000, PC 0x24f8\n0x8080000 is of /intc@8000000/its@8080000 "
		     "(arm,gic-v3-its), which is the GIC's: no cell can have it\n", "the GIC");
}

static void test_memory(void)
{
	check_output(after(FAULT("write", "0x100000")),
		     "write at 0x100000, PC 0x24f8\n"
		     "0x100000 is just above the cell's RAM, which ends at 0x100000\n"
		     "jailhouse cell create: --ram 2M\n"
		     "in a configuration: { .phys_start = 0x70000000, .virt_start = 0x0, "
		     ".size = 0x200000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		     "JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE },\n", "the end of RAM");
	check_output(after(FAULT("write", "0x60000008")),
		     "write at 0x60000008, PC 0x24f8\n"
		     "0x60000008 is in a region of the cell that allows no write\n"
		     "in a configuration: { .phys_start = 0x70100000, .virt_start = 0x60000000, "
		     ".size = 0x1000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE },\n",
		     "its own, read-only");
	check_output(after(FAULT("read", "0x60000008")),
		     "read at 0x60000008, PC 0x24f8\n0x60000008 is in a region of the cell that "
		     "allows a read, but not of this width or alignment\n", "a width");
	check_output(after(FAULT("write", "0xb000008")),
		     "write at 0xb000008, PC 0x24f8\n"
		     "0xb000008 is in a region of the cell that allows no write\n"
		     "in a configuration: { .phys_start = 0xb000000, .virt_start = 0xb000000, "
		     ".size = 0x1000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		     "JAILHOUSE_MEM_REMOTE },\n", "a window, read-only");
	check_output(after(FAULT("fetch", "0xb000008")),
		     "fetch at 0xb000008, PC 0x24f8\n0xb000008 is in a window of the cell: "
		     "nothing is executed there\n", "code in a window");
	check_contains(after(FAULT("fetch", "0x50000123")).out, "0x50000123 is RAM of Linux, which "
		       "has to give it away: a cell that 'cell create' makes has its own from 0 on\n"
		       "in a configuration: { .phys_start = 0x50000000, .virt_start = 0x50000000, "
		       ".size = 0x1000, .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | "
		       "JAILHOUSE_MEM_EXECUTE },\n", "Linux's RAM");
	check_output(after(FAULT("read", "0x7fc00000")),
		     "read at 0x7fc00000, PC 0x24f8\n0x7fc00000 is of the hypervisor, whose memory "
		     "no cell can have\n", "the hypervisor's");
	check_output(after(FAULT("read", "0x78000010")),
		     "read at 0x78000010, PC 0x24f8\n"
		     "0x78000010 is of the cell \"other\": cells share "
		     "memory by links, see --shmem\n", "another cell's");
	check_output(after(FAULT("read", "0xfffffff000")),
		     "read at 0xfffffff000, PC 0x24f8\n0xfffffff000 is nobody's by the device tree\n",
		     "nobody's");
}

/* 128 MiB of RAM end below the GIC and the UART, and hide the flash. */
static void test_large(void)
{
	reset();
	add_config(1, "demo", 0x70000000, 128 * MIB);
	sysfs_write("cells/1/fault", FAULT("read", "0x9000018"));
	check_contains(RUN("config", "suggest", "demo").out, "0x9000018 is of /pl011@9000000 ",
		       "a device is not taken for missing RAM");
	sysfs_write("cells/1/fault", FAULT("read", "0x9100000"));
	check_contains(RUN("config", "suggest", "demo").out, "jailhouse cell create: --ram 146M\n",
		       "where there is none it is RAM");
}

static void test_json(void)
{
	after(FAULT("read", "0x78000010"));
	check_output(RUN("config", "suggest", "--json", "demo"),
		     "{\"kind\": \"read\", \"address\": \"0x78000010\", \"pc\": \"0x24f8\", "
		     "\"owner\": \"cell\", "
		     "\"text\": \"of the cell \\\"other\\\": cells share memory by "
		     "links, see --shmem\", "
		     "\"path\": null, \"compatible\": null, "
		     "\"driver\": null, \"unbind\": null, \"option\": null, \"region\": null}\n",
		     "JSON");
}

static void test_no_access(void)
{
	check_failure(after(""), 1, "jailhouse: config suggest: cell \"demo\" has not failed by an "
		      "access: it has no failure\n", "no failure");
	sysfs_write("cells/1/failure", "watchdog: no kick for 500 ms\n");
	sysfs_write("cells/1/fault", "kind=watchdog time=1 cpu=3 pc=0x1a50 lr=0x0 sp=0x0\n");
	check_failure(RUN("config", "suggest", "demo"), 1, "jailhouse: config suggest: cell "
		      "\"demo\" has not failed by an access: watchdog: no kick for 500 ms\n",
		      "a watchdog");
	check_text(RUN("cell", "list").err, "jailhouse: cell list: cell \"demo\" has failed: "
		   "watchdog: no kick for 500 ms (0 restarts)\n", "cell list names no command");
	sysfs_write("cells/1/fault", FAULT("read", "0x1000"));
	check_contains(RUN("cell", "list").err, "jailhouse: cell list: jailhouse config suggest demo "
		       "says what would allow it\n", "of an access it does");
}

int main(void)
{
	test_devices();
	test_memory();
	test_large();
	test_json();
	test_no_access();
	return fixture_end();
}
