// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * window answer	answers for the windows of the cell "remote": it polls from a write of 1 to
 *			a write of 0
 * window type		types on that cell's console, on which each character comes back
 *
 * remote-bench.c is what runs in the cell.
 */

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <qemu-virt/remote.h>
#include <uapi/cellblock-remote.h>
#include <uapi/jailhouse.h>

#include "marker.h"

#define TIMES		32

static volatile struct cellblock_remote_page *page;
static struct pollfd cell = { .events = POLLIN };

static void attach(void)
{
	const struct cellblock_remote_range range = { .address = REMOTE_WINDOW + REMOTE_NOTIFY, .count = 64 };
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED, .name = "remote" };
	struct cellblock_remote_info info;
	char *mapped;

	cell.fd = ioctl(open("/dev/jailhouse", O_RDWR), JAILHOUSE_CELL_REMOTE, &id);
	if (cell.fd < 0 || ioctl(cell.fd, CELLBLOCK_REMOTE_INFO, &info) ||
	    ioctl(cell.fd, CELLBLOCK_REMOTE_NOTIFY, &range))
		err(1, "the cell's windows");
	mapped = mmap(NULL, (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, cell.fd, CELLBLOCK_REMOTE_PAGE);
	if (mapped == MAP_FAILED)
		err(1, "their page");
	page = (void *)(mapped + info.page_offset);
	if (ioctl(cell.fd, CELLBLOCK_REMOTE_ATTACH, 1000UL))
		err(1, "attach");
}

/* Of the cell's first CPU, the only one that it uses. */
static void answer(void)
{
	volatile struct cellblock_remote_slot *slot = &page->slot[2];
	unsigned int n;

	for (;;) {
		if (!page->quiet)
			poll(&cell, 1, -1);
		if (cell.revents & POLLHUP)
			return;
		for (n = 0; n < 2; n++)
			if (page->notified[n])
				__atomic_store_n(&page->notified[n], 0, __ATOMIC_SEQ_CST);
		if (!(__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) & 1)) {
			__asm__ volatile("yield");
			continue;
		}
		if (slot->is_write)
			page->quiet = slot->value & 1;
		slot->value = 0;
		__atomic_store_n(&slot->state, slot->state + 1, __ATOMIC_RELEASE);
	}
}

static void read_until(int fd, char wanted)
{
	char byte;

	do
		if (read(fd, &byte, 1) != 1)
			errx(1, "the console has ended");
	while (byte != wanted);
}

static void type(void)
{
	struct sockaddr_un address = { AF_UNIX, "/run/jailhouse/remote/console" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	unsigned int n;

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "%s", address.sun_path);
	read_until(fd, '\n');
	for (n = 0; n < TIMES; n++) {
		BENCH_BEGIN(27);
		if (write(fd, "x", 1) != 1)
			err(1, "write");
		/* the cell ends it */
		read_until(fd, 'x');
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "answer")) {
		attach();
		answer();
	} else if (argc == 2 && !strcmp(argv[1], "type")) {
		type();
	} else {
		errx(2, "usage: window answer|type");
	}
	return 0;
}
