/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/pl061.h"
#include "devices/power_key.h"

static short wants(struct loop_watch *watch)
{
	(void)watch;
	return POLLIN;
}

static void somebody_presses(struct loop_watch *watch, short events)
{
	struct power_key *key = (struct power_key *)watch;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	char answer;

	(void)events;
	if (fd < 0)
		return;
	answer = pl061_press(key->gpio) ? POWER_KEY_PRESSED : POWER_KEY_UNHEARD;
	/* a new socket has room for this */
	if (write(fd, &answer, 1) < 0)
		warn("who has pressed the power key is gone");
	close(fd);
}

int power_key_open(struct power_key *key, const struct folder *folder, struct pl061 *gpio)
{
	key->gpio = gpio;
	key->folder = folder;
	key->watch = (struct loop_watch){
		folder_listen(folder, POWER_KEY_FILE, 4), wants, somebody_presses
	};
	return key->watch.fd < 0 ? -1 : loop_add(&key->watch);
}

void power_key_close(struct power_key *key)
{
	char path[PATH_MAX];

	unlink(folder_path(key->folder, POWER_KEY_FILE, path));
	loop_remove(&key->watch);
	close(key->watch.fd);
}
