// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a guest leaves in the registers of its CPU, the next one must not find.
 * Three starts: the first takes down what each register has, the second writes
 * all that can be written, the third compares with the first.
 *
 * Parameters:
 *	phase=note, phase=leave, phase=compare
 */

#include "lib/hostile.h"

#define PHASE_LENGTH		8
#define NOTES			(HOSTILE_KEPT + PAGE_SIZE)
#define OP0S			2U	/* 2: debug and trace, 3: the rest */
#define NO_NOTE			0xbad0bad0bad0bad0ULL

static u64 *const notes = (u64 *)NOTES;

/* What this program needs until it ends; inmate:start looks at them. */
static const struct {
	u16 enc;
	const char *why;
} needed[] = {
	{ HOSTILE_ENC(0, 1, 0, 0), "SCTLR_EL1: its MMU" },
	{ HOSTILE_ENC(0, 2, 0, 0), "TTBR0_EL1: its tables" },
	{ HOSTILE_ENC(0, 2, 0, 2), "TCR_EL1: their format" },
	{ HOSTILE_ENC(0, 10, 2, 0), "MAIR_EL1: code in device memory" },
	{ HOSTILE_ENC(0, 12, 0, 0), "VBAR_EL1: its vectors" },
	{ HOSTILE_ENC(0, 13, 0, 4), "TPIDR_EL1: which CPU it is" },
	{ HOSTILE_ENC(3, 13, 0, 2), "TPIDR_EL0: its vectors write it" },
	{ HOSTILE_ENC(3, 13, 0, 3), "TPIDRRO_EL0: its vectors write it" },
	{ HOSTILE_ENC(0, 4, 0, 0), "SPSR_EL1: its exceptions write it" },
	{ HOSTILE_ENC(0, 4, 0, 1), "ELR_EL1: the same" },
	{ HOSTILE_ENC(0, 5, 2, 0), "ESR_EL1: the same" },
	{ HOSTILE_ENC(0, 6, 0, 0), "FAR_EL1: the same" },
	{ HOSTILE_ENC(0, 4, 2, 0), "SPSel: its stack" },
	{ HOSTILE_ENC(0, 4, 2, 3), "PAN: what comes from SPSR_EL2 at the start" },
	{ HOSTILE_ENC(0, 4, 2, 4), "UAO: the same" },
	{ HOSTILE_ENC(3, 4, 2, 0), "NZCV: the same" },
	{ HOSTILE_ENC(3, 4, 2, 1), "DAIF: the same" },
	{ HOSTILE_ENC(3, 4, 2, 5), "DIT: the same" },
	{ HOSTILE_ENC(3, 4, 2, 6), "SSBS: the same" },
	{ HOSTILE_ENC(3, 4, 2, 7), "TCO: the same" },
};

static bool is_needed(unsigned int op0, u32 enc)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(needed); n++)
		if (op0 == 3 && needed[n].enc == enc)
			return true;
	return false;
}

static void make_reads(unsigned int op0, u32 first)
{
	static struct hostile_code code[HOSTILE_SLOTS];

	for (u32 n = 0; n < HOSTILE_SLOTS; n++)
		code[n] = (struct hostile_code){ HOSTILE_NOP,
			HOSTILE_INSN(op0, first + n) | HOSTILE_READ, HOSTILE_NOP };
	hostile_make(code, HOSTILE_SLOTS);
}

/* Of a register that cannot be read or that changes by itself: NO_NOTE */
static u64 read_slot(u32 slot)
{
	struct hostile_result first = hostile_run(slot, 0), second;

	if (first.excepted)
		return NO_NOTE;
	second = hostile_run(slot, 0);
	return second.x0 == first.x0 ? first.x0 : NO_NOTE;
}

static void note(unsigned int op0, u32 enc, u64 value)
{
	notes[(op0 - 2) * HOSTILE_ENCODINGS + enc] = value;
}

static void compare(unsigned int op0, u32 enc, u64 value)
{
	u64 before = notes[(op0 - 2) * HOSTILE_ENCODINGS + enc];

	if (value == before || value == NO_NOTE || is_needed(op0, enc))
		return;
	hostile_escaped("S%u_%u_C%u_C%u_%u was 0x%llx, has been left as 0x%llx", op0,
			HOSTILE_OP1(enc), HOSTILE_CRN(enc), enc >> 3 & 15, enc & 7,
			before, value);
}

static bool was_noted(unsigned int op0, u32 enc)
{
	return notes[(op0 - 2) * HOSTILE_ENCODINGS + enc] != NO_NOTE;
}

static void note_all(void)
{
	for (unsigned int op0 = 2; op0 < 2 + OP0S; op0++)
		for (u32 first = 0; first < HOSTILE_ENCODINGS; first += HOSTILE_SLOTS) {
			make_reads(op0, first);
			for (u32 n = 0; n < HOSTILE_SLOTS; n++)
				note(op0, first + n, read_slot(n));
		}
}

static void compare_all(void)
{
	for (unsigned int op0 = 2; op0 < 2 + OP0S; op0++)
		for (u32 first = 0; first < HOSTILE_ENCODINGS; first += HOSTILE_SLOTS) {
			make_reads(op0, first);
			for (u32 n = 0; n < HOSTILE_SLOTS; n++)
				if (was_noted(op0, first + n))
					compare(op0, first + n, read_slot(n));
		}
}

static void leave_all(void)
{
	static struct hostile_code code[HOSTILE_SLOTS];

	for (unsigned int op0 = 2; op0 < 2 + OP0S; op0++)
		for (u32 first = 0; first < HOSTILE_ENCODINGS; first += HOSTILE_SLOTS) {
			for (u32 n = 0; n < HOSTILE_SLOTS; n++)
				code[n] = (struct hostile_code){ HOSTILE_NOP,
					is_needed(op0, first + n) ? HOSTILE_NOP :
					HOSTILE_INSN(op0, first + n), HOSTILE_NOP };
			hostile_make(code, HOSTILE_SLOTS);
			for (u32 n = 0; n < HOSTILE_SLOTS; n++)
				hostile_run(n, hostile_random());
		}
}

void inmate_main(void)
{
	char phase[PHASE_LENGTH];

	hostile_init();
	map_range(notes, sizeof(u64) * OP0S * HOSTILE_ENCODINGS, MAP_CACHED);
	cmdline_parse_str("phase", phase, sizeof(phase), "note");
	if (!strcmp(phase, "leave"))
		leave_all();
	else if (!strcmp(phase, "compare"))
		compare_all();
	else
		note_all();
	hostile_end(phase);
}
