/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include "command.h"

int main(int argc, char **argv)
{
	return tool_main(argc, argv);
}
