// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The virtual PCI host and its IVSHMEM devices, as the cell "ivshmem-a" of
 * configs/arm64/qemu-virt/qemu-arm64-ivshmem-a.c sees them. The link to the cell
 * "ivshmem-b" is tested with ivshmem-peer in that cell.
 *
 * Parameters:
 *	access=NAME	make one forbidden access to the memory of a link, see the
 *			table: the hypervisor has to stop the cell
 *	hold		leave state 7 on all links and wait, to be stopped
 */

#include <qemu-virt/links.h>
#include <cellblock/loader.h>
#include <inmate/test.h>

#include "ivshmem-peer.h"

#define BDF_DEMO		(0 << 3)
#define BDF_NET			(1 << 3)
#define BDF_BULK		(2 << 3)
#define BDF_MSIX		(3 << 3)
#define BDF_CELLS		(4 << 3)
#define BDF_ABSENT		(5 << 3)

#define ONES			0xffffffff
#define COMMAND_BITS		(PCI_CMD_MEM | PCI_CMD_MASTER | PCI_CMD_INTX_OFF)
#define SPI(n)			(32 + QEMU_VPCI_CELL_A_SPI + (n))
#define GICD_SETSPI_NSR		0x40
#define GICD_CLRSPI_NSR		0x48
#define GICD_TYPER_MBIS		(1U << 16)

static unsigned int irqs[8];	/* by SPI of ours */

static void on_irq(unsigned int irq)
{
	if (irq - SPI(0) < ARRAY_SIZE(irqs))
		atomic_add(&irqs[irq - SPI(0)], 1);
}

static u64 denied(void)
{
	s64 count = jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, 2,
					JAILHOUSE_CPU_INFO_STAT_BASE +
					CELLBLOCK_CPU_STAT_DENIED);

	return (u64)count;
}

static u32 cfg(u16 bdf, unsigned int reg)
{
	return pci_read_config(bdf, reg, 4);
}

static void absent_functions_read_as_ones(void)
{
	EXPECT_EQ(cfg(BDF_ABSENT, 0), ONES);
	EXPECT_EQ(cfg(BDF_DEMO + 1, 0), ONES);
	pci_write_config(BDF_ABSENT, PCI_CFG_COMMAND, 7, 2);
	EXPECT_EQ(cfg(BDF_ABSENT, PCI_CFG_COMMAND), ONES);
	EXPECT_EQ(pci_read_config(PCI_NUM_BDFS - 1, 0, 1), 0xff);
}

static void header(void)
{
	EXPECT_EQ(cfg(BDF_DEMO, 0), 0x4106110a);
	EXPECT_EQ(pci_read_config(BDF_DEMO, PCI_CFG_STATUS, 2), 0x0010);
	EXPECT_EQ(cfg(BDF_DEMO, PCI_CFG_CLASS), 0xff000000);
	EXPECT_EQ(cfg(BDF_NET, PCI_CFG_CLASS), 0xff000100);
	EXPECT_EQ(cfg(BDF_BULK, PCI_CFG_CLASS), 0xff400000);
	EXPECT_EQ(cfg(BDF_DEMO, 0x0c), 0);
	EXPECT_EQ(cfg(BDF_DEMO, 0x2c), 0x4106110a);
	EXPECT_EQ(cfg(BDF_DEMO, PCI_CFG_CAPS), 0x40);
	EXPECT_EQ(pci_read_config(BDF_DEMO, PCI_CFG_INT_PIN, 1), 1);
	EXPECT_EQ(pci_read_config(BDF_CELLS, PCI_CFG_INT_PIN, 1), 1);
	EXPECT_EQ(pci_read_config(BDF_BULK, PCI_CFG_INT_PIN, 1), 3);
	EXPECT_EQ(pci_read_config(BDF_MSIX, PCI_CFG_INT_PIN, 1), 0);
	EXPECT_EQ(cfg(BDF_DEMO, 0x100), 0);
	EXPECT_EQ(cfg(BDF_DEMO, 0xffc), 0);
	/* bytes and halves of the same */
	EXPECT_EQ(pci_read_config(BDF_DEMO, 1, 1), 0x11);
	EXPECT_EQ(pci_read_config(BDF_DEMO, 2, 2), 0x4106);
}

