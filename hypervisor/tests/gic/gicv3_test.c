// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What is found of the GIC, and how a cell gets and gives back interrupts. */

#include <arch/boot.h>
#include <core/console.h>
#include <core/main.h>
#include <lib/errno.h>
#include <string.h>

#include <gic/gicv3.h>
#include "cell_helpers.h"
#include "fake/gic.h"
#include "tap.h"

static s64 init(void)
{
	return fake_init();
}

static void set_typer(unsigned int cpu, u64 typer)
{
	memcpy(fake_gic.gicr[cpu] + GICR_TYPER, &typer, sizeof(typer));
}

static void prepare(void)
{
	fake_image_init();
	fake_gic_init();
}

TEST(finds_the_redistributors)
{
	prepare();
	/* in another order than the CPUs' numbers */
	set_typer(0, 0x103ULL << 32);
	set_typer(3, 0x100ULL << 32 | GICR_TYPER_LAST);
	CHECK_EQ(init(), 0);
	CHECK(gicv3.cpu_of_frame[3] == cpus[0]);
	CHECK(gicv3.cpu_of_frame[1] == cpus[1]);
	CHECK(gicv3.cpu_of_frame[0] == cpus[3]);
	CHECK(cpus[0]->arch.gic.gicr == fake_gic.gicr[3]);
	CHECK_EQ(gic.lines, FAKE_LINES);
	CHECK_EQ(root_cell.arch.gic.sgi_ppi, ~0U);
	CHECK_EQ(root_cell.arch.gic.irqs[1], ~0U);
	CHECK_EQ(root_cell.arch.gic.irqs[5], ~0U);
	CHECK_EQ(root_cell.arch.gic.irqs[6], 0);
}

TEST(interrupts_that_the_gic_lacks_are_nobodys)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_TYPER, 128 / 32 - 1);
	CHECK_EQ(init(), 0);
	CHECK_EQ(root_cell.arch.gic.irqs[3], ~0U);
	CHECK_EQ(root_cell.arch.gic.irqs[4], 0);
}

TEST(sgi_targets)
{
	prepare();
	/* two clusters: affinity 0.0.1.n and 0.0.2.n */
	hv_mpidr[2] = 0x200;
	hv_mpidr[3] = 0x201;
	set_typer(2, 0x200ULL << 32);
	set_typer(3, 0x201ULL << 32 | GICR_TYPER_LAST);
	CHECK_EQ(init(), 0);
	CHECK_EQ(gicv3.clusters, 2);
	CHECK_EQ(gicv3.cluster_affinity[0], 1ULL << 16);
	CHECK_EQ(gicv3.cluster_affinity[1], 2ULL << 16);
	CHECK_EQ(cpus[0]->arch.gic.sgi_target, 1ULL << 16 | 1);
	CHECK_EQ(cpus[1]->arch.gic.sgi_target, 1ULL << 16 | 2);
	CHECK_EQ(cpus[3]->arch.gic.sgi_target, 2ULL << 16 | 2);
	CHECK_EQ(root_cell.arch.gic.sgi_targets[0], 3);
	CHECK_EQ(root_cell.arch.gic.sgi_targets[1], 3);
}

TEST(gicv2_is_refused)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_PIDR2, 0x2b);
	CHECK_EQ(init(), -ENODEV);
	CHECK(strstr(refusal_text(), "there is no GICv3 at gicd_base 0x8000000"));
}

TEST(missing_redistributor_is_refused)
{
	prepare();
	set_typer(2, 0x177ULL << 32);
	CHECK_EQ(init(), -ENODEV);
	CHECK(strstr(refusal_text(), "no redistributor of the GIC belongs to CPU 2"));
}

TEST(something_else_in_its_place_is_refused)
{
	prepare();
	fake_gic_write(fake_gic.gicr[0], GICD_PIDR2, 0);
	CHECK_EQ(init(), -ENODEV);
	CHECK_STR(refusal_text(),
		  "there is no redistributor of a GICv3 at 0x80a0000: correct gicr_base");
}

