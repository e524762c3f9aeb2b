// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A hostile root kernel, on all its CPUs at once, while a victim runs in a cell: hypercalls with any argument, a
 * configuration that changes while it is read, firmware calls of all owners, the GIC, and memory that is not root's.
 * The victim must not notice. hostile-requests.c has the requests to the driver.
 */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>
#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/enabled.h"
#include "lib/errors.h"
#include "lib/load.h"
#include "lib/rogue.h"

#define LIMIT		60000	/* ms, for the victim's reports */
#define ARRAY(a)	(sizeof(a) / sizeof(*(a)))
#define ANY_OF(a, list)	((list)[cb_below(a, ARRAY(list))])
#define SHORT		2500	/* ms */
#define ROOT_CPUS	(0xf & ~(1U << CB_VICTIM_CPU))
#define VICTIM_RAM	QEMU_CELL_BASE(0)
#define VICTIM_ID	1
/* nothing answers there, which root's configuration has as RAM in one of the tests */
#define NO_RAM		(QEMU_NOWHERE + QEMU_PAGE)

static uint64_t buffer;	/* physical, of root's */

static void begin(struct __test_metadata *_metadata)
{
	buffer = cb_rogue_buffer();
	ASSERT_EQ(VICTIM_ID, cb_victim_start("")) TH_LOG("%s", cb_error());
}

static void end(struct __test_metadata *_metadata, struct cb_console *con, struct cb_attack a)
{
	dprintf(STDOUT_FILENO, "# tried %lu, refused %lu, escaped %lu (seed %lu)\n", a.tried, a.refused, a.escaped,
		cb_parameter("cellblock.seed=", 1));
	EXPECT_LT(0, a.tried);
	EXPECT_EQ(0, a.escaped);
	EXPECT_TRUE(cb_victim_is_well(con, LIMIT)) TH_LOG("%s: %s", cb_state(CB_VICTIM), cb_console_all(con));
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
}

/* Hypercalls */

/* Those that there are, and the next ones */
static const uint64_t numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x100, 0x101, 0x102, 0x103, 0x104, ~0ULL };

static const uint64_t bad_arguments[] = {
	0, VICTIM_ID, 2, 3, 4, 63, 64, 1000, 0x7fffffff, 0xffffffff, 1ULL << 32 | VICTIM_ID, 1ULL << 47, 1ULL << 48,
	1ULL << 63, ~0ULL, ~0ULL - 131, QEMU_HV_BASE, QEMU_HV_BASE - 1, QEMU_HV_BASE - 132, QEMU_HV_BASE + 0x200000,
	VICTIM_RAM, VICTIM_RAM - 1, VICTIM_RAM + 0x800000, QEMU_GICD_BASE, QEMU_GICR_BASE, QEMU_FLASH_BASE,
	QEMU_PCI_MEM_BASE, QEMU_PCI_HIGH_BASE, NO_RAM, NO_RAM + 8, NO_RAM + QEMU_PAGE - 8, NO_RAM - 132,
};

/* In the buffer: aligned, not aligned, and its last byte */
static const uint64_t buffer_offsets[] = { 0, 1, ROGUE_BUFFER_SIZE - 1 };

static uint64_t argument(unsigned int n)
{
	return n < ARRAY(bad_arguments) ? bad_arguments[n] : buffer + buffer_offsets[n - ARRAY(bad_arguments)];
}

#define ARGUMENTS	(ARRAY(bad_arguments) + ARRAY(buffer_offsets))

static uint64_t some_argument(struct cb_attack *a)
{
	return argument(cb_below(a, ARGUMENTS));
}

static long call_until_free(unsigned int cpu, uint64_t nr, uint64_t arg)
{
	long result;

	do
		result = cb_rogue_hypercall(cpu, nr, arg, 0);
	while (result == -EBUSY || result == -EAGAIN);
	return result;
}

/* What root may ask: how things are, and that a CPU of its own is shared or not. */
static bool is_roots_right(uint64_t nr, uint64_t arg1)
{
	switch (nr) {
	case JAILHOUSE_HC_HYPERVISOR_GET_INFO:
		return true;
	case JAILHOUSE_HC_CELL_GET_STATE:
	case CELLBLOCK_HC_CELL_WATCH:
	case CELLBLOCK_HC_CELL_FAULT:
		return arg1 <= VICTIM_ID;
	case JAILHOUSE_HC_CPU_GET_INFO:
	case CELLBLOCK_HC_CPU_PARKED:
		return arg1 < 4;
	case CELLBLOCK_HC_CPU_SHARE:
		return arg1 < 2;
	default:
		return false;
	}
}

