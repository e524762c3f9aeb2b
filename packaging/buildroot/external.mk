# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers

include $(sort $(wildcard $(BR2_EXTERNAL_CELLBLOCK_PATH)/package/*/*.mk))
