#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# shell.t: make shell with an input that is no terminal's ends when that does; on another machine, as the quick start
# has it, a configuration is made there.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

qemu=$(dirname "$0")/../../ci/qemu
# the machine's name comes from nowhere else; the last line has no end
said=$(printf 'sleep 1\ncat /proc/sys/kernel/hostname | tr a-z A-Z' | timeout 100 "$qemu" --interactive 2>&1)
is "$? $(tr -d '\r' <<<"$said" | grep -cx CELLBLOCK)" '0 1' 'commands of a pipe are run, and then the machine is off'

args=(-smp 8 -m 3G)
is "$(make -n -C "$(dirname "$qemu")/.." shell QEMU="${args[*]}" 2>&1 | grep -c -- "--qemu='${args[*]}'")" 1 \
	"make shell QEMU='${args[*]}' asks for this machine"
said=$(printf '%s\n' 'modprobe jailhouse' 'jailhouse enable' nproc 'jailhouse disable && echo all well' |
	timeout 100 "$qemu" --interactive --qemu="${args[*]}" 2>&1)
is "$? $(tr -d '\r' <<<"$said" | grep -x -e 8 -e 'all well' | xargs)" '0 8 all well' \
	'jailhouse enable makes a configuration for it'

finish
