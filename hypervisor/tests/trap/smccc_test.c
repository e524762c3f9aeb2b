// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Calls by the SMC Calling Convention 1.1 (Arm DEN 0028): what is answered here,
 * what a cell does not have, and what the firmware sees of root's calls
 * (Documentation/threat-model.md). PSCI is psci_test.c's.
 */

#include <string.h>

#include <cellblock/paravirt.h>
#include <core/arch.h>
#include <core/console.h>
#include <core/control.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <trap/smccc.h>

#include "cell_helpers.h"
#include "fake/machine.h"
#include "fake/smc.h"
#include "tap.h"

#define NOT_SUPPORTED		(-1)
/* Function identifiers are in W0, arguments of SMC32 functions in W1.. */
#define GARBAGE			0xdeadbeef00000000ULL

#define VERSION			0x80000000U
#define ARCH_FEATURES		0x80000001U
#define ARCH_SOC_ID		0x80000002U	/* since 1.2 */
#define WORKAROUND_1		0x80008000U
#define WORKAROUND_2		0x80007fffU
#define WORKAROUND_3		0x80003fffU

#define IN_64			0x40000000U
#define FAST			0x80000000U

#define TRNG_VERSION		0x84000050U
#define TRNG_FEATURES		0x84000051U
#define TRNG_UUID		0x84000052U
#define TRNG_RND		0x84000053U
#define TRNG_RND_64		0xc4000053U
#define TRNG_INVALID		(-2)
#define TRNG_NO_ENTROPY		(-3)

static const u32 workarounds[] = { WORKAROUND_1, WORKAROUND_2, WORKAROUND_3 };

void irq_cpu_sleep(bool timed, u64 until)
{
	(void)timed;
	(void)until;
	tap_fail(__FILE__, __LINE__, "nobody has asked for it");
}

static void setup(void)
{
	create_and_start();
	fake_smc_calls = 0;
}

/* A guest's registers before the call, and after it. */
struct call {
	u64 before[31], after[31];
};

static void make_call(void *arg)
{
	struct guest_regs *regs = &this_percpu()->regs;
	struct call *call = arg;

	memcpy(regs->x, call->before, sizeof(call->before));
	regs->x[0] = smccc_handle(regs->x[0], regs->x[1], regs->x[2],
				  regs->x[3]);
	memcpy(call->after, regs->x, sizeof(call->after));
}

static struct call smc(unsigned int cpu, u64 fid, u64 arg1)
{
	struct call call;

	for (unsigned int n = 0; n < 31; n++)
		call.before[n] = 0x5a5a000000000000ULL + n;
	call.before[0] = fid;
	call.before[1] = arg1;
	fake_on_cpu(cpu, make_call, &call);
	fake_check();
	return call;
}

#define ROOT	0
#define CELL	2

static s64 result(unsigned int cpu, u64 fid, u64 arg1)
{
	struct call call = smc(cpu, fid, arg1);

	/* results are in X0..X3; of those functions that have one only, in X0 */
	CHECK(!memcmp(&call.before[1], &call.after[1], 30 * sizeof(u64)));
	return (s64)call.after[0];
}

TEST(version)
{
	setup();
	CHECK_EQ(result(CELL, VERSION, 0), 0x10001);
	CHECK_EQ(result(CELL, GARBAGE | VERSION, 0), 0x10001);
	CHECK_EQ(result(ROOT, VERSION, 0), 0x10001);
	CHECK_EQ(result(CELL, VERSION | IN_64, 0), NOT_SUPPORTED);
	CHECK_EQ(fake_smc_calls, 0);
}

/* The two mandatory ones, and nothing else of the Arm architecture's. */
TEST(arch_features)
{
	static const u32 unknown[] = {
		ARCH_SOC_ID, 0x80000003, 0x80008001, 0x8000ff00, 0x8000ffff,
		VERSION | IN_64, ARCH_FEATURES | IN_64, VERSION & ~FAST,
		0x82000000, 0xffffffff,
	};

	setup();
	for (unsigned int cpu = ROOT; cpu <= CELL; cpu += CELL - ROOT) {
		CHECK_EQ(result(cpu, ARCH_FEATURES, VERSION), 0);
		CHECK_EQ(result(cpu, ARCH_FEATURES, ARCH_FEATURES), 0);
		CHECK_EQ(result(cpu, ARCH_FEATURES, GARBAGE | VERSION), 0);
		for (size_t n = 0; n < ARRAY_SIZE(unknown); n++)
			CHECK_EQ(result(cpu, ARCH_FEATURES, unknown[n]),
				 NOT_SUPPORTED);
		CHECK_EQ(result(cpu, ARCH_FEATURES | IN_64, VERSION),
			 NOT_SUPPORTED);
	}
	CHECK_EQ(fake_smc_calls, 0);
}