static void capability(void)
{
	EXPECT_EQ(cfg(BDF_DEMO, 0x40), 0x00200009);
	EXPECT_EQ(cfg(BDF_DEMO, 0x44), 0x10000);
	EXPECT_EQ(cfg(BDF_DEMO, 0x48), 0x10000);
	EXPECT_EQ(cfg(BDF_DEMO, 0x4c), 0);
	EXPECT_EQ(cfg(BDF_DEMO, 0x50), 0x10000);
	EXPECT_EQ(cfg(BDF_DEMO, 0x58), 0x70400000);
	EXPECT_EQ(cfg(BDF_DEMO, 0x5c), 0);
	/* then MSI-X, of who has it: two vectors, in BAR 1 */
	EXPECT_EQ(cfg(BDF_MSIX, 0x40), 0x00206009);
	EXPECT_EQ(cfg(BDF_MSIX, 0x60), 0x00010011);
	EXPECT_EQ(cfg(BDF_MSIX, 0x64) & 7, 1);
	EXPECT_EQ(cfg(BDF_DEMO, 0x60), 0);
}

static void only_some_bits_are_writable(void)
{
	for (unsigned int reg = 0; reg < 0x100; reg += 4) {
		u32 old = cfg(BDF_BULK, reg), mask = 0;

		if (reg == PCI_CFG_COMMAND)
			mask = COMMAND_BITS;
		else if (reg == PCI_CFG_BAR)
			mask = 0xfffff000;
		else if (reg == 0x3c)
			mask = 0xff;
		else if (reg == 0x40)
			mask = 0x01000000;
		pci_write_config(BDF_BULK, reg, ONES, 4);
		EXPECT_EQ(cfg(BDF_BULK, reg), old | mask);
		pci_write_config(BDF_BULK, reg, 0, 4);
		EXPECT_EQ(cfg(BDF_BULK, reg), old & ~mask);
		pci_write_config(BDF_BULK, reg, old, 4);
	}
	/* a byte of it */
	pci_write_config(BDF_BULK, PCI_CFG_BAR + 3, 0x12, 1);
	EXPECT_EQ(cfg(BDF_BULK, PCI_CFG_BAR), 0x12000000);
	pci_write_config(BDF_BULK, PCI_CFG_BAR, 0, 4);
}

static struct ivshmem demo, msix, cells;

static void attach(struct ivshmem *link, u16 bdf)
{
	if (!ivshmem_attach(link, bdf))
		panic("no device 0x%x", bdf);
}

static void registers(void)
{
	attach(&demo, BDF_DEMO);
	EXPECT_EQ(demo.id, 1);
	EXPECT_EQ(demo.max_peers, 3);
	ivshmem_write(&demo, IVSHMEM_REG_ID, 7);
	ivshmem_write(&demo, IVSHMEM_REG_MAX_PEERS, 7);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_ID), 1);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_MAX_PEERS), 3);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_DOORBELL), 0);
	ivshmem_write(&demo, IVSHMEM_REG_INT_CONTROL, ONES);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_INT_CONTROL), 1);
	ivshmem_write(&demo, IVSHMEM_REG_INT_CONTROL, 0);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_INT_CONTROL), 0);
	for (unsigned int reg = 0x14; reg < PAGE_SIZE; reg += 0x24) {
		ivshmem_write(&demo, reg, ONES);
		EXPECT_EQ(ivshmem_read(&demo, reg), 0);
	}
}

static void state_goes_to_the_table(void)
{
	EXPECT_EQ(demo.states[1], 0);
	ivshmem_set_state(&demo, 0x12345678);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_STATE), 0x12345678);
	EXPECT_EQ(demo.states[1], 0x12345678);
	ivshmem_set_state(&demo, 0);
	EXPECT_EQ(demo.states[1], 0);
}

