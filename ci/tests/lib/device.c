// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cellblock/config.h>

#include "cellblock.h"

#define DEVICE		"/dev/jailhouse"
#define RAM_BASE	0x40000000ULL
#define ATTEMPTS	100

static struct jailhouse_error last_error;

int cb_insmod(const char *params)
{
	int fd = open(CB_MODULE, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return ret;
}

int cb_rmmod(void)
{
	return syscall(SYS_delete_module, "jailhouse", O_NONBLOCK) ? -errno : 0;
}

int cb_destroy_all(void)
{
	int id, ret = 0;

	for (id = 1; id < 16 && !ret; id++) {
		struct jailhouse_cell_id cell = { .id = id, .padding = CB_FORCE };

		if (cb_exists("cells/%d", id))
			ret = cb_ioctl(JAILHOUSE_CELL_DESTROY, &cell);
	}
	return ret;
}

int cb_fresh(void)
{
	int ret = 0;

	if (cb_number("enabled") == 1) {
		ret = cb_destroy_all();
		if (!ret)
			ret = cb_disable();
	}
	if (!ret && cb_exists("/sys/module/jailhouse"))
		ret = cb_rmmod();
	return ret ? ret : cb_insmod("");
}

long cb_ioctl(unsigned long nr, void *arg)
{
	int fd, attempt;
	long ret;

	memset(&last_error, 0, sizeof(last_error));
	/* mdev and udev are not there, devtmpfs may take a moment */
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			break;
		cb_sleep_ms(10);
	}
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, nr, arg);
	if (ret < 0) {
		ret = -errno;
		ioctl(fd, JAILHOUSE_GET_ERROR, &last_error);
		last_error.text[sizeof(last_error.text) - 1] = 0;
	}
	close(fd);
	return ret;
}

const char *cb_error(void)
{
	return last_error.text;
}

void *cb_read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data = NULL;
	ssize_t part;
	size_t done;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st))
		data = malloc((size_t)st.st_size + 1);
	for (done = 0; data && done < (size_t)st.st_size; done += (size_t)part) {
		part = read(fd, data + done, (size_t)st.st_size - done);
		if (part <= 0)
			break;
	}
	close(fd);
	if (data)
		data[done] = 0;
	*size = done;
	return data;
}

bool cb_is_gicv2(void)
{
	size_t size;
	char *compatible = cb_read_file("/proc/device-tree/intc@8000000/compatible", &size);
	bool is = compatible && !strcmp(compatible, "arm,cortex-a15-gic");

	free(compatible);
	return is;
}

/* Configurations exist for 4 and 16 CPUs, for 2 and 4 GiB, and for GICv2. ci/qemu names those of other machines. */
const char *cb_system_config(void)
{
	static char named[32];

	if (sscanf(cb_word("cellblock.system="), "%31s", named) == 1)
		return named;
	if (cb_is_gicv2())
		return "qemu-arm64-gicv2";
	if (cb_num_cpus() == 16)
		return "qemu-arm64-16cpu";
	return cb_meminfo("MemTotal:") > 3 * 1024 * 1024 ? "qemu-arm64-4g" : "qemu-arm64";
}

void *cb_read_config(const char *name, size_t *size)
{
	char path[128];

	snprintf(path, sizeof(path), CB_CONFIGS "%s.cell", name);
	if (access(path, F_OK))
		snprintf(path, sizeof(path), CB_CONFIGS "qemu-arm64-%s.cell", name);
	return cb_read_file(path, size);
}

int cb_enable_raw(const void *config)
{
	return cb_ioctl(JAILHOUSE_ENABLE, (void *)config);
}

int cb_enable(const char *config)
{
	size_t size;
	void *data = cb_read_config(config ? config : cb_system_config(), &size);
	int ret;

	if (!data)
		return -errno;
	ret = cb_enable_raw(data);
	free(data);
	return ret;
}

int cb_disable(void)
{
	return cb_ioctl(JAILHOUSE_DISABLE, NULL);
}

int cb_create_raw(const void *config, size_t size)
{
	struct jailhouse_cell_create create = {
		.config_address = (uintptr_t)config,
		.config_size = (uint32_t)size,
	};
	const struct jailhouse_cell_desc *desc = config;
	int ret = cb_ioctl(JAILHOUSE_CELL_CREATE, &create);

	return ret ? ret : cb_cell_id(desc->name);
}

/* NULL, also for the CPUs: as the configuration has it */
static int create(const char *config, const uint64_t *cpus,
		  const struct cellblock_sharing *sharing)
{
	size_t size;
	char *data = cb_read_config(config, &size);
	struct jailhouse_cell_desc *desc = (void *)data;
	int ret;

	if (!data)
		return -errno;
	if (cpus)
		memcpy(data + config_cpu_set_offset(desc), cpus, sizeof(*cpus));
	if (sharing) {
		desc->flags |= JAILHOUSE_CELL_SHARES_CPUS;
		size = config_size(desc);
		desc = realloc(data, size);
		data = (void *)desc;
		memcpy(data + config_sharing_offset(desc), sharing, sizeof(*sharing));
	}
	ret = cb_create_raw(data, size);
	free(data);
	return ret;
}

int cb_create(const char *config)
{
	return create(config, NULL, NULL);
}

int cb_create_on(const char *config, uint64_t cpus)
{
	return create(config, &cpus, NULL);
}

int cb_create_sharing(const char *config, uint64_t cpus, uint64_t shared, uint32_t budget)
{
	const struct cellblock_sharing sharing = {
		.cpus = shared, .policy = CELLBLOCK_SHARE_PRIORITY,
		.budget = budget, .period = 10000,
	};

	return create(config, &cpus, &sharing);
}

static struct jailhouse_cell_id by_name(const char *cell, unsigned int flags)
{
	struct jailhouse_cell_id id = {
		.id = JAILHOUSE_CELL_ID_UNUSED,
		.padding = flags,
	};

	snprintf(id.name, sizeof(id.name), "%s", cell);
	return id;
}

int cb_load(const char *cell, const char *inmate, const char *params)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image[2];
	} request = { .load = { .cell_id = by_name(cell, 0) } };
	char path[128];
	size_t size;
	void *data;
	int ret;

	snprintf(path, sizeof(path), CB_INMATES "%s.bin", inmate);
	data = cb_read_file(path, &size);
	if (!data)
		return -errno;
	request.load.num_preload_images = params ? 2 : 1;
	request.image[0].source_address = (uintptr_t)data;
	request.image[0].size = size;
	if (params) {
		request.image[1].source_address = (uintptr_t)params;
		request.image[1].size = strlen(params) + 1;
		request.image[1].target_address = CB_CMDLINE;
	}
	ret = cb_ioctl(JAILHOUSE_CELL_LOAD, &request);
	free(data);
	return ret;
}

int cb_start(const char *cell)
{
	struct jailhouse_cell_id id = by_name(cell, JAILHOUSE_CELL_CHECKED);

	return cb_ioctl(JAILHOUSE_CELL_START, &id);
}

int cb_shutdown(const char *cell, unsigned int flags)
{
	struct jailhouse_cell_load load = { .cell_id = by_name(cell, flags) };

	return cb_ioctl(JAILHOUSE_CELL_LOAD, &load);
}

int cb_destroy(const char *cell, unsigned int flags)
{
	struct jailhouse_cell_id id = by_name(cell, flags);

	return cb_ioctl(JAILHOUSE_CELL_DESTROY, &id);
}

int cb_boot(const char *cell, const char *inmate, const char *params)
{
	int ret = cb_load(cell, inmate, params);

	return ret ? ret : cb_start(cell);
}
