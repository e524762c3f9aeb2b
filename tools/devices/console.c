/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "devices/console.h"
#include "devices/loop.h"
#include "devices/supervise.h"

/* what is taken from a writer, or given to a reader, at once */
#define CHUNK		4096

struct reader {
	struct loop_watch watch;	/* fd -1: not in use */
	struct console *console;
	u64 position;
	bool writes_too;		/* and has not ended that */
	bool failed;			/* said once */
};

struct console {
	struct loop_watch listener;
	struct console_guest guest;
	struct reader socket[CONSOLE_READERS];
	struct reader terminal;
	struct reader log;
	const struct folder *folder;
	int slave;			/* open, so that the terminal never hangs up */
	u64 printed;
	u8 history[CONSOLE_HISTORY];
};

static bool is_socket(const struct reader *reader)
{
	const struct console *console = reader->console;

	return reader != &console->terminal && reader != &console->log;
}

static void end_reader(struct reader *reader)
{
	if (reader->watch.fd < 0)
		return;
	loop_remove(&reader->watch);
	close(reader->watch.fd);
	reader->watch.fd = -1;
}

static short reader_wants(struct loop_watch *watch)
{
	struct reader *reader = (struct reader *)watch;
	struct console *console = reader->console;
	short events = 0;

	if (reader->position < console->printed)
		events |= POLLOUT;
	if (reader->writes_too && console->guest.room(console->guest.device))
		events |= POLLIN;
	return events;
}

/* False: the reader is no more. */
static bool give(struct reader *reader)
{
	struct console *console = reader->console;
	size_t start, count;
	ssize_t done;

	if (console->printed - reader->position > CONSOLE_HISTORY)
		reader->position = console->printed - CONSOLE_HISTORY;
	start = reader->position % CONSOLE_HISTORY;
	count = console->printed - reader->position;
	if (count > CONSOLE_HISTORY - start)
		count = CONSOLE_HISTORY - start;
	if (count > CHUNK)
		count = CHUNK;
	done = write(reader->watch.fd, console->history + start, count);
	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (done < 0 && is_socket(reader)) {
		end_reader(reader);
		return false;
	}
	if (done < 0) {
		/* a disk that is full may have room later: what came meanwhile is lost */
		if (!reader->failed)
			warn("the log misses what was printed");
		reader->failed = true;
		reader->position = console->printed;
		return true;
	}
	reader->position += (size_t)done;
	return true;
}

/* @gone: the other end is closed, and reads no more either. */
static void take(struct reader *reader, bool gone)
{
	struct console *console = reader->console;
	size_t room = console->guest.room(console->guest.device);
	u8 bytes[CHUNK];
	ssize_t count;

	/* another one has filled it */
	if (!room)
		return;
	count = read(reader->watch.fd, bytes, room < CHUNK ? room : CHUNK);
	if (count > 0)
		console->guest.receive(console->guest.device, bytes, (size_t)count);
	else if (!count && !gone)
		reader->writes_too = false;
	else if (!count)
		end_reader(reader);
	else if (errno != EAGAIN && errno != EINTR && is_socket(reader))
		end_reader(reader);
}

static void reader_ready(struct loop_watch *watch, short events)
{
	struct reader *reader = (struct reader *)watch;

	if (events & POLLOUT && !give(reader))
		return;
	if (events & POLLIN)
		take(reader, events & POLLHUP);
	else if (events & (POLLHUP | POLLERR) && is_socket(reader))
		end_reader(reader);
}

/* From the oldest byte that is kept. */
static void begin_reader(struct console *console, struct reader *reader, int fd, bool writes_too)
{
	reader->watch = (struct loop_watch){ fd, reader_wants, reader_ready };
	reader->console = console;
	reader->writes_too = writes_too;
	reader->position = console->printed > CONSOLE_HISTORY ?
			   console->printed - CONSOLE_HISTORY : 0;
	if (!loop_add(&reader->watch))
		return;
	close(fd);
	reader->watch.fd = -1;
}

static short listener_wants(struct loop_watch *watch)
{
	(void)watch;
	return POLLIN;
}

static void somebody_comes(struct loop_watch *watch, short events)
{
	static const char full[] = "the console has as many readers as it can have\n";
	struct console *console = (struct console *)watch;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int n;

	(void)events;
	if (fd < 0)
		return;
	for (n = 0; n < CONSOLE_READERS; n++) {
		if (console->socket[n].watch.fd < 0) {
			begin_reader(console, &console->socket[n], fd, true);
			return;
		}
	}
	/* a new socket has room for this */
	if (write(fd, full, sizeof(full) - 1) < 0)
		warn("a reader too many");
	close(fd);
}

static int open_socket(struct console *console)
{
	console->listener = (struct loop_watch){
		folder_listen(console->folder, "console", CONSOLE_READERS),
		listener_wants, somebody_comes
	};
	return console->listener.fd < 0 ? -1 : loop_add(&console->listener);
}

/* The name appears at once, in the place of an old one. */
static int link_terminal(const struct console *console, const char *terminal)
{
	char path[PATH_MAX], fresh[PATH_MAX];

	folder_path(console->folder, "tty", path);
	folder_path(console->folder, "tty.new", fresh);
	unlink(fresh);
	if (!symlink(terminal, fresh) && !rename(fresh, path))
		return 0;
	warn("cannot make the link %s", path);
	return -1;
}

/* Raw: what the guest prints must not come back to it as an echo. */
static int open_terminal(struct console *console)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios settings;
	char name[64];

	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, sizeof(name)))
		goto fail;
	console->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (console->slave < 0 || tcgetattr(console->slave, &settings))
		goto fail;
	cfmakeraw(&settings);
	if (tcsetattr(console->slave, TCSANOW, &settings))
		goto fail;
	begin_reader(console, &console->terminal, fd, true);
	return link_terminal(console, name);

fail:
	warn("cannot make a terminal");
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_log(struct console *console, const char *log)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0) {
		warn("cannot write the log %s", log);
		return -1;
	}
	begin_reader(console, &console->log, fd, false);
	return 0;
}

static void all_unused(struct console *console)
{
	int n;

	console->slave = console->listener.fd = -1;
	console->terminal.watch.fd = console->log.watch.fd = -1;
	for (n = 0; n < CONSOLE_READERS; n++)
		console->socket[n].watch.fd = -1;
}

struct console *console_open(const struct folder *folder, const char *log,
			     const struct console_guest *guest)
{
	struct console *console = supervise_memory(sizeof(*console));

	if (!console)
		return NULL;
	all_unused(console);
	console->guest = *guest;
	console->folder = folder;
	if (open_socket(console) || open_terminal(console) || (log && open_log(console, log))) {
		console_close(console);
		return NULL;
	}
	return console;
}

static void close_unless_unused(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* Only what this program has made. */
static void remove_names(struct console *console)
{
	char path[PATH_MAX];

	if (console->listener.fd >= 0)
		unlink(folder_path(console->folder, "console", path));
	if (console->terminal.watch.fd >= 0)
		unlink(folder_path(console->folder, "tty", path));
}

void console_close(struct console *console)
{
	int n;

	remove_names(console);
	loop_remove(&console->listener);
	close_unless_unused(console->listener.fd);
	for (n = 0; n < CONSOLE_READERS; n++)
		end_reader(&console->socket[n]);
	end_reader(&console->terminal);
	end_reader(&console->log);
	close_unless_unused(console->slave);
	munmap(console, sizeof(*console));
}

void console_write(struct console *console, const u8 *bytes, size_t count)
{
	for (; count; count--)
		console->history[console->printed++ % CONSOLE_HISTORY] = *bytes++;
}
