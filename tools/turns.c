// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "io.h"
#include "message.h"
#include "turns.h"

void turns_sort(struct turns *turns, const struct jailhouse_cpu_turns *from)
{
	/* older ones may have been overwritten while they were read */
	u64 first = from->begun_after < JAILHOUSE_CPU_TURNS ? 1 :
		    from->begun_after - JAILHOUSE_CPU_TURNS + 1;
	u64 last = 0;

	turns->cpu = (unsigned int)from->cpu;
	turns->all = first == 1;
	turns->count = 0;
	for (u64 k = first; k <= from->begun; k++) {
		const struct turn turn = {
			from->turn[k % JAILHOUSE_CPU_TURNS].begin,
			from->turn[k % JAILHOUSE_CPU_TURNS].end,
		};

		/* not ended yet: what is there is older */
		if (turn.end <= turn.begin || turn.begin < last)
			break;
		turns->turn[turns->count++] = turn;
		last = turn.end;
	}
	turns->runs = first + turns->count <= from->begun;
}

static int by_cpu(const void *a, const void *b)
{
	const struct turns *left = a, *right = b;

	if (left->cpu != right->cpu)
		return left->cpu < right->cpu ? -1 : 1;
	return (left->cell->id > right->cell->id) - (left->cell->id < right->cell->id);
}

static int add(const struct sysfs_cell *cell, struct turns **turns, size_t *count)
{
	const struct jailhouse_cpu_turns *from;
	struct turns *larger;
	char path[512];
	size_t size, n;
	void *data;
	int ret;

	snprintf(path, sizeof(path), "%s/cells/%u/turns", io_sysfs_root(), cell->id);
	ret = file_read("turns of the cell", path, &data, &size);
	if (ret)
		return ret;
	n = size / sizeof(*from);
	larger = realloc(*turns, (*count + n) * sizeof(*larger));
	if (!larger) {
		free(data);
		return refused("there is not enough memory");
	}
	*turns = larger;
	for (from = data; n; n--, from++) {
		larger[*count].cell = cell;
		turns_sort(&larger[(*count)++], from);
	}
	free(data);
	return EXIT_DONE;
}

int turns_read(const struct sysfs_cell *cells, size_t num_cells,
	       struct turns **turns, size_t *count)
{
	int ret = EXIT_DONE;

	*turns = NULL;
	*count = 0;
	for (size_t i = 0; i < num_cells && !ret; i++)
		/* not of root, which has what is left */
		if (*cells[i].cpus_shared)
			ret = add(&cells[i], turns, count);
	if (!ret && *count)
		qsort(*turns, *count, sizeof(**turns), by_cpu);
	if (ret)
		free(*turns);
	return ret;
}
