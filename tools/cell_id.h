/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CELL_ID_H
#define TOOLS_CELL_ID_H

/* How a cell is named: {ID | [--name] NAME}. */

#include <stdbool.h>

#include <jailhouse/types.h>
#include <uapi/jailhouse.h>

#include "sysfs.h"

/*
 * A word of digits is an id unless @is_name. EXIT_DONE, or EXIT_USAGE after
 * saying what is wrong with it.
 */
int cell_id_parse(struct jailhouse_cell_id *id, const char *word, bool is_name);

/* The same of @name, which --name gave, or, where it is NULL, of the next operand. */
int cell_id_of_words(struct jailhouse_cell_id *id, const char *name, int argc, char **argv);

bool cell_id_matches(const struct jailhouse_cell_id *id, const struct sysfs_cell *cell);

/*
 * The cell that @id means, from sysfs, if there is one (*found). EXIT_DONE, or
 * EXIT_REFUSED if sysfs cannot be read (said).
 */
int cell_id_look(const struct jailhouse_cell_id *id, struct sysfs_cell *cell, bool *found);
/* The same, and it has to be there: EXIT_DONE, or EXIT_REFUSED (said). */
int cell_id_find(const struct jailhouse_cell_id *id, struct sysfs_cell *cell);

/* The cell of @name, or of the only operand there is; as cell_id_of_words() and cell_id_find(). */
int cell_of_words(struct sysfs_cell *cell, const char *name, int argc, char **argv);

#endif /* TOOLS_CELL_ID_H */