/* 0: here, 1: not needed on this CPU; the CPU is the same for all. */
TEST(workarounds_are_the_firmwares)
{
	static const s64 answers[] = { 0, 1, NOT_SUPPORTED };

	setup();
	for (size_t n = 0; n < 3 * ARRAY_SIZE(workarounds); n++) {
		u32 fid = workarounds[n / 3];

		fake_smc_results[0] = (u64)answers[n % 3];
		CHECK_EQ(result(CELL, ARCH_FEATURES, GARBAGE | fid), answers[n % 3]);
		CHECK_EQ(fake_smc_args[0], ARCH_FEATURES);
		CHECK_EQ(fake_smc_args[1], fid);
		/* whoever makes the call, has it made */
		fake_smc_args[0] = 0;
		result(CELL, GARBAGE | fid, n);
		CHECK_EQ(fake_smc_args[0], fid);
		CHECK_EQ((u32)fake_smc_args[1], n);
		result(ROOT, fid, n);
	}
	CHECK_EQ(fake_smc_calls, 3 * 3 * ARRAY_SIZE(workarounds));
}

/* The same numbers as SMC64, or as a yielding call, are other functions. */
TEST(numbers_beside_workarounds)
{
	setup();
	for (size_t n = 0; n < ARRAY_SIZE(workarounds); n++) {
		CHECK_EQ(result(CELL, workarounds[n] | IN_64, 0), NOT_SUPPORTED);
		CHECK_EQ(result(CELL, workarounds[n] & ~FAST, 0), NOT_SUPPORTED);
		CHECK_EQ(result(CELL, workarounds[n] - 2, 0), NOT_SUPPORTED);
		CHECK_EQ(result(CELL, workarounds[n] + 2, 0), NOT_SUPPORTED);
		CHECK_EQ(result(ROOT, workarounds[n] | IN_64, 0), NOT_SUPPORTED);
		CHECK_EQ(result(ROOT, workarounds[n] & ~FAST, 0), NOT_SUPPORTED);
	}
	CHECK_EQ(fake_smc_calls, 0);
}

static bool is_psci(u32 fid)
{
	return (fid & ~(IN_64 | 0x1fU)) == 0x84000000;
}

static bool is_answered(u32 fid)
{
	for (size_t n = 0; n < ARRAY_SIZE(workarounds); n++)
		if (fid == workarounds[n])
			return true;
	return fid == VERSION || fid == ARCH_FEATURES || is_psci(fid) ||
	       (fid & ~3U) == TRNG_VERSION || fid == TRNG_RND_64 ||
	       fid == CELLBLOCK_PV_CALL_FEATURES || fid == CELLBLOCK_PV_CALL_UID ||
	       fid == CELLBLOCK_PV_CALL_REVISION;
}

/* Any call at all: of a cell nothing gets through, nothing is changed. */
TEST(cells_have_nothing_else)
{
	setup();
	for (unsigned int n = 0; n < 100000; n++) {
		u32 fid = (u32)tap_random();

		/* the ranges' beginnings are where functions are */
		if (n % 2)
			fid &= 0xff0000ff;
		if (!is_answered(fid))
			CHECK_EQ(result(CELL, GARBAGE | fid, n), NOT_SUPPORTED);
	}
	CHECK_EQ(fake_smc_calls, 0);
	CHECK(fake_cpus[CELL].in_guest);
}

