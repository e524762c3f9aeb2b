// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Life cycle of cells (core/cell.c, core/cell_mem.c, core/control.c). */

#include <core/arch.h>
#include <core/cell_mem.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/cpu.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

#define MB		0x100000ULL

/* Refused, with this reason, and nothing has changed. */
#define REFUSED(call, code, text)					\
	do {								\
		struct snapshot before_ = take_snapshot();		\
									\
		CHECK_EQ(call, code);					\
		CHECK_STR(refusal_text(), text);			\
		check_snapshot(&before_);				\
	} while (0)

static struct sample_cell first, second;

static void boot(void)
{
	boot_for_cells();
	first = make_first();
	second = make_second();
}

static void boot_with_first(void)
{
	boot();
	CHECK_EQ(create(&first), 1);
}

TEST(create_takes_and_destroy_returns)
{
	const struct jailhouse_memory *link = &first.mem[CELL_LINK];
	struct snapshot before;
	struct cell *cell;

	boot();
	before = take_snapshot();
	CHECK_EQ(create(&first), 1);
	cell = cell_by_id(1);
	CHECK_EQ(cell_count, 2);
	CHECK_EQ(cell->cpus, 0xc);
	CHECK_EQ(root_cell.cpus, 0x3);
	CHECK(cpus[2]->vcpu->cell == cell && cpus[3]->vcpu->cell == cell);
	CHECK(cell->arch.unit_taken);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_SHUT_DOWN);

	check_unmapped(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE);
	check_mapped(&root_cell, SAMPLE_CELL_RAM - MB, SAMPLE_CELL_RAM - MB,
		     MB);
	check_mapped(&root_cell, SAMPLE_CELL_RAM + SAMPLE_CELL_SIZE,
		     SAMPLE_CELL_RAM + SAMPLE_CELL_SIZE, MB);
	check_mapped(cell, 0, SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE);
	check_unmapped(cell, SAMPLE_CELL_SIZE, MB);
	check_mapped(cell, 0x80000000, arch_virt_to_phys(cell->comm),
		     PAGE_SIZE);
	/* shared: both have it */
	check_mapped(&root_cell, SAMPLE_UART, SAMPLE_UART, PAGE_SIZE);
	check_mapped(cell, SAMPLE_UART, SAMPLE_UART, PAGE_SIZE);
	check_mapped(&root_cell, link->phys_start, link->phys_start, PAGE_SIZE);
	check_mapped(cell, link->phys_start, link->phys_start, PAGE_SIZE);

	fake_alloc_forbidden = true;
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
	CHECK(cpus[2]->vcpu->cell == &root_cell && cpus[3]->vcpu->cell == &root_cell);
}

TEST(memory_in_pages_comes_back_as_blocks)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	first.mem[CELL_RAM].phys_start += 5 * PAGE_SIZE;
	first.mem[CELL_RAM].size = 3 * MB;
	CHECK_EQ(create(&first), 1);
	check_unmapped(&root_cell, SAMPLE_CELL_RAM + 5 * PAGE_SIZE, 3 * MB);
	check_mapped(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_RAM,
		     5 * PAGE_SIZE);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

TEST(memory_outside_of_root)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	first.mem[CELL_RAM].phys_start = 0x1000000000;
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(set_loadable(1), 0);
	check_mapped(&root_cell, 0x1000000000, 0x1000000000, SAMPLE_CELL_SIZE);
	CHECK_EQ(start(1), 0);
	check_unmapped(&root_cell, 0x1000000000, SAMPLE_CELL_SIZE);
	fake_run();
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

