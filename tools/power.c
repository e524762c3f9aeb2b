/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cell_id.h"
#include "devices/power_key.h"
#include "io.h"
#include "message.h"
#include "power.h"

#define ANSWER_MS	1000
#define LOOK_MS		200
#define PATIENCE_MS	1000

/* The key's socket, or -1: there is none, or nobody serves it any more. */
static int find_key(const char *cell)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, length;

	length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s/" POWER_KEY_FILE,
			  io_run_folder(), cell);
	if (strchr(cell, '/') || (size_t)length >= sizeof(address.sun_path))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What it says, or 0: nothing. */
static char answer(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte = 0;

	if (poll(&wait, 1, ANSWER_MS) > 0 && read(fd, &byte, 1) != 1)
		byte = 0;
	return byte;
}

static bool runs(const struct jailhouse_cell_id *id, struct sysfs_cell *cell)
{
	bool found;

	return !cell_id_look(id, cell, &found) && found && sysfs_cell_runs(cell);
}

static int wait_off(const struct jailhouse_cell_id *id, struct sysfs_cell *cell)
{
	unsigned int waited;

	for (waited = 0; waited < POWER_SECONDS * 1000; waited += LOOK_MS) {
		if (waited == PATIENCE_MS)
			notice("cell \"%s\" has not shut down yet, its power key was pressed, it is "
			       "waited for: Ctrl-C ends that, 'jailhouse cell shutdown --force "
			       "%s' does not ask", cell->name, cell->name);
		if (!io_wait(LOOK_MS))
			return refused("interrupted by a signal; the power key was pressed");
		if (!runs(id, cell))
			return EXIT_DONE;
	}
	return refused("cell \"%s\" has not shut down in %u s after its power key was pressed: "
		       "does a program there react to the key, as systemd-logind or acpid? "
		       "'jailhouse cell shutdown --force %s' does not ask",
		       cell->name, POWER_SECONDS, cell->name);
}

int power_off(const struct jailhouse_cell_id *id)
{
	struct sysfs_cell cell;
	char said;
	int fd;

	if (!runs(id, &cell))
		return EXIT_DONE;
	fd = find_key(cell.name);
	if (fd < 0)
		return EXIT_DONE;
	said = answer(fd);
	close(fd);
	if (said == POWER_KEY_PRESSED)
		return wait_off(id, &cell);
	if (said == POWER_KEY_UNHEARD) {
		notice("cell \"%s\" has no driver for its power key yet: it is not asked",
		       cell.name);
		return EXIT_DONE;
	}
	return refused("cell \"%s\" has a power key, but its cell-devices does not answer: 'jailhouse "
		       "cell shutdown --force %s' does not ask", cell.name, cell.name);
}
