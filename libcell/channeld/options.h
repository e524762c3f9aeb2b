/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CHANNELD_OPTIONS_H
#define CHANNELD_OPTIONS_H

#include <jailhouse/types.h>

/* What the command line of channeld(8) says. */
struct options {
	const char *socket;	/* NULL: no programs but this one */
	long manager;		/* a peer of the only link; -1: this program */
	const char *access;	/* file of rules; NULL: none */
	bool local;		/* no link */
	char *const *links;	/* their names; of the only one NULL: the only one there is */
	u32 num_links;
};

enum {
	STATUS_DONE,
	STATUS_FAILED,		/* said why */
	STATUS_USAGE,
	STATUS_GO_ON,
};

/* STATUS_GO_ON, or the exit status. */
int options_read(struct options *options, int argc, char **argv);

#endif /* CHANNELD_OPTIONS_H */
