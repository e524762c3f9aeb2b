/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "attach.h"
#include "console_log.h"
#include "io.h"
#include "message.h"

#define DETACH_KEY	0x1d		/* Ctrl-] */

enum { CONSOLE, SIGNALS, INPUT, FDS };

struct attached {
	int console, signals;
	struct console_log *log;	/* or NULL */
	bool terminal;			/* standard input, in raw mode */
	bool input_ended;
	struct termios settings;	/* as they were */
	/* what the console has not taken yet */
	char typed[4096];
	size_t count;
};

static int connect_console(const char *cell)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, length;

	length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s/console",
			  io_run_folder(), cell);
	if (strchr(cell, '/') || (size_t)length >= sizeof(address.sun_path)) {
		refused("cell '%s' cannot have a console: its name has a / or is too long", cell);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	if (errno == ENOENT || errno == ECONNREFUSED)
		refused("cell '%s' has no console: no cell-devices has made %s", cell,
			address.sun_path);
	else
		refused("cannot open the console %s: %s", address.sun_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Signals are read, so that the terminal is always left as it was. */
static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void raw_terminal(struct attached *attached)
{
	struct termios settings;

	attached->terminal = !tcgetattr(STDIN_FILENO, &attached->settings);
	if (!attached->terminal)
		return;
	settings = attached->settings;
	cfmakeraw(&settings);
	tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

static bool write_all(const char *text, size_t count)
{
	ssize_t done;

	for (; count; text += done, count -= (size_t)done) {
		done = write(STDOUT_FILENO, text, count);
		if (done < 0)
			return false;
	}
	return true;
}

/* False: the console has ended, or nobody wants its output. */
static bool show(const struct attached *attached)
{
	char text[4096];
	ssize_t count = read(attached->console, text, sizeof(text));

	if (count > 0 && attached->log)
		console_log_write(attached->log, text, (size_t)count);
	return count > 0 && write_all(text, (size_t)count);
}

/*
 * False: the user detaches. With a terminal the key is found although the guest reads
 * nothing: what is typed then, beyond what is kept, is lost.
 */
static bool take_input(struct attached *attached)
{
	char text[sizeof(attached->typed)];
	size_t room = sizeof(attached->typed) - attached->count;
	size_t count;
	ssize_t got;

	got = read(STDIN_FILENO, text, attached->terminal ? sizeof(text) : room);
	if (got <= 0) {
		attached->input_ended = true;
		return true;
	}
	if (attached->terminal && memchr(text, DETACH_KEY, (size_t)got))
		return false;
	count = (size_t)got < room ? (size_t)got : room;
	memcpy(attached->typed + attached->count, text, count);
	attached->count += count;
	return true;
}

static void send_input(struct attached *attached)
{
	ssize_t done = send(attached->console, attached->typed, attached->count,
			    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (done <= 0)
		return;
	attached->count -= (size_t)done;
	memmove(attached->typed, attached->typed + done, attached->count);
}

static bool wants_input(const struct attached *attached)
{
	return !attached->input_ended &&
	       (attached->terminal || attached->count < sizeof(attached->typed));
}

/* Until something comes, or what was kept has come. */
static int wait_ms(const struct attached *attached)
{
	return attached->log && console_log_waits(attached->log) ? CONSOLE_LOG_QUIET_MS : -1;
}

/* False: it is over. */
static bool exchange(struct attached *attached)
{
	struct pollfd fds[FDS] = {
		[CONSOLE] = { .fd = attached->console, .events = POLLIN },
		[SIGNALS] = { .fd = attached->signals, .events = POLLIN },
		[INPUT] = { .fd = -1, .events = POLLIN },
	};
	int ready;

	if (attached->count)
		fds[CONSOLE].events |= POLLOUT;
	if (wants_input(attached))
		fds[INPUT].fd = STDIN_FILENO;
	ready = poll(fds, FDS, wait_ms(attached));
	if (ready < 0)
		return errno == EINTR;
	if (!ready)
		console_log_begun(attached->log);
	if (fds[SIGNALS].revents)
		return false;
	if (fds[INPUT].revents && !take_input(attached))
		return false;
	if (fds[CONSOLE].revents & POLLOUT)
		send_input(attached);
	return !(fds[CONSOLE].revents & ~POLLOUT) || show(attached);
}

int attach_console(const char *cell, bool read_only, const char *log)
{
	struct attached attached = { .input_ended = read_only };

	attached.console = connect_console(cell);
	if (attached.console < 0)
		return EXIT_REFUSED;
	attached.log = log ? console_log_open(log) : NULL;
	if (log && !attached.log) {
		close(attached.console);
		return EXIT_REFUSED;
	}
	attached.signals = catch_signals();
	if (!read_only && isatty(STDIN_FILENO))
		notice("at the console of cell '%s'; Ctrl-] detaches", cell);
	if (!read_only)
		raw_terminal(&attached);
	while (exchange(&attached))
		;
	if (attached.terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &attached.settings);
	if (attached.log)
		console_log_close(attached.log);
	close(attached.signals);
	close(attached.console);
	return EXIT_DONE;
}
