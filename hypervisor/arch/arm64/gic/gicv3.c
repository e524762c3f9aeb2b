// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <lib/errno.h>
#include <core/main.h>
#include <lib/printk.h>

#include "gicv3.h"

struct gicv3 gicv3;

void gicr_wait(volatile void *gicr)
{
	for (unsigned int i = 0; i < GIC_RWP_POLLS; i++)
		if (!(gic_read(gicr, GICR_CTLR) & GICR_CTLR_RWP))
			return;
}

/* PIDR2 is at the same place in distributor and redistributors. */
static u32 frame_version(volatile void *frame)
{
	return GIC_PIDR2_ARCH(gic_read(frame, GICD_PIDR2));
}

/* GICv4 is a GICv3 with more. */
static bool is_gicv3(u32 version)
{
	return version == 3 || version == 4;
}

static int check_distributor(u64 base)
{
	u32 arch = frame_version(gic.gicd);
	u32 ctlr = gic_read(gic.gicd, GICD_CTLR);

	if (!is_gicv3(arch))
		return refuse(-ENODEV, "there is no GICv3 at gicd_base %#llx (PIDR2 says version %u): correct gic_version and gicd_base",
			      base, arch);
	if (!(ctlr & GICD_CTLR_ARE))
		return refuse(-ENODEV, "the GIC runs in legacy mode (GICD_CTLR.ARE = 0): Linux must use it as a GICv3");
	return 0;
}

/* A bit of the target list is one of 16 CPUs: the range selector says which 16. */
#define SGI_RANGE(hw_id)	(MPIDR_AFF0(hw_id) / 16)
#define SGI_TARGET(hw_id)	(1ULL << MPIDR_AFF0(hw_id) % 16)

static u64 sgi_affinity(u64 hw_id)
{
	return MPIDR_AFF3(hw_id) << ICC_SGIR_AFF3_SHIFT |
	       SGI_RANGE(hw_id) << ICC_SGIR_RS_SHIFT |
	       MPIDR_AFF2(hw_id) << ICC_SGIR_AFF2_SHIFT |
	       MPIDR_AFF1(hw_id) << ICC_SGIR_AFF1_SHIFT;
}

static void add_to_cluster(struct cpu *cpu)
{
	u64 affinity = sgi_affinity(cpu->hw_id);
	u32 c;

	for (c = 0; c < gicv3.clusters; c++)
		if (gicv3.cluster_affinity[c] == affinity)
			break;
	if (c == gicv3.clusters)
		gicv3.cluster_affinity[gicv3.clusters++] = affinity;
	cpu->arch.gic.sgi_cluster = c;
	cpu->arch.gic.sgi_target = affinity | SGI_TARGET(cpu->hw_id);
}

/* GICR_TYPER has Aff3 next to the others, MPIDR_EL1 has not. */
static u64 typer_affinity(u64 typer)
{
	u64 affinity = typer >> GICR_TYPER_AFFINITY_SHIFT;

	return (affinity >> 24) << 32 | (affinity & 0xffffff);
}

/* The CPU of ours whose frame it is, as a set, or none. */
static cpu_set_t assign_frame(volatile u8 *frame, u32 nr, u64 typer)
{
	struct cpu *cpu;

	for_each_cpu(cpu, root_cell.cpus) {
		if (cpu->hw_id != typer_affinity(typer))
			continue;
		cpu->arch.gic.gicr = frame;
		gicv3.cpu_of_frame[nr] = cpu;
		add_to_cluster(cpu);
		return cpu_bit(cpu);
	}
	return 0;
}

/* Maps frame after frame until each CPU has its own; the VAs are contiguous. */
static int find_redistributors(u64 base)
{
	cpu_set_t missing = root_cell.cpus;
	const struct cpu *cpu;
	volatile u8 *frame;
	u32 frames = 0;
	u64 typer;

	do {
		frame = arch_map_device(base, GICR_SIZE);
		if (!frame)
			return -ENOMEM;
		if (!is_gicv3(frame_version(frame)))
			return refuse(-ENODEV, "there is no redistributor of a GICv3 at %#llx: correct gicr_base",
				      base);
		typer = gic_read64(frame, GICR_TYPER);
		if (!gicv3.gicr)
			gicv3.gicr = frame;
		if (typer & GICR_TYPER_VLPIS)
			return refuse(-ENODEV, "the GIC is a GICv4 with virtual LPIs: not supported");
		missing &= ~assign_frame(frame, frames++, typer);
		base += GICR_SIZE;
	} while (missing && frames < GIC_MAX_FRAMES &&
		 !(typer & GICR_TYPER_LAST));
	gic.part[GIC_REDIST].size = frames * GICR_SIZE;

	if (!missing)
		return 0;
	cpu = cpus[__builtin_ctzll(missing)];
	return refuse(-ENODEV, "no redistributor of the GIC belongs to CPU %u (MPIDR %#llx): correct gicr_base",
		      cpu->id, cpu->hw_id);
}

int gicv3_init(void)
{
	int err;

	gic.part[GIC_DIST].base = system_config->platform_info.arm.gicd_base;
	gic.part[GIC_DIST].size = GICD_SIZE;
	gic.part[GIC_REDIST].base = system_config->platform_info.arm.gicr_base;
	gic.gicd = arch_map_device(gic.part[GIC_DIST].base, GICD_SIZE);
	if (!gic.gicd)
		return -ENOMEM;
	err = check_distributor(gic.part[GIC_DIST].base);
	if (err)
		return err;
	gicv3.maintenance = system_config->platform_info.arm.maintenance_irq;
	gic.lines = GICD_TYPER_LINES(gic_read(gic.gicd, GICD_TYPER));
	return find_redistributors(gic.part[GIC_REDIST].base);
}

void gicv3_route_spi(u32 intid, const struct cpu *cpu)
{
	u32 group = GICD_IGROUPR + intid / 32 * 4;

	gic_write(gic.gicd, group, gic_read(gic.gicd, group) | 1U << intid % 32);
	gic_write64(gic.gicd, GICD_IROUTER + intid * 8, gic_affinity(cpu));
}

void gicr_reset(volatile void *gicr)
{
	volatile u8 *sgi = (volatile u8 *)gicr + GICR_SGI_FRAME;

	gic_write(sgi, GICD_ICENABLER, ~0U);
	gicr_wait(gicr);
	gic_write(sgi, GICD_IGROUPR, ~0U);
	gic_reset_private(sgi);
}
