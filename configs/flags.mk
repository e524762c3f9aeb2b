# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) 2026 The Cellblock developers

# How a configuration is compiled: in this tree (Makefile) and out of it (config.mk).

CONFIG_CFLAGS := -std=gnu11 -ffreestanding -Os -Wall -Wextra -Wshadow
