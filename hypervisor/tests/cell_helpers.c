// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <core/arch.h>
#include <core/cell.h>
#include <core/console.h>
#include <lib/errno.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

struct sample_cell make_first(void)
{
	struct sample_cell config = sample_cell;

	config.cell.id = 1;
	return config;
}

struct sample_cell make_second(void)
{
	struct sample_cell config = sample_cell;

	config.cell.id = 2;
	memcpy(config.cell.name, "other", 6);
	config.cpus[0] = 1 << 1;
	config.irqchips[0].pin_bitmap[0] = 1 << (41 - 32);
	/* the other peer */
	config.cell.vpci_irq_base++;
	config.pci[0].shmem_dev_id = 0;
	config.mem[CELL_LINK + 2].flags |= JAILHOUSE_MEM_WRITE;
	config.mem[CELL_LINK + 3].flags &= ~(u64)JAILHOUSE_MEM_WRITE;
	config.mem[CELL_RAM].phys_start += SAMPLE_CELL_SIZE;
	return config;
}

s64 create(const struct sample_cell *config)
{
	fake_put_config(config, sizeof(*config));
	return fake_hypercall(0, JAILHOUSE_HC_CELL_CREATE, FAKE_CONFIG_PA, 0);
}

s64 start(u64 id)
{
	return fake_hypercall(0, JAILHOUSE_HC_CELL_START, id, 0);
}

s64 set_loadable(u64 id)
{
	return fake_hypercall(0, JAILHOUSE_HC_CELL_SET_LOADABLE, id, 0);
}

s64 destroy(u64 id)
{
	return fake_hypercall(0, JAILHOUSE_HC_CELL_DESTROY, id, 0);
}

s64 shutdown_cell(u64 id, u64 op)
{
	return fake_hypercall(0, CELLBLOCK_HC_CELL_SHUTDOWN, id, op);
}

s64 get_state(u64 id)
{
	return fake_hypercall(0, JAILHOUSE_HC_CELL_GET_STATE, id, 0);
}

void enter_for_cells(void)
{
	fake_enter((1ULL << fake_num_cpus) - 1);
	for (unsigned int cpu = 1; cpu < fake_num_cpus; cpu++)
		fake_cpu_off(cpu);
}

void boot_for_cells(void)
{
	fake_image_init();
	CHECK_EQ(fake_init(), 0);
	enter_for_cells();
}

struct cell *cell_by_id(u64 id)
{
	struct cell *cell;

	for_each_cell(cell)
		if (cell->id == id)
			return cell;
	tap_fail(__FILE__, __LINE__, "no cell has the id %llu", id);
}

struct cell *create_and_start(void)
{
	struct sample_cell config = make_first();

	boot_for_cells();
	CHECK_EQ(create(&config), 1);
	CHECK_EQ(start(1), 0);
	fake_run();
	return cell_by_id(1);
}

/* Places in root's address space where something could change. */
static u64 probe(unsigned int n)
{
	static const u64 places[] = {
		SAMPLE_RAM, SAMPLE_HV_BASE - PAGE_SIZE, SAMPLE_HV_BASE,
		SAMPLE_HV_BASE + SAMPLE_HV_SIZE, SAMPLE_UART, SAMPLE_GICD,
		SAMPLE_UART + 0x10000, SAMPLE_RAM + SAMPLE_RAM_SIZE - PAGE_SIZE,
	};

	if (n < ARRAY_SIZE(places))
		return places[n];
	/* around the cells' memory: pages, then steps of 1 MiB */
	n -= (unsigned int)ARRAY_SIZE(places);
	return n < 8 ? SAMPLE_CELL_RAM + (n - 4) * PAGE_SIZE :
		       SAMPLE_CELL_RAM + (n - 8) * 0x100000ULL;
}

