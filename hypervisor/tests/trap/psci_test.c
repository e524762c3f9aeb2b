// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Power control as PSCI 1.1 (Arm DEN 0022) has it: numbers of functions and
 * results are those of its chapter 5. CPUs of the fake machine start and stop.
 */

#include <core/arch.h>
#include <gic/irq.h>
#include <trap/smccc.h>

#include "cell_helpers.h"
#include "fake/machine.h"
#include "fake/smc.h"
#include "fake/sysreg.h"
#include "tap.h"

/* SMC32; SMC64 is the same with bit 30. */
#define VERSION			0x84000000U
#define CPU_SUSPEND		0x84000001U
#define CPU_OFF			0x84000002U
#define CPU_ON			0x84000003U
#define AFFINITY_INFO		0x84000004U
#define MIGRATE_INFO_TYPE	0x84000006U
#define SYSTEM_OFF		0x84000008U
#define SYSTEM_RESET		0x84000009U
#define FEATURES		0x8400000aU
#define SYSTEM_RESET2		0x84000012U
#define LAST			0x8400001fU
#define IN_64			0x40000000U

#define SUCCESS			0
#define NOT_SUPPORTED		(-1)
#define INVALID_PARAMETERS	(-2)
#define DENIED			(-3)
#define ALREADY_ON		(-4)
#define ON_PENDING		(-5)

#define IS_ON			0
#define IS_OFF			1
#define IS_ON_PENDING		2

/* What a caller of an SMC32 function may leave above its arguments. */
#define GARBAGE			0xdeadbeef00000000ULL

/* The cell has CPUs 2 and 3, of which 2 runs; root has 0 and 1, which is off. */
#define OWN			0x102ULL
#define OTHER			0x103ULL
#define ROOTS_OWN		0x100ULL
#define ROOTS_OTHER		0x101ULL

static bool slept;

/* In the place of the GIC's. */
void irq_cpu_sleep(bool timed, u64 until)
{
	CHECK(!timed && !until);
	slept = true;
}

static void setup(void)
{
	create_and_start();
	fake_smc_calls = 0;
}

struct call {
	u64 x[4], result;
	bool returned;
};

static void make_call(void *arg)
{
	struct call *call = arg;

	call->result = smccc_handle(call->x[0], call->x[1], call->x[2],
				    call->x[3]);
	call->returned = true;
}

/* A call by the guest of @cpu that comes back. */
static s64 psci(unsigned int cpu, u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	struct call call = { .x = { fid, arg1, arg2, arg3 } };

	fake_on_cpu(cpu, make_call, &call);
	fake_check();
	CHECK(call.returned);
	return (s64)call.result;
}

/* One that must not come back. */
static void psci_ends(unsigned int cpu, u64 fid)
{
	/* of SYSTEM_RESET2, W1 is the type: 0 */
	struct call call = { .x = { fid, GARBAGE, 0x22, 0x33 } };

	fake_on_cpu(cpu, make_call, &call);
	fake_run();
	fake_check();
	CHECK(!call.returned);
}

static s64 from_cell(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	return psci(2, fid, arg1, arg2, arg3);
}

static s64 from_root(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	return psci(0, fid, arg1, arg2, arg3);
}

TEST(version)
{
	setup();
	CHECK_EQ(from_cell(VERSION, 0, 0, 0), 0x10001);
	/* the number is in W0 */
	CHECK_EQ(from_cell(GARBAGE | VERSION, 0, 0, 0), 0x10001);
	CHECK_EQ(from_root(VERSION, 0, 0, 0), 0x10001);
	CHECK_EQ(from_cell(VERSION | IN_64, 0, 0, 0), NOT_SUPPORTED);
}

/* All of both ranges; mandatory, but for those that concern trusted OSes only. */
static const u32 implemented[] = {
	VERSION, CPU_SUSPEND, CPU_SUSPEND | IN_64, CPU_OFF, CPU_ON,
	CPU_ON | IN_64, AFFINITY_INFO, AFFINITY_INFO | IN_64,
	MIGRATE_INFO_TYPE, SYSTEM_OFF, SYSTEM_RESET, FEATURES, SYSTEM_RESET2,
	SYSTEM_RESET2 | IN_64,
};