TEST(last_redistributor_ends_the_search)
{
	prepare();
	set_typer(1, 0x101ULL << 32 | GICR_TYPER_LAST);
	CHECK_EQ(init(), -ENODEV);
	CHECK(strstr(refusal_text(), "belongs to CPU 2"));
}

TEST(virtual_lpis_are_refused)
{
	prepare();
	set_typer(1, 0x101ULL << 32 | GICR_TYPER_VLPIS);
	CHECK_EQ(init(), -ENODEV);
	CHECK(strstr(refusal_text(), "GICv4"));
}

/* Ownership */

static struct sample_cell first, second;

static void boot(void)
{
	prepare();
	CHECK_EQ(init(), 0);
	enter_for_cells();
	first = make_first();
	second = make_second();
}

static u64 router(u32 intid)
{
	u64 value;

	memcpy(&value, fake_gic.gicd + GICD_IROUTER + 8 * intid, sizeof(value));
	return value;
}

/* Was the SPI, and nothing else, reset and routed to @cpu? */
static void check_reset(u32 intid, unsigned int cpu)
{
	u32 reg = intid / 32 * 4, bit = 1U << intid % 32;

	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ICENABLER + reg), bit);
	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ICPENDR + reg), bit);
	CHECK_EQ(fake_gic_read(fake_gic.gicd, GICD_ICACTIVER + reg), bit);
	CHECK(fake_gic_read(fake_gic.gicd, GICD_IGROUPR + reg) & bit);
	CHECK_EQ(fake_gic.gicd[GICD_IPRIORITYR + intid], 8);
	CHECK_EQ(router(intid), 0x100 + cpu);
	CHECK_EQ(router(intid - 1), 0);
	CHECK_EQ(router(intid + 1), 0);
}

TEST(cell_takes_and_returns)
{
	struct cell *cell;

	boot();
	CHECK_EQ(create(&first), 1);
	cell = cell_by_id(1);
	CHECK_EQ(cell->arch.gic.sgi_ppi, ~0U);
	CHECK_EQ(cell->arch.gic.irqs[1], 1U << 8);
	CHECK_EQ(cell->arch.gic.irqs[2], 0);
	CHECK_EQ(root_cell.arch.gic.irqs[1], ~(1U << 8));
	CHECK_EQ(cell->arch.gic.sgi_targets[0], 0xc);
	CHECK_EQ(root_cell.arch.gic.sgi_targets[0], 0x3);
	check_reset(40, 2);

	memset(fake_gic.gicd + GICD_IGROUPR, 0, 0x7000);
	CHECK_EQ(start(1), 0);
	fake_run();
	check_reset(40, 2);

	memset(fake_gic.gicd + GICD_IGROUPR, 0, 0x7000);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	check_reset(40, 0);
	CHECK_EQ(root_cell.arch.gic.irqs[1], ~0U);
	CHECK_EQ(root_cell.arch.gic.sgi_targets[0], 0xf);
}

/* A cell starts, each time, and root goes on, with the trigger that root had. */
TEST(triggers_are_root_s_again)
{
	volatile u32 *icfgr = (volatile u32 *)(fake_gic.gicd + GICD_ICFGR);

	boot();
	icfgr[2] = 0x55555555;
	CHECK_EQ(create(&first), 1);
	/* the cell's INTID 40 has bits 17 and 16, the others are root's */
	icfgr[2] = 0xaaaaaaaa;
	CHECK_EQ(start(1), 0);
	CHECK_EQ(icfgr[2], 0xaaa9aaaa);
	icfgr[2] = 0xffffffff;
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(icfgr[2], 0xfffdffff);
}

TEST(the_last_interrupts)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_TYPER, 31);
	fake_irqchip(1)->pin_base = 992;
	fake_irqchip(1)->pin_bitmap[0] = 0x0fffffff;
	CHECK_EQ(init(), 0);
	CHECK_EQ(root_cell.arch.gic.irqs[31], 0x0fffffff);
	enter_for_cells();
	first = make_first();
	first.cell.num_pci_devices = 0;
	first.irqchips[0].pin_base = 992;
	first.irqchips[0].pin_bitmap[0] = 1 << 27;
	CHECK_EQ(create(&first), 1);
	check_reset(1019, 2);
}

