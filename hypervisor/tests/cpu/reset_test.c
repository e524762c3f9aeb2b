// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What a guest can have left in registers; what there is, ID registers say (Arm ARM, DDI 0487). */

#include <string.h>

#include <arch/sysreg.h>
#include <core/vcpu.h>
#include <cpu/context.h>
#include <cpu/cpu.h>
#include <cpu/el1_state.h>
#include <cpu/percpu_private.h>

#include "fake/sysreg.h"
#include "tap.h"

/* of one whose encoding is a macro */
#define NAME(r)		SYSREG_NAME(r)
/* Encodings of registers that the assembler does not know */
#define MPAM1		"s3_0_c10_c5_0"
#define MPAM0		"s3_0_c10_c5_1"
#define ID_AA64ISAR2	"s3_0_c0_c6_2"
#define TPIDR2		"s3_3_c13_c0_5"

#define CPTR_TSM	(1ULL << 12)
#define DIRT		0xd1d1d1d1d1d1d1d1ULL

static struct vcpu vcpu;
static struct percpu percpu = { .vcpu = &vcpu };

struct percpu *fake_percpu(void)
{
	return &percpu;
}

/* In the place of the assembly: it may not run in streaming mode. */
void fpsimd_reset(void)
{
	fake_instruction("fpsimd_reset");
}

static void set_dirty(const char *const *names, size_t n)
{
	while (n--)
		fake_sysreg_set(names[n], DIRT);
}

/* A CPU of Armv8.0 without a PMU, with a breakpoint and a watchpoint. */
static void setup(void)
{
	static const char *const others[] = {
		"mdscr_el1", "mdccint_el1", "osdlr_el1", "oslar_el1",
		"dbgbcr0_el1", "dbgbvr0_el1", "dbgwcr0_el1", "dbgwvr0_el1",
	};

#define DIRTY(r, value)	fake_sysreg_set(SYSREG_NAME(r), DIRT);
	EL1_STATE(DIRTY)
	TIMER_STATE(DIRTY)
	set_dirty(others, ARRAY_SIZE(others));
	fake_sysreg_set("id_aa64dfr0_el1", 0x6);
	fake_sysreg_set("id_aa64isar1_el1", 0);
	fake_sysreg_set("id_aa64pfr0_el1", 0);
	fake_sysreg_set("id_aa64pfr1_el1", 0);
	fake_sysreg_set(ID_AA64ISAR2, 0);
	fake_sysreg_set("cptr_el2", 0x33ff);
}

static void reset(void)
{
	percpu.has = (u32)has_keys() << HAS_KEYS | (u32)has_counters() << HAS_COUNTERS;
	fake_record_steps();
	reset_guest_state();
}

/* Number of the first step of this name, -1: there is none. */
static int step(const char *name)
{
	for (unsigned int n = 0; n < fake_num_steps; n++)
		if (!strcmp(fake_steps[n].name, name))
			return (int)n;
	return -1;
}

TEST(all_have_their_reset_values)
{
	setup();
	reset();
#define IS_RESET(r, value)	CHECK_EQ(fake_sysreg(SYSREG_NAME(r)), value);
	EL1_STATE(IS_RESET)
	TIMER_STATE(IS_RESET)
	CHECK_EQ(fake_sysreg("mdccint_el1"), 0);
	CHECK_EQ(fake_sysreg("dbgbcr0_el1"), 0);
	CHECK_EQ(fake_sysreg("dbgwvr0_el1"), 0);
	CHECK_EQ(fake_steps_of("fpsimd_reset"), 1);
}

/* Its CPU is root's as well, which has a watchpoint there. */
TEST(a_guest_that_shares_its_cpu)
{
	static struct cpu_context context;

	vcpu.arch.context = &context;
	memset(&context, 0xd1, sizeof(context));
	setup();
	reset();
	vcpu.arch.context = NULL;
	/* root's are there still, and what is loaded is zero */
	CHECK_EQ(step("fpsimd_reset"), -1);
	CHECK_EQ(context.fpcr | context.fpsr, 0);
	for (size_t n = 0; n < ARRAY_SIZE(context.v); n++)
		CHECK_EQ(context.v[n], 0);
	CHECK_EQ(context.pc, DIRT);
	EL1_STATE(IS_RESET)
	CHECK_EQ(fake_sysreg("mdscr_el1"), 0);
	CHECK_EQ(fake_sysreg("dbgwcr0_el1"), DIRT);
	CHECK_EQ(fake_sysreg("mdccint_el1"), DIRT);
}

TEST(keys)
{
	setup();
	fake_sysreg_set("id_aa64isar1_el1", 1 << 8);
	KEY_STATE(DIRTY)
	reset();
	KEY_STATE(IS_RESET)
}

TEST(partition_of_the_memory_system)
{
	setup();
	fake_sysreg_set("id_aa64pfr0_el1", 1ULL << 40);
	fake_sysreg_set(MPAM1, DIRT);
	fake_sysreg_set(MPAM0, DIRT);
	reset();
	CHECK_EQ(fake_sysreg(MPAM1), 0);
	CHECK_EQ(fake_sysreg(MPAM0), 0);
}