static bool is_implemented(u32 fid)
{
	for (size_t n = 0; n < ARRAY_SIZE(implemented); n++)
		if (implemented[n] == fid)
			return true;
	return false;
}

#define for_each_number(fid)						\
	for (u32 fid = VERSION; fid <= (LAST | IN_64);			\
	     fid = fid == LAST ? VERSION | IN_64 : fid + 1)

TEST(features)
{
	unsigned int count = 0;

	setup();
	for_each_number(fid) {
		s64 found = from_cell(FEATURES, fid, 0, 0);

		count++;
		/* no flags: CPU_SUSPEND has the original format, and no OS initiated mode */
		CHECK_EQ(found, is_implemented(fid) ? 0 : NOT_SUPPORTED);
		CHECK_EQ(from_cell(FEATURES, GARBAGE | fid, 0, 0), found);
	}
	CHECK_EQ(count, 64);
	/* the way to find out that there is an SMCCC 1.1 */
	CHECK_EQ(from_cell(FEATURES, 0x80000000, 0, 0), SUCCESS);
	CHECK_EQ(from_cell(FEATURES, 0x80000001, 0, 0), NOT_SUPPORTED);
	CHECK_EQ(from_cell(FEATURES, 0, 0, 0), NOT_SUPPORTED);
	CHECK_EQ(from_cell(FEATURES, ~0ULL, 0, 0), NOT_SUPPORTED);
	CHECK_EQ(from_cell(FEATURES, 0x84000020, 0, 0), NOT_SUPPORTED);
}

/* With arguments that would do something if there were such a function. */
TEST(what_is_not_implemented)
{
	struct snapshot before;

	setup();
	before = take_snapshot();
	for_each_number(fid) {
		if (is_implemented(fid))
			continue;
		CHECK_EQ(from_cell(fid, OTHER, 0x1000, 0), NOT_SUPPORTED);
		CHECK_EQ(from_cell(fid, fid, 0, 0), NOT_SUPPORTED);
		CHECK_EQ(from_root(fid, ROOTS_OTHER, 0x1000, 0), NOT_SUPPORTED);
	}
	fake_run();
	check_snapshot(&before);
	CHECK_EQ(fake_cpus[3].starts, 0);
	CHECK_EQ(fake_cpus[1].starts, 0);
	CHECK_EQ(fake_smc_calls, 0);
}

static void check_started(unsigned int cpu, unsigned int times, u64 address,
			  u64 context)
{
	fake_run();
	CHECK_EQ(fake_cpus[cpu].starts, times);
	CHECK(fake_cpus[cpu].in_guest);
	CHECK_EQ(fake_cpus[cpu].start_address, address);
	CHECK_EQ(fake_cpus[cpu].start_arg, context);
}

TEST(cpu_on)
{
	setup();
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OTHER, 0, 0), IS_OFF);
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x1122334455667788,
			   0x99aabbccddeeff00), SUCCESS);
	check_started(3, 1, 0x1122334455667788, 0x99aabbccddeeff00);
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OTHER, 0, 0), IS_ON);
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x2000, 0), ALREADY_ON);
	CHECK_EQ(from_cell(CPU_ON | IN_64, OWN, 0x2000, 0), ALREADY_ON);
	check_started(3, 1, 0x1122334455667788, 0x99aabbccddeeff00);
	/* the new CPU has the same to say */
	CHECK_EQ(psci(3, CPU_ON | IN_64, OWN, 0x2000, 0), ALREADY_ON);
	CHECK_EQ(fake_smc_calls, 0);
}

/* SMC32: arguments are in W1, W2 and W3. */
TEST(cpu_on_of_32_bits)
{
	setup();
	CHECK_EQ(from_cell(CPU_ON, GARBAGE | OTHER, GARBAGE | 0x80001000,
			   GARBAGE | 0x55), SUCCESS);
	check_started(3, 1, 0x80001000, 0x55);
}

