/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/*
 * The hypervisor's address space: EL2 stage 1, 39 bits, tables from level 1.
 *
 *   0x7f_ffff_f000  | fixmap of one guest page      |  FIXMAP_VA
 *   0x7f_ffff_e000  | struct percpu, 4 KiB          |  PERCPU_VA, SP_EL2 in a guest
 *   0x7f_ffff_d000  | stack, 4 KiB                  |  below it nothing is mapped
 *                   :                               :
 *   0x7f_c000_0000  +-------------------------------+  this GiB is each CPU's own
 *   0x7f_b000_0000  | devices: GICD, GICRs, UART    |  DEVICE_BASE, 256 MiB
 *                   +-------------------------------+
 *   0x7f_8000_0000  | hypervisor memory: rodata R,  |  HV_BASE
 *                   | text RX, data, bss, pool RW   |
 *                   +-------------------------------+
 *   physical        | the first page of text, at    |  to switch the MMU
 *   address         | its physical address, RX      |  on and off
 *                   +-------------------------------+
 *
 * The pages of another CPU's stack and struct percpu are not mapped at all.
 */
#define HV_VA_BITS		39
#define HV_BASE			0x7f80000000
#define HV_MAX_SIZE		0x30000000
#define DEVICE_BASE		0x7fb0000000
#define DEVICE_SIZE		0x10000000
/* one MOV makes each of them, and the offset of a load or store reaches all of the page */
#define PERCPU_VA		0x7fffffe000
#define FIXMAP_VA		0x7ffffff000

/* stack and struct percpu, contiguous */
#define STACK_SIZE		0x1000
#define PRIVATE_PAGES		2

#define BOOT_AREA_SIZE		4096

/* SCTLR_EL2 with HCR_EL2.E2H = 0, Arm ARM D17.2.119 */
#define SCTLR_EL2_RES1		0x30c50830
#define SCTLR_EL2_M		(1 << 0)
#define SCTLR_EL2_C		(1 << 2)
#define SCTLR_EL2_SA		(1 << 3)
#define SCTLR_EL2_I		(1 << 12)
#define SCTLR_EL2_WXN		(1 << 19)
#define SCTLR_EL2_ON		(SCTLR_EL2_RES1 | SCTLR_EL2_M | SCTLR_EL2_C | \
				 SCTLR_EL2_SA | SCTLR_EL2_I | SCTLR_EL2_WXN)

/* memory attributes: index 0 device-nGnRE, 1 normal write-back */
#define MAIR_EL2_VALUE		0xff04
#define MAIR_DEVICE		0
#define MAIR_NORMAL		1

/* TCR_EL2: RES1 bits, inner/outer WB WA, inner shareable, 4 KiB, PS added */
#define TCR_EL2_BASE		((1 << 31) | (1 << 23) | (3 << 12) | \
				 (1 << 10) | (1 << 8) | (64 - HV_VA_BITS))
#define TCR_EL2_PS_SHIFT	16

#endif /* ARCH_LAYOUT_H */
