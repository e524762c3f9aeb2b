/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_HOSTILE_ROOT_H
#define TESTS_HOSTILE_ROOT_H

/*
 * What the programs hostile-root*.c share: a hostile root kernel, on all its CPUs at once, while a victim runs in a
 * cell. The victim must not notice. kselftest_harness.h is included first.
 */

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <qemu-virt/board.h>

#include "attack.h"
#include "enabled.h"
#include "load.h"
#include "rogue.h"

#define LIMIT		60000	/* ms, for the victim's reports */
#define ARRAY(a)	(sizeof(a) / sizeof(*(a)))
#define ANY_OF(a, list)	((list)[cb_below(a, ARRAY(list))])
#define SHORT		2500	/* ms */
#define ROOT_CPUS	(0xf & ~(1U << CB_VICTIM_CPU))
#define VICTIM_RAM	QEMU_CELL_BASE(0)
#define VICTIM_ID	1

static uint64_t buffer;	/* physical, of root's */

static inline void begin(struct __test_metadata *_metadata)
{
	buffer = cb_rogue_buffer();
	ASSERT_EQ(VICTIM_ID, cb_victim_start("")) TH_LOG("%s", cb_error());
}

static inline void end(struct __test_metadata *_metadata, struct cb_console *con, struct cb_attack a)
{
	dprintf(STDOUT_FILENO, "# tried %lu, refused %lu, escaped %lu (seed %lu)\n", a.tried, a.refused, a.escaped,
		cb_parameter("cellblock.seed=", 1));
	EXPECT_LT(0, a.tried);
	EXPECT_EQ(0, a.escaped);
	EXPECT_TRUE(cb_victim_is_well(con, LIMIT)) TH_LOG("%s: %s", cb_state(CB_VICTIM), cb_console_all(con));
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
}

static inline long call_until_free(unsigned int cpu, uint64_t nr, uint64_t arg)
{
	long result;

	do
		result = cb_rogue_hypercall(cpu, nr, arg, 0);
	while (result == -EBUSY || result == -EAGAIN);
	return result;
}

static inline void add(struct cb_attack *sum, struct cb_attack a)
{
	sum->tried += a.tried;
	sum->refused += a.refused;
	sum->escaped += a.escaped;
}

#endif /* TESTS_HOSTILE_ROOT_H */
