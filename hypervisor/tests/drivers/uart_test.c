// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* drivers/uart over registers that note each access. */

#include <drivers/uart/uart.h>
#include <string.h>

#include "fake/uart_io.h"
#include "tap.h"

#define MMIO		JAILHOUSE_CON_ACCESS_MMIO
#define DIVIDER		0x1234

/* A long wait: enough for a FIFO to empty, and no hang. */
#define LOOKS_MIN	1000
#define LOOKS_MAX	1000000

struct kind {
	u16 type, flags;
	unsigned int width;	/* bytes of an access */
	u32 data, status;	/* registers */
	u32 ready, busy;	/* status: all bits but the one, only it */
};

static const struct kind kinds[] = {
	{ JAILHOUSE_CON_TYPE_PL011, MMIO | JAILHOUSE_CON_REGDIST_4,
	  4, 0x00, 0x18, ~0x20U, 0x20 },
	/* has one distance only */
	{ JAILHOUSE_CON_TYPE_PL011, MMIO | JAILHOUSE_CON_REGDIST_1,
	  4, 0x00, 0x18, ~0x20U, 0x20 },
	{ JAILHOUSE_CON_TYPE_8250, MMIO | JAILHOUSE_CON_REGDIST_4,
	  4, 0x00, 0x14, 0x20, ~0x20U },
	{ JAILHOUSE_CON_TYPE_8250, MMIO | JAILHOUSE_CON_REGDIST_1,
	  1, 0x00, 0x05, 0x20, ~0x20U },
	{ JAILHOUSE_CON_TYPE_XUARTPS, MMIO | JAILHOUSE_CON_REGDIST_4,
	  4, 0x30, 0x2c, ~0x10U, 0x10 },
	{ JAILHOUSE_CON_TYPE_MVEBU, MMIO | JAILHOUSE_CON_REGDIST_4,
	  4, 0x04, 0x0c, ~0x800U, 0x800 },
	{ JAILHOUSE_CON_TYPE_IMX, MMIO | JAILHOUSE_CON_REGDIST_4,
	  4, 0x40, 0xb4, ~0x10U, 0x10 },
	{ JAILHOUSE_CON_TYPE_IMX_LPUART, MMIO | JAILHOUSE_CON_REGDIST_4,
	  4, 0x1c, 0x14, 1U << 23, ~(1U << 23) },
	{ JAILHOUSE_CON_TYPE_IMX_LPUART, MMIO | JAILHOUSE_CON_REGDIST_1,
	  4, 0x1c, 0x14, 1U << 23, ~(1U << 23) },
};

#define for_each_kind(k) \
	for (k = kinds; k < kinds + ARRAY_SIZE(kinds); k++)

struct write {
	u32 reg, value;
	unsigned int width;
};

static struct {
	u8 regs[0x1000];	/* addresses only */
	const struct kind *kind;
	unsigned int busy;	/* so many looks at the status from now on */
	unsigned int looks, num_writes;
	struct write writes[16];
} fake;

static u32 fake_read(const volatile void *addr, unsigned int width)
{
	const struct kind *k = fake.kind;

	/* nothing else is read: it could have side effects */
	CHECK(k);
	CHECK_EQ((const volatile u8 *)addr - fake.regs, k->status);
	CHECK_EQ(width, k->width);
	fake.looks++;
	if (!fake.busy)
		return k->ready;
	fake.busy--;
	return k->busy;
}

static void fake_write(volatile void *addr, u32 value, unsigned int width)
{
	CHECK(fake.num_writes < ARRAY_SIZE(fake.writes));
	fake.writes[fake.num_writes++] = (struct write){
		(u32)((volatile u8 *)addr - fake.regs), value, width
	};
}

u32 uart_read32(const volatile void *addr)
{
	return fake_read(addr, 4);
}

void uart_write32(volatile void *addr, u32 value)
{
	fake_write(addr, value, 4);
}

