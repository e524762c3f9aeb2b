/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CHANNELD_ACCESS_H
#define CHANNELD_ACCESS_H

#include <libcell/channeld.h>

/*
 * Who may listen to which names, and connect to them: the rules of a file, as channeld(8)
 * says. Peers are known by their numbers and by what the driver says of their cells.
 */

/* Where the driver shows the cells. */
extern const char *access_cells;

/* 0, or the number of lines that are wrong; each is said as FILE:LINE: why. */
int access_read(const char *path);
/* What the rules say, for managers; what they refuse is said, but not too often. */
bool access_may(const struct channeld *d, u32 peer, const char *name, enum channeld_use use);

#endif /* CHANNELD_ACCESS_H */
