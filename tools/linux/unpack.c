/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/types.h>

#include "file.h"
#include "linux/unpack.h"
#include "message.h"

#define NOT_FOUND	127	/* as the shell says it */
#define WARNED		2	/* gzip: bytes after the end */

/* An EFI program that unpacks a kernel: Linux, drivers/firmware/efi/libstub/zboot-header.S */
struct zboot {
	char mz[4], zimg[4];
	__u32 offset, size;
	__u32 reserved[2];
	char compression[32];
};

/* A file that only this process and its child have, to be read from its begin. */
static int make_input(const char *packed, size_t size)
{
	int fd = memfd_create("kernel", MFD_CLOEXEC);
	ssize_t count = 1;

	for (; fd >= 0 && size && count > 0; packed += count, size -= (size_t)count)
		count = write(fd, packed, size);
	if (fd >= 0 && (count <= 0 || lseek(fd, 0, SEEK_SET))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A child that writes what it unpacks of @input to *output; -1: errno says why not. */
static pid_t begin(int input, int *output)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	child = fork();
	if (!child) {
		dup2(input, STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		execlp("gzip", "gzip", "-dc", (char *)NULL);
		_exit(NOT_FOUND);
	}
	close(ends[1]);
	*output = ends[0];
	if (child < 0)
		close(ends[0]);
	return child;
}

static int end(const char *name, pid_t child, int error)
{
	int status;

	if (waitpid(child, &status, 0) < 0)
		error = errno;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return refused("the kernel '%s' is compressed, and the program gzip is not "
			       "here: unpack it elsewhere, with gunzip", name);
	else if (status && !(WIFEXITED(status) && WEXITSTATUS(status) == WARNED))
		return refused("the kernel '%s' is compressed, and damaged: gzip cannot "
			       "unpack it", name);
	return error ? refused("cannot unpack the kernel '%s': %s", name, strerror(error)) :
		       EXIT_DONE;
}

static int unpack(const char *name, const char *packed, size_t packed_size, void **data,
		  size_t *size)
{
	int input = make_input(packed, packed_size), output, ret;
	pid_t child = input < 0 ? -1 : begin(input, &output);
	char *image = NULL;

	if (child < 0) {
		ret = refused("cannot unpack the kernel '%s': %s", name, strerror(errno));
	} else {
		ret = file_read_all(output, &image, size);
		/* an unpacker that is not listened to any more ends */
		close(output);
		ret = end(name, child, ret);
	}
	if (input >= 0)
		close(input);
	if (ret) {
		free(image);
		return ret;
	}
	free(*data);
	*data = image;
	return EXIT_DONE;
}

int unpack_kernel(const char *name, void **data, size_t *size)
{
	const char *file = *data;
	struct zboot zboot = { .offset = 0 };

	if (*size > 2 && !memcmp(file, "\x1f\x8b", 2))
		return unpack(name, file, *size, data, size);
	memcpy(&zboot, file, *size < sizeof(zboot) ? *size : sizeof(zboot));
	if (memcmp(zboot.zimg, "zimg", sizeof(zboot.zimg)) ||
	    strncmp(zboot.compression, "gzip", sizeof(zboot.compression)))
		return EXIT_DONE;
	if (zboot.offset > *size || zboot.size > *size - zboot.offset)
		return refused("the kernel '%s' is truncated", name);
	return unpack(name, file + zboot.offset, zboot.size, data, size);
}
