// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <cellblock/loader.h>
#include <config/config.h>
#include <drivers/uart/uart.h>
#include <lib/refuse.h>

#include "config.h"
#include "el2/enable.h"
#include "error.h"

static int put_cpu_into(struct cpumask *cpus, unsigned int cpu,
			struct jailhouse_error *err)
{
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return error_set(err, -EINVAL, "CPU %u of the configuration does not exist: this machine has the CPUs %*pbl",
				 cpu, cpumask_pr_args(cpu_possible_mask));
	cpumask_set_cpu(cpu, cpus);
	return 0;
}

int config_cpus(const struct jailhouse_cell_desc *desc, struct cpumask *cpus,
		struct jailhouse_error *err)
{
	unsigned int cpu;
	int ret = 0;

	cpumask_clear(cpus);
	for (cpu = 0; cpu / 8 < desc->cpu_set_size && !ret; cpu++)
		if (config_has_cpu(desc, cpu))
			ret = put_cpu_into(cpus, cpu, err);
	if (!ret && cpumask_empty(cpus) && !config_shared_cpus(desc))
		return error_set(err, -EINVAL, "the configuration names no CPU");
	return ret;
}

int config_cpus_shared(const struct jailhouse_cell_desc *desc, struct cpumask *cpus,
		       struct jailhouse_error *err)
{
	u64 set;
	int ret = 0;

	cpumask_clear(cpus);
	for (set = config_shared_cpus(desc); set && !ret; set &= set - 1)
		ret = put_cpu_into(cpus, __ffs64(set), err);
	return ret;
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
		return error_set(err, -EINVAL, "hypervisor memory of %#llx bytes at %#llx: it must not be empty, and both be multiples of %#lx, the size of Linux's pages",
				 mem->size, mem->phys_start, PAGE_SIZE);
	if (mem->phys_start + mem->size > CELLBLOCK_MEMORY_END)
		return error_set(err, -EINVAL, "hypervisor memory of %#llx bytes at %#llx: it must be below %#llx",
				 mem->size, mem->phys_start, CELLBLOCK_MEMORY_END);
	return 0;
}

/* All of @size bytes, of which the counts in the first part have told. */
static int read_all(const void __user *from, u64 size, void **to,
		    struct jailhouse_error *err)
{
	if (size > CONFIG_MAX_SIZE)
		return error_set(err, -E2BIG, "the counts in the configuration make %llu bytes, at most %d are accepted",
				 size, CONFIG_MAX_SIZE);
	*to = memdup_user(from, size);
	if (PTR_ERR(*to) == -ENOMEM)
		return error_set(err, -ENOMEM, "no memory for the configuration");
	if (IS_ERR(*to))
		return error_set(err, -EFAULT, "the configuration ends before the %llu bytes that its counts make",
				 size);
	return 0;
}

__printf(2, 3)
static void tell(const struct jailhouse_cell_desc *desc, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	pr_notice("configuration of cell \"%s\": %pV\n", desc->name, &text);
	va_end(args);
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
	bytes = config_system_size(fixed);
	if (!ret)
		ret = read_all(from, bytes, &all, err);
	if (!ret) {
		/* what was checked must hold, whatever user space does */
		memcpy(all, fixed, sizeof(*fixed));
		config_adapt_system(all, tell);
		*sys = all;
		*size = bytes;
	}
	kfree(fixed);
	return ret;
}

void config_note_uart(const struct jailhouse_console *con)
{
	if (con->type != JAILHOUSE_CON_TYPE_NONE && !uart_is_supported(con->type))
		pr_notice("there is no driver for the debug console's UART, type %u: 'jailhouse console' shows what the hypervisor prints\n",
			  con->type);
}

static int check_regions(const struct jailhouse_cell_desc *desc,
			 struct jailhouse_error *err)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, desc)
		if (mem->phys_start + mem->size < mem->phys_start)
			return error_set(err, -EINVAL, "memory region %u of cell \"%s\" runs off the address space: %#llx bytes at %#llx",
					 (u32)(mem - config_mem_regions(desc)),
					 desc->name, mem->size, mem->phys_start);
	return 0;
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
	if (!ret && !config_is_whole(config, from->config_size))
		ret = error_set(err, -EINVAL, "the cell configuration has %u bytes, its counts make %llu: it is truncated or damaged",
				from->config_size, config_size(config));
	if (!ret)
		ret = check_regions(config, err);
	if (ret) {
		kfree(config);
		return ret;
	}
	config_adapt_cell(enable_config(), config, tell);
	*desc = config;
	*size = from->config_size;
	return 0;
}

/* For the rule, which is the hypervisor's code; main_lock is held meanwhile. */
static struct jailhouse_error *refusal;

int refuse(int code, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	error_set(refusal, code, "%pV", &text);
	va_end(args);
	return code;
}

int config_check_beside(const struct jailhouse_cell_desc *desc,
			const struct jailhouse_cell_desc *other,
			bool other_is_root, struct jailhouse_error *err)
{
	int ret;

	refusal = err;
	ret = config_check_cells(desc, other, other_is_root);
	return ret ? ret : config_check_plans(desc, other);
}

void config_sum_up(const struct jailhouse_cell_desc *desc, u32 *shares)
{
	config_add_shares(desc, shares);
}

int config_check_sum(const struct jailhouse_cell_desc *desc, u32 *shares,
		     struct jailhouse_error *err)
{
	int ret;

	refusal = err;
	/* what is added up must be valid */
	ret = config_check_sharing(desc);
	if (ret)
		return ret;
	return config_check_turns(desc, shares);
}
