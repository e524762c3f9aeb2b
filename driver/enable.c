// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/arm-smccc.h>
#include <linux/cpu.h>
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "compat.h"
#include "driver.h"

#define IMAGE_NAME	"jailhouse.bin"
/* above all physical addresses */
#define PHYS_END	(1ULL << 52)

static int absent_cpu = -1;
module_param(absent_cpu, int, 0644);
MODULE_PARM_DESC(absent_cpu, "For tests: this CPU stays away when the hypervisor takes over, so that enabling fails (default -1: none)");

/* Memory taken beside that of the hypervisor. */
struct kept_memory {
	struct list_head node;
	u64 start, size;
	enum hvmem_use use;
};

static struct {
	const void __user *user_config;
	struct jailhouse_system *config;
	size_t config_size;
	const struct firmware *image;
	struct cellblock_header *header;	/* start of the memory */
	const struct cellblock_shared *shared;
	struct list_head kept;
	int result[CELLBLOCK_MAX_CPUS];
} hv = {
	.kept = LIST_HEAD_INIT(hv.kept),
};

const struct jailhouse_system *enable_config(void)
{
	return hv.config;
}

/* The steps of enabling, each with what undoes it */

static int get_module(struct jailhouse_error *err)
{
	if (!try_module_get(THIS_MODULE))
		return error_set(err, -ENODEV, "the driver is being removed");
	return 0;
}

static void put_module(void)
{
	module_put(THIS_MODULE);
}

static int read_config(struct jailhouse_error *err)
{
	return config_read_system(hv.user_config, &hv.config, &hv.config_size,
				  err);
}

static void free_config(void)
{
	kfree(hv.config);
	hv.config = NULL;
}

/*
 * Linux calls its firmware by SMC if it was started at EL2, by HVC if something
 * else is there. Firmware before SMCCC 1.1 leaves it to the device tree.
 */
static bool calls_by_smc(void)
{
	struct device_node *psci;
	const char *method;
	bool smc = false;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_NONE)
		return arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_SMC;
	psci = of_find_node_by_name(NULL, "psci");
	if (!of_property_read_string(psci, "method", &method))
		smc = !strcmp(method, "smc");
	of_node_put(psci);
	return smc;
}

static int check_el2(struct jailhouse_error *err)
{
	if (is_kernel_in_hyp_mode())
		return error_set(err, -ENODEV, "Linux itself runs at EL2 (VHE): start it with the kernel parameter kvm-arm.mode=nvhe");
	if (!calls_by_smc() || !(read_sysreg(id_aa64pfr0_el1) >> 8 & 0xf))
		return error_set(err, -ENODEV, "Linux does not have EL2: it was started at EL1, as a guest or by its firmware (with QEMU: -M virt,virtualization=on)");
	return 0;
}

static bool is_image(const struct firmware *image)
{
	const struct cellblock_header *header = (const void *)image->data;

	return image->size >= sizeof(*header) &&
		!memcmp(header->signature, CELLBLOCK_SIGNATURE,
			sizeof(header->signature));
}

/* Can the rest of the header be believed? */
static bool is_sound(const struct cellblock_header *header, size_t size)
{
	return header->image_size == size &&
		PAGE_ALIGNED(header->core_size | header->shared_offset) &&
		header->core_size >= size && header->core_size < PHYS_END &&
		header->entry < size &&
		header->shared_offset < header->core_size &&
		header->core_size - header->shared_offset >=
			sizeof(struct cellblock_shared);
}

static int check_image(const struct firmware *image, struct jailhouse_error *err)
{
	const struct cellblock_header *header = (const void *)image->data;
	u64 needed, size = hv.config->hypervisor_memory.size;

	if (!is_image(image))
		return error_set(err, -EINVAL, "the firmware file " IMAGE_NAME " is not an image of this hypervisor");
	if (header->revision != CELLBLOCK_LOADER_REVISION ||
	    strncmp(header->version, CELLBLOCK_VERSION, sizeof(header->version)))
		return error_set(err, -EINVAL, "the firmware file " IMAGE_NAME " is of version %.64s (interface %u), this driver of version %s (interface %u): install both from one build",
				 header->version, header->revision,
				 CELLBLOCK_VERSION, CELLBLOCK_LOADER_REVISION);
	if (!is_sound(header, image->size))
		return error_set(err, -EINVAL, "the firmware file " IMAGE_NAME " is damaged: install it again");
	needed = header->core_size + hv.config_size;
	if (needed > size)
		return error_set(err, -ENOMEM, "hypervisor memory of %llu KiB is too small: image and configuration alone take %llu KiB",
				 size >> 10, DIV_ROUND_UP(needed, 1024));
	return 0;
}

static void release_image(void)
{
	release_firmware(hv.image);
	hv.image = NULL;
}

static int get_image(struct jailhouse_error *err)
{
	int ret;

	ret = firmware_request_nowarn(&hv.image, IMAGE_NAME, sysfs_device());
	if (ret)
		return error_set(err, ret, "the kernel did not find the hypervisor image " IMAGE_NAME " (error %d): install it in /lib/firmware",
				 ret);
	ret = check_image(hv.image, err);
	if (ret)
		release_image();
	return ret;
}

