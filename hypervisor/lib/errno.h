/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

/* Linux's numbers: hypercall results are negative errno values. */
#ifdef CELLBLOCK_HOST
#include <errno.h>
#else
#define EPERM		1
#define ENOENT		2
#define EIO		5
#define E2BIG		7
#define EAGAIN		11
#define ENOMEM		12
#define EFAULT		14
#define EBUSY		16
#define EEXIST		17
#define ENODEV		19
#define EINVAL		22
#define ERANGE		34
#define ENOSYS		38
#define ERESTART	85
#define ETIMEDOUT	110
#endif

#endif /* LIB_ERRNO_H */
