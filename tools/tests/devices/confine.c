/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* A process that gives up its rights, seen from outside, and what it can still do. */

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/confine.h"
#include "tests/fixture.h"

static const char passwd_text[] = "root:x:0:0::/:/bin/sh\ncell-devices:x:1234:4321::/:/bin/false\n"
				  "other:x:1235:4322::/:/bin/false\n";

/* Of a child that is confined, says so, and waits. */
static void read_status(const struct confine *confine, char *text, size_t size)
{
	const gid_t group = 99;
	char name[64], byte;
	size_t count = 0;
	int ends[2];
	FILE *file;
	pid_t child;

	text[0] = '\0';
	fflush(stdout);
	if (pipe(ends) || (child = fork()) < 0)
		return;
	if (!child) {
		if (!setgroups(1, &group) && !confine_enter(confine) && write(ends[1], "", 1) == 1)
			poll(NULL, 0, -1);
		_exit(0);
	}
	close(ends[1]);
	snprintf(name, sizeof(name), "/proc/%d/status", child);
	file = read(ends[0], &byte, 1) == 1 ? fopen(name, "re") : NULL;
	if (file) {
		count = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[count] = '\0';
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ends[0]);
}

static void test_status(const char *passwd)
{
	struct confine confine;
	char text[8192];

	check_number(confine_find(&confine, passwd, NULL), 0, "its own user");
	if (geteuid()) {
		check(true, "only root becomes another # SKIP not root");
		return;
	}
	check(confine.uid == 1234 && confine.gid == 4321, "  is found");
	read_status(&confine, text, sizeof(text));
	check_contains(text, "\nUid:\t1234\t1234\t1234\t1234\n", "the program is that user");
	check_contains(text, "\nGid:\t4321\t4321\t4321\t4321\n", "  with its group");
	check_contains(text, "\nGroups:\t \n", "  and no other");
	check_contains(text, "\nCapEff:\t0000000000000000\n", "  without capabilities");
	check_contains(text, "\nNoNewPrivs:\t1\n", "  without new ones");
	check_contains(text, "\nSeccomp:\t2\n", "  and with a filter of system calls");
}

/* The sanitizers' own way to end calls more. */
static void end(int status)
{
	syscall(SYS_exit_group, status);
}

/* How a confined child ends that makes the call: its exit status, or -1 - a signal. */
static int ends_after(void (*call)(void))
{
	struct confine confine = { .uid = geteuid(), .gid = getegid() };
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		if (confine_enter(&confine))
			end(99);
		call();
		end(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? -1 - WTERMSIG(status) : WEXITSTATUS(status);
}

static void opens(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static void executes(void)
{
	syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static void forks(void)
{
	syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void reads(void)
{
	char byte;

	if (syscall(SYS_read, -1, &byte, 1) != -1 || syscall(SYS_getrandom, &byte, 1, 0) != 1 ||
	    syscall(SYS_fallocate, -1, 0, 0L, 1L) != -1)
		end(1);
}

int main(void)
{
	const char *passwd;
	struct confine confine;

	fixture_reset();
	passwd = make_file("passwd", passwd_text, sizeof(passwd_text) - 1);
	test_status(passwd);
	check_number(confine_find(&confine, passwd, "other"), 0, "another user");
	check_number(confine.uid, 1235, "  is found");
	check_number(confine_find(&confine, passwd, "nobody-here"), -1, "one that is not there");
	passwd = make_file("passwd", passwd_text, 22);
	check_number(confine_find(&confine, passwd, NULL), 0, "a system without its user");
	check_number(confine.uid, geteuid(), "  leaves it who it is");

	check_number(ends_after(reads), 0, "what devices call");
	check_number(ends_after(opens), -1 - SIGSYS, "opening a file ends it");
	check_number(ends_after(executes), -1 - SIGSYS, "so does executing one");
	check_number(ends_after(forks), -1 - SIGSYS, "and another process");
	return fixture_end();
}
