// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <rtos_link.h>

#include "kernel.h"

#define US_PER_S		1000000ULL

static void link_irq(unsigned int irq, void *argument)
{
	struct rtos_link *link = argument;

	link->last_event = timer_get_ticks();
	libcell_irq(&link->device, irq);
	/* one is enough: who waits looks at the count of events */
	osSemaphoreRelease(link->semaphore);
}

static u32 to_ticks(u64 us)
{
	u64 ticks;

	if (us > osWaitForever)
		return osWaitForever;
	ticks = (us * rtos_config.tick_hz + US_PER_S - 1) / US_PER_S + 1;
	return ticks < osWaitForever ? (u32)ticks : osWaitForever;
}

static int wait_for_event(struct libcell_link *libcell, u32 seen, u64 timeout_us)
{
	struct rtos_link *link = (struct rtos_link *)(void *)libcell;
	u64 end = timer_get_ticks() + timer_ns_to_ticks(timeout_us * 1000);
	u64 now;

	while (libcell_events(libcell) == seen) {
		if (timeout_us == LIBCELL_FOREVER) {
			osSemaphoreAcquire(link->semaphore, osWaitForever);
			continue;
		}
		now = timer_get_ticks();
		if (now >= end)
			return -ETIMEDOUT;
		osSemaphoreAcquire(link->semaphore,
				   to_ticks(timer_ticks_to_ns(end - now) / 1000));
	}
	return 0;
}

static unsigned int num_irqs(const struct rtos_link *link)
{
	return link->device.ivshmem.vectors ? link->device.ivshmem.vectors : 1;
}

static int attach(struct rtos_link *link, u8 priority)
{
	for (unsigned int n = 0; n < num_irqs(link); n++)
		if (irq_attach(link->device.ivshmem.irq + n, priority, link_irq,
			       link) != osOK)
			return -EBUSY;
	return 0;
}

int rtos_link_open(struct rtos_link *link, const char *name, u8 irq_priority)
{
	const osSemaphoreAttr_t attr = {
		.name = "link",
		.cb_mem = &link->memory,
		.cb_size = sizeof(link->memory),
	};
	u64 flags;
	int ret;

	link->semaphore = osSemaphoreNew(1, 0, &attr);
	/* the first interrupt may come before there is a handler */
	flags = irqs_save();
	ret = libcell_open(&link->device, name);
	if (!ret)
		ret = attach(link, irq_priority);
	irqs_restore(flags);
	if (ret) {
		osSemaphoreDelete(link->semaphore);
		return ret;
	}
	link->ops = *link->device.link.ops;
	link->ops.wait = wait_for_event;
	link->device.link.ops = &link->ops;
	return 0;
}

void rtos_link_close(struct rtos_link *link)
{
	libcell_close(&link->device);
	for (unsigned int n = 0; n < num_irqs(link); n++)
		rtos_irq_detach(link->device.ivshmem.irq + n);
	osSemaphoreDelete(link->semaphore);
}
