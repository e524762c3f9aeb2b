/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell's console as it is: the server in this process, with real sockets and terminals,
 * and "jailhouse console CELL" in a child of its own.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "command.h"
#include "devices/console.h"
#include "devices/loop.h"
#include "devices/pl061.h"
#include "devices/power_key.h"
#include "io.h"
#include "tests/fixture.h"

#define ROUNDS	1000		/* of 10 ms */

static char folder[128], log_name[128];
static struct folder taken;
static char received[65536];
static size_t received_count, guest_room;
static struct console *console;

static size_t room(void *device)
{
	(void)device;
	return guest_room;
}

static void receive(void *device, const u8 *bytes, size_t count)
{
	(void)device;
	if (count > guest_room || received_count + count >= sizeof(received))
		abort();
	memcpy(received + received_count, bytes, count);
	received_count += count;
	received[received_count] = '\0';
	guest_room -= count;
}

static const struct console_guest guest = { room, receive, NULL };

static void begin(const char *log)
{
	received_count = 0;
	received[0] = '\0';
	guest_room = 1000;
	snprintf(folder, sizeof(folder), "%s/demo", io_run_folder());
	console = folder_take(&taken, folder) ? NULL : console_open(&taken, log, &guest);
	check(console != NULL, "a console");
	if (!console)
		exit(fixture_end());
}

static void end(void)
{
	console_close(console);
	folder_leave(&taken);
}

static void prints(const char *text)
{
	console_write(console, (const u8 *)text, strlen(text));
}

