// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A PL011 that a program in Linux has for this cell (ci/tests/u-boot.sh, terminals.sh): what
 * comes by its interrupt goes back with small letters as capitals, a character for each
 * interrupt. A q ends it.
 *	login		instead, it gives its name where it is asked for it, by a colon, and says
 *			what it hears, up to an exclamation mark, which ends it
 */

#include <qemu-virt/remote.h>
#include <inmate.h>

#define UART_DR		0x00
#define UART_FR		0x18
#define UART_FR_RXFE	(1 << 4)
#define UART_LCR_H	0x2c
#define UART_LCR_FEN	(1 << 4)
#define UART_IMSC	0x38
#define UART_INT_RT	(1 << 6)

static volatile u8 *const uart = (volatile u8 *)REMOTE_WINDOW;
static volatile bool ended;
static bool logs_in;
static char heard[200];
static unsigned int heard_count;

static void say(const char *text)
{
	while (*text)
		mmio_write32(uart + UART_DR, (u8)*text++);
}

static void hear(char c)
{
	if (c == ':')
		say("cell\r");
	if (heard_count < sizeof(heard) - 1)
		heard[heard_count++] = c < ' ' ? ' ' : c;
	if (c == '!')
		ended = true;
}

static void on_irq(unsigned int irq)
{
	u32 c;

	if (irq != REMOTE_INTID || mmio_read32(uart + UART_FR) & UART_FR_RXFE)
		return;
	c = mmio_read32(uart + UART_DR);
	if (logs_in) {
		hear((char)c);
		return;
	}
	if (c == 'q')
		ended = true;
	mmio_write32(uart + UART_DR, c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

void inmate_main(void)
{
	logs_in = cmdline_parse_bool("login", false);
	map_range(uart, REMOTE_WINDOW_SIZE, MAP_UNCACHED);
	mmio_write32(uart + UART_LCR_H, UART_LCR_FEN);
	mmio_write32(uart + UART_IMSC, UART_INT_RT);
	irq_init(on_irq);
	irq_enable(REMOTE_INTID);
	if (!logs_in)
		say("type\r\n");
	enable_irqs();
	printk("listens\n");
	while (!ended && !comm_poll(true))
		delay_us(1000);
	say("end\r\n");
	printk("heard: %s\n", heard);
}
