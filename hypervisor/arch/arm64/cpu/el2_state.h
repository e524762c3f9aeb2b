/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_EL2_STATE_H
#define ARM64_EL2_STATE_H

#include <jailhouse/types.h>

/*
 * The registers of EL2 that say what a guest may do without us. All are written
 * when a CPU changes hands, also to Linux at disable: none is inherited.
 */
#define EL2_STATE(x)			\
	x(hcr_el2)			\
	x(vtcr_el2)			\
	x(vttbr_el2)			\
	x(vmpidr_el2)			\
	x(vpidr_el2)			\
	x(cptr_el2)			\
	x(hstr_el2)			\
	x(mdcr_el2)			\
	x(cnthctl_el2)			\
	x(cntvoff_el2)			\
	x(tpidr_el2)

struct el2_state {
#define EL2_FIELD(r)	u64 r;
	EL2_STATE(EL2_FIELD)
#undef EL2_FIELD
};

void el2_save(struct el2_state *state);
/* What is written counts from the next ISB on. */
void el2_load(const struct el2_state *state);

#endif /* ARM64_EL2_STATE_H */
