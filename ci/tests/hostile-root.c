// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root: hypercalls with any argument, and firmware calls of all owners. */

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>

#include "kselftest_harness.h"
#include "lib/errors.h"
#include "lib/hostile_root.h"

/* nothing answers there, which root's configuration has as RAM in one of the tests */
#define NO_RAM		(QEMU_NOWHERE + QEMU_PAGE)

/* Hypercalls */

/* Those that there are, and the next ones */
static const uint64_t numbers[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107, ~0ULL,
};

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

/* What root may ask: how things are, and that a CPU of its own is shared or not. */
static bool is_roots_right(uint64_t nr, uint64_t arg1)
{
	switch (nr) {
	case JAILHOUSE_HC_HYPERVISOR_GET_INFO:
	case CELLBLOCK_HC_ROOT_MEMORY:
		return true;
	case JAILHOUSE_HC_CELL_GET_STATE:
	case CELLBLOCK_HC_CELL_WATCH:
	case CELLBLOCK_HC_CELL_FAULT:
	case CELLBLOCK_HC_CELL_COMM:
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

TEST_HARNESS_MAIN
