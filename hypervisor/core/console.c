// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/console.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <drivers/uart/uart.h>

struct cellblock_shared hv_shared __attribute__((section(".bss.shared"),
						 aligned(CELLBLOCK_PAGE_SIZE)));

spinlock_t console_lock;
static struct uart uart;
static bool in_line;

int console_init(const struct jailhouse_console *config)
{
	u64 size = config->size ? config->size : CELLBLOCK_PAGE_SIZE;
	volatile void *base;

	if (config->type == JAILHOUSE_CON_TYPE_NONE)
		return 0;
	if (!uart_is_supported(config->type)) {
		printk("console: UART type %u is not supported, output goes to the virtual console only\n",
		       config->type);
		return 0;
	}
	base = arch_map_device(config->address, size);
	if (!base)
		return -ENOMEM;
	uart_init(&uart, config, base);
	/* if nothing answers there, it is known now and not at the first text */
	uart_is_ready(&uart);
	return 0;
}

/* A line begins at @head. */
static void stamp(u32 head)
{
	u32 n = hv_shared.num_stamps;

	hv_shared.stamp[n % CELLBLOCK_STAMPS] = (struct cellblock_stamp) {
		.time = arch_counter(), .position = head, .mpidr = arch_mpidr(),
	};
	/* the stamp before the count that includes it */
	__atomic_store_n(&hv_shared.num_stamps, n + 1, __ATOMIC_RELEASE);
}

static void put(char c)
{
	u32 head = hv_shared.console_head;

	if (!in_line)
		stamp(head);
	in_line = c != '\n';
	hv_shared.console[head % CELLBLOCK_CONSOLE_LEN] = c;
	/* the character before the count that includes it */
	__atomic_store_n(&hv_shared.console_head, head + 1, __ATOMIC_RELEASE);
	if (!uart.kind)
		return;
	if (c == '\n')
		uart_putc(&uart, '\r');
	uart_putc(&uart, c);
}

void console_write(const char *text, size_t len)
{
	spin_lock(&console_lock);
	while (len--)
		put(*text++);
	spin_unlock(&console_lock);
}