TEST(cpu_on_is_pending)
{
	setup();
	/* it has been told to, and has not begun */
	fake_cpus[3].asleep = true;
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x1000, 1), SUCCESS);
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x2000, 2), ON_PENDING);
	CHECK_EQ(from_cell(CPU_ON, OTHER, 0x2000, 2), ON_PENDING);
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OTHER, 0, 0), IS_ON_PENDING);
	CHECK_EQ(from_cell(AFFINITY_INFO, OTHER, 0, 0), IS_ON_PENDING);
	fake_cpus[3].asleep = false;
	check_started(3, 1, 0x1000, 1);
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OTHER, 0, 0), IS_ON);
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x2000, 2), ALREADY_ON);
}

/* Those of others are no CPUs, nor is anything beyond Aff0. */
static const u64 foreign[] = {
	ROOTS_OWN, ROOTS_OTHER, 0, 0x104, 0x10103, 0x100000103, 0x203,
	0xff00ffffffULL, ~0ULL,
};

TEST(cpu_on_of_foreign_cpus)
{
	struct snapshot before;

	setup();
	before = take_snapshot();
	for (size_t n = 0; n < ARRAY_SIZE(foreign); n++)
		CHECK_EQ(from_cell(CPU_ON | IN_64, foreign[n], 0x1000, 0),
			 INVALID_PARAMETERS);
	CHECK_EQ(from_root(CPU_ON | IN_64, OTHER, 0x1000, 0),
		 INVALID_PARAMETERS);
	/* root's are root's */
	CHECK_EQ(from_root(CPU_ON | IN_64, ROOTS_OWN, 0x1000, 0), ALREADY_ON);
	fake_run();
	check_snapshot(&before);
	CHECK_EQ(from_root(CPU_ON | IN_64, ROOTS_OTHER, 0x1000, 7), SUCCESS);
	check_started(1, 1, 0x1000, 7);
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(cpu_on_of_one_that_failed)
{
	setup();
	cpus[3]->vcpu->failed = true;
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x1000, 0), DENIED);
	fake_run();
	CHECK_EQ(fake_cpus[3].starts, 0);
}

/*
 * The other CPU is parked already and this one not yet: it must not learn that
 * from an answer, which no guest is prepared for.
 */
static void call_while_stopped(u64 fid)
{
	setup();
	cell_by_id(1)->stopped = true;
	psci_ends(2, fid);
	CHECK(fake_cpus[2].parked);
	CHECK_EQ(fake_cpus[3].starts, 0);
}

TEST(cpu_on_while_stopped)
{
	call_while_stopped(CPU_ON | IN_64);
}

TEST(affinity_info_while_stopped)
{
	call_while_stopped(AFFINITY_INFO | IN_64);
}

TEST(affinity_info)
{
	setup();
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OWN, 0, 0), IS_ON);
	CHECK_EQ(from_cell(AFFINITY_INFO, GARBAGE | OWN, GARBAGE, 0), IS_ON);
	CHECK_EQ(from_cell(AFFINITY_INFO, GARBAGE | OTHER, GARBAGE, 0), IS_OFF);
	/* the level has 32 bits in both */
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OWN, GARBAGE, 0), IS_ON);
	for (size_t n = 0; n < ARRAY_SIZE(foreign); n++)
		CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, foreign[n], 0, 0),
			 INVALID_PARAMETERS);
	CHECK_EQ(from_root(AFFINITY_INFO | IN_64, ROOTS_OWN, 0, 0), IS_ON);
	CHECK_EQ(from_root(AFFINITY_INFO | IN_64, ROOTS_OTHER, 0, 0), IS_OFF);
	CHECK_EQ(from_root(AFFINITY_INFO | IN_64, OWN, 0, 0),
		 INVALID_PARAMETERS);
	/* higher levels are optional since PSCI 1.0 */
	for (u64 level = 1; level <= 4; level++) {
		CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OWN, level, 0),
			 INVALID_PARAMETERS);
		CHECK_EQ(from_cell(AFFINITY_INFO, OWN, level, 0),
			 INVALID_PARAMETERS);
	}
}

