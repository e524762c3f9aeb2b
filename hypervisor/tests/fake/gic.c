// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <string.h>

#include <arch/sysreg.h>
#include <core/console.h>
#include <lib/errno.h>
#include <vdev/ivshmem.h>

#include <gic/gicv2.h>
#include <gic/gicv3.h>
#include <gic/irq.h>
#include "../config_samples.h"
#include "../tap.h"
#include "gic.h"
#include "wrap.h"

struct fake_gic fake_gic __attribute__((aligned(8)));

bool fake_lpis_stay;

void __wrap_gicr_wait(volatile void *gicr)
{
	__real_gicr_wait(gicr);
	if (fake_lpis_stay)
		gic_write(gicr, GICR_CTLR, gic_read(gicr, GICR_CTLR) |
					   GICR_CTLR_ENABLE_LPIS);
}

const struct unit *const unit_table[] = { &vgic_unit, &ivshmem_unit, NULL };

void fake_gic_init(void)
{
	u64 typer;

	memset(&fake_gic, 0, sizeof(fake_gic));
	fake_sysreg_set("id_aa64pfr0_el1", 1 << 24);
	/* five bits of priority */
	fake_sysreg_set("icc_ctlr_el1", 0x400);
	fake_sysreg_set("icc_pmr_el1", 0xf0);
	fake_gic_write(fake_gic.gicd, GICD_CTLR,
		       GICD_CTLR_DS | GICD_CTLR_ARE | GICD_CTLR_GRP1);
	fake_gic_write(fake_gic.gicd, GICD_TYPER, FAKE_LINES / 32 - 1);
	fake_gic_write(fake_gic.gicd, GICD_PIDR2, 0x3b);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		typer = (0x100ULL + cpu) << 32 | (u64)cpu << 8 |
			GICR_TYPER_PLPIS;
		if (cpu == FAKE_CPUS - 1)
			typer |= GICR_TYPER_LAST;
		memcpy(fake_gic.gicr[cpu] + GICR_TYPER, &typer, sizeof(typer));
		fake_gic_write(fake_gic.gicr[cpu], GICD_PIDR2, 0x3b);
	}
}

void fake_gicv2_init(void)
{
	memset(&fake_gic, 0, sizeof(fake_gic));
	fake_sysreg_set("id_aa64pfr0_el1", 0);
	fake_sysreg_set("hcr_el2", 0);
	fake_system()->platform_info.arm.gic_version = 2;
	fake_system()->platform_info.arm.gicr_base = 0;
	fake_system()->platform_info.arm.gicc_base = FAKE_GICC;
	fake_system()->platform_info.arm.gich_base = FAKE_GICH;
	fake_system()->platform_info.arm.gicv_base = FAKE_GICV;
	fake_gic_write(fake_gic.gicd, GICD_CTLR, 1);
	fake_gic_write(fake_gic.gicd, GICD_TYPER, (FAKE_CPUS - 1) << 5 | (FAKE_LINES / 32 - 1));
	fake_gic_write(fake_gic.gicd, GICD_V2_PIDR2, 0x2b);
	fake_gic_write(fake_gic.gicd, GICD_ICFGR, GICD_ICFGR_SGIS);
	fake_gic_write(fake_gic.gicc, GICC_CTLR, 0x261);
	fake_gic_write(fake_gic.gicc, GICC_IIDR, 0x2043b);
}

void fake_gic_refused(const char *sentence)
{
	struct fake_gic before = fake_gic;

	CHECK_EQ(fake_init(), -ENODEV);
	CHECK_STR(refusal_text(), sentence);
	CHECK(!memcmp(&before, &fake_gic, sizeof(before)));
}

volatile void *arch_map_device(u64 pa, u64 size)
{
	static u8 uart[PAGE_SIZE];
	u64 frame = (pa - SAMPLE_GICR) / FAKE_GICR_FRAME;

	if (pa == SAMPLE_UART)
		return uart;
	if (pa == SAMPLE_GICD && (size == sizeof(fake_gic.gicd) || size == GICD_V2_SIZE))
		return fake_gic.gicd;
	if (pa >= FAKE_GICC && pa < FAKE_GICH && size == sizeof(fake_gic.gicc))
		return fake_gic.gicc;
	if (pa >= SAMPLE_GICR && frame < FAKE_CPUS && size == FAKE_GICR_FRAME)
		return fake_gic.gicr[frame];
	tap_fail(__FILE__, __LINE__, "no device at 0x%llx", pa);
}
