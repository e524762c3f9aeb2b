// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * ptp [DEVICE]: when the system counter was 0, in microseconds since 1970, by CLOCK_REALTIME, or by a PTP clock that
 * says what its time is at a value of the counter.
 */

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>

#include <linux/ptp_clock.h>

#define TRIES	100

static int64_t us(int64_t seconds, int64_t ns)
{
	return seconds * 1000000 + ns / 1000;
}

static int64_t counter(void)
{
	uint64_t count, hz;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r" (count) : : "memory");
	__asm__("mrs %0, cntfrq_el0" : "=r" (hz));
	return (int64_t)(count / hz * 1000000 + count % hz * 1000000 / hz);
}

/* The time of @clock when the counter was 0: the latest of all that it can have been. */
static int64_t at_zero(clockid_t clock)
{
	int64_t latest = INT64_MIN, before;
	struct timespec now;
	int n;

	for (n = 0; n < TRIES; n++) {
		clock_gettime(clock, &now);
		before = us(now.tv_sec, now.tv_nsec) - counter();
		if (before > latest)
			latest = before;
	}
	return latest;
}

/* The clock beside CLOCK_MONOTONIC_RAW, by which Linux says when it was: that is the counter's time. */
static int64_t by_clock(const char *device)
{
	struct ptp_sys_offset_precise times;
	int fd = open(device, O_RDONLY);

	if (fd < 0)
		err(1, "%s", device);
	if (ioctl(fd, PTP_SYS_OFFSET_PRECISE, &times))
		err(1, "PTP_SYS_OFFSET_PRECISE");
	return us(times.device.sec, times.device.nsec) - us(times.sys_monoraw.sec, times.sys_monoraw.nsec) +
	       at_zero(CLOCK_MONOTONIC_RAW);
}

int main(int argc, char **argv)
{
	printf("zero:%lld:\n", (long long)(argc > 1 ? by_clock(argv[1]) : at_zero(CLOCK_REALTIME)));
	return 0;
}
