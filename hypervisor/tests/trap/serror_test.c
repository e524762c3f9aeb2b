// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * SErrors, as the Arm ARM (DDI 0487) has HCR_EL2.VSE and VSESR_EL2. That they are
 * EL2's while a cell runs is el2_test.c's.
 */

#include <stdarg.h>
#include <string.h>

#include <core/cell.h>
#include <cpu/percpu_private.h>
#include <lib/printk.h>
#include <mm/access.h>
#include <trap/traps.h>

#include "fake/sysreg.h"
#include "tap.h"

#define AMO		(1ULL << 5)
#define VSE		(1ULL << 8)
#define VSESR		"s3_4_c5_c2_3"

static struct jailhouse_cell_desc config = { .name = "a-cell" };
static struct cell cell = { .config = &config };
static struct vcpu vcpu = { .cell = &cell };
static struct cpu cpu = { .id = 3, .vcpu = &vcpu };
static struct percpu percpu = { .cpu = &cpu, .vcpu = &vcpu };
static bool pending;
static char said[256];

struct percpu *fake_percpu(void)
{
	return &percpu;
}

bool access_serror(void)
{
	/* what the exception would overwrite has been saved */
	CHECK_EQ(percpu.exit.esr_el2, fake_sysreg("esr_el2"));
	CHECK_EQ(percpu.exit.elr_el2, fake_sysreg("elr_el2"));
	return pending;
}

void printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
}

static void setup(bool with_ras, u64 iss)
{
	percpu.has = (u32)with_ras << HAS_EL2_RAS;
	fake_sysreg_set("esr_el2", 0x2fULL << 26 | 1 << 25 | iss);
	fake_sysreg_set("hcr_el2", AMO | 0x80000001);
	fake_sysreg_set("elr_el2", 0x1234);
	fake_sysreg_set("spsr_el2", 5);
	fake_sysreg_set("far_el2", 6);
	fake_sysreg_set("hpfar_el2", 7);
	if (with_ras)
		fake_sysreg_set(VSESR, ~0ULL);
	said[0] = '\0';
	pending = false;
	fake_record_steps();
}

/* It is pending for the guest, which goes on where it was. */
static void check_delivered(void)
{
	u32 before = vcpu.stats[CELLBLOCK_CPU_STAT_OTHER];

	serror_deliver();
	CHECK_EQ(fake_sysreg("hcr_el2"), AMO | VSE | 0x80000001);
	CHECK_EQ(fake_steps_of("elr_el2") + fake_steps_of("spsr_el2"), 0);
	CHECK_EQ(vcpu.stats[CELLBLOCK_CPU_STAT_OTHER] - before, 1);
	CHECK_EQ(said[0], '\0');
}

TEST(a_cells_comes_back_to_it)
{
	setup(false, 0);
	check_delivered();
}

/* IDS and the rest of the syndrome, 25 bits, are what the guest finds. */
TEST(with_its_syndrome)
{
	static const u64 syndromes[] = { 0, 0x1ffffff, 1 << 24 | 0x123, 2 << 10 | 0x11 };

	for (size_t n = 0; n < ARRAY_SIZE(syndromes); n++) {
		setup(true, syndromes[n]);
		check_delivered();
		CHECK_EQ(fake_sysreg(VSESR), syndromes[n]);
	}
}

TEST(none_is_handed_on)
{
	setup(true, 0);
	serror_end();
	CHECK_EQ(said[0], '\0');
	setup(false, 0);
	pending = true;
	serror_end();
	CHECK(strstr(said, "SError: cell \"a-cell\", CPU 3"));
	CHECK_EQ(fake_num_steps, 0);
}

TAP_MAIN(
	TAP_TEST(a_cells_comes_back_to_it),
	TAP_TEST(with_its_syndrome),
	TAP_TEST(none_is_handed_on)
)
