// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What a permissive cell accesses and does not own (core/permissive.c). */

#include <core/arch.h>
#include <core/console.h>
#include <lib/errno.h>
#include <stdio.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

#define DEVICE		0x09200000ULL
#define OTHERS		0x09300000ULL	/* a driver of Linux has it */
#define SIZE		0x100000ULL
#define SHARED		(JAILHOUSE_MEM_IO | JAILHOUSE_MEM_ROOTSHARED)
#define ALL		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO_8 | \
			 JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_IO_64)
#define PC		0x1230

static struct sample_cell config;

static void add(unsigned int n, u64 address, u64 flags)
{
	config.mem[n] = (struct jailhouse_memory){
		.phys_start = address, .virt_start = address, .size = SIZE, .flags = flags,
	};
}

/* The cell on CPU 2. */
static struct cell *begin(void)
{
	boot_for_cells();
	config = make_first();
	config.cell.flags |= JAILHOUSE_CELL_PERMISSIVE;
	add(CELL_GPIO, DEVICE, SHARED | ALL | JAILHOUSE_MEM_LOGGED);
	add(CELL_UART, OTHERS, SHARED | JAILHOUSE_MEM_LOGGED);
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	fake_cpus[2].pc = PC;
	fake_device_pa = 0;
	fake_device_value = 0x42;
	return cell_by_id(1);
}

struct request {
	struct cell *cell;
	struct mmio_access access;
	enum mmio_result result;
};

static void serve(void *arg)
{
	struct request *request = arg;

	request->result = mmio_handle(&request->cell->mmio, &request->access);
}

static u64 request(struct cell *cell, u64 address, u8 size, bool is_write, u64 value)
{
	struct request request = { .cell = cell, .access = { address, value, size, is_write } };

	fake_on_cpu(2, serve, &request);
	fake_check();
	CHECK_EQ(request.result, MMIO_HANDLED);
	return request.access.value;
}

static u64 read_at(struct cell *cell, u64 address)
{
	return request(cell, address, 4, false, ~0ULL);
}

static struct cellblock_access entry(u64 n, u32 count)
{
	CHECK_EQ(fake_hypercall(0, CELLBLOCK_HC_CELL_FAULT, 1, 0), CELLBLOCK_FAULT_NONE);
	CHECK_EQ(hv_shared.record.access[n].count, count);
	return hv_shared.record.access[n];
}

/* How often it is in the log */
static unsigned int said(const char *text)
{
	static char log[CELLBLOCK_CONSOLE_LEN + 1];
	unsigned int count = 0;
	const char *at = log;

	memcpy(log, hv_shared.console, CELLBLOCK_CONSOLE_LEN);
	while ((at = strstr(at, text))) {
		at++;
		count++;
	}
	return count;
}

TEST(it_is_marked)
{
	begin();
	CHECK_EQ(said("Created cell \"sample\", PERMISSIVE\n"), 1);
	CHECK_EQ(said("PERMISSIVE: "), 0);
	entry(0, 0);
}

/* Trapped, and root keeps it. */
TEST(nothing_is_mapped)
{
	struct cell *cell = begin();

	check_unmapped(cell, DEVICE, SIZE);
	check_unmapped(cell, OTHERS, SIZE);
}

TEST(an_access_is_made)
{
	struct cell *cell = begin();
	struct cellblock_access access;

	CHECK_EQ(read_at(cell, DEVICE + 0x10008), 0x42);
	CHECK_EQ(fake_device_pa, DEVICE + 0x10008);
	access = entry(0, 1);
	CHECK_EQ(access.address, DEVICE + 0x10008);
	CHECK_EQ(access.pc, PC);
	CHECK_EQ(access.size, 4);
	CHECK_EQ(access.cpu, 2);
	CHECK_EQ(access.is_write, 0);
	CHECK_EQ(access.is_made, 1);
	CHECK_EQ(said("PERMISSIVE: cell \"sample\": read at 0x9210008, "
		      "PC 0x1230: made\n"), 1);
}

TEST(a_write_is_made)
{
	struct cell *cell = begin();

	request(cell, DEVICE + 2, 2, true, 0x77);
	CHECK_EQ(fake_device_value, 0x77);
	CHECK_EQ(fake_device_pa, DEVICE + 2);
	CHECK_EQ(entry(0, 1).is_write, 1);
	CHECK_EQ(said("write at 0x9200002, PC 0x1230: made\n"), 1);
}

