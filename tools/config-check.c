// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * config-check SYSCONFIG [CELLCONFIG...]: what 'jailhouse config check' says of
 * configurations alone, for the build: no device tree library, and no notes.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "config/check.h"

static struct findings findings;

/* The file's bytes, at most one more than a configuration can have. */
static void read_file(struct checked_file *file, const char *name)
{
	void *data = malloc(CONFIG_MAX_SIZE + 1);
	FILE *stream = fopen(name, "rb");

	if (data && stream)
		file->size = fread(data, 1, CONFIG_MAX_SIZE + 1, stream);
	if (!data || !stream || ferror(stream)) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(EXIT_FAILURE);
	}
	fclose(stream);
	file->name = name;
	file->data = data;
}

static void print(const struct finding *finding)
{
	if (finding->severity == CHECK_NOTE)
		return;
	fprintf(stderr, "%s: %s%s\n", finding->file,
		finding->severity == CHECK_WARNING ? "warning: " : "", finding->why);
}

int main(int argc, char *argv[])
{
	struct checked_file *files;
	unsigned int n, count = (unsigned int)argc - 1;

	if (argc < 2) {
		fprintf(stderr, "Usage: %s SYSCONFIG [CELLCONFIG...]\n", argv[0]);
		return EXIT_FAILURE;
	}
	files = calloc(count, sizeof(*files));
	if (!files)
		return EXIT_FAILURE;
	for (n = 0; n < count; n++)
		read_file(&files[n], argv[n + 1]);
	check_files(&findings, files, count);
	for (n = 0; n < findings.count; n++)
		print(&findings.list[n]);
	return findings.errors ? EXIT_FAILURE : EXIT_SUCCESS;
}
