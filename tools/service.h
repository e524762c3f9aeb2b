/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_SERVICE_H
#define TOOLS_SERVICE_H

/* The service that a cell's program offers with libcell. */

#include <libcell/device.h>
#include <libcell/serve.h>

struct service {
	struct libcell_device device;	/* to be closed when done */
	struct libcell_client client;
};

/*
 * Opens the first link with the cell of this name on which it answers, or this
 * @link (NULL: any). EXIT_DONE, or EXIT_REFUSED (said).
 */
int service_connect(struct service *service, const char *cell,
		    const char *link);

#endif /* TOOLS_SERVICE_H */
