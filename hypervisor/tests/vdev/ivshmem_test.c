// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* The virtual PCI host and IVSHMEM links (vdev/pci.c, vdev/ivshmem.c). */

#include <arch/boot.h>
#include <core/arch.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <vdev/ivshmem.h>
#include <string.h>

#include "cell_helpers.h"
#include "fake/fake.h"
#include "fake/machine.h"
#include "link_cells.h"
#include "tap.h"

static struct cell *a, *b;

static void boot_both(void)
{
	boot();
	run(&a, &config_a);
	run(&b, &config_b);
	fake_num_irqs = 0;
}

static u64 read_at(const struct cell *cell, u64 address, u8 size)
{
	struct trapped t = access_at(cell, address, size, false, 0);

	CHECK_EQ(t.result, MMIO_HANDLED);
	return t.access.value;
}

static void write_at(const struct cell *cell, u64 address, u8 size, u64 value)
{
	CHECK_EQ(access_at(cell, address, size, true, value).result,
		 MMIO_HANDLED);
}

static u64 ecam(u32 bdf, u32 offset)
{
	return SAMPLE_ECAM + bdf * 4096ULL + offset;
}

static u32 cfg(const struct cell *cell, u32 bdf, u32 offset)
{
	return (u32)read_at(cell, ecam(bdf, offset), 4);
}

static void set_cfg(const struct cell *cell, u32 bdf, u32 offset, u32 value)
{
	write_at(cell, ecam(bdf, offset), 4, value);
}

static u32 reg(const struct cell *cell, u32 offset)
{
	return (u32)read_at(cell, BAR_AT + offset, 4);
}

static void set_reg(const struct cell *cell, u32 offset, u32 value)
{
	write_at(cell, BAR_AT + offset, 4, value);
}

static u32 denied(const struct cell *cell)
{
	return cpus[__builtin_ctzll(cell->cpus)]->vcpu->
		stats[CELLBLOCK_CPU_STAT_DENIED];
}

