// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "config.h"
#include "error.h"

/* Of a whole configuration, bytes. */
#define MAX_SIZE	0x10000

/* Bytes of the descriptor and its arrays. Seven u32 counts cannot overflow. */
static u64 cell_size(const struct jailhouse_cell_desc *desc)
{
	return sizeof(*desc) + (u64)desc->cpu_set_size +
		desc->num_memory_regions * (u64)sizeof(struct jailhouse_memory) +
		desc->num_cache_regions * (u64)sizeof(struct jailhouse_cache) +
		desc->num_irqchips * (u64)sizeof(struct jailhouse_irqchip) +
		desc->num_pio_regions * (u64)sizeof(struct jailhouse_pio) +
		desc->num_pci_devices * (u64)sizeof(struct jailhouse_pci_device) +
		desc->num_pci_caps * (u64)sizeof(struct jailhouse_pci_capability) +
		desc->num_stream_ids * (u64)sizeof(union jailhouse_stream_id);
}

static const u8 *cpu_set(const struct jailhouse_cell_desc *desc)
{
	return (const u8 *)(desc + 1);
}

const struct jailhouse_memory *
config_mem_regions(const struct jailhouse_cell_desc *desc)
{
	return (const void *)(cpu_set(desc) + desc->cpu_set_size);
}

const struct jailhouse_pci_device *
config_pci_devices(const struct jailhouse_cell_desc *desc)
{
	const u8 *irqchips = (const u8 *)config_mem_regions(desc) +
		desc->num_memory_regions * sizeof(struct jailhouse_memory) +
		desc->num_cache_regions * sizeof(struct jailhouse_cache);

	return (const void *)(irqchips +
		desc->num_irqchips * sizeof(struct jailhouse_irqchip) +
		desc->num_pio_regions * sizeof(struct jailhouse_pio));
}

int config_cpus(const struct jailhouse_cell_desc *desc, struct cpumask *cpus,
		struct jailhouse_error *err)
{
	u64 bit, bits = (u64)desc->cpu_set_size * 8;

	cpumask_clear(cpus);
	for (bit = 0; bit < bits; bit++) {
		if (!(cpu_set(desc)[bit / 8] & (1 << bit % 8)))
			continue;
		if (bit >= nr_cpu_ids || !cpu_possible(bit))
			return error_set(err, -EINVAL, "CPU %llu of the configuration does not exist: this machine has the CPUs %*pbl",
					 bit,
					 cpumask_pr_args(cpu_possible_mask));
		cpumask_set_cpu(bit, cpus);
	}
	if (cpumask_empty(cpus))
		return error_set(err, -EINVAL, "the configuration names no CPU");
	return 0;
}

/* @kind: "system" or "cell" */
static int check_identity(const char *kind, const char *signature,
			  const char *wanted, u8 architecture, u16 revision,
			  struct jailhouse_error *err)
{
	if (memcmp(signature, wanted, 5))
		return error_set(err, -EINVAL, "this is not a %s configuration: it must begin with %s",
				 kind, wanted);
	if (revision != JAILHOUSE_CONFIG_REVISION)
		return error_set(err, -EINVAL, "the %s configuration has revision %u, this driver needs %u: compile it again with the headers of this release",
				 kind, revision, JAILHOUSE_CONFIG_REVISION);
	if (architecture != JAILHOUSE_ARM64)
		return error_set(err, -EINVAL, "the %s configuration is for architecture %u, this machine is arm64 (%u)",
				 kind, architecture, JAILHOUSE_ARM64);
	return 0;
}

static int check_name(const struct jailhouse_cell_desc *desc,
		      struct jailhouse_error *err)
{
	size_t len = strnlen(desc->name, sizeof(desc->name));

	if (!len || len == sizeof(desc->name))
		return error_set(err, -EINVAL, "the name in the configuration is %s",
				 len ? "not terminated" : "empty");
	return 0;
}

static int check_hypervisor_memory(const struct jailhouse_memory *mem,
				   struct jailhouse_error *err)
{
	if (!mem->size || !PAGE_ALIGNED(mem->phys_start | mem->size) ||
	    mem->phys_start + mem->size < mem->phys_start)
		return error_set(err, -EINVAL, "hypervisor memory of %#llx bytes at %#llx: it must not be empty, and both be multiples of %#lx",
				 mem->size, mem->phys_start, PAGE_SIZE);
	return 0;
}

/* All of @size bytes, of which the counts in the first part have told. */
static int read_all(const void __user *from, u64 size, void **to,
		    struct jailhouse_error *err)
{
	if (size > MAX_SIZE)
		return error_set(err, -E2BIG, "the counts in the configuration make %llu bytes, at most %d are accepted",
				 size, MAX_SIZE);
	*to = memdup_user(from, size);
	if (PTR_ERR(*to) == -ENOMEM)
		return error_set(err, -ENOMEM, "no memory for the configuration");
	if (IS_ERR(*to))
		return error_set(err, -EFAULT, "the configuration ends before the %llu bytes that its counts make",
				 size);
	return 0;
}

int config_read_system(const void __user *from, struct jailhouse_system **sys,
		       size_t *size, struct jailhouse_error *err)
{
	struct jailhouse_system *fixed;
	void *all = NULL;
	u64 bytes;
	int ret;

	fixed = memdup_user(from, sizeof(*fixed));
	if (IS_ERR(fixed))
		return error_set(err, PTR_ERR(fixed), "the system configuration ends before its header of %zu bytes",
				 sizeof(*fixed));
	ret = check_identity("system", fixed->signature,
			     JAILHOUSE_SYSTEM_SIGNATURE, fixed->architecture,
			     fixed->revision, err);
	if (!ret)
		ret = check_name(&fixed->root_cell, err);
	if (!ret)
		ret = check_hypervisor_memory(&fixed->hypervisor_memory, err);
	bytes = sizeof(*fixed) - sizeof(fixed->root_cell) +
		cell_size(&fixed->root_cell);
	if (!ret)
		ret = read_all(from, bytes, &all, err);
	if (!ret) {
		/* what was checked must hold, whatever user space does */
		memcpy(all, fixed, sizeof(*fixed));
		*sys = all;
		*size = bytes;
	}
	kfree(fixed);
	return ret;
}

int config_read_cell(const struct jailhouse_cell_create *from,
		     struct jailhouse_cell_desc **desc, size_t *size,
		     struct jailhouse_error *err)
{
	struct jailhouse_cell_desc *config;
	void *all;
	int ret;

	if (from->config_size < sizeof(*config))
		return error_set(err, -EINVAL, "the cell configuration has %u bytes, its header alone %zu",
				 from->config_size, sizeof(*config));
	ret = read_all(u64_to_user_ptr(from->config_address),
		       from->config_size, &all, err);
	if (ret)
		return ret;
	config = all;
	ret = check_identity("cell", config->signature,
			     JAILHOUSE_CELL_DESC_SIGNATURE,
			     config->architecture, config->revision, err);
	if (!ret)
		ret = check_name(config, err);
	if (!ret && cell_size(config) > from->config_size)
		ret = error_set(err, -EINVAL, "the cell configuration has %u bytes, its counts make %llu: it is truncated or damaged",
				from->config_size, cell_size(config));
	if (ret) {
		kfree(config);
		return ret;
	}
	*desc = config;
	*size = from->config_size;
	return 0;
}
