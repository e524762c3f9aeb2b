/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "message.h"
#include "options.h"

int cell_id_parse(struct jailhouse_cell_id *id, const char *word, bool is_name)
{
	size_t length = strlen(word);
	u64 number;

	memset(id, 0, sizeof(*id));
	if (!length)
		return misused("the name of the cell is empty");

	if (!is_name && strspn(word, "0123456789") == length) {
		/* by its decimal digits, whatever zeros come first */
		word += strspn(word, "0");
		if (*word && !parse_number(word, INT32_MAX, &number))
			return misused("cell id '%s' is too large", word);
		id->id = *word ? (__s32)number : 0;
		return EXIT_DONE;
	}

	if (length > JAILHOUSE_CELL_ID_NAMELEN)
		return misused("cell name '%s' has more than %d characters",
			       word, JAILHOUSE_CELL_ID_NAMELEN);
	id->id = JAILHOUSE_CELL_ID_UNUSED;
	memcpy(id->name, word, length);
	return EXIT_DONE;
}

int cell_id_of_words(struct jailhouse_cell_id *id, const char *name, int argc, char **argv)
{
	bool is_name = name;
	int ret = is_name ? EXIT_DONE : options_next_operand(argc, argv, "cell", &name);

	return ret ? ret : cell_id_parse(id, name, is_name);
}

bool cell_id_matches(const struct jailhouse_cell_id *id, const struct sysfs_cell *cell)
{
	if (id->id == JAILHOUSE_CELL_ID_UNUSED)
		return !strcmp(id->name, cell->name);
	return (unsigned int)id->id == cell->id;
}

static int not_found(const struct jailhouse_cell_id *id)
{
	int ret = sysfs_need_enabled();

	if (ret)
		return ret;
	if (id->id == JAILHOUSE_CELL_ID_UNUSED)
		return refused("no cell is named '%s'", id->name);
	return refused("no cell has the id %d", id->id);
}

int cell_id_look(const struct jailhouse_cell_id *id, struct sysfs_cell *cell, bool *found)
{
	struct sysfs_cell *cells;
	size_t count, i;
	int ret;

	ret = sysfs_read_cells(&cells, &count);
	if (ret)
		return ret;
	for (i = 0; i < count && !cell_id_matches(id, &cells[i]); i++)
		;
	*found = i < count;
	if (*found)
		*cell = cells[i];
	free(cells);
	return EXIT_DONE;
}

int cell_id_find(const struct jailhouse_cell_id *id, struct sysfs_cell *cell)
{
	bool found;
	int ret = cell_id_look(id, cell, &found);

	return ret || found ? ret : not_found(id);
}

int cell_of_words(struct sysfs_cell *cell, const char *name, int argc, char **argv)
{
	struct jailhouse_cell_id id;
	int ret = cell_id_of_words(&id, name, argc, argv);

	if (!ret)
		ret = options_no_operands(argc, argv);
	return ret ? ret : cell_id_find(&id, cell);
}
