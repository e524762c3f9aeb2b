/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef STRING_H
#define STRING_H

/* For sources that include it by its usual name. */

#include <inmate/string.h>

#endif /* STRING_H */
