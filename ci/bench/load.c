// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * load pingpong COUNT	a byte there and back through pipes, across two CPUs
 * load fork COUNT	fork, exit and wait
 *
 * Prints nanoseconds for each, and does the work inside interval 24 of the
 * counting plugin.
 */

#include <err.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "marker.h"

#define INTERVAL	24

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void pin(int nr)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)nr, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", nr);
}

static void pass(int from, int to)
{
	char byte;

	if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
		err(1, "pipe");
}

static void bounce(int from, int to, long count)
{
	pin(1);
	while (count--)
		pass(from, to);
	_exit(0);
}

static void finish(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child || status)
		errx(1, "the child did not end well");
}

static void pingpong(long count)
{
	int there[2], back[2];
	pid_t child;
	long n;

	if (pipe(there) || pipe(back))
		err(1, "pipe");
	pin(0);
	child = fork();
	if (!child)
		bounce(there[0], back[1], count);
	BENCH_BEGIN(INTERVAL);
	for (n = 0; n < count; n++) {
		if (write(there[1], "", 1) != 1)
			err(1, "pipe");
		if (read(back[0], &(char){ 0 }, 1) != 1)
			err(1, "pipe");
	}
	BENCH_END(INTERVAL);
	finish(child);
}

static void forks(long count)
{
	long n;

	BENCH_BEGIN(INTERVAL);
	for (n = 0; n < count; n++) {
		pid_t child = fork();

		if (!child)
			_exit(0);
		finish(child);
	}
	BENCH_END(INTERVAL);
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[2]) : 0;
	long start = now_ns();
	bool is_fork;

	if (count <= 0)
		errx(2, "usage: load pingpong|fork COUNT");
	is_fork = !strcmp(argv[1], "fork");
	if (is_fork)
		forks(count);
	else
		pingpong(count);
	printf("%s_ns=%ld\n", is_fork ? "fork" : "pingpong",
	       (now_ns() - start) / count);
	return 0;
}
