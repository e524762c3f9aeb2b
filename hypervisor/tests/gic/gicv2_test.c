// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A GICv2: what is found of it, who has which part, its CPU interface at each move of
 * a CPU, and the registers of its distributor that a GICv3 does not have.
 */

#include <string.h>

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <gic/gicv2.h>
#include <gic/irq.h>
#include <gic/irq_ops.h>
#include "cell_helpers.h"
#include "fake/gic.h"
#include "tap.h"

static u32 gicd(u32 reg)
{
	return fake_gic_read(fake_gic.gicd, reg);
}

static u32 gicc(u32 reg)
{
	return fake_gic_read(fake_gic.gicc, reg);
}

static void set_gicd(u32 reg, u32 value)
{
	fake_gic_write(fake_gic.gicd, reg, value);
}

static void set_gicc(u32 reg, u32 value)
{
	fake_gic_write(fake_gic.gicc, reg, value);
}

static void prepare(void)
{
	fake_image_init();
	fake_gicv2_init();
}

/* What it is */

TEST(gicv2_is_direct)
{
	prepare();
	CHECK_EQ(fake_init(), 0);
	CHECK(gic_ops == &gicv2_ops);
	CHECK(root_cell.arch.gic.delivery == &irq_direct_v2);
	CHECK_EQ(gicv2_ops.direct->hcr_bits, 0);
	CHECK_EQ(gic.lines, FAKE_LINES);
	CHECK_EQ(gic.prio_min, 0x10);
}

TEST(other_machines_are_refused)
{
	prepare();
	fake_sysreg_set("id_aa64pfr0_el1", 1 << 24);
	fake_gic_refused("the system configuration says GICv2, and the CPUs have a GICv3's registers (ID_AA64PFR0_EL1.GIC): correct gic_version; a GICv3 that is used as a GICv2 is not supported");
	prepare();
	fake_system()->platform_info.arm.gic_version = 3;
	fake_system()->platform_info.arm.gicr_base = SAMPLE_GICR;
	fake_gic_refused("the system configuration says GICv3, and the CPUs have no GICv3's registers (ID_AA64PFR0_EL1.GIC): correct gic_version; a GICv3 that is used as a GICv2 is not supported");
}

TEST(wrong_bases_are_refused)
{
	prepare();
	set_gicc(GICC_IIDR, 0x1043b);
	fake_gic_refused("there is no GICv2 at gicd_base 0x8000000 and gicc_base 0x8010000 (PIDR2 says version 2, GICC_IIDR 1): correct gic_version and these");
	prepare();
	set_gicd(GICD_V2_PIDR2, 0x3b);
	fake_gic_refused("there is no GICv2 at gicd_base 0x8000000 and gicc_base 0x8010000 (PIDR2 says version 3, GICC_IIDR 2): correct gic_version and these");
}

/* Who has which part */

static void check_part(enum gic_parts part, u64 base, u64 size)
{
	u64 found, bytes;

	CHECK(arch_reserved_range(part, &found, &bytes));
	CHECK_EQ(bytes, size);
	if (size)
		CHECK_EQ(found, base);
}

static void check_parts(u64 gicd_size, u64 gicc, u64 size)
{
	u64 end;

	CHECK_EQ(fake_init(), 0);
	check_part(GIC_DIST, SAMPLE_GICD, gicd_size);
	check_part(GIC_REDIST, 0, 0);
	check_part(GIC_CPU_INTERFACE, gicc, size);
	check_part(GIC_VIRTUAL_CONTROL, FAKE_GICH, size);
	check_part(GIC_VIRTUAL_INTERFACE, FAKE_GICV, size);
	CHECK(!arch_reserved_range(GIC_NUM_PARTS, &end, &end));
}