u8 uart_read8(const volatile void *addr)
{
	return (u8)fake_read(addr, 1);
}

void uart_write8(volatile void *addr, u8 value)
{
	fake_write(addr, value, 1);
}

/* What was written since the last call is this, and nothing else. */
static void check_writes(const struct write *expected, size_t num)
{
	CHECK_EQ(fake.num_writes, num);
	for (size_t n = 0; n < num; n++) {
		CHECK_EQ(fake.writes[n].reg, expected[n].reg);
		CHECK_EQ(fake.writes[n].value, expected[n].value);
		CHECK_EQ(fake.writes[n].width, expected[n].width);
	}
	fake.num_writes = 0;
}

static bool init(struct uart *uart, u16 type, u16 flags, u32 divider)
{
	struct jailhouse_console console = {
		.address = 0x09000000,
		.size = 0x1000,
		.type = type,
		.flags = flags,
		.divider = divider,
	};

	return uart_init(uart, &console, fake.regs);
}

/* As somebody else has set it up. */
static void start(struct uart *uart, const struct kind *kind)
{
	memset(&fake, 0, sizeof(fake));
	memset(uart, 0xff, sizeof(*uart));
	fake.kind = kind;
	CHECK(init(uart, kind->type, kind->flags, 0));
}

/* One call: so many looks, and whether the character was sent. */
static void check_putc(struct uart *uart, char c, bool sent, unsigned int looks)
{
	const struct write data = { fake.kind->data, (u8)c, fake.kind->width };

	fake.looks = 0;
	CHECK_EQ(uart_putc(uart, c), sent);
	CHECK_EQ(fake.looks, looks);
	check_writes(&data, sent);
}

static void check_refused(u16 type, u16 flags)
{
	struct uart uart, before;

	memset(&uart, 0x5a, sizeof(uart));
	before = uart;
	CHECK(!init(&uart, type, flags, DIVIDER));
	CHECK(!memcmp(&uart, &before, sizeof(uart)));
	check_writes(NULL, 0);
}

TEST(unknown_types_are_refused)
{
	const struct kind *k;
	u32 type;

	for (type = 0; type <= 0xffff; type++) {
		for_each_kind(k)
			if (k->type == type)
				break;
		CHECK_EQ(uart_is_supported((u16)type),
			 k < kinds + ARRAY_SIZE(kinds));
		if (!uart_is_supported((u16)type))
			check_refused((u16)type, MMIO);
	}
}

TEST(port_io_is_refused)
{
	const struct kind *k;

	for_each_kind(k)
		check_refused(k->type, k->flags & (u16)~MMIO);
}

TEST(divider_0_keeps_the_setup)
{
	const struct kind *k;
	struct uart uart;

	for_each_kind(k) {
		start(&uart, k);
		CHECK(uart.base == fake.regs);
		CHECK(!uart.stuck);
		CHECK_EQ(fake.looks, 0);
		check_writes(NULL, 0);
	}
}

TEST(pl011_is_programmed)
{
	static const struct write expected[] = {
		{ 0x30, 0, 4 },			/* off */
		{ 0x24, DIVIDER, 4 },
		{ 0x28, 0, 4 },
		{ 0x2c, 0x70, 4 },		/* 8 bits, FIFO; latches */
		{ 0x30, 0x301, 4 },		/* on, both directions */
	};
	struct uart uart;

	CHECK(init(&uart, JAILHOUSE_CON_TYPE_PL011, MMIO, DIVIDER));
	check_writes(expected, ARRAY_SIZE(expected));
}

static void check_8250(u16 flags, unsigned int distance, size_t num)
{
	const struct write expected[] = {
		{ 3 * distance, 0x80, distance },	/* divider shown */
		{ 0 * distance, DIVIDER & 0xff, distance },
		{ 1 * distance, DIVIDER >> 8, distance },
		{ 3 * distance, 0x03, distance },	/* 8 bits; hidden */
		{ 8 * distance, 0x00, distance },	/* with the quirk */
	};
	struct uart uart;

	CHECK(init(&uart, JAILHOUSE_CON_TYPE_8250, MMIO | flags, DIVIDER));
	check_writes(expected, num);
}

