// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What Linux has to be like, of kernels and firmware that the test machines do not have. */

#include <errno.h>
#include <string.h>

#include <jailhouse/cell-config.h>

#include "el2/check.h"
#include "error.h"
#include "tap.h"

#define EL2_IMPLEMENTED	(1 << 8)

static struct jailhouse_error err;

/* One that is good. */
static void setup(void)
{
	fake_linux = (struct fake_linux) {
		.conduit = SMCCC_CONDUIT_SMC,
		.id_aa64pfr0_el1 = 0x11 | EL2_IMPLEMENTED,
		.cntfrq_el0 = { 62500000, 62500000, 62500000, 62500000 },
	};
}

static void check_refused(int ret, int code, const char *words)
{
	CHECK_EQ(ret, code);
	if (!strstr(err.text, words))
		tap_fail(__FILE__, __LINE__, "\"%s\" has no \"%s\"", err.text, words);
}

TEST(el2)
{
	setup();
	CHECK_EQ(check_el2(&err), 0);
	fake_linux.at_el2 = true;
	check_refused(check_el2(&err), -ENODEV, "kvm-arm.mode=nvhe");
}

TEST(no_el2)
{
	setup();
	fake_linux.id_aa64pfr0_el1 = 0x11;
	check_refused(check_el2(&err), -ENODEV, "does not have EL2");
	setup();
	fake_linux.conduit = SMCCC_CONDUIT_HVC;
	check_refused(check_el2(&err), -ENODEV, "does not have EL2");
}

/* Before SMCCC 1.1 only the device tree says how to call it, or ACPI. */
TEST(old_firmware)
{
	setup();
	fake_linux.conduit = SMCCC_CONDUIT_NONE;
	check_refused(check_el2(&err), -ENODEV, "does not have EL2");
	fake_linux.psci_method = "hvc";
	check_refused(check_el2(&err), -ENODEV, "does not have EL2");
	fake_linux.psci_method = "smc";
	CHECK_EQ(check_el2(&err), 0);
	fake_linux.psci_method = NULL;
	fake_linux.has_acpi = true;
	CHECK_EQ(check_el2(&err), 0);
	fake_linux.acpi_says_hvc = true;
	check_refused(check_el2(&err), -ENODEV, "does not have EL2");
}

TEST(counter)
{
	setup();
	CHECK_EQ(check_counter(&err), 0);
	fake_linux.cntfrq_el0[0] = 0;
	check_refused(check_counter(&err), -ENODEV, "CNTFRQ_EL0 of CPU 0 is 0");
	setup();
	fake_linux.cntfrq_el0[FAKE_CPUS - 1] = 0;
	check_refused(check_counter(&err), -ENODEV, "CNTFRQ_EL0 of CPU 3 is 0");
}

TEST(masking)
{
	setup();
	CHECK_EQ(check_masking(), 0);
	fake_linux.masks_by_priority = true;
	CHECK_EQ(check_masking(), JAILHOUSE_CELL_GIC_PMR);
}

TAP_MAIN(
	TAP_TEST(el2),
	TAP_TEST(no_el2),
	TAP_TEST(old_firmware),
	TAP_TEST(counter),
	TAP_TEST(masking)
)
