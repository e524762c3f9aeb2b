// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Intervals whose lengths are known, for ci/bench/selftest. */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "marker.h"

#define TIMES	10

/* data of QEMU's fw_cfg, which no driver of the guest has claimed */
#define DEVICE	0x09020000

static volatile uint32_t *map_device(void)
{
	int fd = open("/dev/mem", O_RDONLY | O_SYNC);
	void *device = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ,
			    MAP_SHARED, fd, DEVICE);

	return device == MAP_FAILED ? NULL : device;
}

int main(void)
{
	volatile uint32_t *device = map_device();

	if (!device) {
		perror("known: /dev/mem");
		return 1;
	}
	for (int n = 0; n < TIMES; n++) {
		BENCH_BEGIN(0);
		BENCH_END(0);
		/* straight code, within one block */
		BENCH_BEGIN(1);
		__asm__ volatile(".rept 100; nop; .endr");
		BENCH_END(1);
		/* a loop of 3 instructions, many blocks */
		BENCH_BEGIN(2);
		__asm__ volatile("mov x0, #1000\n"
				 "1: nop\n"
				 "   subs x0, x0, #1\n"
				 "   b.ne 1b"
				 : : : "x0", "cc");
		BENCH_END(2);
		/* a device is read in the middle of a block */
		BENCH_BEGIN(3);
		__asm__ volatile(".rept 10; nop; .endr\n"
				 "ldr wzr, [%0]\n"
				 ".rept 20; nop; .endr" : : "r" (device));
		BENCH_END(3);

		/* the kernel runs */
		BENCH_BEGIN(4);
		syscall(SYS_getppid);
		BENCH_END(4);
	}
	/* begun twice, ended once */
	BENCH_BEGIN(24);
	BENCH_BEGIN(24);
	BENCH_END(24);
	return 0;
}