TEST(pages_of_4_kib)
{
	prepare();
	check_parts(0x1000, FAKE_GICC, 0x2000);
	check_mapped(&root_cell, FAKE_GICC, FAKE_GICC, 0x2000);
	check_unmapped(&root_cell, FAKE_GICC - 0x1000, 0x1000);
	check_unmapped(&root_cell, FAKE_GICC + 0x2000, 0x1000);
	check_unmapped(&root_cell, SAMPLE_GICD, 0x1000);
	check_unmapped(&root_cell, FAKE_GICH, 0x2000);
	check_unmapped(&root_cell, FAKE_GICV, 0x2000);
}

TEST(pages_that_are_repeated)
{
	prepare();
	set_gicc(0x1000 + GICC_IIDR, 0x2043b);
	check_parts(0x10000, FAKE_GICC, 0x20000);
	check_mapped(&root_cell, FAKE_GICC, FAKE_GICC, 0x20000);
	check_unmapped(&root_cell, FAKE_GICH, 0x10000);
}

/* Before GICC_DIR, the last one of the first page's. */
TEST(the_last_repetition)
{
	prepare();
	fake_system()->platform_info.arm.gicc_base = FAKE_GICC + 0xf000;
	fake_system()->platform_info.arm.gicv_base = FAKE_GICV + 0xf000;
	check_parts(0x10000, FAKE_GICC, 0x20000);
	check_mapped(&root_cell, FAKE_GICC, FAKE_GICC, 0x20000);
}

TEST(parts_that_are_not_known)
{
	prepare();
	fake_system()->platform_info.arm.gich_base = 0;
	fake_system()->platform_info.arm.gicv_base = 0;
	CHECK_EQ(fake_init(), 0);
	check_part(GIC_VIRTUAL_CONTROL, 0, 0);
	check_part(GIC_VIRTUAL_INTERFACE, 0, 0);
}

/* A region that covers it all has holes, and the CPU interface in one. */
TEST(a_region_of_roots_over_all_of_it)
{
	struct jailhouse_memory *devices;

	prepare();
	devices = fake_mem(SYS_DEVICES);
	devices->phys_start = 0x08000000;
	devices->virt_start = 0x08000000;
	devices->size = 0x100000;
	CHECK_EQ(fake_init(), 0);
	check_unmapped(&root_cell, SAMPLE_GICD, 0x1000);
	check_mapped(&root_cell, SAMPLE_GICD + 0x1000, SAMPLE_GICD + 0x1000, 0xf000);
	check_mapped(&root_cell, FAKE_GICC, FAKE_GICC, 0x20000);
	check_unmapped(&root_cell, FAKE_GICH, 0x2000);
	check_mapped(&root_cell, FAKE_GICH + 0x2000, FAKE_GICH + 0x2000, 0xe000);
}

/* CPUs and their bits */

static void enter(void *arg)
{
	unsigned int *cpu = arg;

	/* banked: each reads its own */
	set_gicd(GICD_ITARGETSR, 0x01010101U << *cpu);
	irq_cpu_enter();
}

/* Bits in another order than the CPUs' numbers. */
static const unsigned int bits[FAKE_CPUS] = { 0, 3, 1, 2 };

static void boot(void)
{
	CHECK_EQ(fake_init(), 0);
	fake_enter((1ULL << FAKE_CPUS) - 1);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		unsigned int bit = bits[cpu];

		fake_on_cpu(cpu, enter, &bit);
	}
	for (unsigned int cpu = 1; cpu < FAKE_CPUS; cpu++)
		fake_cpu_off(cpu);
}

static struct cell *cell;	/* CPUs 2 and 3, bits 1 and 2; INTID 40 */

static void start_cell(void)
{
	struct sample_cell config = make_first();

	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	cell = cell_by_id(1);
}

static void boot_with_cell(void)
{
	prepare();
	boot();
	start_cell();
}

TEST(targets_follow_the_cpus)
{
	prepare();
	boot();
	CHECK_EQ(cpus[1]->arch.gic.sgi_target, 8);
	CHECK_EQ(gicv2_targets(&root_cell.arch.gic), 0xf);
	start_cell();
	CHECK_EQ(gicv2_targets(&root_cell.arch.gic), 0x9);
	CHECK_EQ(gicv2_targets(&cell->arch.gic), 0x6);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(gicv2_targets(&root_cell.arch.gic), 0xf);
}

