// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Machines where the hypervisor cannot be enabled: each is refused with its
 * reason, as often as one tries. The kernel parameter cellblock.test= says which
 * one this is (see ci/tests/list): "none" for one that is good after all.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <kselftest_harness.h>

#include "lib/cellblock.h"
#include "lib/errors.h"

static const struct machine {
	const char *name;
	const char *config;
	int error;
	const char *words[ERR_WORDS];
} machines[] = {
	{ "gicv2", "qemu-arm64", ENODEV, { "says GICv3", "no GICv3's registers", "correct gic_version" } },
	{ "gicv3", "qemu-arm64-gicv2", ENODEV, { "says GICv2", "a GICv3's registers", "correct gic_version" } },
	{ "vhe", "qemu-arm64", ENODEV, { "EL2 (VHE)", "kvm-arm.mode=nvhe" } },
	{ "novirt", "qemu-arm64", ENODEV, { "does not have EL2", "started at EL1",
					    "virtualization=on" } },
	{ "fewer-cpus", "qemu-arm64", EINVAL, { "CPU 2", "does not exist", "0-1" } },
	{ "more-cpus", "qemu-arm64", EINVAL, { "CPU 4 is online in Linux", "missing", "0-15",
					       "0-3" } },
};

static const struct machine *this_machine(void)
{
	FILE *file = fopen("/proc/cmdline", "r");
	char line[2048] = "";
	const char *name;
	size_t n;

	if (file) {
		fgets(line, sizeof(line), file);
		fclose(file);
	}
	name = strstr(line, "cellblock.test=");
	if (!name)
		return NULL;
	name = strchr(name, '=') + 1;
	for (n = 0; n < sizeof(machines) / sizeof(machines[0]); n++)
		if (!strncmp(name, machines[n].name, strlen(machines[n].name)))
			return &machines[n];
	return NULL;
}

TEST(enable)
{
	const struct machine *machine = this_machine();
	struct err_state before;
	int attempt;

	ALL_WELL(err_begin(false));
	err_note(&before);
	if (!machine) {
		ALL_WELL(err_works());
		return;
	}
	for (attempt = 0; attempt < 3; attempt++) {
		ALL_WELL(err_refused(cb_enable(machine->config), machine->error, machine->words));
		ALL_WELL(err_changed(&before));
	}
	/* and Linux can still use what it was asked for */
	ASSERT_EQ(0, cb_rmmod());
	ASSERT_EQ(0, cb_insmod(""));
	if (machine->error == EINVAL && cb_num_cpus() > 4)
		ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
