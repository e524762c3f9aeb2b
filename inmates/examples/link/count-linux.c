// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* In Linux: count-linux [LINK] prints what the cell sends. Needs uio_ivshmem. */

#include <stdio.h>

#include "count.h"

int main(int argc, char **argv)
{
	struct libcell_device device;
	struct libcell_link *link = &device.link;
	struct libcell_consumer in;
	struct count count;
	const char *name = argc > 1 ? argv[1] : NULL;
	char why[512];
	int ret;

	ret = libcell_open(&device, name);
	if (!ret)
		ret = counts_open_consumer(&in, link, !link->id, CHANNEL);
	if (ret) {
		libcell_explain(name, ret, why, sizeof(why));
		fprintf(stderr, "count-linux: %s\n", why);
		return 1;
	}
	while (!ferror(stdout)) {
		ret = counts_receive(&in, &count, LIBCELL_FOREVER);
		if (!ret)
			printf("%u at %llu\n", count.number, (unsigned long long)count.ticks);
		else if (ret == -EPROTO)
			libcell_reset_consumer(&in);
		fflush(stdout);
	}
	libcell_close(&device);
	return 1;
}