/* Root decides about the life of cells: that it may end the victim is no finding. */
static bool ends_victim(uint64_t nr, uint64_t arg1)
{
	return arg1 == VICTIM_ID && (nr == JAILHOUSE_HC_CELL_SET_LOADABLE || nr == JAILHOUSE_HC_CELL_DESTROY ||
				     nr == CELLBLOCK_HC_CELL_SHUTDOWN);
}

/* Each number with each argument, by all CPUs in the same order, then any with any */
static void any_hypercall(struct cb_attack *a)
{
	static unsigned int next;
	uint64_t nr = ANY_OF(a, numbers), arg1 = some_argument(a), arg2 = some_argument(a);
	long result;

	if (next < ARRAY(numbers) * ARGUMENTS) {
		nr = numbers[next / ARGUMENTS];
		arg1 = argument(next++ % ARGUMENTS);
	} else if (!cb_below(a, 16)) {
		nr = cb_any(a);
	}
	if (ends_victim(nr, arg1))
		return;
	result = cb_rogue_hypercall(a->cpu, nr, arg1, arg2);
	cb_tried(a, (result < 0 && result > -134) || is_roots_right(nr, arg1), "hypercall", nr, arg1, arg2, result);
}

/* No CPU stays shared. */
static void attack_by_hypercalls(struct __test_metadata *_metadata, struct cb_console *con)
{
	begin(_metadata);
	end(_metadata, con, cb_attack(ROOT_CPUS, SHORT, any_hypercall));
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		if (cpu != CB_VICTIM_CPU)
			EXPECT_EQ(0, call_until_free(cpu, CELLBLOCK_HC_CPU_SHARE, 0));
}

TEST_F_TIMEOUT(enabled, hypercalls, 200)
{
	attack_by_hypercalls(_metadata, &self->con);
}

FIXTURE(silent) {
	struct cb_console con;
};

FIXTURE_SETUP(silent)
{
	struct err_config system;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&system, NULL));
	*err_add_mem(&system) = (struct jailhouse_memory) {
		.phys_start = NO_RAM, .virt_start = NO_RAM, .size = QEMU_PAGE,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE,
	};
	ASSERT_EQ(0, cb_enable_raw(&system.sys)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&self->con));
}

FIXTURE_TEARDOWN(silent)
{
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	cb_console_close(&self->con);
	EXPECT_EQ(0, cb_rmmod());
}

TEST_F_TIMEOUT(silent, hypercalls, 200)
{
	attack_by_hypercalls(_metadata, &self->con);
}

/* A configuration that changes while it is read */

#define RACER_ID	7
#define RACER_CPU	3

struct racer {
	struct jailhouse_cell_desc cell;
	uint64_t cpus[1];
	struct jailhouse_memory mem[2];
	struct jailhouse_irqchip irqchip;
} __attribute__((packed));

static const struct racer good = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "racer",
		.id = RACER_ID,
		.cpu_set_size = sizeof(good.cpus),
		.num_memory_regions = ARRAY(good.mem),
		.num_irqchips = 1,
	},
	.cpus = { 1 << RACER_CPU },
	.mem = {
		{	/* of the flash, which Linux does not use */
			.phys_start = QEMU_FLASH_BASE + 0x4000000,
			.virt_start = QEMU_FLASH_BASE + 0x4000000,
			.size = QEMU_PAGE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO,
		}, {
			.virt_start = QEMU_CELL_COMM,
			.size = QEMU_PAGE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_COMM_REGION,
		},
	},
	.irqchip = { .address = QEMU_GICD_BASE, .pin_base = 32 + 128, .pin_bitmap = { 1 << 4 } },
};