/* What a driver of Linux has, what nothing answers at, and what is not aligned. */
TEST(what_cannot_be_made_is_zero)
{
	struct cell *cell = begin();

	CHECK_EQ(read_at(cell, OTHERS), 0);
	request(cell, OTHERS + 0x1000, 8, true, 0x77);
	CHECK_EQ(read_at(cell, DEVICE + 0x2002), 0);
	CHECK_EQ(fake_device_pa, 0);
	CHECK_EQ(fake_device_value, 0x42);
	fake_silent_pa = DEVICE + 0x3000;
	fake_silent_size = 4;
	CHECK_EQ(read_at(cell, DEVICE + 0x3000), 0);
	for (unsigned int n = 0; n < 4; n++)
		CHECK_EQ(entry(n, 1).is_made, 0);
	CHECK_EQ(said("PC 0x1230: not made\n"), 4);
}

/* One entry and one line for each page, reads and writes apart. */
TEST(each_page_once)
{
	struct cell *cell = begin();

	for (unsigned int n = 0; n < 5; n++)
		read_at(cell, DEVICE + 0x1000 + 4 * n);
	request(cell, DEVICE + 0x1000, 4, true, 0);
	read_at(cell, DEVICE + 0x2000);
	CHECK_EQ(entry(0, 5).address, DEVICE + 0x1000);
	CHECK_EQ(entry(1, 1).is_write, 1);
	CHECK_EQ(entry(2, 1).address, DEVICE + 0x2000);
	entry(3, 0);
	CHECK_EQ(said("PERMISSIVE: "), 3);
}

TEST(the_log_is_bounded)
{
	struct cell *cell = begin();

	for (unsigned int n = 0; n < CELLBLOCK_ACCESSES + 10; n++)
		read_at(cell, DEVICE + PAGE_SIZE * n);
	read_at(cell, DEVICE);
	entry(0, 2);
	CHECK_EQ(entry(CELLBLOCK_ACCESSES - 1, 11).address,
		 DEVICE + PAGE_SIZE * (CELLBLOCK_ACCESSES - 1));
	CHECK_EQ(said("PERMISSIVE: "), CELLBLOCK_ACCESSES);
}

/* Until it is destroyed; its faults are forgotten at each start. */
TEST(the_log_is_kept)
{
	struct cell *cell = begin();

	read_at(cell, DEVICE);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(start(1), 0);
	entry(0, 1);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(create(&config), 1);
	entry(0, 0);
}

/* The validator's rules are those of any region: not even root can give these away. */
TEST(never_what_others_own)
{
	struct sample_cell other = make_second();

	begin();
	other.mem[CELL_GPIO] = config.mem[CELL_GPIO];
	other.mem[CELL_GPIO].flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED;
	CHECK_EQ(create(&other), -EBUSY);
	add(CELL_GPIO, SAMPLE_HV_BASE, SHARED | ALL | JAILHOUSE_MEM_LOGGED);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	CHECK(create(&config) < 0);
	add(CELL_GPIO, SAMPLE_GICD & ~(SIZE - 1), SHARED | ALL | JAILHOUSE_MEM_LOGGED);
	CHECK(create(&config) < 0);
}

/* It is in the table of trapped regions, or nothing has changed. */
TEST(a_refusal_leaves_nothing)
{
	struct snapshot before;

	begin();
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	before = take_snapshot();
	add(CELL_UART, DEVICE + SIZE / 2, SHARED | JAILHOUSE_MEM_LOGGED);
	CHECK_EQ(create(&config), -EINVAL);
	check_snapshot(&before);
}

TAP_MAIN(
	TAP_TEST(it_is_marked),
	TAP_TEST(nothing_is_mapped),
	TAP_TEST(an_access_is_made),
	TAP_TEST(a_write_is_made),
	TAP_TEST(what_cannot_be_made_is_zero),
	TAP_TEST(each_page_once),
	TAP_TEST(the_log_is_bounded),
	TAP_TEST(the_log_is_kept),
	TAP_TEST(never_what_others_own),
	TAP_TEST(a_refusal_leaves_nothing)
)