TEST(a_8250_is_programmed)
{
	check_8250(JAILHOUSE_CON_REGDIST_1, 1, 4);
	check_8250(JAILHOUSE_CON_REGDIST_4, 4, 4);
	check_8250(JAILHOUSE_CON_REGDIST_1 | JAILHOUSE_CON_MDR_QUIRK, 1, 5);
	check_8250(JAILHOUSE_CON_REGDIST_4 | JAILHOUSE_CON_MDR_QUIRK, 4, 5);
}

TEST(others_are_taken_as_they_are)
{
	const struct kind *k;
	struct uart uart;

	for_each_kind(k) {
		if (k->type == JAILHOUSE_CON_TYPE_PL011 ||
		    k->type == JAILHOUSE_CON_TYPE_8250)
			continue;
		CHECK(init(&uart, k->type, k->flags, DIVIDER));
		check_writes(NULL, 0);
	}
}

TEST(all_characters_go_to_the_data_register)
{
	const struct kind *k;
	struct uart uart;

	for_each_kind(k) {
		start(&uart, k);
		for (int c = 0; c < 256; c++)
			check_putc(&uart, (char)c, true, 1);
	}
}

TEST(room_is_waited_for)
{
	const struct kind *k;
	struct uart uart;

	for_each_kind(k) {
		start(&uart, k);
		fake.busy = LOOKS_MIN;
		check_putc(&uart, 'x', true, LOOKS_MIN + 1);
	}
}

/* A UART that has not been ready for as long as anybody waits; how long. */
static unsigned int get_stuck(struct uart *uart, const struct kind *kind)
{
	start(uart, kind);
	fake.busy = ~0U;
	CHECK(!uart_putc(uart, 'x'));
	CHECK(fake.looks >= LOOKS_MIN && fake.looks <= LOOKS_MAX);
	check_writes(NULL, 0);
	return fake.looks;
}

TEST(a_uart_that_is_never_ready_costs_one_wait)
{
	const struct kind *k;
	struct uart uart;

	for_each_kind(k) {
		get_stuck(&uart, k);
		for (int n = 0; n < 100; n++)
			check_putc(&uart, 'x', false, 1);
	}
}

TEST(it_recovers)
{
	const struct kind *k;
	unsigned int limit;
	struct uart uart;

	for_each_kind(k) {
		limit = get_stuck(&uart, k);
		check_putc(&uart, 'a', false, 1);
		fake.busy = 0;
		check_putc(&uart, 'b', true, 1);
		/* and is waited for as before, to the last look */
		fake.busy = limit - 1;
		check_putc(&uart, 'c', true, limit);
		fake.busy = limit;
		check_putc(&uart, 'd', false, limit);
		check_putc(&uart, 'e', true, 1);
	}
}

TEST(a_new_start_forgets)
{
	const struct kind *k;
	struct uart uart;

	for_each_kind(k) {
		get_stuck(&uart, k);
		CHECK(init(&uart, k->type, k->flags, 0));
		fake.busy = LOOKS_MIN;
		check_putc(&uart, 'x', true, LOOKS_MIN + 1);
	}
}

TAP_MAIN(
	TAP_TEST(unknown_types_are_refused),
	TAP_TEST(port_io_is_refused),
	TAP_TEST(divider_0_keeps_the_setup),
	TAP_TEST(pl011_is_programmed),
	TAP_TEST(a_8250_is_programmed),
	TAP_TEST(others_are_taken_as_they_are),
	TAP_TEST(all_characters_go_to_the_data_register),
	TAP_TEST(room_is_waited_for),
	TAP_TEST(a_uart_that_is_never_ready_costs_one_wait),
	TAP_TEST(it_recovers),
	TAP_TEST(a_new_start_forgets)
)
