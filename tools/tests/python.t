#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# python.t JAILHOUSE: the module for Python, by python_module.py.

exec python3 "$(dirname "$0")/python_module.py" "$(cd "$(dirname "${1:?path of the jailhouse command}")/../.." && pwd)"
