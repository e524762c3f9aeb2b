// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

#include "cell/cell.h"
#include "config.h"
#include "console.h"
#include "cpus.h"
#include "el2/check.h"
#include "el2/enable.h"
#include "el2/hyp.h"
#include "el2/image.h"
#include "el2/kvm.h"
#include "el2/switch.h"
#include "error.h"
#include "mem/carveout.h"
#include "mem/hvmem.h"
#include "pci/pci.h"
#include "share.h"
#include "sysfs/sysfs.h"

static struct {
	const void __user *user_config;
	struct jailhouse_system *config;
	size_t config_size;
	struct cellblock_header *header;	/* start of the memory */
	const struct cellblock_shared *shared;
} hv;

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
	int ret = config_read_system(hv.user_config, &hv.config,
				     &hv.config_size, err);

	if (ret)
		return ret;
	hv.config->root_cell.flags |= check_masking();
	sysfs_show_platform(hv.config);
	return 0;
}

static void free_config(void)
{
	sysfs_show_platform(NULL);
	kfree(hv.config);
	hv.config = NULL;
}

static int get_image(struct jailhouse_error *err)
{
	return image_get(hv.config->hypervisor_memory.size, hv.config_size, err);
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
	hvmem_return(mem->phys_start, mem->size, HVMEM_HYPERVISOR);
	return error_set(err, -ENOMEM, "cannot map the hypervisor memory");
}

static void return_memory(void)
{
	const struct jailhouse_memory *mem = &hv.config->hypervisor_memory;

	memunmap(hv.header);
	hvmem_return(mem->phys_start, mem->size, HVMEM_HYPERVISOR);
}

static int take_carveouts(struct jailhouse_error *err)
{
	return carveout_take(hv.config, err);
}

static int load_image(struct jailhouse_error *err)
{
	image_load(hv.header, hv.config, hv.config_size);
	hv.shared = (void *)((char *)hv.header + hv.header->shared_offset);
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
	config_note_uart(&hv.config->debug_console);
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

static int enter(struct jailhouse_error *err)
{
	return switch_enter(hv.header->phys_base + hv.header->entry, hv.shared,
			    err);
}

static const struct {
	int (*begin)(struct jailhouse_error *err);
	void (*undo)(void);
} steps[] = {
	{ get_module,		put_module },
	{ read_config,		free_config },
	{ check_el2,		NULL },
	{ check_counter,	NULL },
	{ get_image,		image_release },
	{ claim_cpus,		cpus_exit },
	{ share_init,		share_exit },
	{ take_memory,		return_memory },
	{ load_image,		NULL },
	{ add_root_cell,	cell_exit_root },
	{ show_console,		console_detach },
	{ kvm_block,		kvm_unblock },
	{ kvm_leave_el2,	kvm_enter_el2 },
	{ init_image,		NULL },
	/* the regions have been checked */
	{ take_carveouts,	carveout_return },
	{ enter,		NULL },
};

static void undo(unsigned int count)
{
	while (count--)
		if (steps[count].undo)
			steps[count].undo();
}

/* The first @count steps, or none of them. */
static int begin(const void __user *config, unsigned int count,
		 struct jailhouse_error *err)
{
	unsigned int i;
	int ret;

	if (hyp_is_enabled())
		return error_set(err, -EBUSY, "the hypervisor is enabled already");
	hv.user_config = config;
	for (i = 0; i < count; i++) {
		ret = steps[i].begin(err);
		if (ret) {
			undo(i);
			return ret;
		}
	}
	return 0;
}

int enable_try(const void __user *config, struct jailhouse_error *err)
{
	/* the last one enters */
	const unsigned int count = ARRAY_SIZE(steps) - 1;
	int ret = begin(config, count, err);

	if (!ret)
		undo(count);
	return ret;
}

int enable_system(const void __user *config, struct jailhouse_error *err)
{
	struct jailhouse_error unused;
	int ret = begin(config, ARRAY_SIZE(steps), err);

	if (ret)
		return ret;
	ret = pci_add_host(err);
	if (ret) {
		/* there are no cells: this does not fail */
		if (!switch_leave(hv.shared, &unused))
			undo(ARRAY_SIZE(steps));
		return ret;
	}
	pr_info("the hypervisor is enabled, Linux is the root cell \"%s\"\n",
		hv.config->root_cell.name);
	return 0;
}

int disable_system(bool force, struct jailhouse_error *err)
{
	struct jailhouse_error unused;
	int ret;

	if (!hyp_is_enabled())
		return error_set(err, -EINVAL, "the hypervisor is not enabled");
	ret = cell_destroy_all(force, err);
	if (ret)
		return ret;
	pci_remove_host();
	ret = switch_leave(hv.shared, err);
	if (ret) {
		pci_add_host(&unused);
		return ret;
	}
	undo(ARRAY_SIZE(steps));
	pr_info("the hypervisor is disabled\n");
	return 0;
}
