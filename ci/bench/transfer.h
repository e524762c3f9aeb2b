/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef BENCH_TRANSFER_H
#define BENCH_TRANSFER_H

#define TRANSFER_NAME		"sink"
#define TRANSFER_PING		4	/* bytes of a message that is answered */
#define TRANSFER_MESSAGE	4096	/* bytes of the longest */

#endif /* BENCH_TRANSFER_H */
