// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a guest can do to itself, for good: harsh values in the registers of its
 * translation and exceptions; code at EL0 of random instructions, 64-bit, A32 and
 * T32, whose exceptions go on with other ones. It does not end: root stops it
 * (ci/tests/hostile-own.c).
 *
 * Parameters:
 *	part=deaf, part=translation, part=wild, part=el0, part=a32 or part=t32
 */

#include "lib/hostile.h"

#define PART_LENGTH	12
#define REGISTERS	31
#define VECTORS_BYTES	0x800
#define SLOT_BYTES	0x80
#define SPSR_EL0	0x3c0ULL	/* all masked */
#define SPSR_A32	0x1d0ULL
#define SPSR_T32	0x1f0ULL
#define SCTLR_M		(1ULL << 0)
#define SCTLR_NTWX	(1ULL << 16 | 1ULL << 18)	/* WFI and WFE are EL1's */
#define GICD		0x8000000ULL
#define RTC		0x9010000ULL

/* Its own value, one with few bits changed, or any. */
static u64 harsh(u64 own)
{
	switch (hostile_random() % 3) {
	case 0:
		return own;
	case 1:
		return own ^ (1ULL << hostile_random() % 64) ^ (1ULL << hostile_random() % 64);
	default:
		return hostile_random();
	}
}

/*
 * VBAR_EL1 in neither half: exceptions whose vector cannot be fetched, for ever, and no
 * access to memory.
 */
static void __attribute__((noreturn)) deaf(void)
{
	printk("hostile: deaf\n");
	asm volatile("msr vbar_el1, %0\n\t"
		     "isb\n\t"
		     ".inst 0" : : "r" (1ULL << 52));
	__builtin_unreachable();
}

/*
 * What makes a fetch from the vectors fault without an access to memory ends only with
 * injected delivery (Documentation/threat-model.md): that is for @wild. Otherwise vectors
 * and tables are where an address can be, and TCR_EL1 keeps sizes, granules and the walks
 * that are off.
 */
#define ADDRESSES	((1ULL << 40) - 1)
#define TCR_HARMLESS	0x1f03f403f00ULL

static void __attribute__((noreturn)) translation(bool wild)
{
	u64 own_tcr = read_sysreg(tcr_el1), addresses = wild ? ~0ULL : ADDRESSES;
	u64 mair = harsh(read_sysreg(mair_el1)), ttbr1 = hostile_random();
	u64 tcr = wild ? harsh(own_tcr) : own_tcr ^ (hostile_random() & TCR_HARMLESS);
	u64 ttbr0 = harsh(read_sysreg(ttbr0_el1)) & addresses;
	u64 vbar = harsh(read_sysreg(vbar_el1)) & addresses;
	u64 sctlr = harsh(read_sysreg(sctlr_el1));

	asm volatile("msr mair_el1, %0\n\t"
		     "msr tcr_el1, %1\n\t"
		     "msr ttbr0_el1, %2\n\t"
		     "msr ttbr1_el1, %3\n\t"
		     "msr vbar_el1, %4\n\t"
		     "msr sctlr_el1, %5\n\t"
		     "isb\n\t"
		     "tlbi vmalle1\n\t"
		     "dsb sy\n\t"
		     "isb\n"
		     "1:	ldr xzr, [%6]\n\t"
		     "str xzr, [%6], #64\n\t"
		     "at s1e1r, %6\n\t"
		     "b 1b"
		     : : "r" (mair), "r" (tcr), "r" (ttbr0), "r" (ttbr1), "r" (vbar), "r" (sctlr),
		       "r" (HOSTILE_SCRATCH) : "memory");
	__builtin_unreachable();
}

