// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Rules of access in Linux: from a file, and for the cells that the driver shows. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "access.h"
#include "rules.h"

/* More than 256 rules of 12 cells with long names. */
#define MOST_TEXT	(256U << 10)

const char *access_cells = "/sys/devices/jailhouse/cells";

int access_read(const char *path)
{
	static char text[MOST_TEXT];
	FILE *from = fopen(path, "re");
	size_t size = from ? fread(text, 1, sizeof(text), from) : 0;
	const char *why = !from || ferror(from) ? strerror(errno) :
			  size == sizeof(text)  ? "it is longer than 256 KiB" :
			  memchr(text, 0, size) ? "it is not a text" : NULL;

	if (from)
		fclose(from);
	if (!why)
		return (int)rules_read(path, text, size);
	fprintf(stderr, "channeld: cannot read %s: %s\n", path, why);
	return 1;
}

/* The line of a cell's file "links" that is about this peer. */
static bool has_place(const char *cell, const char *link, u32 peer)
{
	char path[512], line[128], name[32];
	bool found = false;
	unsigned int number;
	FILE *links;

	snprintf(path, sizeof(path), "%s/%s/links", access_cells, cell);
	links = fopen(path, "re");
	while (links && !found && fgets(line, sizeof(line), links))
		found = sscanf(line, "%31s peer %u", name, &number) == 2 && number == peer &&
			!strcmp(name, link);
	if (links)
		fclose(links);
	return found;
}

static void read_cell(const char *link, u32 peer, char name[RULES_CELL])
{
	DIR *cells = opendir(access_cells);
	struct dirent *cell;
	char path[512];
	FILE *from;

	name[0] = 0;
	while (cells && !name[0] && (cell = readdir(cells))) {
		if (cell->d_name[0] == '.' || !has_place(cell->d_name, link, peer))
			continue;
		snprintf(path, sizeof(path), "%s/%s/name", access_cells, cell->d_name);
		from = fopen(path, "re");
		if (from && fgets(name, RULES_CELL, from))
			name[strcspn(name, "\n")] = 0;
		if (from)
			fclose(from);
	}
	if (cells)
		closedir(cells);
}

/* Which cell a peer is, now: it is read each time, as cells come and go. */
static void find(const struct channeld *d, u32 peer, struct rules_who *who)
{
	who->root = d->one_system || peer == d->link->id;
	if (!who->root)
		read_cell(d->name, peer, who->cell);
}

bool access_may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use)
{
	return rules_may(d, peer, name, use, find);
}
