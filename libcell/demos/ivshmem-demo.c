// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Peers that greet each other, the same source for Linux and for inmates. Each
 * sends a numbered greeting to all others once in a while, prints what it gets,
 * and answers `jailhouse shmem ping` and `bench` meanwhile.
 *
 * In an inmate, parameters:
 *	link=BUS:DEVICE.FUNCTION	which link (default: the first)
 *	period=MILLISECONDS		between greetings (default 1000, 0: none)
 * In Linux: ivshmem-demo [LINK [PERIOD [COUNT]]], which ends after COUNT
 * greetings of each other peer.
 */

#include <libcell/device.h>
#include <libcell/serve.h>

#if __STDC_HOSTED__
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define say(...)	printf(__VA_ARGS__)

static void say_why(const char *link, int error)
{
	char text[512];

	libcell_explain(link, error, text, sizeof(text));
	say("ivshmem-demo: %s\n", text);
}
#else
#define say(...)	printk(__VA_ARGS__)

static void say_why(const char *link, int error)
{
	say("ivshmem-demo: cannot open link %s: error %d\n", link ? link : "", error);
}
#endif

#define CHANNEL		1
#define COUNT		4
#define MS		1000ULL

struct greeting {
	u32 from;
	u32 number;
	u64 time_us;
};

LIBCELL_RING(greetings, struct greeting, 0x67726501)

static struct libcell_device device;
static struct libcell_service service;
static struct peer {
	struct libcell_producer out;
	struct libcell_consumer in;
	u32 sent;
	u32 received;
} peers[IVSHMEM_MAX_PEERS];

static bool open_all(const char *name)
{
	struct libcell_link *link = &device.link;
	int ret = libcell_open(&device, name);

	if (!ret)
		ret = libcell_service_open(&service, link);
	for (u32 n = 0; n < link->max_peers && !ret; n++) {
		if (n == link->id)
			continue;
		ret = greetings_open_producer(&peers[n].out, link, n, CHANNEL,
					      COUNT);
		if (!ret)
			ret = greetings_open_consumer(&peers[n].in, link, n,
						      CHANNEL);
	}
	if (ret)
		say_why(name, ret);
	else
		say("ivshmem-demo: peer %u of %u, output sections of %u KiB\n",
		    link->id, link->max_peers,
		    (unsigned int)(link->output_size / 1024));
	return !ret;
}

static void greet(struct peer *peer)
{
	struct greeting greeting = {
		.from = device.link.id,
		.number = peer->sent,
		.time_us = device.link.ops->now_us(&device.link),
	};

	/* who is not there, or has not taken the last ones, misses this one */
	if (!greetings_send(&peer->out, &greeting, 0))
		peer->sent++;
}

/* True if there was something. */
static bool listen(struct peer *peer, u32 number)
{
	struct greeting greeting;
	int ret = greetings_receive(&peer->in, &greeting, 0);

	if (ret == -ECONNRESET)
		say("ivshmem-demo: peer %u has gone\n", number);
	if (ret == -EPROTO)
		libcell_reset_consumer(&peer->in);
	if (ret)
		return false;
	peer->received++;
	say("ivshmem-demo: greeting %u from peer %u\n", greeting.number,
	    greeting.from);
	return true;
}

/* Do all others have something to say before we go? */
static bool is_done(u32 count)
{
	bool done = count != 0;

	for (u32 n = 0; n < device.link.max_peers; n++)
		done &= n == device.link.id || peers[n].received >= count;
	return done;
}

static bool look_around(void)
{
	bool busy = libcell_serve(&service);

	for (u32 n = 0; n < device.link.max_peers; n++)
		if (n != device.link.id)
			busy |= listen(&peers[n], n);
	return busy;
}

static bool arm(void)
{
	bool idle = libcell_service_arm(&service);

	for (u32 n = 0; n < device.link.max_peers; n++)
		if (n != device.link.id)
			idle &= libcell_arm_consumer(&peers[n].in);
	return idle;
}

/* Messages of root come without an interrupt. */
static u64 pause_until(u64 now, u64 next)
{
	u64 longest = 100 * MS;

	return next > now && next - now < longest ? next - now : longest;
}

static void talk(u64 period_us, u32 count, bool (*asked_to_stop)(void))
{
	struct libcell_link *link = &device.link;
	u64 now, next = link->ops->now_us(link);
	u32 seen;

	while (!is_done(count) && !asked_to_stop()) {
		now = link->ops->now_us(link);
		if (period_us && now >= next) {
			next = now + period_us;
			for (u32 n = 0; n < link->max_peers; n++)
				if (n != link->id)
					greet(&peers[n]);
		}
		seen = libcell_events(link);
		if (!look_around() && arm())
			libcell_wait(link, seen, pause_until(now, next));
	}
	libcell_close(&device);
}

#if __STDC_HOSTED__

static bool never(void)
{
	return false;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 && strcmp(argv[1], "-") ? argv[1] : NULL;
	u64 period = argc > 2 ? strtoull(argv[2], NULL, 0) : 1000;
	u32 count = argc > 3 ? (u32)strtoul(argv[3], NULL, 0) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!open_all(name))
		return 1;
	talk(period * MS, count, never);
	return 0;
}

#else

CMDLINE_BUFFER(256);

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static bool asked_to_stop(void)
{
	return comm_poll(true);
}

void inmate_main(void)
{
	char name[16];
	u64 period = (u64)cmdline_parse_int("period", 1000);

	cmdline_parse_str("link", name, sizeof(name), "");
	irq_init(on_irq);
	enable_irqs();
	if (!open_all(name[0] ? name : NULL))
		panic("no link");
	talk(period * MS, 0, asked_to_stop);
	say("ivshmem-demo: asked to stop, goodbye\n");
}

#endif
