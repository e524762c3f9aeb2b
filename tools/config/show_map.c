/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The physical address space, cut where somebody's part begins or ends. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "config/show.h"

#define MAX_CUTS	4096
#define ROW		24	/* of the picture, in pixels */
#define LEFT		220
#define COLUMN		120

struct map {
	const struct shown *shown;
	unsigned int columns, count;
	u64 cut[MAX_CUTS];
};

static void add_cut(struct map *map, u64 at)
{
	if (map->count < MAX_CUTS)
		map->cut[map->count++] = at;
}

static bool is_physical(const struct jailhouse_memory *mem)
{
	return !config_mem_empty(mem) && !(mem->flags & CONFIG_MEM_MADE);
}

static int by_address(const void *a, const void *b)
{
	const u64 *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static void make(struct map *map, const struct shown *shown, unsigned int columns)
{
	const struct jailhouse_memory *mem;
	unsigned int n, kept = 0;

	map->shown = shown;
	map->columns = columns;
	map->count = 0;
	for (n = 0; n < columns; n++) {
		for_each_mem(mem, shown[n].cell)
			if (is_physical(mem)) {
				add_cut(map, mem->phys_start);
				add_cut(map, mem->phys_start + mem->size);
			}
		if (shown[n].system) {
			mem = &shown[n].system->hypervisor_memory;
			add_cut(map, mem->phys_start);
			add_cut(map, mem->phys_start + mem->size);
		}
	}
	qsort(map->cut, map->count, sizeof(map->cut[0]), by_address);
	for (n = 0; n < map->count; n++)
		if (!kept || map->cut[n] != map->cut[kept - 1])
			map->cut[kept++] = map->cut[n];
	map->count = kept;
}

/* What column @n has of the piece that begins at @at; NULL: nothing. */
static const char *owned(const struct map *map, unsigned int n, u64 at, char text[SHOW_FLAGS])
{
	const struct jailhouse_memory *mem, *found = NULL;
	const struct shown *shown = &map->shown[n];

	if (shown->system && at - shown->system->hypervisor_memory.phys_start <
			     shown->system->hypervisor_memory.size)
		return "HYPERVIS";
	for_each_mem(mem, shown->cell)
		if (is_physical(mem) && at - mem->phys_start < mem->size)
			found = mem;
	return found ? show_flags(text, found->flags) : NULL;
}

static bool is_owned(const struct map *map, unsigned int piece)
{
	char text[SHOW_FLAGS];
	unsigned int n;

	for (n = 0; n < map->columns; n++)
		if (owned(map, n, map->cut[piece], text))
			return true;
	return false;
}

#define for_each_piece(piece, map)					\
	for ((piece) = 0; (piece) + 1 < (map)->count; (piece)++)	\
		if (is_owned(map, piece))

void show_map(FILE *out, const struct shown *shown, unsigned int count)
{
	char size[SHOW_SIZE], text[SHOW_FLAGS];
	static struct map map;
	unsigned int piece, n;
	const char *what;

	make(&map, shown, count);
	fprintf(out, "%-25s %-10s", "physical", "size");
	for (n = 0; n < count; n++)
		fprintf(out, " %-12.12s", shown[n].cell->name);
	fputc('\n', out);
	for_each_piece(piece, &map) {
		fprintf(out, "0x%010llx-0x%010llx %-10s", map.cut[piece], map.cut[piece + 1] - 1,
			show_size(size, map.cut[piece + 1] - map.cut[piece]));
		for (n = 0; n < count; n++) {
			what = owned(&map, n, map.cut[piece], text);
			fprintf(out, " %-12s", what ? what : ".");
		}
		fputc('\n', out);
	}
}

static void print_text(FILE *out, unsigned int x, unsigned int y, const char *text)
{
	fprintf(out, "<text x=\"%u\" y=\"%u\">", x, y);
	for (; *text; text++)
		/* nothing else has a meaning there */
		fputc(strchr("<&", *text) ? '?' : *text, out);
	fprintf(out, "</text>\n");
}

static void print_box(FILE *out, unsigned int column, unsigned int row, const char *what)
{
	unsigned int x = LEFT + column * COLUMN, y = row * ROW;
	const char *colour = what[0] == 'H' ? "#e8a0a0" : strchr(what, 's') ? "#f0dc90" :
		strchr(what, 'i') ? "#b8d8b0" : "#a8c8e8";

	fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"%s\" "
		"stroke=\"#444\"/>\n", x + 2, y, COLUMN - 4, ROW, colour);
	print_text(out, x + 10, y + 16, what);
}

void show_map_svg(FILE *out, const struct shown *shown, unsigned int count)
{
	char label[64], size[SHOW_SIZE], text[SHOW_FLAGS];
	unsigned int piece, n, row = 1, rows = 2;
	static struct map map;
	const char *what;

	make(&map, shown, count);
	for_each_piece(piece, &map)
		rows++;
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"font-family=\"monospace\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
		LEFT + count * COLUMN + 10, rows * ROW);
	for (n = 0; n < count; n++)
		print_text(out, LEFT + n * COLUMN + 4, 16, shown[n].cell->name);
	for_each_piece(piece, &map) {
		snprintf(label, sizeof(label), "0x%010llx  %s", map.cut[piece],
			 show_size(size, map.cut[piece + 1] - map.cut[piece]));
		print_text(out, 10, row * ROW + 16, label);
		for (n = 0; n < count; n++) {
			what = owned(&map, n, map.cut[piece], text);
			if (what)
				print_box(out, n, row, what);
		}
		row++;
	}
	fprintf(out, "</svg>\n");
}
