/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_KEXEC_H
#define TESTS_KEXEC_H

/* Another kernel in the place of the running one */

#include <stddef.h>

/* The kernel that this one was booted from, if the list file asks for it */
#define CB_VMLINUZ	"/boot/vmlinuz"

/*
 * Gets ready for reboot(LINUX_REBOOT_CMD_KEXEC) to CB_VMLINUZ, with the device
 * tree of this kernel and a file system of the caller as /init, and these files
 * at their places. Returns 0 or a negative errno.
 */
int cb_kexec_load(const char *const *files, size_t num);
/* Such a file system alone, as a file. */
int cb_kexec_archive(const char *path, const char *const *files, size_t num);

#endif /* TESTS_KEXEC_H */
