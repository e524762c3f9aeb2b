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
	rtos_cond_broadcast(&link->waiting);
}

static u32 to_ticks(u64 us)
{
	u64 ticks;

	if (us > osWaitForever)
		return osWaitForever;
	ticks = (us * rtos_config.tick_hz + US_PER_S - 1) / US_PER_S + 1;
	return ticks < osWaitForever ? (u32)ticks : osWaitForever;
}

/* An interrupt that comes after the look finds the thread waiting. */
static void sleep(struct rtos_link *link, u32 seen, u32 ticks)
{
	u64 flags = kernel_lock();

	if (!link->closed && libcell_events(&link->device.link) == seen)
		cond_wait_and_unlock(&link->waiting, ticks, flags);
	else
		kernel_unlock(flags);
}

static int wait_for_event(struct libcell_link *libcell, u32 seen, u64 timeout_us)
{
	struct rtos_link *link = (struct rtos_link *)(void *)libcell;
	u64 end = timer_get_ticks() + timer_ns_to_ticks(timeout_us * 1000);
	u64 now;

	while (!link->closed && libcell_events(libcell) == seen) {
		if (timeout_us == LIBCELL_FOREVER) {
			sleep(link, seen, osWaitForever);
			continue;
		}
		now = timer_get_ticks();
		if (now >= end)
			return -ETIMEDOUT;
		sleep(link, seen, to_ticks(timer_ticks_to_ns(end - now) / 1000));
	}
	return link->closed ? -ENODEV : 0;
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
	u64 flags;
	int ret;

	link->waiting = (struct rtos_cond){ 0 };
	link->closed = false;
	/* the first interrupt may come before there is a handler */
	flags = irqs_save();
	ret = libcell_open(&link->device, name);
	if (!ret)
		ret = attach(link, irq_priority);
	irqs_restore(flags);
	if (ret)
		return ret;
	link->ops = *link->device.link.ops;
	link->ops.wait = wait_for_event;
	link->device.link.ops = &link->ops;
	return 0;
}

void rtos_link_close(struct rtos_link *link)
{
	u64 flags = kernel_lock();

	link->closed = true;
	kernel_unlock(flags);
	rtos_cond_broadcast(&link->waiting);
	libcell_close(&link->device);
	for (unsigned int n = 0; n < num_irqs(link); n++)
		rtos_irq_detach(link->device.ivshmem.irq + n);
}

static void take(struct channel_guard *guard)
{
	osMutexAcquire(((struct rtos_guard *)guard)->mutex, osWaitForever);
}

static void give(struct channel_guard *guard)
{
	osMutexRelease(((struct rtos_guard *)guard)->mutex);
}

int rtos_guard_open(struct rtos_guard *guard)
{
	const osMutexAttr_t attr = {
		.name = "channels",
		.attr_bits = osMutexRecursive | osMutexPrioInherit,
		.cb_mem = &guard->memory,
		.cb_size = sizeof(guard->memory),
	};

	guard->guard = (struct channel_guard){ .take = take, .give = give };
	guard->mutex = osMutexNew(&attr);
	return guard->mutex ? 0 : -ENOMEM;
}
