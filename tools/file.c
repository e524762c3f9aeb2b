/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "message.h"

/* Files that do not tell their size (pipes) are read in growing steps. */
#define FIRST_SIZE	65536

static size_t expected_size(int fd)
{
	struct stat status;

	/* one byte more shows the end without another step */
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) &&
	    status.st_size > 0)
		return (size_t)status.st_size + 1;
	return FIRST_SIZE;
}

int file_read_all(int fd, char **data, size_t *size)
{
	size_t space = expected_size(fd);
	char *buffer = malloc(space);
	char *larger;
	ssize_t count;

	*data = buffer;
	*size = 0;
	if (!buffer)
		return ENOMEM;
	for (;;) {
		count = read(fd, buffer + *size, space - *size);
		if (count < 0)
			return errno;
		if (count == 0)
			return 0;
		*size += (size_t)count;
		if (*size < space)
			continue;
		space *= 2;
		larger = realloc(buffer, space);
		if (!larger)
			return ENOMEM;
		*data = buffer = larger;
	}
}

int file_read_line(char *line, size_t size, const char *name)
{
	FILE *file = fopen(name, "re");
	int ret = 0;

	if (!file)
		return -errno;
	/* an empty file is an empty line */
	if (!fgets(line, (int)size, file)) {
		line[0] = '\0';
		ret = ferror(file) ? -EIO : 0;
	}
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return ret;
}

int file_read(const char *what, const char *name, void **data, size_t *size)
{
	char *buffer;
	int fd, error;

	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refused("cannot open the %s '%s': %s", what, name,
			       strerror(errno));
	error = file_read_all(fd, &buffer, size);
	close(fd);

	if (!error && *size) {
		*data = buffer;
		return EXIT_DONE;
	}
	free(buffer);
	if (error)
		return refused("cannot read the %s '%s': %s", what, name,
			       strerror(error));
	return refused("the %s '%s' is empty", what, name);
}