TEST(refused_configurations)
{
	boot();
	REFUSED(fake_hypercall(0, JAILHOUSE_HC_CELL_CREATE, SAMPLE_HV_BASE, 0),
		-EINVAL,
		"the configuration at 0x70000000 is not in root's memory");
	REFUSED(fake_hypercall(0, JAILHOUSE_HC_CELL_CREATE, ~0ULL - 10, 0),
		-EINVAL,
		"the configuration at 0xfffffffffffffff5 is not in root's memory");
	first.cell.num_memory_regions = ~0U;
	REFUSED(create(&first), -E2BIG,
		"the configuration is larger than 65536 bytes");
	first = make_first();
	first.cell.signature[0] = 'X';
	REFUSED(create(&first), -EINVAL,
		"not a cell configuration: no signature JHCLL");
	first = make_first();
	first.cpus[0] = 0x1c;
	REFUSED(create(&first), -EINVAL,
		"CPU 4 is not in the system configuration");
	first = make_first();
	first.mem[CELL_RAM].phys_start = SAMPLE_HV_BASE;
	first.mem[CELL_RAM].size = MB;
	REFUSED(create(&first), -EINVAL,
		"memory region 0 overlaps the hypervisor's memory");
	first = make_first();
	memcpy(first.cell.name, "root", 5);
	REFUSED(create(&first), -EEXIST, "a cell named \"root\" exists already");
	first = make_first();
	fake_unit_error = -EBUSY;
	REFUSED(create(&first), -EBUSY, "the unit is not willing");
	fake_unit_error = 0;
	CHECK_EQ(create(&first), 1);
}

/* What has been looked at is what counts. */
TEST(configuration_that_changes)
{
	struct sample_cell changed;

	boot();
	changed = first;
	changed.cell.id = 2;
	changed.cell.num_memory_regions = 0;
	fake_change_config(&changed, sizeof(changed));
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(destroy(1), 0);
}

TEST(cpus_that_are_not_free)
{
	boot();
	first.cpus[0] = 1;
	REFUSED(create(&first), -EBUSY,
		"CPU 0 is online in the root cell: take it offline first");
	/* the free CPU goes back too */
	first.cpus[0] = 0x9;
	REFUSED(create(&first), -EBUSY,
		"CPU 0 is online in the root cell: take it offline first");
	first = make_first();
	CHECK_EQ(create(&first), 1);
	second.cpus[0] = 0x6;
	CHECK_EQ(create(&second), -EBUSY);
	CHECK(strstr(refusal_text(), "CPU 2 belongs to cell \"sample\""));
}

TEST(names_and_ids_are_unique)
{
	boot_with_first();
	memcpy(second.cell.name, "sample", 7);
	CHECK_EQ(create(&second), -EEXIST);
	CHECK(strstr(refusal_text(), "\"sample\""));
	second = make_second();
	second.cell.id = 1;
	REFUSED(create(&second), -EEXIST, "cell \"sample\" has the id 1 already");
	second.cell.id = 0;
	REFUSED(create(&second), -EEXIST, "cell \"root\" has the id 0 already");
	second.cell.id = 2;
	CHECK_EQ(create(&second), 2);
}

/* The second cell's memory, in any shape, is not the first one's. */
TEST(memory_of_another_cell)
{
	struct jailhouse_memory *ram = &second.mem[CELL_RAM];
	struct jailhouse_memory *gpio = &second.mem[CELL_GPIO];
	struct snapshot before;

	boot_with_first();
	before = take_snapshot();
	ram->phys_start = SAMPLE_CELL_RAM;
	CHECK_EQ(create(&second), -EBUSY);
	CHECK(strstr(refusal_text(), "cell \"sample\""));
	ram->phys_start = SAMPLE_CELL_RAM - SAMPLE_CELL_SIZE / 2;
	CHECK_EQ(create(&second), -EBUSY);
	second = make_second();
	ram->flags |= JAILHOUSE_MEM_ROOTSHARED;
	ram->phys_start = SAMPLE_CELL_RAM;
	CHECK_EQ(create(&second), -EBUSY);
	/* access by access is access all the same */
	second = make_second();
	gpio->phys_start = SAMPLE_CELL_RAM + 0x400;
	CHECK_EQ(create(&second), -EBUSY);
	check_snapshot(&before);
}

