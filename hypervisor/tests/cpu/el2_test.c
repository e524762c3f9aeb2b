// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* EL2's own registers when a CPU changes hands; bits are those of the Arm ARM (DDI 0487). */

#include <core/cell.h>
#include <cpu/cpu.h>
#include <cpu/percpu_private.h>
#include <cpu/profiling.h>
#include <gic/irq.h>
#include <mm/stage2.h>

#include "fake/sysreg.h"
#include "tap.h"

/* HCR_EL2 */
#define VM		(1ULL << 0)
#define SWIO		(1ULL << 1)
#define FMO		(1ULL << 3)
#define AMO		(1ULL << 5)
#define TWI		(1ULL << 13)
#define TSC		(1ULL << 19)
#define TIDCP		(1ULL << 20)
#define TACR		(1ULL << 21)
#define TID3		(1ULL << 18)
#define RW		(1ULL << 31)
#define E2H		(1ULL << 34)
#define TLOR		(1ULL << 35)
#define TERR		(1ULL << 36)
#define APK		(1ULL << 40)
#define API		(1ULL << 41)
#define FIEN		(1ULL << 47)
#define ENSCXT		(1ULL << 53)
#define ATA		(1ULL << 56)
#define TID5		(1ULL << 58)
#define HCR_FIXED	(VM | SWIO | FMO | TSC | TIDCP | TACR | RW | APK | API)
#define HCR_CELL	(HCR_FIXED | AMO | TERR | TID3 | TLOR | TID5)

/* ID registers: FEAT_HCX, FEAT_FGT and FGT2, MPAM, RAS */
#define HCX		(1ULL << 40)
#define FGT		(1ULL << 56)
#define FGT2		(2ULL << 56)
#define MPAM		(1ULL << 40)
#define RAS		(1ULL << 28)

/* of one whose encoding is a macro */
#define NAME(r)	SYSREG_NAME(r)

#define EACH(x)		EL2_ALWAYS(x) EL2_HCX(x) EL2_FGT(x) EL2_FGT2(x) EL2_MPAM(x) EL2_RAS(x)

#define VTCR		0x80023559ULL
#define ROOT_VTTBR	0x0001000040000000ULL
#define CELL_VTTBR	0x0002000050000000ULL
/* What Linux had, where it matters: any pattern */
#define LINUXS(n)	(0x5a5a000000000000ULL + (n))

struct cell root_cell;
static struct jailhouse_cell_desc root_config, cell_config;
static struct cell cell = { .config = &cell_config };
static struct vcpu vcpu;
static struct cpu cpu = { .vcpu = &vcpu };
static struct percpu percpu = { .cpu = &cpu, .vcpu = &vcpu };

struct percpu *fake_percpu(void)
{
	return &percpu;
}

u64 stage2_vtcr(void)
{
	return VTCR;
}

bool has_keys(void)
{
	return false;
}

bool has_counters(void)
{
	return false;
}

bool has_aux(void)
{
	return false;
}

bool profiling_is_there(const struct el2_state *roots __attribute__((unused)))
{
	return false;
}

u64 irq_hcr_bits(void)
{
	return FMO;
}

/* A CPU with all there is as Linux left it, and taken over. */
static void setup(u64 linux_hcr)
{
	u64 n = 0;

#define SET(r)		fake_sysreg_set(SYSREG_NAME(r), LINUXS(n++));
	EACH(SET)
	fake_sysreg_set("id_aa64mmfr1_el1", HCX);
	fake_sysreg_set("id_aa64mmfr0_el1", FGT2);
	fake_sysreg_set("id_aa64pfr0_el1", MPAM | RAS);
	fake_sysreg_set("hcr_el2", linux_hcr);
	fake_sysreg_set("midr_el1", 0x411fd070);
	fake_sysreg_set("mpidr_el1", 0x80000002);
	root_cell.config = &root_config;
	root_cell.arch.vttbr = ROOT_VTTBR;
	cell.arch.vttbr = CELL_VTTBR;
	cell_config.flags = 0;
	el2_enter(&percpu.saved);
	vcpu.cpu = &cpu;
	vcpu.cell = &root_cell;
	cpu_set_traps();
}

static void give_to(struct cell *owner)
{
	vcpu.cpu = &cpu;
	vcpu.cell = owner;
	fake_record_steps();
	cpu_set_traps();
}

TEST(root_keeps_what_linux_had)
{
	setup(RW | API | APK | ATA | FIEN | ENSCXT | E2H);
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_FIXED | ATA | FIEN | ENSCXT);
	CHECK_EQ(fake_sysreg("cptr_el2"), percpu.saved.cptr_el2);
	CHECK_EQ(fake_sysreg("mdcr_el2"), percpu.saved.mdcr_el2);
#define IS_KEPT(r)	CHECK_EQ(fake_sysreg(SYSREG_NAME(r)), percpu.saved.r);
	EL2_HCX(IS_KEPT)
	EL2_FGT(IS_KEPT)
	EL2_FGT2(IS_KEPT)
	EL2_MPAM(IS_KEPT)
	EL2_RAS(IS_KEPT)
	/* nothing that it did not have */
	setup(RW);
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_FIXED);
}

TEST(cells_have_none_of_it)
{
	setup(RW | API | APK | ATA | FIEN | ENSCXT);
	give_to(&cell);
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_CELL);
	cell_config.flags = JAILHOUSE_CELL_TRAP_WFI;
	give_to(&cell);
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_CELL | TWI);
}

