/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_SHARE_H
#define CORE_SHARE_H

#include <core/arch.h>
#include <core/cell.h>

/*
 * CPUs that cells share with root: whose guest runs, and for how long
 * (cellblock/sharing.h). A CPU decides for itself, with its lock: whenever a guest
 * sleeps or stops, at an interrupt for another one, and when its alarm rings. Other
 * CPUs that change something make it ring (arch_cpu_kick()).
 */

/* Root's vcpu on the CPU of the caller begins, or ends, to share it. 0 or refused. */
s64 share_cpu(u64 on);

/* The cell's vcpus on CPUs that it shares; parked. 0 or refused. */
int share_prepare(struct cell *cell);
/* Undoes that; they are parked. */
void share_release(struct cell *cell);

/* CPU_GET_INFO's CELLBLOCK_CPU_INFO_*. vcpu->cpu->lock; -EINVAL */
s64 share_info(const struct vcpu *vcpu, u64 type);

/* Is it the guest of a shared CPU that has to come and go? Not root's. */
static inline bool share_is_guest(const struct vcpu *vcpu)
{
	return vcpu->share.config;
}

/* There is an interrupt for a guest that may sleep. vcpu->cpu->lock */
static inline void share_wake(struct vcpu *vcpu)
{
	vcpu->share.alarm = 0;
}

/* For the architecture, in light exits: which guest goes on? */
struct guest_switch share_schedule(void);
/* The guest of this exit has executed a WFI; as share_schedule(). */
struct guest_switch share_sleep(struct vcpu *vcpu);
/* This CPU's guest is parked, another one goes on. */
void share_park(void) __attribute__((noreturn));

#endif /* CORE_SHARE_H */