static void odd_accesses_have_no_effect(void)
{
	volatile u8 *regs = demo.registers;
	volatile u8 *ecam = (volatile u8 *)comm_region->pci_mmconfig_base;
	u64 before = denied();

	ivshmem_set_state(&demo, 0x01020304);
	mmio_write8(regs + IVSHMEM_REG_STATE, 9);
	mmio_write64(regs + IVSHMEM_REG_STATE, 9);
	EXPECT_EQ(mmio_read8(regs + IVSHMEM_REG_STATE), 0);
	EXPECT_EQ(mmio_read16(regs + IVSHMEM_REG_MAX_PEERS), 0);
	EXPECT_EQ(mmio_read64(regs), 0);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_STATE), 0x01020304);
	ivshmem_set_state(&demo, 0);

	EXPECT_EQ(mmio_read64(ecam), ~0ULL);
	mmio_write64(ecam + PCI_CFG_BAR, 0);
	EXPECT(cfg(BDF_DEMO, PCI_CFG_BAR) != 0);
	EXPECT_EQ(denied(), before + 7);
}

/* A BAR that would hide something else is not decoded, and what is there stays. */
static void bars_over_other_things(void)
{
	const u32 places[] = {
		0, QEMU_CELL_SIZE - 0x1000, QEMU_UART_BASE, QEMU_GICD_BASE,
		gic_is_v2() ? QEMU_GICC_BASE : QEMU_GICR_BASE + 0x20000,
		(u32)QEMU_CELL_COMM, 0x70400000,
		QEMU_VPCI_ECAM_BASE, QEMU_VPCI_ECAM_BASE + 0xff000,
	};
	volatile void *id = gic_dist(gic_is_v2() ? GICD_V2_PIDR2 : GICD_PIDR2);
	u32 before = mmio_read32(id);
	u32 bar = cfg(BDF_DEMO, PCI_CFG_BAR);
	u64 count = denied();

	for (unsigned int n = 0; n < ARRAY_SIZE(places); n++) {
		pci_write_config(BDF_DEMO, PCI_CFG_BAR, places[n], 4);
		EXPECT_EQ(cfg(BDF_DEMO, PCI_CFG_BAR), places[n]);
		/* 0 is no address: nothing is decoded then */
		EXPECT_EQ(denied() - count, n);
	}
	EXPECT_EQ(mmio_read32(id), before);
	EXPECT_EQ(cfg(BDF_DEMO, 0), 0x4106110a);
	/* over the registers of another device */
	attach(&cells, BDF_CELLS);
	pci_write_config(BDF_DEMO, PCI_CFG_BAR, (u32)(u64)cells.registers, 4);
	EXPECT_EQ(ivshmem_read(&cells, IVSHMEM_REG_MAX_PEERS), 2);
	pci_write_config(BDF_DEMO, PCI_CFG_BAR, bar, 4);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_MAX_PEERS), 3);
}

static void bar_moves(void)
{
	u32 bar = cfg(BDF_DEMO, PCI_CFG_BAR), other = 0xa0000000;

	pci_write_config(BDF_DEMO, PCI_CFG_BAR, other, 4);
	map_range((void *)(u64)other, PAGE_SIZE, MAP_UNCACHED);
	EXPECT_EQ(mmio_read32((void *)(u64)(other + IVSHMEM_REG_MAX_PEERS)), 3);
	pci_write_config(BDF_DEMO, PCI_CFG_BAR, bar, 4);
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_MAX_PEERS), 3);
}