static void enter_alone(void *unused __attribute__((unused)))
{
	set_gicd(GICD_ITARGETSR, 0);
	cpus[0]->arch.gic.sgi_target = 0;
	irq_cpu_enter();
	CHECK_EQ(cpus[0]->arch.gic.sgi_target, 1);
}

TEST(a_single_cpu_has_no_bit)
{
	prepare();
	boot();
	fake_on_cpu(0, enter_alone, NULL);
}

TEST(a_cell_has_the_cpu_interface)
{
	boot_with_cell();
	check_mapped(cell, FAKE_GICC, FAKE_GICC, 0x2000);
	check_unmapped(cell, FAKE_GICV, 0x2000);
	check_unmapped(cell, SAMPLE_GICD, 0x1000);
}

static void prepare_and_boot(void)
{
	prepare();
	boot();
}

TEST(no_memory_for_its_tables)
{
	struct sample_cell config = make_first();

	CHECK(create_with_ever_more_pages(&config, prepare_and_boot) > 0);
}

/* The SGI that wakes is the highest which firmware does not keep. */
static void check_wake(u32 icfgr, u32 sgi)
{
	prepare();
	set_gicd(GICD_ICFGR, icfgr);
	boot();
	start_cell();
	CHECK_EQ(gicv2.wake_sgi, sgi);
	CHECK_EQ(root_cell.arch.gic.irqs[0], ~0U);
	/* nor one of firmware's */
	CHECK_EQ(cell->arch.gic.irqs[0], 0xffff0000 | ((1U << sgi) - 1));
}

TEST(a_cell_does_not_have_the_sgi_that_wakes)
{
	check_wake(0xaaaaaaaa, 15);
}

TEST(firmware_may_have_half_of_the_sgis)
{
	check_wake(0x0000aaaa, 7);
}

/* Life of a CPU */

TEST(enable_and_disable_touch_nothing)
{
	struct fake_gic before;

	prepare();
	boot();
	before = fake_gic;
	CHECK_EQ(gicc(GICC_CTLR), 0x261);
	irq_machine_enter();
	irq_machine_leave();
	CHECK(!memcmp(before.gicc, fake_gic.gicc, sizeof(before.gicc)));
}

static void fill_interface(void)
{
	for (u32 n = 0; n < 4; n++) {
		set_gicc(GICC_APR + 4 * n, ~0U);
		set_gicc(GICC_NSAPR + 4 * n, ~0U);
	}
	set_gicc(GICC_BPR, 7);
	set_gicc(GICC_ABPR, 7);
	set_gicc(GICC_PMR, 0);
	/* EOImode, FIQEn, and the group off */
	set_gicc(GICC_CTLR, 0x208);
}

static void check_idle(u32 pmr)
{
	for (u32 n = 0; n < 4; n++) {
		CHECK_EQ(gicc(GICC_APR + 4 * n), 0);
		CHECK_EQ(gicc(GICC_NSAPR + 4 * n), 0);
	}
	CHECK_EQ(gicc(GICC_BPR), 0);
	CHECK_EQ(gicc(GICC_PMR), pmr);
	/* on, IRQ, and the bypass bits that were found */
	CHECK_EQ(gicc(GICC_CTLR), 0x61);
}

static void forget_private(void)
{
	for (u32 reg = GICD_ISENABLER; reg < GICD_IPRIORITYR; reg += GICD_BITS_SIZE)
		set_gicd(reg, 0);
	memset(fake_gic.gicd + GICD_IPRIORITYR, 0xa0, 32);
	for (u32 n = 0; n < 16; n += 4)
		set_gicd(GICD_CPENDSGIR + n, 0);
}

