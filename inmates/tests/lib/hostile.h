/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_LIB_HOSTILE_H
#define TESTS_LIB_HOSTILE_H

/*
 * What the hostile programs share: instructions that are made at run time, with
 * whatever exception they cause, choices by a seed, and the count of what was
 * tried. ci/tests/hostile.c runs them beside a victim.
 *
 * Parameters of all of them:
 *	seed=N	of the values
 *	first=1	see hostile_resume()
 */

#include <inmate.h>

/* Memory of the cell that the image does not have */
#define HOSTILE_CODE		0x400000UL
#define HOSTILE_SCRATCH		0x600000UL
#define HOSTILE_KEPT		0x800000UL	/* survives a restart */
#define HOSTILE_WINDOW		0xa00000UL	/* see hostile_reach() */

/* Counts of a program: it has failed to be kept out if one escaped. */
struct hostile_counts {
	u64 attempt;		/* that may be the end */
	unsigned int tried;
	unsigned int refused;
	unsigned int escaped;
};

#define hostile (*(struct hostile_counts *)HOSTILE_KEPT)

/* Reads the seed, catches exceptions, and prepares for sleeping instructions. */
void hostile_init(void);

/*
 * For programs of which an attempt may be the end: they are started again. The
 * number of the attempt to go on with; an attempt that ended the last start is
 * counted as refused. "first=1" begins anew.
 */
u64 hostile_resume(void);

/* Before an attempt, whose random values depend on nothing but its number. */
void hostile_begin(u64 attempt);

/* The next of the seed's values. */
u64 hostile_random(void);

/* Arms the timer, so that an instruction that sleeps wakes up again, and stops it. */
void hostile_wake_soon(void);
void hostile_awake(void);

/* Where physical addresses end for this CPU, or what its page tables can hold. */
u64 hostile_end_of_memory(void);

/*
 * Maps the page of a physical address and the next one, in place of what was
 * asked for before: it takes no page tables, however often. The virtual address.
 */
u64 hostile_reach(u64 phys, enum map_type type);

/* The same for code that EL0 runs. */
u64 hostile_reach_el0(u64 phys);

/*
 * A slot of generated code: a word before the instruction, it, one after it to
 * undo what it did.
 */
struct hostile_code {
	u32 before;
	u32 insn;
	u32 after;
};

/* MSR (register) with X0, and those about it: 14 bits from op1 to op2 */
#define HOSTILE_READ		(1U << 21)
#define HOSTILE_INSN(op0, enc)	(0xd5000000U | (u32)(op0) << 19 | (u32)(enc) << 5)
#define HOSTILE_ENC(op1, crn, crm, op2)	((op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define HOSTILE_OP1(enc)	((enc) >> 11)
#define HOSTILE_CRN(enc)	((enc) >> 7 & 15)
#define HOSTILE_ENCODINGS	(1U << 14)

#define HOSTILE_NOP		0xd503201fU
#define HOSTILE_SLOTS		128

/* Makes the code of up to HOSTILE_SLOTS slots executable. */
void hostile_make(const struct hostile_code *code, unsigned int count);

/* What came of a slot. */
struct hostile_result {
	u64 x0;			/* after it */
	u64 esr;		/* of its exception */
	bool excepted;
};

/* Runs a slot with x0 as given. Counts it. */
struct hostile_result hostile_run(unsigned int slot, u64 x0);

/* The same for an instruction of its own. */
struct hostile_result hostile_run_one(u32 insn, u64 x0);

/* Says what it was that got through. */
#define hostile_escaped(fmt, ...) do {					\
	hostile.escaped++;						\
	printk("escaped: " fmt "\n", ##__VA_ARGS__);			\
} while (0)

/* Prints the counts and ends the program. */
void __attribute__((noreturn)) hostile_end(const char *what);

#endif /* TESTS_LIB_HOSTILE_H */
