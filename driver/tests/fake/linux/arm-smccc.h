/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_ARM_SMCCC_H
#define FAKE_LINUX_ARM_SMCCC_H

enum arm_smccc_conduit arm_smccc_1_1_get_conduit(void);

#endif /* FAKE_LINUX_ARM_SMCCC_H */
