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

static void say_done(unsigned long request, const struct plan *plan)
{
	const struct hardware *hw = plan->hardware;
	char cpus[CPU_LIST_TEXT];
	const struct area *area;
	u64 ram = 0;

	for_each_area(area, &hw->ram)
		ram += area->size;
	printf("%s \"%s\": %d CPUs, %llu MiB of RAM, GICv%u; hypervisor: %llu MiB at 0x%llx; "
	       "console: %s%s\n",
	       request == JAILHOUSE_ENABLE ? "Enabled on" : "Nothing is in the way on", plan->name,
	       __builtin_popcountll(hw->cpu_set), ram / MIB, hw->gic.version,
	       plan->hypervisor.size / MIB, plan->hypervisor.start,
	       plan->console.type == JAILHOUSE_CON_TYPE_NONE ? "none, " : "", plan->console_why);
	if (hw->cpus_left_out)
		notice("CPUs that are offline are left out and stay offline: %s",
		       cpu_list(cpus, hw->cpus_left_out));
}

/* 0 or a negative errno of the driver; an exit code that was said is positive. */
static int request_at(int fd, unsigned long request, const struct hardware *hardware,
		      const struct plan_options *options, u64 place)
{
	struct jailhouse_system *config;
	struct plan *plan;
	size_t size;
	int ret;

	ret = plan_make(hardware, options, place, &plan);
	if (ret)
		return ret;
	config = plan_binary(plan, &size);
	ret = config ? io_device_ioctl(fd, request, config) : EXIT_REFUSED;
	if (!ret)
		say_done(request, plan);
	free(config);
	free(plan);
	return ret;
}

/* Of memory that Linux cannot give another piece may do. */
static int try_places(int fd, unsigned long request, const struct hardware *hardware,
		      const struct plan_options *options)
{
	u64 size = plan_size(hardware, options), places[PLAN_PLACES];
	unsigned int n, count = plan_places(hardware, size, places);
	int ret;

	if (!count)
		return refused("no piece of RAM has %llu MiB that could be taken from Linux: see "
			       "\"System RAM\" and what is reserved in it in /proc/iomem",
			       size / MIB);
	for (n = 0; n < count; n++) {
		ret = request_at(fd, request, hardware, options, places[n]);
		if (ret != -EBUSY && ret != -ENOMEM)
			break;
	}
	return ret < 0 ? device_refused(fd, -ret) : ret;
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
	ret = fd < 0 ? EXIT_REFUSED : try_places(fd, request, hardware, options);
	if (fd >= 0)
		io_device_close(fd);
	hardware_free(hardware);
	return ret;
}
