/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_SYS_TYPES_H
#define POSIX_SYS_TYPES_H

#include <stddef.h>

typedef long ssize_t;
typedef long time_t;
typedef int pid_t;
typedef int clockid_t;
typedef unsigned int mode_t;

/* A thread of the kernel; pthread_self() of one that osThreadNew() made is its id. */
typedef void *pthread_t;

typedef struct posix_timer *timer_t;

#endif
