// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Why Linux keeps a CPU, on machines and with parameters that the test machines do not have. */

#include <errno.h>
#include <string.h>

#include <linux/sched/isolation.h>
#include <linux/sched/signal.h>

#include "error.h"
#include "offline.h"
#include "tap.h"

/* Of a thread, of one CPU: 2^20 */
#define PERCENT(n)	(((n) << 20) / 100)

static void setup(void)
{
	fake_linux = (struct fake_linux) { .online = 0xf };
	memset(fake_threads, 0, sizeof(fake_threads));
}

static void check_says(unsigned int cpu, int code, const char *words)
{
	struct jailhouse_error err;

	CHECK_EQ(offline_refused(&err, cpu, code), code);
	if (!strstr(err.text, words))
		tap_fail(__FILE__, __LINE__, "\"%s\" has no \"%s\"", err.text, words);
	/* error_set() would cut it */
	CHECK(strlen(err.text) < sizeof(err.text) - 1);
}

static void add_deadline(int n, unsigned int percent, unsigned int flags)
{
	fake_threads[n] = (struct task_struct) {
		.policy = SCHED_DEADLINE, .flags = flags, .dl.dl_bw = PERCENT(percent),
		.pid = 100 + n, .comm = "fifteen-letters",
	};
}

TEST(isolated)
{
	setup();
	fake_linux.housekeeping[HK_TYPE_DOMAIN] = 1;
	check_says(0, -EBUSY, "CPU 0: it is the last online one that isolcpus= leaves");
	check_says(1, -EBUSY, "CPU 1: one of its drivers or cpusets");
	fake_linux.housekeeping[HK_TYPE_DOMAIN] = 3;
	check_says(0, -EBUSY, "CPU 0: one of its drivers or cpusets");
}

TEST(time_keeper)
{
	setup();
	fake_linux.housekeeping[HK_TYPE_TICK] = 1;
	check_says(0, -EBUSY, "CPU 0: it keeps the time");
	check_says(1, -EBUSY, "CPU 1: one of its drivers or cpusets");
	/* deadlines that fit on the others */
	add_deadline(0, 90, 0);
	check_says(0, -EBUSY, "CPU 0: it keeps the time");
	add_deadline(1, 200, 0);
	check_says(0, -EBUSY, "have reserved 289 %");
}

TEST(deadlines)
{
	setup();
	add_deadline(0, 90, 0);
	check_says(2, -EBUSY, "100 (fifteen-letters), have reserved 89 %");
	/* the kernel's own */
	add_deadline(0, 90, PF_KTHREAD);
	check_says(2, -EBUSY, "CPU 2: one of its drivers or cpusets");
}

TEST(never)
{
	setup();
	fake_linux.never_offline = true;
	check_says(3, -EPERM, "CPU 3: it is the last one that runs 32-bit programs");
	fake_linux.not_hotpluggable = true;
	check_says(3, -EPERM, "CPU 3: firmware cannot switch it off, or has its trusted OS there");
	check_says(3, -EOPNOTSUPP, "PSCI CPU_OFF");
}

TEST(unknown)
{
	setup();
	check_says(1, -EPERM, "cannot take CPU 1 offline (error -1): see the kernel log");
	check_says(1, -ENOMEM, "cannot take CPU 1 offline (error -12): see the kernel log");
}

TAP_MAIN(
	TAP_TEST(isolated),
	TAP_TEST(time_keeper),
	TAP_TEST(deadlines),
	TAP_TEST(never),
	TAP_TEST(unknown)
)
