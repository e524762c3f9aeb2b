// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cellblock.h"

#define CPU_FOLDER	"/sys/devices/system/cpu/"
#define LOG_READ_ALL	3	/* of syslog(2) */

uint64_t cb_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void cb_sleep_ms(unsigned int ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

int cb_run(char *out, size_t size, const char *command, ...)
{
	char line[512], rest[256];
	size_t got = 0, part;
	va_list args;
	FILE *pipe;
	int status, at;

	va_start(args, command);
	at = vsnprintf(line, sizeof(line) - 8, command, args);
	va_end(args);
	snprintf(line + at, sizeof(line) - (size_t)at, " 2>&1");
	pipe = popen(line, "r");
	if (!pipe)
		return -errno;
	while (got < size - 1 && (part = fread(out + got, 1, size - 1 - got, pipe)))
		got += part;
	out[got] = 0;
	/* or the command would die of a closed pipe */
	while (fread(rest, 1, sizeof(rest), pipe))
		;
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cb_num_cpus(void)
{
	return (int)sysconf(_SC_NPROCESSORS_CONF);
}

int cb_num_online(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* CPU 0 has no such file on some kernels: it is always online then. */
bool cb_is_online(int cpu)
{
	return cb_number(CPU_FOLDER "cpu%d/online", cpu) != 0;
}

int cb_set_online(int cpu, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), CPU_FOLDER "cpu%d/online", cpu);
	return cb_write(path, online ? "1" : "0");
}

int cb_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/* The header names the columns: "CPU0 CPU2 ..." */
static int read_columns(const char *header, int *cpus, int max)
{
	const char *at = header;
	int count = 0;

	while (count < max && (at = strstr(at, "CPU"))) {
		at += 3;
		cpus[count++] = atoi(at);
	}
	return count;
}

int cb_interrupts(const char *name, unsigned long *counts, int max)
{
	FILE *file = fopen("/proc/interrupts", "re");
	int cpus[64], columns = 0, i, ret = -ENOENT;
	char line[1024], *at;

	if (!file)
		return -errno;
	memset(counts, 0, (size_t)max * sizeof(*counts));
	if (fgets(line, sizeof(line), file))
		columns = read_columns(line, cpus, 64);
	while (ret < 0 && fgets(line, sizeof(line), file)) {
		at = strchr(line, ':');
		if (!at || !strstr(line, name))
			continue;
		for (i = 0, at++; i < columns; i++) {
			unsigned long count = strtoul(at, &at, 10);

			if (cpus[i] < max)
				counts[cpus[i]] = count;
		}
		ret = columns;
	}
	fclose(file);
	return ret;
}

bool cb_use_memory(size_t size)
{
	size_t at, step = 4096 + 64;
	char *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	for (at = 0; at < size; at += step)
		*(size_t *)(memory + at) = at;
	for (at = 0; at < size; at += step)
		if (*(size_t *)(memory + at) != at)
			break;
	munmap(memory, size);
	return at >= size;
}

const char *cb_word(const char *name)
{
	const char *at = strstr(cb_text("/proc/cmdline"), name);

	return at ? at + strlen(name) : "";
}

long cb_meminfo(const char *name)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];
	long value = -1;

	if (!file)
		return -errno;
	while (value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = atol(line + strlen(name));
	fclose(file);
	return value;
}

bool cb_kernel_said(const char *text)
{
	static char log[1 << 20];
	int size = klogctl(LOG_READ_ALL, log, sizeof(log) - 1);

	log[size < 0 ? 0 : size] = 0;
	return strstr(log, text);
}