/* A doorbell at oneself comes back, as far as the device lets it. */
static void doorbell_and_its_masks(void)
{
	unsigned int *count = &irqs[0];
	u64 before = denied();

	atomic_set(count, 0);
	ivshmem_doorbell(&demo, 1, 0);
	EXPECT(!WAIT_FOR(atomic_read(count), 5));	/* not enabled */
	ivshmem_enable_irqs(&demo);
	ivshmem_doorbell(&demo, 1, 0);
	EXPECT(WAIT_FOR(atomic_read(count) == 1, 1000));
	EXPECT_EQ(denied(), before);
	/* absent vectors and peers: counted */
	ivshmem_doorbell(&demo, 1, 1);
	ivshmem_doorbell(&demo, 1, 0xffff);
	ivshmem_doorbell(&demo, 3, 0);
	ivshmem_doorbell(&demo, 0xffff, 0);
	EXPECT_EQ(denied(), before + 4);
	EXPECT(!WAIT_FOR(atomic_read(count) > 1, 5));
	/* INTx off: lost */
	pci_write_config(BDF_DEMO, PCI_CFG_COMMAND,
			 PCI_CMD_MEM | PCI_CMD_INTX_OFF, 2);
	ivshmem_doorbell(&demo, 1, 0);
	pci_write_config(BDF_DEMO, PCI_CFG_COMMAND, PCI_CMD_MEM, 2);
	EXPECT(!WAIT_FOR(atomic_read(count) > 1, 5));
	/* bus master does not matter for INTx */
	ivshmem_doorbell(&demo, 1, 0);
	EXPECT(WAIT_FOR(atomic_read(count) == 2, 1000));
	/* nor does a change of one's own state come back */
	ivshmem_set_state(&demo, 5);
	ivshmem_set_state(&demo, 0);
	EXPECT(!WAIT_FOR(atomic_read(count) > 2, 5));
	ivshmem_disable_irqs(&demo);
}

static void one_shot(void)
{
	unsigned int *count = &irqs[0];

	atomic_set(count, 0);
	ivshmem_set_one_shot(&demo, true);
	ivshmem_enable_irqs(&demo);
	ivshmem_doorbell(&demo, 1, 0);
	EXPECT(WAIT_FOR(atomic_read(count) == 1, 1000));
	EXPECT_EQ(ivshmem_read(&demo, IVSHMEM_REG_INT_CONTROL), 0);
	ivshmem_doorbell(&demo, 1, 0);
	EXPECT(!WAIT_FOR(atomic_read(count) > 1, 5));
	ivshmem_write(&demo, IVSHMEM_REG_INT_CONTROL, 1);
	ivshmem_doorbell(&demo, 1, 0);
	EXPECT(WAIT_FOR(atomic_read(count) == 2, 1000));
	ivshmem_set_one_shot(&demo, false);
	ivshmem_disable_irqs(&demo);
}

static volatile u32 *msix_entry(unsigned int vector)
{
	size_t size;
	volatile u8 *table = pci_map_bar(BDF_MSIX, 1, &size);

	return (volatile u32 *)(table + 16 * vector);
}

static void msix_vectors(void)
{
	attach(&msix, BDF_MSIX);
	EXPECT_EQ(msix.vectors, 2);
	ivshmem_enable_irqs(&msix);
	EXPECT_EQ(msix.irq, SPI(4));
	for (unsigned int n = 0; n < 2; n++) {
		atomic_set(&irqs[4 + n], 0);
		ivshmem_doorbell(&msix, 1, n);
		EXPECT(WAIT_FOR(atomic_read(&irqs[4 + n]) == 1, 1000));
	}
	ivshmem_doorbell(&msix, 1, 2);
	EXPECT(!WAIT_FOR(irqs[4] + irqs[5] > 2, 5));
}

/* What comes while a vector is masked is pending, and delivered after it. */
static void msix_masks(void)
{
	volatile u32 *entry = msix_entry(0);
	volatile u32 *pending = msix_entry(16);

	atomic_set(&irqs[4], 0);
	mmio_write32(&entry[3], 1);
	ivshmem_doorbell(&msix, 1, 0);
	EXPECT(!WAIT_FOR(atomic_read(&irqs[4]), 5));
	EXPECT_EQ(mmio_read32(pending), 1);
	mmio_write32(&entry[3], 0);
	EXPECT(WAIT_FOR(atomic_read(&irqs[4]) == 1, 1000));
	EXPECT_EQ(mmio_read32(pending), 0);
	/* all of them, and as long as the function is no bus master */
	pci_write_config(BDF_MSIX, 0x62, 0xc000, 2);
	ivshmem_doorbell(&msix, 1, 0);
	pci_write_config(BDF_MSIX, PCI_CFG_COMMAND, PCI_CMD_MEM, 2);
	pci_write_config(BDF_MSIX, 0x62, 0x8000, 2);
	EXPECT(!WAIT_FOR(atomic_read(&irqs[4]) > 1, 5));
	pci_write_config(BDF_MSIX, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_MASTER,
			 2);
	EXPECT(WAIT_FOR(atomic_read(&irqs[4]) == 2, 1000));
	/* off: nothing is kept */
	pci_write_config(BDF_MSIX, 0x62, 0, 2);
	ivshmem_doorbell(&msix, 1, 0);
	pci_write_config(BDF_MSIX, 0x62, 0x8000, 2);
	EXPECT(!WAIT_FOR(atomic_read(&irqs[4]) > 2, 5));
}

