/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/collect.h"
#include "file.h"
#include "io.h"
#include "message.h"

#define PATH_LEN	512

static const struct {
	const char *root;	/* of the copy */
	const char *file;
	bool needed;
} files[] = {
	{ "sys", "firmware/fdt", true },
	{ "proc", "iomem", true },
	{ "sys", "devices/system/cpu/possible", true },
	{ "sys", "devices/system/cpu/online", true },
	{ "proc", "interrupts", false },
	{ "proc", "cpuinfo", false },
	{ "proc", "cmdline", false },
	{ "proc", "version", false },
	{ "proc", "self/auxv", false },
};

/* All folders of @path but its last part: 0 or an errno. */
static int make_folders(char *path)
{
	char *slash;

	for (slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return errno;
		*slash = '/';
	}
	return 0;
}

static int write_copy(char *path, const void *data, size_t size)
{
	FILE *file;
	int error = make_folders(path);

	if (error)
		return refused("cannot make the folders of '%s': %s", path, strerror(error));
	file = fopen(path, "we");
	if (!file)
		return refused("cannot write '%s': %s", path, strerror(errno));
	if (fwrite(data, 1, size, file) != size)
		error = errno;
	if (fclose(file) && !error)
		error = errno;
	return error ? refused("cannot write '%s': %s", path, strerror(error)) : EXIT_DONE;
}

static int copy_file(const char *folder, size_t n)
{
	char from[PATH_LEN], to[PATH_LEN];
	const char *root = strcmp(files[n].root, "sys") ? io_proc_root() : io_sys_root();
	void *data;
	size_t size;
	int ret;

	snprintf(from, sizeof(from), "%s/%s", root, files[n].file);
	snprintf(to, sizeof(to), "%s/%s/%s", folder, files[n].root, files[n].file);
	if (!files[n].needed && access(from, R_OK))
		return EXIT_DONE;
	ret = file_read("description", from, &data, &size);
	if (ret)
		return ret;
	ret = write_copy(to, data, size);
	free(data);
	return ret;
}

int collect(const char *folder)
{
	size_t n;
	int ret = EXIT_DONE;

	for (n = 0; n < ARRAY_SIZE(files) && !ret; n++)
		ret = copy_file(folder, n);
	return ret;
}
