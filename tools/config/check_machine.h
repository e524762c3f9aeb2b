/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CHECK_MACHINE_H
#define TOOLS_CHECK_MACHINE_H

#include "config/check.h"
#include "hardware/hardware.h"

/* Valid configurations, the first the system's, compared with a machine. */
void check_machine(struct findings *findings, const struct checked_file *files,
		   unsigned int count, const struct hardware *hardware);

#endif /* TOOLS_CHECK_MACHINE_H */
