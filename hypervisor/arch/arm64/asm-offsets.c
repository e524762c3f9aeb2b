// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * What assembly needs to know of C. This file is compiled to assembly, of which
 * the Makefile makes arch/asm-offsets.h; nothing of it is linked.
 */

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <cellblock/loader.h>
#include <core/percpu.h>
#include <cpu/context.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>

#define DEFINE(name, value) \
	asm volatile(".ascii \"->" #name " %0\"" : : "i" (value))
#define OFFSET(name, type, member)	DEFINE(name, offsetof(struct type, member))
#define PERCPU_X(n)	OFFSET(PERCPU_X##n, percpu, regs.x[n]);
#define BOOT_X(n)	OFFSET(BOOT_X##n, boot_area, x19_x30[(n) - 19]);

void asm_offsets(void);

void asm_offsets(void)
{
	PERCPU_X(0) PERCPU_X(1) PERCPU_X(2) PERCPU_X(3) PERCPU_X(4) PERCPU_X(5)
	PERCPU_X(6) PERCPU_X(7) PERCPU_X(8) PERCPU_X(9) PERCPU_X(10) PERCPU_X(11)
	PERCPU_X(12) PERCPU_X(13) PERCPU_X(14) PERCPU_X(15) PERCPU_X(16) PERCPU_X(17)
	PERCPU_X(18) PERCPU_X(19) PERCPU_X(20) PERCPU_X(21) PERCPU_X(22) PERCPU_X(23)
	PERCPU_X(24) PERCPU_X(25) PERCPU_X(26) PERCPU_X(27) PERCPU_X(28) PERCPU_X(29)
	PERCPU_X(30)
	DEFINE(GUEST_REGS_SIZE, sizeof(struct guest_regs));
	OFFSET(PERCPU_LEAVING, percpu, leaving);
	OFFSET(CONTEXT_FPCR, cpu_context, fpcr);
	OFFSET(CONTEXT_SVE, cpu_context, sve);
	OFFSET(PERCPU_LINUX, percpu, linux_el2);
	/* in pairs */
	OFFSET(PERCPU_EXIT_ELR, percpu, exit.elr_el2);
	OFFSET(PERCPU_EXIT_ESR, percpu, exit.esr_el2);
	OFFSET(PERCPU_EXIT_HPFAR, percpu, exit.hpfar_el2);
	DEFINE(PERCPU_SIZE, sizeof(struct percpu));

	/* in pairs */
	OFFSET(LINUX_SCTLR, linux_el2, sctlr);
	OFFSET(LINUX_TCR, linux_el2, tcr);
	OFFSET(LINUX_VBAR, linux_el2, vbar);

	OFFSET(BOOT_LINUX, boot_area, linux_el2);
	BOOT_X(19) BOOT_X(21) BOOT_X(23) BOOT_X(25) BOOT_X(27) BOOT_X(29)
	OFFSET(BOOT_ELR, boot_area, elr);

	OFFSET(HEADER_PHYS_BASE, cellblock_header, phys_base);
	DEFINE(HEADER_SIZE, sizeof(struct cellblock_header));

	DEFINE(ESR_EC_SHIFT, ESR_EC_SHIFT);
	DEFINE(EC_WFX, EC_WFX);
	DEFINE(EC_HVC64, EC_HVC64);
	DEFINE(EC_SMC64, EC_SMC64);
	DEFINE(EC_SYS64, EC_SYS64);
	DEFINE(EC_DABT_LOWER, EC_DABT_LOWER);
	DEFINE(ESR_WFX_TIMEOUT_SHIFT, ESR_WFX_TIMEOUT_SHIFT);
	DEFINE(ESR_SYS64_RT_SHIFT, ESR_SYS64_RT_SHIFT);
	DEFINE(ESR_SGI1R_WRITE, ESR_SGI1R_WRITE);
	DEFINE(PSR_BTYPE, PSR_BTYPE);
	DEFINE(PSR_SS, PSR_SS);
	/* of one of x0..x7 */
	DEFINE(DABT_LIGHT_MASK, DABT_MMIO_MASK | 0x18 << DABT_SRT_SHIFT);
	DEFINE(DABT_LIGHT, DABT_MMIO);
	DEFINE(DABT_WNR_SHIFT, DABT_WNR_SHIFT);

	DEFINE(VECTOR_SIZE, VECTOR_SIZE);
	DEFINE(VECTORS_SIZE, VECTORS_SIZE);
	DEFINE(VECTORS_SPX, VECTORS_SPX);
	DEFINE(ID_AA64MMFR0_PARANGE, ID_AA64MMFR0_PARANGE);
	DEFINE(PARANGE_48, PARANGE_48);
	DEFINE(CACHE_LINE_MIN, CACHE_LINE_MIN);
}
