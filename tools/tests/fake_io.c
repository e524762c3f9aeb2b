/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "io.h"
#include "tests/fixture.h"

#define FAKE_FD		1000

/* A misuse of the device is a bug of the tool: no test may go on. */
static void require(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! fake device: %s\n", what);
	fflush(stdout);
	abort();
}

int io_device_open(void)
{
	if (fake.open_result < 0)
		return fake.open_result;
	fake.open_devices++;
	return FAKE_FD;
}

void io_device_close(int fd)
{
	require(fd == FAKE_FD && fake.open_devices, "close of a closed device");
	fake.open_devices--;
}

static int get_error(struct jailhouse_error *error)
{
	if (!fake.reason)
		return -ENOTTY;
	/* as the driver might: without a NUL if the text fills it */
	memset(error, 0, sizeof(*error));
	memcpy(error->text, fake.reason,
	       strnlen(fake.reason, sizeof(error->text)));
	return 0;
}

static void take_config(const void *config, size_t size)
{
	require(size <= sizeof(fake.config), "configuration too large");
	memcpy(fake.config, config, size);
	fake.config_size = size;
}

static void take_create(const struct jailhouse_cell_create *create)
{
	require(!create->padding, "padding of CELL_CREATE");
	take_config((const void *)(uintptr_t)create->config_address,
		    create->config_size);
}

/* All of it is read, the first bytes are kept. */
static void copy_image(unsigned char *data,
		       const struct jailhouse_preload_image *image)
{
	const unsigned char *from =
		(const unsigned char *)(uintptr_t)image->source_address;
	u64 i;

	for (i = 0; i < image->size; i++)
		data[i < IMAGE_BYTES ? i : IMAGE_BYTES] = from[i];
}

static void take_load(const struct jailhouse_cell_load *load)
{
	const struct jailhouse_preload_image *image;
	unsigned int i;

	require(!load->padding, "padding of CELL_LOAD");
	require(load->num_preload_images <= MAX_IMAGES, "too many images");
	fake.cell = load->cell_id;
	fake.images = load->num_preload_images;
	for (i = 0; i < fake.images; i++) {
		image = &load->image[i];
		require(!image->padding, "padding of an image");
		copy_image(fake.image[i].data, image);
		fake.image[i].size = image->size;
		fake.image[i].address = image->target_address;
	}
}

int io_device_ioctl(int fd, unsigned long request, void *arg)
{
	require(fd == FAKE_FD && fake.open_devices, "ioctl of a closed device");
	if (request == JAILHOUSE_GET_ERROR)
		return get_error(arg);

	fake.requests++;
	fake.request = request;
	switch (request) {
	case JAILHOUSE_ENABLE:
	case JAILHOUSE_TRY_ENABLE:
		take_config(arg, config_system_size(arg));
		break;
	case JAILHOUSE_DISABLE:
		break;
	case JAILHOUSE_CELL_CREATE:
		take_create(arg);
		break;
	case JAILHOUSE_CELL_LOAD:
		take_load(arg);
		break;
	case JAILHOUSE_CELL_START:
	case JAILHOUSE_CELL_DESTROY:
	case JAILHOUSE_CELL_RESTART:
		fake.cell = *(const struct jailhouse_cell_id *)arg;
		break;
	default:
		require(false, "unknown request");
	}
	if (fake.only_request && request != fake.only_request)
		return 0;
	if (fake.refusals && fake.requests > fake.refusals)
		return 0;
	return fake.ioctl_result;
}

ssize_t io_device_read(int fd, void *buffer, size_t size)
{
	size_t length = strnlen(fake.device_text, 5);

	require(fd == FAKE_FD && fake.open_devices, "read of a closed device");
	require(size >= 5, "tiny buffer");
	if (!length && fake.read_error)
		return -fake.read_error;
	memcpy(buffer, fake.device_text, length);
	fake.device_text += length;
	return (ssize_t)length;
}

const char *io_sysfs_root(void)
{
	return fake.sysfs_root;
}

const char *io_run_folder(void)
{
	static char folder[sizeof(fake.sysfs_root) + 8];

	snprintf(folder, sizeof(folder), "%s/run", fake.sysfs_root);
	return folder;
}

/* beside the driver's files: no two have a name */
const char *io_sys_root(void)
{
	return fake.sysfs_root;
}

const char *io_proc_root(void)
{
	return fake.sysfs_root;
}

const char *io_firmware_folder(void)
{
	return fake.sysfs_root;
}

void io_kernel_log(char *text, size_t size)
{
	snprintf(text, size, "%s", fake.kernel_log ? fake.kernel_log : "");
}

int io_link_states(const char *uio, u32 *states, unsigned int count)
{
	unsigned int i;

	if (strcmp(uio, "uio0"))
		return -EACCES;
	for (i = 0; i < count; i++)
		states[i] = i + 1;
	return 0;
}

u64 io_now(void)
{
	return fake.now;
}

bool io_wait(unsigned int milliseconds)
{
	fake.waits++;
	fake.now += (u64)milliseconds * 1000;
	if (fake.on_wait)
		fake.on_wait();
	return !fake.stop_after || fake.waits <= fake.stop_after;
}

int io_later(unsigned int milliseconds, void (*call)(const void *), const void *argument)
{
	require(milliseconds, "something later that is at once");
	if (fake.slow_device)
		call(argument);
	return ++fake.laters;
}

void io_not_later(int later)
{
	require(later == fake.laters, "an end of what is not later");
}

bool io_addr2line(const char *elf, const char *address)
{
	printf("main at %s:%s\n", elf, address);
	fflush(stdout);
	return strcmp(elf, "nothing");
}

bool io_is_terminal(void)
{
	return fake.terminal;
}

unsigned int io_terminal_width(void)
{
	return fake.width;
}

void io_terminal_begin(void)
{
	require(fake.terminal, "single keys without a terminal");
}

void io_terminal_end(void)
{
	require(fake.terminal, "single keys without a terminal");
}

u64 io_count(void)
{
	return fake.now;
}
