// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The manager of the channels of a link as an inmate. Parameters:
 *	link=BUS:DEVICE.FUNCTION	which link (default: the first)
 *	rules=ADDRESS			of a text that was loaded behind the program: who may
 *					listen and connect to which names (default: all may)
 */

#include <libcell/channeld.h>
#include <libcell/device.h>

#include "rules.h"

#define ENTRIES		512
#define BLOCKS		256
/* Messages of root come to a cell without an interrupt. */
#define PAUSE_US	100000
/* Of the rules, so much is looked at. */
#define MOST_TEXT	0x10000

CMDLINE_BUFFER(256);

extern char image_end[];

static struct libcell_device device;
static struct channeld manager;
static struct channeld_entry entries[ENTRIES];
static struct channel_block blocks[BLOCKS];

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static bool may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use)
{
	return rules_may(d, peer, name, use, rules_who);
}

/* Without rules, nobody is let do what they would not. */
static bool read_rules(void)
{
	const char *text = (const char *)(uintptr_t)cmdline_parse_int("rules", 0);
	char word[2];

	if (!*cmdline_parse_str("rules", word, sizeof(word), ""))
		return false;
	if (text < image_end)
		panic("channeld: rules=ADDRESS is where the program is, which ends at %p",
		      (void *)image_end);
	map_range(text, MOST_TEXT, MAP_CACHED_RO);
	if (rules_read_alone("rules", text, MOST_TEXT))
		panic("channeld: not the manager of the link with these rules");
	rules_say();
	return true;
}

static void begin(const char *name)
{
	const struct channeld_setup setup = {
		.entries = entries, .num_entries = ENTRIES,
		.blocks = blocks, .num_blocks = BLOCKS, .may = read_rules() ? may : NULL,
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
	       "%u refused, %u denied, %u violations\n",
	       (u32)manager.stats.requests, (u32)manager.stats.opened,
	       (u32)manager.stats.held, (u32)manager.stats.lost,
	       (u32)manager.stats.refused, (u32)manager.stats.denied,
	       (u32)manager.stats.violations);
	libcell_close(&device);
}
