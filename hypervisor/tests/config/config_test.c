// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* hypervisor/config: every refusal by its message, most of them by the table cases.inc. */

#include <cellblock/loader.h>
#include <lib/errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "fake/fake.h"
#include "tap.h"

static void fresh(void)
{
	config_case_begin();
	fake_forget();
}

/* A copy of exactly @size bytes at an odd address: the sanitizer sees its end. */
static void *odd_copy(const void *data, size_t size)
{
	u8 *room = malloc(size + 1);

	CHECK(room);
	return memcpy(room + 1, data, size);
}

static void free_odd_copy(void *copy)
{
	free((u8 *)copy - 1);
}

static int check_system(const void *data, size_t size)
{
	void *copy = odd_copy(data, size);
	int err = config_check_system(copy, size);

	free_odd_copy(copy);
	return err;
}

static int check_cell(const void *data, size_t size)
{
	void *copy = odd_copy(data, size);
	int err = config_check_cell(copy, size);

	free_odd_copy(copy);
	return err;
}

#define REFUSED(call, code, text)					\
	do {								\
		fake_forget();						\
		CHECK_EQ(call, code);					\
		CHECK_STR(fake_refusal, text);				\
	} while (0)

/* The samples with one change */
static int examine(enum config_case_kind kind)
{
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };
	int result;

	switch (kind) {
	case CASE_SYSTEM:
		return check_system(&sys, sizeof(sys));
	case CASE_CELL:
		result = check_cell(&cell, config_case_size(&cell));
		return result ? result : config_check_turns(&cell.cell, shares);
	case CASE_PAIR:
		CHECK_EQ(check_system(&sys, sizeof(sys)), 0);
		CHECK_EQ(check_cell(&cell, config_case_size(&cell)), 0);
		return config_check_cell_in_system(&sys.header, &cell.cell);
	default:
		CHECK_EQ(check_cell(&other, config_case_size(&other)), 0);
		result = config_check_cells(&cell.cell, &other.cell, false);
		return result ? result : config_check_plans(&cell.cell, &other.cell);
	}
}

TEST(table_of_cases)
{
	const struct config_case *c;
	int result;

	for (c = config_cases; c < config_cases + config_cases_count; c++) {
		fresh();
		c->change_it();
		result = examine(c->kind);
		if (result != c->result || strcmp(fake_refusal, c->sentence))
			tap_fail("config/cases.inc", 0, "%s: %d, \"%s\", not %d, \"%s\"",
				 c->change, result, fake_refusal, c->result, c->sentence);
	}
}

TEST(arrays)
{
	const struct jailhouse_memory *mem;
	unsigned int n = 0;

	fresh();
	CHECK(config_cpu_set(&cell.cell) == (const u8 *)cell.cpus);
	CHECK(config_mem_regions(&cell.cell) == cell.mem);
	CHECK(config_irqchips(&cell.cell) == cell.irqchips);
	CHECK(config_pci_devices(&cell.cell) == cell.pci);
	CHECK_EQ(config_size(&cell.cell), config_case_size(&cell));
	CHECK(!config_sharing(&cell.cell) && !config_shared_cpus(&cell.cell));
	CHECK_EQ(config_system_size(&sys.header), sizeof(sys));
	sample_share(&cell);
	CHECK_EQ(config_size(&cell.cell), sizeof(cell));
	CHECK(config_sharing(&cell.cell) == &cell.sharing);
	CHECK_EQ(config_shared_cpus(&cell.cell), 1);
	CHECK(config_is_whole(&cell.cell, sizeof(cell)));
	CHECK(!config_is_whole(&cell.cell, sizeof(cell) - 1));
	CHECK(!config_is_whole(&cell.cell, sizeof(cell.cell) - 1));

	for_each_mem(mem, &cell.cell)
		CHECK(mem == &cell.mem[n++]);
	CHECK_EQ(n, CELL_MEMS);
	CHECK(config_has_sections(&cell.cell, cell.pci));
	CHECK(!config_is_section(&cell.cell, &cell.mem[CELL_LINK - 1]));
	CHECK(config_is_section(&cell.cell, &cell.mem[CELL_LINK]));
	CHECK(config_is_section(&cell.cell, &cell.mem[CELL_LINK + 3]));
	cell.pci[0].shmem_regions_start++;
	CHECK(!config_has_sections(&cell.cell, cell.pci));
	cell.pci[0].shmem_regions_start = CELL_LINK;
	cell.pci[0].shmem_peers = 0;
	CHECK(!config_has_sections(&cell.cell, cell.pci));
	cell.cell.num_memory_regions = 0;
	for_each_mem(mem, &cell.cell)
		CHECK(false);
}

