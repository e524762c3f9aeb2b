// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Regions smaller than a page (core/subpage.c). */

#include <core/arch.h>
#include <core/console.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

/* root's registers: a block, a page of it, and the ones that cells have */
#define BLOCK		0x09200000ULL
#define BLOCK_SIZE	0x200000ULL
#define REGS		(BLOCK + 0x10000)
#define FIRST_REGS	(REGS + 0x400)
#define SECOND_REGS	(REGS + 0x800)
#define REGS_SIZE	0x10
/* trapped regions of root before: the virtual PCI host */
#define PCI_HOST	1

static struct sample_cell first, second;

static void boot_shared(void)
{
	struct jailhouse_memory *gpio = &first.mem[CELL_GPIO];

	fake_image_init();
	fake_mem(SYS_DEVICES)->phys_start = BLOCK;
	fake_mem(SYS_DEVICES)->virt_start = BLOCK;
	fake_mem(SYS_DEVICES)->size = BLOCK_SIZE;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	first = make_first();
	gpio->phys_start = FIRST_REGS;
	gpio->virt_start = FIRST_REGS;
	gpio->size = REGS_SIZE;
}

/* Both cells have their registers for themselves. */
static void boot(void)
{
	struct jailhouse_memory *gpio = &first.mem[CELL_GPIO];

	boot_shared();
	gpio->flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED;
	second = make_second();
	second.mem[CELL_GPIO] = *gpio;
	second.mem[CELL_GPIO].phys_start = SECOND_REGS;
	second.mem[CELL_GPIO].virt_start = SECOND_REGS;
}

static enum mmio_result read_at(const struct cell *cell, u64 address, u8 size)
{
	struct mmio_access access = { .address = address, .size = size };
	enum mmio_result result;

	fake_device_pa = 0;
	fake_device_value = 0x42;
	result = mmio_handle(&cell->mmio, &access);
	if (result == MMIO_HANDLED) {
		CHECK_EQ(fake_device_pa, address);
		CHECK_EQ(access.value, 0x42);
	} else {
		CHECK_EQ(fake_device_pa, 0);
	}
	return result;
}

static enum mmio_result write_at(const struct cell *cell, u64 address, u8 size)
{
	struct mmio_access access = {
		.address = address, .size = size, .is_write = true,
		.value = 0x77,
	};
	enum mmio_result result;

	fake_device_pa = 0;
	fake_device_value = 0;
	result = mmio_handle(&cell->mmio, &access);
	CHECK_EQ(fake_device_value, result == MMIO_HANDLED ? 0x77 : 0);
	return result;
}

TEST(shared_region)
{
	struct cell *cell;

	boot_shared();
	CHECK_EQ(create(&first), 1);
	cell = cell_by_id(1);
	CHECK_EQ(read_at(cell, FIRST_REGS, 4), MMIO_HANDLED);
	CHECK_EQ(write_at(cell, FIRST_REGS, 4), MMIO_HANDLED);
	CHECK_EQ(read_at(cell, FIRST_REGS + REGS_SIZE, 4), MMIO_UNHANDLED);
	/* root has it mapped as before, the cell has not */
	check_unmapped(cell, REGS, PAGE_SIZE);
	check_mapped(&root_cell, REGS, REGS, PAGE_SIZE);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST);
}

/* The cell's own registers, and root's beside them. */
TEST(nothing_answers)
{
	boot();
	CHECK_EQ(create(&first), 1);
	fake_silent_pa = REGS;
	fake_silent_size = PAGE_SIZE;
	CHECK_EQ(read_at(cell_by_id(1), FIRST_REGS, 4), MMIO_ABORT);
	CHECK_EQ(write_at(cell_by_id(1), FIRST_REGS, 4), MMIO_ABORT);
	CHECK_EQ(read_at(&root_cell, REGS, 8), MMIO_ABORT);
	CHECK_EQ(write_at(&root_cell, REGS, 8), MMIO_ABORT);
	fake_check();
	/* what is not permitted is not tried */
	CHECK_EQ(read_at(&root_cell, FIRST_REGS, 4), MMIO_ERROR);
}

TEST(read_only_region)
{
	struct cell *cell;

	boot();
	first.mem[CELL_GPIO].flags &= ~(u64)JAILHOUSE_MEM_WRITE;
	CHECK_EQ(create(&first), 1);
	cell = cell_by_id(1);
	CHECK_EQ(read_at(cell, FIRST_REGS, 4), MMIO_HANDLED);
	CHECK_EQ(write_at(cell, FIRST_REGS, 4), MMIO_ERROR);
}

TEST(access_widths)
{
	static const u64 widths[] = {
		JAILHOUSE_MEM_IO_8, JAILHOUSE_MEM_IO_16, JAILHOUSE_MEM_IO_32,
		JAILHOUSE_MEM_IO_64,
	};
	struct jailhouse_memory *gpio = &first.mem[CELL_GPIO];
	struct cell *cell;

	boot();
	for (size_t n = 0; n < ARRAY_SIZE(widths); n++) {
		gpio->flags &= ~(0xfULL << JAILHOUSE_MEM_IO_WIDTH_SHIFT);
		gpio->flags |= widths[n] | JAILHOUSE_MEM_IO_UNALIGNED;
		CHECK_EQ(create(&first), 1);
		cell = cell_by_id(1);
		for (u8 size = 1; size <= 8; size *= 2)
			CHECK_EQ(read_at(cell, FIRST_REGS, size),
				 size == 1 << n ? MMIO_HANDLED : MMIO_ERROR);
		/* never across the alignment of registers */
		if (n)
			CHECK_EQ(read_at(cell, FIRST_REGS + 1, (u8)(1 << n)),
				 MMIO_ERROR);
		CHECK_EQ(destroy(1), 0);
	}
}

