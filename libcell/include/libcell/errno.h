/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_ERRNO_H
#define LIBCELL_ERRNO_H

/* The numbers are Linux's, also where there is no C library. */
#if __STDC_HOSTED__
#include <errno.h>
#else
#define EINTR		4
#define EAGAIN		11
#define ENOMEM		12
#define EBUSY		16
#define ENODEV		19
#define EINVAL		22
#define EPROTO		71
#define EMSGSIZE	90
#define EPROTONOSUPPORT	93
#define ECONNRESET	104
#define ENOTCONN	107
#define ETIMEDOUT	110
#endif

#endif /* LIBCELL_ERRNO_H */
