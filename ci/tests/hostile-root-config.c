// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root: a configuration that changes while it is read. */

#include <stddef.h>
#include <string.h>

#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>

#include "kselftest_harness.h"
#include "lib/hostile_root.h"

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

TEST_HARNESS_MAIN