/* What must not get in, of 4 or 8 bytes each. */
#define EVIL(field, number)	{ offsetof(struct racer, field), sizeof(good.field), number }
static const struct {
	size_t offset, size;
	uint64_t value;
} evil[] = {
	EVIL(cell.id, VICTIM_ID),
	EVIL(cell.cpu_set_size, 0xffffffff),
	EVIL(cell.cpu_set_size, 0x100000),
	EVIL(cell.num_memory_regions, 0x7ffffff),
	EVIL(cell.num_memory_regions, 100),
	EVIL(cell.num_cache_regions, 0xffffffff),
	EVIL(cell.num_irqchips, 0xffffffff),
	EVIL(cell.num_irqchips, 40),
	EVIL(cell.num_pci_devices, 0xffffffff),
	EVIL(cell.num_pci_caps, 0x1fffffff),
	EVIL(cell.num_stream_ids, 0x3fffffff),
	EVIL(cpus[0], 1 << CB_VICTIM_CPU),
	EVIL(cpus[0], 0xf),
	EVIL(cpus[0], 1ULL << 63),
	EVIL(mem[0].phys_start, QEMU_HV_BASE),
	EVIL(mem[0].phys_start, VICTIM_RAM),
	EVIL(mem[0].phys_start, QEMU_GICD_BASE),
	EVIL(mem[0].phys_start, QEMU_GICR_BASE + CB_VICTIM_CPU * 0x20000ULL),
	EVIL(mem[0].phys_start, ~0xfffULL),
	EVIL(mem[0].virt_start, QEMU_CELL_COMM),
	EVIL(mem[0].virt_start, ~0xfffULL),
	EVIL(mem[0].size, ~0xfffULL),
	EVIL(mem[0].size, 1ULL << 40),
	EVIL(mem[0].size, 0),
	EVIL(mem[0].flags, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_COMM_REGION),
	EVIL(mem[0].flags, ~0ULL),
	EVIL(mem[1].size, 1ULL << 40),
	EVIL(mem[1].flags, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION),
	EVIL(irqchip.address, 0),
	EVIL(irqchip.pin_base, 0),
	EVIL(irqchip.pin_base, 0xffffffe0),
};

static struct racer *racer;	/* in the buffer */

static void spoil(struct cb_attack *a)
{
	unsigned int n = cb_below(a, ARRAY(evil));
	void *field = (uint8_t *)racer + evil[n].offset;
	unsigned int wait;

	memcpy(field, &evil[n].value, evil[n].size);
	for (wait = cb_below(a, 1000); wait; wait--)
		asm volatile("yield");
	memcpy(field, (const uint8_t *)&good + evil[n].offset, evil[n].size);
	for (wait = cb_below(a, 2000); wait; wait--)
		asm volatile("yield");
}

/* If it gets in, then as it should be, and goes again. */
static void create_racer(struct cb_attack *a)
{
	long result = cb_rogue_hypercall(a->cpu, JAILHOUSE_HC_CELL_CREATE, buffer, 0);

	if (result == RACER_ID)
		result = call_until_free(a->cpu, JAILHOUSE_HC_CELL_DESTROY, RACER_ID);
	cb_tried(a, result <= 0, "CELL_CREATE", buffer, 0, 0, result);
	if (!result) {
		a->refused--;
		a->tried--;
		*(unsigned long *)((uint8_t *)racer + QEMU_PAGE) += 1;
	}
}

static void race(struct cb_attack *a)
{
	if (a->cpu)
		spoil(a);
	else
		create_racer(a);
}

TEST_F_TIMEOUT(enabled, configuration_that_changes, 200)
{
	struct cb_attack a;

	begin(_metadata);
	racer = cb_rogue_map(buffer, ROGUE_BUFFER_SIZE);
	memset(racer, 0, ROGUE_BUFFER_SIZE);
	memcpy(racer, &good, sizeof(good));
	ASSERT_EQ(0, cb_set_online(RACER_CPU, false));
	/* it would be accepted */
	ASSERT_EQ(RACER_ID, cb_rogue_hypercall(0, JAILHOUSE_HC_CELL_CREATE, buffer, 0)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, call_until_free(0, JAILHOUSE_HC_CELL_DESTROY, RACER_ID));

	a = cb_attack(1 << 0 | 1 << 2, 2 * SHORT, race);
	dprintf(STDOUT_FILENO, "# %lu as it should be\n", *(unsigned long *)((uint8_t *)racer + QEMU_PAGE));
	EXPECT_LT(0, *(unsigned long *)((uint8_t *)racer + QEMU_PAGE));
	EXPECT_EQ(2, cb_rogue_hypercall(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS, 0));
	EXPECT_EQ(0, cb_set_online(RACER_CPU, true));
	end(_metadata, &self->con, a);
}

/* Firmware calls */

#define PSCI(n)		(0x84000000U | (n))
#define NOT_SUPPORTED	(-1L)

