// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Clearing in steps, and what others do between them (core/cell_mem.c, cell.c). */

#include <core/cell_mem.h>
#include <core/console.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

#define MB		0x100000ULL
/* memory that root's configuration does not have, so all of it is cleared */
#define ELSEWHERE	0x7000000000ULL
/* JAILHOUSE_SHMEM_NET_REGIONS() */
#define LINK_SIZE	0xff000ULL
#define STEPS		4
#define SIZE		(STEPS * MB)

static struct sample_cell cell;
static struct snapshot before;

/* Root runs on CPU 1 as well. */
static void boot(void)
{
	fake_image_init();
	CHECK_EQ(fake_init(), 0);
	fake_enter(0xf);
	fake_cpu_off(2);
	fake_cpu_off(3);
	cell = make_first();
	cell.cell.num_pci_devices = 0;
	cell.mem[CELL_RAM].phys_start = ELSEWHERE;
	cell.mem[CELL_RAM].size = SIZE;
	before = take_snapshot();
	fake_put_config(&cell, sizeof(cell));
	fake_one_step = true;
}

static s64 create_step(unsigned int cpu)
{
	return fake_hypercall(cpu, JAILHOUSE_HC_CELL_CREATE, FAKE_CONFIG_PA, 0);
}

static void check_cleared(u64 start, u64 size)
{
	for (u64 pa = start; pa < start + size; pa += PAGE_SIZE)
		if (!fake_is_cleared(pa))
			tap_fail(__FILE__, __LINE__, "0x%llx is not cleared", pa);
}

/* All steps of a call but the last; each has its share. */
static void make_steps(u64 nr, u64 arg1)
{
	for (u64 n = 1; n < STEPS; n++) {
		CHECK_EQ(fake_hypercall(0, nr, arg1, 0), (s64)nr);
		CHECK_EQ(fake_cleared_size, n * MB);
	}
}

static void create_all(void)
{
	fake_forget_cleared();
	make_steps(JAILHOUSE_HC_CELL_CREATE, FAKE_CONFIG_PA);
	CHECK_EQ(create_step(0), 1);
	CHECK_EQ(fake_cleared_size, SIZE);
	check_cleared(ELSEWHERE, SIZE);
}

TEST(steps)
{
	boot();
	create_all();
	CHECK_EQ(fake_repeats, STEPS - 1);
	fake_forget_cleared();
	make_steps(JAILHOUSE_HC_CELL_DESTROY, 1);
	CHECK_EQ(cell_count, 2);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(fake_cleared_size, SIZE);
	check_cleared(ELSEWHERE, SIZE);
	check_snapshot(&before);
}

/* The kernel may move its caller at any interrupt. */
TEST(another_cpu_goes_on)
{
	boot();
	for (unsigned int n = 1; n < STEPS; n++)
		CHECK_EQ(create_step(n % 2), JAILHOUSE_HC_CELL_CREATE);
	CHECK_EQ(create_step(0), 1);
	CHECK_EQ(fake_cleared_size, SIZE);
}

TEST(configuration_that_changes)
{
	struct sample_cell other;

	boot();
	create_step(0);
	other = cell;
	other.cell.name[0] = 'X';
	other.mem[CELL_RAM].phys_start += SIZE;
	fake_put_config(&other, sizeof(other));
	create_step(0);
	create_step(0);
	CHECK_EQ(create_step(0), 1);
	CHECK_STR(cell_by_id(1)->config->name, cell.cell.name);
	check_cleared(ELSEWHERE, SIZE);
}

/* There is no such cell yet. */
TEST(looking_does_not_end_a_creation)
{
	boot();
	create_step(0);
	CHECK_EQ(get_state(1), -ENOENT);
	CHECK_EQ(cell_count, 1);
	CHECK_EQ(create_step(0), JAILHOUSE_HC_CELL_CREATE);
	CHECK_EQ(fake_cleared_size, 2 * MB);
}

static void check_dropped(void)
{
	check_snapshot(&before);
	/* the caller comes back: as if it had not begun */
	create_all();
}

TEST(other_requests_end_a_creation)
{
	boot();
	create_step(0);
	CHECK_EQ(start(1), -ENOENT);
	check_dropped();
}

TEST(another_creation_ends_it)
{
	boot();
	create_step(0);
	CHECK_EQ(fake_hypercall(1, JAILHOUSE_HC_CELL_CREATE, SAMPLE_UART, 0),
		 -EINVAL);
	check_dropped();
}

