/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* What the fuzzed parts need of the rest of the command: there is no machine. */

#include "command.h"
#include "io.h"

void command_help(void)
{
}

const char *io_sys_root(void)
{
	return "/nowhere";
}

const char *io_proc_root(void)
{
	return "/nowhere";
}
