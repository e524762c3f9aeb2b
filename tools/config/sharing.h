/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_SHARING_H
#define TOOLS_SHARING_H

/* CPUs that a cell shares with Linux: as words of a command line, text and C source. */

#include <stdio.h>

#include <cellblock/sharing.h>

#include "options.h"

/* Words for a struct cellblock_sharing, that begins as zeros. */
#define SHARE_OPTIONS(sharing)						\
	OPTION_CALL(0, "share", share_take_cpus, sharing),		\
	OPTION_CALL(0, "cyclic", share_take_period, sharing),		\
	OPTION_CALL(0, "slot", share_take_slot, sharing),		\
	OPTION_CALL(0, "defer", share_take_defer, sharing)
#define SHARE_HELP							\
	"  --share LIST[:BUDGET/PERIOD]\n"				\
	"                CPUs that it shares with Linux, before which it comes for\n" \
	"                BUDGET of each PERIOD (95ms/100ms; without a unit: us)\n" \
	"  --cyclic PERIOD\n"						\
	"                it has these CPUs by a plan instead, a frame of PERIOD,\n" \
	"  --slot START+LENGTH\n"					\
	"                in this slot of each frame; any number of them\n"
int share_take_cpus(const struct known_option *option, char *argument);
int share_take_period(const struct known_option *option, char *argument);
int share_take_slot(const struct known_option *option, char *argument);
int share_take_defer(const struct known_option *option, char *argument);

/* Was any of the words given? */
bool share_is_given(const struct cellblock_sharing *sharing);
/* Do they go together? An exit code. */
int share_check(const struct cellblock_sharing *sharing);
/* What they leave out is what is usual. */
void share_complete(struct cellblock_sharing *sharing);

/* As in sysfs: priority BUDGET/PERIOD, or cyclic PERIOD START+LENGTH... */
void share_print(FILE *out, const struct cellblock_sharing *sharing);
/* The initializer of a structure that has it in "sharing". */
void share_source(FILE *out, const struct cellblock_sharing *sharing);

#endif /* TOOLS_SHARING_H */