static void reset_of_cell(void *unused __attribute__((unused)))
{
	fill_interface();
	forget_private();
	irq_cpu_reset();
	check_idle(0xff);
	CHECK_EQ(gicc(GICC_ABPR), 0);
	CHECK_EQ(gicd(GICD_ICENABLER), ~0U);
	CHECK_EQ(gicd(GICD_ICPENDR), ~0U);
	for (u32 n = 0; n < 16; n += 4)
		CHECK_EQ(gicd(GICD_CPENDSGIR + n), ~0U);
	/* it can be woken before it does anything */
	CHECK_EQ(gicd(GICD_ISENABLER), 1U << 15);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 15], 0);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 14], 0x10);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 27], 0x10);
}

static void reset_of_root(void *unused __attribute__((unused)))
{
	forget_private();
	irq_cpu_reset();
	CHECK_EQ(gicd(GICD_ISENABLER), 0);
	CHECK_EQ(gicd(GICD_ICACTIVER), ~0U);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 15], 0x10);
}

TEST(a_cpu_that_starts)
{
	boot_with_cell();
	fake_on_cpu(2, reset_of_cell, NULL);
	fake_on_cpu(0, reset_of_root, NULL);
}

static void park(void *unused __attribute__((unused)))
{
	fake_sysreg_set("hcr_el2", 0);
	fill_interface();
	forget_private();
	irq_cpu_park();
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_IMO);
	check_idle(0x10);
	CHECK_EQ(gicd(GICD_ICACTIVER), 1U << 15);
	CHECK_EQ(gicd(GICD_ISENABLER), 1U << 15);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 15], 0);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 14], 0xa0);
}

TEST(only_kicks_wake_a_parked_cpu)
{
	boot_with_cell();
	fake_on_cpu(2, park, NULL);
}

static void kick_and_ack(void *unused __attribute__((unused)))
{
	fake_record_steps();
	irq_kick(cpus[3]);
	CHECK_EQ(gicd(GICD_SGIR), 4U << 16 | 15);
	/* a CPU in WFE, too */
	CHECK_EQ(fake_steps_of("sev"), 1);
	forget_private();
	irq_ack_kick();
	CHECK_EQ(gicd(GICD_CPENDSGIR + 12), 0xff000000);
	CHECK_EQ(gicd(GICD_CPENDSGIR + 8), 0);
}

TEST(a_kick_is_an_sgi)
{
	boot_with_cell();
	fake_on_cpu(2, kick_and_ack, NULL);
}

static u32 pmr_asleep, bpr_asleep, ctlr_asleep, apr_asleep;
static u64 hcr_asleep;

static void note_interface(void)
{
	pmr_asleep = gicc(GICC_PMR);
	bpr_asleep = gicc(GICC_BPR);
	ctlr_asleep = gicc(GICC_CTLR);
	apr_asleep = gicc(GICC_APR);
	hcr_asleep = fake_sysreg("hcr_el2");
}

static void sleep_with(u32 ctlr, u32 pmr, bool timed)
{
	fill_interface();
	set_gicc(GICC_CTLR, ctlr);
	set_gicc(GICC_PMR, pmr);
	fake_sysreg_set("hcr_el2", HCR_VM);
	fake_sysreg_set("wfit", 0);
	fake_at_instruction = note_interface;
	fake_record_steps();
	irq_cpu_sleep(timed, 0x1234);
	fake_at_instruction = NULL;
	CHECK_EQ(fake_steps_of("wfi"), !timed);
	CHECK_EQ(fake_sysreg("wfit"), timed ? 0x1234 : 0);
	CHECK_EQ(ctlr_asleep, 0x61);
	CHECK_EQ(bpr_asleep, 0);
	CHECK_EQ(hcr_asleep, HCR_VM | HCR_IMO);
	/* priority 0 is no guest's; others may be */
	CHECK_EQ(apr_asleep, ~1U);
	/* and as the guest had it */
	CHECK_EQ(gicc(GICC_CTLR), ctlr);
	CHECK_EQ(gicc(GICC_PMR), pmr);
	CHECK_EQ(gicc(GICC_BPR), 7);
	CHECK_EQ(fake_sysreg("hcr_el2"), HCR_VM);
}