/* Of each service a fast call, in 32 and in 64 bits, and a yielding one. */
static void check_service(unsigned int owner, u32 function, bool passes)
{
	const u32 fids[] = {
		FAST | owner << 24 | function,
		FAST | IN_64 | owner << 24 | function,
		owner << 24 | function,
	};
	const u32 *stats = cpus[ROOT]->vcpu->stats;

	for (size_t n = 0; n < ARRAY_SIZE(fids); n++) {
		u32 denied = stats[CELLBLOCK_CPU_STAT_DENIED];
		struct call call;

		fake_smc_calls = 0;
		for (unsigned int x = 0; x < 4; x++)
			fake_smc_results[x] = 0xaaaa000000000000ULL + x;
		call = smc(ROOT, GARBAGE | fids[n], 0x1122334455667788);
		CHECK_EQ(fake_smc_calls, passes);
		CHECK_EQ(stats[CELLBLOCK_CPU_STAT_DENIED] - denied, !passes);
		if (passes) {
			/* all arguments, four results: SMCCC 1.1 */
			CHECK_EQ((u32)fake_smc_args[0], fids[n]);
			CHECK(!memcmp(&fake_smc_args[1], &call.before[1],
				      7 * sizeof(u64)));
			CHECK(!memcmp(call.after, fake_smc_results,
				      4 * sizeof(u64)));
		} else {
			CHECK_EQ(call.after[0], NOT_SUPPORTED);
			CHECK(!memcmp(&call.before[1], &call.after[1],
				      3 * sizeof(u64)));
		}
		CHECK(!memcmp(&call.before[4], &call.after[4],
			      27 * sizeof(u64)));
	}
}

TEST(services_that_root_may_call)
{
	setup();
	check_service(1, 0, false);		/* CPU */
	check_service(2, 0x10, true);		/* SiP */
	check_service(3, 0, true);		/* OEM */
	check_service(4, 0x20, false);		/* SDEI */
	check_service(4, 0x60, false);		/* FF-A */
	check_service(4, 0xff01, false);
	check_service(5, 0, false);		/* standard hypervisor */
	check_service(6, 0, false);		/* vendor's hypervisor */
	for (unsigned int owner = 7; owner < 48; owner++)
		check_service(owner, owner, false);
	for (unsigned int owner = 48; owner < 64; owner++)
		check_service(owner, 0xff01, true);
}

/* QEMU's and others' PSCI 0.1 has its numbers where nobody else has. */
TEST(psci_0_1_is_denied)
{
	setup();
	for (u32 fid = 0x95c1ba5e; fid <= 0x95c1ba61; fid++)
		CHECK_EQ(result(ROOT, fid, 0x102), NOT_SUPPORTED);
	CHECK_EQ(fake_smc_calls, 0);
}

static const u32 trng[] = {
	0x84000050, 0x84000051, 0x84000052, 0x84000053, 0xc4000053,
};

static void check_trng(void)
{
	fake_smc_results[0] = 0;
	for (size_t n = 0; n < ARRAY_SIZE(trng); n++) {
		struct call call;

		fake_smc_calls = 0;
		call = smc(ROOT, trng[n], 96);
		CHECK_EQ(call.after[0], 0);
		CHECK_EQ(fake_smc_calls, 1);
	}
	CHECK_EQ(result(ROOT, 0x8400004f, 0), NOT_SUPPORTED);
	CHECK_EQ(result(ROOT, 0x84000054, 0), NOT_SUPPORTED);
}

TEST(roots_random_numbers_are_the_firmwares)
{
	setup();
	check_trng();
}

TEST(cells_have_random_numbers)
{
	struct call call;

	setup();
	CHECK_EQ(result(CELL, GARBAGE | TRNG_VERSION, 0), 0x10000);
	for (size_t n = 0; n < ARRAY_SIZE(trng); n++)
		CHECK_EQ(result(CELL, TRNG_FEATURES, GARBAGE | trng[n]), 0);
	CHECK_EQ(result(CELL, TRNG_FEATURES, TRNG_VERSION - 1), NOT_SUPPORTED);
	CHECK_EQ(result(CELL, TRNG_FEATURES, TRNG_RND + 1), NOT_SUPPORTED);
	CHECK_EQ(result(CELL, TRNG_FEATURES, TRNG_UUID | IN_64), NOT_SUPPORTED);
	for (u32 fid = TRNG_VERSION; fid < TRNG_RND; fid++)
		CHECK_EQ(result(CELL, fid | IN_64, 0), NOT_SUPPORTED);
	CHECK_EQ(result(CELL, TRNG_RND + 1, 0), NOT_SUPPORTED);
	CHECK_EQ(result(CELL, (TRNG_RND + 1) | IN_64, 0), NOT_SUPPORTED);
	call = smc(CELL, TRNG_UUID, 0);
	CHECK(call.after[0] != ~0U && (s64)call.after[0] >= 0);
	CHECK_EQ(fake_smc_calls, 0);
}

