/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_IRQ_H
#define ARM64_IRQ_H

/**
 * @file
 * How interrupts reach a cell.
 *
 * The rest of the hypervisor sees these functions only, besides those of
 * core/arch.h that irq.c implements as well: what of the GIC is reserved, SPIs
 * that become pending, the address of messages. Which GIC there is, and which
 * way is taken, is settled by vgic_unit's init (struct gic_ops in irq_ops.h).
 *
 * Names of registers are those of the GIC architecture specification (IHI 0069)
 * and of the Arm ARM (DDI 0487). Nothing here can fail after that init; no
 * function takes a lock that its caller may hold, but for the GIC's own.
 */

#include <arch/guest_regs.h>
#include <core/mmio.h>
#include <core/unit.h>
#include <gic/gic_state.h>

/** Finds the GIC, or refuses it; ownership of INTIDs (vgic.c). */
extern const struct unit vgic_unit;

/**
 * What decides where a guest's interrupts go.
 *
 * @return bits of HCR_EL2 for any CPU whose guest runs
 */
u64 irq_hcr_bits(void);

/**
 * The GIC's part of arch_machine_commit(): SPIs of nobody are disabled, those of
 * root are as before.
 */
void irq_machine_enter(void);

/** Undoes irq_machine_enter(): the last CPU is about to leave. */
void irq_machine_leave(void);

/** This CPU's part of arch_cpu_commit(): keeps what Linux had. */
void irq_cpu_enter(void);

/** Undoes irq_cpu_enter(): this CPU leaves, or is switched off. */
void irq_cpu_leave(void);

/**
 * As arch_cpu_kick(): an interrupt that wakes it, of those that it has anyway.
 *
 * @param cpu	may be this one
 */
void irq_kick(const struct cpu *cpu);

/** As arch_cpu_ack_kick(). */
void irq_ack_kick(void);

/** As arch_cpu_park(): only kicks wake this CPU from now on. */
void irq_cpu_park(void);

/**
 * The guest sleeps, at EL2: what interrupts it wakes it, and so do kicks.
 *
 * @param timed	the guest has given a time, and the CPU has FEAT_WFxT
 * @param until	of CNTVCT_EL0
 */
void irq_cpu_sleep(bool timed, u64 until);

/**
 * The CPU interface and this CPU's SGIs and PPIs as after a reset, for the cell
 * of the vcpu that is about to start.
 */
void irq_cpu_reset(void);

/**
 * Root's part of arch_cpu_share().
 *
 * @param on	as there
 * @return 0, or refused
 */
int irq_cpu_share(bool on);

/**
 * This CPU's part of arch_vcpu_switch(): its guest goes, and will come back. For CPUs
 * that are shared, as irq_cpu_resume() and irq_waits() (irq_shared.c).
 *
 * @param vcpu		whose guest that is
 * @param context	gets what it has at the CPU interface
 * @param has		of struct percpu
 */
void irq_cpu_keep(struct vcpu *vcpu, struct cpu_context *context, u32 has);

/** The same, but it will not come back. */
void irq_cpu_drop(void);

/**
 * A guest comes back.
 *
 * @param vcpu		of this CPU from now on
 * @param context	what irq_cpu_keep() has kept
 * @param has		of struct percpu
 */
void irq_cpu_resume(struct vcpu *vcpu, const struct cpu_context *context, u32 has);

/**
 * The guest of this exit goes on, with the SGIs that have been sent to it.
 *
 * @param v	of its vcpu
 */
void irq_cpu_stay(const struct gic_vcpu *v);

/**
 * Does an interrupt wait for the guest of this exit, masked or not?
 *
 * @return true: one does
 */
bool irq_waits(void);

/**
 * An interrupt came to EL2, in a light exit.
 *
 * @return true: share_schedule() is to be called
 */
bool irq_take(void);

/**
 * A guest's access at a guest-physical address that it has not mapped.
 *
 * @param cell		the guest's
 * @param access	of 1, 2, 4 or 8 bytes; value is what is written, or gets
 *	what is read
 * @return MMIO_UNHANDLED: the address is not the GIC's
 */
enum mmio_result irq_mmio(struct cell *cell, struct mmio_access *access);

/**
 * A guest's trapped access to a system register.
 *
 * @param regs		the guest's, of which @p rt is read or written
 * @param reg		as SYSREG() has it
 * @param rt		0 to 31; 31 is XZR
 * @param is_read	MRS, or MSR
 * @return false: not one of the GIC's
 */
bool irq_sysreg(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read);

/** ESR_EL2 of a write to ICC_SGI1R_EL1, without Rt: for a light exit. */
#define ESR_SGI1R_WRITE	((u64)EC_SYS64 << ESR_EC_SHIFT | ESR_IL | \
			 SYSREG(3, 0, 12, 11, 5))

/**
 * That write, which sends an SGI: to CPUs of the cell only. Others are denied
 * and counted.
 *
 * @param value	of ICC_SGI1R_EL1
 */
void irq_sgi1r(u64 value);

#endif /* ARM64_IRQ_H */
