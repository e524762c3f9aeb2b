// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A part of TF-A, in the place of the dispatcher of a trusted OS. As those do, it has secure interrupts of the normal
 * world go to EL3 (SCR_EL3.FIQ = 1). Its calls: SECURE_SEND sends one to the CPU with the affinity in x1, SECURE_TAKEN
 * returns how many have been taken so far, by all CPUs.
 */

#include <bl31/interrupt_mgmt.h>
#include <common/debug.h>
#include <common/runtime_svc.h>
#include <lib/spinlock.h>
#include <plat/common/platform.h>

#define SECURE_SGI	9
/* Fast calls of 32 bits, of a trusted OS */
#define SECURE_SEND	0xb2000001U
#define SECURE_TAKEN	0xb2000002U

static spinlock_t lock;
static volatile uint64_t taken;

static uint64_t take(uint32_t id, uint32_t flags, void *handle, void *cookie)
{
	/* it is Secure EL1's: EL3 cannot acknowledge it */
	plat_ic_clear_interrupt_pending(SECURE_SGI);
	spin_lock(&lock);
	taken++;
	spin_unlock(&lock);
	return 0;
}

static int32_t setup(void)
{
	uint32_t flags = 0;

	set_interrupt_rm_flag(flags, NON_SECURE);
	return register_interrupt_type_handler(INTR_TYPE_S_EL1, take, flags);
}

static uintptr_t call(uint32_t function, u_register_t x1, u_register_t x2, u_register_t x3, u_register_t x4,
		      void *cookie, void *handle, u_register_t flags)
{
	switch (function) {
	case SECURE_SEND:
		plat_ic_raise_s_el1_sgi(SECURE_SGI, x1);
		SMC_RET1(handle, SMC_OK);
	case SECURE_TAKEN:
		SMC_RET1(handle, taken);
	default:
		SMC_RET1(handle, SMC_UNK);
	}
}

DECLARE_RT_SVC(secure, OEN_TOS_START, OEN_TOS_END, SMC_TYPE_FAST, setup, call);