/* Cell 1 is that of CPU 2. */
static s64 give(u64 word)
{
	return fake_hypercall(0, CELLBLOCK_HC_CELL_WATCH, 1, word);
}

/* x0..x3 as given, and all others as before */
static void check_random(u32 fid, u64 bits, s64 x0, u64 x1, u64 x2, u64 x3)
{
	const u64 expected[] = { (u64)x0, x1, x2, x3 };
	struct call call = smc(CELL, fid, bits);

	for (unsigned int n = 0; n < 4; n++)
		CHECK_EQ(call.after[n], expected[n]);
	CHECK(!memcmp(&call.before[4], &call.after[4], 27 * sizeof(u64)));
}

static u64 word(unsigned int n)
{
	return 0x1111111111111111ULL * n;
}

static void give_words(unsigned int first, unsigned int last)
{
	for (unsigned int n = first; n <= last; n++)
		CHECK(give(word(n)) >= 0);
}

/* Nothing that was given comes twice; of a word, as many bits as are asked for. */
TEST(random_numbers_come_once)
{
	setup();
	check_random(TRNG_RND_64, 64, TRNG_NO_ENTROPY, 0, 0, 0);
	give_words(1, 8);
	check_random(TRNG_RND_64, 192, 0, word(6), word(7), word(8));
	check_random(TRNG_RND_64, 65, 0, 0, word(4) & 1, word(5));
	check_random(TRNG_RND_64, 1, 0, 0, 0, word(3) & 1);
	/* not as many as that: they stay */
	check_random(TRNG_RND_64, 129, TRNG_NO_ENTROPY, 0, 0, 0);
	check_random(TRNG_RND_64, 128, 0, 0, word(1), word(2));
	check_random(TRNG_RND_64, 1, TRNG_NO_ENTROPY, 0, 0, 0);
	give_words(9, 12);
	check_random(TRNG_RND, GARBAGE | 96, 0, 0xaaaaaaaa, 0xbbbbbbbb, 0xcccccccc);
	check_random(TRNG_RND, GARBAGE | 4, 0, 0, 0, 9);
	check_random(TRNG_RND, 1, TRNG_NO_ENTROPY, 0, 0, 0);
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(sizes_of_random_numbers)
{
	static const u64 wrong[] = { 0, 193, 1ULL << 32, (1ULL << 32) + 1, ~0ULL };

	setup();
	give_words(1, 1);
	for (size_t n = 0; n < ARRAY_SIZE(wrong); n++)
		check_random(TRNG_RND_64, wrong[n], TRNG_INVALID, 0, 0, 0);
	check_random(TRNG_RND, GARBAGE, TRNG_INVALID, 0, 0, 0);
	check_random(TRNG_RND, 97, TRNG_INVALID, 0, 0, 0);
	/* and none is lost by it */
	check_random(TRNG_RND_64, 64, 0, 0, 0, word(1));
}

TEST(so_many_random_numbers_are_kept)
{
	setup();
	give_words(1, CELLBLOCK_ENTROPY_WORDS + 1);
	CHECK(give(0) >= 0);
	for (unsigned int n = CELLBLOCK_ENTROPY_WORDS; n; n--)
		check_random(TRNG_RND_64, 64, 0, 0, 0, word(n));
	check_random(TRNG_RND_64, 64, TRNG_NO_ENTROPY, 0, 0, 0);
	/* no word is not a word */
	CHECK(give(0) >= 0);
	check_random(TRNG_RND_64, 64, TRNG_NO_ENTROPY, 0, 0, 0);
}

/* Neither another cell's, nor of what was handed out is anything left. */
TEST(random_numbers_are_of_one_cell)
{
	static const u64 nothing[CELLBLOCK_ENTROPY_WORDS];

	setup();
	CHECK(fake_hypercall(0, CELLBLOCK_HC_CELL_WATCH, 0, word(1)) >= 0);
	check_random(TRNG_RND_64, 64, TRNG_NO_ENTROPY, 0, 0, 0);
	give_words(1, 3);
	check_random(TRNG_RND_64, 192, 0, word(1), word(2), word(3));
	CHECK(!memcmp(nothing, root_cell.next->entropy, sizeof(nothing)));
}

TEST(strict)
{
	fake_image_init();
	fake_system()->flags |= JAILHOUSE_SYS_STRICT_SMCCC;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	check_service(2, 0x10, false);
	check_service(3, 0, false);
	for (unsigned int owner = 48; owner < 64; owner++)
		check_service(owner, 0, false);
	CHECK_EQ(result(ROOT, VERSION, 0), 0x10001);
	fake_smc_results[0] = 0;
	for (size_t n = 0; n < ARRAY_SIZE(trng); n++)
		CHECK_EQ(smc(ROOT, trng[n], 96).after[0], 0);
}

/* c6a695d4-32e7-4ef4-b27c-b676158d0ff2; byte 0 is the lowest of x0 (DEN 0028, 6.2) */
static const u8 uid[16] = {
	0xc6, 0xa6, 0x95, 0xd4, 0x32, 0xe7, 0x4e, 0xf4,
	0xb2, 0x7c, 0xb6, 0x76, 0x15, 0x8d, 0x0f, 0xf2,
};

/* Of a call with so many results, and nothing else changed */
static struct call check_results(u32 fid, unsigned int results)
{
	struct call call = smc(CELL, GARBAGE | fid, 1);

	CHECK(!memcmp(&call.before[results], &call.after[results],
		      (31 - results) * sizeof(u64)));
	return call;
}

/* Bytes in the order of the text, in the lower halves of four registers. */
static void check_uid(const u8 bytes[16])
{
	struct call call = check_results(CELLBLOCK_PV_CALL_UID, 4);

	for (unsigned int n = 0; n < 16; n++)
		CHECK_EQ(call.after[n / 4] >> n % 4 * 8 & 0xff, bytes[n]);
	for (unsigned int n = 0; n < 4; n++)
		CHECK_EQ(call.after[n] >> 32, 0);
}

TEST(paravirtual_interface_is_found)
{
	struct call call;

	setup();
	check_uid(uid);
	call = check_results(CELLBLOCK_PV_CALL_REVISION, 2);
	CHECK_EQ(call.after[0], 1);
	CHECK_EQ(call.after[1], 0);
	/* on a CPU of its own */
	call = check_results(CELLBLOCK_PV_CALL_FEATURES, 2);
	CHECK_EQ(call.after[0], 0);
	CHECK_EQ(call.after[1], 0);
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(beside_the_paravirtual_interface)
{
	static const u32 beside[] = {
		0x86000001, 0x8600ff00, 0x8600ff02, 0x8600ff04, 0x8600ffff,
		0xc6000000, 0xc600ff01, 0x06000000, 0x0600ff01, 0x8601ff01,
	};

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(beside); n++)
		CHECK_EQ(result(CELL, beside[n], 0), NOT_SUPPORTED);
	/* root has KVM's host calls there, by HVC only */
	CHECK_EQ(result(ROOT, CELLBLOCK_PV_CALL_UID, 0), NOT_SUPPORTED);
}

/* Stolen time (Arm DEN0057A), which cells have on CPUs that they share. */

#define PV_TIME_FEATURES	0xc5000020U
#define PV_TIME_ST		0xc5000021U

TEST(stolen_time_is_of_cells_that_share_cpus)
{
	setup();
	for (unsigned int cpu = ROOT; cpu <= CELL; cpu += CELL - ROOT) {
		CHECK_EQ(result(cpu, ARCH_FEATURES, PV_TIME_FEATURES), NOT_SUPPORTED);
		CHECK_EQ(result(cpu, PV_TIME_FEATURES, PV_TIME_ST), NOT_SUPPORTED);
		CHECK_EQ(result(cpu, PV_TIME_ST, 0), NOT_SUPPORTED);
	}
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(stolen_time_is_found)
{
	struct sample_cell config = make_first();
	static const u32 beside[] = {
		PV_TIME_FEATURES - 1, PV_TIME_ST + 1, PV_TIME_FEATURES & ~IN_64,
		PV_TIME_ST & ~IN_64, PV_TIME_FEATURES & ~FAST, PV_TIME_ST & ~FAST,
	};

	boot_for_cells();
	CHECK_EQ(fake_hypercall(ROOT, CELLBLOCK_HC_CPU_SHARE, 1, 0), 0);
	sample_share(&config);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	CHECK_EQ(control_start_vcpu(root_cell.next, cpus[CELL]->vcpu, 0, 0), 0);
	fake_run();
	fake_smc_calls = 0;
	/* on each of its CPUs: this one is its own */
	CHECK_EQ(result(CELL, ARCH_FEATURES, GARBAGE | PV_TIME_FEATURES), 0);
	CHECK_EQ(result(CELL, GARBAGE | PV_TIME_FEATURES, GARBAGE | PV_TIME_FEATURES), 0);
	CHECK_EQ(result(CELL, PV_TIME_FEATURES, PV_TIME_ST), 0);
	CHECK_EQ(result(CELL, GARBAGE | PV_TIME_ST, 0), 0x80000280);
	for (size_t n = 0; n < ARRAY_SIZE(beside); n++) {
		CHECK_EQ(result(CELL, beside[n], PV_TIME_ST), NOT_SUPPORTED);
		CHECK_EQ(result(CELL, PV_TIME_FEATURES, beside[n]), NOT_SUPPORTED);
	}
	CHECK_EQ(fake_smc_calls, 0);
}

/* The time that a cell's program says, and how Linux's ptp_kvm has it. */

#define KVM_FEATURES	0x86000000U
#define KVM_PTP		0x86000001U
#define WINDOW_MS	50
#define TIME		0x17a9c0de89abcdefULL
#define COUNTER		0x123456789abcdef0ULL

static const u8 kvm_uid[16] = {
	0x28, 0xb4, 0x6f, 0xb6, 0x2e, 0xc5, 0x11, 0xe9,
	0xa9, 0xca, 0x4b, 0x56, 0x4d, 0x00, 0x3a, 0x74,
};

static struct cellblock_remote_page *page;
static struct cellblock_remote_slot asked;
static u64 root_time;

/* Root's CPU is the program's; what it finds asked, it answers. */
static void say_time(struct cpu *cpu)
{
	struct cellblock_remote_slot *slot = &page->slot[CELL];

	if (cpu->id || !(slot->state & 1))
		return;
	asked = *slot;
	slot->value = root_time;
	slot->counter = COUNTER;
	slot->state++;
}

static void setup_window(void)
{
	struct sample_cell config = make_first();

	config.mem[CELL_GPIO] = (struct jailhouse_memory){
		.phys_start = 0x0b000000, .virt_start = 0x0b000000, .size = 0x1000,
		.flags = JAILHOUSE_MEM_REMOTE | JAILHOUSE_MEM_READ,
	};
	boot_for_cells();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	page = root_cell.next->remote.page;
	CHECK(fake_hypercall(0, CELLBLOCK_HC_REMOTE_ATTACH, 1,
			     CELLBLOCK_REMOTE_HOW(100, WINDOW_MS)) > 0);
	root_time = TIME;
	fake_guest = say_time;
	fake_smc_calls = 0;
}

TEST(no_clock_is_kvms_before_the_program_has_one)
{
	setup_window();
	CHECK_EQ(smc(CELL, CELLBLOCK_PV_CALL_UID, 0).after[0], CELLBLOCK_PV_UID_0);
	CHECK_EQ(smc(CELL, KVM_FEATURES, 0).after[0], 0);
	CHECK_EQ(result(CELL, KVM_PTP, 0), NOT_SUPPORTED);
	CHECK_EQ(page->slot[CELL].state, 0);
}

TEST(kvms_clock_is_found)
{
	struct call call;

	setup_window();
	page->clock = 1;
	check_uid(kvm_uid);
	call = check_results(KVM_FEATURES, 4);
	CHECK_EQ(call.after[0], 3);
	for (unsigned int n = 1; n < 4; n++)
		CHECK_EQ(call.after[n], 0);
	CHECK_EQ(result(CELL, CELLBLOCK_PV_CALL_REVISION, 0), NOT_SUPPORTED);
	CHECK_EQ(page->slot[CELL].state, 0);
	/* root is the one who has it */
	CHECK_EQ(result(ROOT, CELLBLOCK_PV_CALL_UID, 0), NOT_SUPPORTED);
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(kvms_clock_is_what_the_program_says)
{
	struct call call;

	setup_window();
	page->clock = 1;
	for (u64 which = 0; which < 2; which++) {
		asked.size = 0;
		call = smc(CELL, GARBAGE | KVM_PTP, GARBAGE | which);
		CHECK_EQ(call.after[0], TIME >> 32);
		CHECK_EQ(call.after[1], (u32)TIME);
		CHECK_EQ(call.after[2], COUNTER >> 32);
		CHECK_EQ(call.after[3], (u32)COUNTER);
		CHECK(!memcmp(&call.before[4], &call.after[4], 27 * sizeof(u64)));
		CHECK_EQ(asked.address, CELLBLOCK_REMOTE_TIME);
		CHECK_EQ(asked.size, 8);
		CHECK(!asked.is_write);
	}
	asked.size = 0;
	CHECK_EQ(result(CELL, KVM_PTP, 2), NOT_SUPPORTED);
	CHECK_EQ(asked.size, 0);
	CHECK_EQ(result(CELL, KVM_PTP | IN_64, 0), NOT_SUPPORTED);
}

/* By a program that knows nothing of it, or by none, in bounded time. */
TEST(nobody_says_the_time)
{
	u64 begin;

	setup_window();
	page->clock = 1;
	root_time = ~0ULL;
	CHECK_EQ(result(CELL, KVM_PTP, 0), NOT_SUPPORTED);
	fake_guest = NULL;
	begin = arch_counter();
	CHECK_EQ(result(CELL, KVM_PTP, 0), NOT_SUPPORTED);
	CHECK(arch_counter() - begin >= arch_counter_hz() * WINDOW_MS / 1000);
	CHECK_EQ(page->attached, 0);
	begin = arch_counter();
	CHECK_EQ(result(CELL, KVM_PTP, 0), NOT_SUPPORTED);
	CHECK_EQ(arch_counter(), begin);
}

static unsigned int times_told(void)
{
	unsigned int count = 0;

	for (const char *at = hv_shared.console; (at = strstr(at, "is not root's to make")); at++)
		count++;
	return count;
}

/* Root must not be able to fill the console. */
TEST(denials_are_told_once)
{
	setup();
	CHECK_EQ(times_told(), 0);
	for (unsigned int n = 0; n < 100; n++)
		CHECK_EQ(result(ROOT, 0xc4000020, n), NOT_SUPPORTED);
	CHECK_EQ(times_told(), 1);
}

TEST(calls_are_counted)
{
	const u32 *stats;

	setup();
	stats = cpus[CELL]->vcpu->stats;
	result(CELL, VERSION, 0);
	result(CELL, 0x82000000, 0);
	result(CELL, WORKAROUND_1, 0);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_SMCCC], 3);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_PSCI], 0);
	/* the borders of PSCI's range */
	result(CELL, 0x84000000, 0);
	result(CELL, 0xc400001f, 0);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_PSCI], 2);
	result(CELL, 0x83ffffff, 0);
	result(CELL, 0x84000020, 0);
	result(CELL, 0x04000000, 0);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_SMCCC], 6);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_PSCI], 2);
}

