/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_GIC_H
#define INMATE_GIC_H

/**
 * @file
 * GICv3 with the system register interface, EOImode 0, Group 1; or GICv2, with
 * the CPU interface where the communication region says. Names are those of the
 * GIC architecture specifications (IHI 0069, IHI 0048).
 *
 * An interrupt is given by its INTID: SGIs from 0, PPIs from 16, SPIs from 32 on.
 * In a cell the hypervisor ignores what is done to an SPI of others.
 *
 * Assembly may include this for the constants.
 */

#define GIC_SGIS		16	/**< INTID 0 to 15 */
#define GIC_FIRST_SPI		32	/**< INTID */
#define GIC_INTIDS		1020	/**< 1020 to 1023 are special */
#define GIC_INTID_MASK		0x3ff	/**< a GICv2 has the sender of an SGI above */

/** @name The distributor, for gic_dist()
 * @{
 */
/** A register's offset, or a bit of the one before it. */
#define GICD_CTLR		0x0000
#define GICD_CTLR_ENABLE	(1U << 0)	/* GICv2 */
#define GICD_CTLR_GRP1A		(1U << 1)
#define GICD_CTLR_ARE		(1U << 4)
#define GICD_CTLR_DS		(1U << 6)
#define GICD_CTLR_RWP		(1U << 31)
#define GICD_TYPER		0x0004
#define GICD_IGROUPR		0x0080
#define GICD_ISENABLER		0x0100
#define GICD_ICENABLER		0x0180
#define GICD_ISPENDR		0x0200
#define GICD_ICPENDR		0x0280
#define GICD_ISACTIVER		0x0300
#define GICD_ICACTIVER		0x0380
#define GICD_IPRIORITYR		0x0400
#define GICD_ITARGETSR		0x0800		/* GICv2 */
#define GICD_ICFGR		0x0c00
#define GICD_IGRPMODR		0x0d00
#define GICD_SGIR		0x0f00		/* GICv2 */
#define GICD_CPENDSGIR		0x0f10		/* GICv2 */
#define GICD_IROUTER		0x6000
#define GICD_V2_PIDR2		0x0fe8
#define GICD_PIDR2		0xffe8
#define GICD_V2_SIZE		0x1000
#define GICD_V3_SIZE		0x10000

/** @} */

/** @name A redistributor, for gic_redist()
 * @{
 */
/** A register's offset, a bit of the one before it, or a size. */
#define GICR_CTLR		0x0000
#define GICR_CTLR_RWP		(1U << 3)
#define GICR_TYPER		0x0008
#define GICR_TYPER_VLPIS	(1U << 1)
#define GICR_TYPER_LAST		(1U << 4)
#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	(1U << 1)
#define GICR_WAKER_ASLEEP	(1U << 2)
#define GICR_SGI_BASE		0x10000
#define GICR_FRAME_SIZE		0x20000

/** @} */

/** @name The CPU interface of a GICv2, at #gic_cpu_interface
 * @{
 */
/** A register's offset, a bit of the one before it, or a size. */
#define GICC_CTLR		0x0000
#define GICC_CTLR_ENABLE	(1U << 0)
#define GICC_PMR		0x0004
#define GICC_BPR		0x0008
#define GICC_IAR		0x000c
#define GICC_EOIR		0x0010
#define GICC_RPR		0x0014
#define GICC_HPPIR		0x0018
#define GICC_APR		0x00d0
#define GICC_SIZE		0x2000

/** @} */

/** @name The CPU interface of a GICv3, for read_sysreg() and write_sysreg()
 * @{
 */
/** A register by a name that every assembler knows. */
#define ICC_PMR_EL1		S3_0_C4_C6_0
#define ICC_IAR1_EL1		S3_0_C12_C12_0
#define ICC_EOIR1_EL1		S3_0_C12_C12_1
#define ICC_HPPIR1_EL1		S3_0_C12_C12_2
#define ICC_BPR1_EL1		S3_0_C12_C12_3
#define ICC_CTLR_EL1		S3_0_C12_C12_4
#define ICC_SRE_EL1		S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1		S3_0_C12_C12_7
#define ICC_RPR_EL1		S3_0_C12_C11_3
#define ICC_SGI1R_EL1		S3_0_C12_C11_5

/** @} */

/** Lower values come first. */
#define GIC_PRIORITY_DEFAULT	0xa0

#ifndef __ASSEMBLY__

#include <jailhouse/types.h>

#include <inmate/comm.h>
#include <inmate/cpu.h>
#include <inmate/mmio.h>

/**
 * Runs with interrupts masked and leaves them so: where it has interrupted is in
 * ELR_EL1 and SPSR_EL1 only, which another exception overwrites, an expected one
 * (exception_set_hook()) too. Must not use floating point. The interrupt is
 * deactivated when it returns.
 */
typedef void (*irq_handler_t)(unsigned int irq);

/**
 * Prepares the calling CPU (the first caller: the distributor too) and sets the
 * handler of all CPUs. CPUs may call it at the same time.
 *
 * Interrupts stay masked at the CPU: enable_irqs() opens. Ends the inmate if the
 * GIC is neither a GICv3 nor a GICv2.
 *
 * @param handler	of all interrupts
 */
void irq_init(irq_handler_t handler);

/**
 * Enables an interrupt with the default priority.
 *
 * @param irq	an SGI or PPI: for the calling CPU; an SPI is routed to it
 */
