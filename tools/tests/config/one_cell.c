/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell create without a configuration */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config/config.h>

#include "file.h"
#include "tests/fixture.h"

#define UART	"/pl011@9000000"

static const char *image;

static void reset(void)
{
	fixture_reset();
	sysfs_add_cell(0, "root", "running", "0-1", "");
	sysfs_copy("firmware/fdt", TREES "/virt.dtb");
	sysfs_write("iomem", "40000000-bfffffff : System RAM\n");
	image = make_file("image.bin", "code", 4);
}

static const struct jailhouse_cell_desc *given(void)
{
	return (const struct jailhouse_cell_desc *)fake.config;
}

static void test_create(void)
{
	const struct jailhouse_memory *mem;

	reset();
	check_output(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "16M"), "",
		     "a cell in one line");
	check(fake.requests == 1 && fake.request == JAILHOUSE_CELL_CREATE, "by one request");
	mem = config_mem_regions(given());
	check(config_is_whole(given(), fake.config_size) &&
	      config_size(given()) == fake.config_size && given()->num_memory_regions == 2 &&
	      !config_check_cell(given(), fake.config_size), "by a whole configuration");
	check_text(given()->name, "demo", "its name");
	check(config_has_cpu(given(), 1) && !config_has_cpu(given(), 0), "its CPU");
	check(mem[0].phys_start == 0x80000000 && mem[0].size == 0x1000000 && !mem[0].virt_start,
	      "its RAM is in the middle");
	check(mem[1].flags & JAILHOUSE_MEM_COMM_REGION, "its communication region");
	check(given()->flags & JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE,
	      "it prints to the hypervisor's console");

	reset();
	fake.ioctl_result = -EBUSY;
	fake.refusals = 1;
	RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "16M");
	check_number((long long)config_mem_regions(given())[0].phys_start, 0x70000000,
		     "memory that somebody has is looked for elsewhere");
	reset();
	fake.ioctl_result = -EBUSY;
	fake.reason = "CPU 1 is the last one that Linux has, it must stay";
	check_failure(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "16M"), 1,
		      "jailhouse: cell create: CPU 1 is the last one that Linux has, it must stay\n",
		      "what is not about memory is said");
	check_number(fake.requests, 2, "as soon as another place does not help");
	reset();
	RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "16M", "--console");
	check(given()->console.type == JAILHOUSE_CON_TYPE_PL011 &&
	      config_mem_regions(given())[2].phys_start == 0x9000000, "--console is Linux's UART");
}

static void test_no_place(void)
{
	reset();
	sysfs_write("iomem", "40000000-401fffff : System RAM\n");
	check_failure(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "2M"), 1,
		      "jailhouse: cell create: no piece of RAM has 2 MiB that could be taken from "
		      "Linux: see \"System RAM\" and what is reserved in it in /proc/iomem\n",
		      "no memory");
	sysfs_write("iomem", "40000000-40000fff : System RAM\n");
	check_contains(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "64K").err,
		       "no piece of RAM has 1 MiB", "nor less than a MiB");
}

static void test_start(void)
{
	reset();
	check_output(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "1M",
			 "--load", image, "--start"), "", "loaded and started");
	check(fake.requests == 3 && fake.request == JAILHOUSE_CELL_START && fake.images == 1 &&
	      fake.image[0].size == 4, "by three requests");
	reset();
	fake.only_request = JAILHOUSE_CELL_START;
	fake.ioctl_result = -EINVAL;
	fake.reason = "no";
	check_failure(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "1M",
			  "--load", image, "--start"), 1, "jailhouse: cell create: no\n",
		      "it cannot be started");
	check(fake.request == JAILHOUSE_CELL_DESTROY, "and is destroyed");
}

static const char interrupts[] =
	"           CPU0       CPU1\n"
	" 13:          5          0     GICv3  33 Level     uart-pl011\n"
	" 14:          0          0     GICv3  36 Edge      two words\n"
	" 15:          0          0   ITS-MSI  40 Edge      virtio0-config\n"
	"IPI0:         0          0       Rescheduling interrupts\n";

static struct result create_with_irq(const char *intid)
{
	return RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "1M", "--irq", "50",
		   "--irq", intid);
}

