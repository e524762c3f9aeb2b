/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_PARAVIRT_H
#define CORE_PARAVIRT_H

#include <cellblock/paravirt.h>
#include <core/cell.h>

/*
 * What a guest and the hypervisor say to each other of a CPU that is shared, without
 * a call, from paravirt_begin() to the guest's next start. A guest that writes nonsense
 * sleeps too long: its own time, as its budget and its stop do not depend on it.
 */

/* Of a new vcpu that shares its CPU: its cell has the communication region. */
void paravirt_prepare(struct vcpu *vcpu);

/*
 * This CPU's guest asks what there is: CELLBLOCK_PV_HAS_*. *@offset: of its part of the
 * communication region; 0: there is none, the CPU is not shared.
 */
u32 paravirt_begin(u64 *offset);

/* Stolen time of a CPU, as Arm DEN0057A has it. */
struct paravirt_time {
	volatile u64 revision;	/* and attributes: 0 */
	volatile u64 stolen;	/* ns */
	u64 padding[6];
};

/* Does the cell have that of its CPUs? */
bool paravirt_has_time(const struct cell *cell);

/*
 * This CPU's, guest-physical: written from now on, and not what paravirt_begin() has begun,
 * as both are in the same place. Of a CPU that is not shared it stays 0.
 */
u64 paravirt_time(void);

/*
 * A guest that has asked for one of both gets the CPU: what it has had so far, or that it
 * has waited for so long.
 */
void paravirt_tell(struct vcpu_share *share, u64 waited);

/* When a guest that sleeps wakes, of which arch_guest_alarm() says @alarm. */
static inline u64 paravirt_alarm(const struct vcpu *vcpu, u64 alarm)
{
	const struct cellblock_pv_cpu *pv = vcpu->share.pv;
	u64 until, deadline;

	/* an interrupt waits: there is nothing to put off */
	if (__builtin_expect(!pv, 1) || !alarm)
		return alarm;
	/* each read once: another CPU of the guest can write them at any time */
	until = pv->until;
	deadline = pv->deadline;
	if (alarm < deadline)
		alarm = deadline;
	return until && until < alarm ? until : alarm;
}

#endif /* CORE_PARAVIRT_H */