/* Bits by the Arm ARM: what features.h hides, one by one. */
TEST(hidden_features_are_trapped)
{
	setup(RW);
	give_to(&cell);
	/* RES1 with TZ and TSM, TTA, TAM */
	CHECK_EQ(fake_sysreg("cptr_el2"), 0x33ff | 1 << 20 | 1 << 30);
	/* TPMS, TTRF, and no more of Linux's than HPMN: E2PB and E2TB are 0 */
	CHECK_EQ(fake_sysreg("mdcr_el2"),
		 1 << 14 | 1 << 19 | (percpu.saved.mdcr_el2 & 0x1f));
	/* TALLINT, MSCEn; not TCR2En, SCTLR2En, GCSEn, EnALS and so on */
	CHECK_EQ(fake_sysreg(NAME(HCRX_EL2)), 1 << 6 | 1 << 11);
	/* here most traps are 0 */
	CHECK_EQ(fake_sysreg(NAME(HFGRTR_EL2)), 0);
	CHECK_EQ(fake_sysreg(NAME(HFGWTR_EL2)), 0);
	CHECK_EQ(fake_sysreg(NAME(HFGITR_EL2)), 0);
	/* DBGCLAIM, DBGPRCR_EL1 */
	CHECK_EQ(fake_sysreg(NAME(HDFGRTR_EL2)), 1 << 5 | 1 << 7);
	CHECK_EQ(fake_sysreg(NAME(HDFGWTR_EL2)), 1 << 5 | 1 << 7);
#define IS_ZERO(r)	CHECK_EQ(fake_sysreg(SYSREG_NAME(r)), 0);
	EL2_FGT2(IS_ZERO)
	EL2_RAS(IS_ZERO)
	/* TRAPMPAM1EL1, TRAPMPAM0EL1, TIDR */
	CHECK_EQ(fake_sysreg(NAME(MPAM2_EL2)), 3ULL << 48 | 1ULL << 58);
}

/* Where the firmware does not have it. */
TEST(mpam_stays_on)
{
	setup(RW);
	percpu.saved.MPAM2_EL2 = 1ULL << 63;
	give_to(&cell);
	CHECK_EQ(fake_sysreg(NAME(MPAM2_EL2)),
		 1ULL << 63 | 3ULL << 48 | 1ULL << 58);
}

static unsigned int written(u64 mmfr0, u64 mmfr1, u64 pfr0)
{
	setup(RW);
	fake_sysreg_set("id_aa64mmfr0_el1", mmfr0);
	fake_sysreg_set("id_aa64mmfr1_el1", mmfr1);
	fake_sysreg_set("id_aa64pfr0_el1", pfr0);
	el2_enter(&percpu.saved);
	give_to(&cell);
	return fake_num_steps;
}

/* An access to what is not there would be a fault at EL2. */
TEST(what_a_cpu_does_not_have_is_not_touched)
{
	CHECK_EQ(written(0, 0, 0), 11);
	CHECK_EQ(written(0, HCX, 0), 12);
	CHECK_EQ(written(FGT, 0, 0), 16);
	CHECK_EQ(written(FGT2, 0, 0), 21);
	CHECK_EQ(written(0, 0, MPAM), 12);
	CHECK_EQ(written(0, 0, RAS), 13);
	CHECK_EQ(written(0, 0, RAS * 2), 13);
}

TEST(translation_is_the_owners)
{
	setup(RW);
	CHECK_EQ(fake_sysreg("vttbr_el2"), ROOT_VTTBR);
	give_to(&cell);
	CHECK_EQ(fake_sysreg("vttbr_el2"), CELL_VTTBR);
	CHECK_EQ(fake_sysreg("vtcr_el2"), VTCR);
	CHECK_EQ(fake_sysreg("vpidr_el2"), 0x411fd070);
	CHECK_EQ(fake_sysreg("vmpidr_el2"), 0x80000002);
}

/* The same for all: both timers at EL1, no event stream, no offset, nothing of CP15. */
TEST(timers)
{
	setup(RW);
	give_to(&cell);
	CHECK_EQ(fake_sysreg("cnthctl_el2"), 3);
	CHECK_EQ(fake_sysreg("cntvoff_el2"), 0);
	CHECK_EQ(fake_sysreg("hstr_el2"), 0);
	give_to(&root_cell);
	CHECK_EQ(fake_sysreg("cnthctl_el2"), 3);
}

/* Whatever they were in between. */
TEST(all_are_written_at_each_change)
{
	setup(RW | ATA);
	give_to(&cell);
#define IS_WRITTEN(r)	CHECK_EQ(fake_steps_of(SYSREG_NAME(r)), 1);
	EACH(IS_WRITTEN)
	give_to(&root_cell);
	EACH(IS_WRITTEN)
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_FIXED | ATA);
}

TEST(disable_gives_all_back)
{
	struct el2_state linuxs;

	setup(RW | API | APK | ATA);
	linuxs = percpu.saved;
	give_to(&cell);
	el2_load(&percpu.saved);
#define IS_LINUXS(r)	CHECK_EQ(fake_sysreg(SYSREG_NAME(r)), linuxs.r);
	EACH(IS_LINUXS)
	CHECK_EQ(fake_sysreg("hcr_el2"), RW | API | APK | ATA);
}

TAP_MAIN(
	TAP_TEST(root_keeps_what_linux_had),
	TAP_TEST(cells_have_none_of_it),
	TAP_TEST(hidden_features_are_trapped),
	TAP_TEST(mpam_stays_on),
	TAP_TEST(what_a_cpu_does_not_have_is_not_touched),
	TAP_TEST(translation_is_the_owners),
	TAP_TEST(timers),
	TAP_TEST(all_are_written_at_each_change),
	TAP_TEST(disable_gives_all_back)
)