/* Tables for both ends of the memory, at all levels */
static void boot_for_many_tables(void)
{
	boot();
	first.mem[CELL_RAM].phys_start += 0x200000 - PAGE_SIZE;
	first.mem[CELL_RAM].virt_start = 0x3ffff000;
}

TEST(create_runs_out_of_memory)
{
	CHECK(create_with_ever_more_pages(&first, boot_for_many_tables) > 8);
}

TEST(start_stop_and_start_again)
{
	struct cell *cell;

	boot();
	first.cell.cpu_reset_address = 0x1230;
	CHECK_EQ(create(&first), 1);
	cell = cell_by_id(1);
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_RUNNING);
	CHECK_EQ(fake_cpus[2].starts, 1);
	CHECK_EQ(fake_cpus[2].start_address, 0x1230);
	CHECK_EQ(fake_cpus[2].start_arg, 0);
	CHECK_EQ(fake_cpus[3].starts, 0);
	CHECK_EQ(cell->arch.unit_resets, 1);
	REFUSED(start(1), -EBUSY, "cell \"sample\" is not shut down");

	/* as by PSCI CPU_ON */
	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0x5000, 7), 0);
	fake_run();
	CHECK_EQ(fake_cpus[3].start_address, 0x5000);
	CHECK_EQ(fake_cpus[3].start_arg, 7);
	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0, 0), -EBUSY);
	CHECK_EQ(control_start_vcpu(cell, cpus[1]->vcpu, 0, 0), -EINVAL);

	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK(fake_cpus[2].parked && fake_cpus[3].parked);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_SHUT_DOWN);
	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0, 0), -EPERM);

	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK_EQ(fake_cpus[2].starts, 2);
	CHECK_EQ(fake_cpus[3].starts, 1);
	CHECK_EQ(cell->arch.unit_resets, 2);
}

TEST(destroy_of_a_running_cell_asks)
{
	boot_with_first();
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK_EQ(destroy(1), -EAGAIN);
	CHECK_EQ(set_loadable(1), -EAGAIN);
	CHECK(fake_cpus[2].in_guest);
	cell_by_id(1)->comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	fake_alloc_forbidden = true;
	CHECK_EQ(destroy(1), 0);
	CHECK(fake_cpus[2].parked && fake_cpus[3].parked);
	CHECK_EQ(cell_count, 1);
}

TEST(unknown_cells)
{
	boot();
	REFUSED(start(7), -ENOENT, "no cell has the id 7");
	REFUSED(set_loadable(7), -ENOENT, "no cell has the id 7");
	REFUSED(destroy(1ULL << 32), -ENOENT, "no cell has the id 4294967296");
	CHECK_EQ(get_state(7), -ENOENT);
	REFUSED(start(0), -EINVAL, "the root cell cannot be managed");
	REFUSED(set_loadable(0), -EINVAL, "the root cell cannot be managed");
	REFUSED(destroy(0), -EINVAL, "the root cell cannot be managed");
	REFUSED(shutdown_cell(0, CELLBLOCK_SHUTDOWN_FORCE), -EINVAL,
		"the root cell cannot be managed");
}

TEST(loadable_memory_is_lent)
{
	struct cell *cell;

	boot_with_first();
	cell = cell_by_id(1);
	CHECK_EQ(set_loadable(1), 0);
	check_mapped(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_RAM,
		     SAMPLE_CELL_SIZE);
	CHECK_EQ(set_loadable(1), 0);
	CHECK_EQ(start(1), 0);
	check_unmapped(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE);
	fake_run();
	CHECK(fake_cpus[2].in_guest);

	/* from a running cell: it stops first */
	cell->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(set_loadable(1), 0);
	CHECK(fake_cpus[2].parked);
	check_mapped(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_RAM,
		     SAMPLE_CELL_SIZE);
	fake_alloc_forbidden = true;
	CHECK_EQ(destroy(1), 0);
}

