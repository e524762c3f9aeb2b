// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* A hostile root and the hypervisor: hypercalls and registers in a way that the driver never uses them. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/hypercall.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/rogue.h"

/* The hypercall by each CPU of the set at once, from processes of their own; 0 if each had this result. */
static int call_on(unsigned int set, uint64_t number, long result)
{
	int wrong = 0, status, cpu;

	cb_rogue_word();	/* inserts the module before they do */
	for (cpu = 0; set >> cpu; cpu++)
		if (set >> cpu & 1 && !fork())
			_exit(cb_rogue_hypercall((unsigned int)cpu, number, 0, 0) != result);
	while (wait(&status) > 0)
		wrong |= status;
	return wrong;
}

/* A machine of which one half has EL2 back and the other has not never exists. */
TEST_F(enabled, disable_is_for_all_or_none)
{
	int cpu;

	for (cpu = 0; cpu < self->cpus; cpu++)
		EXPECT_EQ(0, call_on(1U << cpu, JAILHOUSE_HC_DISABLE, -ETIMEDOUT)) TH_LOG("CPU %d", cpu);
	EXPECT_EQ(0, call_on((1U << self->cpus) - 2, JAILHOUSE_HC_DISABLE, -ETIMEDOUT));

	/* each CPU is where it was: under the hypervisor */
	for (cpu = 0; cpu < self->cpus; cpu++)
		EXPECT_EQ(1, cb_rogue_hypercall((unsigned int)cpu, JAILHOUSE_HC_HYPERVISOR_GET_INFO,
						JAILHOUSE_INFO_NUM_CELLS, 0)) TH_LOG("CPU %d", cpu);
	ASSERT_LE(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, call_on(1, JAILHOUSE_HC_DISABLE, -EBUSY));
	EXPECT_DONE(cb_destroy("inmate-test", 0));
}

TEST_HARNESS_MAIN
