/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The live table on a terminal: the real io.c, with sysfs from the fixture. */

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "command.h"
#include "tests/fixture.h"

#define TIMEOUT_MS	10000

const char *__wrap_io_sysfs_root(void);

/* linked in the place of io.c's */
const char *__wrap_io_sysfs_root(void)
{
	return fake.sysfs_root;
}

static int master, slave;
static char shown[16384];
static size_t length;

/*
 * "jailhouse cell stats 1" on a terminal of this width. Returns a real child or
 * not at all: the callers send signals to it, and kill(-1) reaches everyone.
 */
static pid_t start(unsigned short width)
{
	struct winsize size = { .ws_row = 40, .ws_col = width };
	char words[][16] = { "jailhouse", "cell", "stats", "1" };
	char *argv[] = { words[0], words[1], words[2], words[3], NULL };
	pid_t child;

	if (openpty(&master, &slave, NULL, NULL, &size) < 0) {
		printf("Bail out! no pseudo terminal\n");
		exit(1);
	}
	length = 0;
	fflush(stdout);
	child = fork();
	if (!child) {
		close(master);
		login_tty(slave);
		_exit(tool_main(4, argv));
	}
	if (child < 0) {
		printf("Bail out! no child\n");
		exit(1);
	}
	return child;
}

/* Read until @text was shown, false if it does not come. */
static bool wait_for(const char *text)
{
	struct pollfd output = { .fd = master, .events = POLLIN };
	ssize_t count;

	for (;;) {
		shown[length] = '\0';
		if (strstr(shown, text))
			return true;
		if (length == sizeof(shown) - 1 ||
		    poll(&output, 1, TIMEOUT_MS) <= 0)
			return false;
		count = read(master, shown + length,
			     sizeof(shown) - 1 - length);
		if (count <= 0)
			return false;
		length += (size_t)count;
	}
}

static bool has_single_keys(void)
{
	struct termios settings;

	return !tcgetattr(slave, &settings) && !(settings.c_lflag & ICANON) &&
	       !(settings.c_lflag & ECHO);
}

/* Exit code of the command, -1 if it did not end by itself. */
static int finish(pid_t child)
{
	int status, code = -1;
	int tries;

	for (tries = 0; tries < TIMEOUT_MS / 10; tries++) {
		if (waitpid(child, &status, WNOHANG) == child) {
			code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
			break;
		}
		usleep(10000);
	}
	if (tries == TIMEOUT_MS / 10) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	return code;
}

static void close_terminal(void)
{
	close(master);
	close(slave);
}

static void test_key(void)
{
	pid_t child = start(80);

	check(wait_for("q quits"), "a table is shown");
	check(strstr(shown, "\033[H\033[JCell 1 \"demo\"") != NULL,
	      "on a cleared screen");
	check(wait_for("PER SECOND"), "it is renewed, with rates");
	check(has_single_keys(), "keys arrive one by one");
	check_number(write(master, "xq", 2), 2, "press x, then q");
	check_number(finish(child), 0, "q ends it");
	check(!has_single_keys(), "the terminal is as it was");
	close_terminal();
}

static void test_signal(int number, const char *name)
{
	pid_t child = start(80);

	check(wait_for("q quits"), name);
	check_number(kill(child, number), 0, "  was sent");
	check_number(finish(child), 0, "  ends it");
	check(!has_single_keys(), "  and the terminal is as it was");
	close_terminal();
}

static void test_width(void)
{
	pid_t child = start(36 + 12);

	check(wait_for("TOTAL        CPU1\r\n"), "as many columns as fit");
	check(wait_for("COUNTER                       CPU2\r\n"),
	      "others come below");
	check_number(write(master, "q", 1), 1, "press q");
	check_number(finish(child), 0, "q ends it");
	close_terminal();
}

int main(void)
{
	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "1-2", "");
	sysfs_write("cells/1/statistics/vmexits_total", "30\n");
	sysfs_write("cells/1/statistics/cpu1/vmexits_total", "10\n");
	sysfs_write("cells/1/statistics/cpu2/vmexits_total", "20\n");

	test_key();
	test_signal(SIGINT, "SIGINT");
	test_signal(SIGTERM, "SIGTERM");
	test_width();
	return fixture_end();
}
