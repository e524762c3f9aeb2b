/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include "hardware/iomem.h"

struct line {
	unsigned int depth;	/* two blanks for each */
	u64 start, end;		/* inclusive */
	char name[96];
};

/* False: this is no line of iomem. */
static bool parse(struct line *line, const char *text, size_t length)
{
	char copy[160];
	int name = 0;

	if (length >= sizeof(copy))
		length = sizeof(copy) - 1;
	memcpy(copy, text, length);
	copy[length] = '\0';
	line->depth = (unsigned int)strspn(copy, " ") / 2;
	if (sscanf(copy, " %llx-%llx : %n", &line->start, &line->end, &name) != 2 || !name)
		return false;
	snprintf(line->name, sizeof(line->name), "%.95s", copy + name);
	return line->end >= line->start;
}

static void add_blocks(struct iomem *iomem, const struct line *line)
{
	u64 start = (line->start + IOMEM_BLOCK - 1) & ~(IOMEM_BLOCK - 1);
	u64 end = (line->end + 1) & ~(IOMEM_BLOCK - 1);

	if (start < end)
		areas_add(&iomem->blocks, start, end - start, line->name);
}

/* Parts of System RAM that are Linux's own and movable are not named at all. */
static void add(struct iomem *iomem, const struct line *line, bool in_ram)
{
	u64 size = line->end - line->start + 1;

	if (line->depth) {
		if (in_ram)
			areas_add(&iomem->kept, line->start, size, line->name);
		if (in_ram && line->depth == 1 && !strcmp(line->name, "reserved"))
			add_blocks(iomem, line);
	} else if (!strcmp(line->name, "System RAM")) {
		areas_add(&iomem->ram, line->start, size, "RAM");
	} else if (!strcmp(line->name, "reserved")) {
		areas_add(&iomem->ram, line->start, size, "RAM");
		areas_add(&iomem->kept, line->start, size, line->name);
	} else {
		areas_add(&iomem->devices, line->start, size, line->name);
	}
}

const char *iomem_read(struct iomem *iomem, const char *text)
{
	bool in_ram = false, addresses = false;
	struct line line;
	size_t length;

	for (; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		if (!length)
			continue;
		if (!parse(&line, text, length))
			return "it has a line that is not of the form START-END : NAME";
		addresses |= line.end != 0;
		if (!line.depth)
			in_ram = !strcmp(line.name, "System RAM");
		add(iomem, &line, in_ram);
	}
	if (!addresses)
		return "it shows no addresses: they are for the superuser only, run this as root";
	if (iomem->ram.full || iomem->devices.full || iomem->kept.full)
		return "it has more entries than this program can hold";
	return NULL;
}