static void test_irqs(void)
{
	reset();
	sysfs_write("interrupts", interrupts);
	check_output(create_with_irq("1019"), "", "interrupts");
	check(given()->num_irqchips == 2 && config_has_irq(given(), 50) &&
	      config_has_irq(given(), 1019) && !config_check_cell(given(), fake.config_size),
	      "in two irqchips");
	check(config_irqchips(given())->address == 0x8000000, "of the GIC");
	check_number(__builtin_popcount(config_irq_word(given(), 1)), 1, "and no others");
	check_output(create_with_irq("40"), "", "a number that is another controller's");
	check_failure(create_with_irq("36"), 1, "jailhouse: cell create: Linux uses interrupt 36: "
		      "two words\n", "one that Linux uses");
	sysfs_remove("interrupts");
	check_text(create_with_irq("33").err, "jailhouse: cell create: interrupt 33 is that of "
		   UART ", which the cell does not have: with --device it has both\n",
		   "one of a device");
	reset();
	check_usage(create_with_irq("31"), "cell create", "'31' is not an interrupt that a cell can "
		    "have: INTIDs 32 to 1019 are those of devices", "a PPI");
	check_usage(create_with_irq("1020"), "cell create", "'1020' is not an interrupt that a cell "
		    "can have: INTIDs 32 to 1019 are those of devices", "a special number");
	check_usage(RUN("cell", "create", "--irq", "50", "file"), "cell create",
		    "unexpected argument 'file'", "an interrupt beside a file");
}

static struct result create_with_device(const char *path, const char *more)
{
	return RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "1M", "--device",
		   path, more);
}

static void test_device(void)
{
	const struct jailhouse_memory *mem;

	reset();
	check_output(create_with_device(UART, NULL), "", "a device");
	mem = config_mem_regions(given()) + 2;
	check(mem->phys_start == 0x9000000 && mem->virt_start == 0x9000000 && mem->size == 0x1000 &&
	      mem->flags == (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO),
	      "its registers, for the cell alone");
	check(config_has_irq(given(), 33) && given()->num_irqchips == 1, "its interrupt");
	check_output(create_with_device("serial0", "--irq=33"), "",
		     "by its alias, with its interrupt named");
	check_output(create_with_device("/virtio_mmio@a000000", "--allow-dma"), "", "one with DMA");
	check_failure(create_with_device("/virtio_mmio@a000000", NULL), 1, "jailhouse: cell create: "
		      "/virtio_mmio@a000000 may do DMA, and then reaches all memory, as no IOMMU is "
		      "used yet: --allow-dma if the cell may do that\n", "without leave");
	sysfs_write("interrupts", interrupts);
	check_failure(create_with_device(UART, NULL), 1, "jailhouse: cell create: Linux uses "
		      "interrupt 33: uart-pl011\n", "one whose interrupt Linux uses");
}

static void test_driver(void)
{
	reset();
	sysfs_write("bus/platform/devices/other/uevent", "DRIVER=x\nOF_FULLNAME=/other\n");
	sysfs_write("bus/amba/devices/9000000.pl011/uevent",
		    "OF_NAME=pl011\nOF_FULLNAME=" UART "\n");
	check_output(create_with_device(UART, NULL), "", "no driver has it");
	sysfs_write("bus/amba/devices/9000000.pl011/uevent",
		    "DRIVER=uart-pl011\nOF_NAME=pl011\nOF_FULLNAME=" UART "\n");
	check_failure(create_with_device(UART, NULL), 1, "jailhouse: cell create: Linux's driver "
		      "uart-pl011 has " UART ", and cannot be unbound: start Linux without it, or "
		      "with the device's status \"disabled\"\n", "one that cannot be unbound");
	sysfs_write("bus/amba/drivers/uart-pl011/unbind", "");
	check_failure(create_with_device(UART, NULL), 1, "jailhouse: cell create: Linux's driver "
		      "uart-pl011 has " UART "; to take it away: echo 9000000.pl011 "
		      ">/sys/bus/amba/drivers/uart-pl011/unbind\n", "one that can");
}

