/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_EL2_STATE_H
#define ARM64_EL2_STATE_H

#include <jailhouse/types.h>

/*
 * The registers of EL2 that say what a guest may do without us. All are written
 * when a CPU changes hands, also to Linux at disable: none is inherited.
 */
#define EL2_ALWAYS(x)			\
	EL2_OF_GUEST(x)			\
	EL2_ALIKE(x)

/* Each guest of a CPU has its own of these, in pairs as in el1_state.h, */
#define EL2_PAIRS(p, x)			\
	p(x, hcr_el2, , vttbr_el2, )	\
	p(x, cptr_el2, , mdcr_el2, )

#define EL2_EACH(x, a, _, b, __)	x(a) x(b)
#define EL2_OF_GUEST(x)			EL2_PAIRS(EL2_EACH, x)

/* and these are alike for all of them, or no guest is subject to them (TPIDR_EL2). */
#define EL2_ALIKE(x)			\
	x(vtcr_el2)			\
	x(vmpidr_el2)			\
	x(vpidr_el2)			\
	x(hstr_el2)			\
	x(cnthctl_el2)			\
	x(cntvoff_el2)			\
	x(tpidr_el2)

/* By encoding: the assembler does not know them */
#define HCRX_EL2		s3_4_c1_c2_2
#define HFGRTR_EL2		s3_4_c1_c1_4
#define HFGWTR_EL2		s3_4_c1_c1_5
#define HFGITR_EL2		s3_4_c1_c1_6
#define HDFGRTR_EL2		s3_4_c3_c1_4
#define HDFGWTR_EL2		s3_4_c3_c1_5
#define HDFGRTR2_EL2		s3_4_c3_c1_0
#define HDFGWTR2_EL2		s3_4_c3_c1_1
#define HFGRTR2_EL2		s3_4_c3_c1_2
#define HFGWTR2_EL2		s3_4_c3_c1_3
#define HFGITR2_EL2		s3_4_c3_c1_7
#define MPAM2_EL2		s3_4_c10_c5_0
#define VSESR_EL2		s3_4_c5_c2_3
#define VDISR_EL2		s3_4_c12_c1_1

#define EL2_HCX(x)			\
	x(HCRX_EL2)

#define EL2_FGT(x)			\
	x(HFGRTR_EL2)			\
	x(HFGWTR_EL2)			\
	x(HFGITR_EL2)			\
	x(HDFGRTR_EL2)			\
	x(HDFGWTR_EL2)

#define EL2_FGT2(x)			\
	x(HFGRTR2_EL2)			\
	x(HFGWTR2_EL2)			\
	x(HFGITR2_EL2)			\
	x(HDFGRTR2_EL2)			\
	x(HDFGWTR2_EL2)

#define EL2_MPAM(x)			\
	x(MPAM2_EL2)

/* A virtual SError: what it will say, and what the guest has deferred (ESB) and not looked at */
#define EL2_RAS(x)			\
	x(VSESR_EL2)			\
	x(VDISR_EL2)

/* Each list, and the ID register, field and lowest value that say that it is there */
#define EL2_FEATURES(x)						\
	x(EL2_HCX, id_aa64mmfr1_el1, ID_AA64MMFR1_HCX, 1)	\
	x(EL2_FGT, id_aa64mmfr0_el1, ID_AA64MMFR0_FGT, 1)	\
	x(EL2_FGT2, id_aa64mmfr0_el1, ID_AA64MMFR0_FGT, 2)	\
	x(EL2_MPAM, id_aa64pfr0_el1, ID_AA64PFR0_MPAM, 1)	\
	x(EL2_RAS, id_aa64pfr0_el1, ID_AA64PFR0_RAS, 1)

/* What ID registers say once is a bit of struct percpu's "has" */
enum {
#define HAS_LIST(list, id, field, value)	HAS_##list,
	EL2_FEATURES(HAS_LIST)
#undef HAS_LIST
	HAS_KEYS,
	HAS_COUNTERS,
	HAS_AUX,
	HAS_SVE,
	HAS_PROFILING,
	/* any of these but counters and profiling: a world switch moves more (switch.c) */
	HAS_MORE,
	/* GICv3: more active priorities than a register has bits (gicv3_cpu.c) */
	HAS_MORE_PRIORITIES,
};

/* What this CPU does not have is 0. */
struct el2_state {
#define EL2_FIELD(r)				u64 r;
#define EL2_FIELDS(list, id, field, value)	list(EL2_FIELD)
	EL2_ALWAYS(EL2_FIELD)
	EL2_FEATURES(EL2_FIELDS)
#undef EL2_FIELDS
#undef EL2_FIELD
};

/* On a CPU that Linux gives us: what that had, and this_cpu_has(). @state: all zero before */
void el2_enter(struct el2_state *state);
/* What is written counts from the next ISB on. */
void el2_load(const struct el2_state *state);
/* Of EL2_FEATURES, what the CPU has; @has: of its struct percpu */
void el2_load_features(const struct el2_state *state, u32 has);

#endif /* ARM64_EL2_STATE_H */
