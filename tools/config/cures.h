/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CURES_H
#define TOOLS_CURES_H

/* The change that cures what the validator says; NULL if none is known. */
const char *cure_of(const char *sentence);

#endif /* TOOLS_CURES_H */
