// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* The definition of who has what (core/spec.c): each kind of difference is reported. */

#include <core/console.h>
#include <lib/errno.h>
#include <lib/page_alloc.h>

#include "fake/tlb.h"
#include "link_cells.h"
#include "share_helpers.h"

/* The cell has a page more, or in the place of what it has there. */
static void map(struct cell *cell, u64 at, u64 pa, u64 flags)
{
	paging_unmap(&cell->mem, at, PAGE_SIZE);
	CHECK_EQ(paging_map(&cell->mem, at, pa, PAGE_SIZE, arch_mem_attrs(flags), 0), 0);
}

/* Memory */

TEST(a_page_too_many)
{
	map(create_and_start(), 0x40000000, SAMPLE_RAM, JAILHOUSE_MEM_READ);
	check_differs("SPEC: cell \"sample\": a page at 0x40000000 is 0x1 and should be 0");
}

TEST(a_page_that_is_missing)
{
	paging_unmap(&create_and_start()->mem, 0x80000000, PAGE_SIZE);
	check_differs("SPEC: cell \"sample\": a page at 0x80000000 is 0 and should be 0x1");
}

TEST(what_root_has_given_away)
{
	create_and_start();
	map(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_RAM, JAILHOUSE_MEM_READ);
	check_differs("SPEC: cell \"root\": a page at 0x71000000 is 0x1 and should be 0");
}

TEST(another_page)
{
	map(create_and_start(), SAMPLE_UART, SAMPLE_UART + PAGE_SIZE,
	    JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO);
	check_differs("SPEC: cell \"sample\": the place of 0x9000000 is 0x9001000 and should be 0x9000000");
}

TEST(memory_of_the_hypervisor)
{
	create_and_start();
	fake_system()->hypervisor_memory.phys_start = SAMPLE_UART;
	check_differs("SPEC: cell \"root\": memory of the hypervisor at 0x9000000 is 0x9000000 and should be 0");
}

/* Links: a tunnel is memory in a section of its writer's */

static struct cell *boot_linked(void)
{
	struct cell *a, *b;

	boot();
	run(&a, &config_a);
	run(&b, &config_b);
	return b;
}

#define SECTION(peer)	(LINK_AT + 0x4000 + (peer) * 0x2000)

TEST(the_section_of_another_peer)
{
	map(boot_linked(), SECTION(1), SECTION(1), JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE);
	check_differs("SPEC: cell \"cample\": rights at 0x70406000 is ");
}

TEST(the_table_of_states)
{
	map(boot_linked(), LINK_AT, LINK_AT, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE);
	check_differs("SPEC: cell \"cample\": rights at 0x70400000 is ");
}

/* Root is a peer as others are. */
TEST(a_section_that_root_has_in_part)
{
	boot_linked();
	paging_unmap(&root_cell.mem, SECTION(2) + PAGE_SIZE, PAGE_SIZE);
	check_differs("SPEC: cell \"root\": a page at 0x70409000 is 0 and should be 0x1");
}

TEST(a_section_at_another_address)
{
	map(boot_linked(), 0x50000000, SECTION(1), JAILHOUSE_MEM_READ);
	check_differs("SPEC: cell \"cample\": a page at 0x50000000 is 0x1 and should be 0");
}

/* CPUs */

TEST(a_cpu_of_another)
{
	create_and_start();
	cpus[1]->vcpu->cell = cell_by_id(1);
	check_differs("SPEC: cell \"root\": the owner's id of CPU 0x1 is 0x1 and should be 0");
}

TEST(a_cpu_that_root_keeps)
{
	create_and_start();
	root_cell.cpus |= 1 << 2;
	check_differs("SPEC: cell \"root\": having CPU 0x2 is 0x1 and should be 0");
}

TEST(a_cpu_that_is_not_shared)
{
	create_and_start()->shared = 1 << 3;
	check_differs("SPEC: cell \"sample\": sharing CPU 0x3 is 0x1 and should be 0");
}

TEST(a_guest_too_many)
{
	struct sample_cell config = make_sharing(1);

	boot_at(0);
	CHECK_EQ(create(&config), 1);
	roots()->next->next = cpus[1]->vcpu;
	check_differs("SPEC: cell \"root\": a guest on CPU 0 is 0x1 and should be 0");
}

/* Interrupts */

TEST(an_interrupt_that_goes_to_others)
{
	create_and_start();
	fake_astray_irq = 40;
	check_differs("SPEC: cell \"sample\": the CPUs of interrupt 0x28 is 0xffffffffffffffff and should be 0xc");
}

TEST(an_interrupt_of_roots_that_goes_to_a_cell)
{
	create_and_start();
	fake_astray_irq = 41;
	check_differs("SPEC: cell \"root\": the CPUs of interrupt 0x29 is 0xffffffffffffffff and should be 0x3");
}

TEST(an_interrupt_of_nobody_goes_anywhere)
{
	create_and_start();
	fake_astray_irq = 500;
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_RUNNING);
}

/* The pool */

TEST(a_page_that_is_lost)
{
	boot_for_cells();
	CHECK_EQ(get_state(1), -ENOENT);
	CHECK(page_alloc(1, 1));
	check_differs("SPEC: cell \"root\": alone, pages in use but for tables 0 is ");
}

TAP_MAIN(
	TAP_TEST(a_page_too_many),
	TAP_TEST(a_page_that_is_missing),
	TAP_TEST(what_root_has_given_away),
	TAP_TEST(another_page),
	TAP_TEST(memory_of_the_hypervisor),
	TAP_TEST(the_section_of_another_peer),
	TAP_TEST(the_table_of_states),
	TAP_TEST(a_section_that_root_has_in_part),
	TAP_TEST(a_section_at_another_address),
	TAP_TEST(a_cpu_of_another),
	TAP_TEST(a_cpu_that_root_keeps),
	TAP_TEST(a_cpu_that_is_not_shared),
	TAP_TEST(a_guest_too_many),
	TAP_TEST(an_interrupt_that_goes_to_others),
	TAP_TEST(an_interrupt_of_roots_that_goes_to_a_cell),
	TAP_TEST(an_interrupt_of_nobody_goes_anywhere),
	TAP_TEST(a_page_that_is_lost)
)