/* Interrupts of others, of no one, and writes to other places: denied. */
static void msix_messages_that_are_not_ours(void)
{
	static const u32 bad[] = {
		0, 3, 27, 33, SPI(0) - 1, SPI(8), 1019, 1020, 0x10000 + SPI(4), ONES,
	};
	volatile u32 *entry = msix_entry(0);
	u32 address = mmio_read32(&entry[0]);
	u64 before = denied();

	for (unsigned int n = 0; n < ARRAY_SIZE(bad); n++) {
		mmio_write32(&entry[2], bad[n]);
		EXPECT_EQ(mmio_read32(&entry[2]), bad[n]);
		ivshmem_doorbell(&msix, 1, 0);
		EXPECT_EQ(denied(), before + n + 1);
	}
	mmio_write32(&entry[2], SPI(4));
	before = denied();
	atomic_set(&irqs[4], 0);
	mmio_write32(&entry[0], (u32)(u64)&irqs);
	ivshmem_doorbell(&msix, 1, 0);
	mmio_write32(&entry[0], address);
	mmio_write32(&entry[1], 1);
	ivshmem_doorbell(&msix, 1, 0);
	mmio_write32(&entry[1], 0);
	EXPECT_EQ(denied(), before + 2);
	EXPECT(!WAIT_FOR(atomic_read(&irqs[4]), 5));
	ivshmem_doorbell(&msix, 1, 0);
	EXPECT(WAIT_FOR(atomic_read(&irqs[4]) == 1, 1000));
	ivshmem_disable_irqs(&msix);
}

/* The frame that MSI-X writes to is there for the cell's own use too. */
static void message_based_interrupts(void)
{
	u64 before = denied();

	EXPECT(mmio_read32(gic_dist(GICD_TYPER)) & GICD_TYPER_MBIS);
	irq_enable(SPI(6));
	atomic_set(&irqs[6], 0);
	mmio_write32(gic_dist(GICD_SETSPI_NSR), SPI(6));
	EXPECT(WAIT_FOR(atomic_read(&irqs[6]) == 1, 1000));
	disable_irqs();
	mmio_write32(gic_dist(GICD_SETSPI_NSR), SPI(6));
	mmio_write32(gic_dist(GICD_CLRSPI_NSR), SPI(6));
	enable_irqs();
	EXPECT(!WAIT_FOR(atomic_read(&irqs[6]) > 1, 5));
	EXPECT_EQ(denied(), before);
	mmio_write32(gic_dist(GICD_SETSPI_NSR), SPI(8));
	EXPECT_EQ(denied(), before + 1);
}

