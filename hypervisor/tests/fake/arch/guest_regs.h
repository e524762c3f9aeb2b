/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* arm64's own: memory, not registers of the machine */
#include "../../../arch/arm64/include/arch/guest_regs.h"
