/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hardware/drivers.h"
#include "io.h"

#define PATH_LEN	512

/* Devices with registers are on one of these. */
static const char *const buses[] = { "platform", "amba" };

/* What is after "KEY=" in a file of such lines. */
static bool read_value(const char *path, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);
	char line[PATH_LEN];
	bool found = false;
	FILE *file;

	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		found = !strncmp(line, key, length) && line[length] == '=';
		line[strcspn(line, "\n")] = '\0';
		if (found)
			snprintf(value, size, "%s", line + length + 1);
	}
	if (file)
		fclose(file);
	return found;
}

static void describe(struct driver *driver, const char *bus, const char *device)
{
	char file[PATH_LEN];

	snprintf(file, sizeof(file), "%s/bus/%s/drivers/%s/unbind", io_sys_root(), bus,
		 driver->name);
	driver->unbind[0] = '\0';
	if (!access(file, F_OK))
		snprintf(driver->unbind, sizeof(driver->unbind),
			 "echo %s >/sys/bus/%s/drivers/%s/unbind", device, bus, driver->name);
}

static bool is_of(struct driver *driver, const char *bus, const char *device, const char *path)
{
	char uevent[PATH_LEN], node[PATH_LEN];

	snprintf(uevent, sizeof(uevent), "%s/bus/%s/devices/%s/uevent", io_sys_root(), bus, device);
	if (!read_value(uevent, "OF_FULLNAME", node, sizeof(node)) || strcmp(node, path) ||
	    !read_value(uevent, "DRIVER", driver->name, sizeof(driver->name)))
		return false;
	describe(driver, bus, device);
	return true;
}

static bool find_on(struct driver *driver, const char *bus, const char *path)
{
	char name[PATH_LEN];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	snprintf(name, sizeof(name), "%s/bus/%s/devices", io_sys_root(), bus);
	folder = opendir(name);
	while (folder && !found && (entry = readdir(folder)))
		found = entry->d_name[0] != '.' && is_of(driver, bus, entry->d_name, path);
	if (folder)
		closedir(folder);
	return found;
}

bool drivers_find(struct driver *driver, const char *path)
{
	size_t n;

	for (n = 0; n < sizeof(buses) / sizeof(*buses); n++)
		if (find_on(driver, buses[n], path))
			return true;
	return false;
}
