// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jailhouse/ivshmem.h>

#include "cellblock.h"
#include "links.h"
#include "../../../inmates/tests/ivshmem-echo.h"


const char *links_device(int dev)
{
	static char names[4][16];
	static int next;
	char *name = names[next++ % 4];

	snprintf(name, sizeof(names[0]), "0001:00:%02x.0", dev);
	return name;
}

bool links_exists(int dev)
{
	return cb_exists(LINKS_PCI "%s", links_device(dev));
}

unsigned int links_mask(void)
{
	unsigned int mask = 0;
	int dev;

	for (dev = 0; dev < 32; dev++)
		if (links_exists(dev))
			mask |= 1U << dev;
	return mask;
}

const char *links_name(int dev, const char *class)
{
	static char name[64];
	struct dirent *entry;
	char path[128];
	DIR *dir;

	snprintf(path, sizeof(path), LINKS_PCI "%s/%s", links_device(dev), class);
	dir = opendir(path);
	name[0] = 0;
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, sizeof(name), "%.63s", entry->d_name);
	if (dir)
		closedir(dir);
	return name;
}

int links_insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST ? -errno : 0;
	close(fd);
	return ret;
}

int links_remove(const char *module)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) && errno != ENOENT ? -errno : 0;
}

int links_insert_uio(void)
{
	int ret = links_insert("/lib/modules/base/uio.ko");

	return ret ? ret : links_insert("/lib/modules/uio_ivshmem.ko");
}

int links_insert_net(void)
{
	return links_insert("/lib/modules/ivshmem_net.ko");
}

long links_statistic(const char *interface, const char *name)
{
	struct {
		struct ethtool_gstrings head;
		char names[64][ETH_GSTRING_LEN];
	} strings = { .head = { .cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS } };
	struct {
		struct ethtool_stats head;
		uint64_t values[64];
	} stats = { .head = { .cmd = ETHTOOL_GSTATS } };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = { 0 };
	long found = -1;
	uint32_t i;

	snprintf(request.ifr_name, IFNAMSIZ, "%.15s", interface);
	request.ifr_data = (void *)&strings;
	if (!ioctl(fd, SIOCETHTOOL, &request)) {
		request.ifr_data = (void *)&stats;
		if (ioctl(fd, SIOCETHTOOL, &request))
			strings.head.len = 0;
	}
	for (i = 0; i < strings.head.len; i++)
		if (!strcmp(strings.names[i], name))
			found = (long)stats.values[i];
	close(fd);
	return found;
}

void *link_mmap(int fd, enum link_map map, size_t size, int prot, int flags)
{
	return mmap(NULL, size, prot, flags, fd, map * getpagesize());
}

static bool is_writable(enum link_map map)
{
	return map != LINK_STATES && map != LINK_OUTPUTS;
}

static int map_all(struct link *link, const char *name)
{
	int map;

	for (map = 0; map < LINK_NUM_MAPS; map++) {
		const char *size = cb_text("/sys/class/uio/%s/maps/map%d/size", name, map);

		link->size[map] = strtoul(size, NULL, 0);
		if (!link->size[map])
			continue;
		link->map[map] = link_mmap(link->fd, map, link->size[map],
					   PROT_READ | (is_writable(map) ? PROT_WRITE : 0), MAP_SHARED);
		if (link->map[map] == MAP_FAILED) {
			link->map[map] = NULL;
			return -errno;
		}
	}
	return 0;
}

int link_open(struct link *link, int dev)
{
	const char *name = links_name(dev, "uio");
	char path[96];
	int ret;

	memset(link, 0, sizeof(*link));
	snprintf(path, sizeof(path), "/dev/%s", name);
	link->fd = open(path, O_RDWR | O_CLOEXEC);
	if (link->fd < 0)
		return -errno;
	ret = map_all(link, name);
	if (ret)
		link_close(link);
	return ret;
}

void link_close(struct link *link)
{
	int map;

	for (map = 0; map < LINK_NUM_MAPS; map++)
		if (link->map[map])
			munmap(link->map[map], link->size[map]);
	if (link->fd >= 0)
		close(link->fd);
	memset(link, 0, sizeof(*link));
	link->fd = -1;
}

int link_wait(const struct link *link, unsigned int ms)
{
	struct pollfd poll_fd = { .fd = link->fd, .events = POLLIN };
	int32_t count;
	int ret;

	ret = poll(&poll_fd, 1, (int)ms);
	if (ret <= 0)
		return ret ? -errno : 0;
	return read(link->fd, &count, sizeof(count)) == sizeof(count) ? 1 : -errno;
}

static bool wait_value(const volatile uint32_t *word, uint32_t value, unsigned int ms)
{
	uint64_t end = cb_now_ms() + ms;

	while (*word != value) {
		if (cb_now_ms() > end)
			return false;
		cb_sleep_ms(1);
	}
	return true;
}

bool link_wait_word(const struct link *link, enum link_map map, unsigned int n, uint32_t value, unsigned int ms)
{
	return wait_value(link_word(link, map, n), value, ms);
}

void link_order(const struct link *link, uint32_t peer, uint32_t number, uint32_t doorbells, uint32_t vector)
{
	*link_word(link, LINK_OWN, ECHO_DOORBELLS) = doorbells;
	*link_word(link, LINK_OWN, ECHO_VECTOR) = vector;
	*link_word(link, LINK_OWN, ECHO_NUMBER) = number;
	__sync_synchronize();
	link_write(link, IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(peer, 0));
}

bool link_answered(const struct link *link, uint32_t peer, uint32_t number, unsigned int ms)
{
	return wait_value(link_output(link, peer, ECHO_NUMBER), number, ms);
}
