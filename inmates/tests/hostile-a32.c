// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Every encoding of MRC, MCR, MRRC and MCRR at a 32-bit EL0, for which EL1 opens all
 * that it can: what EL2 traps of them has exception classes of its own.
 */

#include "lib/hostile.h"

#define WORDS			(PAGE_SIZE / sizeof(u32))
#define COPROCESSOR(n)		((u32)(n) << 8)
#define INSN_MCR		0xee000010U
#define INSN_MCRR		0xec400000U
#define INSN_READ		(1U << 20)
#define INSN_SVC		0xef000000U
#define LONG_ENCODINGS		256U
#define SPSR_A32		0x1d0ULL	/* all masked */
#define SCTLR_OF_EL0		(1ULL << 5 | 1ULL << 15 | 1ULL << 26)	/* CP15BEN, UCT, UCI */
#define PMUSERENR_ALL		0xfULL
#define CNTKCTL_ALL		0x303ULL

/* Floating point, debug and trace, the rest */
static const u32 coprocessors[] = { COPROCESSOR(10), COPROCESSOR(14), COPROCESSOR(15) };

/* Used by the vector below: exceptions that are counted, and where SVC leads to. */
struct {
	u64 refused, back;
} hostile_a32;

/* From 32-bit EL0: on with the next instruction, until there is an SVC. X0 and X1 are EL0's. */
extern const char hostile_a32_vectors[];
asm(".pushsection .text\n"
    ".balign 0x800\n"
    "hostile_a32_vectors:\n\t"
    ".space 0x600\n\t"
    "adrp x0, hostile_a32\n\t"
    "add x0, x0, :lo12:hostile_a32\n\t"
    "mrs x1, esr_el1\n\t"
    "lsr x1, x1, #26\n\t"
    "cmp x1, #0x11\n\t"
    "b.eq 1f\n\t"
    "ldr x1, [x0]\n\t"
    "add x1, x1, #1\n\t"
    "str x1, [x0]\n\t"
    "mrs x1, elr_el1\n\t"
    "add x1, x1, #4\n\t"
    "msr elr_el1, x1\n\t"
    "eret\n"
    "1:	ldr x1, [x0, #8]\n\t"
    "br x1\n"
    ".popsection");

static void run_at_el0(u64 entry)
{
	u64 vbar = read_sysreg(vbar_el1);

	write_sysreg(vbar_el1, (u64)hostile_a32_vectors);
	write_sysreg(elr_el1, entry);
	write_sysreg(spsr_el1, SPSR_A32);
	isb();
	asm volatile("stp x29, x30, [sp, #-16]!\n\t"
		     "adrp x0, hostile_a32\n\t"
		     "add x0, x0, :lo12:hostile_a32\n\t"
		     "adr x1, 1f\n\t"
		     "str x1, [x0, #8]\n\t"
		     "eret\n"
		     "1:	ldp x29, x30, [sp], #16"
		     : : : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
		       "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18",
		       "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27",
		       "x28", "cc", "memory");
	write_sysreg(vbar_el1, vbar);
	isb();
}

static u32 *next;

static void run_page(void)
{
	*next = INSN_SVC;
	hostile.tried += (unsigned int)(next - (u32 *)HOSTILE_SCRATCH);
	for (u64 line = HOSTILE_SCRATCH; line < HOSTILE_SCRATCH + PAGE_SIZE; line += 16)
		asm volatile("dc cvau, %0" : : "r" (line) : "memory");
	dsb();
	asm volatile("ic iallu" : : : "memory");
	run_at_el0(hostile_reach_el0(HOSTILE_SCRATCH));
	next = (u32 *)HOSTILE_SCRATCH;
}

static void add(u32 insn)
{
	*next++ = insn;
	if (next == (u32 *)HOSTILE_SCRATCH + WORDS - 1)
		run_page();
}

/* With R0, and R2 for the other half: read and write */
static void add_all(u32 coprocessor)
{
	for (u32 enc = 0; enc < HOSTILE_ENCODINGS; enc++) {
		u32 insn = INSN_MCR | coprocessor | (enc >> 11) << 21 | (enc >> 7 & 15) << 16 |
			   (enc & 7) << 5 | (enc >> 3 & 15);

		add(insn | INSN_READ);
		add(insn);
	}
	for (u32 enc = 0; enc < LONG_ENCODINGS; enc++) {
		u32 insn = INSN_MCRR | coprocessor | 2 << 16 | enc;

		add(insn | INSN_READ);
		add(insn);
	}
}

void inmate_main(void)
{
	hostile_init();
	map_range((void *)HOSTILE_SCRATCH, PAGE_SIZE, MAP_CACHED);
	next = (u32 *)HOSTILE_SCRATCH;
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_OF_EL0);
	write_sysreg(pmuserenr_el0, PMUSERENR_ALL);
	write_sysreg(cntkctl_el1, CNTKCTL_ALL);
	for (unsigned int n = 0; n < ARRAY_SIZE(coprocessors); n++)
		add_all(coprocessors[n]);
	run_page();
	timer_stop(TIMER_VIRTUAL);
	timer_stop(TIMER_PHYSICAL);
	hostile.refused = (unsigned int)hostile_a32.refused;
	hostile_end("coprocessors");
}
