/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* hardware check */

#include <errno.h>

#include "hardware/areas.h"
#include "tests/fixture.h"

static void reset(void)
{
	fixture_reset();
	sysfs_copy("firmware/fdt", TREES "/virt.dtb");
	sysfs_write("iomem", "40000000-bfffffff : System RAM\n");
	sysfs_write("jailhouse.bin", "image");
	fake.kernel_log = "[    0.1] CPU: All CPU(s) started at EL2\n";
}

/* A node's name can be empty. */
static void test_names(void)
{
	static struct areas areas;

	areas_add(&areas, 0x11000, 0x1000, "uart");
	areas_add(&areas, 0x12000, 0x1000, "");
	areas_add(&areas, 0x13000, 0x1000, "gpio");
	areas_add(&areas, 0x14000, 0x1000, "uart");
	areas_merge(&areas);
	check_number(areas.count, 1, "neighbours are one area");
	check_text(areas.area[0].what, "uart, gpio", "with the names that they have");
}

static void test_good(void)
{
	struct result result;

	reset();
	result = RUN("hardware", "check");
	check_number(result.exit_code, 0, "a good machine");
	check_contains(result.out, "good     EL2          Linux was started at EL2\n", "EL2");
	check_contains(result.out, "good     PSCI         arm,psci-1.0, by smc\n", "PSCI");
	check_contains(result.out, "good     GIC          GICv3, GICD at 0x8000000, with an ITS\n",
		       "GIC");
	check_contains(result.out, "good     RAM          2048 MiB in 1 pieces\n", "RAM");
	check_contains(result.out,
		       "good     memory       the largest piece that could be taken has 2048 MiB\n",
		       "memory");
	check_contains(result.out, "good     KVM          no guest of it is seen\n", "KVM");
	check_contains(result.out, "note     DMA          there is no IOMMU", "DMA");
	check_contains(result.out, "good     enabling     \"dummy-virt\": 2 CPUs", "enabling");
	check(fake.request == JAILHOUSE_TRY_ENABLE && fake.requests == 1, "was only tried");

	reset();
	sysfs_add_cell(0, "root", "running", "0", "");
	check_contains(RUN("hardware", "check").out,
		       "good     enabling     the hypervisor is enabled\n", "while enabled");
	check_number(fake.requests, 0, "nothing is tried");

	reset();
	fake.open_result = -ENOENT;
	result = RUN("hardware", "check");
	check_contains(result.out, "unknown  enabling     not tried: the driver is not loaded\n"
				   "                   -> load jailhouse.ko, and look again\n",
		       "without the driver");
	check_number(result.exit_code, 0, "is not bad");
}

static void bad(const char *out, const char *what)
{
	struct result result = RUN("hardware", "check");

	check_contains(result.out, out, what);
	check_contains(result.err, "this machine cannot be enabled as it is: 1 of 13 points are bad\n",
		       "  and the machine cannot be enabled");
	check_number(result.exit_code, 1, "  by its exit code too");
}

static void test_bad(void)
{
	reset();
	fake.kernel_log = "CPU: All CPU(s) started at EL1\n";
	bad("bad      EL2          Linux was started at EL1\n", "EL1");
	reset();
	fake.kernel_log = "CPU: All CPU(s) started at EL2\n"
			  "CPU features: detected: Virtualization Host Extensions\n";
	bad("-> start Linux with kvm-arm.mode=nvhe. U-Boot:", "VHE");
	fake.kernel_log = "CPU: All CPU(s) started at EL2\n"
			  "kvm [1]: VHE mode initialized successfully\n";
	bad("the CPU has VHE", "VHE, as KVM says it");
	fake.kernel_log = "CPU: All CPU(s) started at EL2\n"
			  "kvm [1]: Hyp nVHE mode initialized successfully\n";
	check_contains(RUN("hardware", "check").out,
		       "good     VHE          nothing says that Linux uses VHE", "a newer one");
	sysfs_write("cmdline", "console=ttyAMA0 kvm-arm.mode=nvhe\n");
	check_contains(RUN("hardware", "check").out,
		       "good     VHE          kvm-arm.mode=nvhe keeps Linux at EL1\n", "its cure");
	reset();
	sysfs_copy("firmware/fdt", TREES "/hole.dtb");
	bad("bad      PSCI         not all CPUs have enable-method \"psci\"\n",
	    "a CPU without PSCI");
	sysfs_write("devices/system/cpu/possible", "0-1\n");
	sysfs_write("devices/system/cpu/online", "0\n");
	check_contains(RUN("hardware", "check").out, "good     PSCI         arm,psci-1.0, by smc\n",
		       "which Linux does not have");
	reset();
	sysfs_copy("firmware/fdt", TREES "/no-memory.dtb");
	sysfs_write("devices/system/cpu/online", "0\n");
	check_contains(RUN("hardware", "check").out, "good     PSCI",
		       "one CPU, which nobody starts");
	reset();
	sysfs_remove("jailhouse.bin");
	bad("/jailhouse.bin\n                   -> make install", "no image");
	reset();
	sysfs_write("kernel/security/lockdown", "none [integrity] confidentiality\n");
	bad("the kernel is locked down", "lockdown");
	reset();
	fake.ioctl_result = -ENODEV;
	fake.reason = "Linux does not have EL2";
	bad("bad      enabling     Linux does not have EL2\n", "what the driver refuses");
}

