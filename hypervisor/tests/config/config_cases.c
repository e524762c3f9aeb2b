// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * config-cases FOLDER: the wrong configurations of the table as files, for the
 * tests of the command: N-system, N-cell and N-other. Prints a line for each N:
 * the number, the kind (of enum config_case_kind), the sentence, the change.
 */

#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

static void write_file(const char *folder, unsigned int n, const char *name, const void *data,
		       size_t size)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u-%s", folder, n, name);
	file = fopen(path, "wb");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

int main(int argc, char *argv[])
{
	unsigned int n;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s FOLDER\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (n = 0; n < config_cases_count; n++) {
		if (!config_cases[n].result)
			continue;
		config_case_begin();
		config_cases[n].change_it();
		write_file(argv[1], n, "system", &sys, sizeof(sys));
		write_file(argv[1], n, "cell", &cell, config_case_size(&cell));
		write_file(argv[1], n, "other", &other, config_case_size(&other));
		printf("%u\t%u\t%s\t%s\n", n, config_cases[n].kind, config_cases[n].sentence,
		       config_cases[n].change);
	}
	return EXIT_SUCCESS;
}
