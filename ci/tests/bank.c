// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * bank: what root can read of the cell "linux-virtio", for cell-linux-devices.sh: the bank, and nothing else of its
 * RAM, by the driver's file descriptor and by physical address.
 */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <qemu-virt/linux.h>
#include <uapi/jailhouse.h>

#include "lib/cellblock.h"
#include "lib/rogue.h"

static sigjmp_buf after_fault;
static int result;

static void check(const char *what, bool good)
{
	printf("bank: %s: %s\n", what, good ? "yes" : "NO");
	if (!good)
		result = 1;
}

static void on_fault(int nr)
{
	(void)nr;
	siglongjmp(after_fault, 1);
}

/* 0 or errno */
#define PAGE	((size_t)getpagesize())

static int map(int fd, uint64_t address, size_t size)
{
	volatile uint8_t *at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, (off_t)address);

	if (at == MAP_FAILED)
		return errno;
	(void)at[0];
	(void)at[size - 1];
	munmap((void *)at, size);
	return 0;
}

/* At a physical address */
static bool reads(uint64_t address)
{
	volatile uint8_t *at = cb_rogue_map(address & ~(PAGE - 1ULL), PAGE);
	volatile bool done = false;

	if (!sigsetjmp(after_fault, 1)) {
		(void)at[address % PAGE];
		done = true;
	}
	munmap((void *)at, PAGE);
	return done;
}

int main(void)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED, .name = "linux-virtio" };
	const uint64_t ram_end = LINUX_RAM_BASE + LINUX_RAM_SIZE;
	int fd = (int)cb_ioctl(JAILHOUSE_CELL_REMOTE, &id);

	signal(SIGBUS, on_fault);
	if (fd < 0) {
		printf("bank: %s %s\n", strerror(-fd), cb_error());
		return 1;
	}
	check("all of it is mapped", map(fd, LINUX_BANK_BASE, LINUX_BANK_SIZE) == 0);
	check("the page before is not", map(fd, LINUX_BANK_BASE - PAGE, PAGE) == EINVAL);
	check("nor what goes on behind",
	      map(fd, LINUX_BANK_BASE + LINUX_BANK_SIZE - PAGE, 2 * PAGE) == EINVAL);
	check("nor the other RAM", map(fd, LINUX_RAM_BASE, PAGE) == EINVAL &&
	      map(fd, ram_end - PAGE, PAGE) == EINVAL);
	check("root reads its bytes", reads(LINUX_BANK_PHYS) && reads(LINUX_BANK_PHYS + LINUX_BANK_SIZE - 1));
	check("the other RAM's are denied", !reads(LINUX_RAM_BASE) && !reads(LINUX_RAM_BASE + LINUX_RAM_SIZE / 2) &&
	      !reads(ram_end - 1) && !reads(LINUX_RAM_BASE - PAGE));
	return result;
}
