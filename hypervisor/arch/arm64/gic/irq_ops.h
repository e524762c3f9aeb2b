/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_IRQ_OPS_H
#define ARM64_IRQ_OPS_H

/*
 * What differs between versions of the GIC (struct gic_ops, one for the machine),
 * and between ways for interrupts to reach a guest (struct irq_delivery, one for
 * each cell). The functions of irq.h are the contract; irq.c calls these. What
 * guests do most goes without a table: pending SPIs and the bits of the trapped
 * distributor are alike in all versions, and what is a GICv3's alone
 * (redistributors, ICC_*_EL1) no guest meets on another.
 */

#include <arch/sysreg.h>
#include <core/mmio.h>
#include <core/percpu.h>

struct gic_ops {
	/* is it what we can use? Changes nothing of it */
	int (*init)(void);
	/* sends an SPI to @cpu */
	void (*route_spi)(u32 intid, const struct cpu *cpu);
	/*
	 * of the 32 SPIs of a word of irqs[] those of @cell that go to a CPU of
	 * @taker, or to any, go to its first; gic.lock is held
	 */
	void (*reroute)(const struct cell *cell, const struct cell *taker, u32 word);
	/* trapped registers of GICD that not all versions have; a read is 0 */
	enum mmio_result (*dist_access)(struct cell *cell,
					struct mmio_access *access);
	void (*kick)(const struct cpu *cpu);

	/* This CPU */
	void (*ack_kick)(void);
	/* keeps what Linux had, and gives it back */
	void (*cpu_enter)(void);
	void (*cpu_leave)(void);
	void (*cpu_park)(void);
	/* what is the CPU's, whatever way interrupts take: before the delivery's */
	void (*cpu_reset)(void);

	/* see irq.h; NULL: no CPU can be shared */
	int (*cpu_share)(bool on);

	const struct irq_delivery *direct;
	/* for guests that mask by priority; NULL: direct delivery lets them */
	const struct irq_delivery *injected;
	/* for all vcpus of a shared CPU */
	const struct irq_delivery *shared;
};

/* The way to the guest, on the CPU that runs it. */
struct irq_delivery {
	u64 hcr_bits;
	/* Linux goes on as a guest, with what cpu_enter() has kept */
	void (*cpu_adopt)(void);
	/* its CPU interface as after a reset */
	void (*cpu_reset)(void);
	/*
	 * its end on this CPU, for now or at all: nothing stays that is the way's, and no
	 * interrupt is lost that the GIC can have back. NULL: there is nothing
	 */
	void (*cpu_release)(void);
	/* is nothing there that cpu_release() would lose? NULL: there never is */
	bool (*can_release)(void);
	void (*cpu_sleep)(bool timed, u64 until);
	/*
	 * an interrupt came to EL2; true: another guest may have to run. Called from a
	 * light exit
	 */
	bool (*take)(void);
};

/* As take, where none comes but an FIQ: the firmware's business. */
bool irq_take_none(void);

/* The wait itself, of cpu_sleep. */
static inline void irq_wait(bool timed, u64 until)
{
	/* the guest's stores are seen before it sleeps */
	dsb(sy);
	if (timed)
		wfit(until);
	else
		wfi();
}

/* The machine's; set at OP_INIT. */
extern const struct gic_ops *gic_ops;

/* Chooses gic_ops for the machine and calls its init. 0 or refused. */
int irq_init(void);

/* gicv2_cpu.c */
extern const struct gic_ops gicv2_ops;
/* gicv3_cpu.c */
extern const struct gic_ops gicv3_ops;
/* gicv2_cpu.c: its only way, with the CPU interface in the cell. */
extern const struct irq_delivery irq_direct_v2;
/* irq_direct.c: a GICv3, interrupts without exits. */
extern const struct irq_delivery irq_direct;
/* irq_injected.c: a GICv3, by list registers. */
extern const struct irq_delivery irq_injected;
/* irq_shared.c: the same for several guests of a CPU. */
extern const struct irq_delivery irq_shared;

#endif /* ARM64_IRQ_OPS_H */
