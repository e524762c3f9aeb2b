/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_VALIDATOR_H
#define TOOLS_VALIDATOR_H

/*
 * The hypervisor's checks of configurations, config_check_...() in
 * <config/config.h>, are built into the command: the sentence of the last
 * refusal.
 */
const char *validator_reason(void);

#endif /* TOOLS_VALIDATOR_H */
