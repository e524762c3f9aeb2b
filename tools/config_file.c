/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "config_file.h"
#include "file.h"
#include "message.h"

static bool has_signature(const void *data, size_t size, const char *signature)
{
	size_t length = strlen(signature);

	return size >= length && !memcmp(data, signature, length);
}

static int check_whole_system(const char *name, const void *data, size_t size)
{
	const struct jailhouse_system *system = data;

	if (size < sizeof(*system))
		return refused("'%s' is truncated: it has %zu bytes, a system "
			       "configuration at least %zu", name, size,
			       sizeof(*system));
	if (size < config_system_size(system))
		return refused("'%s' is truncated: it has %zu bytes, its counts "
			       "announce %llu", name, size,
			       config_system_size(system));
	return EXIT_DONE;
}

static int check_system(const char *name, const void *data, size_t size)
{
	if (has_signature(data, size, JAILHOUSE_CELL_DESC_SIGNATURE))
		return refused("'%s' is the configuration of a cell; "
			       "it is for 'jailhouse cell create'", name);
	if (!has_signature(data, size, JAILHOUSE_SYSTEM_SIGNATURE))
		return refused("'%s' is not a system configuration", name);
	return check_whole_system(name, data, size);
}

int config_file_read_system(const char *name, void **data)
{
	size_t size;
	int ret;

	ret = file_read("system configuration", name, data, &size);
	if (ret)
		return ret;
	ret = check_system(name, *data, size);
	if (ret)
		free(*data);
	return ret;
}

int config_file_read_cell(const char *name, void **data, size_t *size)
{
	int ret;

	ret = file_read("cell configuration", name, data, size);
	if (ret)
		return ret;
	if (has_signature(*data, *size, JAILHOUSE_SYSTEM_SIGNATURE))
		ret = refused("'%s' is a system configuration; "
			      "it is for 'jailhouse enable'", name);
	else if (!has_signature(*data, *size, JAILHOUSE_CELL_DESC_SIGNATURE))
		ret = refused("'%s' is not a cell configuration", name);
	else if (*size > UINT32_MAX)
		ret = refused("'%s' is too large", name);
	if (ret)
		free(*data);
	return ret;
}

int config_file_check_cell(const char *name, const void *data, size_t size)
{
	const struct jailhouse_cell_desc *cell = data;

	if (size < sizeof(*cell))
		return refused("'%s' is truncated: it has %zu bytes, a cell "
			       "configuration at least %zu", name, size,
			       sizeof(*cell));
	if (!config_is_whole(cell, size))
		return refused("'%s' is truncated: it has %zu bytes, its counts "
			       "announce %llu", name, size, config_size(cell));
	return EXIT_DONE;
}

int config_file_read_any(const char *name, void **data, size_t *size, bool *is_system)
{
	int ret;

	ret = file_read("configuration", name, data, size);
	if (ret)
		return ret;
	*is_system = has_signature(*data, *size, JAILHOUSE_SYSTEM_SIGNATURE);
	if (*is_system)
		ret = check_whole_system(name, *data, *size);
	else if (has_signature(*data, *size, JAILHOUSE_CELL_DESC_SIGNATURE))
		ret = config_file_check_cell(name, *data, *size);
	else
		ret = refused("'%s' is not a configuration: it begins neither with %s nor with %s",
			      name, JAILHOUSE_SYSTEM_SIGNATURE, JAILHOUSE_CELL_DESC_SIGNATURE);
	if (ret)
		free(*data);
	return ret;
}