TEST(truncated_at_each_byte)
{
	size_t header = offsetof(struct jailhouse_system, root_cell);
	char text[80];

	fresh();
	sample_share(&cell);
	for (size_t size = 0; size < sizeof(cell); size++)
		CHECK_EQ(check_cell(&cell, size), -EINVAL);
	for (size_t size = 0; size < sizeof(sys); size++)
		CHECK_EQ(check_system(&sys, size), -EINVAL);
	REFUSED(check_cell(&cell, 0), -EINVAL,
		"the configuration is truncated: 0 bytes, not 132");
	REFUSED(check_system(&sys, 487), -EINVAL,
		"the configuration is truncated: 487 bytes, not 488");
	/* what the counts need, from the descriptor on */
	snprintf(text, sizeof(text), "the configuration is truncated: %zu bytes, not %zu",
		 sizeof(cell) - 1, sizeof(cell));
	REFUSED(check_cell(&cell, sizeof(cell) - 1), -EINVAL, text);
	snprintf(text, sizeof(text), "the configuration is truncated: %zu bytes, not %zu",
		 sizeof(sys) - header - 9, sizeof(sys) - header);
	REFUSED(check_system(&sys, sizeof(sys) - 9), -EINVAL, text);
}

TEST(bytes_behind_the_arrays_are_no_error)
{
	u8 longer[sizeof(cell) + 5] = { 0 };

	fresh();
	memcpy(longer, &cell, sizeof(cell));
	CHECK_EQ(check_cell(longer, sizeof(longer)), 0);
}

/* Every count, at the values where a sum or product could wrap around. */
TEST(counts_that_overflow)
{
	static const size_t counts[] = {
		offsetof(struct jailhouse_cell_desc, cpu_set_size),
		offsetof(struct jailhouse_cell_desc, num_memory_regions),
		offsetof(struct jailhouse_cell_desc, num_cache_regions),
		offsetof(struct jailhouse_cell_desc, num_irqchips),
		offsetof(struct jailhouse_cell_desc, num_pio_regions),
		offsetof(struct jailhouse_cell_desc, num_pci_devices),
		offsetof(struct jailhouse_cell_desc, num_pci_caps),
		offsetof(struct jailhouse_cell_desc, num_stream_ids),
	};
	static const u32 values[] = {
		0xffffffff, 0x80000000, 0x40000000, 0x20000000, 0x10000000,
		0x08000000, 0x08000008, 0x04924925, 0x15555556, 0x10001,
	};

	for (size_t n = 0; n < ARRAY_SIZE(counts); n++)
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			fresh();
			memcpy((u8 *)&cell + counts[n], &values[v], 4);
			REFUSED(check_cell(&cell, config_case_size(&cell)), -EINVAL,
				"the configuration's counts need more than 65536 bytes");
			CHECK(config_size(&cell.cell) > CONFIG_MAX_SIZE);
			CHECK(!config_is_whole(&cell.cell, sizeof(cell)));
			memcpy((u8 *)&sys.header.root_cell + counts[n],
			       &values[v], 4);
			REFUSED(check_system(&sys, sizeof(sys)), -EINVAL,
				"the configuration's counts need more than 65536 bytes");
		}
}

TEST(cpu_set)
{
	struct {
		struct jailhouse_cell_desc cell;
		u8 cpus[20];
	} __packed wide = { .cell = sample_cell.cell };

	memset(&wide.cell.cpu_set_size, 0, 32);
	REFUSED(check_cell(&wide, sizeof(wide)), -EINVAL,
		"the CPU set is empty");
	wide.cell.cpu_set_size = sizeof(wide.cpus);
	wide.cpus[0] = 1;
	REFUSED(check_cell(&wide, sizeof(wide)), 0, "");
	wide.cpus[9] = 0x18;
	REFUSED(check_cell(&wide, sizeof(wide)), -E2BIG,
		"CPU 75 is one too many: at most 64 are supported");
	CHECK(config_has_cpu(&wide.cell, 0));
	CHECK(!config_has_cpu(&wide.cell, 1));
	CHECK(config_has_cpu(&wide.cell, 75));
	CHECK(!config_has_cpu(&wide.cell, 20 * 8));
	CHECK(!config_has_cpu(&wide.cell, ~0U));
}