TEST(root_keeps_the_rest_of_the_page)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	CHECK_EQ(create(&first), 1);
	check_unmapped(&root_cell, REGS, PAGE_SIZE);
	check_mapped(&root_cell, REGS + PAGE_SIZE, REGS + PAGE_SIZE, PAGE_SIZE);
	CHECK_EQ(read_at(&root_cell, REGS, 4), MMIO_HANDLED);
	CHECK_EQ(read_at(&root_cell, FIRST_REGS - 1, 1), MMIO_HANDLED);
	CHECK_EQ(write_at(&root_cell, FIRST_REGS + REGS_SIZE, 8), MMIO_HANDLED);
	CHECK_EQ(read_at(&root_cell, REGS + PAGE_SIZE - 8, 8), MMIO_HANDLED);
	/* what is the cell's is not root's, not even a byte of it */
	CHECK_EQ(read_at(&root_cell, FIRST_REGS, 1), MMIO_ERROR);
	CHECK_EQ(write_at(&root_cell, FIRST_REGS + REGS_SIZE - 1, 1),
		 MMIO_ERROR);
	CHECK_EQ(read_at(&root_cell, FIRST_REGS + REGS_SIZE - 8, 8),
		 MMIO_ERROR);
	CHECK_EQ(read_at(&root_cell, FIRST_REGS + REGS_SIZE + 2, 4), MMIO_ERROR);

	fake_alloc_forbidden = true;
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST);
	check_mapped(&root_cell, REGS, REGS, PAGE_SIZE);
}

TEST(two_cells_in_one_page)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST + 1);
	CHECK_EQ(read_at(&root_cell, FIRST_REGS, 4), MMIO_ERROR);
	CHECK_EQ(read_at(&root_cell, SECOND_REGS, 4), MMIO_ERROR);
	CHECK_EQ(read_at(cell_by_id(2), SECOND_REGS, 4), MMIO_HANDLED);
	CHECK_EQ(read_at(cell_by_id(2), FIRST_REGS, 4), MMIO_UNHANDLED);
	/* the page stays divided until the last one goes */
	CHECK_EQ(destroy(1), 0);
	check_unmapped(&root_cell, REGS, PAGE_SIZE);
	CHECK_EQ(read_at(&root_cell, FIRST_REGS, 4), MMIO_HANDLED);
	CHECK_EQ(read_at(&root_cell, SECOND_REGS, 4), MMIO_ERROR);
	CHECK_EQ(destroy(2), 0);
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST);
}

TEST(two_regions_of_a_cell_in_one_page)
{
	struct jailhouse_memory *link = &first.mem[CELL_LINK];
	struct snapshot before;

	boot();
	before = take_snapshot();
	first.cell.num_pci_devices = 0;
	link[0] = second.mem[CELL_GPIO];
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST + 1);
	CHECK_EQ(read_at(&root_cell, FIRST_REGS, 4), MMIO_ERROR);
	CHECK_EQ(read_at(&root_cell, SECOND_REGS, 4), MMIO_ERROR);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

TEST(registers_of_another_cell)
{
	struct snapshot before;

	boot();
	CHECK_EQ(create(&first), 1);
	before = take_snapshot();
	second.mem[CELL_GPIO].phys_start = FIRST_REGS + REGS_SIZE - 8;
	CHECK_EQ(create(&second), -EBUSY);
	/* nor the page around them */
	second.mem[CELL_GPIO].phys_start = REGS;
	second.mem[CELL_GPIO].virt_start = REGS;
	second.mem[CELL_GPIO].size = PAGE_SIZE;
	CHECK_EQ(create(&second), -EBUSY);
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST + 1);
}

TEST(registers_that_root_does_not_have)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	first.mem[CELL_GPIO].phys_start = 0x2000000400;
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(root_cell.mmio.count, PCI_HOST);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

/* A second page, whose tables are others */
static void boot_with_two_pages(void)
{
	boot();
	first.mem[CELL_UART].flags = first.mem[CELL_GPIO].flags;
	first.mem[CELL_UART].size = REGS_SIZE;
}

TEST(create_runs_out_of_memory)
{
	CHECK(create_with_ever_more_pages(&first, boot_with_two_pages) > 5);
}

/* Root's table of trapped regions is full. */
TEST(too_many_pages)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	for (u64 n = PCI_HOST; n < MMIO_MAX_REGIONS; n++)
		CHECK_EQ(mmio_register(&root_cell.mmio,
				       0x7000000000 + n * PAGE_SIZE, 8, NULL,
				       NULL), 0);
	CHECK(create(&first) < 0);
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, MMIO_MAX_REGIONS);
}

TAP_MAIN(
	TAP_TEST(shared_region),
	TAP_TEST(nothing_answers),
	TAP_TEST(read_only_region),
	TAP_TEST(access_widths),
	TAP_TEST(root_keeps_the_rest_of_the_page),
	TAP_TEST(two_cells_in_one_page),
	TAP_TEST(two_regions_of_a_cell_in_one_page),
	TAP_TEST(registers_of_another_cell),
	TAP_TEST(registers_that_root_does_not_have),
	TAP_TEST(create_runs_out_of_memory),
	TAP_TEST(too_many_pages)
)