/* CPUs that are there and on, the victim's, and none: nothing is started. */
static void any_psci(struct cb_attack *a)
{
	const uint64_t targets[] = {
		0, CB_VICTIM_CPU, 2, 3, 4, 0x100, 1ULL << 32 | CB_VICTIM_CPU, 1ULL << 31 | CB_VICTIM_CPU, ~0ULL,
	};
	uint64_t function = PSCI(3) | (uint64_t)cb_below(a, 2) << 30, target = ANY_OF(a, targets);
	long result = cb_rogue_smc(a->cpu, function, target, some_argument(a), cb_any(a));

	/* 32 bits of a result are what a call of 32 bits has */
	cb_tried(a, (int)result < 0, "CPU_ON", function, target, 0, result);
}

/* Not the ranges that pass; by HVC, root's KVM gets answers of no effect to those of its own (6). */
static bool must_be_refused(uint32_t function, bool hvc)
{
	uint32_t owner = function >> 24 & 0x3f;

	return owner != 0 && owner != 2 && owner != 3 && owner < 48 && !(hvc && owner == 6);
}

static void any_firmware_call(struct cb_attack *a)
{
	uint32_t function = (uint32_t)cb_any(a);
	bool hvc = cb_below(a, 2);
	long result;

	if (!cb_below(a, 4)) {
		any_psci(a);
		return;
	}
	if (!cb_below(a, 3))
		function = 0x95c1ba5e + cb_below(a, 4);
	else if (!cb_below(a, 3))
		function = 0x84000020 + cb_below(a, 0x100) + (cb_below(a, 2) << 30);
	/* TRNG may be there; PSCI's own are above */
	if ((function & 0x3fffffff) - 0x4000000 < 0x20 || (function & 0x3ffffffc) == 0x4000050)
		return;
	result = hvc ? cb_rogue_hvc(a->cpu, function, some_argument(a), cb_any(a), 0) :
		       cb_rogue_smc(a->cpu, function, some_argument(a), cb_any(a), 0);
	cb_tried(a, (int)result == NOT_SUPPORTED || !must_be_refused(function, hvc), hvc ? "HVC" : "SMC", function,
		 0, 0, result);
}

TEST_F_TIMEOUT(enabled, firmware_calls, 200)
{
	begin(_metadata);
	end(_metadata, &self->con, cb_attack(ROOT_CPUS, SHORT, any_firmware_call));
	EXPECT_EQ(self->cpus - 1, cb_num_online());
}

/* The GIC */

#define GICR(cpu)		(QEMU_GICR_BASE + (cpu) * 0x20000ULL)
#define GICR_CTLR		0x0000
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_SGI_FRAME		0x10000
#define TABLES_CPU		3

/* To the victim's CPU, on a GICv2, and to those that there are not. */
static void any_sgi_of_gicv2(struct cb_attack *a)
{
	uint32_t targets = (uint32_t)(cb_any(a) & 0xf0) | 1U << CB_VICTIM_CPU;

	cb_rogue_write(a->cpu, QEMU_GICD_BASE + 0xf00, 4, targets << 16 | (cb_any(a) & 0x800f));
}

/* What is not each CPU's own of a GICv2's distributor, but for SPIs. */
static void any_register_of_gicv2(struct cb_attack *a)
{
	static const uint32_t words[] = {
		0x0, 0x4, 0x8, 0xc, 0x80, 0x800, 0x81c, 0xd00, 0xe00, 0xf30, 0xfd0, 0xfe8, 0xffc,
	};

	cb_rogue_write(a->cpu, QEMU_GICD_BASE + ANY_OF(a, words), 4, cb_any(a));
}

/* What is not Group 1's is nobody's. */
static void any_sgi_of_other_groups(struct cb_attack *a)
{
	cb_rogue_sgi(a->cpu, cb_below(a, 2) ? ROGUE_SGI0 : ROGUE_ASGI1, cb_any(a));
}

/* Aff3, RS, Aff2 and Aff1 are anything, but so that CPUs of root's are not among the targets. */
static void any_sgi(struct cb_attack *a)
{
	uint64_t affinity = cb_any(a) & 0x00fff0ff00ff0000ULL, sgi = (uint64_t)cb_below(a, 16) << 24;

	cb_rogue_sgi(a->cpu, ROGUE_SGI, sgi | (cb_below(a, 2) ? affinity | 0xffff : 1U << CB_VICTIM_CPU));
}

