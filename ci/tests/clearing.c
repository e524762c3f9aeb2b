// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Root's interrupts are served while the hypervisor clears a lot of memory. It runs with --icount: one instruction is
 * a nanosecond, and the host has no part in it.
 */

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <qemu-virt/board.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"
#include "lib/errors.h"

/* root's configuration does not have it, so the hypervisor clears it for the cell and after it */
#define PLACE		QEMU_CELL_BASE(5)
#define SIZE		(6UL * QEMU_CELL_SIZE)
#define STEPS		(SIZE >> 20)

#define MANAGER		1
#define MAX_CPUS	16
/* a step is 200 us, all of them are 20 ms, half of the request's time */
#define PERIOD_US	500

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A timer of the kernel, on the CPU that makes the requests: its handler arms it again. */
static int open_timer(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = PERIOD_US * 1000,
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, MANAGER, -1, 0);
}

static long hypercalls(void)
{
	return cb_counter("qemu-arm64", MANAGER, "vmexits_hypercall");
}

static long timer_interrupts(void)
{
	unsigned long counts[MAX_CPUS];

	cb_interrupts("arch_timer", counts, MAX_CPUS);
	return (long)counts[MANAGER];
}

FIXTURE(clearing) {
	struct err_config cell;
	int timer;
};

FIXTURE_SETUP(clearing)
{
	struct err_config system;
	struct jailhouse_memory *ram;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	ASSERT_TRUE(err_read_config(&system, NULL));
	ram = err_add_mem(&system);
	*ram = *err_mem(&system, 1);
	ASSERT_EQ(QEMU_CELL_BASE(0), ram->phys_start);
	err_mem(&system, 1)->size = PLACE - ram->phys_start;
	ram->size -= PLACE + SIZE - ram->phys_start;
	ram->phys_start = ram->virt_start = PLACE + SIZE;
	ASSERT_EQ(0, cb_enable_raw(&system.sys)) TH_LOG("%s", cb_error());
	/* Linux stops all CPUs to take one offline: not when the cell comes */
	ASSERT_EQ(0, cb_set_online(2, false));
	ASSERT_EQ(0, cb_set_online(3, false));
	ASSERT_TRUE(err_read_config(&self->cell, "inmate-test"));
	*err_add_mem(&self->cell) = (struct jailhouse_memory) {
		.phys_start = PLACE, .virt_start = 0x10000000, .size = SIZE,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE,
	};
	ASSERT_EQ(0, cb_pin(MANAGER));
	self->timer = open_timer();
	ASSERT_LE(0, self->timer);
}

FIXTURE_TEARDOWN(clearing)
{
	close(self->timer);
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_set_online(2, true));
	EXPECT_EQ(0, cb_set_online(3, true));
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_rmmod());
}

/* What there has been since the request began. */
struct counts {
	long us, hypercalls, interrupts;
};

static struct counts count(void)
{
	return (struct counts) { now_us(), hypercalls(), timer_interrupts() };
}

static void check(struct __test_metadata *_metadata, const char *what, struct counts begin)
{
	struct counts end = count();
	long us = end.us - begin.us, interrupts = end.interrupts - begin.interrupts;

	TH_LOG("%s: %ld us, %ld timer interrupts, %ld hypercalls", what, us, interrupts,
	       end.hypercalls - begin.hypercalls);
	EXPECT_LE((long)STEPS, end.hypercalls - begin.hypercalls);
	EXPECT_LE(us / PERIOD_US * 3 / 4, interrupts);
}

TEST_F(clearing, interrupts_are_served)
{
	struct counts begin = count();

	ASSERT_LE(0, cb_create_raw(&self->cell.cell, self->cell.size)) TH_LOG("%s", cb_error());
	check(_metadata, "create", begin);
	begin = count();
	ASSERT_EQ(0, cb_destroy("inmate-test", 0)) TH_LOG("%s", cb_error());
	check(_metadata, "destroy", begin);
}

TEST_HARNESS_MAIN
