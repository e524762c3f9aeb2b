// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The manager of the channels of a link as an inmate. Parameters:
 *	link=BUS:DEVICE.FUNCTION	which link (default: the first)
 */

#include <libcell/channeld.h>
#include <libcell/device.h>

#define ENTRIES		512
#define BLOCKS		256
/* Messages of root come to a cell without an interrupt. */
#define PAUSE_US	100000

CMDLINE_BUFFER(256);

static struct libcell_device device;
static struct channeld manager;
static struct channeld_entry entries[ENTRIES];
static struct channel_block blocks[BLOCKS];

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static void begin(const char *name)
{
	const struct channeld_setup setup = {
		.entries = entries, .num_entries = ENTRIES,
		.blocks = blocks, .num_blocks = BLOCKS,
	};
	int ret = libcell_open(&device, name);

	if (!ret)
		ret = channeld_open(&manager, &device.link, &setup);
	if (ret)
		panic("channeld: cannot open the link: error %d\n", ret);
	printk("channeld: manager of the link, peer %u of %u\n", device.link.id,
	       device.link.max_peers);
}

static void serve(void)
{
	struct libcell_link *link = &device.link;
	u32 seen;
	int ret = 0;

	while (!comm_poll(true) && (!ret || ret == -ETIMEDOUT)) {
		seen = libcell_events(link);
		if (!channeld_poll(&manager) && channeld_arm(&manager))
			ret = libcell_wait(link, seen, PAUSE_US);
	}
}

void inmate_main(void)
{
	char name[16];

	cmdline_parse_str("link", name, sizeof(name), "");
	irq_init(on_irq);
	enable_irqs();
	begin(name[0] ? name : NULL);
	serve();
	printk("channeld: %u requests, %u channels opened, %u messages held, %u lost, "
	       "%u refused, %u violations\n",
	       (u32)manager.stats.requests, (u32)manager.stats.opened,
	       (u32)manager.stats.held, (u32)manager.stats.lost,
	       (u32)manager.stats.refused, (u32)manager.stats.violations);
	libcell_close(&device);
}
