#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) 2026 The Cellblock developers
#
# The tests of POSIX on the real-time kernel (inmates/posix/tests), one after the other in one cell. The kernel's
# parameter cellblock.cpus= says how many CPUs the cell has; with one, they are linked with librtos-up.a. For a closer
# look, PROGRAMs can be given, and ci/qemu --append cellblock.cpus=N.

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
	run $CELL posix-"$1$up" && (LIMIT=10 && said '^# Totals:')
	sed 's/^/    /' $SAID
	[ "$end" = "shut down" ] && grep -q '^# Totals: pass:[1-9].* fail:0 ' $SAID
	report "$1" $?
}

cpus=$(sed -n 's/.*cellblock\.cpus=\([0-9]*\).*/\1/p' /proc/cmdline)
cp $ETC/qemu-arm64-$CELL.cell /tmp/posix.cell
up=
if [ "$cpus" = 1 ]; then
	up=-up
	printf '%b' "\\0$ONE_CPU" | dd of=/tmp/posix.cell bs=1 seek=$CPU_SET conv=notrunc 2>/dev/null
fi
programs=${*:-$(cd $INMATES && ls posix-*.bin | sed 's/^posix-//; s/\.bin$//' | grep -v -e '-up$' -e '^demo$')}

enable
jailhouse cell create /tmp/posix.cell || exit 1

# shellcheck disable=SC2086 # a list of words
set -- $programs
plan $(($# + 1))
for program; do
	suite "$program"
done
jailhouse cell destroy $CELL && leave
report "all is given back" $?
exit $result
