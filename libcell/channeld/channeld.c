// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The manager of the channels of a link, the same source for Linux and for
 * inmates.
 *
 * In an inmate, parameters:
 *	link=BUS:DEVICE.FUNCTION	which link (default: the first)
 * In Linux, in the foreground: channeld [OPTIONS] [LINK]
 *	--socket PATH	programs of this Linux share its place on the link: what they
 *			open is this socket
 *	--manager PEER	another peer is the manager; this program only shares the place
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

static bool begin(const char *name, bool manages, bool shared)
{
	const struct channeld_setup setup = {
		.entries = entries, .num_entries = ENTRIES,
		.blocks = blocks, .num_blocks = BLOCKS, .own = shared,
	};
	int ret = libcell_open(&device, name);

	if (!ret && manages)
		ret = channeld_open(&manager, &device.link, &setup);
	if (ret)
		say("channeld: cannot open the link: error %d\n", ret);
	else if (manages)
		say("channeld: manager of the link, peer %u of %u\n", device.link.id,
		    device.link.max_peers);
	return !ret;
}

static void say_stats(void)
{
	say("channeld: %u requests, %u channels opened, %u messages held, %u lost, "
	    "%u refused, %u violations\n",
	    (u32)manager.stats.requests, (u32)manager.stats.opened,
	    (u32)manager.stats.held, (u32)manager.stats.lost,
	    (u32)manager.stats.refused, (u32)manager.stats.violations);
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
	say_stats();
	libcell_close(&device);
}

#if __STDC_HOSTED__

#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include <libcell/hub.h>
#include <libcell/relay.h>

/* Of all programs of this Linux together. */
#define CHANNELS	512
#define CHANNEL_BLOCKS	16384
#define LOCAL_ENTRIES	(LIBCELL_LOCAL_PEERS * 128)
/* Of a local link: its memory is there when it is used. */
#define LOCAL_TRUNK	262144
#define LOCAL_SECTION	(LIBCELL_LOCAL_PEERS * LOCAL_TRUNK + 65536)

/* A part in the channels of a link, by which the programs' are handed on. */
struct part {
	struct channel_service service;
	struct channel channels[CHANNELS];
	struct channel_block blocks[CHANNEL_BLOCKS];
};

static struct libcell_hub hub;
static struct channeld local_manager;
static struct channeld_entry local_entries[LOCAL_ENTRIES];
static struct channel_block local_blocks[BLOCKS];
static struct part inner, outer;
static struct relay joined;
static volatile sig_atomic_t stopped;

static struct {
	const char *link;
	const char *socket;	/* NULL: no programs but this one */
	long manager;		/* a peer; -1: this program */
} options = { .manager = -1 };

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static bool asked_to_stop(void)
{
	return stopped;
}

static int take_part(struct part *part, struct libcell_link *link, u32 manager_peer, u32 trunk)
{
	const struct channel_setup setup = {
		.manager = manager_peer, .channels = part->channels, .num_channels = CHANNELS,
		.blocks = part->blocks, .num_blocks = CHANNEL_BLOCKS, .trunk = trunk,
	};

	return channel_open(&part->service, link, &setup);
}

/* A quarter of the section for trunks; the manager needs rings of its own. */
static u32 trunk_of(const struct libcell_link *link)
{
	return (u32)link->output_size / 4 / (link->max_peers - 1) & ~7U;
}

static int begin_sharing(void)
{
	const struct channeld_setup setup = {
		.entries = local_entries, .num_entries = LOCAL_ENTRIES,
		.blocks = local_blocks, .num_blocks = BLOCKS, .own = true,
	};
	int ret = libcell_hub_open(&hub, options.socket, LOCAL_SECTION);

	if (!ret)
		ret = channeld_open(&local_manager, &hub.device.link, &setup);
	if (!ret)
		ret = take_part(&inner, &hub.device.link, hub.device.link.id, LOCAL_TRUNK);
	if (ret) {
		fprintf(stderr, "channeld: no programs can come to %s: %s\n", options.socket,
			ret == -EADDRINUSE ? "another channeld is there" : strerror(-ret));
		return ret;
	}
	ret = take_part(&outer, &device.link,
			options.manager < 0 ? device.link.id : (u32)options.manager,
			trunk_of(&device.link));
	if (ret)
		fprintf(stderr, "channeld: no part in the link's channels: %s\n",
			ret == -ENOMEM ? "its output section is too small" : strerror(-ret));
	return ret ? ret :
	       relay_open(&joined, &local_manager, &inner.service, &outer.service);
}

static u32 turn(void)
{
	libcell_hub_poll(&hub);
	return (options.manager < 0 ? channeld_poll(&manager) : 0) +
	       channeld_poll(&local_manager) + channel_poll(&inner.service) +
	       channel_poll(&outer.service) + relay_poll(&joined);
}

static bool arm(void)
{
	bool idle = channeld_arm(&local_manager) & channel_arm(&inner.service) &
		    channel_arm(&outer.service);

	return options.manager < 0 ? idle & channeld_arm(&manager) : idle;
}

static void share(void)
{
	struct pollfd fds[] = {
		{ .fd = libcell_fd(&device), .events = POLLIN },
		{ .fd = libcell_fd(&hub.device), .events = POLLIN },
		{ .fd = hub.fd, .events = POLLIN },
	};
	int ret = 0;

	while (!stopped && (!ret || ret == -ETIMEDOUT || ret == -EINTR)) {
		if (turn() || !arm())
			continue;
		poll(fds, 3, PAUSE_US / 1000);
		ret = libcell_wait(&device.link, libcell_events(&device.link), 0);
		libcell_wait(&hub.device.link, libcell_events(&hub.device.link), 0);
	}
	libcell_hub_close(&hub);
}

static int usage(void)
{
	fprintf(stderr, "usage: channeld [--socket PATH [--manager PEER]] [LINK]\n");
	return 2;
}

static bool read_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "manager", required_argument, NULL, 'm' },
		{ 0 },
	};
	char *end = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) >= 0) {
		if (c == 's')
			options.socket = optarg;
		else if (c == 'm')
			options.manager = strtol(optarg, &end, 10);
		if (c == '?' || (end && (*end || end == optarg)))
			return false;
	}
	options.link = argv[optind];
	return argc - optind <= 1 && options.manager >= -1 && options.manager < IVSHMEM_MAX_PEERS &&
	       (options.socket ? options.socket[0] == '/' : options.manager < 0);
}

int main(int argc, char **argv)
{
	const struct sigaction act = { .sa_handler = on_signal };
	int ret = 0;

	if (!read_options(argc, argv))
		return usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (!begin(options.link, options.manager < 0, options.socket != NULL))
		return 1;
	if (!options.socket) {
		serve(asked_to_stop);
		return 0;
	}
	ret = begin_sharing();
	if (!ret) {
		say("channeld: programs can come to %s\n", options.socket);
		share();
	}
	say_stats();
	libcell_close(&device);
	return ret ? 1 : 0;
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
	if (!begin(name[0] ? name : NULL, true, false))
		panic("no link");
	serve(asked_to_stop);
}

#endif
