// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Measuring in an inmate, with the virtual timer. */

#include <libcell/latency.h>

#include "port.h"

static void start_timer(struct libcell_latency_server *server)
{
	u64 period = timer_ns_to_ticks(server->latency.interval_us * 1000ULL);

	server->deadline = timer_count(TIMER_VIRTUAL) + period;
	timer_set_deadline(TIMER_VIRTUAL, server->deadline);
}

static void on_timer(struct libcell_latency_server *server)
{
	struct libcell_latency *latency = &server->latency;
	u64 late = timer_count(TIMER_VIRTUAL) - server->deadline;
	u64 period = timer_ns_to_ticks(latency->interval_us * 1000ULL);

	if (!latency->running || !period) {
		timer_stop(TIMER_VIRTUAL);
		return;
	}
	libcell_latency_add(latency, LIBCELL_LATENCY_TIMER, late);
	/* a missed period shows as a long latency, and is not made up for */
	server->deadline += (late / period + 1) * period;
	timer_set_deadline(TIMER_VIRTUAL, server->deadline);
}

bool libcell_latency_irq(struct libcell_latency_server *server,
			 unsigned int irq)
{
	u64 now = timer_count(TIMER_VIRTUAL);

	if (irq == TIMER_VIRTUAL_IRQ) {
		on_timer(server);
		return true;
	}
	if (!libcell_irq(&server->device, irq))
		return false;
	if (irq != TIMER_PHYSICAL_IRQ)
		server->latency.doorbell = now;
	return true;
}

static bool on_message(struct libcell_service *service, u32 peer,
		       struct libcell_message *message)
{
	struct libcell_latency_server *server = service->context;

	(void)peer;
	if (!libcell_latency_answer(&server->latency, message))
		return false;
	if (message->type == LIBCELL_LATENCY_START &&
	    server->latency.interval_us)
		start_timer(server);
	return true;
}

int libcell_latency_open(struct libcell_latency_server *server)
{
	server->latency = (struct libcell_latency) {
		.frequency = timer_get_frequency(),
	};
	server->service.handler = on_message;
	server->service.context = server;
	irq_enable(TIMER_VIRTUAL_IRQ);
	return libcell_service_open(&server->service, &server->device.link);
}

void libcell_latency_serve(struct libcell_latency_server *server,
			   u64 timeout_us)
{
	u32 seen = libcell_events(&server->device.link);

	if (libcell_serve(&server->service) ||
	    !libcell_service_arm(&server->service))
		return;
	libcell_wait(&server->device.link, seen, timeout_us);
}
