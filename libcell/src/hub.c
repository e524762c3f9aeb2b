// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The one who makes a local link and hands it out: see local.c. */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <libcell/hub.h>

#include "linux.h"
#include "port.h"

#define NOBODY		LIBCELL_LOCAL_PEERS

static void ring_all(struct libcell_hub *hub)
{
	struct libcell_link *link = &hub->device.link;

	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		if (n == link->id || hub->sockets[n] >= 0)
			link->ops->doorbell(link, n);
}

static void write_state(struct libcell_hub *hub, u32 peer, u32 state)
{
	store_release(&hub->states[peer], state);
	ring_all(hub);
}

static int watch(const struct libcell_hub *hub, int fd, u32 who)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = who };

	return epoll_ctl(hub->fd, EPOLL_CTL_ADD, fd, &event);
}

/* Another's section is a file that cannot be opened for writing. */
static int read_only(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int files_for(const struct libcell_hub *hub, u32 id, struct local_files *files)
{
	int error = 0;

	files->states = read_only(hub->states_file);
	error |= files->states < 0;
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++) {
		files->sections[n] = n == id ? fcntl(hub->sections[n], F_DUPFD_CLOEXEC, 0) :
					       read_only(hub->sections[n]);
		files->bells[n] = hub->device.bells[n];
		error |= files->sections[n] < 0;
	}
	return error ? -EMFILE : 0;
}

static int welcome(int fd, u32 id, u32 output_size, const struct local_files *files)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(*files))];
	} control = { .bytes = "" };
	struct local_welcome text = {
		.version = LOCAL_VERSION, .id = id, .output_size = output_size,
	};
	struct iovec part = { .iov_base = &text, .iov_len = sizeof(text) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (files) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(*files)),
		};
		memcpy(CMSG_DATA(&control.header), files, sizeof(*files));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void join(struct libcell_hub *hub)
{
	int fd = accept4(hub->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct local_files files;
	u32 id = 1;
	int ret;

	if (fd < 0)
		return;
	while (id < LIBCELL_LOCAL_PEERS && hub->sockets[id] >= 0)
		id++;
	if (id == LIBCELL_LOCAL_PEERS) {
		welcome(fd, NOBODY, 0, NULL);
		close(fd);
		return;
	}
	ret = files_for(hub, id, &files);
	if (!ret)
		ret = welcome(fd, id, (u32)hub->device.link.output_size, &files);
	local_close_files(&files);
	if (ret || watch(hub, fd, id)) {
		close(fd);
		return;
	}
	hub->sockets[id] = fd;
}

/* What a program says of its state; or it has gone. */
static void heard(struct libcell_hub *hub, u32 peer)
{
	ssize_t length;
	u32 state;

	for (;;) {
		length = recv(hub->sockets[peer], &state, sizeof(state), MSG_DONTWAIT);
		if (length == sizeof(state))
			write_state(hub, peer, state);
		else
			break;
	}
	if (length < 0 && errno == EAGAIN)
		return;
	close(hub->sockets[peer]);
	hub->sockets[peer] = -1;
	write_state(hub, peer, IVSHMEM_STATE_RESET);
}

void libcell_hub_poll(struct libcell_hub *hub)
{
	struct epoll_event events[LIBCELL_LOCAL_PEERS];
	int count = epoll_wait(hub->fd, events, LIBCELL_LOCAL_PEERS, 0);

	for (int n = 0; n < count; n++) {
		u32 who = events[n].data.u32;

		if (who == NOBODY)
			join(hub);
		else if (hub->sockets[who] >= 0)
			heard(hub, who);
	}
}

/* Opening */

static void set_state(struct libcell_link *link, u32 state)
{
	write_state((struct libcell_hub *)link, link->id, state);
}

/* Of this size for good: if a program made its own smaller, who reads it would die. */
static int make_file(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (ftruncate(fd, (off_t)size) ||
			fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int make_memory(struct libcell_hub *hub, u32 output_size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int error = 0;

	hub->states_file = make_file("libcell-states", page);
	error |= hub->states_file;
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++) {
		hub->sections[n] = make_file("libcell-section", output_size);
		error |= hub->sections[n];
		hub->device.bells[n] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		error |= hub->device.bells[n];
	}
	if (error >= 0)
		hub->states = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED,
				   hub->states_file, 0);
	return error < 0 || hub->states == MAP_FAILED ? -errno : 0;
}

static int make_own_end(struct libcell_hub *hub, u32 output_size)
{
	static struct libcell_ops ops;
	struct local_files files;
	int ret = files_for(hub, 0, &files);

	if (!ret)
		ret = local_map(&hub->device, &files, 0, output_size);
	local_close_files(&files);
	if (ret)
		return ret;
	/* its state is its own to write */
	ops = *hub->device.link.ops;
	ops.set_state = set_state;
	hub->device.link.ops = &ops;
	device_init_waiting(&hub->device);
	return 0;
}

/* Does anybody answer there? A file that nobody listens at is one of the past. */
static bool is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	bool refused = ret && (errno == ECONNREFUSED || errno == ENOENT);

	close(fd);
	return !refused;
}

static int make_socket(struct libcell_hub *hub, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat there;
	mode_t mask;
	int ret;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (!lstat(path, &there)) {
		if (!S_ISSOCK(there.st_mode) || is_alive(&address))
			return -EADDRINUSE;
		unlink(path);
	}
	hub->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(077);
	ret = bind(hub->listener, (const struct sockaddr *)&address, sizeof(address));
	ret = ret ? -errno : 0;
	umask(mask);
	if (ret)
		return ret;
	hub->path = path;
	return listen(hub->listener, LIBCELL_LOCAL_PEERS) || watch(hub, hub->listener, NOBODY) ?
	       -errno : 0;
}

int libcell_hub_open(struct libcell_hub *hub, const char *path, u32 output_size)
{
	int ret;

	*hub = (struct libcell_hub){
		.listener = -1, .states_file = -1,
		.device = { .fd = -1, .socket = -1 },
	};
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++)
		hub->sockets[n] = hub->sections[n] = hub->device.bells[n] = -1;
	hub->fd = epoll_create1(EPOLL_CLOEXEC);
	ret = hub->fd < 0 ? -errno : make_memory(hub, output_size);
	if (!ret)
		ret = make_own_end(hub, output_size);
	if (!ret)
		ret = libcell_attach(&hub->device.link);
	if (!ret)
		ret = make_socket(hub, path);
	if (ret)
		libcell_hub_close(hub);
	return ret;
}

void libcell_hub_close(struct libcell_hub *hub)
{
	if (hub->path)
		unlink(hub->path);
	for (u32 n = 0; n < LIBCELL_LOCAL_PEERS; n++) {
		/* they see it by their socket, too, when it is closed */
		if (hub->sockets[n] >= 0)
			close(hub->sockets[n]);
		close(hub->sections[n]);
		close(hub->device.bells[n]);
	}
	device_unmap(&hub->device);
	if (hub->states && hub->states != MAP_FAILED)
		munmap(hub->states, (size_t)sysconf(_SC_PAGESIZE));
	close(hub->states_file);
	close(hub->listener);
	close(hub->fd);
	close(hub->device.fd);
}
