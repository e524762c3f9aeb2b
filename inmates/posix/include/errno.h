/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_ERRNO_H
#define POSIX_ERRNO_H

/* Error numbers, those of Linux. Each thread has an errno of its own. */

#define EPERM		1
#define ENOENT		2
#define ESRCH		3
#define EINTR		4
#define EBADF		9
#define EAGAIN		11
#define ENOMEM		12
#define EACCES		13
#define EBUSY		16
#define EEXIST		17
#define EINVAL		22
#define EMFILE		24
#define ENOSPC		28
#define ERANGE		34
#define EDEADLK		35
#define ENAMETOOLONG	36
#define ENOSYS		38
#define EOVERFLOW	75
#define EMSGSIZE	90
#define ENOTSUP		95
#define ETIMEDOUT	110
#define EOWNERDEAD	130
#define ENOTRECOVERABLE	131

#define EWOULDBLOCK	EAGAIN

#ifdef __cplusplus
extern "C" {
#endif

#define errno		(*posix_errno())
int *posix_errno(void);

#ifdef __cplusplus
}
#endif

#endif
