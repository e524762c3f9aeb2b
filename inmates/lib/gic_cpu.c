// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Registers of the CPU interface by what they are for, for programs that look at them. */

#include <inmate.h>

#define ICC_AP1R0_EL1		S3_0_C12_C9_0

static const unsigned int gicc_offsets[] = {
	[GIC_CPU_ENABLE] = GICC_CTLR,
	[GIC_CPU_MASK] = GICC_PMR,
	[GIC_CPU_BINARY_POINT] = GICC_BPR,
	[GIC_CPU_RUNNING] = GICC_RPR,
	[GIC_CPU_HIGHEST_PENDING] = GICC_HPPIR,
	[GIC_CPU_ACTIVE] = GICC_APR,
};

/* Of a GICv2, also before irq_init() has mapped it */
static volatile u8 *address_of(enum gic_cpu_register reg)
{
	volatile u8 *frame = (volatile u8 *)comm_region->gicc_base;

	map_range(frame, GICC_SIZE, MAP_UNCACHED);
	return frame + gicc_offsets[reg];
}

u32 gic_cpu_read(enum gic_cpu_register reg)
{
	if (gic_is_v2())
		return mmio_read32(address_of(reg));
	switch (reg) {
	case GIC_CPU_ENABLE:
		return (u32)read_sysreg(ICC_IGRPEN1_EL1);
	case GIC_CPU_MASK:
		return (u32)read_sysreg(ICC_PMR_EL1);
	case GIC_CPU_BINARY_POINT:
		return (u32)read_sysreg(ICC_BPR1_EL1);
	case GIC_CPU_RUNNING:
		return (u32)read_sysreg(ICC_RPR_EL1);
	case GIC_CPU_HIGHEST_PENDING:
		return (u32)read_sysreg(ICC_HPPIR1_EL1);
	case GIC_CPU_ACTIVE:
		return (u32)read_sysreg(ICC_AP1R0_EL1);
	}
	return 0;
}

void gic_cpu_write(enum gic_cpu_register reg, u32 value)
{
	if (gic_is_v2()) {
		mmio_write32(address_of(reg), value);
		/* in force for what follows */
		dsb();
		return;
	}
	switch (reg) {
	case GIC_CPU_ENABLE:
		write_sysreg(ICC_IGRPEN1_EL1, value);
		break;
	case GIC_CPU_MASK:
		write_sysreg(ICC_PMR_EL1, value);
		break;
	case GIC_CPU_BINARY_POINT:
		write_sysreg(ICC_BPR1_EL1, value);
		break;
	case GIC_CPU_ACTIVE:
		write_sysreg(ICC_AP1R0_EL1, value);
		break;
	case GIC_CPU_RUNNING:
	case GIC_CPU_HIGHEST_PENDING:
		panic("a register that cannot be written");
	}
	/* as above */
	isb();
}