static void test_kvm(void)
{
	reset();
	sysfs_write("kernel/debug/kvm/exits", "0\n");
	check_contains(RUN("hardware", "check").out, "good     KVM          no guest", "KVM alone");
	sysfs_write("kernel/debug/kvm/4711-12/exits", "0\n");
	bad("bad      KVM          a KVM guest runs, process 4711\n"
	    "                   -> end it first", "a guest of KVM");
	reset();
	sysfs_write("cmdline", "kvm-arm.mode=protected\n");
	bad("bad      KVM          kvm-arm.mode=protected: KVM keeps EL2 for itself\n", "pKVM");
}

static void test_details(void)
{
	struct result result;

	reset();
	fake.kernel_log = "[    0.0] psci: PSCIv1.1 detected in firmware.\n"
			  "GICv3: Pseudo-NMIs enabled using forced ICC_PMR_EL1 synchronisation\n";
	result = RUN("hardware", "check");
	check_contains(result.out, "good     PSCI         arm,psci-1.0, by smc: firmware has v1.1\n",
		       "the firmware's version of PSCI");
	check_contains(result.out, "with an ITS; Linux masks by\n", "a mode of the GIC");

	reset();
	sysfs_copy("firmware/fdt", TREES "/no-memory.dtb");
	check_contains(RUN("hardware", "check").out, "the device tree names 2 that do:\n"
		       "                      /dma@9100000 and 1 more\n", "what does DMA");
	reset();
	sysfs_write("iomem", "40000000-bfffffff : System RAM\n"
			     "  40200000-bfffffff : Kernel code\n");
	check_contains(RUN("hardware", "check").out,
		       "bad      memory       no piece of RAM has 4 MiB that could be taken\n",
		       "memory that Linux does not give");
}

static void test_try(void)
{
	reset();
	sysfs_write("devices/system/cpu/cpu1/online", "1\n");
	check_contains(RUN("hardware", "check", "--try").out,
		       "good     CPU hotplug  each CPU but the first went offline and came back\n",
		       "--try");
	sysfs_remove("devices/system/cpu/cpu1");
	check_contains(RUN("hardware", "check", "--try").out,
		       "bad      CPU hotplug  Linux cannot take these off and on: 1\n",
		       "a CPU that stays");
}

static void test_words(void)
{
	struct result result;

	reset();
	result = RUN("hardware", "check", "--json");
	check_contains(result.out, "[\n  {\"point\": \"EL2\", \"verdict\": \"good\", \"text\": "
				   "\"Linux was started at EL2\", \"cure\": null},\n", "--json");
	check_contains(result.out, "}\n]\n", "its end");
	reset();
	sysfs_remove("firmware/fdt");
	result = RUN("hardware", "check");
	check_contains(result.err, "cannot open the device tree", "no device tree is said");
	check_contains(result.out, "unknown  GIC          the machine could not be read\n",
		       "and the other points are looked at");
	check_number(result.exit_code, 1, "its exit code");
	check_usage(RUN("hardware", "check", "x"), "hardware check", "unexpected argument 'x'",
		    "one word too many");
}

int main(void)
{
	test_names();
	test_good();
	test_bad();
	test_kvm();
	test_details();
	test_try();
	test_words();
	return fixture_end();
}
