// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Links in Linux, by the uio_ivshmem driver. */

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "linux.h"
#include "port.h"

#define SYSFS_UIO	"/sys/class/uio"
#define PATH_SIZE	320
#define US_PER_MS	1000
#define LOOKS		200	/* before sleeping */

static const struct {
	const char *name;
	int protection;
} maps[MAPS] = {
	[REGISTERS] = { "registers", PROT_READ | PROT_WRITE },
	[STATE_TABLE] = { "state_table", PROT_READ },
	[RW_SECTION] = { "rw_section", PROT_READ | PROT_WRITE },
	[OUTPUT_SECTIONS] = { "output_sections", PROT_READ },
	[OWN_OUTPUT] = { "own_output", PROT_READ | PROT_WRITE },
};

/* In a form that a hypervisor can emulate: one register, no write-back. */
static u32 reg_read(const struct libcell_device *device, unsigned int reg)
{
#ifdef __aarch64__
	u32 value;

	__asm__ volatile("ldr %w0, [%1]" : "=r" (value)
			 : "r" (device->registers + reg / 4) : "memory");
	return value;
#else
	return device->registers[reg / 4];
#endif
}

static void reg_write(const struct libcell_device *device, unsigned int reg,
		      u32 value)
{
#ifdef __aarch64__
	__asm__ volatile("str %w0, [%1]" : : "rZ" (value),
			 "r" (device->registers + reg / 4) : "memory");
#else
	device->registers[reg / 4] = value;
#endif
}

static void doorbell(struct libcell_link *link, u32 peer)
{
	reg_write(device_of(link), IVSHMEM_REG_DOORBELL, IVSHMEM_DOORBELL(peer, 0));
}

static void set_state(struct libcell_link *link, u32 state)
{
	reg_write(device_of(link), IVSHMEM_REG_STATE, state);
}

u32 device_events(struct libcell_link *link)
{
	return load(&device_of(link)->events);
}

u64 device_now_us(struct libcell_link *link)
{
	struct timespec now;

	(void)link;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
}

void device_init_waiting(struct libcell_device *device)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&device->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&device->cond, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/*
 * Takes an interrupt. The device has masked itself then (one-shot mode): what comes
 * until it is enabled again raises none, but the caller looks at everything after
 * that.
 */
static int take_interrupt(const struct libcell_device *device)
{
	u32 count;
	ssize_t length = read(device->fd, &count, sizeof(count));

	/* the device is gone when this fails */
	if (length != sizeof(count))
		return length < 0 ? -errno : -ENODEV;
	reg_write(device, IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
	return 0;
}

/* Waits for an event; the lock is not held. */
static int read_event(struct libcell_device *device, u64 timeout_us)
{
	struct pollfd fd = { .fd = device->fd, .events = POLLIN };
	int ms = -1, ret;

	if (timeout_us < (u64)INT32_MAX * US_PER_MS)
		ms = (int)((timeout_us + US_PER_MS - 1) / US_PER_MS);
	ret = poll(&fd, 1, ms);
	if (ret < 0)
		return -errno;
	if (!ret)
		return -ETIMEDOUT;
	ret = device->registers ? take_interrupt(device) : local_take(device);
	if (!ret)
		__atomic_add_fetch(&device->events, 1, __ATOMIC_RELEASE);
	return ret;
}

/* Waits for the thread that reads. */
static int wait_for_reader(struct libcell_device *device, u64 timeout_us)
{
	struct timespec end;

	if (timeout_us == LIBCELL_FOREVER)
		return -pthread_cond_wait(&device->cond, &device->lock);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)(timeout_us / 1000000);
	end.tv_nsec += (long)(timeout_us % 1000000) * 1000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	return -pthread_cond_timedwait(&device->cond, &device->lock, &end);
}

int device_wait(struct libcell_link *link, u32 seen, u64 timeout_us)
{
	struct libcell_device *device = device_of(link);
	/* of all that it waits for: others may end their turn sooner */
	u64 left, deadline = deadline_of(link, timeout_us);
	int ret = 0;

	pthread_mutex_lock(&device->lock);
	while (load(&device->events) == seen && !ret) {
		left = time_left(link, deadline);
		if (device->reading) {
			ret = wait_for_reader(device, left);
			continue;
		}
		device->reading = true;
		pthread_mutex_unlock(&device->lock);
		ret = read_event(device, left);
		pthread_mutex_lock(&device->lock);
		device->reading = false;
		/* they have their event, or one of them reads now */
		pthread_cond_broadcast(&device->cond);
	}
	pthread_mutex_unlock(&device->lock);
	return ret;
}

static const struct libcell_ops ops = {
	.doorbell = doorbell,
	.set_state = set_state,
	.events = device_events,
	.wait = device_wait,
	.now_us = device_now_us,
};

/* Its files */

