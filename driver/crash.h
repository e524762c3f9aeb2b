/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CRASH_H
#define DRIVER_CRASH_H

/*
 * In a crash kernel: the hypervisor that the kernel before has enabled is still in
 * place, and its memory and the cells' is out of Linux's reach.
 */

/**
 * crash_init() - let /proc/vmcore show as zeros what is not Linux's
 *
 * And stop the cells, if the parameter crash_stop says so. Does nothing in a kernel
 * of another kind, or where no hypervisor answers.
 *
 * Context: module initialisation.
 */
void crash_init(void);
void crash_exit(void);

#endif /* DRIVER_CRASH_H */