/* Created by words, saved, and created by the file: the same. */
static void test_save(void)
{
	unsigned char first[sizeof(fake.config)];
	size_t size;

	reset();
	create_with_device(UART, NULL);
	size = fake.config_size;
	memcpy(first, fake.config, size);
	((struct jailhouse_cell_desc *)fake.config)->id = 1;
	sysfs_add_cell(1, "demo", "running", "1", "");
	sysfs_write_bytes("cells/1/config", fake.config, size);
	check_output(RUN("cell", "save", "demo", image), "", "a cell's configuration is saved");
	check_output(RUN("cell", "create", image), "", "and it is created with it");
	check(fake.config_size == size && !memcmp(fake.config, first, size), "which is the same");
	check_contains(RUN("cell", "save", "1", "/nowhere/file").err,
		       "cannot write '/nowhere/file': No such file", "no such folder");
	check_contains(RUN("cell", "save", "2", image).err, "no cell has the id 2", "no such cell");
	sysfs_remove("cells/1/config");
	check_contains(RUN("cell", "save", "1", image).err, "cannot open the configuration",
		       "no configuration");
	reset();
	check_usage(RUN("cell", "save", "1"), "cell save", "no file given", "no file");
}

/* All of it is kept, also what is where a cell has its number. */
static void test_save_system(void)
{
	void *before = NULL, *after = NULL;
	size_t size, saved;

	reset();
	RUN("config", "create", "--dtb", TREES "/virt.dtb", "--binary", image);
	file_read("configuration", image, &before, &size);
	((struct jailhouse_cell_desc *)before)->id = 1;
	sysfs_write_bytes("cells/0/config", before, size);
	check_output(RUN("cell", "save", "0", image), "", "the system's configuration is saved");
	file_read("configuration", image, &after, &saved);
	check(saved == size && !memcmp(after, before, size), "as it is");
	free(before);
	free(after);
}

static struct result create_linked(const char *name, const char *option, const char *peer)
{
	return RUN("cell", "create", "--name", name, "--cpus", "1", "--ram", "1M", option, peer);
}

/* The cell that was created last runs from now on. */
static void run_last(unsigned int id)
{
	char path[64];

	sysfs_add_cell(id, given()->name, "running", "1", "");
	snprintf(path, sizeof(path), "cells/%u/config", id);
	sysfs_write_bytes(path, fake.config, fake.config_size);
}

static void enable_made(void)
{
	reset();
	RUN("config", "create", "--dtb", TREES "/virt.dtb", "--binary", image);
	sysfs_copy("cells/0/config", image);
}

static u64 link_place(const struct jailhouse_cell_desc *desc)
{
	u32 table = config_pci_devices(desc)->shmem_regions_start;

	return config_mem_regions(desc)[table].phys_start;
}

/* Linux gives no parts of its pages, which have up to 64 KiB. */
static bool is_in_large_pages(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int n;

	for (n = config_pci_devices(desc)->shmem_regions_start; n < desc->num_memory_regions; n++)
		if ((mem[n].phys_start | mem[n].size) % 0x10000)
			return false;
	return true;
}

static void check_join(const struct jailhouse_cell_desc *first)
{
	check_contains(create_linked("c", "--shmem", "a").err, "cell \"a\" has no link of that kind "
		       "and size with a free end for \"c\"", "it is not for a third cell");
	check_output(create_linked("b", "--shmem", "a"), "", "the other end");
	check(config_pci_devices(given())->shmem_dev_id == 1 &&
	      link_place(given()) == link_place(first), "of the same memory, as peer 1");
	check(given()->vpci_irq_base != first->vpci_irq_base, "with interrupts of its own");
	check_contains(create_linked("b", "--net", "a").err, "cell \"a\" has no link of that kind "
		       "and size with a free end for \"b\": it has to be created with --net b",
		       "another kind");
	check_contains(create_linked("b", "--shmem", "a:4K").err, "has no link", "another size");
	create_linked("b", "--shmem", "a");
	run_last(2);
	check_contains(create_linked("c", "--shmem", "a").err, "has no link", "no end is free");
}

