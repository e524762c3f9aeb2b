#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# usage: config_check.t COMMAND
# What config-check has to say of configurations that are accepted.

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
# both are built into one folder
check=$(dirname "$1")/../../hypervisor/tests/config-check
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# says: what is said of the system configuration, and the exit status
says() { "$check" "$folder/system" 2>&1 | sed "s,$folder/,,"; echo "${PIPESTATUS[0]}"; }

# uart TYPE, as printf's octal bytes: of the debug console
uart() { printf "$1" | dd of="$folder/system" bs=1 seek=56 conv=notrunc status=none; }

env -u MAKEFLAGS make -s -C "$top/configs" O="$folder" "$folder/configs/qemu-virt/qemu-arm64.image" >/dev/null
cp "$folder/configs/qemu-virt/qemu-arm64.image" "$folder/system"
is "$(says)" 0 'nothing is said of a configuration that is good'

uart '\012\0'
noted="system: warning: there is no driver for the debug console's UART, type 10: "
noted+="'jailhouse console' shows what the hypervisor prints"
is "$(says)" "$noted
0" 'a UART without a driver is a warning'
uart '\0\0'
is "$(says)" 0 '  but not that there is none'

finish
