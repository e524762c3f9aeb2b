// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Links in an inmate. */

#include <libcell/device.h>

#include "port.h"

#define US_TO_NS	1000
#define NO_END		(~0ULL)

static struct libcell_device *of(struct libcell_link *link)
{
	return (struct libcell_device *)link;
}

static void doorbell(struct libcell_link *link, u32 peer)
{
	ivshmem_doorbell(&of(link)->ivshmem, peer, 0);
}

static void set_state(struct libcell_link *link, u32 state)
{
	ivshmem_set_state(&of(link)->ivshmem, state);
}

static u32 events(struct libcell_link *link)
{
	return load(&of(link)->events);
}

static u64 now_us(struct libcell_link *link)
{
	(void)link;
	return timer_ticks_to_ns(timer_count(TIMER_PHYSICAL)) / US_TO_NS;
}

bool libcell_irq(struct libcell_device *device, unsigned int irq)
{
	struct ivshmem *ivshmem = &device->ivshmem;
	unsigned int count = ivshmem->vectors ? ivshmem->vectors : 1;

	if (irq == TIMER_PHYSICAL_IRQ) {
		timer_stop(TIMER_PHYSICAL);
		return true;
	}
	if (irq < ivshmem->irq || irq >= ivshmem->irq + count)
		return false;
	__atomic_add_fetch(&device->events, 1, __ATOMIC_RELEASE);
	/* The count is visible before those who wait on other CPUs look. */
	asm volatile("dsb ishst\n\tsev" : : : "memory");
	return true;
}

/*
 * The interrupt comes to this CPU: nothing is executed until it does, or until
 * @end, if that is not NO_END.
 */
static void sleep_here(struct libcell_device *device, u32 seen, u64 end)
{
	u64 flags = irqs_save();

	/* masked: neither interrupt can come before WFI, which they end */
	if (end != NO_END)
		timer_set_deadline(TIMER_PHYSICAL, end);
	if (load(&device->events) == seen)
		wait_for_interrupt();
	enable_irqs();
	isb();
	irqs_restore(flags);
}

static int wait_for_event(struct libcell_link *link, u32 seen, u64 timeout_us)
{
	struct libcell_device *device = of(link);
	bool here = cpu_id() == device->cpu;
	u64 end = NO_END;

	if (timeout_us != LIBCELL_FOREVER)
		end = timer_count(TIMER_PHYSICAL) +
		      timer_ns_to_ticks(timeout_us * US_TO_NS);
	/* Pairs with libcell_irq(). */
	while (__atomic_load_n(&device->events, __ATOMIC_ACQUIRE) == seen) {
		if (end != NO_END && timer_count(TIMER_PHYSICAL) >= end)
			return -ETIMEDOUT;
		if (here)
			sleep_here(device, seen, end);
		else if (end == NO_END)
			asm volatile("wfe" : : : "memory");
		else
			cpu_relax();
	}
	if (end != NO_END && here)
		timer_stop(TIMER_PHYSICAL);
	return 0;
}

static u64 masked_before;
static u32 times_masked;

static void mask(struct channel_guard *guard)
{
	u64 flags = irqs_save();

	(void)guard;
	if (!times_masked++)
		masked_before = flags;
}

static void unmask(struct channel_guard *guard)
{
	(void)guard;
	if (!--times_masked)
		irqs_restore(masked_before);
}

struct channel_guard libcell_irq_guard = { .take = mask, .give = unmask };

static const struct libcell_ops ops = {
	.doorbell = doorbell,
	.set_state = set_state,
	.events = events,
	.wait = wait_for_event,
	.now_us = now_us,
};

static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

/* Device and function after the last colon; -1: not a name of a device. */
static int parse_bdf(const char *name)
{
	unsigned int device = 0, digits = 0;
	const char *p;

	for (p = name; *p; p++)
		if (*p == ':')
			name = p + 1;
	for (p = name; digit(*p) < 16 && digits < 2; p++, digits++)
		device = device * 16 + digit(*p);
	if (!digits || device > 31 || *p != '.' || digit(p[1]) > 7 || p[2])
		return -1;
	return (int)(device << 3 | digit(p[1]));
}

int libcell_open(struct libcell_device *device, const char *name)
{
	struct ivshmem *ivshmem = &device->ivshmem;
	int bdf = name ? parse_bdf(name) : IVSHMEM_ANY_BDF;

	if (bdf < 0 || !ivshmem_attach(ivshmem, (u16)bdf))
		return -ENODEV;
	device->link = (struct libcell_link){
		.ops = &ops,
		.id = ivshmem->id,
		.max_peers = ivshmem->max_peers,
		.protocol = ivshmem->protocol,
		.states = (const u32 *)ivshmem->states,
		.rw_section = ivshmem->rw_section,
		.rw_size = ivshmem->rw_size,
		.output = ivshmem_output(ivshmem, ivshmem->id),
		.outputs = ivshmem->output,
		.output_size = ivshmem->output_size,
	};
	device->events = 0;
	device->cpu = cpu_id();
	irq_enable(TIMER_PHYSICAL_IRQ);
	ivshmem_enable_irqs(ivshmem);
	return libcell_attach(&device->link);
}

void libcell_close(struct libcell_device *device)
{
	libcell_detach(&device->link);
	ivshmem_disable_irqs(&device->ivshmem);
}
