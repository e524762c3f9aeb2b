// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * kexec while the hypervisor is enabled, with a cell that runs and one that would not stop: the driver disables first,
 * and the new kernel starts at EL2 with all CPUs. This program is its first process too, which enables again and runs
 * a cell. That part ends with a line on the console (see the list file).
 */

#include <errno.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"
#include "lib/errors.h"
#include "lib/kexec.h"
#include "lib/last.h"

/* What err_works() needs */
static const char *const files[] = {
	"/lib/firmware/jailhouse.bin",
	CB_MODULE,
	CB_CONFIGS "qemu-arm64.cell",
	CB_CONFIGS "qemu-arm64-timer-demo.cell",
	CB_INMATES "comm.bin",
};

TEST(cells_run)
{
	last_cells(_metadata);
}

TEST(the_next_kernel_is_loaded)
{
	ASSERT_EQ(0, cb_kexec_load(files, sizeof(files) / sizeof(*files)));
	EXPECT_EQ(1, cb_number("/sys/kernel/kexec_loaded"));
	EXPECT_STREQ("running", cb_state("timer-demo"));
	EXPECT_STREQ("running", cb_state("inmate-test"));
}

/* In the new kernel. Returns what is not as it should be. */
static const char *look_around(void)
{
	int ret;

	if (mount("dev", "/dev", "devtmpfs", 0, NULL) || mount("proc", "/proc", "proc", 0, NULL) ||
	    mount("sys", "/sys", "sysfs", 0, NULL))
		return "the file systems are not there";
	if (!cb_kernel_said("CPU: All CPU(s) started at EL2"))
		return "not at EL2";
	if (cb_num_online() != cb_num_cpus() || cb_num_online() == 1)
		return "not all CPUs are there";
	ret = cb_insmod("");
	return ret ? strerror(-ret) : err_works();
}

static void new_kernel(void)
{
	const char *why = look_around();
	char line[512];

	/* through the kernel's log: one line that nothing comes into */
	snprintf(line, sizeof(line), "<1>kexec: in the new kernel: %s\n", why ? why : "started at EL2, a cell ran");
	cb_write("/dev/kmsg", line);
	cb_sleep_ms(500);
	reboot(RB_POWER_OFF);
}

static void __attribute__((constructor)) begin(void)
{
	if (getpid() == 1)
		new_kernel();
	last_is(LINUX_REBOOT_CMD_KEXEC);
}

TEST_HARNESS_MAIN
