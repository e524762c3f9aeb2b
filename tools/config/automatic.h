/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_AUTOMATIC_H
#define TOOLS_AUTOMATIC_H

#include "config/plan.h"

/*
 * Enable, or try to (@request: JAILHOUSE_ENABLE or JAILHOUSE_TRY_ENABLE), with a
 * configuration that is made for this machine; the hypervisor's memory is where
 * Linux gives it. Says what it has done. Returns an exit code.
 */
int automatic_enable(unsigned long request, const struct plan_options *options);

/*
 * Try it on the device @fd, without a word: EXIT_DONE with what would be made in
 * @text, or EXIT_REFUSED with the reason.
 */
int automatic_try(int fd, const struct hardware *hardware, const struct plan_options *options,
		  char *text, size_t size);

#endif /* TOOLS_AUTOMATIC_H */
