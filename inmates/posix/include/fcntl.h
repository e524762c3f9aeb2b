/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_FCNTL_H
#define POSIX_FCNTL_H

/* Flags of mq_open() and sem_open(). There are no files. */

#include <sys/types.h>

#define O_RDONLY		0
#define O_WRONLY		1
#define O_RDWR			2
#define O_ACCMODE		3
#define O_CREAT			0100
#define O_EXCL			0200
#define O_NONBLOCK		04000

#endif