TEST(interrupt_of_another_cell)
{
	struct snapshot before;

	boot();
	CHECK_EQ(create(&first), 1);
	before = take_snapshot();
	second.irqchips[0].pin_bitmap[0] = 3 << (40 - 32);
	CHECK_EQ(create(&second), -EBUSY);
	CHECK(strstr(refusal_text(), "interrupt 40 belongs to cell \"sample\""));
	check_snapshot(&before);
	CHECK_EQ(root_cell.arch.gic.irqs[1], ~(1U << 8));
	CHECK_EQ(root_cell.arch.gic.sgi_targets[0], 0x3);
	second.irqchips[0].pin_bitmap[0] = 1 << (41 - 32);
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(root_cell.arch.gic.irqs[1], ~(3U << 8));
}

/* Differences from the definition (core/spec.c) */

static void boot_with_cell(void)
{
	boot();
	CHECK_EQ(create(&first), 1);
}

static void set_router(u32 intid, u64 value)
{
	memcpy(fake_gic.gicd + GICD_IROUTER + 8 * intid, &value, sizeof(value));
}

TEST(an_interrupt_of_two)
{
	boot_with_cell();
	cell_by_id(1)->arch.gic.irqs[1] |= 1U << 9;
	check_differs("SPEC: cell \"sample\": having interrupt 0x29 is 0x1 and should be 0");
}

TEST(an_interrupt_that_is_lost)
{
	boot_with_cell();
	cell_by_id(1)->arch.gic.irqs[1] = 0;
	check_differs("SPEC: cell \"sample\": having interrupt 0x28 is 0 and should be 0x1");
}

TEST(a_route_to_another_cell)
{
	boot_with_cell();
	set_router(40, 0x101);
	check_differs("SPEC: cell \"sample\": the CPUs of interrupt 0x28 is 0x2 and should be 0");
}

TEST(a_route_to_any_cpu)
{
	boot_with_cell();
	set_router(41, GICD_IROUTER_IRM);
	check_differs("SPEC: cell \"root\": the CPUs of interrupt 0x29 is 0xf and should be 0x3");
}

TEST(interrupt_that_the_gic_lacks)
{
	prepare();
	fake_gic_write(fake_gic.gicd, GICD_TYPER, 128 / 32 - 1);
	CHECK_EQ(init(), 0);
	enter_for_cells();
	first = make_first();
	first.cell.num_pci_devices = 0;
	first.irqchips[0].pin_base = 128;
	first.irqchips[0].pin_bitmap[0] = 4;
	CHECK_EQ(create(&first), -EBUSY);
	CHECK(strstr(refusal_text(), "the GIC has no interrupt 130"));
}

TEST(memory_in_the_place_of_the_gic)
{
	boot();
	first.mem[CELL_GPIO].phys_start = SAMPLE_UART + 0x20000;
	first.mem[CELL_GPIO].virt_start = SAMPLE_GICR + 0x10000;
	CHECK_EQ(create(&first), -EINVAL);
	CHECK_EQ(cell_count, 1);
}

TAP_MAIN(
	TAP_TEST(finds_the_redistributors),
	TAP_TEST(interrupts_that_the_gic_lacks_are_nobodys),
	TAP_TEST(sgi_targets),
	TAP_TEST(gicv2_is_refused),
	TAP_TEST(missing_redistributor_is_refused),
	TAP_TEST(something_else_in_its_place_is_refused),
	TAP_TEST(last_redistributor_ends_the_search),
	TAP_TEST(virtual_lpis_are_refused),
	TAP_TEST(cell_takes_and_returns),
	TAP_TEST(triggers_are_root_s_again),
	TAP_TEST(the_last_interrupts),
	TAP_TEST(interrupt_of_another_cell),
	TAP_TEST(an_interrupt_of_two),
	TAP_TEST(an_interrupt_that_is_lost),
	TAP_TEST(a_route_to_another_cell),
	TAP_TEST(a_route_to_any_cpu),
	TAP_TEST(interrupt_that_the_gic_lacks),
	TAP_TEST(memory_in_the_place_of_the_gic)
)
