// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include "hostile.h"

#define SLOT_WORDS		4
#define SLOT_INSN		1	/* the word that counts */
/* After the slots: what they all end with */
#define TAIL			(HOSTILE_SLOTS * SLOT_WORDS)
#define INSN_B(words)		(0x14000000U | ((u32)(words) & 0x3ffffff))
#define INSN_ISB		0xd5033fdfU
#define INSN_SPSEL_1		0xd50041bfU	/* msr spsel, #1 */
#define INSN_MASK_ALL		0xd5034fdfU	/* msr daifset, #15 */
#define INSN_BR_X11		0xd61f0160U
#define INSN_BYTES		sizeof(u32)
#define SLEEP_NS		20000
#define WINDOW_PAGES		2U
#define TABLE_ENTRIES		512U
#define DESC_ADDR		0x0000fffffffff000ULL
#define DESC_EL0		(1ULL << 6)
#define EVENT_STREAM		(1ULL << 2 | 4ULL << 4)	/* CNTKCTL_EL1.EVNTEN, EVNTI */

static u64 state;		/* of the random numbers */
static u64 caught_esr;
static bool caught;

/* splitmix64 */
u64 hostile_random(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* A fetch from the window. */
static bool catch_fetch(struct exception_frame *frame)
{
	if (frame->elr - HOSTILE_WINDOW >= WINDOW_PAGES * PAGE_SIZE)
		return false;
	caught = true;
	caught_esr = frame->esr;
	frame->elr = HOSTILE_CODE + TAIL * INSN_BYTES;
	return true;
}

/* What is around the instruction may fail too, and does not count. */
static bool catch_exception(struct exception_frame *frame)
{
	u64 offset = frame->elr - HOSTILE_CODE;

	if (offset >= PAGE_SIZE)
		return catch_fetch(frame);
	if (offset / INSN_BYTES < TAIL &&
	    offset / INSN_BYTES % SLOT_WORDS == SLOT_INSN) {
		caught = true;
		caught_esr = frame->esr;
	}
	frame->elr += INSN_BYTES;
	return true;
}

/* Whatever comes is over with its acknowledge and its EOI. */
static void ignore_interrupt(unsigned int irq)
{
	(void)irq;
	timer_stop(TIMER_VIRTUAL);
	timer_stop(TIMER_PHYSICAL);
}

void hostile_init(void)
{
	state = (u64)cmdline_parse_int("seed", 1);
	map_range((void *)HOSTILE_KEPT, PAGE_SIZE, MAP_CACHED);
	if (cmdline_parse_bool("first", true))
		memset(&hostile, 0, sizeof(hostile));
	irq_init(ignore_interrupt);
	irq_enable(TIMER_VIRTUAL_IRQ);
	exception_set_hook(catch_exception);
}

u64 hostile_resume(void)
{
	if (cmdline_parse_bool("first", true))
		return 0;
	hostile.refused++;
	return hostile.attempt + 1;
}

void hostile_begin(u64 attempt)
{
	state = (u64)cmdline_parse_int("seed", 1) + (attempt << 32);
	hostile.attempt = attempt;
}

void hostile_wake_soon(void)
{
	write_sysreg(cntkctl_el1, EVENT_STREAM);
	timer_start(timer_ns_to_ticks(SLEEP_NS));
}

void hostile_awake(void)
{
	timer_stop(TIMER_VIRTUAL);
}

u64 hostile_end_of_memory(void)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44 };
	u64 parange = read_sysreg(id_aa64mmfr0_el1) & 15;

	return 1ULL << (parange < ARRAY_SIZE(bits) ? bits[parange] : 48);
}

/* Of level 3, in the library's tables. */
static volatile u64 *entry_of(u64 addr)
{
	u64 *table = (u64 *)(read_sysreg(ttbr0_el1) & DESC_ADDR);

	for (unsigned int shift = 39; shift > 12; shift -= 9)
		table = (u64 *)(table[(addr >> shift) % TABLE_ENTRIES] & DESC_ADDR);
	return &table[(addr >> 12) % TABLE_ENTRIES];
}

/* The library maps one to one: its attributes and others, with another address. */
static void redirect(u64 addr, u64 phys, u64 others)
{
	volatile u64 *entry = entry_of(addr);
	u64 attributes = (*entry & ~DESC_ADDR) | others;

	*entry = 0;
	/* the old entry is in no TLB when the new one is there */
	asm volatile("dsb ishst\n\t"
		     "tlbi vaae1is, %0\n\t"
		     "dsb ish" : : "r" (addr >> 12) : "memory");
	*entry = attributes | (phys & DESC_ADDR);
}

static u64 reach(u64 phys, enum map_type type, u64 others)
{
	map_range((void *)HOSTILE_WINDOW, WINDOW_PAGES * PAGE_SIZE, type);
	for (u64 n = 0; n < WINDOW_PAGES; n++)
		redirect(HOSTILE_WINDOW + n * PAGE_SIZE, phys + n * PAGE_SIZE, others);
	/* the walk of what comes next sees the entries */
	dsb();
	isb();
	return HOSTILE_WINDOW + phys % PAGE_SIZE;
}

u64 hostile_reach(u64 phys, enum map_type type)
{
	return reach(phys, type, 0);
}

u64 hostile_reach_el0(u64 phys)
{
	return reach(phys, MAP_CODE, DESC_EL0);
}

void hostile_make(const struct hostile_code *code, unsigned int count)
{
	u32 *word = (u32 *)HOSTILE_CODE;

	map_range((void *)HOSTILE_CODE, PAGE_SIZE, MAP_CACHED);
	for (unsigned int n = 0; n < count; n++) {
		*word++ = code[n].before;
		*word++ = code[n].insn;
		*word++ = code[n].after;
		*word++ = INSN_B(TAIL - n * SLOT_WORDS - SLOT_WORDS + 1);
	}
	word = (u32 *)HOSTILE_CODE + TAIL;
	*word++ = INSN_SPSEL_1;
	*word++ = INSN_MASK_ALL;
	*word++ = INSN_ISB;
	*word++ = INSN_BR_X11;
	for (u64 line = HOSTILE_CODE; line < HOSTILE_CODE + PAGE_SIZE; line += 16)
		asm volatile("dc cvau, %0" : : "r" (line) : "memory");
	dsb();
	asm volatile("ic iallu" : : : "memory");
	map_range((void *)HOSTILE_CODE, PAGE_SIZE, MAP_CODE);
}

struct hostile_result hostile_run(unsigned int slot, u64 x0)
{
	u64 code = HOSTILE_CODE + slot * SLOT_WORDS * INSN_BYTES;
	register u64 value asm("x0") = x0;

	caught = false;
	hostile.tried++;
	asm volatile("adr x11, 1f\n\t"
		     "br %1\n"
		     "1:" : "+r" (value) : "r" (code)
		     : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
		       "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "x30", "cc", "memory");
	hostile.refused += caught;
	return (struct hostile_result){ value, caught_esr, caught };
}

struct hostile_result hostile_run_one(u32 insn, u64 x0)
{
	struct hostile_code code = { HOSTILE_NOP, insn, HOSTILE_NOP };

	hostile_make(&code, 1);
	return hostile_run(0, x0);
}

void hostile_end(const char *what)
{
	printk("hostile %s: tried %u refused %u escaped %u\n", what,
	       hostile.tried, hostile.refused, hostile.escaped);
	inmate_exit();
}
