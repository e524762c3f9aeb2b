/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <uapi/cellblock-remote.h>
#include <uapi/jailhouse.h>

#include "devices/root_time.h"
#include "devices/window_driver.h"

#define DEVICE		"/dev/jailhouse"

static struct window_driver *driver_of(struct window *window)
{
	return (struct window_driver *)((char *)window - offsetof(struct window_driver, window));
}

/* A cell that is gone says so by poll(); nothing else can fail here. */
static void set_line(const struct window_driver *driver, unsigned int intid, bool level)
{
	struct cellblock_remote_irq irq = { .intid = intid, .level = level };

	if (ioctl(driver->watch.fd, CELLBLOCK_REMOTE_IRQ, &irq) && errno != ENODEV)
		warn("interrupt %u of the cell", intid);
}

static void interrupt(struct window *window, unsigned int intid, bool level)
{
	struct window_driver *driver = driver_of(window);
	unsigned int n;

	for (n = 0; n < driver->lines && driver->high[n] != intid; n++)
		;
	if (level && n == driver->lines && n < WINDOW_LINES)
		driver->high[driver->lines++] = intid;
	if (!level && n < driver->lines)
		driver->high[n] = driver->high[--driver->lines];
	set_line(driver, intid, level);
}

static void message(struct window *window, unsigned int intid)
{
	set_line(driver_of(window), intid, true);
}

/*
 * The driver makes an interrupt pending once for each level of 1. What the guest has left
 * as it is has to come again: so all that are high are said anew after it did something.
 */
static void repeat_lines(const struct window_driver *driver)
{
	unsigned int n;

	for (n = 0; n < driver->lines; n++)
		set_line(driver, driver->high[n], true);
}

/*
 * The cell has stopped. Before any access of its next life; until the driver knows, the bank
 * is not its memory. From the first time on the driver tells.
 */
static void look_for_reset(struct window_driver *driver)
{
	u32 reset = __atomic_load_n(&driver->page->reset, __ATOMIC_ACQUIRE);

	if (driver->reset == reset)
		return;
	window_reset(&driver->window);
	if (!ioctl(driver->watch.fd, CELLBLOCK_REMOTE_RESET, (unsigned long)reset))
		driver->reset = reset;
}

/* False: no CPU waits in this slot. */
static bool answer(struct window_driver *driver, struct cellblock_remote_slot *slot)
{
	/* the access is written before it */
	u32 state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
	struct window_access access = {
		.address = slot->address, .value = slot->value,
		.size = slot->size, .is_write = slot->is_write,
	};

	if (!(state & 1))
		return false;
	look_for_reset(driver);
	if (driver->clock && access.address == CELLBLOCK_REMOTE_TIME)
		access.value = root_time(&slot->counter);
	else
		window_access(&driver->window, &access);
	slot->value = access.value;
	__atomic_store_n(&slot->state, state + 1, __ATOMIC_RELEASE);
	return true;
}

static short wants(struct loop_watch *watch)
{
	(void)watch;
	return POLLIN;
}

/* Writes were lost until then, such as notifications: all devices look what there is. */
static int attach(struct window_driver *driver)
{
	if (ioctl(driver->watch.fd, CELLBLOCK_REMOTE_ATTACH, (unsigned long)driver->timeout)) {
		warn("cannot attach to the cell's windows");
		return -1;
	}
	window_resume(&driver->window);
	return 0;
}

static void ready(struct loop_watch *watch, short events)
{
	struct window_driver *driver = (struct window_driver *)watch;
	bool any = false;
	int n;

	/* with POLLERR an access was not answered in time, as after this program was stopped */
	if (events & POLLHUP) {
		driver->gone = true;
		return;
	}
	look_for_reset(driver);
	if (events & POLLERR && attach(driver)) {
		driver->gone = true;
		return;
	}
	for (n = 0; n < CELLBLOCK_REMOTE_SLOTS; n++)
		any |= answer(driver, &driver->page->slot[n]);
	if (any)
		repeat_lines(driver);
}

static int open_cell(const char *cell)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };
	int device, fd;

	if (strlen(cell) > JAILHOUSE_CELL_ID_NAMELEN) {
		warnx("cell name '%s' has more than %d characters", cell,
		      JAILHOUSE_CELL_ID_NAMELEN);
		return -1;
	}
	memcpy(id.name, cell, strlen(cell));
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		warn("cannot open %s; is the driver loaded?", DEVICE);
		return -1;
	}
	fd = ioctl(device, JAILHOUSE_CELL_REMOTE, &id);
	if (fd < 0 && errno == EBUSY)
		warnx("cell '%s' has a device program already", cell);
	else if (fd < 0)
		warn("cannot have the windows of cell '%s'", cell);
	close(device);
	return fd;
}

/* The page that the hypervisor writes, within a page of Linux. */
static int map_page(struct window_driver *driver)
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	struct cellblock_remote_info info;
	char *mapped;

	if (ioctl(driver->watch.fd, CELLBLOCK_REMOTE_INFO, &info))
		return -1;
	mapped = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, driver->watch.fd,
		      (off_t)CELLBLOCK_REMOTE_PAGE);
	if (mapped == MAP_FAILED)
		return -1;
	driver->page = (struct cellblock_remote_page *)(mapped + info.page_offset);
	return 0;
}

static int map_bank(struct window_driver *driver, u64 bank, u64 size)
{
	void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, driver->watch.fd,
			    (off_t)bank);

	if (mapped == MAP_FAILED)
		return -1;
	driver->window.bank = mapped;
	driver->window.bank_base = bank;
	driver->window.bank_size = size;
	return 0;
}

int window_driver_open(struct window_driver *driver, const char *cell, unsigned int timeout)
{
	driver->watch = (struct loop_watch){ open_cell(cell), wants, ready };
	driver->timeout = timeout;
	driver->window.interrupt = interrupt;
	driver->window.message = message;
	return driver->watch.fd < 0 ? -1 : loop_add(&driver->watch);
}

int window_driver_map(struct window_driver *driver, u64 bank, u64 size)
{
	if (map_page(driver)) {
		warn("cannot map the page of the cell's windows");
		return -1;
	}
	if (!size || !map_bank(driver, bank, size))
		return 0;
	warn("cannot map %llu bytes at 0x%llx of the cell: is that in a region that root shares?",
	     (unsigned long long)size, (unsigned long long)bank);
	return -1;
}

/* One that is gone, or has begun another life, is none to be ended. */
void window_driver_fail(const struct window_driver *driver)
{
	if (ioctl(driver->watch.fd, CELLBLOCK_REMOTE_FAIL, (unsigned long)driver->reset) &&
	    errno != ENODEV && errno != EAGAIN)
		warn("the cell's watchdog has expired, and the driver does not end it");
}

int window_driver_begin(struct window_driver *driver)
{
	driver->lines = 0;
	driver->page->clock = driver->clock;
	look_for_reset(driver);
	/* anew, it would end the accesses that wait */
	if (!driver->page->attached)
		return attach(driver);
	window_resume(&driver->window);
	return 0;
}