/* The driver clears what Linux had; what it never had is cleared here. */
TEST(memory_that_root_lacks_is_cleared)
{
	boot_with_first();
	fake_forget_cleared();
	second.mem[CELL_RAM].phys_start = 0x7000000000;
	CHECK_EQ(create(&second), 2);
	CHECK(fake_is_cleared(0x7000000000));
	CHECK_EQ(fake_cleared_size, second.mem[CELL_RAM].size);
}

/*
 * Another cell comes and goes while this one's memory is lent, and both have
 * parts of the same 2 MiB: root must not get a block over the lent memory.
 */
TEST(lent_memory_stays_apart)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	first.mem[CELL_RAM].size = MB;
	second.mem[CELL_RAM].phys_start = SAMPLE_CELL_RAM + MB;
	second.mem[CELL_RAM].size = MB;
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(set_loadable(1), 0);
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(destroy(2), 0);
	CHECK_EQ(start(1), 0);
	check_unmapped(&root_cell, SAMPLE_CELL_RAM, MB);
	check_mapped(&root_cell, SAMPLE_CELL_RAM + MB, SAMPLE_CELL_RAM + MB,
		     MB);
	fake_run();
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

/* Lending of memory beside a cell's, which root's configuration lacks. */
TEST(returning_needs_no_memory_ever)
{
	struct snapshot before;

	fake_image_init();
	fake_mem(SYS_RAM_HIGH)->size -= MB;
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
	before = take_snapshot();
	/* the end of root's RAM, not at 2 MiB, and the memory after it */
	first = make_first();
	first.mem[CELL_RAM].phys_start = SAMPLE_RAM + SAMPLE_RAM_SIZE - 2 * MB;
	first.mem[CELL_RAM].size = MB;
	second = make_second();
	second.mem[CELL_RAM].phys_start = SAMPLE_RAM + SAMPLE_RAM_SIZE - MB;
	second.mem[CELL_RAM].size = MB;
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(create(&second), 2);
	CHECK_EQ(set_loadable(2), 0);
	CHECK_EQ(start(2), 0);
	fake_run();
	CHECK_EQ(shutdown_cell(2, CELLBLOCK_SHUTDOWN_FORCE), 0);
	fake_alloc_forbidden = true;
	CHECK_EQ(destroy(2), 0);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
}

static void fail(void *arg)
{
	(void)arg;
	cell_fail();
}

TEST(failed_cell)
{
	struct cell *cell = create_and_start();

	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0, 0), 0);
	fake_run();
	fake_on_cpu(2, fail, NULL);
	fake_check();
	CHECK(fake_cpus[2].parked);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED);
	CHECK_EQ(fake_hypercall(0, JAILHOUSE_HC_CPU_GET_INFO, 2,
				JAILHOUSE_CPU_INFO_STATE),
		 JAILHOUSE_CPU_FAILED);
	/* its other CPU goes on, and cannot start this one again */
	CHECK(fake_cpus[3].in_guest);
	CHECK_EQ(control_start_vcpu(cell, cpus[2]->vcpu, 0, 0), -EPERM);
	/* nobody is asked any more */
	CHECK_EQ(set_loadable(1), 0);
	CHECK(fake_cpus[3].parked);
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK(fake_cpus[2].in_guest);
	CHECK_EQ(fake_hypercall(0, JAILHOUSE_HC_CPU_GET_INFO, 2,
				JAILHOUSE_CPU_INFO_STATE),
		 JAILHOUSE_CPU_RUNNING);
}

static void switch_off(void *arg)
{
	(void)arg;
	cell_stop_self(false);
}

TEST(cell_switches_itself_off)
{
	struct cell *cell = create_and_start();

	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0, 0), 0);
	fake_run();
	fake_on_cpu(3, switch_off, NULL);
	fake_run();
	CHECK(fake_cpus[2].parked && fake_cpus[3].parked);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_SHUT_DOWN);
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK(fake_cpus[2].in_guest && !fake_cpus[3].in_guest);
}

