// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <libcell/latency.h>

#include "port.h"

#define NS_PER_S	1000000000ULL

static u64 to_ns(u64 ticks, u64 frequency)
{
	/* apart, so that hours do not overflow */
	return ticks / frequency * NS_PER_S +
	       ticks % frequency * NS_PER_S / frequency;
}

void libcell_latency_add(struct libcell_latency *latency,
			 enum libcell_latency_kind kind, u64 ticks)
{
	histogram_add(&latency->histograms[kind],
		      to_ns(ticks, latency->frequency));
}

static bool start(struct libcell_latency *latency, u64 interval_us)
{
	if (interval_us > LIBCELL_LATENCY_MAX_US ||
	    (interval_us && interval_us < LIBCELL_LATENCY_MIN_US))
		return false;
	/* the handler must not count meanwhile */
	latency->running = false;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	for (unsigned int kind = 0; kind < LIBCELL_LATENCY_KINDS; kind++)
		histogram_reset(&latency->histograms[kind]);
	latency->interval_us = (u32)interval_us;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	latency->running = true;
	return true;
}

/* A message for which no interrupt came (we were awake) is not a sample. */
static void kick(struct libcell_latency *latency, u64 sent)
{
	u64 came = latency->doorbell;

	if (latency->running && came > sent)
		libcell_latency_add(latency, LIBCELL_LATENCY_DOORBELL,
				    came - sent);
}

static bool read_part(const struct libcell_latency *latency, u64 *data)
{
	const struct histogram *h;

	if (data[0] >= LIBCELL_LATENCY_KINDS)
		return false;
	h = &latency->histograms[data[0]];
	if (data[1] >= HISTOGRAM_BINS) {
		data[1] = h->count;
		data[2] = h->sum;
		data[3] = h->min;
		data[4] = h->max;
		return true;
	}
	if (data[1] % LIBCELL_LATENCY_BINS)
		return false;
	memcpy(&data[1], &h->bin[data[1]], LIBCELL_LATENCY_BINS * sizeof(u32));
	return true;
}

_Static_assert(HISTOGRAM_BINS % LIBCELL_LATENCY_BINS == 0, "whole messages");

bool libcell_latency_answer(struct libcell_latency *latency,
			    struct libcell_message *message)
{
	switch (message->type) {
	case LIBCELL_LATENCY_START:
		return start(latency, message->data[0]);
	case LIBCELL_LATENCY_STOP:
		latency->running = false;
		return true;
	case LIBCELL_LATENCY_KICK:
		kick(latency, message->data[0]);
		return true;
	case LIBCELL_LATENCY_READ:
		return read_part(latency, message->data);
	default:
		return false;
	}
}

static int ask(struct libcell_client *client, struct libcell_message *message,
	       u64 kind, u64 bin, u64 timeout_us)
{
	int ret;

	message->type = LIBCELL_LATENCY_READ;
	message->sequence++;
	message->data[0] = kind;
	message->data[1] = bin;
	ret = libcell_call(client, message, timeout_us);
	if (ret)
		return ret;
	return message->type == LIBCELL_LATENCY_READ ? 0 : -EPROTO;
}

int libcell_latency_read(struct libcell_client *client,
			 enum libcell_latency_kind kind, struct histogram *h,
			 u64 timeout_us)
{
	struct libcell_message message = { 0 };
	unsigned int bin;
	int ret;

	ret = ask(client, &message, kind, HISTOGRAM_BINS, timeout_us);
	h->count = message.data[1];
	h->sum = message.data[2];
	h->min = message.data[3];
	h->max = message.data[4];
	for (bin = 0; bin < HISTOGRAM_BINS && !ret; bin += LIBCELL_LATENCY_BINS) {
		ret = ask(client, &message, kind, bin, timeout_us);
		memcpy(&h->bin[bin], &message.data[1],
		       LIBCELL_LATENCY_BINS * sizeof(u32));
	}
	if (ret)
		return ret;
	return histogram_check(h) ? 0 : -EPROTO;
}
