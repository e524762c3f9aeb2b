/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_GIC_OPS_H
#define LIB_GIC_OPS_H

#include <inmate/gic.h>

/* What differs between versions of the GIC; gic.c has the rest. */
struct gic_ops {
	/* the distributor is mapped; of the calling CPU, the first one's is first */
	void (*init_cpu)(void);
	/* until a disabled interrupt is not taken any more */
	void (*wait)(unsigned int irq);
	void (*route)(unsigned int spi, u64 mpidr);
	void (*pend_sgi)(unsigned int sgi, bool pending);
	/* the barrier for the receiver is before it */
	void (*send_sgi)(unsigned int sgi, u64 mpidr);
	void (*send_sgi_others)(unsigned int sgi);
};

extern const struct gic_ops gic_v2, gic_v3;

/* Until a bit of a register is 0. */
void gic_wait_clear(const volatile u8 *reg, u32 mask);

#endif /* LIB_GIC_OPS_H */