/* It is woken, to be stopped at its next instruction. */
TEST(cpu_that_waits)
{
	struct cell *cell = create_and_start();

	fake_cpus[2].waits = true;
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK(fake_cpus[2].parked);
	/* its memory is there again */
	check_mapped(cell, 0, SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE);
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK(fake_cpus[2].in_guest);
}

TEST(cpu_that_does_not_answer)
{
	struct cell *cell = create_and_start();

	fake_cpus[2].asleep = true;
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), -EIO);
	CHECK(strstr(refusal_text(), "CPU 2 of cell \"sample\""));
	CHECK_EQ(cell_count, 2);
	/* nothing of the cell changes hands, nor does it start anew */
	CHECK_EQ(start(1), -EBUSY);
	CHECK_EQ(set_loadable(1), -EIO);
	CHECK_EQ(destroy(1), -EIO);
	check_unmapped(&root_cell, SAMPLE_CELL_RAM, SAMPLE_CELL_SIZE);
	/* no instruction of its guest is executed any more */
	check_unmapped(cell, 0, SAMPLE_CELL_SIZE);
	fake_cpus[2].asleep = false;
	fake_run();
	CHECK(fake_cpus[2].parked);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(1), 0);
}

/* A start that was not yet noticed when the cell is stopped never happens. */
TEST(stop_overtakes_start)
{
	struct cell *cell = create_and_start();

	fake_cpus[3].asleep = true;
	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0x4000, 0), 0);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	fake_cpus[3].asleep = false;
	fake_run();
	CHECK_EQ(fake_cpus[3].starts, 0);
	CHECK(fake_cpus[3].parked);
}

TEST(cpu_goes_back_to_root)
{
	boot_with_first();
	CHECK_EQ(destroy(1), 0);
	/* root switches it on again, as by PSCI CPU_ON */
	CHECK_EQ(control_start_vcpu(&root_cell, cpus[2]->vcpu, 0x40080000, 5), 0);
	fake_run();
	CHECK(fake_cpus[2].in_guest);
	CHECK_EQ(fake_cpus[2].start_address, 0x40080000);
	REFUSED(create(&first), -EBUSY,
		"CPU 2 is online in the root cell: take it offline first");
	fake_cpu_off(2);
	CHECK_EQ(create(&first), 1);
}

TEST(locked_cell)
{
	struct cell *cell = create_and_start();

	second = make_second();
	cell->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	REFUSED(create(&second), -EPERM,
		"cell \"sample\" has locked the configuration");
	REFUSED(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), -EPERM,
		"cell \"sample\" has locked the configuration and must be asked");
	CHECK_EQ(destroy(1), -EAGAIN);
	cell->comm->cell_state = JAILHOUSE_CELL_RUNNING;
	CHECK_EQ(create(&second), 2);
	cell->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	REFUSED(start(2), -EPERM,
		"cell \"sample\" has locked the configuration");
	REFUSED(destroy(2), -EPERM,
		"cell \"sample\" has locked the configuration");
	/* its own end is its own business */
	cell->comm->reply_from_cell = JAILHOUSE_MSG_REQUEST_APPROVED;
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(destroy(2), 0);
}

static s64 fail_cell(u64 id)
{
	return shutdown_cell(id, CELLBLOCK_SHUTDOWN_FAIL);
}

/* All CPUs of a cell that root has found failed stop. */
TEST(failed_by_root)
{
	struct cell *cell = create_and_start();

	CHECK_EQ(control_start_vcpu(cell, cpus[3]->vcpu, 0, 0), 0);
	fake_run();
	CHECK_EQ(fail_cell(1), 0);
	CHECK(fake_cpus[2].parked && fake_cpus[3].parked);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED);
	/* root borrows all its RAM and clears that itself; the link's is new */
	CHECK_EQ(fake_cleared_size, LINK_SIZE);
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK(fake_cpus[2].in_guest);

	cell->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	REFUSED(fail_cell(1), -EPERM,
		"cell \"sample\" has locked the configuration and must be asked");
	cell->comm->watchdog_timeout = 1;
	CHECK_EQ(fail_cell(1), 0);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED);
	CHECK_EQ(start(1), 0);
	fake_run();
	fake_cpus[2].asleep = true;
	CHECK_EQ(fail_cell(1), -EIO);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_FAILED);
	CHECK_EQ(fail_cell(0), -EINVAL);
	CHECK_EQ(fail_cell(7), -ENOENT);
}