/* BARs 0 and 1 of the device are at BAR_AT, interrupts are on. */
static void attach(const struct cell *cell, u32 bdf)
{
	set_cfg(cell, bdf, PCI_BAR(0), BAR_AT);
	set_cfg(cell, bdf, PCI_BAR(1), BAR_AT + 0x1000);
	set_cfg(cell, bdf, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	set_reg(cell, IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	fake_num_irqs = 0;
}

static void ring(const struct cell *cell, u32 target, u32 vector)
{
	set_reg(cell, IVSHMEM_REG_DOORBELL, target << 16 | vector);
}

static void check_irqs(unsigned int count, u32 intid)
{
	CHECK_EQ(fake_num_irqs, count);
	if (count)
		CHECK_EQ(fake_irqs[count - 1], intid);
	fake_num_irqs = 0;
}

/* INTB of the cell */
static u32 intx(const struct cell *cell)
{
	return 32 + cell->config->vpci_irq_base + 1;
}

/* Configuration space against a model of bytes. */

static u8 model[4096], writable[4096];

static void put32(u8 *at, u32 value)
{
	memcpy(at, &value, 4);
}

static void make_model(bool msix)
{
	memset(model, 0, sizeof(model));
	memset(writable, 0, sizeof(writable));
	put32(model, 0x4106110a);
	put32(model + 4, 0x00100000);
	put32(writable + 4, 0x0406);
	put32(model + 8, msix ? 0xff000000 : 0xff400100);
	put32(writable + 0x10, 0xfffff000);
	put32(writable + 0x14, msix ? 0xfffff000 : 0);
	put32(model + 0x2c, 0x4106110a);
	put32(model + 0x34, 0x40);
	put32(model + 0x3c, msix ? 0 : 0x200);
	writable[0x3c] = 0xff;
	put32(model + 0x40, msix ? 0x00206009 : 0x00200009);
	writable[0x43] = 1;
	put32(model + 0x44, 0x1000);
	put32(model + 0x48, msix ? 0 : 0x3000);
	put32(model + 0x50, msix ? 0x1000 : 0x2000);
	put32(model + 0x58, msix ? MSIX_AT : LINK_AT);
	if (!msix)
		return;
	put32(model + 0x60, 0x00020011);
	put32(writable + 0x60, 0xc0000000);
	put32(model + 0x64, 1);
	put32(model + 0x68, 0x101);
}

static void try_space(u32 bdf)
{
	u32 offset = tap_below(8) ? (u32)tap_below(0x70) : (u32)tap_below(4096);
	u8 size = (u8)(1U << tap_below(4));
	u64 value = tap_random() >> (64 - 8 * size), expected = 0;
	bool odd = size > 4 || offset % size;

	if (offset + size > 4096)
		return;
	if (tap_below(2)) {
		write_at(a, ecam(bdf, offset), size, value);
		for (u32 n = 0; n < size && !odd; n++)
			model[offset + n] = (u8)
				((model[offset + n] & ~writable[offset + n]) |
				 ((value >> 8 * n) & writable[offset + n]));
		return;
	}
	memcpy(&expected, model + offset, size);
	if (odd)
		expected = ~0ULL >> (64 - 8 * size);
	CHECK_EQ(read_at(a, ecam(bdf, offset), size), expected);
}

TEST(configuration_space)
{
	boot_both();
	make_model(false);
	for (int n = 0; n < 20000; n++)
		try_space(BDF);
	make_model(true);
	for (int n = 0; n < 20000; n++)
		try_space(BDF_MSIX);
	/* the other cell's device is another's */
	make_model(false);
	for (u32 offset = 0; offset < 4096; offset += 4) {
		u32 word;

		memcpy(&word, model + offset, 4);
		CHECK_EQ(cfg(b, BDF, offset), word);
	}
}

TEST(absent_functions)
{
	boot_both();
	for (u32 bdf = 0; bdf < 256; bdf++) {
		bool there = bdf == BDF || bdf == BDF_MSIX;

		CHECK_EQ(cfg(a, bdf, 0), there ? 0x4106110a : ~0U);
		if (there)
			continue;
		set_cfg(a, bdf, PCI_COMMAND, ~0U);
		CHECK_EQ(cfg(a, bdf, PCI_COMMAND), ~0U);
		CHECK_EQ(read_at(a, ecam(bdf, 2), 2), 0xffff);
	}
	CHECK_EQ(denied(a), 0);
	read_at(a, ecam(BDF, 0), 8);
	read_at(a, ecam(BDF, 1), 2);
	write_at(a, ecam(BDF, 2), 4, 0);
	CHECK_EQ(denied(a), 3);
	/* across the end of the ECAM */
	CHECK_EQ(access_at(a, ecam(256, 0) - 2, 4, false, 0).result, MMIO_ERROR);
	CHECK_EQ(access_at(a, ecam(256, 0), 4, false, 0).result, MMIO_UNHANDLED);
}

TEST(cell_without_devices_has_the_host)
{
	boot();
	config_a.cell.num_pci_devices = 0;
	run(&a, &config_a);
	CHECK_EQ(cfg(a, BDF, 0), ~0U);
	CHECK(!a->pci);
}

TEST(registers)
{
	boot_both();
	CHECK_EQ(access_at(a, BAR_AT, 4, false, 0).result, MMIO_UNHANDLED);
	attach(a, BDF);
	CHECK_EQ(reg(a, IVSHMEM_REG_ID), 1);
	CHECK_EQ(reg(a, IVSHMEM_REG_MAX_PEERS), PEERS);
	CHECK_EQ(reg(a, IVSHMEM_REG_INT_CONTROL), 1);
	set_reg(a, IVSHMEM_REG_INT_CONTROL, ~1U);
	CHECK_EQ(reg(a, IVSHMEM_REG_INT_CONTROL), 0);
	CHECK_EQ(reg(a, IVSHMEM_REG_DOORBELL), 0);
	set_reg(a, IVSHMEM_REG_ID, 7);
	set_reg(a, IVSHMEM_REG_MAX_PEERS, 7);
	for (u32 offset = 0x14; offset < 4096; offset += 4) {
		set_reg(a, offset, ~0U);
		CHECK_EQ(reg(a, offset), 0);
	}
	CHECK_EQ(reg(a, IVSHMEM_REG_ID), 1);
	CHECK_EQ(reg(a, IVSHMEM_REG_MAX_PEERS), PEERS);
	CHECK_EQ(denied(a), 0);
	/* odd ones */
	for (u32 offset = 0; offset < 0x18; offset++)
		for (u8 size = 1; size <= 8; size *= 2) {
			if (size == 4 && offset % 4 == 0)
				continue;
			write_at(a, BAR_AT + offset, size, 0x3333333333333333);
			CHECK_EQ(read_at(a, BAR_AT + offset, size), 0);
		}
	CHECK_EQ(denied(a), 2 * (0x18 * 4 - 6));
	CHECK_EQ(reg(a, IVSHMEM_REG_STATE), 0);
	check_irqs(0, 0);
}

/*
 * Doorbells: all targets and vectors, of which one is there besides those of
 * root and the caller; the others are counted.
 */
TEST(doorbells)
{
	u32 absent = 0;

	boot_both();
	attach(a, BDF);
	ring(a, 2, 0);
	check_irqs(0, 0);
	CHECK_EQ(denied(a), 0);
	attach(b, BDF);
	for (u32 target = 0; target < 0x10000; target += target < 20 ? 1 : 997)
		for (u32 vector = 0; vector < 0x10000;
		     vector += vector < 20 ? 1 : 9973) {
			if (target == 2 && !vector)
				continue;
			ring(b, target, vector);
			absent += vector || target > 2;
			CHECK_EQ(denied(b), absent);
		}
	/* the only one: of a */
	check_irqs(1, intx(a));
	ring(a, 2, 0);
	check_irqs(1, intx(b));
	set_reg(b, IVSHMEM_REG_INT_CONTROL, 0);
	ring(a, 2, 0);
	check_irqs(0, 0);
	/* lost: not pending when it is on again */
	set_reg(b, IVSHMEM_REG_INT_CONTROL, 1);
	check_irqs(0, 0);
	set_cfg(b, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_OFF);
	ring(a, 2, 0);
	set_cfg(b, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY);
	check_irqs(0, 0);
	ring(a, 2, 0);
	check_irqs(1, intx(b));
	CHECK_EQ(denied(a), 0);
}

/* The way without a search, as dabt.c goes it: false if there is none. */
static bool ring_by_slot(struct cell *cell, u64 page, u32 value)
{
	struct cell_doorbell *slot = ivshmem_slot(cell, page);
	u32 intid;

	if (!ivshmem_slot_is_for(slot, page))
		return false;
	spin_lock(&slot->link->lock);
	intid = ivshmem_deliver_doorbell(slot->link, value);
	if (intid)
		arch_irq_pend(intid);
	spin_unlock(&slot->link->lock);
	return true;
}

TEST(doorbells_without_a_search)
{
	const u32 value = 2 << 16;

	boot_both();
	for (u64 page = 0; page < 0x20000; page += 0x1000)
		CHECK(!ring_by_slot(a, page, value));
	attach(b, BDF);
	attach(a, BDF);
	CHECK(ring_by_slot(a, BAR_AT, value));
	check_irqs(1, intx(b));
	CHECK(!ring_by_slot(a, BAR_AT + 0x10000, value));
	/* it follows the BAR */
	set_cfg(a, BDF, PCI_BAR(0), BAR_AT + 0x5000);
	CHECK(!ring_by_slot(a, BAR_AT, value));
	CHECK(ring_by_slot(a, BAR_AT + 0x5000, value));
	check_irqs(1, intx(b));
	/* another device at the same slot goes the long way */
	set_cfg(a, BDF_MSIX, PCI_BAR(0), BAR_AT + 0x15000);
	set_cfg(a, BDF_MSIX, PCI_COMMAND, PCI_COMMAND_MEMORY);
	CHECK(!ring_by_slot(a, BAR_AT + 0x15000, value));
	CHECK(ring_by_slot(a, BAR_AT + 0x5000, value));
	CHECK_EQ(read_at(a, BAR_AT + 0x15000 + IVSHMEM_REG_MAX_PEERS, 4), 2);
	/* and must not take the slot of the other away */
	set_cfg(a, BDF_MSIX, PCI_COMMAND, 0);
	CHECK(ring_by_slot(a, BAR_AT + 0x5000, value));
	set_cfg(a, BDF, PCI_COMMAND, 0);
	CHECK(!ring_by_slot(a, BAR_AT + 0x5000, value));
	CHECK_EQ(a->mmio.count, 1);
}

TEST(one_shot)
{
	boot_both();
	attach(a, BDF);
	attach(b, BDF);
	set_cfg(b, BDF, PCI_CAP_VENDOR, ~0U);
	ring(a, 2, 0);
	check_irqs(1, intx(b));
	CHECK_EQ(reg(b, IVSHMEM_REG_INT_CONTROL), 0);
	ring(a, 2, 0);
	set_reg(a, IVSHMEM_REG_STATE, 4);
	check_irqs(0, 0);
	set_reg(b, IVSHMEM_REG_INT_CONTROL, 1);
	set_reg(a, IVSHMEM_REG_STATE, 5);
	check_irqs(1, intx(b));
	CHECK_EQ(reg(b, IVSHMEM_REG_INT_CONTROL), 0);
	set_cfg(b, BDF, PCI_CAP_VENDOR, 0);
	set_reg(b, IVSHMEM_REG_INT_CONTROL, 1);
	ring(a, 2, 0);
	ring(a, 2, 0);
	check_irqs(2, intx(b));
}

static void check_table(unsigned int writes, u32 peer, u32 value)
{
	CHECK_EQ(fake_phys_writes, writes);
	CHECK_EQ(fake_phys_pa, LINK_AT + 4 * peer);
	CHECK_EQ(fake_phys_value, value);
	fake_phys_writes = 0;
}

TEST(states)
{
	boot_both();
	attach(a, BDF);
	attach(b, BDF);
	fake_phys_writes = 0;
	set_reg(a, IVSHMEM_REG_STATE, 0xabcdef01);
	check_table(1, 1, 0xabcdef01);
	check_irqs(1, intx(b));
	CHECK_EQ(reg(a, IVSHMEM_REG_STATE), 0xabcdef01);
	/* the same again is no change */
	set_reg(a, IVSHMEM_REG_STATE, 0xabcdef01);
	CHECK_EQ(fake_phys_writes, 0);
	check_irqs(0, 0);
	set_reg(b, IVSHMEM_REG_STATE, 3);
	check_table(1, 2, 3);
	check_irqs(1, intx(a));
}

static bool can_write(const struct cell *cell, u64 address)
{
	pte_t pte = paging_lookup(&cell->mem, address, NULL);

	CHECK(pte && arch_mem_allows(pte, false, false));
	return arch_mem_allows(pte, true, false);
}

/* Of the state table and the output sections, the first and the last page. */
static void check_sections(const struct cell *cell, u32 id)
{
	CHECK(!can_write(cell, LINK_AT));
	CHECK(can_write(cell, LINK_AT + 0x1000));
	for (u32 n = 0; n < PEERS; n++) {
		u64 section = LINK_AT + 0x4000 + n * 0x2000;

		CHECK_EQ(can_write(cell, section), n == id);
		CHECK_EQ(can_write(cell, section + 0x1000), n == id);
	}
}

/* All but @from have got an interrupt, each its own. */
static void check_told(struct cell *const *peer, u32 from)
{
	u64 told = 0;

	for (unsigned int n = 0; n < fake_num_irqs; n++)
		for (u32 id = 0; id < PEERS; id++)
			if (fake_irqs[n] == intx(peer[id]))
				told |= 1ULL << id;
	CHECK_EQ(told, ((1ULL << PEERS) - 1) & ~(1ULL << from));
	CHECK_EQ(fake_num_irqs, PEERS - 1);
	fake_num_irqs = 0;
}

TEST(twelve_peers)
{
	struct cell *peer[PEERS] = { &root_cell };
	struct link_cell config;

	fake_num_cpus = PEERS;
	boot();
	for (u8 id = 1; id < PEERS; id++) {
		config = make(id);
		run(&peer[id], &config);
		check_sections(peer[id], id);
	}
	check_sections(&root_cell, 0);
	for (u32 id = 0; id < PEERS; id++) {
		attach(peer[id], BDF);
		CHECK_EQ(reg(peer[id], IVSHMEM_REG_ID), id);
		CHECK_EQ(reg(peer[id], IVSHMEM_REG_MAX_PEERS), PEERS);
	}
	for (u32 id = 0; id < PEERS; id++) {
		fake_phys_writes = 0;
		set_reg(peer[id], IVSHMEM_REG_STATE, 100 + id);
		check_table(1, id, 100 + id);
		check_told(peer, id);
		for (u32 to = 0; to < PEERS; to++) {
			ring(peer[id], to, 0);
			check_irqs(1, intx(peer[to]));
		}
		ring(peer[id], PEERS, 0);
		check_irqs(0, 0);
	}
	/* the last one goes, and comes again */
	CHECK_EQ(shutdown_cell(PEERS - 1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	check_table(1, PEERS - 1, 0);
	check_told(peer, PEERS - 1);
	CHECK_EQ(destroy(PEERS - 1), 0);
	run(&peer[PEERS - 1], &config);
	CHECK_EQ(fake_num_irqs, 0);
	CHECK_EQ(reg(peer[1], IVSHMEM_REG_STATE), 101);
}

/* How a cell can end. */
static void end_by_shutdown(void)
{
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
}

static void end_by_destroy(void)
{
	a->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(destroy(1), 0);
}

static void end_by_fault(void)
{
	fake_on_cpu(1, (void (*)(void *))cell_fail, NULL);
}

static void stop_self(void *unused)
{
	(void)unused;
	cell_stop_self(false);
}

static void end_by_itself(void)
{
	fake_on_cpu(1, stop_self, NULL);
}

static void end_by_cpu_off(void)
{
	a->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	fake_on_cpu(1, (void (*)(void *))cell_cpu_off, NULL);
}

static int ends(long how)
{
	static void (*const ways[])(void) = {
		end_by_shutdown, end_by_destroy, end_by_fault, end_by_itself,
		end_by_cpu_off,
	};

	boot_both();
	attach(a, BDF);
	attach(b, BDF);
	set_reg(a, IVSHMEM_REG_STATE, 7);
	fake_num_irqs = 0;
	fake_phys_writes = 0;
	ways[how]();
	check_table(1, 1, 0);
	check_irqs(1, intx(b));
	/* none to it any more */
	ring(b, 1, 0);
	CHECK_EQ(denied(b), 1);
	set_reg(b, IVSHMEM_REG_STATE, 9);
	check_irqs(0, 0);
	return 0;
}

TEST(whatever_ends_a_cell_ends_its_state)
{
	for (long how = 0; how < 5; how++)
		CHECK_EQ(tap_child(ends, how), 0);
}

/* A CPU that runs on after another has failed cannot come back. */
TEST(a_failed_peer_stays_silent)
{
	boot();
	config_a.arrays.cpus[0] = 0xa;
	run(&a, &config_a);
	run(&b, &config_b);
	CHECK_EQ(control_start_vcpu(a, cpus[3]->vcpu, 0, 0), 0);
	fake_run();
	attach(a, BDF);
	fake_on_cpu(3, (void (*)(void *))cell_fail, NULL);
	CHECK_EQ(reg(a, IVSHMEM_REG_INT_CONTROL), 0);
	fake_phys_writes = 0;
	set_reg(a, IVSHMEM_REG_INT_CONTROL, 1);
	set_reg(a, IVSHMEM_REG_STATE, 1);
	CHECK_EQ(reg(a, IVSHMEM_REG_INT_CONTROL), 0);
	CHECK_EQ(reg(a, IVSHMEM_REG_STATE), 0);
	CHECK_EQ(fake_phys_writes, 0);
	/* nor ring at itself */
	ring(a, 1, 0);
	check_irqs(0, 0);
}

/* A start finds the device as after reset. */
TEST(restart)
{
	boot_both();
	attach(a, BDF);
	set_reg(a, IVSHMEM_REG_STATE, 7);
	CHECK_EQ(shutdown_cell(1, CELLBLOCK_SHUTDOWN_FORCE), 0);
	CHECK_EQ(start(1), 0);
	fake_run();
	make_model(false);
	for (u32 offset = 0; offset < 0x100; offset += 4) {
		u32 word;

		memcpy(&word, model + offset, 4);
		CHECK_EQ(cfg(a, BDF, offset), word);
	}
	CHECK_EQ(a->mmio.count, 1);
	CHECK(!ring_by_slot(a, BAR_AT, 0));
	set_cfg(a, BDF, PCI_BAR(0), BAR_AT);
	set_cfg(a, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY);
	CHECK_EQ(reg(a, IVSHMEM_REG_INT_CONTROL), 0);
	CHECK_EQ(reg(a, IVSHMEM_REG_STATE), 0);
}

TEST(root_sees_a_device_while_a_cell_has_it)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	CHECK_EQ(cfg(&root_cell, BDF, 0), ~0U);
	CHECK_EQ(create_link(&config_b), 2);
	CHECK_EQ(fake_cleared_pa, LINK_AT);
	CHECK_EQ(fake_cleared_size, LINK_BYTES);
	CHECK_EQ(cfg(&root_cell, BDF, 0), 0x4106110a);
	CHECK_EQ(cfg(&root_cell, BDF_MSIX, 0), ~0U);
	fake_cleared_size = 0;
	CHECK_EQ(create_link(&config_a), 1);
	CHECK_EQ(fake_cleared_pa, MSIX_AT);
	CHECK_EQ(fake_cleared_size, 0x3000);
	CHECK_EQ(cfg(&root_cell, BDF_MSIX, 0), 0x4106110a);
	attach(&root_cell, BDF);
	set_reg(&root_cell, IVSHMEM_REG_STATE, 5);
	check_table(1, 0, 5);
	CHECK_EQ(root_cell.mmio.count, 2);
	CHECK_EQ(destroy(2), 0);
	CHECK_EQ(reg(&root_cell, IVSHMEM_REG_STATE), 5);
	CHECK_EQ(destroy(1), 0);
	check_table(1, 0, 0);
	CHECK_EQ(cfg(&root_cell, BDF, 0), ~0U);
	CHECK_EQ(access_at(&root_cell, BAR_AT, 4, false, 0).result,
		 MMIO_UNHANDLED);
	CHECK_EQ(root_cell.mmio.count, 1);
	check_snapshot(&before);
	/* and is as new the next time */
	CHECK_EQ(create_link(&config_a), 1);
	CHECK_EQ(cfg(&root_cell, BDF, PCI_COMMAND), 0x00100000);
	CHECK_EQ(cfg(&root_cell, BDF, PCI_BAR(0)), 0);
}

TEST(root_has_a_device_that_stays)
{
	root_link_iommu = CELLBLOCK_LINK_STAYS;
	boot();
	root_link_iommu = 0;
	CHECK_EQ(cfg(&root_cell, BDF, 0), 0x4106110a);
	CHECK_EQ(cfg(&root_cell, BDF_MSIX, 0), ~0U);
	attach(&root_cell, BDF);
	set_reg(&root_cell, IVSHMEM_REG_STATE, 5);
	/* of what is there, nothing is cleared or reset */
	CHECK_EQ(create_link(&config_a), 1);
	CHECK_EQ(fake_cleared_pa, MSIX_AT);
	CHECK_EQ(fake_cleared_size, 0x3000);
	check_table(1, 0, 5);
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(reg(&root_cell, IVSHMEM_REG_STATE), 5);
	CHECK_EQ(cfg(&root_cell, BDF_MSIX, 0), ~0U);
	CHECK_EQ(root_cell.mmio.count, 2);
}

/* MSI-X */

static u64 entry(u32 vector)
{
	return BAR_AT + 0x1000 + 16 * vector;
}

static void set_vector(const struct cell *cell, u32 vector, u32 intid)
{
	write_at(cell, entry(vector), 8, MSI_ADDRESS);
	write_at(cell, entry(vector) + 8, 4, intid);
	write_at(cell, entry(vector) + 12, 4, 0);
}

#define PENDING()	read_at(a, BAR_AT + 0x1100, 4)
#define SPI_A(n)	(32U + 8 + (n))

static void boot_msix(void)
{
	boot_both();
	attach(a, BDF_MSIX);
	for (u32 n = 0; n < VECTORS; n++)
		set_vector(a, n, SPI_A(4 + n));
	set_cfg(a, BDF_MSIX, PCI_CAP_MSIX, PCI_MSIX_ENABLE);
}

TEST(msix)
{
	boot_msix();
	for (u32 n = 0; n < VECTORS; n++) {
		ring(a, 1, n);
		check_irqs(1, SPI_A(4 + n));
	}
	ring(a, 1, VECTORS);
	ring(a, 1, 15);
	ring(a, 1, 16);
	check_irqs(0, 0);
	/* a state of root comes as vector 0 */
	set_cfg(&root_cell, BDF_MSIX, PCI_BAR(0), BAR_AT);
	set_cfg(&root_cell, BDF_MSIX, PCI_COMMAND, PCI_COMMAND_MEMORY);
	set_reg(&root_cell, IVSHMEM_REG_STATE, 1);
	check_irqs(1, SPI_A(4));
	/* no INTx, on or off */
	set_cfg(a, BDF_MSIX, PCI_CAP_MSIX, 0);
	ring(a, 1, 0);
	set_cfg(a, BDF_MSIX, PCI_CAP_MSIX, PCI_MSIX_ENABLE);
	check_irqs(0, 0);
	CHECK_EQ(PENDING(), 0);
}

TEST(msix_masks)
{
	boot_msix();
	write_at(a, entry(1) + 12, 4, 1);
	ring(a, 1, 1);
	ring(a, 1, 1);
	check_irqs(0, 0);
	CHECK_EQ(PENDING(), 2);
	write_at(a, BAR_AT + 0x1100, 4, 0);
	CHECK_EQ(PENDING(), 2);
	write_at(a, entry(1) + 12, 4, 0);
	check_irqs(1, SPI_A(5));
	CHECK_EQ(PENDING(), 0);
	/* all */
	set_cfg(a, BDF_MSIX, PCI_CAP_MSIX, PCI_MSIX_ENABLE | PCI_MSIX_MASK);
	for (u32 n = 0; n < 16; n++)
		ring(a, 1, n);
	CHECK_EQ(PENDING(), 7);
	set_cfg(a, BDF_MSIX, PCI_COMMAND, PCI_COMMAND_MEMORY);
	set_cfg(a, BDF_MSIX, PCI_CAP_MSIX, PCI_MSIX_ENABLE);
	check_irqs(0, 0);
	set_cfg(a, BDF_MSIX, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	check_irqs(3, SPI_A(6));
	/* not while interrupts are off */
	set_reg(a, IVSHMEM_REG_INT_CONTROL, 0);
	write_at(a, entry(0) + 12, 4, 1);
	ring(a, 1, 0);
	CHECK_EQ(PENDING(), 0);
	/* switching MSI-X off forgets */
	set_reg(a, IVSHMEM_REG_INT_CONTROL, 1);
	ring(a, 1, 0);
	CHECK_EQ(PENDING(), 1);
	set_cfg(a, BDF_MSIX, PCI_CAP_MSIX, 0);
	CHECK_EQ(PENDING(), 0);
}

TEST(msix_messages_to_others)
{
	static const u32 bad[] = {
		0, 1, 15, 31, 32, SPI_A(0) - 1, SPI_A(8), 200, 1019, 1020, 1023,
		8192, 0x10000 + SPI_A(4), ~0U,
	};

	boot_msix();
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		set_vector(a, 0, bad[n]);
		CHECK_EQ(denied(a), n);
		ring(a, 1, 0);
		CHECK_EQ(denied(a), n + 1);
		CHECK_EQ(read_at(a, entry(0) + 8, 4), bad[n]);
	}
	check_irqs(0, 0);
	set_vector(a, 0, SPI_A(4));
	ring(a, 1, 0);
	check_irqs(1, SPI_A(4));
	for (u32 bit = 0; bit < 64; bit++) {
		write_at(a, entry(0), 8, MSI_ADDRESS ^ 1ULL << bit);
		ring(a, 1, 0);
	}
	check_irqs(0, 0);
	CHECK_EQ(denied(a), ARRAY_SIZE(bad) + 64);
}

TEST(msix_table_accesses)
{
	boot_msix();
	write_at(a, entry(2), 8, 0x1122334455667788);
	CHECK_EQ(read_at(a, entry(2), 4), 0x55667788);
	CHECK_EQ(read_at(a, entry(2) + 4, 4), 0x11223344);
	CHECK_EQ(read_at(a, entry(2), 8), 0x1122334455667788);
	/* after the last entry */
	for (u32 offset = 16 * VECTORS; offset < 0x1000; offset += 4) {
		write_at(a, BAR_AT + 0x1000 + offset, 4, ~0U);
		CHECK_EQ(read_at(a, BAR_AT + 0x1000 + offset, 4), 0);
	}
	CHECK_EQ(denied(a), 0);
	write_at(a, entry(2), 1, 1);
	write_at(a, entry(2) + 4, 8, 1);
	CHECK_EQ(read_at(a, entry(2) + 2, 2), 0);
	CHECK_EQ(denied(a), 3);
	CHECK_EQ(read_at(a, entry(2), 8), 0x1122334455667788);
}

/* An SPI that root had when it set up the vector, and a cell got since. */
TEST(interrupt_given_away)
{
	boot();
	config_b.cell.num_pci_devices = 0;
	run(&a, &config_a);
	attach(&root_cell, BDF_MSIX);
	set_vector(&root_cell, 0, 32 + 16);
	set_cfg(&root_cell, BDF_MSIX, PCI_CAP_MSIX, PCI_MSIX_ENABLE);
	ring(&root_cell, 0, 0);
	check_irqs(1, 32 + 16);
	run(&b, &config_b);
	ring(&root_cell, 0, 0);
	check_irqs(0, 0);
	CHECK_EQ(denied(&root_cell), 1);
	b->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(destroy(2), 0);
	ring(&root_cell, 0, 0);
	check_irqs(1, 32 + 16);
}

/* The device is there; nobody gets its interrupt, not even who has it. */
TEST(intx_of_another_cell)
{
	boot();
	config_b.cell.vpci_irq_base = config_a.cell.vpci_irq_base;
	run(&a, &config_a);
	run(&b, &config_b);
	fake_num_irqs = 0;
	attach(a, BDF);
	attach(b, BDF);
	ring(a, 2, 0);
	check_irqs(0, 0);
	CHECK_EQ(denied(a), 1);
	ring(b, 1, 0);
	check_irqs(1, intx(a));
}

/* BARs */

TEST(bars_in_the_way)
{
	static const u32 places[] = {
		SAMPLE_GICD, SAMPLE_GICD + 0xf000, SAMPLE_GICR, SAMPLE_ECAM,
		SAMPLE_ECAM + 0xff000, LINK_AT, LINK_AT + 0x1b000, 0x1000,
		BAR_AT,		/* of the other device */
	};

	boot_both();
	attach(a, BDF_MSIX);
	set_cfg(a, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY);
	CHECK_EQ(a->mmio.count, 3);
	for (u32 n = 0; n < ARRAY_SIZE(places); n++) {
		set_cfg(a, BDF, PCI_BAR(0), places[n]);
		CHECK_EQ(cfg(a, BDF, PCI_BAR(0)), places[n]);
		CHECK_EQ(denied(a), n + 1);
		CHECK_EQ(a->mmio.count, 3);
	}
	CHECK_EQ(reg(a, IVSHMEM_REG_MAX_PEERS), 2);
	set_cfg(a, BDF, PCI_BAR(0), 0xfffff000);
	CHECK_EQ(read_at(a, 0xfffff000 + IVSHMEM_REG_MAX_PEERS, 4), PEERS);
	/* not decoded without the command bit */
	set_cfg(a, BDF, PCI_COMMAND, PCI_COMMAND_MASTER);
	CHECK_EQ(a->mmio.count, 3);
	CHECK_EQ(access_at(a, 0xfffff000, 4, false, 0).result, MMIO_UNHANDLED);
}

TEST(large_bars)
{
	boot();
	config_a.arrays.pci[0].bar_mask[0] = 0xffff0000;
	run(&a, &config_a);
	set_cfg(a, BDF, PCI_BAR(0), ~0U);
	CHECK_EQ(cfg(a, BDF, PCI_BAR(0)), 0xffff0000);
	set_cfg(a, BDF, PCI_BAR(0), BAR_AT);
	set_cfg(a, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY);
	CHECK_EQ(reg(a, IVSHMEM_REG_MAX_PEERS), PEERS);
	CHECK_EQ(reg(a, 0xfffc), 0);
	CHECK(!ring_by_slot(a, BAR_AT + 0x1000, 0));
}

TEST(table_of_trapped_regions_is_full)
{
	boot_both();
	for (u64 n = 0; n < MMIO_MAX_REGIONS - 1; n++)
		CHECK_EQ(mmio_register(&a->mmio, 0x7000000000 + n * PAGE_SIZE, 8,
				       NULL, NULL), 0);
	set_cfg(a, BDF, PCI_BAR(0), BAR_AT);
	set_cfg(a, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY);
	CHECK_EQ(denied(a), 1);
	CHECK(!ring_by_slot(a, BAR_AT, 0));
	/* when there is room, the next write finds it */
	mmio_unregister(&a->mmio, 0x7000000000);
	set_cfg(a, BDF, PCI_COMMAND, PCI_COMMAND_MEMORY);
	CHECK_EQ(reg(a, IVSHMEM_REG_MAX_PEERS), PEERS);
}

/* Links that do not fit */

/* The first one is at another place, which root does not know. */
static void move_link(struct link_cell *c)
{
	for (unsigned int m = 1; m < 3 + PEERS; m++)
		c->arrays.mem[m].phys_start += 0x1000000;
}

static int refused(long n)
{
	struct jailhouse_pci_device *dev = &config_b.arrays.pci[0];
	struct jailhouse_memory *mem = config_b.arrays.mem;
	const char *device = "IVSHMEM device 00:01.0";
	struct snapshot before;
	s64 expected = -EBUSY;

	boot();
	CHECK_EQ(create_link(&config_a), 1);
	before = take_snapshot();
	switch (n) {
	case 0:		/* the same peer, by config_b's sections too */
		config_b = make(1);
		config_b.cell.id = 2;
		config_b.cell.num_pci_devices = 1;
		config_b.cell.name[0] = 'c';
		config_b.arrays.cpus[0] = 4;
		config_b.arrays.mem[0].phys_start += SAMPLE_CELL_SIZE;
		config_b.arrays.irqchips[0].pin_bitmap[0] = 0xff0000;
		config_b.cell.vpci_irq_base = 16;
		expected = -EBUSY;
		break;
	case 1:
		dev->shmem_protocol++;
		break;
	case 2:
		dev->shmem_peers--;
		break;
	case 3:
		move_link(&config_b);
		break;
	case 4:
		for (unsigned int m = 0; m < PEERS; m++)
			add_section(&config_b.arrays, 3 + m,
				    LINK_AT + 0x4000 + m * 0x1000, 0x1000,
				    m == 2);
		break;
	case 5:	/* another link there */
		dev->bdf = 5 << 3;
		device = "IVSHMEM device 00:05.0";
		expected = -EBUSY;
		break;
	case 6:	/* one that begins in the last page of the other */
		dev->bdf = 5 << 3;
		for (unsigned int m = 1; m < 3 + PEERS; m++)
			mem[m].phys_start += LINK_BYTES - 0x1000;
		device = "IVSHMEM device 00:05.0";
		expected = -EBUSY;
		break;
	default:
		return 1;
	}
	CHECK_EQ(create_link(&config_b), expected);
	CHECK(strstr(refusal_text(), device));
	CHECK(strstr(refusal_text(), "cell \""));
	check_snapshot(&before);
	return 0;
}

TEST(peers_that_do_not_agree)
{
	long n = 0;

	while (!tap_child(refused, n))
		n++;
	CHECK_EQ(n, 7);
}

/* A link that root does not have: as long as one of its cells exists. */
TEST(link_between_cells)
{
	struct snapshot before;

	boot();
	config_a.arrays.pci[0].bdf = 5 << 3;
	config_b.arrays.pci[0].bdf = 5 << 3;
	move_link(&config_a);
	move_link(&config_b);
	before = take_snapshot();
	run(&a, &config_a);
	CHECK_EQ(cfg(&root_cell, 5 << 3, 0), ~0U);
	run(&b, &config_b);
	attach(a, 5 << 3);
	attach(b, 5 << 3);
	ring(a, 2, 0);
	check_irqs(1, intx(b));
	a->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(destroy(1), 0);
	ring(b, 1, 0);
	check_irqs(0, 0);
	fake_cleared_size = 0;
	run(&a, &config_a);
	CHECK(fake_cleared_size < 0x4000);	/* not of this one */
	a->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	b->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	CHECK_EQ(destroy(1), 0);
	CHECK_EQ(destroy(2), 0);
	check_snapshot(&before);
}

/* Anything at all, by cells that come and go. */
TEST(random_accesses)
{
	struct snapshot before;

	boot();
	before = take_snapshot();
	for (int n = 0; n < 20000; n++) {
		u64 random[] = { tap_random(), tap_random() };
		struct link_step step;

		memcpy(&step, random, sizeof(step));
		link_step(&step);
	}
	link_end();
	check_snapshot(&before);
	CHECK_EQ(root_cell.mmio.count, 1);
}

TAP_MAIN(
	TAP_TEST(configuration_space),
	TAP_TEST(absent_functions),
	TAP_TEST(cell_without_devices_has_the_host),
	TAP_TEST(registers),
	TAP_TEST(doorbells),
	TAP_TEST(doorbells_without_a_search),
	TAP_TEST(one_shot),
	TAP_TEST(states),
	TAP_TEST(twelve_peers),
	TAP_TEST(whatever_ends_a_cell_ends_its_state),
	TAP_TEST(a_failed_peer_stays_silent),
	TAP_TEST(restart),
	TAP_TEST(root_sees_a_device_while_a_cell_has_it),
	TAP_TEST(root_has_a_device_that_stays),
	TAP_TEST(msix),
	TAP_TEST(msix_masks),
	TAP_TEST(msix_messages_to_others),
	TAP_TEST(msix_table_accesses),
	TAP_TEST(interrupt_given_away),
	TAP_TEST(intx_of_another_cell),
	TAP_TEST(bars_in_the_way),
	TAP_TEST(large_bars),
	TAP_TEST(table_of_trapped_regions_is_full),
	TAP_TEST(peers_that_do_not_agree),
	TAP_TEST(link_between_cells),
	TAP_TEST(random_accesses)
)
