// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* CPUs that Linux shares with cells: they stay online, whatever cells come and go. */

#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define CPU(n)	(1ULL << (n))

/* Linux has the CPU, and can it switch it off? */
static void expect_kept(struct __test_metadata *_metadata, int cpu, bool kept)
{
	EXPECT_TRUE(cb_is_online(cpu));
	EXPECT_EQ(kept ? -EBUSY : 0, cb_set_online(cpu, false)) TH_LOG("CPU %d", cpu);
	EXPECT_EQ(kept, cb_is_online(cpu));
	cb_set_online(cpu, true);
	EXPECT_EQ(0, cb_broken_cpu());
}

TEST_F(enabled, stays_online)
{
	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	ASSERT_EQ(1, cb_create_sharing("timer-demo", 0, CPU(1), 5000)) TH_LOG("%s", cb_error());
	EXPECT_STREQ("", cb_text("cells/1/cpus_assigned_list"));
	EXPECT_STREQ("1", cb_text("cells/1/cpus_shared_list"));
	EXPECT_STREQ("priority 5000/10000", cb_text("cells/1/sharing"));
	EXPECT_STREQ("", cb_text("cells/0/sharing"));
	EXPECT_STREQ("0-3", cb_text("cells/0/cpus_assigned_list"));
	EXPECT_TRUE(cb_exists("cells/0/statistics/cpu1"));
	expect_kept(_metadata, 1, true);
	EXPECT_TRUE(cb_kernel_said("CPU 1 cannot go offline: a cell shares it"));
	expect_kept(_metadata, 2, false);
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	expect_kept(_metadata, 1, false);
}

/* Of its own, and shared ones, some of them with another cell. */
TEST_F(enabled, two_cells)
{
	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	ASSERT_EQ(1, cb_create_sharing("timer-demo", CPU(0), CPU(1), 5000)) TH_LOG("%s", cb_error());
	EXPECT_FALSE(cb_is_online(0));
	EXPECT_STREQ("0", cb_text("cells/1/cpus_assigned_list"));
	EXPECT_REFUSED(EBUSY, "CPU 0 belongs to cell \"timer-demo\"",
		       cb_create_sharing("smp-demo", 0, CPU(0) | CPU(2), 5000));
	EXPECT_REFUSED(EBUSY, "CPU 1 is shared with cell \"timer-demo\"", cb_create_on("smp-demo", CPU(1)));
	expect_kept(_metadata, 2, false);
	EXPECT_REFUSED(EINVAL, "CPU 1: cells that share it have 100 of 100 parts",
		       cb_create_sharing("smp-demo", 0, CPU(1) | CPU(2), 4901));
	/* the first one's CPU has stayed its own */
	expect_kept(_metadata, 1, true);
	expect_kept(_metadata, 2, false);
	ASSERT_EQ(2, cb_create_sharing("smp-demo", CPU(3), CPU(1) | CPU(2), 4900)) TH_LOG("%s", cb_error());
	expect_kept(_metadata, 2, true);
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_TRUE(cb_is_online(0));
	expect_kept(_metadata, 1, true);
	expect_kept(_metadata, 2, true);
	ASSERT_DONE(cb_destroy("smp-demo", 0));
	expect_kept(_metadata, 1, false);
	expect_kept(_metadata, 2, false);
}

/* Nothing has changed after a refusal: Linux's CPUs, and who can switch them off. */
TEST_F(enabled, refused)
{
	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	ASSERT_EQ(0, cb_set_online(1, false));
	EXPECT_REFUSED(EINVAL, "CPU 1 is not online", cb_create_sharing("timer-demo", 0, CPU(1) | CPU(2), 5000));
	ASSERT_EQ(0, cb_set_online(1, true));
	expect_kept(_metadata, 2, false);
	EXPECT_REFUSED(EINVAL, "CPU 4", cb_create_sharing("timer-demo", 0, CPU(1) | CPU(4), 5000));
	expect_kept(_metadata, 1, false);
	/* of its own as well; all of it */
	EXPECT_REFUSED(EINVAL, "CPU 2 is shared, and", cb_create_sharing("timer-demo", CPU(2), CPU(2), 5000));
	EXPECT_REFUSED(EINVAL, "CPU 1: cells that share it have 100",
		       cb_create_sharing("timer-demo", 0, CPU(1), 10000));
	EXPECT_EQ(self->cpus, cb_num_online());
	expect_kept(_metadata, 2, false);
}

TEST_F(enabled, gicv2)
{
	if (!cb_is_gicv2())
		SKIP(return, "a GICv3");
	EXPECT_REFUSED(EINVAL, "shared CPUs need a GICv3", cb_create_sharing("timer-demo", 0, CPU(1), 5000));
	expect_kept(_metadata, 1, false);
}

/* Linux's interrupts change their way on all CPUs at once, under load. */
TEST_F_TIMEOUT(enabled, over_and_over, 120)
{
	struct cb_load load;
	int round;

	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	ASSERT_EQ(0, cb_load_start(&load));
	for (round = 0; round < 10; round++) {
		ASSERT_EQ(1, cb_create_sharing("timer-demo", 0, round % 2 ? CPU(1) : 0xf, 5000))
			TH_LOG("%s", cb_error());
		ASSERT_DONE(cb_destroy("timer-demo", 0));
	}
	cb_load_stop(&load);
	EXPECT_EQ(0, cb_broken_cpu());
	ASSERT_EQ(1, cb_create_sharing("timer-demo", 0, 0xf, 5000)) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_broken_cpu());
}

/* They are given back with the hypervisor. */
TEST_F(enabled, disabled)
{
	if (cb_is_gicv2())
		SKIP(return, "no GICv3");
	ASSERT_EQ(1, cb_create_sharing("timer-demo", 0, CPU(1), 5000)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_disable());
	expect_kept(_metadata, 1, false);
	ASSERT_DONE(cb_enable(NULL));
}

TEST_HARNESS_MAIN
