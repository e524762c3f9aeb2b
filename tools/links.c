/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "links.h"
#include "message.h"
#include "sysfs.h"

#define PATH_LEN	512

struct link_list {
	struct link *links;
	size_t count;
};

/* The link of this name, a new one if there is none; NULL: no memory. */
static struct link *get(struct link_list *list, const char *name)
{
	struct link *larger, *link;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!strcmp(list->links[i].name, name))
			return &list->links[i];
	larger = realloc(list->links, (list->count + 1) * sizeof(*larger));
	if (!larger)
		return NULL;
	list->links = larger;
	link = &larger[list->count++];
	memset(link, 0, sizeof(*link));
	snprintf(link->name, sizeof(link->name), "%s", name);
	return link;
}

static int add_peer(struct link_list *list, const struct sysfs_cell *cell,
		    const char *line)
{
	unsigned int peer, peers;
	char name[LINK_NAME];
	struct link *link;

	if (sscanf(line, "%31s peer %u of %u", name, &peer, &peers) != 3 ||
	    peers > IVSHMEM_MAX_PEERS || peer >= peers)
		return 0;
	link = get(list, name);
	if (!link)
		return -ENOMEM;
	link->max_peers = peers;
	snprintf(link->peers[peer].cell, sizeof(link->peers[peer].cell), "%s",
		 cell->name);
	return 0;
}

static int add_cell(struct link_list *list, const struct sysfs_cell *cell)
{
	char path[PATH_LEN], line[128];
	int ret = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cells/%u/links", io_sysfs_root(),
		 cell->id);
	/* a cell that has just been destroyed has none */
	file = fopen(path, "re");
	while (file && !ret && fgets(line, sizeof(line), file))
		ret = add_peer(list, cell, line);
	if (file)
		fclose(file);
	return ret;
}

static u64 read_number(const char *format, ...)
{
	char path[PATH_LEN], line[64];
	size_t used;
	va_list args;
	FILE *file;
	u64 value = 0;

	used = (size_t)snprintf(path, sizeof(path), "%s/", io_sys_root());
	va_start(args, format);
	vsnprintf(path + used, sizeof(path) - used, format, args);
	va_end(args);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fgets(line, sizeof(line), file))
		value = strtoull(line, NULL, 0);
	fclose(file);
	return value;
}

static bool find_uio(struct link *link)
{
	char path[PATH_LEN];
	struct dirent *found;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/bus/pci/devices/%s/uio",
		 io_sys_root(), link->name);
	folder = opendir(path);
	while (folder && (found = readdir(folder)))
		if (found->d_name[0] != '.')
			snprintf(link->uio, sizeof(link->uio), "%.31s",
				 found->d_name);
	if (folder)
		closedir(folder);
	return link->uio[0] != '\0';
}

/* What Linux's device says, if there is one. */
static void add_device(struct link *link)
{
	u32 states[IVSHMEM_MAX_PEERS];
	unsigned int peer;

	link->protocol = (u32)read_number("bus/pci/devices/%s/class", link->name) & 0xffff;
	link->has_device = read_number("bus/pci/devices/%s/vendor",
				       link->name) == IVSHMEM_VENDOR_ID;
	if (!link->has_device || !find_uio(link))
		return;
	link->rw_size = read_number("class/uio/%s/maps/map2/size", link->uio);
	/* for UIO's sake, an empty one looks as if it had a byte */
	if (link->rw_size == 1)
		link->rw_size = 0;
	link->output_size = read_number("class/uio/%s/maps/map4/size",
					link->uio);
	link->interrupts = read_number("class/uio/%s/event", link->uio);
	if (io_link_states(link->uio, states, link->max_peers))
		return;
	for (peer = 0; peer < link->max_peers; peer++) {
		link->peers[peer].has_state = true;
		link->peers[peer].state = states[peer];
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct link *)a)->name,
		      ((const struct link *)b)->name);
}

int links_read(struct link **links, size_t *count)
{
	struct link_list list = { .links = NULL };
	struct sysfs_cell *cells;
	size_t num_cells, i;
	int ret;

	ret = sysfs_read_cells(&cells, &num_cells);
	if (ret)
		return ret;
	for (i = 0; i < num_cells && !ret; i++)
		ret = add_cell(&list, &cells[i]);
	free(cells);
	if (ret) {
		free(list.links);
		return refused("cannot list the links: %s", strerror(-ret));
	}
	for (i = 0; i < list.count; i++)
		add_device(&list.links[i]);
	if (list.count)
		qsort(list.links, list.count, sizeof(*list.links), by_name);
	*links = list.links;
	*count = list.count;
	return EXIT_DONE;
}
