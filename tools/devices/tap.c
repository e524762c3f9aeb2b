/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "devices/tap.h"

#define TUN		"/dev/net/tun"
/* more than wait in an interface, unless root has made its queue longer */
#define WAITING		1000

/* Whatever another program has left there. */
static int set_up(int fd, const struct ifreq *request, bool headers)
{
	int size = sizeof(struct virtio_net_hdr_v1);

	if (ioctl(fd, TUNSETIFF, request))
		return -1;
	/* that it can do all of them, too */
	if (headers && (ioctl(fd, TUNSETVNETHDRSZ, &size) || tap_offload(fd, TAP_FEATURES)))
		return -1;
	return tap_offload(fd, 0);
}

int tap_open(const char *name, bool headers)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd;

	if (!*name || strlen(name) >= IFNAMSIZ || strpbrk(name, "/%")) {
		warnx("no interface can have the name '%s': 1 to %d characters, no / and no %%",
		      name, IFNAMSIZ - 1);
		return -1;
	}
	memcpy(request.ifr_name, name, strlen(name) + 1);
	if (headers)
		request.ifr_flags |= IFF_VNET_HDR;
	fd = open(TUN, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		warn("cannot open " TUN " for the tap interface %s; is the module tun loaded?",
		     name);
		return -1;
	}
	if (!set_up(fd, &request, headers))
		return fd;
	warn("cannot have the tap interface %s; is it another program's, or no tap?", name);
	close(fd);
	return -1;
}

int tap_offload(int tap, u64 features)
{
	unsigned long flags = 0;

	if (features & 1ULL << VIRTIO_NET_F_GUEST_CSUM)
		flags |= TUN_F_CSUM;
	if (features & 1ULL << VIRTIO_NET_F_GUEST_TSO4)
		flags |= TUN_F_TSO4;
	if (features & 1ULL << VIRTIO_NET_F_GUEST_TSO6)
		flags |= TUN_F_TSO6;
	return ioctl(tap, TUNSETOFFLOAD, flags);
}

void tap_set_carrier(int tap, bool carrier)
{
	int value = carrier;

	ioctl(tap, TUNSETCARRIER, &value);
}

void tap_drain(int tap)
{
	struct virtio_net_hdr_v1 header;
	int n;

	/* less than that would be an error */
	for (n = 0; n < WAITING && read(tap, &header, sizeof(header)) > 0; n++)
		;
}