static int read_text(char *text, size_t size, const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return -errno;
	if (!fgets(text, (int)size, file))
		text[0] = '\0';
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static u64 read_hex(const char *path)
{
	char text[32];

	return read_text(text, sizeof(text), path) ? 0 :
						     strtoull(text, NULL, 16);
}

/* The uioN of a link. */
static int uio_of(char *uio, size_t size, const char *pci)
{
	char path[PATH_SIZE];
	DIR *folder;
	const struct dirent *entry;

	uio[0] = '\0';
	snprintf(path, sizeof(path), SYSFS_PCI "/%s/uio", pci);
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (!strncmp(entry->d_name, "uio", 3))
			snprintf(uio, size, "%.31s", entry->d_name);
	if (folder)
		closedir(folder);
	/* gone since it was found */
	return uio[0] ? 0 : -ENXIO;
}

/* Mapping */

/*
 * The kernel enters pages when they are read, and lets them be written when
 * they are: now, not in traffic.
 */
static void touch(u8 *at, size_t size, bool write)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (u8 *byte = at; byte < at + size; byte += page) {
		u8 value = load(byte);

		if (write)
			store(byte, value);
	}
}

static int map_one(struct libcell_device *device, const char *uio,
		   unsigned int number)
{
	char path[PATH_SIZE], name[32];
	struct libcell_mapping *map;
	size_t size;
	int which;
	void *at;

	snprintf(path, sizeof(path), SYSFS_UIO "/%s/maps/map%u/name", uio,
		 number);
	if (read_text(name, sizeof(name), path))
		return 0;
	for (which = 0; which < MAPS && strcmp(name, maps[which].name); which++)
		;
	if (which == MAPS)
		return 0;
	snprintf(path, sizeof(path), SYSFS_UIO "/%s/maps/map%u/size", uio,
		 number);
	size = read_hex(path);
	if (!size)
		return 0;
	at = mmap(NULL, size, maps[which].protection, MAP_SHARED, device->fd,
		  (off_t)number * sysconf(_SC_PAGESIZE));
	if (at == MAP_FAILED)
		return -errno;
	map = &device->maps[which];
	map->at = at;
	map->size = size;
	if (which != REGISTERS)
		touch(at, size, which == OWN_OUTPUT);
	return 0;
}

void device_unmap(struct libcell_device *device)
{
	for (int n = 0; n < MAPS; n++)
		if (device->maps[n].at)
			munmap(device->maps[n].at, device->maps[n].size);
}

static int map_all(struct libcell_device *device, const char *uio)
{
	int ret = 0;

	for (unsigned int n = 0; n < MAPS && !ret; n++)
		ret = map_one(device, uio, n);
	if (!ret && (!device->maps[REGISTERS].at ||
		     !device->maps[STATE_TABLE].at ||
		     !device->maps[OUTPUT_SECTIONS].at ||
		     !device->maps[OWN_OUTPUT].at))
		ret = -ENODEV;
	return ret;
}

static u16 protocol_of(const char *uio)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), SYSFS_UIO "/%s/device/class", uio);
	return (u16)read_hex(path);
}

static int attach(struct libcell_device *device, const char *uio)
{
	struct libcell_mapping *map = device->maps;
	u32 on = 1;
	int ret;

	ret = map_all(device, uio);
	if (ret)
		return ret;
	device->registers = map[REGISTERS].at;
	device->link = (struct libcell_link){
		.ops = &ops,
		.id = reg_read(device, IVSHMEM_REG_ID),
		.max_peers = reg_read(device, IVSHMEM_REG_MAX_PEERS),
		.protocol = protocol_of(uio),
		.states = map[STATE_TABLE].at,
		.rw_section = map[RW_SECTION].at,
		.rw_size = map[RW_SECTION].size,
		.output = map[OWN_OUTPUT].at,
		.outputs = map[OUTPUT_SECTIONS].at,
		.output_size = map[OWN_OUTPUT].size,
		.looks = LOOKS,
	};
	if (device->link.max_peers * map[OWN_OUTPUT].size !=
	    map[OUTPUT_SECTIONS].size)
		return -EINVAL;
	if (write(device->fd, &on, sizeof(on)) != sizeof(on))
		return -errno;
	return libcell_attach(&device->link);
}

int libcell_open(struct libcell_device *device, const char *name)
{
	char uio[32], path[PATH_SIZE];
	int ret;

	*device = (struct libcell_device){ .fd = -1, .socket = -1 };
	if (name && name[0] == '/') {
		device_init_waiting(device);
		return local_open(device, name);
	}
	ret = find_link(name, device->name);
	if (!ret)
		ret = uio_of(uio, sizeof(uio), device->name);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "/dev/%s", uio);
	device->fd = open(path, O_RDWR | O_CLOEXEC);
	if (device->fd < 0)
		return -errno;
	/* one program at a time is the peer; the lock ends with it */
	if (flock(device->fd, LOCK_EX | LOCK_NB))
		ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (!ret)
		ret = attach(device, uio);
	if (ret) {
		device_unmap(device);
		close(device->fd);
		return ret;
	}
	device_init_waiting(device);
	return 0;
}

void libcell_close(struct libcell_device *device)
{
	u32 off = 0;

	libcell_detach(&device->link);
	pthread_mutex_destroy(&device->lock);
	pthread_cond_destroy(&device->cond);
	if (!device->registers) {
		local_close(device);
		return;
	}
	/* closing does the same, should this fail */
	if (write(device->fd, &off, sizeof(off)) < 0)
		errno = 0;
	device_unmap(device);
	close(device->fd);
}
