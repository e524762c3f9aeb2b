/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* enable without a configuration */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include <config/config.h>

#include "tests/fixture.h"

static const char iomem[] =
	"09000000-09000fff : pl011@9000000\n"
	"40000000-bfffffff : System RAM\n"
	"  40210000-4220ffff : Kernel code\n"
	"  b9800000-bf9fffff : reserved\n";

static void reset(void)
{
	fixture_reset();
	sysfs_copy("firmware/fdt", TREES "/virt.dtb");
	sysfs_write("iomem", iomem);
	sysfs_write("devices/system/cpu/possible", "0-1\n");
	sysfs_write("devices/system/cpu/online", "0-1\n");
}

static const struct jailhouse_system *given(void)
{
	return (const struct jailhouse_system *)fake.config;
}

static void test_enable(void)
{
	const struct jailhouse_system *sys = given();

	reset();
	check_output(RUN("enable"),
		     "Enabled on \"dummy-virt\": 2 CPUs, 2048 MiB of RAM, GICv3; hypervisor: 4 MiB "
		     "at 0x7de00000; console: /pl011@9000000\n", "enable says what it has made");
	check(fake.requests == 1 && fake.request == JAILHOUSE_ENABLE, "by one request");
	check_number((long long)sys->hypervisor_memory.phys_start, 0x7de00000,
		     "the hypervisor is in the middle of what is free");
	check_number((long long)sys->hypervisor_memory.size, 0x400000, "with what it needs");
	check(sys->platform_info.arm.gic_version == 3 &&
	      sys->platform_info.arm.gicd_base == 0x8000000 &&
	      sys->platform_info.arm.gicr_base == 0x80a0000 &&
	      sys->platform_info.arm.maintenance_irq == 25, "the GIC");
	check(sys->debug_console.type == JAILHOUSE_CON_TYPE_PL011 &&
	      sys->debug_console.address == 0x9000000, "the console");
	check_text(sys->root_cell.name, "dummy-virt", "the root cell's name");
	check_number(sys->root_cell.num_irqchips, 8, "all SPIs");
	check(sys->root_cell.num_pci_devices == 5 && !config_check_system(sys, fake.config_size),
	      "links for cells");
	/* RAM below and above; flash, ITS, UART, virtio, PCI's three */
	check_number(sys->root_cell.num_memory_regions, 2 + 7 + 5 * 4, "all regions");

	reset();
	check_output(RUN("enable", "--dry-run"),
		     "Nothing is in the way on \"dummy-virt\": 2 CPUs, 2048 MiB of RAM, GICv3; "
		     "hypervisor: 4 MiB at 0x7de00000; console: /pl011@9000000\n", "--dry-run");
	check(fake.requests == 1 && fake.request == JAILHOUSE_TRY_ENABLE, "only tries");
}

static void set_pages(u64 size)
{
	const u64 vector[] = { AT_PAGESZ, size, AT_NULL, 0 };

	sysfs_write_bytes("self/auxv", vector, sizeof(vector));
}

/* A Linux with pages of 64 KiB gives what it has as CMA, in blocks of 512 MiB. */
static void test_large_pages(void)
{
	static const char with_cma[] =
		"40000000-13fffffff : System RAM\n"
		"  40210000-4220ffff : Kernel code\n"
		"  7fff0000-9fffffff : reserved\n"
		"  b9800000-bf9fffff : reserved\n";

	reset();
	sysfs_write("iomem", with_cma);
	set_pages(0x10000);
	check_contains(RUN("enable").out, "4 MiB at 0x90000000;", "in the middle of CMA");
	fake.ioctl_result = -EBUSY;
	fake.refusals = fake.requests + 7;
	check_contains(RUN("enable").out, "4 MiB at 0xffe00000;", "or elsewhere");
	set_pages(0x1000);
	check_contains(RUN("enable").out, "4 MiB at 0xffe00000;",
		       "with small pages, that is not known to be CMA");
	sysfs_write("iomem", iomem);
	set_pages(0x10000);
	check_contains(RUN("enable").out, "4 MiB at 0x7de00000;", "without CMA as ever");
}

