// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* The hypervisor's console as root reads it: /dev/jailhouse and the file in sysfs. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define CELL	"uart-demo"
#define LIMIT	20000	/* ms */
#define TALKING	CB_QUIET "period=50"

static int open_reader(int flags)
{
	return open("/dev/jailhouse", O_RDONLY | O_CLOEXEC | flags);
}

/* Reads until there is nothing, for a reader that does not wait. */
static void drop(int fd)
{
	char text[4096];

	while (read(fd, text, sizeof(text)) > 0)
		;
}

static int poll_for(int fd, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int ret = poll(&pollfd, 1, ms);

	return ret > 0 ? pollfd.revents : ret;
}

static void on_signal(int signo)
{
	(void)signo;
}

/* Enabled all the same; what is printed is in the ring. */
TEST(unknown_uart)
{
	struct jailhouse_system *sys;
	size_t size;

	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	sys = cb_read_config(cb_system_config(), &size);
	ASSERT_NE(NULL, sys);
	sys->debug_console.type = JAILHOUSE_CON_TYPE_HSCIF;
	sys->debug_console.address = 0;
	ASSERT_DONE(cb_enable_raw(sys));
	EXPECT_NE(NULL, strstr(cb_text("console"), "console: UART type 6 is not supported, output goes to"));
	EXPECT_TRUE(cb_kernel_said("no driver for the debug console's UART, type 6: 'jailhouse console' shows"));
	EXPECT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, strstr(cb_text("console"), "Created cell \"" CELL "\""));
	EXPECT_DONE(cb_destroy(CELL, 0));
	EXPECT_DONE(cb_disable());
	free(sys);
}

TEST_F(enabled, in_sysfs)
{
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_DONE(cb_boot(CELL, CELL, TALKING " count=3 text=sysfs"));
	ASSERT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_NE(NULL, strstr(cb_text("console"), "uart-demo: sysfs 3"));
	EXPECT_NE(NULL, strstr(cb_text("console"), "uart-demo: done"));
	EXPECT_NE(NULL, strstr(cb_text("console"), "Created cell \"" CELL "\""));
}

/* Who opens the device gets what is still there first. */
TEST_F(enabled, begins_with_the_past)
{
	struct cb_console late = { .fd = open_reader(O_NONBLOCK) };

	ASSERT_LE(0, late.fd);
	ASSERT_EQ(1, cb_create(CELL));
	EXPECT_NE(NULL, cb_console_wait(&late, "Created cell \"" CELL "\"", LIMIT));
	cb_console_close(&late);

	late = (struct cb_console){ .fd = open_reader(O_NONBLOCK) };
	EXPECT_NE(NULL, strstr(cb_console_all(&late), "Created cell \"" CELL "\""));
	cb_console_close(&late);
}

TEST_F(enabled, nothing_new)
{
	int fd = open_reader(O_NONBLOCK);
	char c;

	ASSERT_LE(0, fd);
	drop(fd);
	EXPECT_EQ(0, read(fd, &c, 1));
	EXPECT_EQ(0, poll_for(fd, 200));
	EXPECT_EQ(0, read(fd, &c, 0));
	close(fd);
}

/* poll() and a read that waits come back soon after something was printed. */
TEST_F(enabled, waits_for_news)
{
	int fd = open_reader(O_NONBLOCK), waiting = open_reader(0), status;
	struct cb_console news = { .fd = fd };
	char text[4096];
	ssize_t got;
	pid_t pid;

	ASSERT_LE(0, fd);
	ASSERT_LE(0, waiting);
	/* there is something, or the first read would wait */
	ASSERT_EQ(1, cb_create("timer-demo"));
	cb_console_poll(&self->con);
	ASSERT_LT(0, self->con.length);
	drop(fd);
	got = read(waiting, text, sizeof(text));
	ASSERT_LE(0, got);
	pid = fork();
	if (!pid) {
		cb_sleep_ms(300);
		_exit(cb_create(CELL) != 2);
	}
	EXPECT_EQ(POLLIN, poll_for(fd, LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&news, "Created cell", LIMIT)) TH_LOG("%s", news.text);
	got = read(waiting, text, sizeof(text));
	EXPECT_LT(0, got);
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(waiting);
	close(fd);
}

TEST_F(enabled, a_signal_ends_the_wait)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct itimerval timer = { .it_value.tv_usec = 200000 };
	int fd = open_reader(0);
	char text[4096];
	ssize_t got;

	ASSERT_LE(0, fd);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	do {
		got = read(fd, text, sizeof(text));
	} while (got > 0);
	EXPECT_EQ(-1, got);
	EXPECT_EQ(EINTR, errno);
	close(fd);
}

