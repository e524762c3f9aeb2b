/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <uapi/jailhouse.h>

#include "device.h"
#include "io.h"
#include "message.h"
#include "waiting.h"

int device_open(void)
{
	int fd = io_device_open();

	if (fd >= 0)
		return fd;
	if (fd == -ENOENT || fd == -ENXIO || fd == -ENODEV)
		refused("the driver is not loaded (no /dev/jailhouse); "
			"load jailhouse.ko first");
	else if (fd == -EACCES || fd == -EPERM)
		refused("no permission to use /dev/jailhouse; are you root?");
	else
		refused("cannot open /dev/jailhouse: %s", strerror(-fd));
	return -1;
}

/* Empty: there is none. */
static void get_reason(int fd, struct jailhouse_error *reason)
{
	reason->text[0] = '\0';
	if (io_device_ioctl(fd, JAILHOUSE_GET_ERROR, reason) < 0)
		return;
	reason->text[sizeof(reason->text) - 1] = '\0';
	reason->text[strcspn(reason->text, "\n")] = '\0';
}

bool device_try_elsewhere(int fd, int answer, struct device_reasons *reasons)
{
	struct jailhouse_error *last = &reasons->list[reasons->count];
	unsigned int n;

	if ((answer != -EBUSY && answer != -ENOMEM) || reasons->count == DEVICE_REASONS)
		return false;
	get_reason(fd, last);
	for (n = 0; last->text[0] && n < reasons->count; n++)
		if (!strcmp(reasons->list[n].text, last->text))
			return false;
	reasons->count++;
	return true;
}

void device_reason(int fd, int error, char *text, size_t size)
{
	struct jailhouse_error reason;

	get_reason(fd, &reason);
	if (reason.text[0])
		snprintf(text, size, "%s", reason.text);
	else if (error == EINTR)
		snprintf(text, size, "interrupted by a signal");
	else if (error == ENOTTY)
		snprintf(text, size, "the driver does not know this request; "
			 "is it of another version?");
	else
		snprintf(text, size, "%s", strerror(error));
}

int device_refused(int fd, int error)
{
	char reason[sizeof(struct jailhouse_error)];

	device_reason(fd, error, reason, sizeof(reason));
	return refused("%s", reason);
}

int device_request(unsigned long request, void *arg)
{
	int exit_code = EXIT_DONE;
	int waiting, fd, ret;

	ret = waiting_power_off(request, arg);
	if (ret)
		return ret;
	fd = device_open();
	if (fd < 0)
		return EXIT_REFUSED;

	waiting = waiting_begin(request, arg);
	ret = io_device_ioctl(fd, request, arg);
	waiting_end(waiting);
	if (ret < 0)
		exit_code = device_refused(fd, -ret);
	io_device_close(fd);
	return exit_code;
}