/* With ivshmem-peer in the cell "ivshmem-b". */
static void peer_answers(void)
{
	unsigned int *count = &irqs[0];
	volatile u64 *ours, *theirs;
	u64 before;

	attach(&cells, BDF_CELLS);
	EXPECT_EQ(cells.id, 0);
	ours = ivshmem_output(&cells, 0);
	theirs = ivshmem_output(&cells, 1);
	ours[1] = 0;
	ivshmem_enable_irqs(&cells);
	if (!EXPECT(WAIT_FOR(cells.states[1] == PEER_READY, 5000)))
		return;
	for (u64 n = 1; n <= PEER_ROUNDS; n++) {
		atomic_set(count, 0);
		ours[0] = n * n;
		ours[1] = n;
		ivshmem_doorbell(&cells, 1, 0);
		if (!EXPECT(WAIT_FOR(atomic_read(count), 5000)))
			return;
		/* its data was written before its interrupt was sent */
		EXPECT_EQ(theirs[1], n);
		EXPECT_EQ(theirs[0], n * n + 1);
	}
	/* a state of ours reaches it, and its answer us */
	atomic_set(count, 0);
	ivshmem_set_state(&cells, PEER_PLEASE_GO);
	EXPECT(WAIT_FOR(cells.states[1] == PEER_GOING, 5000));
	EXPECT(WAIT_FOR(atomic_read(count) >= 1, 1000));
	/* it goes off then: that is told, too */
	EXPECT(WAIT_FOR(cells.states[1] == 0, 5000));
	EXPECT(WAIT_FOR(atomic_read(count) >= 2, 1000));
	/* a doorbell to one who does not run */
	before = denied();
	ivshmem_doorbell(&cells, 1, 0);
	EXPECT_EQ(denied(), before + 1);
	ivshmem_disable_irqs(&cells);
}

struct forbidden {
	const char *name;
	u64 addr;
};

/* Writes. The addresses are those of qemu-virt/links.h. */
static const struct forbidden forbidden[] = {
	{ "access:state-table", 0x70400000 },
	{ "access:output-of-root", 0x70420000 },
	{ "access:output-of-b", 0x70440000 },
	{ "access:output-of-root-end", 0x7042fff8 },
	{ "access:block-of-root", 0x70800000 },
	{ "access:cells-state-table", 0x70c00000 },
	{ "access:cells-output-of-b", 0x70c60000 },
};

static void __attribute__((noreturn)) try_forbidden(const char *name)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(forbidden); n++) {
		u64 addr = forbidden[n].addr;

		if (strcmp(forbidden[n].name + sizeof("access:") - 1, name))
			continue;
		attach(&demo, BDF_DEMO);
		ivshmem_set_state(&demo, 9);
		map_range((void *)(addr & ~(PAGE_SIZE - 1ULL)), PAGE_SIZE,
			  MAP_CACHED);
		mmio_read64((void *)addr);
		printk("# ivshmem: write to %s at 0x%llx\n", name, addr);
		mmio_write64((void *)addr, 1);
		dsb();
		printk("not ok - ivshmem: %s went through\n", name);
		inmate_exit();
	}
	panic("access=%s is unknown", name);
}

static void __attribute__((noreturn)) hold(void)
{
	static const u16 bdfs[] = {
		BDF_DEMO, BDF_NET, BDF_BULK, BDF_MSIX, BDF_CELLS,
	};
	static struct ivshmem links[ARRAY_SIZE(bdfs)];

	for (unsigned int n = 0; n < ARRAY_SIZE(bdfs); n++) {
		attach(&links[n], bdfs[n]);
		ivshmem_set_state(&links[n], 7);
	}
	printk("ivshmem: holds\n");
	for (;;)
		wait_for_interrupt();
}

static const struct test tests[] = {
	TEST(absent_functions_read_as_ones),
	TEST(header),
	TEST(capability),
	TEST(only_some_bits_are_writable),
	TEST(registers),
	TEST(state_goes_to_the_table),
	TEST(odd_accesses_have_no_effect),
	TEST(bars_over_other_things),
	TEST(bar_moves),
	TEST(doorbell_and_its_masks),
	TEST(one_shot),
	TEST(msix_vectors),
	TEST(msix_masks),
	TEST(msix_messages_that_are_not_ours),
	TEST(message_based_interrupts),
	TEST(peer_answers),
};

void inmate_main(void)
{
	char name[32];

	cmdline_parse_str("access", name, sizeof(name), "");
	if (name[0])
		try_forbidden(name);
	if (cmdline_parse_bool("hold", false))
		hold();
	irq_init(on_irq);
	enable_irqs();
	TEST_RUN("ivshmem", tests);
}