/* Every exception goes on somewhere in the code; TPIDR_EL1 is free. */
extern const char hostile_go_on[];
asm(".pushsection .text\n"
    "hostile_go_on:\n\t"
    "msr tpidr_el1, x0\n\t"
    "mrs x0, cntvct_el0\n\t"
    "and x0, x0, #0xffc\n\t"
    "orr x0, x0, #0x400000\n\t"
    "msr elr_el1, x0\n\t"
    "mrs x0, tpidr_el1\n\t"
    "eret\n"
    ".popsection");

static void make_vectors(u64 at)
{
	map_range((void *)at, PAGE_SIZE, MAP_CACHED);
	for (u64 slot = at; slot < at + VECTORS_BYTES; slot += SLOT_BYTES)
		memcpy((void *)slot, hostile_go_on, 7 * sizeof(u32));
}

/* Memory of the cell, trapped registers, others' or nothing, any value */
static u64 some_register(void)
{
	static const u64 places[] = {
		HOSTILE_SCRATCH, HOSTILE_SCRATCH, HOSTILE_SCRATCH, HOSTILE_CODE, GICD, RTC,
	};
	u64 any = hostile_random();

	return any % 8 < ARRAY_SIZE(places) ? places[any % 8] + (any >> 32) % PAGE_SIZE : any;
}

/* With the MMU off, all of its memory is EL0's. */
static void __attribute__((noreturn)) user_code(u64 spsr)
{
	static u64 registers[REGISTERS + 1];
	u64 vectors = HOSTILE_CODE + PAGE_SIZE;
	u64 sctlr = (read_sysreg(sctlr_el1) | hostile_random()) & ~(SCTLR_M | SCTLR_NTWX);

	map_range((void *)HOSTILE_CODE, PAGE_SIZE, MAP_CACHED);
	for (u64 at = HOSTILE_CODE; at < vectors; at += sizeof(u32))
		*(u32 *)at = (u32)hostile_random();
	make_vectors(vectors);
	for (unsigned int n = 0; n < REGISTERS; n++)
		registers[n] = some_register();
	/* the caches go off */
	for (u64 at = HOSTILE_CODE; at < vectors + PAGE_SIZE; at += 16)
		asm volatile("dc civac, %0" : : "r" (at) : "memory");
	for (unsigned int n = 0; n < REGISTERS; n++)
		asm volatile("dc civac, %0" : : "r" (&registers[n]) : "memory");
	asm volatile("ic iallu\n\t"
		     "dsb sy\n\t"
		     "msr vbar_el1, %0\n\t"
		     "msr elr_el1, %1\n\t"
		     "msr spsr_el1, %2\n\t"
		     "msr cntkctl_el1, %3\n\t"
		     "msr sctlr_el1, %3\n\t"
		     "isb\n\t"
		     "mov x0, %4\n\t"
		     "ldp x2, x3, [x0, #16]\n\t"
		     "ldp x4, x5, [x0, #32]\n\t"
		     "ldp x6, x7, [x0, #48]\n\t"
		     "ldp x8, x9, [x0, #64]\n\t"
		     "ldp x10, x11, [x0, #80]\n\t"
		     "ldp x12, x13, [x0, #96]\n\t"
		     "ldp x14, x30, [x0, #112]\n\t"
		     "ldp x0, x1, [x0]\n\t"
		     "eret"
		     : : "r" (vectors), "r" (HOSTILE_CODE), "r" (spsr), "r" (sctlr),
		       "r" (registers) : "memory");
	__builtin_unreachable();
}

void inmate_main(void)
{
	char part[PART_LENGTH];

	hostile_init();
	map_range((void *)HOSTILE_SCRATCH, PAGE_SIZE, MAP_CACHED);
	cmdline_parse_str("part", part, sizeof(part), "translation");
	if (!strcmp(part, "deaf"))
		deaf();
	if (!strcmp(part, "el0"))
		user_code(SPSR_EL0);
	if (!strcmp(part, "a32"))
		user_code(SPSR_A32);
	if (!strcmp(part, "t32"))
		user_code(SPSR_T32);
	translation(!strcmp(part, "wild"));
}