/* Where there is SME. */
TEST(thread_id_of_streaming_mode)
{
	setup();
	reset();
	CHECK_EQ(step(TPIDR2), -1);
	fake_sysreg_set("id_aa64pfr1_el1", 1 << 24);
	fake_sysreg_set(TPIDR2, DIRT);
	reset();
	CHECK_EQ(fake_sysreg(TPIDR2), 0);
}

/* A guest that could turn streaming mode on has left the CPU in it. */
TEST(streaming_mode_ends_before_registers_are_zeroed)
{
	setup();
	fake_sysreg_set("cptr_el2", 0x33ff & ~CPTR_TSM);
	fake_sysreg_set(NAME(SVCR), 3);
	reset();
	CHECK_EQ(fake_sysreg(NAME(SVCR)), 0);
	CHECK(step(NAME(SVCR)) >= 0);
	CHECK(step(NAME(SVCR)) < step("fpsimd_reset"));
}

/* Any access to it would be a fault, here of the test. */
TEST(streaming_mode_that_nobody_had)
{
	setup();
	reset();
	CHECK_EQ(step(NAME(SVCR)), -1);
}

/*
 * By their names in the Arm ARM, as a list that lacks one would not be missed by
 * what is made of it: all that a guest of Armv8.0 writes at EL0 and EL1 without a trap.
 */
TEST(no_register_is_forgotten)
{
	static const char *const written[] = {
		"afsr0_el1", "afsr1_el1", "amair_el1", "cntkctl_el1", "cntp_ctl_el0",
		"cntp_cval_el0", "cntv_ctl_el0", "cntv_cval_el0", "contextidr_el1",
		"cpacr_el1", "csselr_el1", "dbgbcr0_el1", "dbgbvr0_el1", "dbgwcr0_el1",
		"dbgwvr0_el1", "elr_el1", "esr_el1", "far_el1", "mair_el1", "mdccint_el1",
		"mdscr_el1", "osdlr_el1", "oslar_el1", "par_el1", "sctlr_el1", "sp_el0", "sp_el1",
		"spsr_el1", "tcr_el1", "tpidr_el0", "tpidr_el1", "tpidrro_el0",
		"ttbr0_el1", "ttbr1_el1", "vbar_el1",
	};

	setup();
	set_dirty(written, ARRAY_SIZE(written));
	reset();
	for (size_t n = 0; n < ARRAY_SIZE(written); n++)
		if (fake_sysreg(written[n]) == DIRT)
			tap_fail(__FILE__, __LINE__, "%s is the last guest's", written[n]);
}

/* A bit for each counter whose type is written while it is selected. */
static u64 types_written(void)
{
	u64 selected = 63, written = 0;

	for (unsigned int n = 0; n < fake_num_steps; n++) {
		if (!strcmp(fake_steps[n].name, "pmselr_el0"))
			selected = fake_steps[n].value;
		else if (!strcmp(fake_steps[n].name, "pmxevtyper_el0"))
			written |= 1ULL << selected;
	}
	return written;
}

/* PMUv3 with three. */
TEST(counters)
{
	static const char *const pmu[] = {
		"pmcntenclr_el0", "pmintenclr_el1", "pmovsclr_el0", "pmuserenr_el0",
		"pmccfiltr_el0", "pmselr_el0", "pmxevtyper_el0",
	};

	setup();
	set_dirty(pmu, ARRAY_SIZE(pmu));
	fake_sysreg_set("id_aa64dfr0_el1", 0x106);
	fake_sysreg_fix("pmcr_el0", 3 << 11);
	reset();
	CHECK_EQ(types_written(), 7);
	CHECK_EQ(fake_sysreg("pmselr_el0"), 0);
	CHECK_EQ(fake_sysreg("pmuserenr_el0"), 0);
}

/* Of a CPU that keeps nothing there, and of one that does in one of them: as before then. */
TEST(implementation_defined_registers)
{
	static const char *const all[] = { "amair_el1", "afsr0_el1", "afsr1_el1" };

	setup();
	fake_sysreg_set("actlr_el1", 0);
	for (size_t n = 0; n < ARRAY_SIZE(all); n++)
		fake_sysreg_fix(all[n], 0);
	CHECK(!has_aux());
	for (size_t n = 0; n < ARRAY_SIZE(all); n++) {
		fake_sysreg_set(all[n], 5);
		CHECK(has_aux());
		CHECK_EQ(fake_sysreg(all[n]), 5);
		fake_sysreg_fix(all[n], 0);
	}
	/* no guest writes it: whatever it has */
	fake_sysreg_fix("actlr_el1", 0x40);
	CHECK(has_aux());
}

TAP_MAIN(
	TAP_TEST(all_have_their_reset_values),
	TAP_TEST(no_register_is_forgotten),
	TAP_TEST(counters),
	TAP_TEST(a_guest_that_shares_its_cpu),
	TAP_TEST(keys),
	TAP_TEST(implementation_defined_registers),
	TAP_TEST(partition_of_the_memory_system),
	TAP_TEST(thread_id_of_streaming_mode),
	TAP_TEST(streaming_mode_ends_before_registers_are_zeroed),
	TAP_TEST(streaming_mode_that_nobody_had)
)
