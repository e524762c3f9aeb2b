/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_CPU_H
#define INMATE_CPU_H

#include <jailhouse/types.h>

#include <inmate/layout.h>

#define SYSREG_STR_(x)		#x
#define SYSREG_STR(x)		SYSREG_STR_(x)

#define read_sysreg(name) ({						\
	u64 value_;							\
	asm volatile("mrs %0, " SYSREG_STR(name) : "=r" (value_) : : "memory"); \
	value_;								\
})

#define write_sysreg(name, value) do {					\
	u64 new_ = (u64)(value);					\
	asm volatile("msr " SYSREG_STR(name) ", %x0"			\
		     : : "rZ" (new_) : "memory");			\
} while (0)

/* Numbers of this cell's CPUs, from 0 = the one that started first. */
static inline unsigned int cpu_id(void)
{
	return (unsigned int)read_sysreg(tpidr_el1);
}

/* Affinity fields of an MPIDR: Aff3 and Aff2..Aff0. */
#define MPIDR_AFF_MASK		0xff00ffffffULL

static inline u64 cpu_mpidr(void)
{
	return read_sysreg(mpidr_el1) & MPIDR_AFF_MASK;
}

static inline void cpu_relax(void)
{
	asm volatile("yield" : : : "memory");
}

static inline void wait_for_interrupt(void)
{
	asm volatile("dsb sy\n\twfi" : : : "memory");
}

static inline void enable_irqs(void)
{
	asm volatile("msr daifclr, #2" : : : "memory");
}

static inline void disable_irqs(void)
{
	asm volatile("msr daifset, #2" : : : "memory");
}

/* The end of programs that live in their interrupt handlers. */
static inline void __attribute__((noreturn)) halt(void)
{
	enable_irqs();
	for (;;)
		wait_for_interrupt();
}

static inline u64 irqs_save(void)
{
	u64 flags = read_sysreg(daif);

	disable_irqs();
	return flags;
}

static inline void irqs_restore(u64 flags)
{
	write_sysreg(daif, flags);
}

static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

static inline void dsb(void)
{
	asm volatile("dsb sy" : : : "memory");
}

#define memory_barrier()	asm volatile("dmb sy" : : : "memory")

/*
 * What the first CPU found when it came in, taken before the library changed
 * anything (start.S writes it).
 */
struct boot_state {
	u64 gprs;		/* all general registers ORed */
	u64 sp;
	u64 current_el;
	u64 daif;
	u64 sctlr;
	u64 tcr;
	u64 ttbr0;
	u64 ttbr1;
	u64 mair;
	u64 vbar;
	u64 cpacr;
	u64 tpidr;
	u64 contextidr;
	u64 padding;
	u64 fpcr;
	u64 fpsr;
	u64 q[32][2];
};

_Static_assert(sizeof(struct boot_state) == 16 * 8 + 32 * 16, "start.S");

extern struct boot_state boot_state;

#endif /* INMATE_CPU_H */
