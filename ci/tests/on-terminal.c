// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * on-terminal COMMAND...: runs it on a terminal of its own. What comes on the standard input is typed there, what it
 * says there goes to the standard output; its exit status is the command's.
 */

#include <err.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* a test is never left with one */
#define SECONDS	400

/* Until one of them ends: for a terminal that is when nobody has it open. */
static void copy(int from, int to)
{
	char bytes[4096];
	ssize_t count;

	while ((count = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)count) != count)
			break;
}

int main(int argc, char **argv)
{
	pid_t command, typist;
	int terminal, status;

	if (argc < 2)
		errx(2, "which command?");
	command = forkpty(&terminal, NULL, NULL, NULL);
	if (command < 0)
		err(1, "forkpty");
	alarm(SECONDS);
	if (!command) {
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	typist = fork();
	if (!typist) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		copy(STDIN_FILENO, terminal);
		_exit(0);
	}
	copy(terminal, STDOUT_FILENO);
	if (waitpid(command, &status, 0) != command || !WIFEXITED(status))
		errx(1, "%s has not ended by itself", argv[1]);
	return WEXITSTATUS(status);
}
