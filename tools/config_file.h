/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CONFIG_FILE_H
#define TOOLS_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Read a configuration. What it says is judged by the driver and the
 * hypervisor; the tool makes sure of what they cannot see.
 * All return an exit code; *data is to be freed if it is EXIT_DONE.
 *
 * ENABLE hands over no size: the file must hold all that its counts announce.
 */
int config_file_read_system(const char *name, void **data);
int config_file_read_cell(const char *name, void **data, size_t *size);

/* Either kind, with all that its counts announce. */
int config_file_read_any(const char *name, void **data, size_t *size, bool *is_system);

/* Is all there that a cell's configuration announces? An exit code. */
int config_file_check_cell(const char *name, const void *data, size_t size);

#endif /* TOOLS_CONFIG_FILE_H */