static void test_links(void)
{
	unsigned char bytes[sizeof(fake.config)];
	const struct jailhouse_cell_desc *first = (void *)bytes;
	const struct jailhouse_memory *ram;

	enable_made();
	check_contains(create_linked("a", "--shmem", "b:8K").err, "there is no cell \"b\" yet: the "
		       "link is a new one, which it can join", "a link for a cell that comes later");
	memcpy(bytes, fake.config, sizeof(bytes));
	ram = config_mem_regions(first);
	check(first->num_pci_devices == 1 && config_pci_devices(first)->shmem_dev_id == 0 &&
	      link_place(first) == ram->phys_start + ram->size, "beside its RAM, as peer 0");
	check(!config_check_cell(first, fake.config_size), "it can be");
	run_last(1);
	check_join(first);
	check_contains(create_linked("c", "--net", "d").err, "no cell \"d\" yet", "another link");
	check(is_in_large_pages(given()), "in whole pages of Linux, whatever their size");
	create_linked("c", "--shmem", "d");
	check(is_in_large_pages(given()), "as is memory that is shared");
	create_linked("c", "--net", "d");
	check(config_pci_devices(given())->bdf == 1 << 3 &&
	      config_pci_devices(given())->shmem_protocol == JAILHOUSE_SHMEM_PROTO_VETH,
	      "with an address of its own");
	sysfs_remove("cells/1");
	check_contains(create_linked("c", "--shmem", "b").err, "has no link", "who goes keeps its place");
	check_output(create_linked("a", "--shmem", "b"), "", "who went comes back");
	check(config_pci_devices(given())->shmem_dev_id == 0 &&
	      link_place(given()) == link_place(first), "as the peer that it was");
	reset();
	check_usage(create_linked("a", "--shmem", "b:5000"), "cell create", "'5000' is not the "
		    "size of a link: a multiple of 4K, up to 2G", "a size that is none");
	check_usage(create_linked("a", "--net", "a"), "cell create", "'a' cannot be its own peer",
		    "itself");
	check_usage(create_linked("a", "--shmem", ":4K"), "cell create", "'' is not the name of a "
		    "cell", "no peer");
}

static struct result create_sharing(const char *share, const char *more, const char *even_more)
{
	return RUN("cell", "create", "--no-cpuset", "--name", "demo", "--ram", "1M", "--share",
		   share, more, even_more);
}

static void check_sharing(const char *what)
{
	check(given()->flags & JAILHOUSE_CELL_SHARES_CPUS &&
	      config_size(given()) == fake.config_size &&
	      !config_check_cell(given(), fake.config_size), what);
}

static void test_share(void)
{
	const struct cellblock_sharing *sharing;

	reset();
	check_output(create_sharing("0-1", NULL, NULL), "", "shared CPUs");
	check_sharing("a whole configuration");
	sharing = config_sharing(given());
	check(!config_cpu_bits(given()) && sharing->cpus == 3, "and none of its own");
	check(sharing->policy == CELLBLOCK_SHARE_PRIORITY && sharing->budget == 95000 &&
	      sharing->period == 100000, "95 % of 100 ms");
	reset();
	check_output(create_sharing("0:500/1ms", "--cpus=1", NULL), "", "a budget");
	check_sharing("a whole configuration with it");
	sharing = config_sharing(given());
	check(config_cpu_bits(given()) == 2 && sharing->budget == 500 && sharing->period == 1000,
	      "and CPUs of its own");
	reset();
	check_output(RUN("cell", "create", "--no-cpuset", "--name", "demo", "--ram", "1M", "--slot",
			 "0+200us", "--cyclic", "10ms", "--share", "1", "--slot", "1ms+3ms",
			 "--defer", "20us"), "",
		     "a plan");
	check_sharing("a whole configuration with a plan");
	sharing = config_sharing(given());
	check(sharing->policy == CELLBLOCK_SHARE_CYCLIC && sharing->period == 10000 &&
	      sharing->num_slots == 2 && !sharing->slots[0].start &&
	      sharing->slots[0].length == 200 && sharing->slots[1].start == 1000 &&
	      sharing->slots[1].length == 3000 && sharing->defer == 20, "of two slots");
	check_contains(create_sharing("2", NULL, NULL).err, "this machine has no CPUs 2: it has 0-1",
		       "a CPU that is not there");
}

static void check_file(const char *path, const char *expected, const char *what)
{
	char full[128], text[32] = "";
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", fake.sysfs_root, path);
	file = fopen(full, "r");
	if (file && fread(text, 1, sizeof(text) - 1, file))
		check_text(text, expected, what);
	else
		check(false, what);
	if (file)
		fclose(file);
}

static struct result create_with_cpuset(const char *share)
{
	return RUN("cell", "create", "--name", "demo", "--ram", "1M", "--share", share);
}

