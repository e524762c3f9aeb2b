/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_STORM_H
#define TESTS_STORM_H

/* In the output section of each that rings at the other. */
struct mailbox {
	unsigned int alive;	/* rings and answers; the other rings only then */
	unsigned int seen;	/* "alive" of the other, as last looked at */
	unsigned int rung, received;
};

#endif /* TESTS_STORM_H */
