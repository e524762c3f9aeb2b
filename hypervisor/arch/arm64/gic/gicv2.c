// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/main.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "gicv2.h"

struct gicv2 gicv2;

static u32 gicc_iidr(u32 page)
{
	return gic_read(gicv2.gicc, page + GICC_IIDR);
}

static int check_versions(u64 gicd, u64 gicc)
{
	u32 dist = GIC_PIDR2_ARCH(gic_read(gic.gicd, GICD_V2_PIDR2));
	u32 interface = GICC_IIDR_ARCH(gicc_iidr(0));

	if (dist == 2 && interface == 2)
		return 0;
	return refuse(-ENODEV, "there is no GICv2 at gicd_base %#llx and gicc_base %#llx (PIDR2 says version %u, GICC_IIDR %u): correct gic_version and these",
		      gicd, gicc, dist, interface);
}

/*
 * A machine that repeats the first page up to the second, at 64 KiB, may be described
 * by its last repetition: GICC_DIR follows there, as where nothing is repeated.
 */
static bool is_aliased(u64 gicc)
{
	return gicc % GIC_V2_ALIASES == GIC_V2_ALIASES - PAGE_SIZE ||
	       gicc_iidr(PAGE_SIZE) == gicc_iidr(0);
}

static void set_part(enum gic_parts part, u64 base, bool aliased)
{
	if (!base)
		return;
	gic.part[part].base = aliased ? base & ~(u64)(GIC_V2_ALIASES - 1) : base;
	gic.part[part].size = aliased ? 2 * GIC_V2_ALIASES : GIC_V2_FRAME;
}

int gicv2_init(void)
{
	u64 gicd = system_config->platform_info.arm.gicd_base;
	u64 gicc = system_config->platform_info.arm.gicc_base;
	bool aliased;
	int err;

	gic.gicd = arch_map_device(gicd, GICD_V2_SIZE);
	gicv2.gicc = arch_map_device(gicc, GIC_V2_FRAME);
	if (!gic.gicd || !gicv2.gicc)
		return -ENOMEM;
	err = check_versions(gicd, gicc);
	if (err)
		return err;

	aliased = is_aliased(gicc);
	gic.part[GIC_DIST].base = gicd;
	gic.part[GIC_DIST].size = aliased ? GIC_V2_ALIASES : GICD_V2_SIZE;
	set_part(GIC_CPU_INTERFACE, gicc, aliased);
	set_part(GIC_VIRTUAL_CONTROL, system_config->platform_info.arm.gich_base, aliased);
	set_part(GIC_VIRTUAL_INTERFACE, system_config->platform_info.arm.gicv_base, aliased);

	gic.lines = GICD_TYPER_LINES(gic_read(gic.gicd, GICD_TYPER));
	gic.prio_min = GIC_V2_PRIO_MIN;
	/* the highest that is ours: those of firmware read as 0, guests begin with 0 */
	gicv2.wake_sgi = (31 - (u32)__builtin_clz(gic_read(gic.gicd, GICD_ICFGR) | 1)) / 2;
	/* nor those above it: some GICs let a guest send firmware's (seen: QEMU), a FIQ */
	gic.banked = ~0xffffU | ((1U << gicv2.wake_sgi) - 1);
	return 0;
}

void gicv2_route_spi(u32 intid, const struct cpu *cpu)
{
	gic.gicd[GICD_ITARGETSR + intid] = (u8)cpu->arch.gic.sgi_target;
}
