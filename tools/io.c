/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "io.h"

static volatile sig_atomic_t stopped;
static bool single_keys;
static struct termios saved_termios;
static sigset_t unblocked;
static const sigset_t *wait_mask;	/* of io_wait(), NULL: as it is */

int io_device_open(void)
{
	int fd = open("/dev/jailhouse", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int io_device_ioctl(int fd, unsigned long request, void *arg)
{
	int result = ioctl(fd, request, arg);

	return result < 0 ? -errno : result;
}

ssize_t io_device_read(int fd, void *buffer, size_t size)
{
	ssize_t count = read(fd, buffer, size);

	return count < 0 ? -errno : count;
}

void io_device_close(int fd)
{
	close(fd);
}

const char *io_sysfs_root(void)
{
	return "/sys/devices/jailhouse";
}

const char *io_run_folder(void)
{
	return "/run/jailhouse";
}

const char *io_sys_root(void)
{
	return "/sys";
}

const char *io_proc_root(void)
{
	return "/proc";
}

const char *io_firmware_folder(void)
{
	return "/lib/firmware";
}

void io_kernel_log(char *text, size_t size)
{
	const int read_all = 3;		/* SYSLOG_ACTION_READ_ALL */
	int length = klogctl(read_all, text, (int)size - 1);

	text[length > 0 ? length : 0] = '\0';
}

int io_link_states(const char *uio, u32 *states, unsigned int count)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	volatile u32 *table;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", uio);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* map 1 of uio_ivshmem */
	table = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)page);
	close(fd);
	if (table == MAP_FAILED)
		return -errno;
	while (count--)
		states[count] = table[count];
	munmap((void *)table, page);
	return 0;
}

u64 io_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
}

u64 io_count(void)
{
#ifdef __aarch64__
	u64 count;

	/* not before what was done before */
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r" (count) : : "memory");
	return count;
#else
	return io_now();
#endif
}

static bool stop_key_pressed(void)
{
	char key;

	return read(STDIN_FILENO, &key, 1) == 1 && (key == 'q' || key == 'Q');
}

bool io_wait(unsigned int milliseconds)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	u64 end = io_now() + (u64)milliseconds * 1000;
	struct timespec timeout;
	u64 now;
	int ready;

	while (!stopped && (now = io_now()) < end) {
		timeout.tv_sec = (time_t)((end - now) / 1000000);
		timeout.tv_nsec = (long)((end - now) % 1000000 * 1000);
		/* signals come here and nowhere else: none is overlooked */
		ready = ppoll(&keys, single_keys ? 1 : 0, &timeout, wait_mask);
		if (ready > 0 && (stop_key_pressed() ||
				  !(keys.revents & POLLIN)))
			return false;
	}
	return !stopped;
}

/* Not by a signal here: that would end the request that goes on. */
int io_later(unsigned int milliseconds, void (*call)(const void *), const void *argument)
{
	pid_t parent = getpid(), child;

	fflush(NULL);
	child = fork();
	if (child)
		return child < 0 ? 0 : child;
	/* whoever ends the command ends this too */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	usleep(milliseconds * 1000);
	if (getppid() == parent)
		call(argument);
	_exit(0);
}

void io_not_later(int later)
{
	kill(later, SIGKILL);
	waitpid(later, NULL, 0);
}

bool io_addr2line(const char *elf, const char *address)
{
	static const char *const programs[] = { "aarch64-linux-gnu-addr2line", "addr2line" };
	pid_t child = fork();
	int status;

	if (!child) {
		for (size_t n = 0; n < sizeof(programs) / sizeof(programs[0]); n++)
			execlp(programs[n], programs[n], "-fpe", elf, address, (char *)NULL);
		_exit(1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

bool io_is_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

unsigned int io_terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

void io_terminal_begin(void)
{
	struct sigaction action = { .sa_handler = stop };
	struct termios raw;

	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &unblocked);
	wait_mask = &unblocked;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);

	if (tcgetattr(STDIN_FILENO, &saved_termios) < 0)
		return;
	raw = saved_termios;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	single_keys = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void io_terminal_end(void)
{
	if (single_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved_termios);
	single_keys = false;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
	wait_mask = NULL;
}
