/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef COMPAT_H
#define COMPAT_H

/* What differs between the kernels that the driver is built for. */

#include <linux/version.h>

#endif /* COMPAT_H */
