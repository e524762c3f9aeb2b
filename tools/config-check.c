// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * config-check SYSCONFIG [CELLCONFIG...]: checks configurations as the
 * hypervisor does, each on its own, cells against the system, and cells against
 * each other. Prints what is wrong with the file's name; exit status 1 then.
 * Cells that cannot exist at once are only noted: they may be alternatives.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config/config.h>
#include <drivers/uart/uart.h>
#include <lib/refuse.h>

static char reason[512];

int refuse(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	return code;
}

/* The file's bytes, at most one more than a configuration can have. */
static void *read_file(const char *name, size_t *size)
{
	void *data = malloc(CONFIG_MAX_SIZE + 1);
	FILE *file = fopen(name, "rb");

	if (!data || !file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(EXIT_FAILURE);
	}
	*size = fread(data, 1, CONFIG_MAX_SIZE + 1, file);
	if (ferror(file)) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(EXIT_FAILURE);
	}
	fclose(file);
	return data;
}

static int report(const char *name, int err)
{
	if (err)
		fprintf(stderr, "%s: %s\n", name, reason);
	return err;
}

static void note_rest(const char *name, u64 size, u64 used)
{
	if (size > used)
		fprintf(stderr,
			"%s: note: %llu bytes after the last array are not used\n",
			name, size - used);
}

/* Files for Jailhouse name them: accepted, and not what somebody may expect. */
static void note_physical(const char *name,
			  const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_pci_device *dev;

	for_each_pci_device(dev, desc)
		if (!config_is_link(dev))
			fprintf(stderr,
				"%s: note: PCI device %td (%02x:%02x.%u) has no effect: the configuration space of physical devices stays root's\n",
				name, dev - config_pci_devices(desc),
				dev->bdf >> 8, dev->bdf >> 3 & 31, dev->bdf & 7);
}

static void note_uart(const char *name, const struct jailhouse_console *con)
{
	if (con->type != JAILHOUSE_CON_TYPE_NONE && !uart_is_supported(con->type))
		fprintf(stderr,
			"%s: note: there is no driver for the debug console's UART, type %u: 'jailhouse console' shows what the hypervisor prints\n",
			name, con->type);
}

static const struct jailhouse_system *read_system(const char *name)
{
	const struct jailhouse_system *sys;
	size_t size;

	sys = read_file(name, &size);
	if (report(name, config_check_system(sys, size)))
		exit(EXIT_FAILURE);
	note_rest(name, size, config_system_size(sys));
	note_uart(name, &sys->debug_console);
	return sys;
}

/* NULL if the cell is not valid in @sys. */
static const struct jailhouse_cell_desc *
read_cell(const char *name, const struct jailhouse_system *sys)
{
	const struct jailhouse_cell_desc *desc;
	size_t size;

	desc = read_file(name, &size);
	if (report(name, config_check_cell(desc, size)))
		return NULL;
	note_rest(name, size, config_size(desc));
	if (report(name, config_check_cell_in_system(sys, desc)))
		return NULL;
	note_physical(name, desc);
	return desc;
}

int main(int argc, char *argv[])
{
	const struct jailhouse_cell_desc **cells;
	const struct jailhouse_system *sys;
	int status = EXIT_SUCCESS;
	int n, m;

	if (argc < 2) {
		fprintf(stderr, "Usage: %s SYSCONFIG [CELLCONFIG...]\n",
			argv[0]);
		return EXIT_FAILURE;
	}
	cells = calloc((size_t)argc, sizeof(*cells));
	if (!cells)
		return EXIT_FAILURE;
	sys = read_system(argv[1]);
	for (n = 2; n < argc; n++) {
		cells[n] = read_cell(argv[n], sys);
		if (!cells[n])
			status = EXIT_FAILURE;
		for (m = 2; cells[n] && m < n; m++)
			if (cells[m] && config_check_cells(cells[n], cells[m], false))
				fprintf(stderr,
					"%s: note: not together with %s: %s\n",
					argv[n], argv[m], reason);
	}
	return status;
}
