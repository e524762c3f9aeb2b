// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Reads words of devices, or writes them, for ci/tests/permissive.sh. Without a
 * parameter: the cell's own clock.
 *
 * Parameters:
 *	read0=ADDR	and so on, to read7
 *	write=ADDR	with 0, afterwards
 *	times=N		how often each
 */

#include <qemu-virt/board.h>
#include <inmate/test.h>

#define WORDS		8

static volatile void *map_word(u64 addr)
{
	map_range((void *)(addr & ~(PAGE_SIZE - 1ULL)), PAGE_SIZE, MAP_UNCACHED);
	return (volatile void *)addr;
}

static void peek(u64 addr, unsigned int times)
{
	volatile void *word = map_word(addr);
	u32 value = 0;

	while (times--)
		value = mmio_read32(word);
	printk("peek: 0x%llx is 0x%x\n", addr, value);
}

static void poke(u64 addr, unsigned int times)
{
	volatile void *word = map_word(addr);

	while (times--)
		mmio_write32(word, 0);
	printk("peek: 0x%llx written\n", addr);
}

static void words_of_devices(void)
{
	unsigned int times = (unsigned int)cmdline_parse_int("times", 1);
	bool any = false;
	u64 addr;

	for (char name[] = "read0"; name[4] < '0' + WORDS; name[4]++) {
		addr = (u64)cmdline_parse_int(name, 0);
		any |= addr != 0;
		if (addr)
			peek(addr, times);
	}
	addr = (u64)cmdline_parse_int("write", 0);
	if (addr)
		poke(addr, times);
	else if (!any)
		peek(QEMU_RTC_BASE, times);
}

static const struct test tests[] = {
	TEST(words_of_devices),
};

void inmate_main(void)
{
	TEST_RUN("peek", tests);
}
