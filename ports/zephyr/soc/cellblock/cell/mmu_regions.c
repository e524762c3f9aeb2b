// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* What Zephyr maps before its drivers map their own: the GIC of the cell. */

#include <zephyr/arch/arm64/arm_mmu.h>
#include <zephyr/devicetree.h>
#include <zephyr/sys/util.h>

#define GIC_REGION(name, n)						\
	MMU_REGION_FLAT_ENTRY(name, DT_REG_ADDR_BY_IDX(DT_NODELABEL(gic), n), \
			      DT_REG_SIZE_BY_IDX(DT_NODELABEL(gic), n),	\
			      MT_DEVICE_nGnRnE | MT_P_RW_U_NA | MT_NS)

static const struct arm_mmu_region regions[] = {
	GIC_REGION("distributor", 0),
	/* of a GICv3; a GICv2 has its CPU interface there */
	GIC_REGION("redistributors", 1),
};

const struct arm_mmu_config mmu_config = {
	.num_regions = ARRAY_SIZE(regions),
	.mmu_regions = regions,
};