TAP_MAIN(
	TAP_TEST(version),
	TAP_TEST(arch_features),
	TAP_TEST(workarounds_are_the_firmwares),
	TAP_TEST(numbers_beside_workarounds),
	TAP_TEST(cells_have_nothing_else),
	TAP_TEST(services_that_root_may_call),
	TAP_TEST(psci_0_1_is_denied),
	TAP_TEST(roots_random_numbers_are_the_firmwares),
	TAP_TEST(cells_have_random_numbers),
	TAP_TEST(random_numbers_come_once),
	TAP_TEST(sizes_of_random_numbers),
	TAP_TEST(so_many_random_numbers_are_kept),
	TAP_TEST(random_numbers_are_of_one_cell),
	TAP_TEST(strict),
	TAP_TEST(paravirtual_interface_is_found),
	TAP_TEST(beside_the_paravirtual_interface),
	TAP_TEST(stolen_time_is_of_cells_that_share_cpus),
	TAP_TEST(stolen_time_is_found),
	TAP_TEST(no_clock_is_kvms_before_the_program_has_one),
	TAP_TEST(kvms_clock_is_found),
	TAP_TEST(kvms_clock_is_what_the_program_says),
	TAP_TEST(nobody_says_the_time),
	TAP_TEST(denials_are_told_once),
	TAP_TEST(calls_are_counted)
)
