/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_IRQ_H
#define ARM64_IRQ_H

/*
 * How interrupts reach a cell. The rest of the hypervisor sees these functions
 * only, besides those of core/arch.h that irq.c implements as well: what of
 * the GIC is reserved, SPIs that become pending, the address of messages.
 * Which GIC there is, and which way is taken, is settled by vgic_unit's init
 * (struct irq_ops in irq_ops.h).
 */

#include <arch/guest_regs.h>
#include <core/mmio.h>
#include <core/unit.h>

/* Finds the GIC, or refuses it; ownership of INTIDs (vgic.c). */
extern const struct unit vgic_unit;

/* Bits of HCR_EL2 for a CPU whose guest runs. */
u64 irq_hcr_bits(void);

/* The parts of arch_machine_commit() and arch_cpu_leave() (last CPU). */
void irq_machine_enter(void);
void irq_machine_leave(void);
/* The parts of arch_cpu_commit() and arch_cpu_leave(), and their release. */
void irq_cpu_enter(void);
void irq_cpu_leave(void);

/* See arch_cpu_kick(), _unkick(), _park(). */
void irq_kick(const struct cpu *cpu);
void irq_unkick(void);
void irq_cpu_park(void);
/* The guest is about to sleep in WFI: kicks must be able to wake it. */
void irq_cpu_sleep(void);
/* The CPU interface and this CPU's SGIs and PPIs as after a reset. */
void irq_cpu_reset(void);

/*
 * A guest's access at a guest-physical address that it has not mapped;
 * MMIO_UNHANDLED: not the GIC's (vgic_mmio.c).
 */
enum mmio_result irq_mmio(struct cell *cell, struct mmio_access *access);
/* A guest's trapped access to a system register; false: not the GIC's. */
bool irq_sysreg(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read);
/* The hot one, which sends an SGI (vgic_sgi.c): ESR_EL2 of it, Rt apart. */
#define ESR_SGI1R_WRITE	((u64)EC_SYS64 << ESR_EC_SHIFT | ESR_IL | \
			 SYSREG(3, 0, 12, 11, 5))
void irq_sgi1r(u64 value);

#endif /* ARM64_IRQ_H */
