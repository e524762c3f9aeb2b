// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <lib/errno.h>
#include <core/main.h>
#include <lib/page_alloc.h>
#include <core/percpu.h>
#include <config/config.h>
#include <lib/printk.h>

struct cpu *cpus[CELLBLOCK_MAX_CPUS];

int percpu_init(void)
{
	const struct jailhouse_cell_desc *root = &system_config->root_cell;
	unsigned int count = 0, id;
	struct vcpu *vcpu;
	struct cpu *cpu;
	cpu_set_t ids;

	for (ids = config_cpu_bits(root); ids; ids &= ids - 1)
		count++;

	cpu = page_alloc(PAGES(count * (sizeof(*cpu) + sizeof(*vcpu))), 1);
	if (!cpu)
		return refuse_memory();

	vcpu = (struct vcpu *)(cpu + count);
	for (ids = config_cpu_bits(root); ids; ids &= ids - 1) {
		id = (unsigned int)__builtin_ctzll(ids);
		cpu->id = id;
		cpu->vcpu = cpu->running = vcpu;
		vcpu++->cpu = cpu;
		cpus[id] = cpu++;
	}
	return 0;
}
