// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/cell_mem.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <core/main.h>
#include <lib/printk.h>
#include <core/unit.h>
#include <arch/boot.h>

const struct jailhouse_system *system_config;

/* used: by the driver, which writes it */
u64 hv_mpidr[CELLBLOCK_MAX_CPUS] __attribute__((used));

static int find_config(void)
{
	const char *config = (const char *)&hv_header + hv_header.core_size;

	/* the driver put a copy there that nobody else can write */
	system_config = (const void *)config;
	return config_check_system(system_config, hv_header.config_size);
}

static int init_cpus(void)
{
	struct cpu *cpu;
	int err;

	for_each_cpu(cpu, root_cell.cpus) {
		cpu->hw_id = hv_mpidr[cpu->id];
		if (cpu->hw_id == ~0ULL)
			return refuse(-EINVAL, "CPU %u of the configuration is not online in Linux: bring it online or take it out of the root cell's cpus",
				      cpu->id);
		cpu->vcpu->cell = &root_cell;
		cpu->vcpu->mpidr = cpu->hw_id;
		err = arch_cpu_init(cpu);
		if (err)
			return err;
	}
	return 0;
}

static int init_units(void)
{
	const struct unit *unit;
	int err;

	for_each_unit(unit) {
		err = unit->init();
		if (!err)
			err = unit->cell_prepare(&root_cell);
		if (err)
			return err;
	}
	return 0;
}

s64 hv_init(u64 cpu)
{
	int (*const steps[])(void) = {
		arch_init,		/* page pool, address space, features */
		find_config,		/* the root cell's bytes, checked */
		percpu_init,		/* struct cpu for each CPU */
		cell_init_root,		/* CPU set, MMIO table */
		init_cpus,		/* their private memory */
		init_units,		/* interrupt controller */
		arch_mem_init,		/* size of guest-physical space */
		cell_mem_init_root,	/* stage 2 */
	};
	int err;

	(void)cpu;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i]();
		if (err)
			return err;
	}
	return console_init(&system_config->debug_console);
}
