// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What accesses to windows cost that a program in root answers, in the cell "remote". Runs
 * under the counting plugin, beside window.c; with the flag "uart", beside cell-devices, with
 * a PL011 at the window's start, and window.c types there.
 */

#include <qemu-virt/remote.h>
#include <inmate.h>

#include "marker.h"

#define ID_NOTIFY	9
#define ID_POLLED	24
#define ID_SLEEPS	25
#define ID_PUT		26
#define ID_TYPED	27
#define TIMES		32

static volatile u8 *const window = (volatile u8 *)REMOTE_WINDOW;

/* Twice, as all that is done once is done by then. */
#define EACH(id, what)					\
	for (unsigned int n = 0; n < 2 * TIMES; n++) {	\
		if (n < TIMES) {			\
			what;				\
			continue;			\
		}					\
		BENCH_BEGIN(id);			\
		what;					\
		BENCH_END(id);				\
	}

/* The program in root polls when it is told to, until it is told not to. */
static void accesses(void)
{
	mmio_write32(window, 1);
	EACH(ID_POLLED, mmio_read32(window));
	mmio_write32(window, 0);
	EACH(ID_SLEEPS, mmio_read32(window));
	for (unsigned int n = 0; n < TIMES; n++) {
		BENCH_BEGIN(ID_NOTIFY);
		mmio_write32(window + REMOTE_NOTIFY + 4, n);
		BENCH_END(ID_NOTIFY);
		/* has taken it when that is answered */
		mmio_read32(window);
	}
}

/* PL011 */
#define DR		0x00
#define FR		0x18
#define FR_RXFE		(1 << 4)
#define FR_TXFF		(1 << 5)
#define IMSC		0x38
#define INT_RX		(1 << 4)

static void put(u8 byte)
{
	while (mmio_read32(window + FR) & FR_TXFF)
		cpu_relax();
	mmio_write32(window + DR, byte);
}

/* A character that window.c has typed in the interval, which it waits for. */
static void on_irq(unsigned int irq)
{
	u32 byte;

	if (irq != REMOTE_INTID || mmio_read32(window + FR) & FR_RXFE)
		return;
	byte = mmio_read32(window + DR);
	BENCH_END(ID_TYPED);
	put((u8)byte);
}

static void uart(void)
{
	EACH(ID_PUT, put('.'));
	put('\n');
	irq_init(on_irq);
	irq_enable(REMOTE_INTID);
	enable_irqs();
	mmio_write32(window + IMSC, INT_RX);
	for (;;)
		wait_for_interrupt();
}

void inmate_main(void)
{
	map_range(window, REMOTE_WINDOW_SIZE, MAP_UNCACHED);
	if (cmdline_parse_bool("uart", false))
		uart();
	else
		accesses();
}
