// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* OP_INIT, OP_ENTER and DISABLE (core/main.c, core/percpu.c, core/console.c). */

#include <arch/boot.h>
#include <core/console.h>
#include <lib/errno.h>
#include <core/main.h>
#include <string.h>

#include "fake/fake.h"
#include "fake/machine.h"
#include "tap.h"

#define ALL_CPUS	((1ULL << FAKE_CPUS) - 1)

static s64 disable(unsigned int cpu)
{
	return fake_hypercall(cpu, JAILHOUSE_HC_DISABLE, 0, 0);
}

TEST(enter_and_disable)
{
	fake_boot();
	CHECK_EQ(fake_machine_commits, 1);
	CHECK_EQ(cell_count, 1);
	CHECK_EQ(root_cell.cpus, ALL_CPUS);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		CHECK(fake_cpus[cpu].committed);
		CHECK(cpus[cpu]->vcpu->cell == &root_cell);
		CHECK_EQ(cpus[cpu]->hw_id, 0x100 + cpu);
	}
	/* in any order; only the last one hands the machine back */
	CHECK_EQ(disable(2), 0);
	CHECK_EQ(disable(0), 0);
	CHECK_EQ(disable(3), 0);
	CHECK(!fake_cpus[3].left_last);
	CHECK_EQ(disable(1), 0);
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		CHECK(fake_cpus[cpu].left && fake_cpus[cpu].left_entered);
		CHECK_EQ(fake_cpus[cpu].left_last, cpu == 1);
	}
}

TEST(parked_cpus_are_switched_off_at_disable)
{
	fake_boot();
	fake_cpu_off(1);
	fake_cpu_off(3);
	CHECK_EQ(disable(0), 0);
	CHECK(fake_cpus[1].off && fake_cpus[3].off);
	CHECK(!fake_cpus[0].left_last);
	CHECK_EQ(disable(2), 0);
	CHECK(fake_cpus[2].left_last);
}

TEST(firmware_that_does_not_switch_off)
{
	fake_boot();
	fake_cpu_off(1);
	fake_cpus[1].asleep = true;
	CHECK_EQ(disable(0), -EIO);
	CHECK_STR(hv_shared.error,
		  "the firmware does not switch CPU 1 off");
	CHECK(!fake_cpus[0].left);
}

TEST(bad_configuration)
{
	fake_image_init();
	fake_system()->revision = 13;
	CHECK_EQ(fake_init(), -EINVAL);
	CHECK_STR(hv_shared.error,
		  "the configuration has revision 13, not 14: rebuild it");
}

TEST(truncated_configuration)
{
	fake_image_init();
	hv_header.config_size -= 8;
	CHECK_EQ(fake_init(), -EINVAL);
	CHECK_STR(hv_shared.error,
		  "the configuration is truncated: its counts need 8 bytes more");
}

TEST(cpu_not_online)
{
	fake_image_init();
	hv_header.mpidr[2] = ~0ULL;
	CHECK_EQ(fake_init(), -EINVAL);
	CHECK(strstr(hv_shared.error, "CPU 2 of the configuration is not online"));
}

/* 1 if that much memory is enough */
static int init_with_pages(long pages)
{
	s64 err;

	fake_image_init();
	fake_alloc_limit = pages;
	err = fake_init();
	if (!err)
		return 1;
	CHECK_EQ(err, -ENOMEM);
	if (!strstr(hv_shared.error, "enlarge hypervisor_memory"))
		CHECK_STR(hv_shared.error, "... enlarge hypervisor_memory");
	return 0;
}

/* Whatever allocation fails: refused with a reason, no crash. */
TEST(too_little_memory)
{
	long pages = 0;

	while (!tap_child(init_with_pages, pages))
		pages++;
	CHECK(pages > 3);
}

static void check_all_left(s64 result)
{
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++) {
		if (!fake_cpus[cpu].left)
			continue;
		CHECK_EQ(fake_cpus[cpu].left_result, result);
		CHECK(!fake_cpus[cpu].committed);
		CHECK(!fake_cpus[cpu].left_entered);
	}
	CHECK_EQ(fake_machine_commits, 0);
}

TEST(a_cpu_does_not_come)
{
	fake_image_init();
	CHECK_EQ(fake_init(), 0);
	fake_enter(ALL_CPUS & ~4ULL);
	CHECK(fake_cpus[0].left && fake_cpus[1].left && fake_cpus[3].left);
	check_all_left(-ETIMEDOUT);
	CHECK_STR(hv_shared.error,
		  "CPU 2 did not enter the hypervisor within 1000 ms: all CPUs went back to Linux");
	/* too late */
	fake_enter(4);
	CHECK(fake_cpus[2].left);
	check_all_left(-ETIMEDOUT);
}

TEST(a_cpu_is_not_fit)
{
	fake_image_init();
	CHECK_EQ(fake_init(), 0);
	fake_cpus[3].check_fails = true;
	fake_enter(ALL_CPUS);
	CHECK(fake_cpus[0].left && fake_cpus[1].left && fake_cpus[2].left &&
	      fake_cpus[3].left);
	check_all_left(-ENODEV);
	CHECK_STR(hv_shared.error, "CPU 3 is not fit");
}

TEST(console_goes_to_ring_and_uart)
{
	fake_boot();
	console_write("a\nb", 3);
	CHECK_STR(fake_uart, "a\r\nb");
	CHECK_EQ(hv_shared.console_head, 3);
	CHECK(!memcmp(hv_shared.console, "a\nb", 3));
}

TEST(console_ring_wraps)
{
	static char text[CELLBLOCK_CONSOLE_LEN];

	fake_boot();
	memset(text, 'x', sizeof(text));
	console_write(text, sizeof(text));
	console_write("end", 3);
	CHECK_EQ(hv_shared.console_head, sizeof(text) + 3);
	CHECK(!memcmp(hv_shared.console, "endx", 4));
	CHECK_EQ(hv_shared.console[sizeof(text) - 1], 'x');
}

TEST(without_a_uart)
{
	fake_image_init();
	fake_system()->debug_console.type = JAILHOUSE_CON_TYPE_NONE;
	CHECK_EQ(fake_init(), 0);
	console_write("ok", 2);
	CHECK_EQ(hv_shared.console_head, 2);
	CHECK_STR(fake_uart, "");
}

TAP_MAIN(
	TAP_TEST(enter_and_disable),
	TAP_TEST(parked_cpus_are_switched_off_at_disable),
	TAP_TEST(firmware_that_does_not_switch_off),
	TAP_TEST(bad_configuration),
	TAP_TEST(truncated_configuration),
	TAP_TEST(cpu_not_online),
	TAP_TEST(too_little_memory),
	TAP_TEST(a_cpu_does_not_come),
	TAP_TEST(a_cpu_is_not_fit),
	TAP_TEST(console_goes_to_ring_and_uart),
	TAP_TEST(console_ring_wraps),
	TAP_TEST(without_a_uart)
)
