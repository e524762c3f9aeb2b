// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* exit status of a failed test: above what tap_child() returns */
#define FAILED	100

static u64 random_state;

void tap_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	_exit(FAILED);
}

void tap_check_str(const char *file, int line, const char *what,
		   const char *found, const char *expected)
{
	if (strcmp(found, expected))
		tap_fail(file, line, "%s is \"%s\", not \"%s\"", what, found,
			 expected);
}

static int wait_for_child(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	printf("# ended by signal %d (%s)\n", WTERMSIG(status),
	       strsignal(WTERMSIG(status)));
	return FAILED;
}

/* where gcov counts (COVERAGE=1) */
extern void __gcov_dump(void) __attribute__((weak));

/* without what a process does at its end, which the tests before have left it */
static void __attribute__((noreturn)) end_child(int status)
{
	fflush(stdout);
	if (__gcov_dump)
		__gcov_dump();
	_exit(status);
}

static pid_t start_child(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		_exit(FAILED);
	}
	if (!pid)
		alarm(TAP_TIMEOUT);
	return pid;
}

int tap_child(int (*fn)(long arg), long arg)
{
	pid_t pid = start_child();
	int result;

	if (!pid) {
		result = fn(arg);
		end_child(result);
	}
	result = wait_for_child(pid);
	if (result >= FAILED)
		tap_fail(__FILE__, __LINE__, "with argument %ld", arg);
	return result;
}

static bool run_in_child(const struct tap_test *test)
{
	pid_t pid = start_child();

	if (!pid) {
		tap_seed(1);
		test->run();
		end_child(EXIT_SUCCESS);
	}
	return wait_for_child(pid) == EXIT_SUCCESS;
}

int tap_run(const struct tap_test *tests, size_t num)
{
	bool all_ok = true;

	printf("TAP version 13\n1..%zu\n", num);
	for (size_t n = 0; n < num; n++) {
		bool ok = run_in_child(&tests[n]);

		printf("%sok %zu - %s\n", ok ? "" : "not ", n + 1,
		       tests[n].name);
		all_ok = all_ok && ok;
	}
	return all_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

void tap_seed(u64 seed)
{
	random_state = seed;
}

/* splitmix64 */
u64 tap_random(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

u64 tap_below(u64 limit)
{
	return tap_random() % limit;
}
