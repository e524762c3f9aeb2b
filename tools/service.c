/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "links.h"
#include "message.h"
#include "service.h"

#define ANSWER_US	2000000

/* Opens this link and looks whether its peer offers the service. */
static int try_link(struct service *service, const char *name, u32 peer)
{
	u64 end = io_now() + ANSWER_US / 10;
	u32 seen;
	int ret;

	ret = libcell_open(&service->device, name);
	if (ret)
		return ret;
	do {
		seen = libcell_events(&service->device.link);
		ret = libcell_find_peer(&service->device.link, peer,
					LIBCELL_CHANNEL_SERVICE);
		if (ret == -ENOTCONN)
			libcell_wait(&service->device.link, seen, ANSWER_US / 100);
	} while (ret == -ENOTCONN && io_now() < end);
	if (!ret)
		ret = libcell_client_open(&service->client,
					  &service->device.link, peer);
	if (ret)
		libcell_close(&service->device);
	return ret;
}

/* Could a program in the cell be there? What cannot be seen is tried. */
static bool may_answer(const struct link_peer *peer, const char *cell)
{
	return !strcmp(peer->cell, cell) && (!peer->has_state || peer->state);
}

int service_connect(struct service *service, const char *cell, const char *link)
{
	int ret, result = -ENODEV;
	struct link *links;
	size_t count, i;
	unsigned int n;

	ret = links_read(&links, &count);
	if (ret)
		return ret;
	for (i = 0; i < count && result; i++) {
		if (!links[i].uio[0] ||
		    (link && strcmp(link, links[i].name)))
			continue;
		for (n = 0; n < links[i].max_peers && result; n++)
			if (may_answer(&links[i].peers[n], cell)) {
				ret = try_link(service, links[i].name, n);
				/* that one is busy says more than this */
				if (result != -EBUSY)
					result = ret;
			}
	}
	free(links);
	switch (result) {
	case 0:
		return EXIT_DONE;
	case -ENODEV:
		return refused("there is no link with a program in cell \"%s\" "
			       "that uio_ivshmem has; see jailhouse shmem list",
			       cell);
	case -ENOTCONN:
		return refused("the program in cell \"%s\" does not offer the "
			       "service of libcell", cell);
	case -EPROTONOSUPPORT:
		return refused("the program in cell \"%s\" has another version "
			       "of libcell's protocol; build it anew", cell);
	case -EBUSY:
		return refused("another program of Linux uses the link");
	default:
		return refused("cannot use the link: %s", strerror(-result));
	}
}