static char told[4][160];
static unsigned int tells;

static void tell(const struct jailhouse_cell_desc *desc, const char *fmt, ...)
{
	va_list args;

	CHECK(tells < ARRAY_SIZE(told));
	CHECK(desc == &cell.cell || desc == &sys.header.root_cell);
	va_start(args, fmt);
	vsnprintf(told[tells++], sizeof(told[0]), fmt, args);
	va_end(args);
}

/* What the validator refuses is told and left out, and then it is a good cell. */
static void adapts_cell(const char *refusal, const char *text)
{
	int err = check_cell(&cell, config_case_size(&cell));

	if (!err)
		err = config_check_cell_in_system(&sys.header, &cell.cell);
	CHECK_EQ(err, *refusal ? -EINVAL : 0);
	CHECK_STR(fake_refusal, refusal);
	tells = 0;
	config_adapt_cell(&sys.header, &cell.cell, tell);
	CHECK_EQ(tells, 1);
	CHECK_STR(told[0], text);
	CHECK_EQ(check_cell(&cell, config_case_size(&cell)), 0);
	CHECK_EQ(config_check_cell_in_system(&sys.header, &cell.cell), 0);
}

static void adapts_root(int result, const char *text)
{
	tells = 0;
	config_adapt_system(&sys.header, tell);
	CHECK_EQ(tells, *text ? 1 : 0);
	if (*text)
		CHECK_STR(told[0], text);
	CHECK_EQ(check_system(&sys, sizeof(sys)), result);
}

TEST(adapted_cells)
{
	fresh();
	tells = 0;
	config_adapt_cell(&sys.header, &cell.cell, tell);
	CHECK_EQ(tells, 0);
	CHECK(!memcmp(&cell, &sample_cell, sizeof(cell)));

	cell.pci[0].num_msix_vectors = 1;
	cell.pci[0].bar_mask[1] = 0xfffff000;
	cell.irqchips[0].address = 0x12340000;
	adapts_cell("irqchip 0: address is not that of the GIC (0x8000000)",
		    "irqchip 0 is at 0x12340000, where the GIC (0x8000000) is not: skipped");
	CHECK_EQ(config_irq_word(&cell.cell, 1), 0);

	fresh();
	cell.pci[0].num_msix_vectors = 1;
	cell.pci[0].bar_mask[1] = 0xfffff000;
	memset(&cell.irqchips[0], 0, sizeof(cell.irqchips[0]));
	adapts_cell("irqchip 0: address is not that of the GIC (0x8000000)",
		    "irqchip 0 is empty: skipped");

	fresh();
	cell.pci[0].shmem_dev_id = 2;
	adapts_cell("PCI device 0: peer 2 of a link of 2, which has 2 to 12 peers",
		    "PCI device 0 is peer 2 of a link with the peers 0 to 1: left out");
	CHECK(!config_is_link(&cell.pci[0]));

	fresh();
	cell.cell.vpci_irq_base = 0;
	adapts_cell("", "PCI device 0 gets no interrupts: its own is SPI 1 (vpci_irq_base 0), which no irqchip of the cell has");
	CHECK(config_is_link(&cell.pci[0]));
}

/* Two regions of @pages pages, in pages from some address; and what is left of them. */
static void adapts_regions(u64 first, u64 pages, u64 second, u64 second_pages, const u64 left[4])
{
	const struct { u64 start, pages; } two[] = { { first, pages }, { second, second_pages } };
	struct jailhouse_memory *mem = &sys.mem[SYS_UART];
	unsigned int n;

	fresh();
	for (n = 0; n < 2; n++) {
		mem[n].phys_start = mem[n].virt_start = 0x20000000 + two[n].start * 0x1000;
		mem[n].size = two[n].pages * 0x1000;
	}
	REFUSED(check_system(&sys, sizeof(sys)), -EINVAL,
		"memory regions 2 and 3 overlap in the cell's address space");
	adapts_root(0, "memory regions 2 and 3 overlap, and both map what is there to the same address: taken as one");
	for (n = 0; n < 2; n++) {
		CHECK_EQ(mem[n].size, left[2 * n + 1] * 0x1000);
		CHECK_EQ(mem[n].virt_start, mem[n].size ? 0x20000000 + left[2 * n] * 0x1000 : 0);
		CHECK_EQ(mem[n].phys_start, mem[n].virt_start);
	}
}

