/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_IRQ_INJECTED_H
#define ARM64_IRQ_INJECTED_H

/*
 * What irq_injected.c has for irq_shared.c. All of it is about this CPU; struct
 * gic_vcpu is that of its guest, unless it is said to be another one's.
 */

#include <core/vcpu.h>

#define ICC_SPECIAL(intid)	((intid) - 1020 < 4)

/* The guest has nothing yet at its CPU interface, but ICH_VMCR_EL2. */
void irq_injected_begin(void);
/* Linux's KVM has the maintenance interrupt, too: it comes back by the release of root. */
void irq_injected_keep_maintenance(void);
/* As irq_delivery's. */
void irq_injected_release(void);
bool irq_injected_can_release(void);
void irq_injected_sleep(bool timed, u64 until);
/* Does an interrupt wait for the guest? */
bool irq_injected_waits(void);

/*
 * The interrupt that was read from ICC_IAR1_EL1 as a list register has it, for @vcpu;
 * those of the GIC itself stay active in it.
 */
u64 irq_injected_acknowledge(const struct vcpu *vcpu, u32 intid);
/* Serves the maintenance interrupt. */
void irq_injected_maintain(struct vcpu *vcpu);
void irq_injected_insert(struct gic_vcpu *v, u64 lr);
/* Anybody's: is the interrupt in the queue already? Then it comes again. */
bool irq_injected_merge(struct gic_vcpu *v, u64 lr);

/* From the list registers to the queue. */
void irq_injected_collect(struct gic_vcpu *v);
/* What the GIC may signal, if nothing is in the queue: all that is the guest's. */
void irq_injected_open(const struct gic_vcpu *v);
/* From the queue to list registers; then the same, as far as there is room. */
void irq_injected_fill(struct gic_vcpu *v);
/* The same, after what the guest has ended meanwhile. */
void irq_injected_refill(struct gic_vcpu *v);
/* Of a guest that does not go on: what waits goes back to the GIC. */
void irq_injected_forget(struct gic_vcpu *v);

#endif /* ARM64_IRQ_INJECTED_H */
