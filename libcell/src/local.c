// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Links within one Linux: memory and events that a hub (hub.c) gives to those who
 * join by its socket. Sections are files of their own, so that a program can write
 * its own only. The hub alone writes states; a program tells its own by the socket,
 * and is gone when that is closed.
 */

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "linux.h"
#include "port.h"

static void doorbell(struct libcell_link *link, u32 peer)
{
	const u64 one = 1;

	/* a bell that rings already is heard */
	if (peer < link->max_peers && write(device_of(link)->bells[peer], &one, sizeof(one)) < 0)
		return;
}

static void set_state(struct libcell_link *link, u32 state)
{
	/* if the hub has gone, nobody is there to know */
	if (send(device_of(link)->socket, &state, sizeof(state), MSG_NOSIGNAL) < 0)
		return;
}

static const struct libcell_ops ops = {
	.doorbell = doorbell,
	.set_state = set_state,
	.events = device_events,
	.wait = device_wait,
	.now_us = device_now_us,
};

/* Nobody is there any more. */
static void hub_gone(struct libcell_device *device)
{
	struct libcell_mapping *states = &device->maps[STATE_TABLE];

	if (mmap(states->at, states->size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		perror("libcell: local link");
}

int local_take(struct libcell_device *device)
{
	char byte;
	u64 count;

	if (read(device->bells[device->link.id], &count, sizeof(count)) == sizeof(count))
		return 0;
	if (device->socket >= 0 && !recv(device->socket, &byte, 1, MSG_DONTWAIT)) {
		hub_gone(device);
		return -ENODEV;
	}
	return 0;
}

static void *map(struct libcell_device *device, int which, size_t size, int protection, int fd)
{
	void *at = mmap(NULL, size, protection, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
			fd, 0);

	if (at == MAP_FAILED)
		return NULL;
	device->maps[which] = (struct libcell_mapping){ .at = at, .size = size };
	return at;
}

int local_map(struct libcell_device *device, const struct local_files *files, u32 id,
	      u32 output_size)
{
	u8 *outputs = map(device, OUTPUT_SECTIONS, (size_t)LIBCELL_LOCAL_PEERS * output_size,
			  PROT_NONE, -1);
	struct epoll_event event = { .events = EPOLLIN };
	u32 n;

	for (n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		device->bells[n] = files->bells[n];
	if (!outputs ||
	    !map(device, STATE_TABLE, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, files->states) ||
	    !map(device, OWN_OUTPUT, output_size, PROT_READ | PROT_WRITE, files->sections[id]))
		return -errno;
	for (n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		if (mmap(outputs + (size_t)n * output_size, output_size, PROT_READ,
			 MAP_SHARED | MAP_FIXED, files->sections[n], 0) == MAP_FAILED)
			return -errno;
	device->fd = epoll_create1(EPOLL_CLOEXEC);
	if (device->fd < 0 ||
	    epoll_ctl(device->fd, EPOLL_CTL_ADD, device->bells[id], &event) ||
	    (device->socket >= 0 &&
	     epoll_ctl(device->fd, EPOLL_CTL_ADD, device->socket, &event)))
		return -errno;
	device->link = (struct libcell_link){
		.ops = &ops, .id = id, .max_peers = LIBCELL_LOCAL_PEERS,
		.states = device->maps[STATE_TABLE].at,
		.output = device->maps[OWN_OUTPUT].at,
		.outputs = outputs, .output_size = output_size,
	};
	return 0;
}

static int connect_to(const char *path)
{
	const struct timeval patience = { .tv_sec = 5 };	/* with a hub that hangs */
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address))) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

void local_close_files(const struct local_files *files)
{
	close(files->states);
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		close(files->sections[n]);
}

static int receive_welcome(int socket, struct local_welcome *welcome, struct local_files *files)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(*files))];
	} control;
	struct iovec part = { .iov_base = welcome, .iov_len = sizeof(*welcome) };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (length < 0)
		return -errno;
	if (length != sizeof(*welcome) || welcome->version != LOCAL_VERSION)
		return -EPROTONOSUPPORT;
	if (welcome->id >= LIBCELL_LOCAL_PEERS)
		return -EBUSY;
	if (!header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(*files)))
		return -EPROTO;
	memcpy(files, CMSG_DATA(header), sizeof(*files));
	return 0;
}

int local_open(struct libcell_device *device, const char *path)
{
	struct local_welcome welcome;
	struct local_files files;
	int ret;

	device->socket = connect_to(path);
	if (device->socket < 0)
		return device->socket;
	ret = receive_welcome(device->socket, &welcome, &files);
	if (ret) {
		close(device->socket);
		return ret;
	}
	ret = local_map(device, &files, welcome.id, welcome.output_size);
	local_close_files(&files);
	if (!ret)
		ret = libcell_attach(&device->link);
	if (ret)
		local_close(device);
	return ret;
}

void local_close(struct libcell_device *device)
{
	device_unmap(device);
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		close(device->bells[n]);
	close(device->fd);
	close(device->socket);
}