static void sleep_all(void *unused __attribute__((unused)))
{
	/* its own interrupts wake it, as IRQ even if it takes them as FIQ */
	sleep_with(0x209, 0xf0, false);
	CHECK_EQ(pmr_asleep, 0xf0);
	sleep_with(1, 0xf0, true);
	/* it is deaf, and stays so but for kicks */
	sleep_with(0, 0xf0, false);
	CHECK_EQ(pmr_asleep, 0x10);
	sleep_with(1, 0, false);
	CHECK_EQ(pmr_asleep, 0x10);
}

TEST(a_guest_asleep_can_be_woken)
{
	boot_with_cell();
	fake_on_cpu(2, sleep_all, NULL);
}

/* SPIs that move */

TEST(spis_of_root_leave_the_cell_s_cpus)
{
	prepare();
	boot();
	/* to the cell's alone, to both cells' CPUs, to root's */
	fake_gic.gicd[GICD_ITARGETSR + 33] = 0x06;
	fake_gic.gicd[GICD_ITARGETSR + 34] = 0x0a;
	fake_gic.gicd[GICD_ITARGETSR + 35] = 0x08;
	fake_gic.gicd[GICD_ITARGETSR + 40] = 0x0f;
	set_gicd(GICD_IGROUPR + 4, 0);
	start_cell();
	CHECK_EQ(fake_gic.gicd[GICD_ITARGETSR + 33], 0x01);
	CHECK_EQ(fake_gic.gicd[GICD_ITARGETSR + 34], 0x08);
	CHECK_EQ(fake_gic.gicd[GICD_ITARGETSR + 35], 0x08);
	/* the cell's goes to its first CPU */
	CHECK_EQ(fake_gic.gicd[GICD_ITARGETSR + 40], 0x02);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + 40], 0x10);
	/* in the group that it has been in */
	CHECK_EQ(gicd(GICD_IGROUPR + 4), 0);
}

/* Whatever they were: the definition looks at all of them. */
TEST(no_target_is_another_cell_s)
{
	prepare();
	boot();
	for (u32 intid = 32; intid < FAKE_LINES; intid++)
		fake_gic.gicd[GICD_ITARGETSR + intid] = intid % 16;
	come_and_go();
}

TEST(targets_that_differ)
{
	boot_with_cell();
	fake_gic.gicd[GICD_ITARGETSR + 40] = 0x03;
	check_differs("SPEC: cell \"sample\": the CPUs of interrupt 0x28 is 0x5 and should be 0x4");
}

/* Trapped registers */

static u32 denied(void)
{
	return cpus[2]->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED];
}

static enum mmio_result access_gicd(struct mmio_access *access)
{
	access->address += SAMPLE_GICD;
	return irq_mmio(cell, access);
}

static void write_gicd(u32 reg, u8 size, u32 value)
{
	struct mmio_access access = {
		.address = reg, .size = size, .is_write = true, .value = value,
	};

	CHECK_EQ(access_gicd(&access), MMIO_HANDLED);
}

static u64 read_gicd(u32 reg, u8 size)
{
	struct mmio_access access = { .address = reg, .size = size, .value = ~0ULL };

	CHECK_EQ(access_gicd(&access), MMIO_HANDLED);
	return access.value;
}

