/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Any bytes as configuration files: check, show and diff say something of them. The
 * second file begins at the signature of a cell that is not at the beginning.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jailhouse/cell-config.h>

#include "command.h"

#define FILES	2

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* The bytes as a file, whose name is in @name. */
static int make_file(char name[32], const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(name, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static size_t end_of_first(const unsigned char *data, size_t size)
{
	static const char signature[] = JAILHOUSE_CELL_DESC_SIGNATURE;
	const unsigned char *second = size ? memmem(data + 1, size - 1, signature,
						    sizeof(signature) - 1) : NULL;

	return second ? (size_t)(second - data) : size;
}

/* @words end with NULL; the names of the files follow them. */
static void run(const struct command *command, const char *const *words, char (*names)[32])
{
	char *argv[8];
	int argc = 0, n;

	argv[argc++] = (char *)command->name;
	for (; *words; words++)
		argv[argc++] = (char *)*words;
	for (n = 0; n < FILES && names[n][0]; n++)
		argv[argc++] = names[n];
	argv[argc] = NULL;
	optind = 0;
	command->run(argc, argv);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const char *const plain[] = { NULL };
	static const char *const json[] = { "--json", "--dtb", TREES "/virt.dtb", NULL };
	static const char *const map[] = { "--map", NULL };
	static const char *const svg[] = { "--svg", "/dev/null", NULL };
	size_t first = end_of_first(data, size);
	char names[FILES][32] = { "" };
	int fds[FILES], n, count = 0;

	fds[count] = make_file(names[count], data, first);
	count++;
	if (first < size) {
		fds[count] = make_file(names[count], data + first, size - first);
		count++;
	}
	run(&cmd_config_check, plain, names);
	run(&cmd_config_check, json, names);
	run(&cmd_config_show, plain, names);
	run(&cmd_config_show, map, names);
	run(&cmd_config_show, svg, names);
	run(&cmd_config_diff, plain, names);
	fflush(stdout);
	for (n = 0; n < count; n++)
		close(fds[n]);
	return 0;
}
