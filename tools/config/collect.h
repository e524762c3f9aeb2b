/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_COLLECT_H
#define TOOLS_COLLECT_H

/*
 * Copy what hardware_read() reads of this machine into a folder, which is made
 * if it is not there. Returns an exit code.
 */
int collect(const char *folder);

#endif /* TOOLS_COLLECT_H */