/* A test whose body runs on a CPU of the cell */
#define CELL_TEST(name)							\
	static void name ## _on_cpu(void *unused);			\
	TEST(name)							\
	{								\
		boot_with_cell();					\
		fake_on_cpu(2, name ## _on_cpu, NULL);			\
		fake_check();						\
	}								\
	static void name ## _on_cpu(void *unused __attribute__((unused)))

/* @expected: what is sent; 0: nothing */
static void check_sgi(u32 value, u32 expected, u32 expect_denied)
{
	u32 *stats = cpus[2]->vcpu->stats, before = denied();
	u32 sgis = stats[JAILHOUSE_CPU_STAT_VMEXITS_VSGI];

	set_gicd(GICD_SGIR, 0);
	write_gicd(GICD_SGIR, 4, value);
	CHECK_EQ(gicd(GICD_SGIR), expected);
	CHECK_EQ(denied() - before, expect_denied);
	CHECK_EQ(stats[JAILHOUSE_CPU_STAT_VMEXITS_VSGI] - sgis, 1);
}

CELL_TEST(sgis_stay_in_the_cell)
{
	check_sgi(4 << 16 | 5, 4 << 16 | 5, 0);
	check_sgi(6 << 16 | 5, 6 << 16 | 5, 0);
	/* root's get nothing */
	check_sgi(0xff << 16 | 5, 6 << 16 | 5, 1);
	check_sgi(9 << 16 | 5, 0, 1);
	/* all others of the cell, whatever the list says; itself */
	check_sgi(1 << 24 | 0xff << 16 | 5, 4 << 16 | 5, 0);
	check_sgi(2 << 24 | 5, 2 << 16 | 5, 0);
	/* Group 1 of a GIC with one security state: there is none */
	check_sgi(2 << 24 | 0x8005, 2 << 16 | 5, 0);
	/* the hypervisor's */
	check_sgi(4 << 16 | 15, 0, 1);
	check_sgi(2 << 24 | 15, 0, 1);
	CHECK_EQ(read_gicd(GICD_SGIR, 4), 0);
}

CELL_TEST(targets_stay_in_the_cell)
{
	u32 before;

	set_gicd(GICD_ITARGETSR + 40, 0x09090902);
	CHECK_EQ(read_gicd(GICD_ITARGETSR + 40, 4), 2);
	CHECK_EQ(read_gicd(GICD_ITARGETSR + 40, 1), 2);
	CHECK_EQ(read_gicd(GICD_ITARGETSR + 41, 1), 0);
	write_gicd(GICD_ITARGETSR + 40, 1, 4);
	CHECK_EQ(gicd(GICD_ITARGETSR + 40), 0x09090904);
	before = denied();
	write_gicd(GICD_ITARGETSR + 40, 4, 0x06060606);
	CHECK_EQ(gicd(GICD_ITARGETSR + 40), 0x09090906);
	CHECK_EQ(denied(), before);
	/* root's CPUs */
	write_gicd(GICD_ITARGETSR + 40, 1, 0xff);
	CHECK_EQ(gicd(GICD_ITARGETSR + 40), 0x09090906);
	CHECK_EQ(denied(), before + 1);
	/* others' interrupts */
	write_gicd(GICD_ITARGETSR + 41, 1, 2);
	CHECK_EQ(gicd(GICD_ITARGETSR + 40), 0x09090906);
}

CELL_TEST(a_cpu_finds_its_own_bit)
{
	set_gicd(GICD_ITARGETSR, 0x02020202);
	CHECK_EQ(read_gicd(GICD_ITARGETSR, 4), 0x02020202);
	CHECK_EQ(read_gicd(GICD_ITARGETSR + 3, 1), 2);
	write_gicd(GICD_ITARGETSR, 4, 0x04040404);
	CHECK_EQ(gicd(GICD_ITARGETSR), 0x02020202);
}

CELL_TEST(pending_sgis)
{
	set_gicd(GICD_SPENDSGIR + 12, 0x06020406);
	CHECK_EQ(read_gicd(GICD_SPENDSGIR + 12, 4), 0x00020406);
	CHECK_EQ(read_gicd(GICD_SPENDSGIR + 13, 1), 4);
	write_gicd(GICD_CPENDSGIR + 12, 4, 0xffffffff);
	CHECK_EQ(gicd(GICD_CPENDSGIR + 12), 0x00ffffff);
	write_gicd(GICD_SPENDSGIR + 1, 1, 2);
	CHECK_EQ(gicd(GICD_SPENDSGIR), 0x200);
}

CELL_TEST(private_interrupts_are_in_the_distributor)
{
	set_gicd(GICD_ISENABLER, ~0U);
	CHECK_EQ(read_gicd(GICD_ISENABLER, 4), ~(1U << 15));
	write_gicd(GICD_ICENABLER, 4, ~0U);
	CHECK_EQ(gicd(GICD_ICENABLER), ~(1U << 15));
	set_gicd(GICD_IPRIORITYR + 12, 0x00a0a0a0);
	write_gicd(GICD_IPRIORITYR + 12, 4, 0);
	CHECK_EQ(gicd(GICD_IPRIORITYR + 12), 0x00101010);
}

CELL_TEST(registers_of_the_whole)
{
	CHECK_EQ(read_gicd(GICD_V2_PIDR2, 4), 0x2b);
	write_gicd(GICD_V2_PIDR2, 4, 0);
	CHECK_EQ(gicd(GICD_V2_PIDR2), 0x2b);
	write_gicd(GICD_CTLR, 4, 0);
	CHECK_EQ(gicd(GICD_CTLR), 1);
	/* what is a GICv3's, or nobody's */
	set_gicd(0xd00, ~0U);
	CHECK_EQ(read_gicd(0xd00, 4), 0);
	set_gicd(0xe00, ~0U);
	CHECK_EQ(read_gicd(0xe00, 4), 0);
}

CELL_TEST(sizes_and_places)
{
	struct mmio_access access;

	access = (struct mmio_access){ .address = GICD_ITARGETSR + 40, .size = 2 };
	CHECK_EQ(access_gicd(&access), MMIO_ERROR);
	access = (struct mmio_access){ .address = GICD_ITARGETSR + 40, .size = 8 };
	CHECK_EQ(access_gicd(&access), MMIO_ERROR);
	access = (struct mmio_access){ .address = GICD_ITARGETSR + 41, .size = 4 };
	CHECK_EQ(access_gicd(&access), MMIO_ERROR);
	/* nothing of a GICv3 */
	access = (struct mmio_access){ .address = 0x1000, .size = 4 };
	CHECK_EQ(access_gicd(&access), MMIO_UNHANDLED);
	access = (struct mmio_access){ .address = SAMPLE_GICR - SAMPLE_GICD, .size = 4 };
	CHECK_EQ(access_gicd(&access), MMIO_UNHANDLED);
}

TAP_MAIN(
	TAP_TEST(gicv2_is_direct),
	TAP_TEST(other_machines_are_refused),
	TAP_TEST(wrong_bases_are_refused),
	TAP_TEST(pages_of_4_kib),
	TAP_TEST(pages_that_are_repeated),
	TAP_TEST(the_last_repetition),
	TAP_TEST(parts_that_are_not_known),
	TAP_TEST(a_region_of_roots_over_all_of_it),
	TAP_TEST(targets_follow_the_cpus),
	TAP_TEST(a_single_cpu_has_no_bit),
	TAP_TEST(a_cell_has_the_cpu_interface),
	TAP_TEST(no_memory_for_its_tables),
	TAP_TEST(a_cell_does_not_have_the_sgi_that_wakes),
	TAP_TEST(firmware_may_have_half_of_the_sgis),
	TAP_TEST(enable_and_disable_touch_nothing),
	TAP_TEST(a_cpu_that_starts),
	TAP_TEST(only_kicks_wake_a_parked_cpu),
	TAP_TEST(a_kick_is_an_sgi),
	TAP_TEST(a_guest_asleep_can_be_woken),
	TAP_TEST(spis_of_root_leave_the_cell_s_cpus),
	TAP_TEST(no_target_is_another_cell_s),
	TAP_TEST(targets_that_differ),
	TAP_TEST(sgis_stay_in_the_cell),
	TAP_TEST(targets_stay_in_the_cell),
	TAP_TEST(a_cpu_finds_its_own_bit),
	TAP_TEST(pending_sgis),
	TAP_TEST(private_interrupts_are_in_the_distributor),
	TAP_TEST(registers_of_the_whole),
	TAP_TEST(sizes_and_places)
)
