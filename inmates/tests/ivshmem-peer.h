/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_IVSHMEM_PEER_H
#define TESTS_IVSHMEM_PEER_H

/* What ivshmem and ivshmem-peer say to each other: states, and rounds. */
#define PEER_READY		1
#define PEER_PLEASE_GO		2
#define PEER_GOING		3
#define PEER_ROUNDS		50

#endif /* TESTS_IVSHMEM_PEER_H */