static void test_other_places(void)
{
	reset();
	fake.ioctl_result = -EBUSY;
	fake.refusals = 2;
	check_contains(RUN("enable").out, "4 MiB at 0x8cc00000;",
		       "memory that Linux cannot give is looked for elsewhere");
	check_number(fake.requests, 3, "at each place once");

	reset();
	fake.ioctl_result = -EBUSY;
	check_contains(RUN("enable").err, "jailhouse: enable: ", "nowhere");
	check(fake.requests > 14 && fake.requests <= 28, "there is an end of it");

	reset();
	fake.ioctl_result = -EBUSY;
	fake.reason = "it is in use";
	check_failure(RUN("enable"), 1, "jailhouse: enable: it is in use\n",
		      "a reason that is the same elsewhere");
	check_number(fake.requests, 2 + 2, "is believed, with links and without");

	reset();
	fake.ioctl_result = -EINVAL;
	fake.reason = "no";
	check_failure(RUN("enable"), 1, "jailhouse: enable: no\n", "what no other place cures");
	check_number(fake.requests, 2, "is asked once with links, and once without");

	reset();
	sysfs_write("iomem", "40000000-401fffff : System RAM\n");
	check_failure(RUN("enable"), 1,
		      "jailhouse: enable: no piece of RAM has 4 MiB that could be taken from Linux: "
		      "see \"System RAM\" and what is reserved in it in /proc/iomem\n",
		      "no memory");
}

static void test_without_links(void)
{
	struct result result;

	reset();
	fake.ioctl_result = -EINVAL;
	fake.refusals = 1;
	fake.reason = "the GIC does not take it";
	result = RUN("enable");
	check_contains(result.err, "root has no links with cells: the GIC does not take it\n",
		       "links cannot be");
	check_contains(result.out, "Enabled on \"dummy-virt\"", "which is no reason to refuse");
	check(!given()->root_cell.num_pci_devices && given()->root_cell.num_memory_regions == 2 + 7,
	      "there are none");
}

static void test_cpus(void)
{
	struct result result;

	reset();
	sysfs_write("devices/system/cpu/online", "0\n");
	result = RUN("enable");
	check_contains(result.err, "CPUs that are offline are left out and stay offline: 1\n",
		       "an offline CPU");
	check_contains(result.out, "1 CPUs", "is left out");
}

static void test_refused(void)
{
	reset();
	sysfs_write("enabled", "1\n");
	check_failure(RUN("enable"), 1, "jailhouse: enable: the hypervisor is enabled already\n",
		      "enabled");
	check_number(fake.requests, 0, "nobody was asked");

	reset();
	sysfs_write("iomem", "00000000-00000000 : System RAM\n"
			     "  00000000-00000000 : Kernel code\n");
	check_contains(RUN("enable").err,
		       "it shows no addresses: they are for the superuser only, run this as root\n",
		       "not root");
	reset();
	sysfs_write("iomem", "here is nothing\n");
	check_contains(RUN("enable").err, "it has a line that is not of the form START-END : NAME",
		       "no iomem");
	reset();
	sysfs_remove("firmware/fdt");
	check_contains(RUN("enable").err, "cannot open the device tree", "no device tree");
	sysfs_write("firmware/acpi/tables/FACP", "");
	check_contains(RUN("enable").err, "this machine was started with ACPI", "ACPI");
	sysfs_copy("firmware/fdt", TREES "/efi-stub.dtb");
	check_contains(RUN("enable").err, "this machine was started with ACPI", "ACPI and a stub");
	sysfs_remove("firmware/acpi/tables/FACP");
}

/* tests/trees.t has many more: they are read by the same code. */
static void test_trees(void)
{
	reset();
	sysfs_copy("firmware/fdt", TREES "/no-memory.dtb");
	sysfs_write("devices/system/cpu/online", "0\n");
	check_contains(RUN("enable").out, "Enabled on \"no-memory\": 1 CPUs, 2048 MiB of RAM, GICv3",
		       "without /memory: the RAM of iomem");
	sysfs_write("iomem", "09000000-09000fff : pl011@9000000\n");
	check_contains(RUN("enable").err,
		       "the RAM of this machine is not known: the device tree has no /memory with a "
		       "size, and /proc/iomem no System RAM\n", "nor in iomem");

	reset();
	sysfs_write("firmware/fdt", "\xd0\x0d\xfe\xed");
	check_contains(RUN("enable").err,
		       "firmware/fdt' is no device tree that can be read: it is shorter than a device "
		       "tree's header\n", "a truncated tree");
	check_number(fake.requests, 0, "nobody was asked");
}

int main(void)
{
	test_enable();
	test_large_pages();
	test_other_places();
	test_without_links();
	test_cpus();
	test_refused();
	test_trees();
	return fixture_end();
}