TEST(adapted_systems)
{
	struct jailhouse_memory *mem = sys.mem;

	fresh();
	adapts_root(0, "");
	CHECK(!memcmp(&sys, &sample_system, sizeof(sys)));
	sys.irqchips[1].address = 0x08010000;
	REFUSED(check_system(&sys, sizeof(sys)), -EINVAL,
		"irqchip 1: address is not that of the GIC (0x8000000)");
	adapts_root(0, "irqchip 1 is at 0x8010000, where the GIC (0x8000000) is not: skipped");

	/* Linux would have no interrupt at all */
	fresh();
	sys.irqchips[0].address = sys.irqchips[1].address = 0x08010000;
	adapts_root(-EINVAL, "");

	adapts_regions(0, 4, 0, 4, (u64[]){ 0, 4, 0, 0 });
	adapts_regions(0, 4, 1, 2, (u64[]){ 0, 4, 0, 0 });
	adapts_regions(1, 2, 0, 4, (u64[]){ 0, 0, 0, 4 });
	adapts_regions(0, 4, 2, 4, (u64[]){ 0, 4, 4, 2 });
	adapts_regions(2, 4, 0, 4, (u64[]){ 2, 4, 0, 2 });

	/* nor memory as a device, nor in two places */
	fresh();
	mem[SYS_DEVICES].phys_start = mem[SYS_DEVICES].virt_start = mem[SYS_UART].phys_start;
	mem[SYS_DEVICES].flags &= ~(u64)JAILHOUSE_MEM_IO;
	adapts_root(-EINVAL, "");
	fresh();
	mem[SYS_RAM_HIGH].phys_start = mem[SYS_RAM_LOW].phys_start;
	adapts_root(-EINVAL, "");
}

/* The shares of three, of which two share one CPU. */
TEST(shares_of_all_cells)
{
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };

	fresh();
	config_add_shares(&cell.cell, shares);
	CHECK_EQ(shares[0], 0);
	sample_share(&cell);
	cell.sharing.budget = 4999;
	REFUSED(config_check_turns(&cell.cell, shares), 0, "");
	CHECK_EQ(shares[0], 499900);
	sample_share(&other);
	other.sharing = (struct cellblock_sharing){
		.cpus = 1ULL << 63 | 1, .policy = CELLBLOCK_SHARE_CYCLIC,
		.period = 3000, .budget = 7, .num_slots = 2,
		.slots = { { 0, 1000 }, { 2500, 250 } },
	};
	REFUSED(config_check_turns(&other.cell, shares), 0, "");
	CHECK_EQ(shares[0], 499900 + 416667);
	CHECK_EQ(shares[63], 416667);
	/* 99 % are not too much, and one millionth more is */
	shares[0] = 990000 - 416667;
	shares[63] = 0;
	REFUSED(config_check_turns(&other.cell, shares), 0, "");
	REFUSED(config_check_turns(&other.cell, shares), -EINVAL,
		"CPU 0: cells that share it have 141 of 100 parts of its time, root must keep one");
	shares[0] = 0;
	shares[63] = 990001 - 416667;
	REFUSED(config_check_turns(&other.cell, shares), -EINVAL,
		"CPU 63: cells that share it have 100 of 100 parts of its time, root must keep one");
}

TEST(irq_lookup)
{
	fresh();
	for (unsigned int intid = 0; intid < 1024; intid++) {
		CHECK_EQ(config_has_irq(&cell.cell, intid), intid == 40);
		CHECK_EQ(config_has_irq(&sys.header.root_cell, intid),
			 intid >= 32 && intid < 192);
	}
}

TEST(pci_devices)
{
	struct {
		struct jailhouse_cell_desc cell;
		u64 cpus[1];
		struct jailhouse_pci_device pci[2];
	} __packed two = {
		.cell = sample_cell.cell, .cpus = { 1 },
		.pci = { { .type = 1, .bdf = 8 }, { .type = 2, .bdf = 8 } },
	};

	memset(&two.cell.num_memory_regions, 0, 28);
	two.cell.num_pci_devices = 2;
	REFUSED(check_cell(&two, sizeof(two)), -EINVAL,
		"PCI devices 0 and 1 have the same address");
	two.pci[1].domain = 1;
	REFUSED(check_cell(&two, sizeof(two)), 0, "");
	CHECK(config_pci_devices(&two.cell) == two.pci);
}

