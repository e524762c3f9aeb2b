// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Power control (PSCI) as a cell sees it.
 *
 * Parameters:
 *	end=off|reset|reset2	end the cell by SYSTEM_OFF, _RESET or _RESET2 instead
 */

#include <inmate/test.h>

#define VERSION_1_1		0x10001
#define NO_SUCH_CPU		0xff00fe00fdULL
#define POWER_STATE_STANDBY	0
#define ROUNDS			50
#define PATTERN			0x5a5a000000000000ULL

static unsigned int secondary_runs;
static unsigned int secondary_id;
static bool secondary_go;

static void count_run(void)
{
	atomic_set(&secondary_id, cpu_id());
	atomic_add(&secondary_runs, 1);
}

static void run_until_told(void)
{
	atomic_add(&secondary_runs, 1);
	while (!atomic_read(&secondary_go))
		cpu_relax();
}

static bool need_second_cpu(void)
{
	if (smp_num_cpus() >= 2)
		return true;
	test_skip("the cell has one CPU");
	return false;
}

static void version_is_1_1(void)
{
	EXPECT_EQ(psci_call(PSCI_VERSION, 0, 0, 0), VERSION_1_1);
}

static void both_conduits_work(void)
{
	EXPECT_EQ(smccc_call(SMCCC_SMC, PSCI_VERSION, 0, 0, 0), VERSION_1_1);
	EXPECT_EQ(smccc_call(SMCCC_HVC, PSCI_VERSION, 0, 0, 0), VERSION_1_1);
}

static void features_name_what_is_there(void)
{
	static const u32 present[] = {
		PSCI_VERSION, PSCI_CPU_SUSPEND, PSCI_CPU_OFF, PSCI_CPU_ON,
		PSCI_CPU_ON_32, PSCI_AFFINITY_INFO, PSCI_AFFINITY_INFO_32,
		PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_SYSTEM_RESET2,
		PSCI_FEATURES, SMCCC_VERSION,
	};

	for (unsigned int n = 0; n < ARRAY_SIZE(present); n++)
		if (psci_call(PSCI_FEATURES, present[n], 0, 0) < 0)
			EXPECT_EQ(present[n], 0);
}

static void features_deny_the_unknown(void)
{
	EXPECT_EQ(psci_call(PSCI_FEATURES, 0x8400001f, 0, 0),
		  PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci_call(PSCI_FEATURES, 0, 0, 0), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci_call(PSCI_FEATURES, 0xffffffff, 0, 0),
		  PSCI_NOT_SUPPORTED);
}

static void affinity_info_of_own_cpus(void)
{
	EXPECT_EQ(psci_affinity_info(cpu_mpidr()), PSCI_AFF_ON);
	EXPECT_EQ(psci_call(PSCI_AFFINITY_INFO_32, cpu_mpidr(), 0, 0),
		  PSCI_AFF_ON);
	if (need_second_cpu())
		EXPECT_EQ(psci_affinity_info(smp_mpidr(1)), PSCI_AFF_OFF);
}

/* CPU 0 of the machine is never ours. */
static void affinity_info_of_others(void)
{
	EXPECT_EQ(psci_affinity_info(0), PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci_affinity_info(NO_SUCH_CPU), PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci_call(PSCI_AFFINITY_INFO, cpu_mpidr(), 9, 0),
		  PSCI_INVALID_PARAMETERS);
}

static void cpu_on_of_others(void)
{
	EXPECT_EQ(psci_cpu_on(0, 0, 0), PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci_cpu_on(NO_SUCH_CPU, 0, 0), PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci_cpu_on(~0ULL, 0, 0), PSCI_INVALID_PARAMETERS);
}

static void cpu_on_of_oneself(void)
{
	EXPECT_EQ(psci_cpu_on(cpu_mpidr(), 0, 0), PSCI_ALREADY_ON);
}

static void cpu_on_twice(void)
{
	int second;

	if (!need_second_cpu())
		return;
	atomic_set(&secondary_runs, 0);
	atomic_set(&secondary_go, false);
	EXPECT_EQ(smp_start_cpu(1, run_until_told), PSCI_SUCCESS);
	second = smp_start_cpu(1, run_until_told);
	EXPECT(second == PSCI_ON_PENDING || second == PSCI_ALREADY_ON);
	EXPECT(WAIT_FOR(atomic_read(&secondary_runs) == 1, 1000));
	EXPECT_EQ(smp_start_cpu(1, run_until_told), PSCI_ALREADY_ON);
	EXPECT_EQ(psci_affinity_info(smp_mpidr(1)), PSCI_AFF_ON);
	atomic_set(&secondary_go, true);
	EXPECT(smp_wait_off(1, 1000));
	EXPECT_EQ(secondary_runs, 1);
}