static int claim_cpus(struct jailhouse_error *err)
{
	struct cpumask cpus;
	int ret;

	ret = config_cpus(&hv.config->root_cell, &cpus, err);
	return ret ? ret : cpus_init(&cpus, err);
}

static int take_memory(struct jailhouse_error *err)
{
	const struct jailhouse_memory *mem = &hv.config->hypervisor_memory;
	int ret;

	ret = hvmem_take(mem->phys_start, mem->size, HVMEM_HYPERVISOR,
			 "the hypervisor", err);
	if (ret)
		return ret;
	hv.header = memremap(mem->phys_start, mem->size, MEMREMAP_WB);
	if (hv.header)
		return 0;
	hvmem_give(mem->phys_start, mem->size, HVMEM_HYPERVISOR);
	return error_set(err, -ENOMEM, "cannot map the hypervisor memory");
}

static void give_memory(void)
{
	const struct jailhouse_memory *mem = &hv.config->hypervisor_memory;

	memunmap(hv.header);
	hvmem_give(mem->phys_start, mem->size, HVMEM_HYPERVISOR);
}

static int keep_memory(u64 start, u64 end, enum hvmem_use use,
		       const char *owner, struct jailhouse_error *err)
{
	struct kept_memory *kept = kzalloc(sizeof(*kept), GFP_KERNEL);
	int ret;

	if (!kept)
		return error_set(err, -ENOMEM, "no memory to keep track of memory");
	ret = hvmem_take(start, end - start, use, owner, err);
	if (ret) {
		kfree(kept);
		return ret;
	}
	kept->start = start;
	kept->size = end - start;
	kept->use = use;
	list_add(&kept->node, &hv.kept);
	return 0;
}

static void give_kept_memory(void)
{
	struct kept_memory *kept, *next;

	list_for_each_entry_safe(kept, next, &hv.kept, node) {
		hvmem_give(kept->start, kept->size, kept->use);
		list_del(&kept->node);
		kfree(kept);
	}
}

/* Does the region contain @at? *@end is lowered to where that changes. */
static bool contains(const struct jailhouse_memory *mem, u64 at, u64 *end)
{
	if (at < mem->phys_start) {
		*end = min(*end, mem->phys_start);
		return false;
	}
	if (at - mem->phys_start >= mem->size)
		return false;
	if (mem->size - (at - mem->phys_start) < *end - at)
		*end = mem->phys_start + mem->size;
	return true;
}

/* Does @at belong to root or the hypervisor? *@end as above. */
static bool is_given(u64 at, u64 *end)
{
	const struct jailhouse_cell_desc *root = &hv.config->root_cell;
	const struct jailhouse_memory *mem = config_mem_regions(root);
	bool given;
	u32 i;

	given = contains(&hv.config->hypervisor_memory, at, end);
	for (i = 0; i < root->num_memory_regions; i++, mem++)
		if (mem->size && !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
		    !(mem->flags & JAILHOUSE_MEM_COMM_REGION))
			given |= contains(mem, at, end);
	return given;
}

/* What of Linux's RAM root shall not have is for cells. */
static int keep_from_root(struct jailhouse_error *err)
{
	struct jailhouse_error why;
	u64 at, end;
	int ret;

	for (at = 0; at < PHYS_END; at = end) {
		end = PHYS_END;
		if (!ram_is_linux(at, &end) || is_given(at, &end))
			continue;
		ret = keep_memory(at, end, HVMEM_KEPT, "cells", &why);
		if (ret)
			return error_set(err, ret, "the configuration does not give all RAM to root: %s",
					 why.text);
	}
	return 0;
}

static bool is_ivshmem(u32 region)
{
	const struct jailhouse_cell_desc *root = &hv.config->root_cell;
	const struct jailhouse_pci_device *dev = config_pci_devices(root);
	u32 i;

	/* state table, read/write section, and an output section per peer */
	for (i = 0; i < root->num_pci_devices; i++, dev++)
		if (dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM &&
		    region >= dev->shmem_regions_start &&
		    region - dev->shmem_regions_start < 2U + dev->shmem_peers)
			return true;
	return false;
}

/* Linux must not use the memory that root shares with cells as its own. */
static int keep_shared(struct jailhouse_error *err)
{
	const struct jailhouse_cell_desc *root = &hv.config->root_cell;
	const struct jailhouse_memory *mem = config_mem_regions(root);
	int ret = 0;
	u32 i;

	for (i = 0; i < root->num_memory_regions && !ret; i++, mem++) {
		u64 end = mem->phys_start + mem->size;

		if (!(mem->flags & JAILHOUSE_MEM_ROOTSHARED) && !is_ivshmem(i))
			continue;
		if (ram_has_linux(mem->phys_start, end))
			ret = keep_memory(mem->phys_start, end, HVMEM_ROOT_SHARED,
					  "the root cell, to be shared", err);
	}
	return ret;
}

static int take_kept_memory(struct jailhouse_error *err)
{
	int ret;

	ret = keep_from_root(err);
	if (!ret)
		ret = keep_shared(err);
	if (ret)
		give_kept_memory();
	return ret;
}

