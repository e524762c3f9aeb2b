// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Firmware calls of every owner, kind and width by SMC and HVC, with many or all
 * immediates of both, PSCI with arguments that make no sense, and hypercalls. What starts
 * a CPU at a bad address ends the cell: it is started again.
 *
 * Parameters:
 *	rounds=N	functions of each owner, kind and width
 *	first=1		at the first start
 */

#include <cellblock/paravirt.h>
#include <qemu-virt/board.h>

#include "lib/hostile.h"

#define FAST			(1U << 31)
#define WIDTH_64		(1U << 30)
#define OWNERS			64U
#define OWNER_ARCH		0U
#define OWNER_STANDARD		4U
#define PSCI_FUNCTIONS		0x20U
#define LAST_HYPERCALL		0x120U
#define NO_FUNCTION		0x8400ffffU	/* a standard service that nobody has */
#define IMMEDIATES		0x10000U
#define INSN_SMC(imm)		(0xd4000003U | (u32)(imm) << 5)
#define INSN_HVC(imm)		(0xd4000002U | (u32)(imm) << 5)

/* These would end the program by itself; inmate:psci tests them. */
static bool ends_program(u32 function)
{
	return function == PSCI_CPU_OFF || function == PSCI_SYSTEM_OFF ||
	       function == PSCI_SYSTEM_RESET;
}

/* The other registers have what the seed says. */
static long call(u32 insn, u64 function, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;
	u64 code = HOSTILE_CODE;
	static u32 made;

	if (made != insn)
		hostile_make(&(struct hostile_code){ HOSTILE_NOP, insn, HOSTILE_NOP }, 1);
	made = insn;
	hostile.tried++;
	asm volatile("adr x11, 1f\n\t"
		     "br %4\n"
		     "1:" : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
		     : "r" (code)
		     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		       "x13", "x14", "x15", "x16", "x17", "x30", "cc", "memory");
	hostile.refused += (s32)x0 < 0;
	return (long)x0;
}

/* What there is of true random numbers */
static bool is_trng(u32 function)
{
	return (function & ~3U) == 0x84000050 || function == 0xc4000053;
}

/* How the paravirtual interface is found */
static bool finds_paravirt(u32 function)
{
	return function == CELLBLOCK_PV_CALL_UID || function == CELLBLOCK_PV_CALL_REVISION ||
	       function == CELLBLOCK_PV_CALL_FEATURES;
}

/* What a cell gets besides PSCI is of the architecture's range. */
static void call_service(u32 insn, u32 function)
{
	u32 owner = function >> 24 & 63;
	bool known = function & FAST &&
		     (owner == OWNER_ARCH || finds_paravirt(function) || is_trng(function) ||
		      (owner == OWNER_STANDARD && (function & 0xffff) < PSCI_FUNCTIONS));

	if (ends_program(function))
		return;
	if ((function & ~WIDTH_64) == (PSCI_CPU_SUSPEND & ~WIDTH_64))
		hostile_wake_soon();
	if (known)
		call(insn, function, ~0ULL, hostile_random(), hostile_random());
	else if ((s32)call(insn, function, hostile_random(), hostile_random(),
			   hostile_random()) != SMCCC_NOT_SUPPORTED)
		hostile_escaped("call 0x%x", function);
	hostile_awake();
}

/* Low functions, those that vendors like, and any. */
static u32 choose_function(unsigned int round)
{
	if (round < PSCI_FUNCTIONS)
		return round;
	return (u32)hostile_random() & (round % 2 ? 0xff1f : 0xffff);
}

static void services(unsigned int rounds)
{
	for (unsigned int conduit = 0; conduit < 4; conduit++) {
		u32 imm = conduit < 2 ? 0 : (u32)hostile_random() & 0x3fff;
		u32 insn = conduit % 2 ? INSN_HVC(imm) : INSN_SMC(imm);

		for (u32 owner = 0; owner < OWNERS; owner++)
			for (unsigned int round = 0; round < rounds; round++)
				for (u32 kind = 0; kind < 4; kind++)
					call_service(insn, kind << 30 | owner << 24 |
							   choose_function(round));
	}
}

/* The nth, in an order in which all have their turn */
static u32 immediate(u32 n)
{
	return n * 0x9e37 % IMMEDIATES;
}

/* None makes more of a function than the two that are in use. */
static void immediates(u32 count)
{
	static struct hostile_code code[HOSTILE_SLOTS];
	struct hostile_result result;

	for (u32 first = 0; first < 2 * count; first += HOSTILE_SLOTS) {
		for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
			u32 imm = immediate((first + n) / 2);

			code[n] = (struct hostile_code){ HOSTILE_NOP,
				n % 2 ? INSN_HVC(imm) : INSN_SMC(imm), HOSTILE_NOP };
		}
		hostile_make(code, HOSTILE_SLOTS);
		for (u32 n = 0; n < HOSTILE_SLOTS; n++) {
			result = hostile_run(n, NO_FUNCTION);
			hostile.refused += !result.excepted && (s32)result.x0 < 0;
			if (!result.excepted && (s32)result.x0 >= 0)
				hostile_escaped("immediate 0x%x", immediate((first + n) / 2));
		}
	}
}

