// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The links that Linux has, by its PCI devices, and why one cannot be opened. */

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux.h"

#define PATH_SIZE	320
#define DRIVER		"uio_ivshmem"

/* Where it is, and which driver it has: "" is none. */
struct found {
	char pci[LIBCELL_DEVICE_NAME];
	char driver[32];
};

static u64 read_hex(const char *pci, const char *file)
{
	char path[PATH_SIZE], text[32] = "";
	FILE *stream;

	snprintf(path, sizeof(path), SYSFS_PCI "/%.32s/%s", pci, file);
	stream = fopen(path, "re");
	if (stream && !fgets(text, sizeof(text), stream))
		text[0] = '\0';
	if (stream)
		fclose(stream);
	return strtoull(text, NULL, 16);
}

static void read_driver(struct found *found)
{
	char path[PATH_SIZE], target[PATH_SIZE];
	const char *slash;
	ssize_t len;

	snprintf(path, sizeof(path), SYSFS_PCI "/%s/driver", found->pci);
	len = readlink(path, target, sizeof(target) - 1);
	target[len < 0 ? 0 : len] = '\0';
	slash = strrchr(target, '/');
	snprintf(found->driver, sizeof(found->driver), "%.31s", slash ? slash + 1 : target);
}

/* The end of a path is the whole name, or what is left of it. */
static bool is_named(const char *pci, const char *name)
{
	size_t all = strlen(pci), len = strlen(name);

	return len <= all && !strcmp(pci + all - len, name) &&
	       (len == all || pci[all - len - 1] == ':');
}

static int by_place(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The next link at or after *at of the folder's entries. */
static bool next_link(struct dirent **entries, int count, int *at, struct found *found)
{
	const char *pci;

	while (*at < count) {
		pci = entries[(*at)++]->d_name;
		if (strlen(pci) >= LIBCELL_DEVICE_NAME ||
		    read_hex(pci, "vendor") != IVSHMEM_VENDOR_ID ||
		    read_hex(pci, "device") != IVSHMEM_DEVICE_ID)
			continue;
		strcpy(found->pci, pci);
		read_driver(found);
		return true;
	}
	return false;
}

static void free_entries(struct dirent **entries, int count)
{
	while (count > 0)
		free(entries[--count]);
	free(entries);
}

int find_link(const char *name, char *pci)
{
	int count, at = 0, links = 0, usable = 0;
	struct dirent **entries = NULL;
	struct found found;

	count = scandir(SYSFS_PCI, &entries, NULL, by_place);
	while (next_link(entries, count, &at, &found)) {
		if (name && !is_named(found.pci, name))
			continue;
		links++;
		if (strcmp(found.driver, DRIVER))
			continue;
		usable++;
		strcpy(pci, found.pci);
	}
	free_entries(entries, count);
	if (!links)
		return -ENODEV;
	if (name ? links > 1 : usable > 1)
		return -ENOTUNIQ;
	return usable ? 0 : -ENXIO;
}

/* Adds to the text what still fits. */
__attribute__((format(printf, 3, 4)))
static void add(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, size - length, format, args);
	va_end(args);
}

static void add_links(char *text, size_t size)
{
	struct dirent **entries = NULL;
	struct found found;
	int count, at = 0, links = 0;

	count = scandir(SYSFS_PCI, &entries, NULL, by_place);
	while (next_link(entries, count, &at, &found))
		add(text, size, "%s %s (%s)", links++ ? "," : "; there are:", found.pci,
		    found.driver[0] ? found.driver : "no driver");
	free_entries(entries, count);
	if (!links)
		add(text, size, "; there is no link at all: is a cell with one created?");
}

void libcell_explain(const char *name, int error, char *text, size_t size)
{
	text[0] = '\0';
	add(text, size, "%s%s: ", name ? "link " : "the link", name ? name : "");
	if (name && name[0] == '/') {
		add(text, size, "%s", error == -EBUSY ? "all places are taken" : strerror(-error));
		return;
	}
	switch (error) {
	case -ENODEV:
		add(text, size, "not found");
		break;
	case -ENXIO:
		add(text, size, "it does not have the driver for programs; modprobe " DRIVER);
		break;
	case -ENOTUNIQ:
		add(text, size, "several, say which one");
		break;
	case -EBUSY:
		add(text, size, "another program of this Linux has it");
		return;
	default:
		add(text, size, "%s", strerror(-error));
		return;
	}
	add_links(text, size);
}