struct snapshot take_snapshot(void)
{
	struct snapshot now = {
		.pool_used = page_pool_used(),
		.cells = cell_count,
		.units = fake_units_prepared,
		.cpus = root_cell.cpus,
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(now.states); n++)
		now.states[n] = cpus[n]->vcpu->state;
	for (n = 0; n < ARRAY_SIZE(now.ptes); n++)
		now.ptes[n] = paging_lookup(&root_cell.mem, probe(n),
					    &now.blocks[n]);
	return now;
}

void check_snapshot(const struct snapshot *before)
{
	struct snapshot now = take_snapshot();
	unsigned int n;

	CHECK_EQ(now.pool_used, before->pool_used);
	CHECK_EQ(now.cells, before->cells);
	CHECK_EQ(now.units, before->units);
	CHECK_EQ(now.cpus, before->cpus);
	for (n = 0; n < ARRAY_SIZE(now.states); n++)
		CHECK_EQ(now.states[n], before->states[n]);
	for (n = 0; n < ARRAY_SIZE(now.ptes); n++)
		if (now.ptes[n] != before->ptes[n] ||
		    now.blocks[n] != before->blocks[n])
			tap_fail(__FILE__, __LINE__,
				 "root's 0x%llx: 0x%llx (0x%llx bytes), not 0x%llx (0x%llx)",
				 probe(n), now.ptes[n], now.blocks[n],
				 before->ptes[n], before->blocks[n]);
}

void check_mapped(const struct cell *cell, u64 addr, u64 pa, u64 size)
{
	u64 end = addr + size, block;
	pte_t pte;

	for (; addr < end; addr += PAGE_SIZE, pa += PAGE_SIZE) {
		pte = paging_lookup(&cell->mem, addr, &block);
		if (!pte || pte_addr(pte) + (addr & (block - 1)) != pa)
			tap_fail(__FILE__, __LINE__,
				 "0x%llx is not mapped to 0x%llx (0x%llx)",
				 addr, pa, pte);
	}
}

void check_unmapped(const struct cell *cell, u64 addr, u64 size)
{
	u64 end = addr + size;

	for (; addr < end; addr += PAGE_SIZE)
		if (paging_lookup(&cell->mem, addr, NULL))
			tap_fail(__FILE__, __LINE__, "0x%llx is mapped", addr);
}

static void run_cell(const struct sample_cell *config)
{
	CHECK_EQ(create(config), config->cell.id);
	CHECK_EQ(start(config->cell.id), 0);
	fake_run();
}

static void end_cell(u64 id)
{
	CHECK_EQ(shutdown_cell(id, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(destroy(id), 0);
}

void come_and_go(void)
{
	struct sample_cell first = make_first(), second = make_second();

	run_cell(&first);
	run_cell(&second);
	end_cell(1);
	run_cell(&first);
	end_cell(2);
	end_cell(1);
}

void check_differs(const char *sentence)
{
	fake_may_bug = true;
	fake_hypercall_unchecked(0, JAILHOUSE_HC_CELL_GET_STATE, 1, 0);
	if (!strstr(hv_shared.console, sentence))
		tap_fail(__FILE__, __LINE__, "not reported: %s", hv_shared.console);
}

static const struct sample_cell *limited;
static void (*prepare_limited)(void);

/* 1 if that much memory is enough */
static int create_with_pages(long pages)
{
	struct snapshot before;
	u32 trapped;
	s64 result;

	prepare_limited();
	before = take_snapshot();
	trapped = root_cell.mmio.count;
	fake_alloc_limit = pages;
	result = create(limited);
	if (result == 1)
		return 1;
	CHECK_EQ(result, -ENOMEM);
	CHECK(strstr(refusal_text(), "enlarge hypervisor_memory"));
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, trapped);
	fake_alloc_limit = -1;
	CHECK_EQ(create(limited), 1);
	CHECK_EQ(destroy(1), 0);
	check_snapshot(&before);
	return 0;
}

long create_with_ever_more_pages(const struct sample_cell *config,
				 void (*prepare)(void))
{
	long pages = 0;

	limited = config;
	prepare_limited = prepare;
	while (!tap_child(create_with_pages, pages))
		pages++;
	return pages;
}
