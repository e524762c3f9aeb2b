// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <asm/hwcap.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cellblock.h"
#include "clean.h"

#define PROT_MTE_BIT	0x20
#define HWCAP2_MTE_BIT	(1UL << 18)
#define PAGE		4096

static bool floating_point(void)
{
	long value;

	asm volatile("fmov d0, #1.5\n\tfadd d0, d0, d0\n\tfcvtzs %0, d0" : "=r" (value) : : "d0");
	return value == 3;
}

/* Not in streaming mode */
static bool aes(void)
{
	if (getauxval(AT_HWCAP) & HWCAP_AES)
		asm volatile(".arch armv8-a+crypto\n\taese v0.16b, v1.16b\n\taesmc v0.16b, v0.16b" : : : "v0");
	return true;
}

static bool sve(void)
{
	long length = 16;

	if (getauxval(AT_HWCAP) & HWCAP_SVE)
		asm volatile(".arch armv8.2-a+sve\n\tcntb %0\n\tptrue p0.b\n\tmov z0.b, #1" : "=r" (length)
			     : : "p0", "v0");
	return length >= 16;
}

static bool pointer_authentication(void)
{
	unsigned long pointer = (unsigned long)&pointer, before = pointer;

	if (getauxval(AT_HWCAP) & HWCAP_PACA)
		asm volatile(".arch armv8.3-a\n\tpacia %0, %1\n\tautia %0, %1" : "+r" (pointer) : "r" (0UL));
	return pointer == before;
}

static bool tags(void)
{
	uint64_t tagged, read;
	void *page;

	if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE_BIT))
		return true;
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_MTE_BIT, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return false;
	tagged = (uint64_t)page | 5ULL << 56;
	read = (uint64_t)page;
	asm volatile(".arch armv8.5-a+memtag\n\tstg %1, [%1]\n\tldg %0, [%0]" : "+r" (read) : "r" (tagged) : "memory");
	munmap(page, PAGE);
	return read == tagged;
}

static volatile uint64_t word;

static void __attribute__((noinline)) use_word(void)
{
	word++;
}

/* Something of what happens in use_word() */
static bool counts(struct perf_event_attr attr)
{
	uint64_t count = 0;
	long fd;

	attr.size = sizeof(attr);
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0UL);
	if (fd < 0)
		return false;
	use_word();
	if (read((int)fd, &count, sizeof(count)) != sizeof(count))
		count = 0;
	close((int)fd);
	return count;
}

static bool cycles(void)
{
	return counts((struct perf_event_attr) {
		.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES,
	});
}

static bool breakpoint(void)
{
	return counts((struct perf_event_attr) {
		.type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_X, .bp_addr = (uintptr_t)use_word,
		.bp_len = HW_BREAKPOINT_LEN_4,
	});
}

static bool watchpoint(void)
{
	return counts((struct perf_event_attr) {
		.type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_addr = (uintptr_t)&word,
		.bp_len = HW_BREAKPOINT_LEN_8,
	});
}

static const struct {
	const char *name;
	bool (*works)(void);
} uses[] = {
	{ "floating point", floating_point },
	{ "AES", aes },
	{ "SVE", sve },
	{ "pointer authentication", pointer_authentication },
	{ "tags", tags },
	{ "cycles", cycles },
	{ "breakpoint", breakpoint },
	{ "watchpoint", watchpoint },
};

/* Exits with 0, the number of what does not work, or dies of it. */
static void use_all(int cpu)
{
	unsigned int n;

	if (cb_pin(cpu))
		_exit(255);
	for (n = 0; n < sizeof(uses) / sizeof(*uses); n++)
		if (!uses[n].works())
			_exit((int)n + 1);
	_exit(0);
}

const char *cb_unclean(void)
{
	static char text[100];
	int cpu, status;

	for (cpu = 0; cpu < cb_num_cpus(); cpu++) {
		if (!cb_is_online(cpu))
			continue;
		if (!fork())
			use_all(cpu);
		wait(&status);
		if (!status)
			continue;
		if (WIFEXITED(status) && WEXITSTATUS(status) <= sizeof(uses) / sizeof(*uses))
			snprintf(text, sizeof(text), "CPU %d: %s", cpu, uses[WEXITSTATUS(status) - 1].name);
		else
			snprintf(text, sizeof(text), "CPU %d: status %#x", cpu, status);
		return text;
	}
	return NULL;
}