/* Each reader gets everything, in small pieces too. */
TEST_F(enabled, two_readers)
{
	struct cb_console one, two;
	size_t i;

	ASSERT_EQ(0, cb_console_open(&one));
	ASSERT_EQ(0, cb_console_open(&two));
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_DONE(cb_boot(CELL, CELL, TALKING " count=5"));
	ASSERT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&one, "uart-demo: done", LIMIT));
	for (i = 0; i < one.length; i++)
		if (read(two.fd, two.text + i, 1) != 1)
			break;
	EXPECT_EQ(one.length, i);
	EXPECT_EQ(0, memcmp(one.text, two.text, one.length));
	cb_console_close(&one);
	cb_console_close(&two);
}

/* Who reads too late is told how much is lost, and the rest is right: the lines' numbers are without a gap. */
TEST_F(enabled, too_slow)
{
	struct cb_console slow;
	unsigned int lost, number, next;
	const char *note, *at;

	ASSERT_EQ(0, cb_console_open(&slow));
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_DONE(cb_boot(CELL, CELL, CB_QUIET "period=0 count=800 text=abcdefghijklmnopqrstu"));
	ASSERT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	note = strstr(cb_console_all(&slow), " characters lost]");
	ASSERT_NE(NULL, note);
	while (note > slow.text && note[-1] != '[')
		note--;
	ASSERT_EQ(1, sscanf(note, "%u", &lost));
	/* what was printed, at least, less what the ring keeps */
	EXPECT_LE(800 * strlen("uart-demo: abcdefghijklmnopqrstu 1\n") - CELLBLOCK_CONSOLE_LEN, lost);
	EXPECT_GE(CELLBLOCK_CONSOLE_LEN + 100, slow.length);

	at = strstr(note, "uart-demo: abcdef");
	ASSERT_NE(NULL, at);
	next = 0;
	for (; (at = strstr(at, "stu ")); at++) {
		ASSERT_EQ(1, sscanf(at + 4, "%u", &number));
		if (next)
			ASSERT_EQ(next, number);
		next = number + 1;
	}
	EXPECT_EQ(801, next);
	cb_console_close(&slow);
}

/* After disabling: the rest, then the end of the file. sysfs keeps the text; the next enabling begins anew. */
TEST_F(enabled, ends_with_the_hypervisor)
{
	struct cb_console con;
	char c;

	ASSERT_EQ(0, cb_console_open(&con));
	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_DONE(cb_destroy(CELL, 0));
	ASSERT_DONE(cb_disable());
	EXPECT_NE(NULL, cb_console_wait(&con, "Destroyed cell \"" CELL "\"", LIMIT));
	EXPECT_EQ(POLLIN, poll_for(con.fd, LIMIT));
	cb_console_poll(&con);
	EXPECT_EQ(0, read(con.fd, &c, 1));
	EXPECT_NE(NULL, strstr(cb_text("console"), "Destroyed cell \"" CELL "\""));

	ASSERT_DONE(cb_enable(NULL));
	EXPECT_EQ(NULL, strstr(cb_text("console"), CELL));
	ASSERT_EQ(1, cb_create("timer-demo"));
	EXPECT_NE(NULL, cb_console_wait(&con, "Created cell \"timer-demo\"", LIMIT));
	cb_console_close(&con);
}

/* A reader that waits while the hypervisor goes is woken up. */
TEST_F(enabled, a_waiting_reader_sees_the_end)
{
	int fd, status;
	char text[4096];
	pid_t pid;

	pid = fork();
	if (!pid) {
		fd = open_reader(0);
		while (read(fd, text, sizeof(text)) > 0)
			;
		_exit(0);
	}
	cb_sleep_ms(200);
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	ASSERT_DONE(cb_disable());
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_DONE(cb_enable(NULL));
}

TEST_F(enabled, the_command_follows)
{
	char out[8192];

	ASSERT_EQ(1, cb_create(CELL));
	ASSERT_DONE(cb_boot(CELL, CELL, TALKING " text=follow"));
	/* the reader ends when nobody takes the next line */
	cb_run(out, sizeof(out), "timeout 20 jailhouse console -f | sed '/uart-demo: follow 8/q'");
	EXPECT_NE(NULL, strstr(out, "uart-demo: follow 1")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "uart-demo: follow 8")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse console"));
	EXPECT_NE(NULL, strstr(out, "uart-demo: follow 8")) TH_LOG("%s", out);
}

/* A cell that may not print by hypercall does not, and is not harmed. */
TEST_F(enabled, only_with_permission)
{
	unsigned int *flags;
	size_t size;
	char *config = cb_read_config(CELL, &size);

	ASSERT_NE(NULL, config);
	flags = (unsigned int *)(config + 44);	/* of struct jailhouse_cell_desc */
	*flags = 0;
	ASSERT_EQ(1, cb_create_raw(config, size));
	free(config);
	ASSERT_DONE(cb_boot(CELL, CELL, TALKING " count=3 text=secret"));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "secret"));
}

TEST_HARNESS_MAIN
