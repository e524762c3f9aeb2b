// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The manager of the channels of a link, the same source for Linux and for
 * inmates.
 *
 * In an inmate, parameters:
 *	link=BUS:DEVICE.FUNCTION	which link (default: the first)
 * In Linux, in the foreground: channeld [LINK]
 */

#include <libcell/channeld.h>
#include <libcell/device.h>

#if __STDC_HOSTED__
#include <stdio.h>
#include <string.h>
#define say(...)	printf(__VA_ARGS__)
#else
#define say(...)	printk(__VA_ARGS__)
#endif

#define ENTRIES		512
#define BLOCKS		256
/* Messages of root come to a cell without an interrupt. */
#define PAUSE_US	100000

static struct libcell_device device;
static struct channeld manager;
static struct channeld_entry entries[ENTRIES];
static struct channel_block blocks[BLOCKS];

static bool begin(const char *name)
{
	const struct channeld_setup setup = {
		.entries = entries, .num_entries = ENTRIES,
		.blocks = blocks, .num_blocks = BLOCKS,
	};
	int ret = libcell_open(&device, name);

	if (!ret)
		ret = channeld_open(&manager, &device.link, &setup);
	if (ret)
		say("channeld: cannot open the link: error %d\n", ret);
	else
		say("channeld: manager of the link, peer %u of %u\n", device.link.id,
		    device.link.max_peers);
	return !ret;
}

static void serve(bool (*asked_to_stop)(void))
{
	struct libcell_link *link = &device.link;
	u32 seen;
	int ret = 0;

	while (!asked_to_stop() && (!ret || ret == -ETIMEDOUT || ret == -EINTR)) {
		seen = libcell_events(link);
		if (!channeld_poll(&manager) && channeld_arm(&manager))
			ret = libcell_wait(link, seen, PAUSE_US);
	}
	say("channeld: %u requests, %u channels opened, %u messages held, %u lost, "
	    "%u refused, %u violations\n",
	    (u32)manager.stats.requests, (u32)manager.stats.opened,
	    (u32)manager.stats.held, (u32)manager.stats.lost,
	    (u32)manager.stats.refused, (u32)manager.stats.violations);
	libcell_close(&device);
}

#if __STDC_HOSTED__

#include <signal.h>

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static bool asked_to_stop(void)
{
	return stopped;
}

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: channeld [LINK]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	if (!begin(argc > 1 ? argv[1] : NULL))
		return 1;
	serve(asked_to_stop);
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

	cmdline_parse_str("link", name, sizeof(name), "");
	irq_init(on_irq);
	enable_irqs();
	if (!begin(name[0] ? name : NULL))
		panic("no link");
	serve(asked_to_stop);
}

#endif
