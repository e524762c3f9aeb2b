# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# Read by TF-A's Makefile (SPD=secure).

SPD_SOURCES := services/spd/secure/secure.c