/* The frame of the victim's CPU, and words of GICD that are no SPI's. */
static void any_register(struct cb_attack *a)
{
	static const uint32_t words[] = {
		0x0, 0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x41c, 0x800, 0xc00, 0xd00, 0xf00,
	};
	uint64_t at = GICR(CB_VICTIM_CPU) + cb_below(a, 2) * GICR_SGI_FRAME + (cb_below(a, 0x1000) & ~3U);

	if (!cb_below(a, 4))
		at = QEMU_GICD_BASE + ANY_OF(a, words);
	cb_rogue_write(a->cpu, at, 4, cb_any(a));
}

static void any_interrupt(struct cb_attack *a)
{
	bool v2 = cb_is_gicv2();

	if (!v2 && !cb_below(a, 4))
		any_sgi_of_other_groups(a);
	else if (cb_below(a, 2))
		(v2 ? any_sgi_of_gicv2 : any_sgi)(a);
	else
		(v2 ? any_register_of_gicv2 : any_register)(a);
	/* it is the victim that sees what was not refused */
	cb_tried(a, true, "", 0, 0, 0, 0);
}

/* Nothing but the victim says whether it got through: it panics on any interrupt that it does not know. */
TEST_F_TIMEOUT(enabled, interrupts, 200)
{
	begin(_metadata);
	end(_metadata, &self->con, cb_attack(ROOT_CPUS, SHORT, any_interrupt));
}

static uint64_t own_prop, own_pend;

static bool lpis_are_enabled(unsigned int cpu)
{
	return cb_rogue_read(cpu, GICR(TABLES_CPU) + GICR_CTLR, 4) & 1;
}

static const uint64_t tables[] = {
	VICTIM_RAM, VICTIM_RAM + 0x10000, QEMU_HV_BASE, QEMU_HV_BASE + 0x200000, QEMU_GICD_BASE, 1ULL << 47,
};

#define TABLE_FLAGS	0x78f
#define TABLE_ROUNDS	4

static uint64_t some_table(struct cb_attack *a)
{
	return ANY_OF(a, tables) | TABLE_FLAGS;
}

/* Of the numbers, 0 is root's own. */
static void try_tables(struct cb_attack *a, unsigned int nr_prop, unsigned int nr_pend)
{
	uint64_t prop = nr_prop ? tables[nr_prop - 1] | TABLE_FLAGS : own_prop;
	uint64_t pend = nr_pend ? tables[nr_pend - 1] | TABLE_FLAGS : own_pend;
	bool are_own = !nr_prop && !nr_pend;

	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 0);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8, prop);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8, pend);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 1);
	cb_tried(a, lpis_are_enabled(0) == are_own, "LPI tables", prop, pend, are_own, 0);
}

/* Each with each, by one CPU */
static void each_table(struct cb_attack *a)
{
	unsigned int round, prop, pend;

	for (round = 0; round < TABLE_ROUNDS; round++)
		for (prop = 0; prop <= ARRAY(tables); prop++)
			for (pend = 0; pend <= ARRAY(tables); pend++)
				try_tables(a, prop, pend);
}

static void add(struct cb_attack *sum, struct cb_attack a)
{
	sum->tried += a.tried;
	sum->refused += a.refused;
	sum->escaped += a.escaped;
}

/* One CPU enables and disables, the others exchange the tables. */
static void any_table(struct cb_attack *a)
{
	uint64_t prop, pend;

	if (a->cpu) {
		cb_rogue_write(a->cpu, GICR(TABLES_CPU) + GICR_PROPBASER, 8, cb_below(a, 2) ? own_prop : some_table(a));
		cb_rogue_write(a->cpu, GICR(TABLES_CPU) + GICR_PENDBASER, 8, cb_below(a, 2) ? own_pend : some_table(a));
		return;
	}
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 0);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 1);
	if (!lpis_are_enabled(0)) {
		cb_tried(a, true, "", 0, 0, 0, 0);
		return;
	}
	/* they do not change from now on */
	prop = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8);
	pend = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8);
	cb_tried(a, prop == own_prop && !((pend ^ own_pend) & 0xfffffffff0000ULL), "LPI tables", prop, pend, 0, 1);
}

