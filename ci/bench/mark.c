// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * mark ID COMMAND [ARGUMENT...]
 * mark begin|end
 *
 * Runs a command under Linux inside interval ID (24 to 31) of the counting
 * plugin, and ends with the command's status. Or begins or ends interval 0 of
 * the CPU, which is taskset's to choose.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "marker.h"

/* The number is part of the instruction, so there is one instruction each. */
#define EACH_ID(M)	M(24) M(25) M(26) M(27) M(28) M(29) M(30) M(31)
#define CASE_BEGIN(n)	case n: BENCH_BEGIN(n); break;
#define CASE_END(n)	case n: BENCH_END(n); break;

static void mark_begin(int id)
{
	switch (id) {
	EACH_ID(CASE_BEGIN)
	}
}

static void mark_end(int id)
{
	switch (id) {
	EACH_ID(CASE_END)
	}
}

int main(int argc, char **argv)
{
	int id = argc > 2 ? atoi(argv[1]) : 0;
	int status;
	pid_t child;

	if (argc == 2 && !strcmp(argv[1], "begin")) {
		BENCH_BEGIN(0);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "end")) {
		BENCH_END(0);
		return 0;
	}
	if (id < BENCH_FIRST_GLOBAL || id >= BENCH_IDS) {
		fprintf(stderr, "usage: mark begin|end or mark ID COMMAND [ARGUMENT...] (ID from %d to %d)\n",
			BENCH_FIRST_GLOBAL, BENCH_IDS - 1);
		return 2;
	}

	mark_begin(id);
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("mark");
		return 1;
	}
	mark_end(id);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
