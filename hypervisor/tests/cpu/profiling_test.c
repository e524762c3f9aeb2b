// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Profiling of root's that would go on under the CPU's next owner. No emulator at hand has it. */

#include <string.h>

#include <arch/sysreg.h>
#include <cpu/profiling.h>

#include "fake/sysreg.h"
#include "tap.h"

#define PMSCR		"s3_0_c9_c9_0"
#define PMBLIMITR	"s3_0_c9_c10_0"
#define PMBSR		"s3_0_c9_c10_3"
#define PMBIDR		"s3_0_c9_c10_7"
#define TRFCR		"s3_0_c1_c2_1"
#define TRBLIMITR	"s3_0_c9_c11_0"
#define TRBSR		"s3_0_c9_c11_3"
#define BRBCR		"s2_1_c9_c0_0"

/* MDCR_EL2.E2PB, E2TB; HDFGRTR_EL2.nBRBCTL; PMBIDR_EL1.P */
#define E2PB		(3ULL << 12)
#define E2TB		(3ULL << 24)
#define NBRBCTL		(1ULL << 60)
#define P		(1U << 4)

static void stop(u64 mdcr, u64 hdfgrtr)
{
	struct el2_state roots = { .mdcr_el2 = mdcr, .HDFGRTR_EL2 = hdfgrtr };

	fake_record_steps();
	profiling_stop(&roots);
}

static void expect(const char *const *names, unsigned int n)
{
	CHECK_EQ(fake_num_steps, n);
	for (unsigned int i = 0; i < n; i++) {
		CHECK(!strcmp(fake_steps[i].name, names[i]));
		CHECK_EQ(fake_steps[i].value, 0);
	}
}

/* Any access would fail the test. */
TEST(nothing_is_touched_that_linux_has_not)
{
	stop(0, 0);
	CHECK_EQ(fake_num_steps, 0);
	/* EL2's, or EL1's and trapped */
	stop(2ULL << 12 | 2ULL << 24, ~NBRBCTL);
	CHECK_EQ(fake_num_steps, 0);
}

TEST(samples_end_before_their_buffer)
{
	static const char *const names[] = { PMSCR, "psb csync", PMBLIMITR, PMBSR };

	fake_sysreg_set(PMBIDR, 0);
	fake_sysreg_set(PMSCR, 3);
	fake_sysreg_set(PMBLIMITR, 0x40001001);
	fake_sysreg_set(PMBSR, 1 << 17);
	stop(E2PB, 0);
	expect(names, ARRAY_SIZE(names));
}

TEST(a_buffer_of_the_firmware)
{
	fake_sysreg_set(PMBIDR, P);
	stop(E2PB, 0);
	CHECK_EQ(fake_num_steps, 0);
}

TEST(trace_ends_before_its_buffer)
{
	static const char *const names[] = { TRFCR, "tsb csync", TRBLIMITR, TRBSR };

	fake_sysreg_set(TRFCR, 3);
	fake_sysreg_set(TRBLIMITR, 0x40001001);
	fake_sysreg_set(TRBSR, 1 << 22);
	stop(E2TB, 0);
	expect(names, ARRAY_SIZE(names));
}

TEST(branches)
{
	static const char *const names[] = { BRBCR };

	fake_sysreg_set(BRBCR, 3);
	stop(0, NBRBCTL);
	expect(names, 1);
}

static const struct el2_state all = {
	.mdcr_el2 = E2PB | E2TB, .HDFGRTR_EL2 = NBRBCTL,
};

/* While another guest has the CPU; their buffers stay as they are. */
TEST(all_of_it_goes_on_afterwards)
{
	static const char *const names[] = { PMSCR, "psb csync", TRFCR, "tsb csync", BRBCR };
	struct profiling_state state;

	fake_sysreg_set(PMBIDR, 0);
	fake_sysreg_set(PMSCR, 3);
	fake_sysreg_set(TRFCR, 5);
	fake_sysreg_set(BRBCR, 7);
	fake_record_steps();
	profiling_pause(&all, &state);
	expect(names, ARRAY_SIZE(names));
	profiling_resume(&all, &state);
	CHECK_EQ(fake_sysreg(PMSCR), 3);
	CHECK_EQ(fake_sysreg(TRFCR), 5);
	CHECK_EQ(fake_sysreg(BRBCR), 7);
}

TEST(who_has_any)
{
	const struct el2_state none = { 0 }, trace = { .mdcr_el2 = E2TB },
			       branches = { .HDFGRTR_EL2 = NBRBCTL };

	fake_sysreg_set(PMBIDR, 0);
	CHECK(profiling_is_there(&all));
	CHECK(profiling_is_there(&trace));
	CHECK(profiling_is_there(&branches));
	CHECK(!profiling_is_there(&none));
}

TAP_MAIN(
	TAP_TEST(nothing_is_touched_that_linux_has_not),
	TAP_TEST(samples_end_before_their_buffer),
	TAP_TEST(a_buffer_of_the_firmware),
	TAP_TEST(trace_ends_before_its_buffer),
	TAP_TEST(branches),
	TAP_TEST(all_of_it_goes_on_afterwards),
	TAP_TEST(who_has_any)
)