TEST(disable_ends_a_creation)
{
	struct fake_call calls[2] = { { .nr = JAILHOUSE_HC_DISABLE },
				      { .nr = JAILHOUSE_HC_DISABLE } };

	boot();
	create_step(0);
	fake_hypercall_all(3, calls);
	CHECK_EQ(calls[0].result, 0);
	CHECK_EQ(calls[1].result, 0);
	/* the cell's too: the firmware has them back */
	CHECK(fake_cpus[2].off && fake_cpus[3].off);
}

TEST(nothing_answers_in_a_later_step)
{
	boot();
	fake_silent_pa = ELSEWHERE + 2 * MB;
	fake_silent_size = PAGE_SIZE;
	create_step(0);
	create_step(0);
	CHECK_EQ(create_step(0), -EIO);
	CHECK(strstr(refusal_text(), "no memory answers at 0x7000200000"));
	fake_silent_size = 0;
	check_dropped();
}

/* Memory behind a page that does not answer any more is cleared as well. */
TEST(destroy_goes_on_behind_what_does_not_answer)
{
	boot();
	create_all();
	fake_forget_cleared();
	fake_silent_pa = ELSEWHERE + PAGE_SIZE;
	fake_silent_size = PAGE_SIZE;
	fake_one_step = false;
	CHECK_EQ(destroy(1), 0);
	CHECK(!fake_is_cleared(fake_silent_pa));
	CHECK_EQ(fake_cleared_size, SIZE - PAGE_SIZE);
	check_cleared(ELSEWHERE, PAGE_SIZE);
	check_cleared(ELSEWHERE + 2 * PAGE_SIZE, SIZE - 2 * PAGE_SIZE);
	check_snapshot(&before);
}

/* The cell is whole, and stopped. What it or root may have written since is cleared again. */
static void check_destroy_begins_anew(void)
{
	cell_by_id(1)->stopped = true;
	fake_forget_cleared();
	make_steps(JAILHOUSE_HC_CELL_DESTROY, 1);
	CHECK_EQ(destroy(1), 0);
	check_cleared(ELSEWHERE, SIZE);
	check_snapshot(&before);
}

TEST(started_while_it_is_destroyed)
{
	boot();
	create_all();
	CHECK_EQ(destroy(1), JAILHOUSE_HC_CELL_DESTROY);
	CHECK_EQ(start(1), 0);
	fake_run();
	check_destroy_begins_anew();
}

TEST(lent_while_it_is_destroyed)
{
	boot();
	create_all();
	CHECK_EQ(destroy(1), JAILHOUSE_HC_CELL_DESTROY);
	CHECK_EQ(set_loadable(1), 0);
	check_mapped(&root_cell, ELSEWHERE, ELSEWHERE, SIZE);
	CHECK_EQ(destroy(1), JAILHOUSE_HC_CELL_DESTROY);
	check_unmapped(&root_cell, ELSEWHERE, SIZE);
	CHECK_EQ(set_loadable(1), 0);
	check_destroy_begins_anew();
}

TEST(failed_cells)
{
	boot();
	create_all();
	fake_forget_cleared();
	for (u64 n = 1; n < STEPS; n++)
		CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FAIL),
			 CELLBLOCK_HC_CELL_SHUTDOWN);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FAIL), 0);
	check_cleared(ELSEWHERE, SIZE);
	/* nobody could write since */
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(fake_cleared_size, SIZE);
	check_snapshot(&before);
}

/* The memory of the link that begins follows the cell's. */
TEST(links)
{
	u64 link = make_first().mem[CELL_LINK].phys_start;

	boot();
	cell.cell.num_pci_devices = 1;
	cell.mem[CELL_RAM].size = MB - PAGE_SIZE;
	fake_put_config(&cell, sizeof(cell));
	CHECK_EQ(create_step(0), JAILHOUSE_HC_CELL_CREATE);
	CHECK_EQ(fake_cleared_size, MB);
	CHECK_EQ(create_step(0), 1);
	CHECK_EQ(fake_cleared_size, MB - PAGE_SIZE + LINK_SIZE);
	check_cleared(link, LINK_SIZE);
}

TAP_MAIN(
	TAP_TEST(steps),
	TAP_TEST(another_cpu_goes_on),
	TAP_TEST(configuration_that_changes),
	TAP_TEST(looking_does_not_end_a_creation),
	TAP_TEST(other_requests_end_a_creation),
	TAP_TEST(another_creation_ends_it),
	TAP_TEST(disable_ends_a_creation),
	TAP_TEST(nothing_answers_in_a_later_step),
	TAP_TEST(destroy_goes_on_behind_what_does_not_answer),
	TAP_TEST(started_while_it_is_destroyed),
	TAP_TEST(lent_while_it_is_destroyed),
	TAP_TEST(failed_cells),
	TAP_TEST(links)
)
