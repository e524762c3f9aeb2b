/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_IVSHMEM_ECHO_H
#define TESTS_IVSHMEM_ECHO_H

/* Words of an output section: root's order, and the answer's copy of it */
#define ECHO_NUMBER		0
/* root's: doorbells of an answer, and their vector */
#define ECHO_DOORBELLS		1
#define ECHO_VECTOR		2
/* the cell's: how many it has got */
#define ECHO_INTERRUPTS		1
/* the cell's: goes on as long as it runs */
#define ECHO_BEATS		2

/* The cell's state while it listens */
#define ECHO_STATE		7

#endif /* TESTS_IVSHMEM_ECHO_H */
