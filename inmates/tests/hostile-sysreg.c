// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Every encoding of MRS, MSR, SYS, SYSL, MSR (immediate), hints and barriers:
 * what can be read is read, what can be written is written with several values.
 * Registers of EL2 and EL3 have to be undefined.
 *
 * Parameters:
 *	op0=N		0 to 3: the part of the space, see the table
 *	rounds=N	values for each register that can be written (default: 3)
 */

#include "lib/hostile.h"

#define FIRST_OP1_OF_EL2	4
#define NO_ADDRESS		(1ULL << 63)
#define XZR			31U
#define X2			2U

/*
 * What gets its own value only: with another, each fetch would fault, and an
 * emulator in virtual time has no time for others where no instruction completes.
 */
static const struct {
	u16 enc;
	const char *why;
} own_value_only[] = {
	{ HOSTILE_ENC(0, 1, 0, 0), "SCTLR_EL1: MMU and byte order of its tables" },
	{ HOSTILE_ENC(0, 2, 0, 0), "TTBR0_EL1: its tables" },
	{ HOSTILE_ENC(0, 2, 0, 2), "TCR_EL1: their format" },
	{ HOSTILE_ENC(0, 10, 2, 0), "MAIR_EL1: code in device memory" },
};

static bool keeps_own_value(unsigned int op0, u32 enc)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(own_value_only); n++)
		if (op0 == 3 && own_value_only[n].enc == enc)
			return true;
	return false;
}

static void judge(unsigned int op0, u32 enc, bool is_read, bool excepted)
{
	if (!op0 || HOSTILE_OP1(enc) < FIRST_OP1_OF_EL2 || excepted)
		return;
	hostile_escaped("%s of S%u_%u_C%u_C%u_%u", is_read ? "read" : "write", op0,
			HOSTILE_OP1(enc), HOSTILE_CRN(enc), enc >> 3 & 15, enc & 7);
}

static bool readable[HOSTILE_SLOTS], writable[HOSTILE_SLOTS];
static struct hostile_code code[HOSTILE_SLOTS];

static void read_all(unsigned int op0, u32 first)
{
	for (u32 n = 0; n < HOSTILE_SLOTS; n++)
		code[n] = (struct hostile_code){
			HOSTILE_NOP, HOSTILE_INSN(op0, first + n) | HOSTILE_READ, HOSTILE_NOP };
	hostile_make(code, HOSTILE_SLOTS);
	for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
		readable[n] = !hostile_run(n, 0).excepted;
		judge(op0, first + n, true, !readable[n]);
	}
}

static u64 next_value(unsigned int round)
{
	switch (round) {
	case 0:
		return hostile_random();
	case 1:
		return ~0ULL;
	case 2:
		return 0;
	default:
		/* sparse and dense ones too */
		return hostile_random() & hostile_random();
	}
}

/* What was there before is put back at once. */
static void write_all(unsigned int op0, u32 first, unsigned int rounds)
{
	for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
		u32 insn = HOSTILE_INSN(op0, first + n);
		bool keep = keeps_own_value(op0, first + n);

		code[n] = (struct hostile_code){
			readable[n] ? insn | HOSTILE_READ | X2 : HOSTILE_NOP,
			insn | (keep ? X2 : 0),
			readable[n] ? insn | X2 : HOSTILE_NOP };
	}
	hostile_make(code, HOSTILE_SLOTS);
	for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
		writable[n] = !hostile_run(n, next_value(0)).excepted;
		judge(op0, first + n, false, !writable[n]);
	}
	for (unsigned int round = 1; round < rounds; round++)
		for (u32 n = 0; n < HOSTILE_SLOTS; n++)
			if (writable[n])
				hostile_run(n, next_value(round));
}

static void registers(unsigned int op0, unsigned int rounds)
{
	for (u32 first = 0; first < HOSTILE_ENCODINGS; first += HOSTILE_SLOTS) {
		read_all(op0, first);
		write_all(op0, first, rounds);
	}
}

/* An address in most of them: memory of its own, or none that could be any. */
static void instructions(unsigned int rounds)
{
	map_range((void *)HOSTILE_SCRATCH, PAGE_SIZE, MAP_CACHED);
	for (u32 first = 0; first < HOSTILE_ENCODINGS; first += HOSTILE_SLOTS) {
		read_all(1, first);
		for (u32 n = 0; n < HOSTILE_SLOTS; n++)
			code[n] = (struct hostile_code){
				HOSTILE_NOP, HOSTILE_INSN(1, first + n), HOSTILE_NOP };
		hostile_make(code, HOSTILE_SLOTS);
		for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
			bool done = !hostile_run(n, HOSTILE_SCRATCH).excepted;

			judge(1, first + n, false, !done);
			for (unsigned int round = 0; done && round < rounds; round++)
				hostile_run(n, next_value(round) | NO_ADDRESS);
		}
	}
}

static void immediates_with(u32 form)
{
	for (u32 first = 0; first < HOSTILE_ENCODINGS; first += HOSTILE_SLOTS) {
		for (u32 n = 0; n < HOSTILE_SLOTS; n++)
			code[n] = (struct hostile_code){
				HOSTILE_NOP, HOSTILE_INSN(0, first + n) | form, HOSTILE_NOP };
		hostile_make(code, HOSTILE_SLOTS);
		for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
			/* WFI, WFE, and those with a time */
			if (HOSTILE_CRN(first + n) <= 2)
				hostile_wake_soon();
			hostile_run(n, 0);
			hostile_awake();
		}
	}
}

/* Of which only those that wait until a time have a register. */
static void immediates(void)
{
	immediates_with(XZR);
	immediates_with(0);
}

void inmate_main(void)
{
	unsigned int op0 = (unsigned int)cmdline_parse_int("op0", 3);
	unsigned int rounds = (unsigned int)cmdline_parse_int("rounds", 3);

	hostile_init();
	if (op0 == 0)
		immediates();
	else if (op0 == 1)
		instructions(rounds);
	else
		registers(op0, rounds);
	hostile_end("registers");
}
