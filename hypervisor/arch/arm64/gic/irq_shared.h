/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_IRQ_SHARED_H
#define ARM64_IRQ_SHARED_H

#include <core/vcpu.h>

struct cell;
struct mmio_access;

/* As irq_cpu_share(). */
int irq_shared_cpu(bool on);

/* SGI @sgi of such a guest; it has it by irq_shared_take_sgis(). */
void irq_shared_pend_sgi(struct vcpu *vcpu, u32 sgi);
/* SGI @sgi of @cell for a guest that shares @cpu; false: there is none. */
bool irq_shared_send(const struct cell *cell, const struct cpu *cpu, u32 sgi);
/* IGROUPR to ICACTIVER of such a guest's SGIs; what is read is added. */
void irq_shared_sgi_bits(struct vcpu *vcpu, u32 reg, struct mmio_access *access);
/* IPRIORITYR of them. False: the access is to something else. */
bool irq_shared_sgi_priority(struct vcpu *vcpu, struct mmio_access *access);
/*
 * Around accesses of this CPU's guest to the GIC: the registers of the timers' PPIs are
 * its own, and then again what they are for all guests.
 */
void irq_shared_show_timers(void);
void irq_shared_hide_timers(void);
/* On this CPU, after others may have sent some. */
void irq_shared_take_sgis(void);

/* irq_direct.c: the physical interface as direct delivery has it. */
void irq_direct_set_icc(void);

/*
 * vgic.c: one more, or one less, of root's CPUs is shared. While one is, root's
 * interrupts have priorities from GIC_PRIO_ROOT on, and EL2's PPIs are not root's.
 */
void vgic_share_root(bool on);

#endif /* ARM64_IRQ_SHARED_H */
