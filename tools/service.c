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
		if (libcell_peer_offers(&service->device.link, peer,
					LIBCELL_CHANNEL_SERVICE))
			return libcell_client_open(&service->client,
						   &service->device.link, peer);
		libcell_wait(&service->device.link, seen, ANSWER_US / 100);
	} while (io_now() < end);
	libcell_close(&service->device);
	return -ENOTCONN;
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
			if (!strcmp(links[i].peers[n].cell, cell) &&
			    (links[i].peers[n].state || link)) {
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
	case -EBUSY:
		return refused("another program of Linux uses the link");
	default:
		return refused("cannot use the link: %s", strerror(-result));
	}
}