TEST(memory_that_is_not_lent_is_cleared)
{
	boot();
	first.mem[CELL_RAM].flags &= ~(u64)JAILHOUSE_MEM_LOADABLE;
	CHECK_EQ(create(&first), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	fake_forget_cleared();
	CHECK_EQ(fail_cell(1), 0);
	CHECK(fake_is_cleared(SAMPLE_CELL_RAM));
	CHECK_EQ(fake_cleared_size, SAMPLE_CELL_SIZE);

	/* a cell that was stopped has not failed by being cleared again */
	CHECK_EQ(start(1), 0);
	fake_run();
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	fake_cleared_size = 0;
	CHECK_EQ(fail_cell(1), 0);
	CHECK_EQ(fake_cleared_size, SAMPLE_CELL_SIZE);
	CHECK_EQ(get_state(1), JAILHOUSE_CELL_SHUT_DOWN);
}

#define CELL_CPU	2

/* After an update */
static bool recheck(unsigned int cpu, u64 addr, bool is_write, bool is_exec)
{
	cpus[cpu]->vcpu->cell->mem.updates++;
	return cell_mem_recheck(cpus[cpu]->vcpu, addr, is_write, is_exec);
}

TEST(faults_in_the_middle_of_an_update)
{
	create_and_start();
	CHECK(recheck(CELL_CPU, 0x1000, true, false));
	CHECK(recheck(CELL_CPU, 0x1000, false, true));
	CHECK(!recheck(CELL_CPU, SAMPLE_CELL_SIZE, false, false));
	CHECK(!recheck(CELL_CPU, SAMPLE_UART, false, true));
	CHECK(recheck(CELL_CPU, SAMPLE_UART, true, false));
}

/* Each update explains one fault of each CPU; the first after the start is given. */
TEST(faults_without_an_update)
{
	struct vcpu *vcpu;
	struct cell *cell = create_and_start();

	vcpu = cpus[CELL_CPU]->vcpu;
	CHECK(cell_mem_recheck(vcpu, 0x1000, true, false));
	CHECK(!cell_mem_recheck(vcpu, 0x1000, true, false));
	CHECK(!cell_mem_recheck(vcpu, 0x2000, false, false));
	CHECK_EQ(paging_split(&cell->mem, 0x1000, 0x1000), 0);
	CHECK(cell_mem_recheck(vcpu, 0x1000, true, false));
	CHECK(!cell_mem_recheck(vcpu, 0x1000, true, false));
	paging_collapse(&cell->mem, 0x1000, 0x1000, false);
	CHECK(cell_mem_recheck(vcpu, 0x1000, true, false));
	CHECK(!cell_mem_recheck(vcpu, 0x1000, true, false));
	paging_hide(&cell->mem);
	CHECK(!cell_mem_recheck(vcpu, 0x1000, true, false));
	paging_show(&cell->mem);
	CHECK(cell_mem_recheck(vcpu, 0x1000, true, false));
	CHECK(!cell_mem_recheck(vcpu, 0x1000, true, false));
	/* root's, which have not looked yet */
	CHECK(cell_mem_recheck(cpus[0]->vcpu, SAMPLE_RAM, true, false));
	CHECK(!cell_mem_recheck(cpus[0]->vcpu, SAMPLE_RAM, true, false));
	CHECK(cell_mem_recheck(cpus[1]->vcpu, SAMPLE_RAM, true, false));
}

TEST(root_owns)
{
	boot_with_first();
	CHECK(cell_mem_root_owns(SAMPLE_RAM, SAMPLE_HV_BASE - SAMPLE_RAM));
	CHECK(!cell_mem_root_owns(SAMPLE_HV_BASE - 1, 2));
	CHECK(!cell_mem_root_owns(SAMPLE_CELL_RAM - 1, 2));
	CHECK(!cell_mem_root_owns(SAMPLE_CELL_RAM, 1));
	CHECK(cell_mem_root_owns(SAMPLE_CELL_RAM - 1, 1));
	CHECK(!cell_mem_root_owns(~0ULL, 2));
	CHECK(!cell_mem_root_owns(~0ULL - 1, 1));
}

/* Where root's RAM begins and ends, by going through all that it can have. */
static size_t root_borders(u64 *borders, size_t max)
{
	u64 end, at = 0, was_owned = 0;
	size_t n = 0;
	s64 part;

	while ((part = fake_hypercall(0, CELLBLOCK_HC_ROOT_MEMORY, at, 0)) > 0) {
		end = (u64)part & ~CELLBLOCK_ROOT_MEMORY_OWNED;
		CHECK(end > at && !(end % PAGE_SIZE));
		if (((u64)part & CELLBLOCK_ROOT_MEMORY_OWNED) != was_owned && n++ < max)
			borders[n - 1] = at;
		was_owned = (u64)part & CELLBLOCK_ROOT_MEMORY_OWNED;
		at = end;
	}
	CHECK_EQ(part, -EINVAL);
	return n;
}

TEST(root_parts)
{
	const u64 expected[] = {
		SAMPLE_RAM, SAMPLE_HV_BASE,
		SAMPLE_HV_BASE + SAMPLE_HV_SIZE, SAMPLE_CELL_RAM,
		SAMPLE_CELL_RAM + SAMPLE_CELL_SIZE, SAMPLE_RAM + SAMPLE_RAM_SIZE,
		/* what the hypervisor shows to root is somewhere in the test itself */
	};
	u64 borders[ARRAY_SIZE(expected) + 2];

	boot_with_first();
	CHECK_EQ(root_borders(borders, ARRAY_SIZE(borders)), ARRAY_SIZE(borders));
	for (size_t n = 0; n < ARRAY_SIZE(expected); n++)
		CHECK_EQ(borders[n], expected[n]);
}

/* The GIC is cut out of a region of root's that covers it. */
TEST(reserved_ranges_are_not_mapped)
{
	fake_image_init();
	*fake_mem(SYS_DEVICES) = (struct jailhouse_memory) {
		.phys_start = 0x08000000, .virt_start = 0x08000000,
		.size = SAMPLE_ECAM - 0x08000000,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
			JAILHOUSE_MEM_IO,
	};
	CHECK_EQ(fake_init(), 0);
	check_unmapped(&root_cell, SAMPLE_GICD, 0x10000);
	check_mapped(&root_cell, SAMPLE_GICD + 0x10000, SAMPLE_GICD + 0x10000,
		     0x90000);
	check_unmapped(&root_cell, SAMPLE_GICR, FAKE_CPUS * 0x20000);
	check_mapped(&root_cell, SAMPLE_GICR + FAKE_CPUS * 0x20000,
		     SAMPLE_GICR + FAKE_CPUS * 0x20000, PAGE_SIZE);
	/* root reads, and only reads, the console */
	check_mapped(&root_cell, arch_virt_to_phys(&hv_shared),
		     arch_virt_to_phys(&hv_shared), sizeof(hv_shared));
	CHECK(!recheck(0, arch_virt_to_phys(&hv_shared), true, false));
}

/* Approves whatever it is asked. */
static void obliging_guest(struct cpu *cpu)
{
	struct jailhouse_comm_region *comm = cpu->vcpu->cell->comm;

	if (cpu->vcpu->cell == &root_cell || !comm->msg_to_cell)
		return;
	comm->reply_from_cell =
		comm->msg_to_cell == JAILHOUSE_MSG_SHUTDOWN_REQUEST ?
		JAILHOUSE_MSG_REQUEST_APPROVED : JAILHOUSE_MSG_RECEIVED;
	comm->msg_to_cell = JAILHOUSE_MSG_NONE;
}

static void random_step(void)
{
	static bool exists[3];
	u64 id = 1 + tap_below(2);
	s64 result;

	fake_alloc_forbidden = false;
	switch (tap_below(6)) {
	case 0:
		result = create(id == 1 ? &first : &second);
		CHECK_EQ(result, exists[id] ? -EEXIST : (s64)id);
		exists[id] = true;
		return;
	case 1:
		result = start(id);
		CHECK(result == 0 || result == (exists[id] ? -EBUSY : -ENOENT));
		return;
	case 2:
		result = set_loadable(id);
		CHECK(result == 0 || result == (exists[id] ? -EAGAIN : -ENOENT));
		return;
	case 3:
		fake_alloc_forbidden = true;
		result = shutdown_cell(id, tap_below(3));
		CHECK(result == 0 || result == (exists[id] ? -EAGAIN : -ENOENT));
		return;
	case 4:
		fake_alloc_forbidden = true;
		result = destroy(id);
		CHECK(result == 0 || result == (exists[id] ? -EAGAIN : -ENOENT));
		if (!result)
			exists[id] = false;
		return;
	default:
		fake_run();
	}
}

static int random_lives(long seed)
{
	struct snapshot before;

	boot();
	tap_seed((u64)seed);
	/* neighbours in one block of 2 MiB, at odd pages */
	first.mem[CELL_RAM].size = MB + PAGE_SIZE;
	second.mem[CELL_RAM].phys_start = SAMPLE_CELL_RAM + MB + PAGE_SIZE;
	second.mem[CELL_RAM].size = MB;
	fake_guest = obliging_guest;
	before = take_snapshot();
	for (int n = 0; n < 200; n++)
		random_step();
	fake_alloc_forbidden = false;
	for (u64 id = 1; id <= 2; id++) {
		shutdown_cell(id, CELLBLOCK_SHUTDOWN_FORCE);
		destroy(id);
	}
	check_snapshot(&before);
	return 0;
}

TEST(random_life_cycles)
{
	for (long seed = 1; seed <= 10; seed++)
		tap_child(random_lives, seed);
}

TAP_MAIN(
	TAP_TEST(create_takes_and_destroy_returns),
	TAP_TEST(memory_in_pages_comes_back_as_blocks),
	TAP_TEST(memory_outside_of_root),
	TAP_TEST(refused_configurations),
	TAP_TEST(configuration_that_changes),
	TAP_TEST(cpus_that_are_not_free),
	TAP_TEST(names_and_ids_are_unique),
	TAP_TEST(memory_of_another_cell),
	TAP_TEST(create_runs_out_of_memory),
	TAP_TEST(start_stop_and_start_again),
	TAP_TEST(destroy_of_a_running_cell_asks),
	TAP_TEST(unknown_cells),
	TAP_TEST(loadable_memory_is_lent),
	TAP_TEST(memory_that_root_lacks_is_cleared),
	TAP_TEST(lent_memory_stays_apart),
	TAP_TEST(returning_needs_no_memory_ever),
	TAP_TEST(failed_cell),
	TAP_TEST(cell_switches_itself_off),
	TAP_TEST(cpu_that_waits),
	TAP_TEST(cpu_that_does_not_answer),
	TAP_TEST(stop_overtakes_start),
	TAP_TEST(cpu_goes_back_to_root),
	TAP_TEST(locked_cell),
	TAP_TEST(failed_by_root),
	TAP_TEST(memory_that_is_not_lent_is_cleared),
	TAP_TEST(faults_in_the_middle_of_an_update),
	TAP_TEST(faults_without_an_update),
	TAP_TEST(root_owns),
	TAP_TEST(root_parts),
	TAP_TEST(reserved_ranges_are_not_mapped),
	TAP_TEST(random_life_cycles)
)
