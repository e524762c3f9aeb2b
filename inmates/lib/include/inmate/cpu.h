/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_CPU_H
#define INMATE_CPU_H

#include <jailhouse/types.h>

#include <inmate/layout.h>

/**
 * @file
 * The calling CPU: system registers, interrupt masks, barriers. References are
 * to the Arm Architecture Reference Manual (DDI 0487); for the barriers that is
 * "Memory barriers".
 */

/** @cond for the two below */
#define SYSREG_STR_(x)		#x
#define SYSREG_STR(x)		SYSREG_STR_(x)
/** @endcond */

/**
 * Reads a system register; not moved across accesses to memory by the compiler.
 *
 * @param name	as the assembler has it, such as cntvct_el0 or S3_0_C4_C6_0
 * @return its value
 */
#define read_sysreg(name) ({						\
	u64 value_;							\
	asm volatile("mrs %0, " SYSREG_STR(name) : "=r" (value_) : : "memory"); \
	value_;								\
})

/**
 * Writes a system register. An isb() has to follow where what comes next depends
 * on it.
 *
 * @param name	as the assembler has it
 * @param value	of any integer type
 */
#define write_sysreg(name, value) do {					\
	u64 new_ = (u64)(value);					\
	asm volatile("msr " SYSREG_STR(name) ", %x0"			\
		     : : "rZ" (new_) : "memory");			\
} while (0)

/**
 * The calling CPU among those of this cell.
 *
 * @return 0: the one that started first, below smp_num_cpus()
 */
static inline unsigned int cpu_id(void)
{
	return (unsigned int)read_sysreg(tpidr_el1);
}

/** Affinity fields of an MPIDR: Aff3 and Aff2..Aff0. */
#define MPIDR_AFF_MASK		0xff00ffffffULL

/**
 * The calling CPU among those of the machine.
 *
 * @return its affinity, as in MPIDR_EL1
 */
static inline u64 cpu_mpidr(void)
{
	return read_sysreg(mpidr_el1) & MPIDR_AFF_MASK;
}

/** For loops that wait for another CPU. */
static inline void cpu_relax(void)
{
	asm volatile("yield" : : : "memory");
}

/**
 * Sleeps until an interrupt is pending, masked or not. May return for no reason
 * ("Wait For Interrupt").
 */
static inline void wait_for_interrupt(void)
{
	asm volatile("dsb sy\n\twfi" : : : "memory");
}

/** Interrupts may be taken from now on. */
static inline void enable_irqs(void)
{
	asm volatile("msr daifclr, #2" : : : "memory");
}

/** No interrupt is taken from now on. */
static inline void disable_irqs(void)
{
	asm volatile("msr daifset, #2" : : : "memory");
}

/** The end of programs that live in their interrupt handlers. */
static inline void __attribute__((noreturn)) halt(void)
{
	enable_irqs();
	for (;;)
		wait_for_interrupt();
}

/**
 * Masks interrupts, for a while.
 *
 * @return what irqs_restore() takes; pairs may be nested
 */
static inline u64 irqs_save(void)
{
	u64 flags = read_sysreg(daif);

	disable_irqs();
	return flags;
}

/**
 * Masks interrupts or not, as before irqs_save().
 *
 * @param flags	that it returned
 */
static inline void irqs_restore(u64 flags)
{
	write_sysreg(daif, flags);
}

/** What was written to system registers counts from here on. */
static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

/** Goes on when all accesses to memory are complete, for all observers. */
static inline void dsb(void)
{
	asm volatile("dsb sy" : : : "memory");
}

/** All observers see accesses before it before those after it. */
#define memory_barrier()	asm volatile("dmb sy" : : : "memory")

/**
 * What the first CPU found when it came in, taken before the library changed
 * anything (start.S writes it).
 */
struct boot_state {
	u64 gprs;		/**< all general registers ORed */
	u64 sp;			/**< SP */
	u64 current_el;		/**< CurrentEL */
	u64 daif;		/**< DAIF */
	u64 sctlr;		/**< SCTLR_EL1 */
	u64 tcr;		/**< TCR_EL1 */
	u64 ttbr0;		/**< TTBR0_EL1 */
	u64 ttbr1;		/**< TTBR1_EL1 */
	u64 mair;		/**< MAIR_EL1 */
	u64 vbar;		/**< VBAR_EL1 */
	u64 cpacr;		/**< CPACR_EL1 */
	u64 tpidr;		/**< TPIDR_EL1 */
	u64 contextidr;		/**< CONTEXTIDR_EL1 */
	u64 padding;		/**< @private */
	u64 fpcr;		/**< FPCR */
	u64 fpsr;		/**< FPSR */
	u64 q[32][2];		/**< Q0 to Q31 */
};

_Static_assert(sizeof(struct boot_state) == 16 * 8 + 32 * 16, "start.S");

/** Of this start of the program. */
extern struct boot_state boot_state;

#endif /* INMATE_CPU_H */