TEST(cpu_off)
{
	setup();
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x1000, 0), SUCCESS);
	check_started(3, 1, 0x1000, 0);
	psci_ends(3, CPU_OFF);
	CHECK(fake_cpus[3].parked && !fake_cpus[3].in_guest);
	CHECK_EQ(from_cell(AFFINITY_INFO | IN_64, OTHER, 0, 0), IS_OFF);
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x2000, 9), SUCCESS);
	check_started(3, 2, 0x2000, 9);
	/* the last one does not end the cell */
	psci_ends(3, CPU_OFF);
	psci_ends(2, CPU_OFF);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_RUNNING);
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(cpu_off_of_root)
{
	setup();
	CHECK_EQ(from_root(CPU_ON | IN_64, ROOTS_OTHER, 0x1000, 0), SUCCESS);
	check_started(1, 1, 0x1000, 0);
	psci_ends(1, CPU_OFF);
	CHECK_EQ(from_root(AFFINITY_INFO | IN_64, ROOTS_OTHER, 0, 0), IS_OFF);
	/* it stays in the hypervisor's hands */
	CHECK(fake_cpus[1].parked && !fake_cpus[1].off);
	CHECK_EQ(fake_smc_calls, 0);
}

/* Any state is entered as a standby state, 5.4.2: back after an interrupt. */
TEST(cpu_suspend)
{
	static const u64 states[] = {
		0, 1 << 16, 0x0101ffff, 0xffffffff, GARBAGE,
	};

	setup();
	for (size_t n = 0; n < 2 * ARRAY_SIZE(states); n++) {
		u32 fid = CPU_SUSPEND | (n % 2 ? IN_64 : 0);

		slept = false;
		CHECK_EQ(from_cell(fid, states[n / 2], 0x1000, 0), SUCCESS);
		CHECK(slept);
	}
	CHECK_EQ(fake_cpus[2].starts, 1);
	CHECK_EQ(fake_smc_calls, 0);
}

TEST(no_trusted_os_migrates)
{
	setup();
	CHECK_EQ(from_cell(MIGRATE_INFO_TYPE, 0, 0, 0), 2);
	CHECK_EQ(from_root(MIGRATE_INFO_TYPE, 0, 0, 0), 2);
}

static void cell_ends_by(u32 fid)
{
	s64 watch;

	setup();
	CHECK_EQ(from_cell(CPU_ON | IN_64, OTHER, 0x1000, 0), SUCCESS);
	check_started(3, 1, 0x1000, 0);
	psci_ends(2, fid);
	CHECK(fake_cpus[2].parked && fake_cpus[3].parked);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_SHUT_DOWN);
	watch = fake_hypercall(0, CELLBLOCK_HC_CELL_WATCH, 1, 0);
	CHECK_EQ(CELLBLOCK_WATCH_STATE(watch), JAILHOUSE_CELL_SHUT_DOWN);
	CHECK_EQ(CELLBLOCK_WATCH_RESET(watch), fid != SYSTEM_OFF);
	CHECK_EQ(fake_smc_calls, 0);
	/* root goes on, and can start it again */
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK(fake_cpus[2].in_guest);
	CHECK_EQ(CELLBLOCK_WATCH_RESET(fake_hypercall(0, CELLBLOCK_HC_CELL_WATCH, 1, 0)), 0);
}

TEST(system_off_ends_the_cell)
{
	cell_ends_by(SYSTEM_OFF);
}

TEST(system_reset_ends_the_cell)
{
	cell_ends_by(SYSTEM_RESET);
}

TEST(system_reset2_ends_the_cell)
{
	cell_ends_by(SYSTEM_RESET2);
}

TEST(system_reset2_in_64_bits_ends_the_cell)
{
	cell_ends_by(SYSTEM_RESET2 | IN_64);
}

/* The architecture's warm reset is the only one. */
TEST(cells_have_no_other_resets)
{
	static const u32 types[] = { 1, 0x7fffffff, 0x80000000, 0xffffffff };

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(types); n++) {
		CHECK_EQ(from_cell(SYSTEM_RESET2, types[n], 0, 0), INVALID_PARAMETERS);
		CHECK_EQ(from_cell(SYSTEM_RESET2 | IN_64, types[n], 0, 0), INVALID_PARAMETERS);
	}
	CHECK(fake_cpus[2].in_guest);
	CHECK_EQ(fake_smc_calls, 0);
}

static void check_firmware_got(u64 x0, u64 x1, u64 x2)
{
	CHECK_EQ(fake_smc_args[0], x0);
	CHECK_EQ(fake_smc_args[1], x1);
	CHECK_EQ(fake_smc_args[2], x2);
}

