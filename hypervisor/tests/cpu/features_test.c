// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* The ID registers as cells see them: values of the Arm ARM (DDI 0487), D17.2. */

#include <stdio.h>

#include <arch/sysreg.h>
#include <cpu/features.h>

#include "fake/sysreg.h"
#include "tap.h"

/* All that are there have this value in each field. */
static void setup(u64 field)
{
	u64 value = field * 0x1111111111111111ULL;

#define SET(crm, op2, ...)	fake_sysreg_set("s3_0_c0_c" #crm "_" #op2, value);
	FEATURE_REGISTERS(SET)
	PLAIN_REGISTERS(SET)
}

static unsigned int crm_of, op2_of;

/* Of a register that has a row. */
static u64 field_shown(unsigned int lsb)
{
	return ID_FIELD(features_read(crm_of, op2_of), lsb);
}

enum { NONE,
#define NUMBER(crm, op2, name)	name,
	FEATURE_REGISTERS(NUMBER)
};

static void find(unsigned int reg)
{
#define FIND(crm, op2, name)	if (reg == name) { crm_of = crm; op2_of = op2; }
	FEATURE_REGISTERS(FIND)
}

static void check_row(const char *name, unsigned int reg, unsigned int lsb,
		      unsigned int highest)
{
	find(reg);
	for (u64 value = 0; value < 16; value++) {
		u64 expected = value <= highest ? value : value == 15 ? 0 : highest;

		setup(value);
		if (field_shown(lsb) != expected)
			tap_fail(__FILE__, __LINE__, "%s: %llu is shown as %llu, not %llu",
				 name, value, field_shown(lsb), expected);
	}
}

TEST(each_row_holds)
{
#define ROW(a, reg, name, lsb, highest)	check_row(#name, reg, lsb, highest);
	FEATURES(ROW, 0)
}

/* Of each register, the fields without a row. */
TEST(what_has_no_row_is_zero)
{
	u64 rows;

#define COVER(a, reg, name, lsb, highest)	\
	rows |= (reg) == (a) ? 0xfULL << (lsb) : 0;
#define CHECK_REST(crm, op2, name)		\
	rows = 0;				\
	FEATURES(COVER, name)			\
	CHECK_EQ(features_read(crm, op2) & ~rows, 0);
	setup(7);
	FEATURE_REGISTERS(CHECK_REST)
}

static void check_hidden(const char *name, unsigned int crm, unsigned int op2,
			 unsigned int lsb)
{
	for (u64 value = 1; value < 16; value++) {
		setup(value);
		if (ID_FIELD(features_read(crm, op2), lsb))
			tap_fail(__FILE__, __LINE__, "%s = %llu is shown", name, value);
	}
}

/* By the Arm ARM, not by the table. */
TEST(what_would_carry_state_is_hidden)
{
	check_hidden("SVE", 4, 0, 32);
	check_hidden("MPAM", 4, 0, 40);
	check_hidden("AMU", 4, 0, 44);
	check_hidden("MTE", 4, 1, 8);
	check_hidden("SME", 4, 1, 24);
	check_hidden("NMI", 4, 1, 36);
	check_hidden("GCS", 4, 1, 44);
	check_hidden("TraceVer", 5, 0, 4);
	check_hidden("PMSVer", 5, 0, 32);
	check_hidden("TraceFilt", 5, 0, 40);
	check_hidden("TraceBuffer", 5, 0, 44);
	check_hidden("BRBE", 5, 0, 52);
	check_hidden("LS64", 6, 1, 60);
	check_hidden("LO", 7, 1, 16);
	check_hidden("TCRX", 7, 3, 0);
	check_hidden("SCTLRX", 7, 3, 4);
	check_hidden("S1PIE", 7, 3, 8);
	check_hidden("S1POE", 7, 3, 16);
	check_hidden("AMU of AArch32", 1, 0, 20);
}

/* Such as an IMPLEMENTATION DEFINED PMU: no lower value says that. */
TEST(fifteen_becomes_none)
{
	setup(15);
	CHECK_EQ(ID_FIELD(features_read(5, 0), 8), 0);
	/* in these it is "not there", and not limited */
	CHECK_EQ(ID_FIELD(features_read(4, 0), 16), 15);
	CHECK_EQ(ID_FIELD(features_read(7, 0), 28), 15);
}

TEST(registers_of_aarch32_are_plain)
{
	setup(9);
#define IS_PLAIN(crm, op2)	CHECK_EQ(features_read(crm, op2), 0x9999999999999999ULL);
	PLAIN_REGISTERS(IS_PLAIN)
}

/* All others of the space are not even read: an access would fail the test. */
TEST(all_others_are_zero)
{
	u64 known = 0;

#define KNOW(crm, op2, ...)	known |= 1ULL << ((crm) * 8 + (op2));
	FEATURE_REGISTERS(KNOW)
	PLAIN_REGISTERS(KNOW)
	for (unsigned int crm = 1; crm < 8; crm++)
		for (unsigned int op2 = 0; op2 < 8; op2++)
			if (!(known >> (crm * 8 + op2) & 1))
				CHECK_EQ(features_read(crm, op2), 0);
}

TAP_MAIN(
	TAP_TEST(each_row_holds),
	TAP_TEST(what_has_no_row_is_zero),
	TAP_TEST(what_would_carry_state_is_hidden),
	TAP_TEST(fifteen_becomes_none),
	TAP_TEST(registers_of_aarch32_are_plain),
	TAP_TEST(all_others_are_zero)
)