/* cgroup v2 is a folder here, where files come by being written. */
static void test_cpuset(void)
{
	static const char none[] = "jailhouse: cell create: any thread may run on the shared CPUs "
				   "0-1: there is no cpuset of cgroup v2 for them (--no-cpuset: do "
				   "without)\n";
	char mounts[160], line[192];

	reset();
	check_text(create_with_cpuset("0-1").err, none, "no /proc/mounts");
	sysfs_write("mounts", "none /sys/fs/cgroup cgroup rw 0 0\n");
	check_text(create_with_cpuset("0-1").err, none, "no cgroup v2");
	sysfs_write("group/cgroup.subtree_control", "");
	snprintf(mounts, sizeof(mounts), "tmp /tmp tmpfs rw 0 0\nnone %s/group cgroup2 rw 0 0\n",
		 fake.sysfs_root);
	sysfs_write("mounts", mounts);
	snprintf(line, sizeof(line), "jailhouse: cell create: only threads in %s/group/"
		 "cellblock-cpu1 run on CPU 1 now\n", fake.sysfs_root);
	check_text(create_with_cpuset("1").err, line, "a partition");
	check_file("group/cellblock-cpu1/cpuset.cpus", "1", "  of the CPU");
	check_file("group/cellblock-cpu1/cpuset.cpus.partition", "root", "  by itself");
	check_file("group/cgroup.subtree_control", "+cpuset", "  which the root allows");
	sysfs_add_cell(1, "demo", "running", "", "");
	sysfs_write("cells/1/cpus_shared_list", "1\n");
	check_output(RUN("cell", "destroy", "other"), "", "another cell goes");
	sysfs_write("cells/1/cpus_shared_list", "\n");
	sysfs_write("group/cellblock-cpu1/cgroup.procs", "12\n");
	snprintf(line, sizeof(line), "jailhouse: cell destroy: cannot remove %s/group/cellblock-cpu1, "
		 "which keeps threads off CPU 1: Directory not empty\n", fake.sysfs_root);
	check_text(RUN("cell", "destroy", "demo").err, line, "the last one that shares it goes");
	check_file("group/cgroup.procs", "12\n", "  and who was there runs elsewhere");
}

static void refused_to_share(const char *message, const char *share, const char *more,
			     const char *even_more)
{
	reset();
	check_usage(create_sharing(share, more, even_more), "cell create", message, message);
	check_number(fake.requests, 0, "  and nothing is asked of the driver");
}

static void test_share_words(void)
{
	static const char budget[] = "--share has a budget and its period, such as 1:500/1000 or "
				     "1:2ms/10ms, at most 10 s";
	static const char slot[] = "--slot has a start in the frame and a length, such as 0+500 or "
				   "1ms+200us";
	static const char *const budgets[] = { "1:", "1:5", "1:5/", "1:/5", "1:0/5", "1:-1/5",
					       "1:5/x", "1:5ns/9ns", "1:5/11s",
					       "1:5/10000001" };
	static const char *const slots[] = { "--slot=", "--slot=5", "--slot=+5", "--slot=5+",
					     "--slot=5/5", "--slot=1+5m" };
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(budgets); n++)
		refused_to_share(budget, budgets[n], NULL, NULL);
	for (n = 0; n < ARRAY_SIZE(slots); n++)
		refused_to_share(slot, "1", "--cyclic=1ms", slots[n]);
	refused_to_share("'x' is not a list of CPUs such as 2-3,5", "x:5/10", NULL, NULL);
	refused_to_share("--cyclic has a period, such as 1000 or 1ms, at most 10 s", "1",
			 "--cyclic=1min", "--slot=0+20");
	refused_to_share("--defer has a time, such as 20 or 20us, at most 1 ms", "1", "--defer=x",
			 NULL);
	refused_to_share("a cyclic plan needs --cyclic and --slot", "1", "--cyclic=1ms", NULL);
	refused_to_share("a cyclic plan needs --cyclic and --slot", "1", "--slot=0+20", NULL);
	refused_to_share("a cyclic plan has slots, no budget: --share with the CPUs alone",
			 "1:20/1000", "--cyclic=1ms", "--slot=0+20");
	reset();
	check_usage(RUN("cell", "create", "--name", "demo", "--ram", "1M", "--cpus", "1",
			"--cyclic", "1ms"), "cell create",
		    "--cyclic, --slot and --defer are for the CPUs of --share",
		    "a plan for nothing");
}

