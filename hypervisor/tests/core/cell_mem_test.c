// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What is left in memory that changes hands, and memory that is not there (core/cell_mem.c). */

#include <core/cell_mem.h>
#include <core/console.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

#define MB		0x100000ULL
/* where root's RAM ends in the middle of a region */
#define BORDER		(SAMPLE_RAM + SAMPLE_RAM_SIZE)
#define START		(BORDER - MB)
#define SIZE		(2 * MB)
/* memory that root's configuration does not have */
#define ELSEWHERE	0x7000000000ULL

static struct sample_cell cell;
static struct jailhouse_memory *ram;

static void make_cell(void)
{
	cell = make_first();
	cell.cell.num_pci_devices = 0;
	ram = &cell.mem[CELL_RAM];
}

static void boot(void)
{
	boot_for_cells();
	make_cell();
}

static void boot_at_border(void)
{
	boot();
	ram->phys_start = START;
	ram->size = SIZE;
}

static bool all_cleared(u64 start, u64 size)
{
	for (u64 pa = start; pa < start + size; pa += PAGE_SIZE)
		if (!fake_is_cleared(pa))
			return false;
	return true;
}

static bool none_cleared(u64 start, u64 size)
{
	for (u64 pa = start; pa < start + size; pa += PAGE_SIZE)
		if (fake_is_cleared(pa))
			return false;
	return true;
}

/* The driver clears what Linux has; the rest was another cell's, perhaps. */
TEST(a_part_that_root_lacks_is_cleared)
{
	boot_at_border();
	fake_forget_cleared();
	CHECK_EQ(create(&cell), 1);
	CHECK(none_cleared(START, MB));
	CHECK(all_cleared(BORDER, MB));

	fake_forget_cleared();
	CHECK_EQ(destroy(1), 0);
	CHECK(none_cleared(START, MB));
	CHECK(all_cleared(BORDER, MB));
}

TEST(a_part_that_root_lacks_is_lent)
{
	struct snapshot before;

	boot_at_border();
	before = take_snapshot();
	CHECK_EQ(create(&cell), 1);
	check_unmapped(&root_cell, START, SIZE);
	CHECK_EQ(set_loadable(1), 0);
	check_mapped(&root_cell, START, START, SIZE);
	CHECK_EQ(start(1), 0);
	check_unmapped(&root_cell, START, SIZE);
	cell_by_id(1)->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(set_loadable(1), 0);
	check_mapped(&root_cell, START, START, SIZE);
	CHECK_EQ(destroy(1), 0);
	check_mapped(&root_cell, START, START, MB);
	check_unmapped(&root_cell, BORDER, MB);
	check_snapshot(&before);
}

/* Root never sees what it could not borrow. */
TEST(what_is_not_lent_is_cleared_for_root)
{
	boot_at_border();
	ram->flags &= ~(u64)JAILHOUSE_MEM_LOADABLE;
	CHECK_EQ(create(&cell), 1);
	fake_forget_cleared();
	CHECK_EQ(destroy(1), 0);
	CHECK(all_cleared(START, SIZE));
}

/* RAM that the cell has as uncached: the driver takes it for a device. */
TEST(ram_marked_as_device)
{
	boot();
	ram->flags |= JAILHOUSE_MEM_IO;
	fake_forget_cleared();
	CHECK_EQ(create(&cell), 1);
	CHECK(all_cleared(SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE));
	fake_forget_cleared();
	CHECK_EQ(destroy(1), 0);
	CHECK(all_cleared(SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE));
}

/* Linux could not clear it. */
TEST(ram_that_root_only_reads)
{
	fake_image_init();
	fake_mem(SYS_RAM_HIGH)->flags &= ~(u64)JAILHOUSE_MEM_WRITE;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	make_cell();
	fake_forget_cleared();
	CHECK_EQ(create(&cell), 1);
	CHECK(all_cleared(SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE));
}

/* The system configuration says so, the cell's has forgotten it. */
TEST(devices_are_not_cleared)
{
	boot();
	ram->phys_start = SAMPLE_UART + 0x20000;
	ram->size = PAGE_SIZE;
	ram->flags &= ~(u64)JAILHOUSE_MEM_LOADABLE;
	fake_forget_cleared();
	CHECK_EQ(create(&cell), 1);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(fake_cleared_size, 0);
}

