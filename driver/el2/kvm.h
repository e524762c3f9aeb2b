/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_KVM_H
#define DRIVER_KVM_H

/* Keeping KVM away from EL2, see kvm.c. */

struct jailhouse_error;

/**
 * kvm_block() - refuse if a KVM guest exists or could be started
 * @err: receives the sentence of a refusal
 *
 * There is no /dev/kvm then until kvm_unblock().
 *
 * Return: 0, or a negative errno; then nothing has changed.
 */
int kvm_block(struct jailhouse_error *err);
void kvm_unblock(void);

/**
 * kvm_leave_el2() - bring Linux's stub back to EL2 where KVM has its own code
 * @err: receives the sentence of a refusal
 *
 * Context: after kvm_block(), so that KVM does not return; may sleep.
 * Return: 0 if it is there on all CPUs, or a negative errno.
 */
int kvm_leave_el2(struct jailhouse_error *err);

/**
 * kvm_enter_el2() - let KVM take EL2 again where kvm_leave_el2() found it
 *
 * Context: the stub is at EL2 of all CPUs; may sleep.
 */
void kvm_enter_el2(void);

#endif /* DRIVER_KVM_H */
