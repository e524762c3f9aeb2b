/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Any bytes as a device tree, after a list of addresses that ends with a NUL:
 * they are refused, or a configuration is made of them.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <config/config.h>

#include "config/plan.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void make(const struct hardware *hardware)
{
	const struct plan_options options = { .inmates_size = 0x200000 };
	u64 places[PLAN_PLACES];
	struct plan *plan;
	size_t size;
	FILE *out;

	if (!plan_places(hardware, plan_size(hardware, &options), places) ||
	    plan_make(hardware, &options, places[0], &plan))
		return;
	out = fopen("/dev/null", "we");
	if (out) {
		plan_source(out, plan);
		fclose(out);
	}
	free(plan_binary(plan, &size));
	free(plan);
}

/* The bytes as a file, whose name is in @name. */
static int make_file(char name[32], const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(name, 32, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const unsigned char *nul = memchr(data, 0, size);
	size_t length = nul ? (size_t)(nul - data) : 0;
	size_t tree_at = nul ? length + 1 : 0;
	struct hardware *hardware;
	char tree[32], iomem[32];
	struct hardware_source source = { .tree = tree };
	int fds[2];

	fds[0] = make_file(tree, data + tree_at, size - tree_at);
	fds[1] = make_file(iomem, data, length);
	if (length)
		source.iomem = iomem;
	if (!hardware_read(&source, &hardware)) {
		make(hardware);
		hardware_free(hardware);
	}
	close(fds[0]);
	close(fds[1]);
	return 0;
}