/* Without LPIs (no ITS) there is nothing to be tried. */
TEST_F_TIMEOUT(enabled, lpi_tables, 200)
{
	struct cb_attack a = { 0 };

	begin(_metadata);
	if (cb_is_gicv2() || !lpis_are_enabled(0))
		SKIP(return, "Linux uses no LPIs");
	own_prop = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8);
	own_pend = cb_rogue_read(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8);
	each_table(&a);
	add(&a, cb_attack(ROOT_CPUS, SHORT, any_table));
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 0);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PROPBASER, 8, own_prop);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_PENDBASER, 8, own_pend);
	cb_rogue_write(0, GICR(TABLES_CPU) + GICR_CTLR, 4, 1);
	EXPECT_TRUE(lpis_are_enabled(0));
	end(_metadata, &self->con, a);
}

/* Memory */

static sigjmp_buf after_fault;

static void on_fault(int signal)
{
	siglongjmp(after_fault, signal);
}

#define ACCESS(type, at, is_write) \
	do { if (is_write) *(volatile type *)(at) = 0xee; else (void)*(volatile type *)(at); } while (0)

/* Of 1, 2, 4 or 8 bytes, by the CPU that it runs on */
static bool reaches(uint64_t page, uint64_t offset, unsigned int size, bool is_write)
{
	uint8_t *at = cb_rogue_map(page, QEMU_PAGE);
	volatile bool reached = false;

	if (!sigsetjmp(after_fault, 1)) {
		switch (size) {
		case 1:
			ACCESS(uint8_t, at + offset, is_write);
			break;
		case 2:
			ACCESS(uint16_t, at + offset, is_write);
			break;
		case 4:
			ACCESS(uint32_t, at + offset, is_write);
			break;
		default:
			ACCESS(uint64_t, at + offset, is_write);
		}
		reached = true;
	}
	munmap(at, QEMU_PAGE);
	return reached;
}

/* Two pages that the hypervisor shares with root can be read. */
static uint64_t shared;

static void find_shared(void)
{
	struct cellblock_header header;
	size_t size;
	void *image = cb_read_file("/lib/firmware/jailhouse.bin", &size);

	memcpy(&header, image, sizeof(header));
	shared = QEMU_HV_BASE + header.shared_offset;
	free(image);
}

static const struct {
	uint64_t start;
	uint32_t size;
} others[] = { { QEMU_HV_BASE, QEMU_HV_SIZE }, { VICTIM_RAM, QEMU_CELL_SIZE } };

/* Anywhere in the page, of any size */
static void try_page(struct cb_attack *a, uint64_t page)
{
	unsigned int size = 1U << cb_below(a, 4);
	uint64_t offset = cb_below(a, QEMU_PAGE / size) * size;
	bool is_write = cb_below(a, 2);
	bool is_shared = !is_write && page - shared < 2 * QEMU_PAGE;

	cb_tried(a, !reaches(page, offset, size, is_write) || is_shared, is_write ? "write" : "read", page, offset,
		 size, 0);
}

static void any_memory(struct cb_attack *a)
{
	unsigned int which = cb_below(a, ARRAY(others));

	signal(SIGBUS, on_fault);
	try_page(a, others[which].start + cb_below(a, others[which].size / QEMU_PAGE) * QEMU_PAGE);
}

#define PAGES_STEP	16

/* The first page, the last, and one of each few between them, by one CPU */
static void each_page(struct cb_attack *a)
{
	unsigned int which;
	uint64_t at;

	for (which = 0; which < ARRAY(others); which++) {
		for (at = 0; at < others[which].size; at += PAGES_STEP * QEMU_PAGE)
			try_page(a, others[which].start + at + (at ? cb_below(a, PAGES_STEP) * QEMU_PAGE : 0));
		try_page(a, others[which].start + others[which].size - QEMU_PAGE);
	}
}

TEST_F_TIMEOUT(enabled, memory, 200)
{
	struct cb_attack a = { .state = cb_parameter("cellblock.seed=", 1) + 1 };

	begin(_metadata);
	find_shared();
	signal(SIGBUS, on_fault);
	/* so that it is known to work */
	EXPECT_TRUE(reaches(buffer, 0, 8, true));
	EXPECT_TRUE(reaches(shared, 0, 8, false));
	EXPECT_FALSE(reaches(shared, 0, 8, true));
	each_page(&a);
	add(&a, cb_attack(ROOT_CPUS, SHORT, any_memory));
	end(_metadata, &self->con, a);
}

TEST_HARNESS_MAIN