void irq_enable(unsigned int irq);

/**
 * The interrupt is not taken any more when this returns; it stays pending.
 *
 * @param irq	an SGI or PPI: of the calling CPU; or an SPI
 */
void irq_disable(unsigned int irq);

/**
 * After irq_enable().
 *
 * @param irq		an SGI or PPI: of the calling CPU; or an SPI
 * @param priority	lower values come first
 */
void irq_set_priority(unsigned int irq, u8 priority);

/**
 * Raises an interrupt by software.
 *
 * @param irq	an SGI or PPI: of the calling CPU; or an SPI
 */
void irq_set_pending(unsigned int irq);

/**
 * Forgets that an interrupt was raised; a level that is still there raises it
 * again.
 *
 * @param irq	an SGI or PPI: of the calling CPU; or an SPI
 */
void irq_clear_pending(unsigned int irq);

/**
 * Edge-triggered or level-sensitive. While the interrupt is disabled.
 *
 * @param irq	an SPI
 * @param edge	or level
 */
void irq_set_edge(unsigned int irq, bool edge);

/**
 * Sends an interrupt to another CPU, after irq_enable().
 *
 * @param spi	an SPI
 * @param mpidr	affinity of a CPU of the cell
 */
void irq_route(unsigned int spi, u64 mpidr);

/**
 * Sends an SGI to one CPU, which sees what was written before.
 *
 * @param sgi	0 to 15, on a GICv2 to 14; fewer where firmware keeps 8 to 15
 * @param mpidr	affinity of a CPU of the cell; on a GICv2 one that has called
 *		irq_init()
 */
void irq_send_sgi(unsigned int sgi, u64 mpidr);

/**
 * Sends an SGI to all other CPUs of the cell, which see what was written before.
 *
 * @param sgi	as for irq_send_sgi()
 */
void irq_send_sgi_others(unsigned int sgi);

/**
 * For direct looks at the distributor.
 *
 * @param offset	of a register
 * @return its address, valid after irq_init()
 */
volatile void *gic_dist(unsigned long offset);

/**
 * For direct looks at the calling CPU's redistributor, on a GICv3.
 *
 * @param offset	of a register, with #GICR_SGI_BASE if it is in that frame
 * @return its address, valid after irq_init() on this CPU
 */
volatile void *gic_redist(unsigned long offset);

/**
 * Finds a redistributor of a GICv3. Those of all CPUs of the machine can be found.
 *
 * @param mpidr	affinity of a CPU
 * @return its first frame, mapped; NULL: there is none
 */
volatile void *gic_find_redist(u64 mpidr);

/** The CPU interface of a GICv2, the same address on each CPU; NULL on a GICv3. */
extern volatile u8 *gic_cpu_interface;

/**
 * The version of the GIC.
 *
 * @return a GICv2, not a GICv3
 */
static inline bool gic_is_v2(void)
{
	return comm_region->gic_version == 2;
}

/**
 * For direct looks at SGIs and PPIs of the calling CPU: in its redistributor, or
 * in a GICv2's distributor.
 *
 * @param offset	of a register, as of the distributor
 * @return its address, valid after irq_init() on this CPU
 */
static inline volatile void *gic_private(unsigned long offset)
{
	return gic_is_v2() ? gic_dist(offset) : gic_redist(GICR_SGI_BASE + offset);
}

/**
 * For operating systems with exception vectors of their own: takes the interrupt
 * that is pending, which is active from then on.
 *
 * @return what gic_intid() and gic_end() take
 */
static inline u32 gic_acknowledge(void)
{
	if (gic_cpu_interface)
		return mmio_read32(gic_cpu_interface + GICC_IAR);
	return (u32)read_sysreg(ICC_IAR1_EL1);
}

/**
 * Which interrupt it is.
 *
 * @param acknowledged	by gic_acknowledge()
 * @return its INTID; from 1020 on there was none
 */
static inline unsigned int gic_intid(u32 acknowledged)
{
	return acknowledged & GIC_INTID_MASK;
}

/**
 * The interrupt is not active any more.
 *
 * @param acknowledged	by gic_acknowledge()
 */
static inline void gic_end(u32 acknowledged)
{
	if (gic_cpu_interface)
		mmio_write32(gic_cpu_interface + GICC_EOIR, acknowledged);
	else
		write_sysreg(ICC_EOIR1_EL1, acknowledged);
}

/** What a register of the CPU interface is for. */
enum gic_cpu_register {
	GIC_CPU_ENABLE,			/**< ICC_IGRPEN1_EL1, GICC_CTLR */
	GIC_CPU_MASK,			/**< PMR */
	GIC_CPU_BINARY_POINT,		/**< BPR */
	GIC_CPU_RUNNING,		/**< RPR, read only */
	GIC_CPU_HIGHEST_PENDING,	/**< HPPIR, read only */
	GIC_CPU_ACTIVE,			/**< ICC_AP1R0_EL1, GICC_APR0 */
};

/**
 * For direct looks at the CPU interface, also before irq_init().
 *
 * @param reg	which register
 * @return its value
 */
u32 gic_cpu_read(enum gic_cpu_register reg);

/**
 * Writes a register of the CPU interface; it counts from here on.
 *
 * @param reg	one that is not read only
 * @param value	new one
 */
void gic_cpu_write(enum gic_cpu_register reg, u32 value);

#endif /* __ASSEMBLY__ */

#endif /* INMATE_GIC_H */
