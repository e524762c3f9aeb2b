// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A cell that harms the channels of others if it can, in rounds until it is asked to stop:
 * it registers everybody's names and more of its own than there can be, connects a thousand
 * times, floods the manager with requests that make no sense and hardly reads what comes,
 * scribbles over its output section, and rings at everybody all the time. Parameters:
 *	manager=PEER	number of the peer that is the manager
 *	seed=N		for other dice
 */

#include <libcell/device.h>

#include "../src/wire.h"
#include "dice.h"

#define TABLE		512
#define NAMES		400	/* more than a peer's share */
#define CONNECTS	1000
#define FLOOD_US	1000000
#define SCRIBBLE_US	1000000
#define LIMIT_US	2000000

CMDLINE_BUFFER(256);

static const char *const others[] = { "echo", "rtos", "third", "root", "a", "b" };

static struct libcell_device device;
static struct channel_service service;
static struct channel channels[TABLE];
static struct channel_block blocks[TABLE * CHANNEL_HOLD];
static u64 dice;
static bool asked_to_stop;

static void on_irq(unsigned int irq)
{
	libcell_irq(&device, irq);
}

static u32 throw_dice(u32 sides)
{
	return (u32)(random_next(&dice) % sides);
}

static bool goes_on(u64 end)
{
	asked_to_stop |= comm_poll(true);
	return !asked_to_stop && device.link.ops->now_us(&device.link) < end;
}

static u64 end_of(u64 us)
{
	return device.link.ops->now_us(&device.link) + us;
}

static const char *name_of(u32 n)
{
	static char name[CHANNEL_NAME];

	if (n < ARRAY_SIZE(others))
		return others[n];
	snprintk(name, sizeof(name), "evil/%u", n);
	return name;
}

struct answers {
	u32 mine, denied, refused;
};

/* False: the manager does not answer. */
static bool count(struct channel *c, struct answers *answers)
{
	int ret = channel_await(c, LIMIT_US);

	answers->mine += !ret;
	answers->denied += ret == -EACCES;
	answers->refused += ret == -ENFILE;
	if (ret)
		channel_close(c);
	return ret != -ETIMEDOUT;
}

static void take_names(void)
{
	struct answers answers = { 0 };
	bool answered = true;
	struct channel *c;
	u32 n;

	for (n = 0; n < NAMES && answered && goes_on(~0ULL); n++)
		answered = !channel_listen(&service, name_of(n), 1, &c) && count(c, &answers);
	printk("hostile: of %u names %u are mine, %u refused, %u denied\n", n, answers.mine,
	       answers.refused, answers.denied);
}

static void connect_often(void)
{
	struct answers answers = { 0 };
	bool answered = true;
	struct channel *c;
	u32 n;

	for (n = 0; n < CONNECTS && answered && goes_on(~0ULL); n++)
		answered = !channel_connect(&service, name_of(n % (u32)ARRAY_SIZE(others)),
					    CHANNEL_HOLD, true, &c) && count(c, &answers);
	printk("hostile: of %u channels %u are mine, %u denied\n", n, answers.mine,
	       answers.denied);
}

static void drop_one(void)
{
	const void *message;
	u32 length;

	if (!libcell_bytes_peek(&service.control.in, &message, &length))
		libcell_bytes_release(&service.control.in, length);
}

static void flood(void)
{
	u64 end = end_of(FLOOD_US);
	struct wire_control m;
	u32 requests = 0;
	void *room;

	while (goes_on(end)) {
		m = (struct wire_control){
			.type = throw_dice(WIRE_COUNTED + 2), .value = throw_dice(3),
			.handle = throw_dice(4) << 16 | throw_dice(300), .window = throw_dice(64),
			.other = throw_dice(4) << 16 | throw_dice(300), .peer = throw_dice(4),
			.reason = -(s32)throw_dice(200),
		};
		name_copy(m.name, name_of(throw_dice(NAMES)));
		if (!duplex_reserve(&service.control, &room, sizeof(m))) {
			memcpy(room, &m, sizeof(m));
			libcell_bytes_commit(&service.control.out, sizeof(m));
			requests++;
		}
		if (!throw_dice(8))
			drop_one();
	}
	printk("hostile: %u requests without sense\n", requests);
}

static void scribble(void)
{
	u64 end = end_of(SCRIBBLE_US);
	u32 words = 0, at;

	for (; goes_on(end); words++) {
		at = throw_dice((u32)device.link.output_size / 4);
		/* headers and ports, or anything */
		if (throw_dice(2))
			at %= 512;
		store((u32 *)device.link.output + at,
		      throw_dice(2) ? throw_dice(64) : (u32)dice);
		for (u32 peer = 0; peer < device.link.max_peers; peer++)
			ivshmem_doorbell(&device.ivshmem, peer, 0);
	}
	printk("hostile: %u words scribbled over\n", words);
}

static void do_a_round(u32 manager)
{
	const struct channel_setup setup = {
		.manager = manager, .channels = channels, .num_channels = TABLE,
		.blocks = blocks, .num_blocks = ARRAY_SIZE(blocks), .trunk = 1024,
	};

	if (libcell_open(&device, NULL) || channel_open(&service, &device.link, &setup))
		panic("hostile: no link");
	take_names();
	connect_often();
	flood();
	scribble();
	libcell_close(&device);
}

void inmate_main(void)
{
	u32 manager = (u32)cmdline_parse_int("manager", 0), round = 0;

	dice = (u64)cmdline_parse_int("seed", 1) * 0x9e3779b97f4a7c15ULL;
	irq_init(on_irq);
	enable_irqs();
	while (!asked_to_stop) {
		do_a_round(manager);
		printk("hostile: round %u is over\n", ++round);
	}
}