static void refused(const char *message, const char *cpus, const char *ram, const char *name)
{
	reset();
	check_usage(RUN("cell", "create", "--name", name, "--cpus", cpus, "--ram", ram),
		    "cell create", message, message);
}

/* Is it what root has at @bdf, with the same memory? */
static bool joins_root(u16 bdf)
{
	const struct jailhouse_pci_device *dev = config_pci_devices(given());
	const struct jailhouse_cell_desc *root;
	const struct jailhouse_pci_device *other;
	const struct jailhouse_system *system;
	bool joined = false;
	void *file = NULL;
	size_t size;

	file_read("configuration", image, &file, &size);
	system = file;
	root = &system->root_cell;
	for_each_link(other, root)
		if (other->bdf == dev->bdf)
			joined = dev->bdf == bdf && dev->shmem_dev_id == 1 &&
				 link_place(given()) == config_mem_regions(root)
					[other->shmem_regions_start].phys_start &&
				 given()->vpci_irq_base >= root->vpci_irq_base + 4;
	free(file);
	return joined && !config_check_cell(given(), fake.config_size);
}

static void test_root_links(void)
{
	enable_made();
	check_output(create_linked("a", "--shmem", "root"), "", "a link with root");
	check(joins_root(31 << 3), "which its configuration has");
	check(is_in_large_pages(given()), "in whole pages of Linux");
	run_last(1);
	check_output(create_linked("b", "--shmem", "dummy-virt"), "", "by its name");
	check(joins_root(30 << 3), "another one");
	check_output(create_linked("b", "--net", "root"), "", "Ethernet");
	check(joins_root(27 << 3), "with root");
	run_last(2);
	check_contains(create_linked("c", "--net", "root").err, "root has no link of that kind and "
		       "size with a free end: its configuration has to have one when", "only one");
	check_contains(create_linked("c", "--shmem", "root:4K").err, "root has no link",
		       "nor of another size");
	check_contains(RUN("config", "create", "--cell", "--dtb", TREES "/virt.dtb", "--name", "a",
			   "--cpus", "1", "--ram", "1M", "--shmem", "root", "-").err,
		       "links with root are those of its configuration, which is not known here: "
		       "enable the hypervisor first", "of another machine");
}

static void test_words(void)
{
	reset();
	check_usage(RUN("cell", "create", "--name", "demo"), "cell create",
		    "a cell without a configuration needs --name, --cpus or --share, and --ram",
		    "less than there must be");
	check_usage(RUN("cell", "create", "--name", "demo", "file"), "cell create",
		    "unexpected argument 'file'", "a file too");
	refused("'2-1' is not a list of CPUs such as 2-3,5", "2-1", "1M", "demo");
	refused("'1,64' is not a list of CPUs such as 2-3,5", "1,64", "1M", "demo");
	refused("'1,' is not a list of CPUs such as 2-3,5", "1,", "1M", "demo");
	refused("'0-' is not a list of CPUs such as 2-3,5", "0-", "1M", "demo");
	refused("'1--3' is not a list of CPUs such as 2-3,5", "1--3", "1M", "demo");
	refused("'x' is not a list of CPUs such as 2-3,5", "x", "1M", "demo");
	refused("'0' is not a size of RAM: a multiple of 4K such as 64M, up to 2G", "1", "0",
		"demo");
	refused("'1' is not a size of RAM: a multiple of 4K such as 64M, up to 2G", "1", "1",
		"demo");
	refused("'4G' is not a size of RAM: a multiple of 4K such as 64M, up to 2G", "1", "4G",
		"demo");
	refused("the name '' does not have 1 to 31 characters", "1", "1M", "");
	reset();
	check_usage(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "1M",
			"--start"), "cell create", "--start needs --load", "nothing to start");
	sysfs_write("enabled", "0\n");
	check_contains(RUN("cell", "create", "--name", "demo", "--cpus", "1", "--ram", "1M").err,
		       "the hypervisor is not enabled", "not enabled");
}

int main(void)
{
	test_create();
	test_no_place();
	test_start();
	test_irqs();
	test_device();
	test_driver();
	test_save();
	test_save_system();
	test_links();
	test_root_links();
	test_words();
	test_share();
	test_share_words();
	test_cpuset();
	return fixture_end();
}
