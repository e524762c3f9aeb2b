// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <cpu/percpu_private.h>
#include <gic/gicv3.h>

#include "machine.h"

struct percpu *fake_percpu(void)
{
	static struct percpu percpu[FAKE_MAX_CPUS];
	struct percpu *own = &percpu[arch_this_cpu()->id];

	own->cpu = arch_this_cpu();
	own->vcpu = arch_this_vcpu();
	/* as the GIC's cpu_enter() has it */
	own->gic.sgi_frame = gicr_sgi_frame(own->cpu);
	return own;
}