/* Whatever the arguments are: 5 tells of the hypervisor, 7 of a CPU, 8 prints. */
static void hypercalls(unsigned int rounds)
{
	u32 insn = INSN_HVC(JAILHOUSE_HVC_CODE);

	for (u32 nr = 0; nr < LAST_HYPERCALL; nr++)
		for (unsigned int round = 0; round < rounds; round++) {
			u64 arg = round % 2 ? hostile_random() : hostile_random() % 8;

			if (nr == JAILHOUSE_HC_DEBUG_CONSOLE_PUTC)
				arg = '\n';
			if (call(insn, nr, arg, hostile_random(), 0) >= 0 &&
			    nr != JAILHOUSE_HC_HYPERVISOR_GET_INFO &&
			    nr != JAILHOUSE_HC_CPU_GET_INFO &&
			    nr != JAILHOUSE_HC_DEBUG_CONSOLE_PUTC)
				hostile_escaped("hypercall %u", nr);
		}
}

/* CPU_ON of CPUs that are not the cell's, and AFFINITY_INFO of anything */
static void others_cpus(unsigned int rounds)
{
	static const u32 on[] = { PSCI_CPU_ON, PSCI_CPU_ON_32 };
	static const u32 info[] = { PSCI_AFFINITY_INFO, PSCI_AFFINITY_INFO_32 };
	u64 own[2] = { cpu_mpidr(), smp_num_cpus() > 1 ? smp_mpidr(1) : cpu_mpidr() };

	for (u64 n = 0; n < 64 * rounds; n++) {
		u64 mpidr = n < 64 ? n : hostile_random() & (n % 2 ? ~0ULL : 0x300ffff);

		if ((mpidr & MPIDR_AFF_MASK) == own[0] || (mpidr & MPIDR_AFF_MASK) == own[1] ||
		    (u32)(mpidr & 0xffffff) == own[0] || (u32)(mpidr & 0xffffff) == own[1])
			continue;
		if ((s32)call(INSN_SMC(0), on[n % 2], mpidr, hostile_random(), n) >= 0)
			hostile_escaped("CPU_ON of 0x%llx", mpidr);
		if ((s32)call(INSN_HVC(0), info[n % 2], mpidr, n / 2 % 4, 0) >= 0)
			hostile_escaped("AFFINITY_INFO of 0x%llx", mpidr);
	}
}

#define TIME_TO_FAULT_NS	5000000
#define INSN_WFI		0xd503207fU
#define INSN_BACK		0x17ffffffU	/* b .-4 */
#define FIRST_VECTOR		0x200UL		/* of VBAR_EL1 = 0, as a CPU starts */
#define LAST_VECTOR		0x380UL

/* The second CPU's exceptions lead into the image's start: there it shall wait. */
static void catch_second_cpu(void)
{
	map_range((void *)INMATE_BASE, PAGE_SIZE, MAP_CACHED);
	for (u64 vector = FIRST_VECTOR; vector <= LAST_VECTOR; vector += 0x80) {
		((volatile u32 *)vector)[0] = INSN_WFI;
		((volatile u32 *)vector)[1] = INSN_BACK;
		asm volatile("dc civac, %0" : : "r" (vector) : "memory");
	}
	dsb();
	map_range((void *)INMATE_BASE, PAGE_SIZE, MAP_CODE);
}

/* Where no code can be: the second CPU starts and faults, at EL2 or at its EL1. */
static const u64 bad_entries[] = {
	1, 2, 0xdead, 0x40000001, 0x1000000, 0x40000000, 0x70000000, 0x71000000, 0x7f800000000,
	0x80000000, 0x08000000, 1ULL << 44, 1ULL << 47, 1ULL << 56, ~0ULL, ~3ULL,
	0x8000000000000000ULL, 0xffffff8000000000ULL,
};

static void start_at(u64 entry, u64 nr)
{
	catch_second_cpu();
	call(nr % 2 ? INSN_SMC(0) : INSN_HVC(0), PSCI_CPU_ON, smp_mpidr(1), entry, nr);
	timer_start(timer_ns_to_ticks(TIME_TO_FAULT_NS));
	wait_for_interrupt();
	/* the next attempt needs a CPU that is off */
	map_range((void *)QEMU_RAM_BASE, PAGE_SIZE, MAP_CACHED);
	mmio_read32((void *)QEMU_RAM_BASE);
	hostile_escaped("read of root's memory");
}

void inmate_main(void)
{
	unsigned int rounds = (unsigned int)cmdline_parse_int("rounds", 3);
	u64 attempt;

	hostile_init();
	attempt = hostile_resume();
	if (!attempt) {
		hostile_begin(0);
		immediates(rounds < 32 ? rounds * IMMEDIATES / 32 : IMMEDIATES);
		services(PSCI_FUNCTIONS + rounds);
		hypercalls(rounds);
		others_cpus(rounds);
		attempt = 1;
	}
	if (smp_num_cpus() > 1)
		for (; attempt <= ARRAY_SIZE(bad_entries); attempt++) {
			hostile_begin(attempt);
			start_at(bad_entries[attempt - 1], attempt);
		}
	hostile_end("calls");
}
