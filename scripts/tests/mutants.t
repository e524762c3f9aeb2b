#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# mutants.t: each bug of ci/mutants can be planted, exactly once; and what is wrong with an entry is said.

# shellcheck source-path=SCRIPTDIR source=../../tools/tests/tap.sh
. "$(dirname "$0")/../../tools/tests/tap.sh"

script=$(realpath "$(dirname "$0")/../../ci/mutants/run")
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

"$script" --check | tail -1 >"$lists/said"
is "$(sed 's/^[0-9]* //' "$lists/said")" "entries, 0 errors" "all entries fit"
is "$(($(cut -d' ' -f1 "$lists/said") >= 30))" 1 "there are at least 30"

# entry FILE LINE TEST: the only one
entry() { printf 'mutant m: kind\n    what\nin %s\n%s\nby %s\n' "$@" >"$lists/one.list"; }

# said WHAT EXPECTED: of that entry
said() { is "$("$script" --lists "$lists" --check 2>&1 | head -1 | sed 's/^.*one.list:1: //')" "$2" "$1"; }

# times N: what is said where the lines are there N times, or stay
times()
{
	echo "m: its lines are $1 times in hypervisor/core/mmio.c, not once, or stay as they are:" \
	     "bring the entry up to date"
}

entry hypervisor/core/mmio.c "-static void end_change(" host:hypervisor:mmio_test
said "one that fits" "1 entries, 0 errors"
entry hypervisor/core/mmio.c "-	no such line" host:hypervisor:mmio_test
said "lines that are gone" "$(times 0)"
entry hypervisor/core/mmio.c "-	end_change(table);" host:hypervisor:mmio_test
said "lines that are there more than once" "$(times 2)"
entry hypervisor/core/mmio.c "=static void end_change(" host:hypervisor:mmio_test
said "no change" "$(times 1)"
entry hypervisor/core/mmio.c "-static void end_change(" host:hypervisor:none_test
said "a test that there is none of" "m: there is no test host:hypervisor:none_test"
entry hypervisor/core/mmio.c "-static void end_change(" ""
said "no test" "m: what goes wrong, where, or which test finds it is not said"
entry hypervisor/core/mmio.c "-static void end_change(" gicv3:inmate-rtos.sh
is "$("$script" --lists "$lists" 2>&1)" "ci/check has no test of this name: gicv3:inmate-rtos.sh" "the name of several"

finish