/* The machine is root's; what the firmware cannot do it may answer. */
TEST(root_ends_the_machine)
{
	setup();
	fake_smc_results[0] = (u64)-6;
	CHECK_EQ(from_root(SYSTEM_OFF, 0, 0, 0), -6);
	check_firmware_got(SYSTEM_OFF, 0, 0);
	CHECK_EQ(from_root(SYSTEM_RESET, 0, 0, 0), -6);
	check_firmware_got(SYSTEM_RESET, 0, 0);
	CHECK_EQ(fake_smc_calls, 2);
	CHECK(fake_cpus[2].in_guest);
}

/* Optional: Linux has asked the firmware for it before. */
TEST(root_has_the_firmwares_system_reset2)
{
	setup();
	fake_smc_results[0] = (u64)INVALID_PARAMETERS;
	CHECK_EQ(from_root(SYSTEM_RESET2, GARBAGE | 0x80000001,
			   GARBAGE | 0x77, 0), INVALID_PARAMETERS);
	check_firmware_got(SYSTEM_RESET2, 0x80000001, 0x77);
	CHECK_EQ(from_root(SYSTEM_RESET2 | IN_64, 0x80000001,
			   0x1122334455667788, 0), INVALID_PARAMETERS);
	check_firmware_got(SYSTEM_RESET2 | IN_64, 0x80000001,
			   0x1122334455667788);
	CHECK_EQ(fake_smc_calls, 2);
}

/* Whether there is one only the firmware knows. */
TEST(features_of_system_reset2)
{
	static const u32 reset2[] = { SYSTEM_RESET2, SYSTEM_RESET2 | IN_64 };

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(reset2); n++) {
		fake_smc_results[0] = SUCCESS;
		CHECK_EQ(from_root(FEATURES, GARBAGE | reset2[n], 0, 0), SUCCESS);
		check_firmware_got(FEATURES, reset2[n], 0);
		fake_smc_results[0] = (u64)NOT_SUPPORTED;
		CHECK_EQ(from_root(FEATURES, reset2[n], 0, 0), NOT_SUPPORTED);
		fake_smc_results[0] = SUCCESS;
		CHECK_EQ(from_cell(FEATURES, reset2[n], 0, 0), SUCCESS);
	}
	CHECK_EQ(fake_smc_calls, 4);
}

TEST(calls_are_counted)
{
	const u32 *stats;

	setup();
	stats = cpus[2]->vcpu->stats;
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_PSCI], 0);
	from_cell(VERSION, 0, 0, 0);
	from_cell(AFFINITY_INFO | IN_64, OWN, 0, 0);
	from_cell(LAST | IN_64, 0, 0, 0);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_PSCI], 3);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_SMCCC], 0);
	CHECK_EQ(stats[CELLBLOCK_CPU_STAT_DENIED], 0);
}

TAP_MAIN(
	TAP_TEST(version),
	TAP_TEST(features),
	TAP_TEST(what_is_not_implemented),
	TAP_TEST(cpu_on),
	TAP_TEST(cpu_on_of_32_bits),
	TAP_TEST(cpu_on_is_pending),
	TAP_TEST(cpu_on_of_foreign_cpus),
	TAP_TEST(cpu_on_of_one_that_failed),
	TAP_TEST(cpu_on_while_stopped),
	TAP_TEST(affinity_info_while_stopped),
	TAP_TEST(affinity_info),
	TAP_TEST(cpu_off),
	TAP_TEST(cpu_off_of_root),
	TAP_TEST(cpu_suspend),
	TAP_TEST(no_trusted_os_migrates),
	TAP_TEST(system_off_ends_the_cell),
	TAP_TEST(system_reset_ends_the_cell),
	TAP_TEST(root_ends_the_machine),
	TAP_TEST(system_reset2_ends_the_cell),
	TAP_TEST(system_reset2_in_64_bits_ends_the_cell),
	TAP_TEST(cells_have_no_other_resets),
	TAP_TEST(root_has_the_firmwares_system_reset2),
	TAP_TEST(features_of_system_reset2),
	TAP_TEST(calls_are_counted)
)