/* The context argument is what start.S takes the CPU's number from. */
static void cpu_on_passes_the_context(void)
{
	if (!need_second_cpu())
		return;
	atomic_set(&secondary_runs, 0);
	EXPECT_EQ(smp_start_cpu(1, count_run), PSCI_SUCCESS);
	EXPECT(WAIT_FOR(atomic_read(&secondary_runs) == 1, 1000));
	EXPECT_EQ(secondary_id, 1);
	EXPECT(smp_wait_off(1, 1000));
}

static void cpu_off_and_on_again(void)
{
	if (!need_second_cpu())
		return;
	atomic_set(&secondary_runs, 0);
	for (unsigned int n = 1; n <= ROUNDS; n++) {
		if (!EXPECT_EQ(smp_start_cpu(1, count_run), PSCI_SUCCESS) ||
		    !EXPECT(WAIT_FOR(atomic_read(&secondary_runs) == n, 1000)) ||
		    !EXPECT(smp_wait_off(1, 1000)))
			return;
	}
}

static void nothing_to_do(unsigned int irq)
{
	(void)irq;
}

/* Standby ends with an interrupt, masked or not. */
static void cpu_suspend_waits_for_an_interrupt(void)
{
	u64 deadline = timer_get_ticks() + timer_ns_to_ticks(20000000);

	irq_init(nothing_to_do);
	irq_enable(TIMER_VIRTUAL_IRQ);
	timer_set_deadline(TIMER_VIRTUAL, deadline);
	do {
		EXPECT_EQ(psci_call(PSCI_CPU_SUSPEND, POWER_STATE_STANDBY, 0, 0),
			  PSCI_SUCCESS);
	} while (timer_get_ticks() < deadline);
	EXPECT(WAIT_FOR(read_sysreg(cntv_ctl_el0) & TIMER_CTL_ISTATUS, 1000));
	timer_stop(TIMER_VIRTUAL);
	irq_disable(TIMER_VIRTUAL_IRQ);
}

/* There is the architecture's warm one; not one that the architecture or a vendor may define. */
static void other_resets_are_refused(void)
{
	EXPECT_EQ(psci_call(PSCI_SYSTEM_RESET2, 1, 0, 0), PSCI_INVALID_PARAMETERS);
	EXPECT_EQ(psci_call(PSCI_SYSTEM_RESET2, 1U << 31, 0, 0), PSCI_INVALID_PARAMETERS);
}

static void unknown_functions(void)
{
	EXPECT_EQ(psci_call(0x8400001f, 0, 0, 0), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci_call(0xc400001f, 0, 0, 0), PSCI_NOT_SUPPORTED);
}

static void other_registers_are_preserved(void)
{
	struct smccc_regs regs;

	for (unsigned int conduit = SMCCC_SMC; conduit <= SMCCC_HVC; conduit++) {
		for (unsigned int n = 0; n < 31; n++)
			regs.x[n] = PATTERN + n;
		regs.x[0] = PSCI_VERSION;
		smccc_call_regs(conduit, &regs);
		EXPECT_EQ(regs.x[0], VERSION_1_1);
		for (unsigned int n = 4; n < 31; n++)
			EXPECT_EQ(regs.x[n], PATTERN + n);
	}
}

static const struct test tests[] = {
	TEST(version_is_1_1),
	TEST(both_conduits_work),
	TEST(features_name_what_is_there),
	TEST(features_deny_the_unknown),
	TEST(affinity_info_of_own_cpus),
	TEST(affinity_info_of_others),
	TEST(cpu_on_of_others),
	TEST(cpu_on_of_oneself),
	TEST(cpu_on_twice),
	TEST(cpu_on_passes_the_context),
	TEST(cpu_off_and_on_again),
	TEST(cpu_suspend_waits_for_an_interrupt),
	TEST(other_resets_are_refused),
	TEST(unknown_functions),
	TEST(other_registers_are_preserved),
};

void inmate_main(void)
{
	char end[8];

	cmdline_parse_str("end", end, sizeof(end), "");
	if (end[0]) {
		printk("# ending by SYSTEM_%s\n", end);
		psci_call(!strcmp(end, "off") ? PSCI_SYSTEM_OFF :
			  !strcmp(end, "reset") ? PSCI_SYSTEM_RESET :
						  PSCI_SYSTEM_RESET2, 0, 0, 0);
		panic("still here");
	}
	TEST_RUN("psci", tests);
}
