/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <poll.h>
#include <stddef.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "devices/sp805.h"
#include "devices/primecell.h"

/* registers, by their offsets */
#define LOAD		0x000
#define VALUE		0x004
#define CONTROL		0x008
#define INTCLR		0x00c
#define RIS		0x010
#define MIS		0x014
#define LOCK		0xc00

#define INTEN		(1 << 0)	/* it counts */
#define RESEN		(1 << 1)
#define UNLOCK		0x1acce551

#define SECOND		1000000000ULL	/* ns */
#define TICK		(SECOND / SP805_HZ)

static u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * SECOND + (u64)now.tv_nsec;
}

/* In ticks, from WDOGLOAD to WDOGLOAD. */
static u64 period(const struct sp805 *watchdog)
{
	return (u64)watchdog->load + 1;
}

static u64 ticks(const struct sp805 *watchdog)
{
	return (now_ns() - watchdog->begin) / TICK;
}

/*
 * For the next time that it is at 0, if that makes a difference: not for an interrupt that
 * is there already.
 */
static void set_timer(struct sp805 *watchdog)
{
	bool counts = watchdog->begin && (!watchdog->interrupt || watchdog->control & RESEN);
	struct itimerspec timer = { .it_value = { 0 } };
	u64 end;

	if (counts) {
		end = watchdog->begin +
		      (ticks(watchdog) / period(watchdog) + 1) * period(watchdog) * TICK;
		timer.it_value.tv_sec = (time_t)(end / SECOND);
		timer.it_value.tv_nsec = (long)(end % SECOND);
	}
	watchdog->rang = false;
	if (timerfd_settime(watchdog->timer.fd, TFD_TIMER_ABSTIME, &timer, NULL))
		warn("cannot set the timer of the watchdog");
}

/* Anew from WDOGLOAD, if it counts. */
static void reload(struct sp805 *watchdog)
{
	if (watchdog->begin)
		watchdog->begin = now_ns();
	set_timer(watchdog);
}

static void clear(struct sp805 *watchdog)
{
	watchdog->interrupt = false;
	reload(watchdog);
}

static void set_control(struct sp805 *watchdog, u32 control)
{
	watchdog->control = control & (INTEN | RESEN);
	if (!(control & INTEN))
		watchdog->begin = 0;
	else if (!watchdog->begin)
		watchdog->begin = now_ns();
	set_timer(watchdog);
}

static u32 value(const struct sp805 *watchdog)
{
	u64 gone = watchdog->begin ? ticks(watchdog) % period(watchdog) : 0;

	return watchdog->load - (u32)gone;
}

static u64 sp805_read(struct window_device *device, u64 offset, unsigned int size)
{
	const struct sp805 *watchdog = (struct sp805 *)device;

	(void)size;
	switch (offset) {
	case LOAD:	return watchdog->load;
	case VALUE:	return value(watchdog);
	case CONTROL:	return watchdog->control;
	case RIS:	return watchdog->interrupt;
	case MIS:	return watchdog->interrupt && watchdog->control & INTEN;
	case LOCK:	return watchdog->locked;
	}
	return primecell_id(offset, 0x805, 1);	/* r1p0 */
}

static void sp805_write(struct window_device *device, u64 offset, unsigned int size, u64 wide)
{
	struct sp805 *watchdog = (struct sp805 *)device;

	(void)size;
	if (offset == LOCK)
		watchdog->locked = wide != UNLOCK;
	if (watchdog->locked)
		return;
	switch (offset) {
	case LOAD:
		watchdog->load = (u32)wide;
		reload(watchdog);
		break;
	case CONTROL:
		set_control(watchdog, (u32)wide);
		break;
	case INTCLR:
		clear(watchdog);
		break;
	}
}

static short wants(struct loop_watch *watch)
{
	(void)watch;
	return POLLIN;
}

static void ring(struct loop_watch *watch, short events)
{
	struct sp805 *watchdog = (struct sp805 *)((char *)watch - offsetof(struct sp805, timer));
	u64 times;

	(void)events;
	/* set anew meanwhile, it has nothing to be read */
	watchdog->rang = read(watch->fd, &times, sizeof(times)) == sizeof(times);
}

/*
 * When the loop has been at all who are ready: what the guest has written before the timer
 * rang counts, however late this program is.
 */
static bool sp805_work(struct window_device *device)
{
	struct sp805 *watchdog = (struct sp805 *)device;

	if (!watchdog->rang)
		return false;
	if (watchdog->interrupt) {
		watchdog->expired(watchdog->owner);
		watchdog->begin = 0;
	}
	watchdog->interrupt = true;
	reload(watchdog);
	return false;
}

static void power_on(struct window_device *device)
{
	struct sp805 *watchdog = (struct sp805 *)device;

	watchdog->load = 0xffffffff;
	watchdog->locked = false;
	watchdog->interrupt = false;
	set_control(watchdog, 0);
}

/* The guest may have cleared it in vain. */
static void resume(struct window_device *device)
{
	clear((struct sp805 *)device);
}

int sp805_open(struct sp805 *watchdog, struct window *window, u64 base)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd < 0) {
		warn("no timer for the watchdog");
		return -1;
	}
	watchdog->timer = (struct loop_watch){ fd, wants, ring };
	watchdog->device.base = base;
	watchdog->device.size = SP805_SIZE;
	watchdog->device.read = sp805_read;
	watchdog->device.write = sp805_write;
	watchdog->device.work = sp805_work;
	watchdog->device.reset = power_on;
	watchdog->device.resume = resume;
	power_on(&watchdog->device);
	window_add(window, &watchdog->device);
	return loop_add(&watchdog->timer);
}
