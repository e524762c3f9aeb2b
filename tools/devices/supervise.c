/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "devices/messages.h"
#include "devices/supervise.h"

/* When it was ended, the last times. */
struct deaths {
	time_t at[SUPERVISE_DEATHS];
	unsigned int count;
};

void *supervise_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	warn("no memory for devices");
	return NULL;
}

/* fork(), but for the table of file descriptors. */
static pid_t start(int (*serve)(void *owner), void *owner)
{
	pid_t server = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!server)
		_exit(serve(owner));
	if (server < 0)
		warn("cannot start a process for the devices");
	return server;
}

/* How it ended; *@told: it was asked to. */
static int end_of(pid_t server, const sigset_t *signals, struct messages *messages, bool *told)
{
	int number, status;

	while ((number = sigwaitinfo(signals, NULL)) != SIGCHLD ||
	       waitpid(server, &status, WNOHANG) != server) {
		messages_pass_on(messages);
		if (number != SIGINT && number != SIGTERM)
			continue;
		kill(server, SIGTERM);
		*told = true;
	}
	messages_pass_on(messages);
	return status;
}

static bool too_often(struct deaths *deaths)
{
	time_t *oldest = &deaths->at[deaths->count % SUPERVISE_DEATHS];
	bool often = deaths->count >= SUPERVISE_DEATHS;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	often = often && now.tv_sec - *oldest < SUPERVISE_SECONDS;
	*oldest = now.tv_sec;
	deaths->count++;
	return often;
}

int supervise(const char *name, int messages, int (*serve)(void *owner), void *owner)
{
	struct deaths deaths = { .count = 0 };
	struct messages said;
	bool told = false;
	sigset_t signals;
	pid_t server;
	int status;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGIO);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	messages_begin(&said, messages, name);
	/* not to where messages come from */
	openlog(NULL, LOG_PID | (messages < 0 ? LOG_PERROR : 0), LOG_DAEMON);
	while ((server = start(serve, owner)) > 0) {
		status = end_of(server, &signals, &said, &told);
		if (told || WIFEXITED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		if (too_often(&deaths)) {
			syslog(LOG_ERR, "the devices of cell %s were ended by signal %d, more than "
			       "%d times in %d s: they are gone until they are started anew",
			       name, WTERMSIG(status), SUPERVISE_DEATHS, SUPERVISE_SECONDS);
			return 1;
		}
		syslog(LOG_WARNING, "the devices of cell %s were ended by signal %d (%s), and go on",
		       name, WTERMSIG(status), strsignal(WTERMSIG(status)));
	}
	return 1;
}
