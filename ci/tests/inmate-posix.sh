#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The tests of POSIX on the real-time kernel (inmates/posix/tests), one after the other in a cell with two CPUs, and
# linked with librtos-up.a in one with one; with the kernel's parameter cellblock.cpus=3 in one with three. For a closer
# look, PROGRAMs can be given.

. /usr/share/cellblock/test.sh

CELL=inmate-test
LIMIT=120

details() { echo "state: $end"; }

# suite PROGRAM CPUS: its results as those of a nested test
suite()
{
	echo "# Subtest: $1, CPUs: $2"
	run $CELL posix-"$1" && (LIMIT=10 && said '^# Totals:')
	sed 's/^/    /' $SAID
	[ "$end" = "shut down" ] && grep -q '^# Totals: pass:[1-9].* fail:0 ' $SAID
	report "$1, CPUs: $2" $?
}

# suites CPUS SET [SUFFIX]: in a cell with these CPUs, as a bitmap, octal
suites()
{
	create_on $CELL "$2" || exit 1
	for program in $programs; do
		suite "$program$3" "$1"
	done
}

# The end of all.
leave_all()
{
	jailhouse cell destroy $CELL && leave
	report "all is given back" $?
	exit $result
}

programs=${*:-$(cd $INMATES && ls posix-*.bin | sed 's/^posix-//; s/\.bin$//' | grep -v -e '-up$' -e '^demo$\|^exit$')}
# shellcheck disable=SC2086 # a list of words
set -- $programs
if grep -q 'cellblock\.cpus=3' /proc/cmdline; then
	plan $(($# + 1))
	enable
	suites 3 016
	leave_all
fi
plan $((2 * $# + 3))
enable
suites 2 014
run $CELL posix-demo && (LIMIT=10 && said '^1000 cycles, late by ') && [ "$end" = "shut down" ]
report "applications of POSIX and of CMSIS-RTOS2 run side by side" $?
run $CELL posix-exit && (LIMIT=10 && said '^main() has ended') && [ "$end" = "shut down" ]
report "the last thread that ends shuts the cell down" $?
jailhouse cell destroy $CELL || exit 1
suites 1 004 -up
leave_all
