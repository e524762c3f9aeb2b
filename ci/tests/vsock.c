// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * vsock CID PORT: connects; vsock listen PORT: waits for one who does. What comes on the standard input goes to the
 * other end, and what that sends to the standard output, until both have ended.
 */

#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

/* a test is never left with one */
#define SECONDS	100

static int make(const char *who, struct sockaddr_vm *address)
{
	int s = socket(AF_VSOCK, SOCK_STREAM, 0), one;

	if (s < 0)
		err(1, "socket");
	if (strcmp(who, "listen")) {
		address->svm_cid = (unsigned int)strtoul(who, NULL, 0);
		if (connect(s, (struct sockaddr *)address, sizeof(*address)))
			err(1, "connect");
		return s;
	}
	address->svm_cid = VMADDR_CID_ANY;
	if (bind(s, (struct sockaddr *)address, sizeof(*address)) || listen(s, 1))
		err(1, "listen");
	one = accept(s, NULL, NULL);
	if (one < 0)
		err(1, "accept");
	return one;
}

/* All that there is. */
static void move(int from, int to)
{
	char bytes[65536];
	ssize_t size, done, n;

	while ((size = read(from, bytes, sizeof(bytes))) > 0) {
		for (done = 0; done < size; done += n) {
			n = write(to, bytes + done, (size_t)(size - done));
			if (n < 0)
				err(1, "write");
		}
	}
	if (size < 0)
		err(1, "read");
}

int main(int argc, char **argv)
{
	struct sockaddr_vm address = { .svm_family = AF_VSOCK };
	pid_t sender;
	int s, status;

	if (argc != 3)
		errx(2, "usage: vsock {CID|listen} PORT");
	alarm(SECONDS);
	address.svm_port = (unsigned int)strtoul(argv[2], NULL, 0);
	s = make(argv[1], &address);
	/* neither way waits for the other one */
	sender = fork();
	if (sender < 0)
		err(1, "fork");
	if (!sender) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		move(STDIN_FILENO, s);
		shutdown(s, SHUT_WR);
		return 0;
	}
	move(s, STDOUT_FILENO);
	return waitpid(sender, &status, 0) != sender || status;
}