TEST(no_memory_answers)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	ram->phys_start = ELSEWHERE;
	ram->size = SIZE;
	fake_silent_pa = ELSEWHERE + MB;
	fake_silent_size = PAGE_SIZE;
	CHECK_EQ(create(&cell), -EIO);
	CHECK(strstr(refusal_text(), "no memory answers at 0x7000100000"));
	check_snapshot(&before);

	/* it goes away later: the cell is destroyed all the same */
	fake_silent_size = 0;
	CHECK_EQ(create(&cell), 1);
	fake_silent_size = PAGE_SIZE;
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

TEST(no_shared_memory_answers)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	cell = make_first();
	fake_silent_pa = cell.mem[CELL_LINK].phys_start;
	fake_silent_size = PAGE_SIZE;
	CHECK_EQ(create(&cell), -EIO);
	CHECK(strstr(refusal_text(), "no memory answers at 0x70400000"));
	check_snapshot(&before);
}

static s64 create_from(u64 address)
{
	return fake_hypercall(0, JAILHOUSE_HC_CELL_CREATE, address, 0);
}

/* Nothing is read of a device's registers; the fake fails the test otherwise. */
TEST(configuration_in_a_device)
{
	boot();
	CHECK_EQ(create_from(SAMPLE_UART), -EINVAL);
	CHECK(strstr(refusal_text(), "the configuration at 0x9000000 is not in root's memory"));
	CHECK(!cell_mem_root_owns(SAMPLE_UART, 4));
}

/* Its beginning, and the rest. */
TEST(configuration_where_nothing_answers)
{
	static const u64 offset[] = { 0, sizeof(struct jailhouse_cell_desc) };
	struct snapshot before;

	boot();
	before = take_snapshot();
	fake_put_config(&cell, sizeof(cell));
	fake_silent_size = 1;
	for (size_t n = 0; n < ARRAY_SIZE(offset); n++) {
		fake_silent_pa = FAKE_CONFIG_PA + offset[n];
		CHECK_EQ(create_from(FAKE_CONFIG_PA), -EINVAL);
		check_snapshot(&before);
	}
	fake_silent_size = 0;
	CHECK_EQ(create_from(FAKE_CONFIG_PA), 1);
}

/* For reports: whose a physical address is */
TEST(owners_have_names)
{
	char name[JAILHOUSE_CELL_NAME_MAXLEN + 1] = "nobody";

	boot();
	CHECK(!cell_mem_owner(ram->phys_start, name));
	CHECK_EQ(create(&cell), 1);
	CHECK(cell_mem_owner(ram->phys_start + ram->size - 1, name));
	CHECK_STR(name, cell.cell.name);
	CHECK(!cell_mem_owner(ram->phys_start + ram->size, name));
	/* root has it too */
	ram->flags |= JAILHOUSE_MEM_ROOTSHARED;
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(create(&cell), 1);
	CHECK(!cell_mem_owner(ram->phys_start, name));
}

/* Around the end of all addresses, to where root has memory again. */
TEST(a_range_that_wraps)
{
	boot();
	CHECK(cell_mem_root_owns(SAMPLE_RAM, PAGE_SIZE));
	CHECK(!cell_mem_root_owns(SAMPLE_RAM, 0 - SAMPLE_RAM + PAGE_SIZE));
	CHECK(!cell_mem_root_owns(~0ULL, 2));
}

TAP_MAIN(
	TAP_TEST(a_part_that_root_lacks_is_cleared),
	TAP_TEST(a_part_that_root_lacks_is_lent),
	TAP_TEST(what_is_not_lent_is_cleared_for_root),
	TAP_TEST(ram_marked_as_device),
	TAP_TEST(ram_that_root_only_reads),
	TAP_TEST(devices_are_not_cleared),
	TAP_TEST(no_memory_answers),
	TAP_TEST(no_shared_memory_answers),
	TAP_TEST(configuration_in_a_device),
	TAP_TEST(configuration_where_nothing_answers),
	TAP_TEST(owners_have_names),
	TAP_TEST(a_range_that_wraps)
)