static void note_mpidr(void *unused)
{
	hv.header->mpidr[smp_processor_id()] =
		read_cpuid_mpidr() & MPIDR_HWID_BITMASK;
}

/* Image, configuration and what the hypervisor has to know from here. */
static int load_image(struct jailhouse_error *err)
{
	struct cellblock_header *header = hv.header;

	memcpy(header, hv.image->data, hv.image->size);
	memcpy((char *)header + header->core_size, hv.config, hv.config_size);
	release_image();

	header->phys_base = hv.config->hypervisor_memory.phys_start;
	header->memory_size = hv.config->hypervisor_memory.size;
	header->config_size = hv.config_size;
	header->num_cpus = num_online_cpus();
	memset(header->mpidr, 0xff, sizeof(header->mpidr));
	on_each_cpu(note_mpidr, NULL, 1);

	hv.shared = (void *)((char *)header + header->shared_offset);
	hvmem_flush(header, header->core_size + hv.config_size);
	return 0;
}

static int add_root_cell(struct jailhouse_error *err)
{
	struct cpumask cpus;
	int ret;

	ret = config_cpus(&hv.config->root_cell, &cpus, err);
	return ret ? ret : cell_init_root(&hv.config->root_cell, &cpus, err);
}

static int show_console(struct jailhouse_error *err)
{
	console_attach(hv.shared);
	return 0;
}

static int init_image(struct jailhouse_error *err)
{
	int ret;

	ret = hyp_image_call(hv.header->phys_base + hv.header->entry,
			     CELLBLOCK_OP_INIT, get_cpu());
	put_cpu();
	return ret ? hyp_image_refused(err, ret, hv.shared, "start") : 0;
}

static int enter_cpu(void *entry)
{
	unsigned int cpu = smp_processor_id();

	if ((int)cpu == absent_cpu)
		hv.result[cpu] = -ENODEV;
	else
		hv.result[cpu] = hyp_image_call(*(phys_addr_t *)entry,
						CELLBLOCK_OP_ENTER, cpu);
	return 0;
}

/* The first error of any CPU. */
static int first_error(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		if (hv.result[cpu])
			return hv.result[cpu];
	return 0;
}

static int enter(struct jailhouse_error *err)
{
	phys_addr_t entry = hv.header->phys_base + hv.header->entry;
	int ret;

	memset(hv.result, 0, sizeof(hv.result));
	hyp_switch_begin();
	ret = stop_machine(enter_cpu, &entry, cpu_online_mask);
	if (!ret)
		ret = first_error();
	hyp_switch_end(ret ? NULL : hv.shared);
	if (ret)
		return hyp_image_refused(err, ret, hv.shared, "take over the CPUs");
	return 0;
}

static int leave_cpu(void *unused)
{
	hv.result[smp_processor_id()] = (int)jailhouse_call(JAILHOUSE_HC_DISABLE);
	return 0;
}

static int leave(struct jailhouse_error *err)
{
	int ret;

	memset(hv.result, 0, sizeof(hv.result));
	hyp_switch_begin();
	ret = stop_machine(leave_cpu, NULL, cpu_online_mask);
	if (!ret)
		ret = first_error();
	hyp_switch_end(ret ? hv.shared : NULL);
	return ret ? hyp_refused(err, ret, "the hypervisor stays enabled") : 0;
}

static const struct {
	int (*begin)(struct jailhouse_error *err);
	void (*undo)(void);
} steps[] = {
	{ get_module,		put_module },
	{ read_config,		free_config },
	{ check_el2,		NULL },
	{ get_image,		release_image },
	{ claim_cpus,		cpus_exit },
	{ take_memory,		give_memory },
	{ load_image,		NULL },
	{ add_root_cell,	cell_exit_root },
	{ show_console,		console_detach },
	{ kvm_block,		kvm_unblock },
	{ kvm_leave_el2,	kvm_enter_el2 },
	{ init_image,		NULL },
	/* the regions have been checked */
	{ take_kept_memory,	give_kept_memory },
	{ enter,		NULL },
};

static void undo(unsigned int count)
{
	while (count--)
		if (steps[count].undo)
			steps[count].undo();
}

int enable_system(const void __user *config, struct jailhouse_error *err)
{
	unsigned int i;
	int ret;

	if (hyp_is_enabled())
		return error_set(err, -EBUSY, "the hypervisor is enabled already");
	hv.user_config = config;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ret = steps[i].begin(err);
		if (ret) {
			undo(i);
			return ret;
		}
	}
	pr_info("the hypervisor is enabled, Linux is the root cell \"%s\"\n",
		hv.config->root_cell.name);
	return 0;
}

int disable_system(bool force, struct jailhouse_error *err)
{
	int ret;

	if (!hyp_is_enabled())
		return error_set(err, -EINVAL, "the hypervisor is not enabled");
	ret = cell_destroy_all(force, err);
	if (!ret)
		ret = leave(err);
	if (ret)
		return ret;
	undo(ARRAY_SIZE(steps));
	pr_info("the hypervisor is disabled\n");
	return 0;
}
