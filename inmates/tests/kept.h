/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_KEPT_H
#define TESTS_KEPT_H

/*
 * Registers that EL0 and EL1 have alike, filled with a pattern, held while something
 * happens, and looked at afterwards: in a cell (kept.c) and in root Linux
 * (ci/tests/kept-root.c).
 */

struct kept_set {
	unsigned long long x[31], nzcv;
	unsigned long long fpcr, fpsr, tpidr, padding;
	unsigned long long q[32][2];
};

struct kept {
	struct kept_set before, after;
	/* of the caller: X19 to X30, Q8 to Q15, FPCR, FPSR, TPIDR_EL0, SP */
	unsigned long long saved[12 + 2 * 8 + 4];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct kept_set) == 800 && sizeof(struct kept) == 1856, "KEPT_FUNCTION");

/* Bits of these that have no other meaning than to be kept */
#define KEPT_NZCV	0xf0000000ULL
#define KEPT_FPCR	0x07c00000ULL
#define KEPT_FPSR	0x0800009fULL

#define KEPT_X		"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30"
#define KEPT_Q		KEPT_X ",31"
#define KEPT_SAVED_X	"19,20,21,22,23,24,25,26,27,28,29,30"
#define KEPT_SAVED_Q	"8,9,10,11,12,13,14,15"

#define KEPT_EACH(list, insn)		".irp n," list "\n\t" insn "\n\t.endr\n\t"
#define KEPT_WORD(access, r, offset, base)				\
	access(r, "x1", "[" base ", #" #offset "]")
#define KEPT_LOAD(r, x, at)		"ldr " x ", " at "\n\tmsr " #r ", " x "\n\t"
#define KEPT_STORE(r, x, at)		"mrs " x ", " #r "\n\tstr " x ", " at "\n\t"

/*
 * void name(struct kept *): loads "before", executes @hold, stores "after". SP is its
 * argument meanwhile: what is below is overwritten if an exception is taken.
 */
#define KEPT_FUNCTION(name, hold)					\
	void name(struct kept *kept);					\
	asm(".text\n\t.balign 4\n\t.globl " #name "\n" #name ":\n\t"	\
	    KEPT_EACH(KEPT_SAVED_X, "str x\\n, [x0, #1600 + 8 * (\\n - 19)]") \
	    KEPT_EACH(KEPT_SAVED_Q, "str q\\n, [x0, #1696 + 16 * (\\n - 8)]") \
	    KEPT_WORD(KEPT_STORE, fpcr, 1824, "x0")			\
	    KEPT_WORD(KEPT_STORE, fpsr, 1832, "x0")			\
	    KEPT_WORD(KEPT_STORE, tpidr_el0, 1840, "x0")		\
	    "mov x1, sp\n\tstr x1, [x0, #1848]\n\tmov sp, x0\n\t"	\
	    KEPT_WORD(KEPT_LOAD, fpcr, 256, "sp")			\
	    KEPT_WORD(KEPT_LOAD, fpsr, 264, "sp")			\
	    KEPT_WORD(KEPT_LOAD, tpidr_el0, 272, "sp")			\
	    KEPT_WORD(KEPT_LOAD, nzcv, 248, "sp")			\
	    KEPT_EACH(KEPT_Q, "ldr q\\n, [sp, #288 + 16 * \\n]")	\
	    KEPT_EACH(KEPT_X, "ldr x\\n, [sp, #8 * \\n]")		\
	    hold "\n\t"							\
	    KEPT_EACH(KEPT_X, "str x\\n, [sp, #800 + 8 * \\n]")		\
	    KEPT_EACH(KEPT_Q, "str q\\n, [sp, #1088 + 16 * \\n]")	\
	    KEPT_WORD(KEPT_STORE, nzcv, 1048, "sp")			\
	    KEPT_WORD(KEPT_STORE, fpcr, 1056, "sp")			\
	    KEPT_WORD(KEPT_STORE, fpsr, 1064, "sp")			\
	    KEPT_WORD(KEPT_STORE, tpidr_el0, 1072, "sp")		\
	    "mov x0, sp\n\tldr x1, [x0, #1848]\n\tmov sp, x1\n\t"	\
	    KEPT_WORD(KEPT_LOAD, fpcr, 1824, "x0")			\
	    KEPT_WORD(KEPT_LOAD, fpsr, 1832, "x0")			\
	    KEPT_WORD(KEPT_LOAD, tpidr_el0, 1840, "x0")			\
	    KEPT_EACH(KEPT_SAVED_X, "ldr x\\n, [x0, #1600 + 8 * (\\n - 19)]") \
	    KEPT_EACH(KEPT_SAVED_Q, "ldr q\\n, [x0, #1696 + 16 * (\\n - 8)]") \
	    "ret\n")

/* A while, without a register: the emulator takes longer for an ISB than for a NOP. */
#define KEPT_WORK	".rept 500\n\tisb\n\t.endr"

static inline unsigned long long kept_dice(unsigned long long *state)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static inline void kept_fill(struct kept *kept, unsigned long long *state)
{
	struct kept_set *set = &kept->before;
	unsigned long long *words = (unsigned long long *)set;

	for (unsigned int n = 0; n < sizeof(*set) / 8; n++)
		words[n] = kept_dice(state);
	set->nzcv &= KEPT_NZCV;
	set->fpcr &= KEPT_FPCR;
	set->fpsr &= KEPT_FPSR;
	kept->after = *set;
	for (unsigned int n = 0; n < sizeof(*set) / 8; n++)
		((unsigned long long *)&kept->after)[n] ^= 1;
	kept->after.padding = set->padding;
}

/* The first 64-bit word of the set that has changed, -1 if none has. */
static inline int kept_changed(const struct kept *kept)
{
	const unsigned long long *before = (const unsigned long long *)&kept->before;
	const unsigned long long *after = (const unsigned long long *)&kept->after;

	for (int n = 0; n < (int)(sizeof(kept->before) / 8); n++)
		if (before[n] != after[n])
			return n;
	return -1;
}

#endif /* TESTS_KEPT_H */
