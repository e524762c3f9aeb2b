#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The tests of POSIX on the real-time kernel (inmates/posix/tests), one after the other in a cell with two CPUs, and
# linked with librtos-up.a in one with one. For a closer look, PROGRAMs can be given.

. /usr/share/cellblock/test.sh

CELL=inmate-test
LIMIT=120
CPU_SET=132	# offset of the bitmap in a cell's configuration
ONE_CPU=004	# CPU 2, octal

details() { echo "state: $end"; }

# suite PROGRAM: its results as those of a nested test
suite()
{
	echo "# Subtest: $1"
	run $CELL posix-"$1" && (LIMIT=10 && said '^# Totals:')
	sed 's/^/    /' $SAID
	[ "$end" = "shut down" ] && grep -q '^# Totals: pass:[1-9].* fail:0 ' $SAID
	report "$1" $?
}

programs=${*:-$(cd $INMATES && ls posix-*.bin | sed 's/^posix-//; s/\.bin$//' | grep -v -e '-up$' -e '^demo$')}
# shellcheck disable=SC2086 # a list of words
set -- $programs
plan $((2 * $# + 2))
enable
create $CELL || exit 1
for program; do
	suite "$program"
done
run $CELL posix-demo && (LIMIT=10 && said '^1000 cycles, late by ') && [ "$end" = "shut down" ]
report "applications of POSIX and of CMSIS-RTOS2 run side by side" $?
jailhouse cell destroy $CELL || exit 1

cp $ETC/qemu-arm64-$CELL.cell /tmp/posix.cell
printf '%b' "\\0$ONE_CPU" | dd of=/tmp/posix.cell bs=1 seek=$CPU_SET conv=notrunc 2>/dev/null
jailhouse cell create /tmp/posix.cell || exit 1
for program; do
	suite "$program-up"
done
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