static int join(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/console", folder);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Let the server work until @fd has given @text (at its end), or all rounds are over. */
static bool gets(int fd, const char *text)
{
	static char got[4 * CONSOLE_HISTORY];
	size_t count = 0, length = strlen(text);
	int round;
	ssize_t more;

	for (round = 0; round < ROUNDS; round++) {
		loop_once(1);
		more = read(fd, got + count, sizeof(got) - 1 - count);
		if (more > 0)
			count += (size_t)more;
		if (count >= length && !memcmp(got + count - length, text, length))
			return true;
		if (!more)
			break;
		if (more < 0)
			usleep(1000);
	}
	got[count] = '\0';
	printf("# got: %.200s\n", got);
	return false;
}

/* Bytes that come until the other end has nothing more at once. */
static size_t drain(int fd)
{
	char bytes[4096];
	size_t count = 0;
	ssize_t more;
	int quiet = 0;

	while (quiet < 5) {
		loop_once(1);
		more = read(fd, bytes, sizeof(bytes));
		if (more > 0)
			count += (size_t)more;
		quiet = more > 0 ? 0 : quiet + 1;
	}
	return count;
}

static bool guest_has(const char *text)
{
	int round;

	for (round = 0; round < ROUNDS && strcmp(received, text); round++)
		loop_once(10);
	return !strcmp(received, text);
}

static void test_readers(void)
{
	int one, two, three;

	begin(NULL);
	prints("before ");
	one = join();
	check(gets(one, "before "), "history since the start");
	two = join();
	prints("after");
	check(gets(one, "after"), "what comes goes to the first");
	check(gets(two, "before after"), "  and to the second, with what was before");
	check_number(write(one, "x", 1), 1, "one types");
	check(guest_has("x"), "  and the guest reads it");
	check_number(write(two, "yz", 2), 2, "the other types");
	check(guest_has("xyz"), "  and the guest reads that");

	shutdown(two, SHUT_WR);
	prints("!");
	check(gets(two, "!"), "one that writes no more still reads");
	close(one);
	three = join();
	check(gets(three, "before after!"), "one comes when another has gone");
	close(two);
	close(three);
	end();
	check_number(join(), -1, "nobody serves after the end");
}

static void test_slow(void)
{
	char block[1001];
	int never, fast, n;

	begin(NULL);
	never = join();
	fast = join();
	memset(block, '.', 1000);
	block[1000] = '\0';
	for (n = 0; n < 1000; n++) {
		prints(block);
		loop_once(0);
		if (n % 10 == 9)
			drain(fast);
	}
	prints("end");
	check(gets(fast, "end"), "one who reads has it at once, whoever does not");
	check(gets(never, "end"), "one who reads late goes on with what is kept");
	close(never);
	never = join();
	check_number((long long)drain(never), CONSOLE_HISTORY, "the history has its bound");
	close(never);
	close(fast);
	end();
}

static void test_guest_that_reads_nothing(void)
{
	static char many[1 << 20];
	int fd, other;
	ssize_t sent = 0, more;

	begin(NULL);
	guest_room = 0;
	fd = join();
	other = join();
	while ((more = write(fd, many, sizeof(many))) > 0)
		sent += more;
	loop_once(10);
	check(sent > 0 && more < 0 && errno == EAGAIN, "its writer is held back");
	check_number((long long)received_count, 0, "  and it gets nothing");
	prints("output");
	check(gets(other, "output"), "  its output goes on");
	check(gets(fd, "output"), "  to the writer too");
	check_number(write(other, "o", 1), 1, "another writes");
	guest_room = 3;
	loop_once(100);
	check_number((long long)received_count, 3, "it gets what it can take");
	close(fd);
	close(other);
	end();
}

static void test_many(void)
{
	int fds[CONSOLE_READERS], n, late;

	begin(NULL);
	for (n = 0; n < CONSOLE_READERS; n++)
		fds[n] = join();
	for (n = 0; n < CONSOLE_READERS + 1; n++)
		loop_once(10);
	late = join();
	check(gets(late, "as many readers as it can have\n"), "one too many is told so");
	close(late);
	prints("all");
	for (n = 0; n < CONSOLE_READERS && gets(fds[n], "all"); n++)
		;
	check_number(n, CONSOLE_READERS, "the others have all");
	close(fds[3]);
	loop_once(10);
	late = join();
	check(gets(late, "all"), "one goes, one comes");
	close(late);
	for (n = 0; n < CONSOLE_READERS; n++)
		if (n != 3)
			close(fds[n]);
	end();
}

static void test_terminal(void)
{
	char name[160];
	struct stat what;
	int fd;

	begin(NULL);
	prints("login: ");
	snprintf(name, sizeof(name), "%s/tty", folder);
	fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	check(fd >= 0 && isatty(fd), "a terminal by its name");
	check(gets(fd, "login: "), "  shows what was printed");
	check_number(write(fd, "me\n", 3), 3, "  somebody types");
	check(guest_has("me\n"), "  the guest reads that and no echo");
	close(fd);
	prints("more");
	loop_once(10);
	fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	check(gets(fd, "more"), "  it is there again for the next one");
	close(fd);
	end();
	check(lstat(name, &what) < 0, "its name goes with it");
}

static void test_log(void)
{
	char text[64] = "";
	FILE *file;

	snprintf(log_name, sizeof(log_name), "%s/log", fake.sysfs_root);
	sysfs_write("log", "of before\n");
	begin(log_name);
	prints("printed\n");
	loop_once(10);
	file = fopen(log_name, "re");
	check_number((long long)fread(text, 1, sizeof(text) - 1, file), 18, "a log has all");
	fclose(file);
	check_text(text, "of before\nprinted\n", "  after what was there");
	end();
}

/* Where a file cannot grow, as on a disk that is full. */
static void test_full_log(void)
{
	struct rlimit small, before;
	int fd;

	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 4;
	signal(SIGXFSZ, SIG_IGN);
	begin(log_name);
	setrlimit(RLIMIT_FSIZE, &small);
	prints("lost\n");
	fd = join();
	check(gets(fd, "lost\n"), "readers have what a full log has not");
	setrlimit(RLIMIT_FSIZE, &before);
	prints("kept\n");
	check(gets(fd, "kept\n"), "  and go on");
	close(fd);
	loop_once(10);
	fd = open(log_name, O_RDONLY);
	check(gets(fd, "printed\nkept\n"), "  as the log does, when it can");
	close(fd);
	end();
}

static void test_refused(void)
{
	struct folder other;
	char nowhere[256];

	begin(NULL);
	check(folder_take(&other, folder), "a second program for a cell is refused");
	check(join() >= 0, "  and the first one still serves");
	check(folder_take(&other, "/proc/1/nowhere/x"), "no folder, no console");
	snprintf(nowhere, sizeof(nowhere), "%.100s/%0100d", folder, 0);
	check(folder_take(&other, nowhere), "a name that is too long");
	end();

	snprintf(nowhere, sizeof(nowhere), "%s/nowhere/log", fake.sysfs_root);
	check(!folder_take(&taken, folder), "a folder that was left is taken again");
	check(!console_open(&taken, nowhere, &guest), "a log that cannot be made");
	check_number(join(), -1, "  leaves nothing behind");
	folder_leave(&taken);
	/* as of a program that was killed */
	sysfs_write("run/demo/console", "");
	begin(NULL);
	check(join() >= 0, "a socket that is left over is replaced");
	end();
}

/* The command in a child; what it has as input and output is in @in and @out. */
static pid_t run(int in, int out, const char *option)
{
	char words[][160] = { "jailhouse", "console", "demo", "" };
	char *argv[] = { words[0], words[1], words[2], option ? words[3] : NULL, NULL };
	pid_t child;

	snprintf(words[3], sizeof(words[3]), "%s", option ? option : "");
	fflush(stdout);
	child = fork();
	if (child < 0)
		abort();
	if (child)
		return child;
	if (in == out && isatty(in)) {
		login_tty(in);
	} else {
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
	}
	close_range(3, ~0U, 0);
	_exit(tool_main(option ? 4 : 3, argv));
}

/* Exit status of the child while the server works, -1 if it does not end. */
static int ends(pid_t child)
{
	int status, round;

	for (round = 0; round < ROUNDS; round++) {
		loop_once(10);
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return -1;
}

/* What is in the file of --log when a reader has gone. */
static const char *read_log(void)
{
	static char text[256];
	FILE *file = fopen(log_name, "re");
	size_t count = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[count] = '\0';
	if (file)
		fclose(file);
	return text;
}

/* A reader with a log, in pipes, until it has @last; what is there then. */
static void log_until(const char *last)
{
	char option[160];
	int out[2];
	pid_t child;

	snprintf(option, sizeof(option), "--log=%s", log_name);
	if (pipe(out))
		abort();
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	child = run(out[1], out[1], option);
	close(out[1]);
	check(gets(out[0], last), "a reader with a log");
	kill(child, SIGTERM);
	check_number(ends(child), 0, "  is ended");
	close(out[0]);
}

static void test_command_log(void)
{
	snprintf(log_name, sizeof(log_name), "%s/log", fake.sysfs_root);
	sysfs_write("log", "of before\n");
	begin(NULL);
	prints("one\n");
	log_until("one\n");
	check_text(read_log(), "of before\none\n", "  what was kept is at the end of the file");
	prints("two\n");
	log_until("two\n");
	check_text(read_log(), "of before\none\ntwo\n", "  and only what is new from another one");
	end();
	begin(NULL);
	prints("two\nthree\n");
	log_until("three\n");
	check_text(read_log(), "of before\none\ntwo\nthree\n", "  which finds the longest part");
	end();
	begin(NULL);
	prints("four\n");
	log_until("four\n");
	check_text(read_log(), "of before\none\ntwo\nthree\nfour\n", "  all is new");
	end();
}

/* jailhouse cell shutdown, while this process serves; what it says is in @said. */
static int shuts_down(const char *option, const char **said)
{
	static char text[1024];
	char words[][16] = { "jailhouse", "cell", "shutdown", "demo", "" };
	char *argv[] = { words[0], words[1], words[2], words[3], option ? words[4] : NULL, NULL };
	int ends_of[2], status;
	ssize_t count;
	pid_t child;

	snprintf(words[4], sizeof(words[4]), "%s", option ? option : "");
	fflush(stdout);
	if (pipe(ends_of) || (child = fork()) < 0)
		abort();
	if (!child) {
		dup2(ends_of[1], STDERR_FILENO);
		close_range(3, ~0U, 0);
		_exit(tool_main(option ? 5 : 4, argv));
	}
	close(ends_of[1]);
	status = ends(child);
	count = read(ends_of[0], text, sizeof(text) - 1);
	close(ends_of[0]);
	text[count > 0 ? count : 0] = '\0';
	*said = text;
	return status;
}

static void no_interrupt(struct window *window, unsigned int intid, bool level)
{
	(void)window;
	(void)intid;
	(void)level;
}

static void test_power_key(void)
{
	static struct window window = { .interrupt = no_interrupt };
	static struct pl061 gpio;
	struct window_access enable = {
		.address = 0x1410, .value = 1, .size = 4, .is_write = true
	};
	const char *said;
	struct power_key key;
	char name[160];

	snprintf(name, sizeof(name), "%s/power", folder);
	check_number(shuts_down(NULL, &said), 0, "a cell without a key is not waited for");
	check_text(said, "", "  and nothing is said");
	check(!folder_take(&taken, folder), "a folder");
	pl061_init(&gpio, &window, 0x1000, 40);
	check(!power_key_open(&key, &taken, &gpio) && !access(name, F_OK), "a power key");
	check_number(shuts_down(NULL, &said), 0, "  that no driver listens to is not waited for");
	check_contains(said, "\"demo\" has no driver for its power key yet: it is not asked\n",
		       "  as is said");
	window_access(&window, &enable);
	check_number(shuts_down("--force", &said), 0, "--force does not press it");
	check(!gpio.input && !*said, "  and says nothing");
	check_number(shuts_down(NULL, &said), 1, "it is pressed: nobody shuts down");
	check_number(gpio.input, 1, "  although it is");
	check_contains(said, "\"demo\" has not shut down yet, its power key was pressed, it is waited "
		       "for: Ctrl-C ends that, 'jailhouse cell shutdown --force demo' does not ask\n",
		       "  that it is waited for is said");
	check_contains(said, "\"demo\" has not shut down in 90 s after its power key was pressed: ",
		       "  and the end of that");
	sysfs_write("cells/1/state", "shut down\n");
	gpio.input = 0;
	check_number(shuts_down(NULL, &said), 0, "a cell that does not run");
	check_number(gpio.input, 0, "  is left alone");
	sysfs_write("cells/1/state", "running\n");
	power_key_close(&key);
	folder_leave(&taken);
	check(access(name, F_OK), "the socket goes with the program");
}

static bool is_raw(int fd)
{
	struct termios settings;

	return !tcgetattr(fd, &settings) && !(settings.c_lflag & (ICANON | ECHO | ISIG));
}

static void test_command_on_terminal(void)
{
	int master, slave, n;
	pid_t child;

	begin(NULL);
	prints("boot\r\n");
	if (openpty(&master, &slave, NULL, NULL, NULL))
		abort();
	fcntl(master, F_SETFL, O_NONBLOCK);
	child = run(slave, slave, NULL);
	check(gets(master, "boot\r\n"), "the command shows the history");
	for (n = 0; n < ROUNDS && !is_raw(slave); n++)
		usleep(1000);
	check(is_raw(slave), "  keys are the guest's, Ctrl-C too");
	check_number(write(master, "ls\r\003", 4), 4, "  keys are pressed");
	check(guest_has("ls\r\003"), "  and come to the guest");
	guest_room = 0;
	for (n = 0; n < 4096; n++)
		if (write(master, "0123456789abcdef", 16) < 0)
			loop_once(1);
	usleep(100000);
	check_number(write(master, "\035", 1), 1, "  the detach key, while the guest reads nothing");
	check_number(ends(child), 0, "  ends it");
	check(!is_raw(slave), "  and the terminal is as it was");

	child = run(slave, slave, "--read-only");
	check(gets(master, "boot\r\r\n"), "--read-only shows the same");
	guest_room = 1000;
	received_count = 0;
	received[0] = '\0';
	check_number(write(master, "no", 2), 2, "  somebody types");
	check(!is_raw(slave), "  in a terminal that is as it was");
	check_number(write(master, "\003", 1), 1, "  and interrupts");
	check_number(ends(child), 0, "  which ends it");
	check_text(received, "", "  without a byte for the guest");
	close(master);
	close(slave);
	end();
}

static void test_command_in_pipes(void)
{
	int in[2], out[2];
	pid_t child;

	begin(NULL);
	prints("$ ");
	if (pipe(in) || pipe(out))
		abort();
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	check_number(write(in[1], "date\n\035\n", 7), 7, "a script's input");
	close(in[1]);
	child = run(in[0], out[1], NULL);
	close(out[1]);
	check(gets(out[0], "$ "), "  its output");
	check(guest_has("date\n\035\n"), "  all bytes are the guest's");
	prints("today\n");
	check(gets(out[0], "today\n"), "  it goes on after its input has ended");
	end();
	check_number(ends(child), 0, "  until the console ends");
	close(in[0]);
	close(out[0]);
}

int main(void)
{
	/* what the server says on the standard error output comes between whole lines */
	setlinebuf(stdout);
	signal(SIGPIPE, SIG_IGN);
	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "1", "");
	test_readers();
	test_slow();
	test_guest_that_reads_nothing();
	test_many();
	test_terminal();
	test_log();
	test_full_log();
	test_refused();
	test_command_on_terminal();
	test_command_in_pipes();
	test_command_log();
	test_power_key();
	return fixture_end();
}
