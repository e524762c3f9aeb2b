#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# shell.t: make shell with an input that is no terminal's ends when that does.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

qemu=$(dirname "$0")/../../ci/qemu
# the machine's name comes from nowhere else; the last line has no end
said=$(printf 'sleep 1\ncat /proc/sys/kernel/hostname | tr a-z A-Z' | timeout 100 "$qemu" --interactive 2>&1)
is "$? $(tr -d '\r' <<<"$said" | grep -cx CELLBLOCK)" '0 1' 'commands of a pipe are run, and then the machine is off'

finish
