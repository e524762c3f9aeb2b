/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <uapi/jailhouse.h>

#include "config/automatic.h"
#include "device.h"
#include "io.h"
#include "message.h"
#include "show/cpu_list.h"
#include "sysfs.h"

#define MIB	0x100000ULL

/* What is made, in words. */
static void describe(char *text, size_t size, const struct plan *plan)
{
	const struct hardware *hw = plan->hardware;

	snprintf(text, size, "\"%s\": %d CPUs, %llu MiB of RAM, GICv%u; hypervisor: %llu MiB at "
		 "0x%llx; console: %s%s", plan->name, __builtin_popcountll(hw->cpu_set),
		 areas_size(&hw->ram) / MIB, hw->gic.version, plan->hypervisor.size / MIB,
		 plan->hypervisor.start,
		 plan->console.type == JAILHOUSE_CON_TYPE_NONE ? "none, " : "", plan->console_why);
}

/* 0 with what was made, a negative errno of the driver, or an exit code (said). */
static int request_at(int fd, unsigned long request, const struct hardware *hardware,
		      const struct plan_options *options, u64 place, char *text, size_t size)
{
	struct jailhouse_system *config;
	size_t config_size;
	struct plan *plan;
	int ret;

	ret = plan_make(hardware, options, place, &plan);
	if (ret)
		return ret;
	config = plan_binary(plan, &config_size);
	ret = config ? io_device_ioctl(fd, request, config) : EXIT_REFUSED;
	if (!ret)
		describe(text, size, plan);
	free(config);
	free(plan);
	return ret;
}

/* Of memory that Linux cannot give another piece may do. False with the reason. */
static bool try_places(int fd, unsigned long request, const struct hardware *hardware,
		       const struct plan_options *options, char *text, size_t size)
{
	u64 needed = plan_size(hardware, options), places[PLAN_PLACES];
	unsigned int n = 0, count = plan_places(hardware, needed, places);
	struct device_reasons reasons = { .count = 0 };
	int ret;

	if (!count) {
		snprintf(text, size, "%s", plan_no_place(needed));
		return false;
	}
	do
		ret = request_at(fd, request, hardware, options, places[n++], text, size);
	while (n < count && device_try_elsewhere(fd, ret, &reasons));
	if (ret < 0)
		device_reason(fd, -ret, text, size);
	else if (ret)
		snprintf(text, size, "no configuration could be made for this machine");
	return !ret;
}

/* Links are worth having, but nothing that enabling has to fail for. */
static bool try_with_links(int fd, unsigned long request, const struct hardware *hardware,
			      const struct plan_options *options, char *text, size_t size)
{
	struct plan_options less = *options;
	char why[512];

	if (try_places(fd, request, hardware, options, text, size))
		return true;
	snprintf(why, sizeof(why), "%s", text);
	less.without_links = true;
	if (!try_places(fd, request, hardware, &less, text, size))
		return false;
	notice("root has no links with cells: %s", why);
	return true;
}

int automatic_try(int fd, const struct hardware *hardware, const struct plan_options *options,
		  char *text, size_t size)
{
	return try_with_links(fd, JAILHOUSE_TRY_ENABLE, hardware, options, text, size) ?
		EXIT_DONE : EXIT_REFUSED;
}

/* With a request that succeeded it is said what was made. */
static int enable_on(int fd, unsigned long request, const struct hardware *hardware,
		     const struct plan_options *options)
{
	char cpus[CPU_LIST_TEXT], text[512];

	if (!try_with_links(fd, request, hardware, options, text, sizeof(text)))
		return refused("%s", text);
	printf("%s %s\n", request == JAILHOUSE_ENABLE ? "Enabled on" : "Nothing is in the way on",
	       text);
	if (hardware->cpus_left_out)
		notice("CPUs that are offline are left out and stay offline: %s",
		       cpu_list(cpus, hardware->cpus_left_out));
	return EXIT_DONE;
}

int automatic_enable(unsigned long request, const struct plan_options *options)
{
	struct hardware_source here = { .folder = NULL };
	struct hardware *hardware;
	bool enabled;
	int fd, ret;

	ret = sysfs_enabled(&enabled);
	if (!ret && enabled)
		ret = refused("the hypervisor is enabled already");
	if (!ret)
		ret = hardware_read(&here, &hardware);
	if (ret)
		return ret;
	fd = device_open();
	ret = fd < 0 ? EXIT_REFUSED : enable_on(fd, request, hardware, options);
	if (fd >= 0)
		io_device_close(fd);
	hardware_free(hardware);
	return ret;
}
