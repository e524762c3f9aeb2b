// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* hypervisor/config: every refusal by its message. */

#include <cellblock/loader.h>
#include <lib/errno.h>
#include <stdio.h>
#include <string.h>

#include "config_samples.h"
#include "fake/fake.h"
#include "tap.h"

static struct sample_system sys;
static struct sample_cell cell;

static void fresh(void)
{
	sys = sample_system;
	cell = sample_cell;
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

/* A sample with one change, then: */
#define BAD_CELL(code, text, ...)					\
	do {								\
		fresh();						\
		__VA_ARGS__;						\
		REFUSED(check_cell(&cell, sizeof(cell)), code, text);	\
	} while (0)

#define GOOD_CELL(...)							\
	do {								\
		fresh();						\
		__VA_ARGS__;						\
		REFUSED(check_cell(&cell, sizeof(cell)), 0, "");	\
	} while (0)

#define BAD_SYSTEM(code, text, ...)					\
	do {								\
		fresh();						\
		__VA_ARGS__;						\
		REFUSED(check_system(&sys, sizeof(sys)), code, text);	\
	} while (0)

#define GOOD_SYSTEM(...)						\
	do {								\
		fresh();						\
		__VA_ARGS__;						\
		REFUSED(check_system(&sys, sizeof(sys)), 0, "");	\
	} while (0)

/* A valid cell that does not fit in with the valid system */
#define BAD_PAIR(code, text, ...)					\
	do {								\
		fresh();						\
		__VA_ARGS__;						\
		REFUSED(check_system(&sys, sizeof(sys)), 0, "");	\
		REFUSED(check_cell(&cell, sizeof(cell)), 0, "");	\
		REFUSED(config_check_cell_in_system(&sys.header,	\
						    &cell.cell),	\
			code, text);					\
	} while (0)

#define GOOD_PAIR(...)	BAD_PAIR(0, "", __VA_ARGS__)

TEST(samples_are_accepted)
{
	GOOD_SYSTEM();
	GOOD_CELL();
	GOOD_PAIR();
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
	CHECK_EQ(config_size(&cell.cell), sizeof(cell));
	CHECK_EQ(config_system_size(&sys.header), sizeof(sys));
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

TEST(header)
{
	BAD_CELL(-EINVAL, "not a cell configuration: no signature JHCLL",
		 cell.cell.signature[4] = 'X');
	BAD_CELL(-EINVAL, "not a cell configuration: no signature JHCLL",
		 memcpy(&cell, &sys, 64));
	BAD_SYSTEM(-EINVAL, "not a system configuration: no signature JHSYS",
		   memcpy(&sys, &cell, 64));
	BAD_CELL(-EINVAL, "the configuration has revision 13, not 14: rebuild it",
		 cell.cell.revision = 13);
	BAD_SYSTEM(-EINVAL,
		   "the configuration has revision 65535, not 14: rebuild it",
		   sys.header.revision = 0xffff);
	BAD_CELL(-EINVAL,
		 "the configuration is for architecture 0, not arm64 (2)",
		 cell.cell.architecture = JAILHOUSE_X86);
	BAD_SYSTEM(-EINVAL,
		   "the configuration is for architecture 1, not arm64 (2)",
		   sys.header.architecture = JAILHOUSE_ARM);
	/* the root cell's own header is not used */
	GOOD_SYSTEM(sys.header.root_cell.revision = 1);
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
			REFUSED(check_cell(&cell, sizeof(cell)), -EINVAL,
				"the configuration's counts need more than 65536 bytes");
			CHECK(config_size(&cell.cell) > CONFIG_MAX_SIZE);
			CHECK(!config_is_whole(&cell.cell, sizeof(cell)));
			memcpy((u8 *)&sys.header.root_cell + counts[n],
			       &values[v], 4);
			REFUSED(check_system(&sys, sizeof(sys)), -EINVAL,
				"the configuration's counts need more than 65536 bytes");
		}
}

TEST(name)
{
	BAD_CELL(-EINVAL, "the cell's name is empty", cell.cell.name[0] = 0);
	BAD_CELL(-EINVAL, "the cell's name is not terminated",
		 memset(cell.cell.name, 'x', sizeof(cell.cell.name)));
	GOOD_CELL(memset(cell.cell.name, 'x', sizeof(cell.cell.name) - 1));
	GOOD_CELL(memcpy(cell.cell.name, "A b~", 5));
	BAD_CELL(-EINVAL,
		 "the cell's name is not printable",
		 cell.cell.name[2] = '\n');
	BAD_CELL(-EINVAL,
		 "the cell's name is not printable",
		 cell.cell.name[0] = (char)0xff);
	BAD_SYSTEM(-EINVAL, "the cell's name is empty",
		   sys.header.root_cell.name[0] = 0);
}

TEST(flags)
{
	BAD_CELL(-EINVAL, "32-bit cells are not supported",
		 cell.cell.flags |= JAILHOUSE_CELL_AARCH32);
	BAD_CELL(-EINVAL, "unknown cell flags 0x20000010",
		 cell.cell.flags = 0x20000011);
	GOOD_CELL(cell.cell.flags = JAILHOUSE_CELL_PASSIVE_COMMREG |
		  JAILHOUSE_CELL_GIC_PMR | JAILHOUSE_CELL_TEST_DEVICE |
		  JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE);
}

TEST(cpu_set)
{
	struct {
		struct jailhouse_cell_desc cell;
		u8 cpus[20];
	} __packed wide = { .cell = sample_cell.cell };

	BAD_CELL(-EINVAL, "the CPU set is empty", cell.cpus[0] = 0);
	GOOD_CELL(cell.cpus[0] = 1ULL << 63);

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

TEST(memory_sizes_and_limits)
{
	struct jailhouse_memory *ram = &cell.mem[CELL_RAM];

	BAD_CELL(-EINVAL, "memory region 0: size is 0", ram->size = 0);
	GOOD_CELL(memset(ram, 0, sizeof(*ram)));
	BAD_CELL(-EINVAL, "memory region 0: ends beyond 48-bit addresses",
		 ram->virt_start = 0 - 0x1000ULL);
	BAD_CELL(-EINVAL, "memory region 0: ends beyond 48-bit addresses",
		 ram->phys_start = (1ULL << 48) - ram->size + 0x1000);
	GOOD_CELL(ram->phys_start = (1ULL << 48) - ram->size);
	BAD_CELL(-EINVAL, "memory region 0: ends beyond 48-bit addresses",
		 ram->phys_start = 1ULL << 48);
	BAD_CELL(-EINVAL, "memory region 0: ends beyond 48-bit addresses",
		 ram->size = 0 - 0x1000ULL);
	BAD_CELL(-EINVAL, "memory region 0: ends beyond 48-bit addresses",
		 ram->size = ~0ULL);
	BAD_CELL(-EINVAL, "memory region 0: unknown flags 0x100200",
		 ram->flags |= 0x100200);
	BAD_CELL(-EINVAL, "memory region 0: unknown flags 0x8000000000000000",
		 ram->flags |= 1ULL << 63);
}

TEST(sub_page_regions)
{
	struct jailhouse_memory *ram = &cell.mem[CELL_RAM];
	struct jailhouse_memory *gpio = &cell.mem[CELL_GPIO];

	BAD_CELL(-EINVAL,
		 "memory region 0: not page-aligned, and more than one page or no access width (IO_8..IO_64)",
		 ram->phys_start += 0x800);
	BAD_CELL(-EINVAL,
		 "memory region 0: not page-aligned, and more than one page or no access width (IO_8..IO_64)",
		 ram->size += 1);
	BAD_CELL(-EINVAL,
		 "memory region 3: not page-aligned, and more than one page or no access width (IO_8..IO_64)",
		 gpio->flags &= ~(u64)JAILHOUSE_MEM_IO_32);
	BAD_CELL(-EINVAL,
		 "memory region 3: not page-aligned, and more than one page or no access width (IO_8..IO_64)",
		 gpio->size = 0xc01);
	GOOD_CELL(gpio->size = 0xc00);
	BAD_CELL(-EINVAL,
		 "memory region 3: not page-aligned, and more than one page or no access width (IO_8..IO_64)",
		 (gpio->size = 0xc00, gpio->virt_start += 1));
}

TEST(overlaps_in_a_cell)
{
	struct jailhouse_memory *ram = &cell.mem[CELL_RAM];
	struct jailhouse_memory *gpio = &cell.mem[CELL_GPIO];
	struct jailhouse_memory *link = &cell.mem[CELL_LINK];

	BAD_CELL(-EINVAL,
		 "memory regions 0 and 1 overlap in the cell's address space",
		 ram->virt_start = SAMPLE_UART);
	BAD_CELL(-EINVAL,
		 "memory regions 0 and 1 overlap in the cell's address space",
		 ram->virt_start = SAMPLE_UART - SAMPLE_CELL_SIZE + 0x1000);
	GOOD_CELL(ram->virt_start = SAMPLE_UART - SAMPLE_CELL_SIZE);
	/* within one page: byte by byte */
	BAD_CELL(-EINVAL,
		 "memory regions 3 and 4 overlap in the cell's address space",
		 link[0] = *gpio, link[0].virt_start += 3);
	GOOD_CELL(cell.cell.num_pci_devices = 0, link[0] = *gpio,
		  link[0].virt_start += 4);
	BAD_CELL(-EINVAL, "memory regions 0 and 4 overlap in physical memory",
		 link[0].phys_start = SAMPLE_CELL_RAM + 0x5000);
	/* device registers may be seen twice */
	GOOD_CELL(gpio->phys_start = SAMPLE_UART);
}

TEST(communication_region)
{
	struct jailhouse_memory *comm = &cell.mem[CELL_COMM];
	struct jailhouse_memory *link = &cell.mem[CELL_LINK];

	BAD_CELL(-EINVAL,
		 "memory region 2: communication region is not one page",
		 comm->size = 0x2000);
	BAD_CELL(-EINVAL,
		 "memory region 2: communication region is not one page",
		 comm->size = 0x800);
	BAD_CELL(-EINVAL,
		 "memory region 2: communication region is not one page",
		 comm->virt_start += 4);
	BAD_CELL(-EINVAL,
		 "memory regions 2 and 4 are both the communication region",
		 link[0] = *comm, link[0].virt_start += 0x1000);
	GOOD_CELL(memset(comm, 0, sizeof(*comm)));
	/* its physical address means nothing */
	GOOD_CELL(comm->phys_start = SAMPLE_CELL_RAM + 1);
	BAD_SYSTEM(-EINVAL,
		   "memory region 2: the root cell has no communication region",
		   sys.mem[SYS_UART].flags |= JAILHOUSE_MEM_COMM_REGION);
}

TEST(irqchips)
{
	struct jailhouse_irqchip *chip = &cell.irqchips[0];

	BAD_CELL(-EINVAL, "irqchip 0: pin_base 33 is not a multiple of 32",
		 chip->pin_base = 33);
	BAD_CELL(-EINVAL, "irqchip 0: interrupt 8 is not in 32..1019",
		 chip->pin_base = 0);
	GOOD_CELL((cell.cell.num_pci_devices = 0, chip->pin_base = 0,
		   chip->pin_bitmap[0] = 0, chip->pin_bitmap[1] = 1));
	GOOD_CELL((cell.cell.num_pci_devices = 0, chip->pin_base = 992,
		   chip->pin_bitmap[0] = 0x0fffffff));
	BAD_CELL(-EINVAL, "irqchip 0: interrupt 1020 is not in 32..1019",
		 (chip->pin_base = 992, chip->pin_bitmap[0] = 0x10000000));
	BAD_CELL(-EINVAL, "irqchip 0: interrupt 1055 is not in 32..1019",
		 (chip->pin_base = 992, chip->pin_bitmap[1] = 1U << 31));
	/* where 32 bits wrap around */
	BAD_CELL(-EINVAL, "irqchip 0: interrupt 4294967272 is not in 32..1019",
		 chip->pin_base = 0xffffffe0);
	BAD_CELL(-EINVAL, "irqchip 0: interrupt 33 is not in 32..1019",
		 (chip->pin_base = 0xffffffe0, chip->pin_bitmap[0] = 0,
		  chip->pin_bitmap[2] = 2));
	BAD_SYSTEM(-EINVAL, "irqchip 1: interrupt 159 is in two irqchips",
		   (sys.irqchips[1].pin_base = 128,
		    sys.irqchips[1].pin_bitmap[0] = 1U << 31));
	GOOD_SYSTEM((sys.irqchips[0].pin_bitmap[3] = 1,
		     sys.irqchips[1].pin_base = 128,
		     sys.irqchips[1].pin_bitmap[0] = 1U << 31));
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
	struct jailhouse_pci_device *pci = cell.pci;
	struct {
		struct jailhouse_cell_desc cell;
		u64 cpus[1];
		struct jailhouse_pci_device pci[2];
	} __packed two = {
		.cell = sample_cell.cell, .cpus = { 1 },
		.pci = { { .type = 1, .bdf = 8 }, { .type = 2, .bdf = 8 } },
	};

	BAD_CELL(-EINVAL, "PCI device 0: unknown type 0", pci->type = 0);
	BAD_CELL(-EINVAL, "PCI device 0: unknown type 4", pci->type = 4);
	BAD_CELL(-EINVAL, "PCI device 0: needs 3 capabilities from 0 on of 2",
		 pci->num_caps = 3);
	BAD_CELL(-EINVAL,
		 "PCI device 0: needs 65535 capabilities from 65535 on of 2",
		 (pci->num_caps = 0xffff, pci->caps_start = 0xffff));
	BAD_CELL(-EINVAL, "PCI device 0: peer 2 of a link of 2, which has 2 to 12 peers",
		 pci->shmem_dev_id = 2);
	BAD_CELL(-EINVAL, "PCI device 0: peer 1 of a link of 0, which has 2 to 12 peers",
		 pci->shmem_peers = 0);
	BAD_CELL(-EINVAL, "PCI device 0: needs memory regions 5..8 of 8",
		 pci->shmem_regions_start = 5);
	BAD_CELL(-EINVAL,
		 "PCI device 0: needs memory regions 4294967295..4294967298 of 8",
		 pci->shmem_regions_start = ~0U);
	/* an assigned device has no link */
	GOOD_CELL((pci->type = JAILHOUSE_PCI_TYPE_DEVICE,
		   pci->shmem_peers = 0));

	memset(&two.cell.num_memory_regions, 0, 28);
	two.cell.num_pci_devices = 2;
	REFUSED(check_cell(&two, sizeof(two)), -EINVAL,
		"PCI devices 0 and 1 have the same address");
	two.pci[1].domain = 1;
	REFUSED(check_cell(&two, sizeof(two)), 0, "");
	CHECK(config_pci_devices(&two.cell) == two.pci);
}

TEST(ivshmem_devices)
{
	struct jailhouse_pci_device *pci = cell.pci;
	static const char bar[] = "PCI device 0: bar_mask is not that of an IVSHMEM device: use JAILHOUSE_IVSHMEM_BAR_MASK_INTX or _MSIX";

	BAD_CELL(-EINVAL, "PCI device 0: peer 0 of a link of 1, which has 2 to 12 peers",
		 (pci->shmem_peers = 1, pci->shmem_dev_id = 0));
	BAD_CELL(-EINVAL, "PCI device 0: peer 0 of a link of 13, which has 2 to 12 peers",
		 (pci->shmem_peers = 13, pci->shmem_dev_id = 0));
	BAD_CELL(-EINVAL, bar, pci->bar_mask[0] = 0);
	BAD_CELL(-EINVAL, bar, pci->bar_mask[0] = 0xfffff800);
	BAD_CELL(-EINVAL, bar, pci->bar_mask[0] = 0xfff0f000);
	BAD_CELL(-EINVAL, bar, pci->bar_mask[0] = 0xfffff004);
	BAD_CELL(-EINVAL, bar, pci->bar_mask[1] = 1);
	GOOD_CELL(pci->bar_mask[0] = 0xffff0000);
	GOOD_CELL(pci->bar_mask[1] = 0xfffff000);
	BAD_CELL(-EINVAL, "PCI device 0: 2 MSI-X vectors: at most 16, with JAILHOUSE_IVSHMEM_BAR_MASK_MSIX",
		 pci->num_msix_vectors = 2);
	BAD_CELL(-EINVAL, "PCI device 0: 17 MSI-X vectors: at most 16, with JAILHOUSE_IVSHMEM_BAR_MASK_MSIX",
		 (pci->bar_mask[1] = 0xfffff000, pci->num_msix_vectors = 17));
	/* with MSI-X, there is no INTx to be the cell's */
	GOOD_CELL((pci->bar_mask[1] = 0xfffff000, pci->num_msix_vectors = 16,
		   cell.cell.vpci_irq_base = 0));
	BAD_CELL(-EINVAL, "PCI device 0: its interrupt is SPI 1 (vpci_irq_base 0), which no irqchip of the cell has",
		 cell.cell.vpci_irq_base = 0);
	BAD_CELL(-EINVAL, "PCI device 0: its interrupt is SPI 7 (vpci_irq_base 7), which no irqchip of the cell has",
		 pci->bdf = 0);
	/* where 32 bits wrap around to the cell's */
	BAD_CELL(-EINVAL, "PCI device 0: its interrupt is SPI 2 (vpci_irq_base 4294967295), which no irqchip of the cell has",
		 (cell.cell.vpci_irq_base = ~0U, pci->bdf = 3 << 3,
		  cell.irqchips[0].pin_bitmap[0] = 1 << (34 - 32)));
}

TEST(ivshmem_sections)
{
	struct jailhouse_memory *link = &cell.mem[CELL_LINK];
	static const char what[] = "memory region 4: a section of an IVSHMEM link is whole pages of readable memory, no device's and not loadable";

	BAD_CELL(-EINVAL, what, memset(link, 0, sizeof(*link)));
	BAD_CELL(-EINVAL, what, link->flags &= ~(u64)JAILHOUSE_MEM_READ);
	BAD_CELL(-EINVAL, what, link->flags |= JAILHOUSE_MEM_IO);
	BAD_CELL(-EINVAL, what, link->flags |= JAILHOUSE_MEM_LOADABLE);
	BAD_CELL(-EINVAL, what, (link->size = 0x800,
				 link->flags |= JAILHOUSE_MEM_IO_32));
	BAD_CELL(-EINVAL, "memory region 4: the state table of a link cannot be writable",
		 link->flags |= JAILHOUSE_MEM_WRITE);
	BAD_CELL(-EINVAL, "memory region 6: the output section of peer 0 cannot be writable for peer 1",
		 link[2].flags |= JAILHOUSE_MEM_WRITE);
	BAD_CELL(-EINVAL, "memory region 7: the output section of peer 1 cannot be writable for peer 0",
		 cell.pci[0].shmem_dev_id = 0);
	BAD_CELL(-EINVAL, "memory regions 6 and 7: output sections of 0x7f000 and 0x7e000 bytes, all peers' have one size",
		 link[3].size -= 0x1000);
	BAD_CELL(-EINVAL, "memory region 7: sections of a link follow each other: this one at 0x70480000, physical 0x70480000",
		 link[3].virt_start += 0x1000);
	BAD_CELL(-EINVAL, "memory region 7: sections of a link follow each other: this one at 0x70480000, physical 0x70480000",
		 link[3].phys_start += 0x1000);
	GOOD_CELL((link[0].virt_start += 0x100000, link[2].virt_start += 0x100000,
		   link[3].virt_start += 0x100000));
	/* another way to the same memory */
	BAD_CELL(-EINVAL, "memory regions 7 and 1 overlap in physical memory",
		 (cell.mem[CELL_UART].phys_start = link[3].phys_start,
		  cell.mem[CELL_UART].flags |= JAILHOUSE_MEM_IO));
	BAD_PAIR(-EINVAL, "memory region 7: a section of an IVSHMEM link must have JAILHOUSE_MEM_ROOTSHARED",
		 link[3].flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED);
}

TEST(pci_host)
{
	static const char none[] = "PCI device 0: the system configuration has no virtual PCI host (pci_is_virtual) with its bus 0";

	BAD_PAIR(-EINVAL, none, sys.header.platform_info.pci_is_virtual = 0);
	BAD_PAIR(-EINVAL, "PCI device 0: the system configuration has no virtual PCI host (pci_is_virtual) with its bus 1",
		 cell.pci[0].bdf |= 0x100);
	GOOD_PAIR((cell.pci[0].bdf |= 0x100,
		   sys.header.platform_info.pci_mmconfig_end_bus = 1));
	GOOD_PAIR((cell.pci[0].type = JAILHOUSE_PCI_TYPE_DEVICE,
		   sys.header.platform_info.pci_is_virtual = 0));
	BAD_PAIR(-EINVAL, "memory region 0 overlaps the virtual PCI host (0x8e00000)",
		 (cell.mem[CELL_RAM].size = 0x1000,
		  cell.mem[CELL_RAM].virt_start = SAMPLE_ECAM + 0xff000));
	BAD_SYSTEM(-EINVAL, "pci_mmconfig_base 0x0 is not an address of whole MiB",
		   sys.header.platform_info.pci_mmconfig_base = 0);
	BAD_SYSTEM(-EINVAL, "pci_mmconfig_base 0x8e01000 is not an address of whole MiB",
		   sys.header.platform_info.pci_mmconfig_base += 0x1000);
	BAD_SYSTEM(-EINVAL, "memory region 2 overlaps the virtual PCI host (0x8e00000)",
		   sys.header.platform_info.pci_mmconfig_end_bus = 2);
	GOOD_SYSTEM((sys.header.platform_info.pci_is_virtual = 0,
		     sys.header.platform_info.pci_mmconfig_base = 1));
}

TEST(hypervisor_memory)
{
	struct jailhouse_memory *hv = &sys.header.hypervisor_memory;
	static const char bad[] = "the hypervisor's memory is empty, not page-aligned, or beyond 0x7f80000000";

	BAD_SYSTEM(-EINVAL, bad, hv->size = 0);
	BAD_SYSTEM(-EINVAL, bad, hv->size += 1);
	BAD_SYSTEM(-EINVAL, bad, hv->phys_start += 0x800);
	BAD_SYSTEM(-EINVAL, bad, hv->phys_start = 0 - 0x1000ULL);
	BAD_SYSTEM(-EINVAL, bad, hv->phys_start = CELLBLOCK_MEMORY_END - hv->size + 0x1000);
	BAD_SYSTEM(-EINVAL, bad, hv->size = 0 - 0x1000ULL);
	BAD_SYSTEM(-EINVAL, "memory region 0 overlaps the hypervisor's memory",
		   hv->phys_start -= 0x1000);
	BAD_SYSTEM(-EINVAL, "memory region 1 overlaps the hypervisor's memory",
		   hv->size += 0x1000);
}

#define GICC			0x08010000ULL
#define GICH			0x08030000ULL
#define GICV			0x08040000ULL

static void make_gicv2(void)
{
	sys.header.platform_info.arm = (typeof(sys.header.platform_info.arm)){
		.gic_version = 2,
		.gicd_base = SAMPLE_GICD,
		.gicc_base = GICC,
	};
}

TEST(gicv2)
{
	GOOD_SYSTEM(make_gicv2());
	/* its frames are pages */
	GOOD_SYSTEM((make_gicv2(), sys.header.platform_info.arm.gicc_base += 0xf000));
	BAD_SYSTEM(-EINVAL,
		   "GIC's bases (GICD 0x8000000, GICC 0x0) are not addresses of 4 KiB frames",
		   (make_gicv2(), sys.header.platform_info.arm.gicc_base = 0));
	BAD_SYSTEM(-EINVAL,
		   "GIC's bases (GICD 0x8000000, GICC 0x8010800) are not addresses of 4 KiB frames",
		   (make_gicv2(), sys.header.platform_info.arm.gicc_base += 0x800));
}

TEST(gic)
{
	BAD_SYSTEM(-EINVAL, "GICv4 is not supported, only GICv2 and GICv3 are",
		   sys.header.platform_info.arm.gic_version = 4);
	BAD_SYSTEM(-EINVAL,
		   "GIC's bases (GICD 0x0, GICR 0x80a0000) are not addresses of 64 KiB frames",
		   sys.header.platform_info.arm.gicd_base = 0);
	BAD_SYSTEM(-EINVAL,
		   "GIC's bases (GICD 0x8000000, GICR 0x80a1000) are not addresses of 64 KiB frames",
		   sys.header.platform_info.arm.gicr_base += 0x1000);
	BAD_SYSTEM(-EINVAL,
		   "GIC's bases (GICD 0x8000000, GICR 0xffffffffffff0000) are not addresses of 64 KiB frames",
		   sys.header.platform_info.arm.gicr_base = ~0xffffULL);
	BAD_SYSTEM(-EINVAL,
		   "irqchip 1: address is not that of the GIC (0x8000000)",
		   sys.irqchips[1].address = 0x08010000);
}

TEST(debug_console)
{
	struct jailhouse_console *con = &sys.header.debug_console;
	static const char bad[] =
		"the debug console: no MMIO access, or bad address or size";

	GOOD_SYSTEM(con->type = JAILHOUSE_CON_TYPE_8250);
	/* nothing of what is not used needs to be right */
	GOOD_SYSTEM((con->type = JAILHOUSE_CON_TYPE_SCIF,
		     con->flags = 0, con->address = ~0ULL, con->size = 0));
	GOOD_SYSTEM(con->type = 0xffff);
	GOOD_SYSTEM(memset(con, 0, sizeof(*con)));
	BAD_SYSTEM(-EINVAL, bad, con->flags = JAILHOUSE_CON_ACCESS_PIO);
	BAD_SYSTEM(-EINVAL, bad, con->size = 0);
	BAD_SYSTEM(-EINVAL, bad, con->address = ~0ULL);
}

TEST(cell_in_system)
{
	struct jailhouse_memory *ram = &cell.mem[CELL_RAM];

	BAD_PAIR(-EEXIST, "a cell named \"root\" exists already",
		 memcpy(cell.cell.name, "root", 5));
	BAD_PAIR(-EINVAL, "CPU 4 is not in the system configuration",
		 cell.cpus[0] = 0x18);
	BAD_PAIR(-EINVAL, "interrupt 192 is not in the system configuration",
		 (cell.cell.num_pci_devices = 0,
		  cell.irqchips[0].pin_base = 192,
		  cell.irqchips[0].pin_bitmap[0] = 1));
	GOOD_PAIR((cell.cell.num_pci_devices = 0,
		   cell.irqchips[0].pin_base = 96,
		   cell.irqchips[0].pin_bitmap[2] = 1U << 31));
	BAD_PAIR(-EINVAL,
		 "irqchip 0: address is not that of the GIC (0x8000000)",
		 cell.irqchips[0].address = 0);
	BAD_PAIR(-EINVAL, "memory region 0 overlaps the hypervisor's memory",
		 (ram->phys_start = SAMPLE_HV_BASE, ram->size = 0x1000));
	BAD_PAIR(-EINVAL, "memory region 0 overlaps the hypervisor's memory",
		 (ram->phys_start = SAMPLE_HV_BASE + SAMPLE_HV_SIZE - 0x1000,
		  ram->size = 0x1000));
}

TEST(gic_is_nobodys)
{
	struct jailhouse_memory *ram = &cell.mem[CELL_RAM];
	struct jailhouse_memory *comm = &cell.mem[CELL_COMM];

	BAD_PAIR(-EINVAL, "memory region 0 overlaps the GIC (0x8000000)",
		 ram->phys_start = SAMPLE_GICD);
	BAD_PAIR(-EINVAL, "memory region 0 overlaps the GIC (0x8000000)",
		 ram->virt_start = SAMPLE_GICD - SAMPLE_CELL_SIZE + 0x1000);
	/* the last redistributor of 4 */
	BAD_PAIR(-EINVAL, "memory region 3 overlaps the GIC (0x80a0000)",
		 cell.mem[CELL_GPIO].phys_start = SAMPLE_GICR + 0x7fff0);
	GOOD_PAIR(cell.mem[CELL_GPIO].phys_start = SAMPLE_GICR + 0x80000);
	BAD_PAIR(-EINVAL, "memory region 2 overlaps the GIC (0x8000000)",
		 comm->virt_start = SAMPLE_GICD);
	GOOD_PAIR(comm->phys_start = SAMPLE_GICD);
}

TEST(gicv2_is_nobodys)
{
	struct jailhouse_memory *gpio = &cell.mem[CELL_GPIO];

	BAD_PAIR(-EINVAL, "memory region 3 overlaps the GIC (0x8000000)",
		 (make_gicv2(), gpio->phys_start = SAMPLE_GICD + 0xff0));
	GOOD_PAIR((make_gicv2(), gpio->phys_start = SAMPLE_GICD + 0x1000));
	BAD_PAIR(-EINVAL, "memory region 3 overlaps the GIC (0x8010000)",
		 (make_gicv2(), gpio->phys_start = GICC + 0x1ff0));
	GOOD_PAIR((make_gicv2(), gpio->phys_start = GICC + 0x2000));
	GOOD_PAIR((make_gicv2(), gpio->phys_start = GICH));
	BAD_PAIR(-EINVAL, "memory region 3 overlaps the GIC (0x8030000)",
		 (make_gicv2(), sys.header.platform_info.arm.gich_base = GICH,
		  gpio->phys_start = GICH));
	BAD_PAIR(-EINVAL, "memory region 3 overlaps the GIC (0x8040000)",
		 (make_gicv2(), sys.header.platform_info.arm.gicv_base = GICV,
		  gpio->phys_start = GICV));
}

TEST(shared_regions)
{
	struct jailhouse_memory *link = &cell.mem[CELL_LINK];

	/* a page below root's RAM and the first page of it */
	BAD_PAIR(-EINVAL,
		 "memory region 4: partly in the root cell's region at 0x40000000",
		 (cell.cell.num_pci_devices = 0,
		  link[0].phys_start = SAMPLE_RAM - 0x1000,
		  link[0].size = 0x2000, link[0].virt_start = 0xf0000000));
	/* in no region of root: the board's, by agreement of the cells */
	GOOD_PAIR((cell.cell.num_pci_devices = 0,
		   link[0].phys_start = 0x1000000000));
	GOOD_PAIR((cell.cell.num_pci_devices = 0,
		   link[0].phys_start = SAMPLE_RAM));
}

static struct sample_cell other;

#define BAD_CELLS(code, text, ...)					\
	do {								\
		fresh();						\
		other = sample_cell;					\
		memcpy(other.cell.name, "other", 6);			\
		other.cpus[0] = 2;					\
		other.irqchips[0].pin_bitmap[0] = 2;			\
		other.cell.num_pci_devices = 0;				\
		other.mem[CELL_RAM].phys_start += SAMPLE_CELL_SIZE;	\
		__VA_ARGS__;						\
		REFUSED(check_cell(&other, sizeof(other)), 0, "");	\
		REFUSED(config_check_cells(&cell.cell, &other.cell,	\
					   false),		\
			code, text);					\
	} while (0)

TEST(two_cells)
{
	BAD_CELLS(0, "");
	BAD_CELLS(-EEXIST, "a cell named \"sample\" exists already",
		  memcpy(other.cell.name, "sample", 7));
	BAD_CELLS(-EBUSY, "CPU 3 belongs to cell \"other\"",
		  other.cpus[0] = 8);
	BAD_CELLS(-EBUSY, "interrupt 40 belongs to cell \"other\"",
		  other.irqchips[0].pin_bitmap[0] = 0xff00);
	BAD_CELLS(-EBUSY, "memory region 0 overlaps region 0 of cell \"other\": physical 0x71000000, 0x1000000 bytes",
		  other.mem[CELL_RAM].phys_start -= 0x1000);
	/* a region both cells have, which only one shares with root */
	BAD_CELLS(-EBUSY, "memory region 1 overlaps region 1 of cell \"other\": physical 0x9000000, 0x1000 bytes",
		  other.mem[CELL_UART].flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED);
	BAD_CELLS(-EBUSY, "memory region 1 overlaps region 1 of cell \"other\": physical 0x9000000, 0x1000 bytes",
		  cell.mem[CELL_UART].flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED);
	/* the other one has no link here, but its memory */
	BAD_CELLS(-EBUSY, "memory region 4 overlaps region 0 of cell \"other\": physical 0x70400000, 0x1000 bytes",
		  other.mem[CELL_RAM].phys_start = SAMPLE_RAM + 0x30400000,
		  other.mem[CELL_RAM].size = 0x100000,
		  memset(&other.mem[CELL_LINK], 0,
			 4 * sizeof(other.mem[CELL_LINK])));
	/* without a physical address of their own */
	BAD_CELLS(0, "", other.mem[CELL_COMM].phys_start = SAMPLE_CELL_RAM);
	BAD_CELLS(0, "", cell.mem[CELL_COMM].phys_start =
			 other.mem[CELL_RAM].phys_start);
}

/* Peers of one link: they agree, and are not the same one. */
TEST(links_of_two_cells)
{
#define PEER	(other.pci[0] = cell.pci[0], other.cell.num_pci_devices = 1, \
		 other.cell.vpci_irq_base = 33 - 32 - 1,		\
		 other.pci[0].shmem_dev_id = 0,				\
		 other.mem[CELL_LINK + 2].flags |= JAILHOUSE_MEM_WRITE,	\
		 other.mem[CELL_LINK + 3].flags &= ~(u64)JAILHOUSE_MEM_WRITE)
	BAD_CELLS(0, "", PEER);
	BAD_CELLS(-EBUSY, "IVSHMEM device 00:01.0: cell \"other\" has it as the same peer",
		  PEER, other.pci[0].shmem_dev_id = 1,
		  other.mem[CELL_LINK + 2].flags &= ~(u64)JAILHOUSE_MEM_WRITE);
	BAD_CELLS(-EBUSY, "IVSHMEM device 00:01.0: cell \"other\" has another link in its memory",
		  PEER, other.pci[0].bdf += 4 << 3);
	BAD_CELLS(-EBUSY, "IVSHMEM device 00:01.0: cell \"other\" has it with other peers, protocol or sections",
		  PEER, other.pci[0].shmem_protocol = 0);
	BAD_CELLS(0, "", PEER, other.pci[0].type = JAILHOUSE_PCI_TYPE_DEVICE);
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

	BAD_PAIR(-EBUSY, shared,
		 sys.mem[SYS_RAM_HIGH].flags |= JAILHOUSE_MEM_ROOTSHARED);
	GOOD_PAIR((sys.mem[SYS_RAM_HIGH].flags |= JAILHOUSE_MEM_ROOTSHARED,
		   cell.mem[CELL_RAM].flags |= JAILHOUSE_MEM_ROOTSHARED));
	/* a device may be had alone all the same */
	GOOD_PAIR((sys.mem[SYS_UART].flags |= JAILHOUSE_MEM_ROOTSHARED,
		   cell.mem[CELL_UART].flags &= ~(u64)JAILHOUSE_MEM_ROOTSHARED));

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
		size_t size = n % 2 ? sizeof(sample_cell) :
				      sizeof(sample_system);

		memcpy(data, n % 2 ? (const void *)&sample_cell :
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
	TAP_TEST(samples_are_accepted),
	TAP_TEST(arrays),
	TAP_TEST(truncated_at_each_byte),
	TAP_TEST(bytes_behind_the_arrays_are_no_error),
	TAP_TEST(header),
	TAP_TEST(counts_that_overflow),
	TAP_TEST(name),
	TAP_TEST(flags),
	TAP_TEST(cpu_set),
	TAP_TEST(memory_sizes_and_limits),
	TAP_TEST(sub_page_regions),
	TAP_TEST(overlaps_in_a_cell),
	TAP_TEST(communication_region),
	TAP_TEST(irqchips),
	TAP_TEST(irq_lookup),
	TAP_TEST(pci_devices),
	TAP_TEST(ivshmem_devices),
	TAP_TEST(ivshmem_sections),
	TAP_TEST(pci_host),
	TAP_TEST(hypervisor_memory),
	TAP_TEST(gicv2),
	TAP_TEST(gic),
	TAP_TEST(debug_console),
	TAP_TEST(cell_in_system),
	TAP_TEST(gic_is_nobodys),
	TAP_TEST(gicv2_is_nobodys),
	TAP_TEST(shared_regions),
	TAP_TEST(two_cells),
	TAP_TEST(links_of_two_cells),
	TAP_TEST(memory_that_root_shares),
	TAP_TEST(mutations)
)