/* Root gives away what it has, but not memory that it shares. */
TEST(memory_that_root_shares)
{
	static const char shared[] = "memory region 0 overlaps region 1 of cell \"root\": physical 0x71000000, 0x1000000 bytes";
	struct {
		struct jailhouse_cell_desc root;
		struct jailhouse_memory mem[SYS_MEMS];
		struct jailhouse_pci_device pci[1];
	} __packed linked = { .root = sample_system.header.root_cell };

	/* sections of a link are shared, marked or not */
	fresh();
	linked.root.cpu_set_size = 0;
	linked.root.num_irqchips = 0;
	linked.root.num_pci_devices = 1;
	memcpy(linked.mem, sys.mem, sizeof(linked.mem));
	linked.pci[0].shmem_peers = 2;
	REFUSED(config_check_cells(&cell.cell, &linked.root, true), 0, "");
	linked.pci[0].type = JAILHOUSE_PCI_TYPE_IVSHMEM;
	linked.pci[0].bdf = cell.pci[0].bdf + (1 << 3);
	REFUSED(config_check_cells(&cell.cell, &linked.root, true), -EBUSY,
		shared);
	linked.pci[0].shmem_regions_start = SYS_UART;
	REFUSED(config_check_cells(&cell.cell, &linked.root, true), 0, "");
}

/* No table's case: the sample's root has not so many. */
TEST(the_last_interrupt_has_one_owner)
{
	fresh();
	cell.irqchips[0].pin_base = other.irqchips[0].pin_base = 992;
	cell.irqchips[0].pin_bitmap[0] = other.irqchips[0].pin_bitmap[0] = 1 << 27;
	REFUSED(config_check_cells(&cell.cell, &other.cell, false), -EBUSY,
		"interrupt 1019 belongs to cell \"other\"");
}

/* Bounded and the same in every run; make fuzz goes on from here. */
static size_t mutate(u8 *data, size_t size)
{
	static const u64 values[] = {
		0, 1, 31, 32, 0xfff, 0x1000, 0x7fffffff, 0x80000000, 0xffffffff,
		1ULL << 47, (1ULL << 48) - 1, 1ULL << 48, 1ULL << 63, ~0ULL,
	};
	u64 value = values[tap_below(ARRAY_SIZE(values))];
	size_t bytes = 1ULL << tap_below(4);
	size_t at = tap_below(size);

	if (bytes > size - at)
		bytes = size - at;
	switch (tap_below(8)) {
	case 0:
		return at;	/* truncated */
	case 1:
		data[at] ^= (u8)(1 << tap_below(8));
		break;
	case 2:
		data[at] = (u8)tap_random();
		break;
	case 3:	/* from elsewhere */
		memmove(data + at, data + tap_below(size - bytes + 1), bytes);
		break;
	default:
		memcpy(data + at, &value, bytes);
	}
	return size;
}

TEST(mutations)
{
	static u8 data[sizeof(struct sample_cell) +
		       sizeof(struct sample_system)];
	unsigned int accepted = 0, rounds = 200000;

	for (unsigned int n = 0; n < rounds; n++) {
		size_t size = n % 2 ? sizeof(cell) : sizeof(sample_system);

		fresh();
		if (n % 4 == 1)
			sample_share(&cell);
		memcpy(data, n % 2 ? (const void *)&cell :
				     (const void *)&sample_system, size);
		for (u64 m = 1 + tap_below(4); m && size; m--)
			size = mutate(data, size);
		accepted += sample_exercise(data, size);
	}
	/* both ways out are well trodden */
	CHECK(accepted > rounds / 20);
	CHECK(accepted < rounds - rounds / 20);
}

TAP_MAIN(
	TAP_TEST(table_of_cases),
	TAP_TEST(arrays),
	TAP_TEST(truncated_at_each_byte),
	TAP_TEST(bytes_behind_the_arrays_are_no_error),
	TAP_TEST(counts_that_overflow),
	TAP_TEST(cpu_set),
	TAP_TEST(adapted_cells),
	TAP_TEST(adapted_systems),
	TAP_TEST(shares_of_all_cells),
	TAP_TEST(irq_lookup),
	TAP_TEST(pci_devices),
	TAP_TEST(memory_that_root_shares),
	TAP_TEST(the_last_interrupt_has_one_owner),
	TAP_TEST(mutations)
)
